"""What a table cannot see by itself: mechanisms, criteria, coders and hypotheses that do not fit together."""

from __future__ import annotations

import polars as pl
import pytest

from diffuscope.evidence import evidence_problems
from diffuscope.tables.typed import empty

FILES = {"evidence": "coding.csv", "likelihoods": "chances.csv"}


def tables(evidence, likelihoods=None, documents=None):
    return {
        "evidence": evidence,
        "likelihoods": empty("likelihoods") if likelihoods is None else likelihoods,
        "documents": empty("documents") if documents is None else documents,
    }


@pytest.fixture
def problems(coded):
    def find(*rows, likelihoods=(), analyses=("smart-cities",)):
        chances = pl.DataFrame(
            [dict(zip(("evidence", "hypothesis", "p", "_row"), row, strict=True)) for row in likelihoods],
            schema=empty("likelihoods").schema,
        )
        return evidence_problems(tables(coded(*rows), chances), analyses, FILES)

    return find


def trace(name="L1", **more):
    return {"id": name, "criterion": "L-a", "band": "weak", **more}


def test_sound_evidence_has_no_problems(problems, founding):
    assert problems(trace()) == []
    assert evidence_problems(tables(founding), ["smart-cities"], {}) == []
    assert evidence_problems(tables(empty("evidence")), [], {}) == []


def test_an_unknown_mechanism_meets_the_nearest(problems):
    (found,) = problems(trace(), trace("L2", mechanism="lerning"))
    assert (found.level, found.rule, found.value) == ("error", "unknown-mechanism", "lerning")
    assert (found.file, found.table, found.row, found.column) == ("coding.csv", "evidence", 3, "mechanism")
    assert found.fix == "write `learning`"
    (found,) = problems(trace(mechanism="osmosis"))
    assert found.fix == "write one of `coercion`, `competition`, `emulation`, `learning`"


@pytest.mark.parametrize(
    ("criterion", "fix"),
    [
        ("l-a", "write `L-a`"),
        ("Ld3", "write `L-d3`"),
        ("K-a", "write `competition` as its mechanism, or one of `L-a`, `L-b`"),
        ("zzz", "write one of `L-a`, `L-b`"),
    ],
)
def test_a_foreign_criterion_meets_the_nearest(problems, criterion, fix):
    (found,) = problems(trace(criterion=f"L-b;{criterion}"))
    assert (found.rule, found.value, found.column) == ("unknown-criterion", criterion, "criterion")
    assert found.fix.startswith(fix)


def test_prior_adoption_is_a_criterion_of_all(problems):
    assert problems(*(trace(f"{letter}9", criterion="T") for letter in "CKLM")) == []


def test_readings_belong_to_mechanisms_that_have_them(problems):
    (found,) = problems(trace(definition="narrow"))
    assert (found.rule, found.value, found.fix) == ("reading-unknown", "narrow", "clear `definition`")
    assert problems({"id": "C1", "criterion": "C-d", "band": "weak", "definition": "broad"}) == []


def test_a_narrow_criterion_cannot_count_broadly(problems):
    (found,) = problems({"id": "C1", "criterion": "C-f", "band": "weak", "definition": "broad"})
    assert found.rule == "reading-contradicts-criterion"
    assert problems({"id": "C1", "criterion": "C-d;C-f", "band": "weak", "definition": "broad"}) == []


@pytest.mark.parametrize(
    ("column", "one", "other"),
    [
        ("mechanism", "learning", "emulation"),
        ("analysis", "smart-cities", "membership"),
        ("document", "paper", "report"),
        ("cluster", "k1", "k2"),
        ("date", "2018", "2018-05"),
        ("unit", "a", "b"),
        ("definition", None, "narrow"),
    ],
)
def test_coders_of_one_passage_must_mean_one_passage(problems, column, one, other):
    base = {"id": "C1", "mechanism": "coercion", "criterion": "T", "band": "weak"}
    found = problems({**base, column: one}, {**base, "coder": "two", column: other})
    told = [each for each in found if each.rule == "coders-differ-on-a-fact"]
    assert [(each.row, each.column, each.value) for each in told] == [(3, column, None)]
    assert told[0].message == f"Row 2 codes the same passage with another `{column}`."
    assert problems({**base, column: one}, {**base, "coder": "two", column: one}) == []


def test_an_empty_cell_contradicts_nobody_and_judgements_may_differ(problems):
    base = trace(date="2018", unit="a")
    other = trace(
        coder="two", band="strong", direction="against", criterion="L-b", paraphrase="else", locator="9"
    )
    assert problems(base, other) == []


def test_a_hypothesis_is_a_mechanism_or_the_null(problems):
    (found,) = problems(trace(), likelihoods=[("L1", "null", 0.5, 2), ("L1", "leaning", 0.5, 3)])
    assert (found.rule, found.file, found.row, found.fix) == (
        "unknown-hypothesis",
        "chances.csv",
        3,
        "write `learning`",
    )


def test_the_null_is_mandatory(problems):
    (found,) = problems(trace(), likelihoods=[("L1", "learning", 0.5, 2)])
    assert (found.rule, found.level, found.column) == ("null-hypothesis-needed", "error", "hypothesis")
    assert "`smart-cities`" in found.message


def test_every_passage_needs_its_chance_under_every_hypothesis(problems):
    given = [("L1", "null", 0.5, 2), ("L1", "learning", 0.5, 3), ("L2", "null", None, 4)]
    found = problems(trace(), trace("L2"), trace("L2", coder="two"), likelihoods=given)
    assert [(each.rule, each.row, each.value) for each in found] == [("likelihood-missing", 3, "L2")] * 2
    assert ["`learning`" in each.message for each in found] == [True, False]


def test_analyses_without_likelihoods_need_none(problems):
    rows = trace(), trace("L2", analysis="membership")
    given = [("L1", "null", 0.5, 2), ("L1", "learning", 0.5, 3)]
    assert problems(*rows, likelihoods=given, analyses=("smart-cities", "membership")) == []


def test_private_rows_are_not_quoted(problems):
    row = trace("planted", mechanism="learning", share="private")
    given = [("other", "null", 0.5, 2), ("other", "learning", 0.5, 3)]
    found = problems(trace("other", mechanism="learning"), row, likelihoods=given)
    assert {each.value for each in found} == {"(private)"}
    assert not any("planted" in each.message + each.fix for each in found)


def test_cells_that_could_not_be_read_are_left_to_their_own_problems(coded):
    blank = coded(trace(), trace("L2")).with_columns(
        pl.lit(None, dtype=kind).alias(name)
        for name, kind in empty("evidence").schema.items()
        if name not in ("_row", "band")
    )
    assert evidence_problems(tables(blank), ["smart-cities"], {}) == []


def test_a_thousand_alike_are_counted(problems):
    found = problems(*(trace(f"L{at}", mechanism="lerning") for at in range(1000)))
    assert sum(each.count for each in found) == 1000
    assert len(found) <= 501


def test_what_is_there_twice_is_named_by_the_check_of_a_case(tmp_path):
    """Through the whole check, as a function that nobody calls warns of nothing."""
    from diffuscope.case import new_case, read_case
    from diffuscope.study import case_problems

    folder = new_case(tmp_path / "case")
    documents = folder / "documents.csv"
    head, first, *_ = documents.read_text(encoding="utf-8").splitlines()
    again = first.replace(first.split(",")[0], "again", 1)
    documents.write_text("\n".join([head, first, again, ""]), encoding="utf-8")
    evidence = folder / "evidence.csv"
    lines = evidence.read_text(encoding="utf-8").splitlines()
    own = next(line for line in lines[1:] if first.split(",")[0] in line)
    evidence.write_text("\n".join([*lines, own.replace(own.split(",")[0], "twice", 1), ""]), encoding="utf-8")
    rules = [(one.rule, one.row) for one in case_problems(read_case(folder))]
    assert ("document-twice", 3) in rules
    assert ("passage-twice", len(lines) + 1) in rules
