"""What must hold for any evidence: names and order of rows carry no weight."""

from __future__ import annotations

import time

import msgspec
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from verify.drawn import examples

from diffuscope.evidence import coder_agreement, evidence_findings, evidence_problems
from diffuscope.mechanisms import mechanisms
from diffuscope.records import Analysis, Place, Spell
from diffuscope.tables.typed import empty

ANALYSIS = Analysis(id="q", question="?", units=("a", "b", "c"))
ORDER = tuple(
    Spell(
        unit=unit,
        policy="p",
        first=f"{year}-01-01",
        last=f"{year}-12-31",
        period=None,
        baseline=False,
        confidence=None,
        place=Place(table="adoptions", file="adoptions.csv", row=2),
    )
    for unit, year in (("a", 2010), ("b", 2015))
)
chances = st.integers(1, 99).map(lambda hundredths: hundredths / 100)


@st.composite
def tables(draw) -> pl.DataFrame:
    """Valid evidence: facts per passage, judgements per coder."""
    rows = []
    for at in range(draw(st.integers(1, 12))):
        mechanism = draw(st.sampled_from(list(mechanisms().values())))
        ids = [item.id for item in mechanism.all_criteria]
        facts = {
            "id": f"p{at}",
            "analysis": "q",
            "mechanism": mechanism.name,
            "document": draw(st.sampled_from(["d1", "d2"])),
            "cluster": draw(st.sampled_from(["k1", "k2", "k3"])),
            "date": draw(st.sampled_from([None, "2009", "2012-05", "2020"])),
            "unit": draw(st.sampled_from([None, "a", "b", "c", "z"])),
        }
        for coder in draw(st.sampled_from(["x", "xy", "xyz"])):
            direction = draw(st.sampled_from(["for", "against", "absent"]))
            low, high = sorted((draw(chances), draw(chances)))
            rows.append(
                {
                    **facts,
                    "coder": coder,
                    "criterion": draw(st.lists(st.sampled_from(ids), min_size=1, unique=True)),
                    "paraphrase": "x",
                    "direction": direction,
                    "p_if_true": low if direction == "against" else high,
                    "p_if_false": high if direction == "against" else low,
                    "searched": draw(st.sampled_from([0.0, 0.3, 0.8])) if direction == "absent" else None,
                    "share": draw(st.sampled_from([None, "public", "private"])),
                    "_row": len(rows) + 2,
                }
            )
    return pl.DataFrame(rows, schema=empty("evidence").schema)


def findings(table, analysis=ANALYSIS, order=ORDER):
    return evidence_findings(table, empty("documents"), analysis, order)


@settings(max_examples=examples(12), deadline=None)
@given(tables(), st.integers(0, 1000))
def test_order_of_rows_never_matters(table, seed):
    shuffled = table.sample(fraction=1.0, shuffle=True, seed=seed)
    assert findings(shuffled) == findings(table)
    assert coder_agreement(shuffled, ANALYSIS, 0) == coder_agreement(table, ANALYSIS, 0)


@settings(max_examples=examples(12), deadline=None)
@given(tables())
def test_names_carry_no_weight(table):
    """Everything is called otherwise, and sorts the other way round."""

    def renamed(column: str) -> pl.Expr:
        name = pl.col(column)
        return pl.when(name.is_not_null()).then(
            pl.lit("n") + (100 - name.rank("dense").cast(pl.Int64)).cast(pl.String)
        )

    units = {"a": "w", "b": "v", "c": "u"}
    other = table.with_columns(
        renamed("id").alias("id"),
        renamed("coder").alias("coder"),
        renamed("document").alias("document"),
        renamed("cluster").alias("cluster"),
        unit=pl.col("unit").replace(units),
    )
    order = [msgspec.structs.replace(spell, unit=units[spell.unit]) for spell in ORDER]
    analysis = msgspec.structs.replace(ANALYSIS, units=tuple(units.values()))
    for one, two in zip(findings(table), findings(other, analysis, order), strict=True):
        assert (one.stance, one.silence) == (two.stance, two.silence)
        if one.evidence is None:
            assert two.evidence is None
            continue
        assert one.evidence.p == pytest.approx(two.evidence.p, abs=1e-9)
        assert one.evidence.failed == two.evidence.failed
        assert one.evidence.caps == two.evidence.caps
        assert one.evidence.noise == pytest.approx(two.evidence.noise, abs=1e-9)
        for name in ("leave_one_out", "leave_one_source_out", "by_rho", "perspectives"):
            ours, theirs = (
                sorted(posterior.p for posterior in getattr(each.evidence, name)) for each in (one, two)
            )
            assert ours == pytest.approx(theirs, abs=1e-9)


@settings(max_examples=examples(12), deadline=None)
@given(tables())
def test_what_is_told_is_whole_and_sound(table):
    assert (
        evidence_problems(
            {"evidence": table, **{name: empty(name) for name in ("likelihoods", "documents")}}, ["q"], {}
        )
        == []
    )
    found = findings(table)
    assert [each.mechanism for each in found] == list(mechanisms())
    listed = [item for each in found if each.evidence for item in each.evidence.items]
    # no passage and no row is lost
    assert len(listed) == table["id"].n_unique()
    assert sorted(place.row for item in listed for place in item.places) == table["_row"].to_list()
    assert len({item.id for item in listed}) == len(listed)
    for each in found:
        assert (each.silence is not None) == (each.stance == "silent")
        if each.evidence:
            low, high = each.evidence.noise
            assert 0 <= low <= each.evidence.p <= high <= 1
            assert each.evidence.failed == () or each.stance in ("against", "leaning against")
            assert not (each.evidence.caps and each.stance in ("for", "against"))


def test_ten_thousand_rows_take_less_than_a_second():
    names = list(mechanisms())
    rows = [
        {
            "id": f"p{at // 2}",
            "coder": "xy"[at % 2],
            "analysis": "q",
            "mechanism": names[at // 2 % 4],
            "criterion": [mechanisms()[names[at // 2 % 4]].criteria[0].id],
            "document": f"d{at // 2 % 50}",
            "paraphrase": "x",
            "direction": "for",
            "p_if_true": 0.6,
            "p_if_false": 0.5,
            "cluster": f"k{at // 2 % 500}",
            "share": "private" if at // 2 % 5 == 0 else None,
            "_row": at + 2,
        }
        for at in range(10_000)
    ]
    table = pl.DataFrame(rows, schema=empty("evidence").schema)
    findings(table.head(100))
    start = time.process_time()
    found = findings(table)
    # computing, not waiting; every thread counts, and beside other work each takes longer
    assert time.process_time() - start < 4.0
    assert sum(len(each.evidence.items) for each in found) == 5000
