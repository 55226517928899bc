"""A plan of evidence: every promise is kept when the passage it speaks of is really coded."""

from __future__ import annotations

import csv
import dataclasses
import shutil
from pathlib import Path

import msgspec
import polars as pl
import pytest

import diffuscope
from diffuscope.case import shipped_cases
from diffuscope.errors import CaseError, PlanError
from diffuscope.records import Finding
from diffuscope.study.evidence_plan import NOT_RUN
from diffuscope.study.witnesses import dates_of, evidence_of
from diffuscope.verdicts import verdict

EACH, SEARCH = 67, 5
"""Of so many clues one is coded, or searched for; `verify/test_every_promise.py` codes more."""
SHIPPED = Path(diffuscope.__file__).parent / "cases" / "asean-smart-cities"


@pytest.fixture(scope="module")
def case():
    return diffuscope.read_case("asean-smart-cities")


@pytest.fixture(scope="module")
def plan(case):
    return diffuscope.plan_evidence(case)


@pytest.fixture(scope="module")
def quick(case):
    """The study of the passages alone."""
    return diffuscope.run_study(case, parts=["mechanisms"])


DATES: dict[tuple[str, int], tuple[object, object]] = {}
"""Dates of a question and the table they are of: coded passages change none of them."""


def dates_in(case, asked):
    """The dates of a question, computed once for each table of adoptions."""
    table = case.tables["adoptions"]
    key = (asked.id, id(table))
    if key not in DATES:
        DATES[key] = (dates_of(case, asked), table)
    return DATES[key][0]


def verdict_of(case, analysis: str, mechanism: str, statistics=()):
    """The verdict of a case by the ordinary way: its dates, its evidence, the rule."""
    asked = next(one for one in case.analyses if one.id == analysis)
    dates = dates_in(case, asked)
    found = evidence_of(case, case.table("evidence"), asked, dates)
    evidence = next(one for one in found if one.mechanism == mechanism)
    return verdict(mechanism, dates, (*found, *statistics)).verdict, evidence


def row_of(case, clue, direction: str, p_if_true: float, p_if_false: float, **more) -> dict[str, object]:
    """A row of the table that codes what a plan supposes."""
    order = dates_in(case, next(one for one in case.analyses if one.id == clue.analysis)).order
    return {
        "id": "X1",
        "coder": "coder-1",
        "analysis": clue.analysis,
        "mechanism": clue.mechanism,
        "criterion": list(clue.criteria),
        "document": "a-new-document",
        "paraphrase": "found since",
        "direction": direction,
        "p_if_true": p_if_true,
        "p_if_false": p_if_false,
        "cluster": "x-1",
        "share": "public",
        "_row": 999,
        "date": None if direction == "absent" else min(spell.last for spell in order),
        **more,
    }


def coded(case, *rows, without=None):
    """The case with more rows of evidence, and perhaps without one passage."""
    table = case.table("evidence")
    kept = table if without is None else table.filter(pl.col("id") != without)
    more = pl.DataFrame(list(rows), schema=table.schema)
    return dataclasses.replace(case, tables={**case.tables, "evidence": pl.concat([kept, more])})


def outcomes_come_true(case, plan, each: int) -> int:
    """Code every n-th clue in each direction; how many verdicts changed, each as it was promised."""
    clues = [clue for clue in plan.clues if clue.kind == "another trace"]
    assert {clue.analysis for clue in clues} == {"smart-cities", "focus-areas", "sub-areas"}
    changed = 0
    for clue in clues[::each]:
        pair = (clue.p_if_true, clue.p_if_false)
        contrary = (0.01, 0.01 * 10 ** (-clue.against.decibans / 10))
        rows = {
            "against": row_of(case, clue, "against", *contrary),
            "found": row_of(case, clue, "for", *pair),
            "not_found": row_of(case, clue, "absent", *pair, searched=clue.searched),
        }
        for end, row in rows.items():
            promised = getattr(clue, end)
            name, evidence = verdict_of(coded(case, row), clue.analysis, clue.mechanism)
            assert (name, evidence.stance) == (promised.verdict, promised.stance), (clue, end)
            assert evidence.evidence.p == pytest.approx(promised.p)
            item = next(one for one in evidence.evidence.items if one.id == "X1")
            assert item.decibans == pytest.approx(promised.decibans)
            changed += name != verdict_of(case, clue.analysis, clue.mechanism)[0]
    return changed


def test_every_outcome_comes_true_when_the_passage_is_coded(case, plan):
    assert outcomes_come_true(case, plan, EACH)  # so that the test has something to tell


def least_weights_are_least(case, plan, each: int) -> None:
    """The least weight of every n-th clue changes its verdict, and a tenth of a deciban less does not."""
    clues = [clue for clue in plan.clues if clue.least_for or clue.least_against]
    for clue in clues[::each]:
        now, _ = verdict_of(case, clue.analysis, clue.mechanism)
        for direction, least in (("for", clue.least_for), ("against", clue.least_against)):
            for weight in () if least is None else (least, least - 0.1):
                pair = (0.01 * 10 ** (weight / 10), 0.01)
                row = row_of(case, clue, direction, *(pair if direction == "for" else reversed(pair)))
                name, _ = verdict_of(coded(case, row), clue.analysis, clue.mechanism)
                assert (name != now) == (weight == least), (clue.analysis, clue.criteria, direction, weight)


def test_the_least_weight_changes_the_verdict_and_a_tenth_less_does_not(case, plan):
    least_weights_are_least(case, plan, EACH + 2)


def searches_come_true(case, plan, each: int) -> None:
    """What every n-th search would find, or not find when it goes on, is coded."""
    clues = [clue for clue in plan.clues if clue.kind == "search further"]
    assert {clue.passage for clue in clues} >= {"F-C3", "F-K2", "S-L4"}
    for clue in clues[::each]:
        row = case.table("evidence").filter(pl.col("id") == clue.passage).row(0, named=True)
        vain = {**row, "searched": plan.searched}
        name, evidence = verdict_of(coded(case, vain, without=clue.passage), clue.analysis, clue.mechanism)
        assert (name, evidence.evidence.p) == (clue.not_found.verdict, pytest.approx(clue.not_found.p))
        early = row_of(case, clue, "for", 0.5, 0.5)["date"]
        seen = {**row, "direction": "for", "searched": None, "date": early}
        name, evidence = verdict_of(coded(case, seen, without=clue.passage), clue.analysis, clue.mechanism)
        assert (name, evidence.evidence.p) == (clue.found.verdict, pytest.approx(clue.found.p))


def test_a_search_that_goes_on_keeps_its_promise(case, plan):
    searches_come_true(case, plan, SEARCH)


def test_the_numbers_of_learning_follow_from_the_published_posterior(plan):
    """F.6: p = .781; L5 states .6875/.125 for L-b: LR 5.5 if found, (1 − .55)/(1 − .1) = .5 at s = .8."""
    clue = next(one for one in plan.clues if one.analysis == "smart-cities" and one.criteria == ("L-b",))
    odds = 0.781 / 0.219
    assert clue.found.p == pytest.approx(5.5 * odds / (1 + 5.5 * odds), abs=5e-4)
    assert clue.not_found.p == pytest.approx(0.5 * odds / (1 + 0.5 * odds), abs=1e-3)
    assert clue.chance == pytest.approx(0.8 * (0.781 * 0.6875 + 0.219 * 0.125), abs=5e-4)
    assert clue.verdict_changes == pytest.approx(1 - clue.chance)  # found: still weak; in vain: not shown
    # without L1 it is .651, 2.7 dB: what outweighs that lets L1 carry the lean
    assert clue.least_against == pytest.approx(2.8)
    # L1 is 3.85 of the 8.53 dB for it, L6 1.46: together .62; 1.46 + x is a fifth of 8.53 + x at x = .31
    limits = next(
        one for one in plan.verdicts if (one.analysis, one.mechanism) == ("smart-cities", "learning")
    )
    assert [remedy.passages for remedy in limits.remedies] == [("L1", "L6"), ()]
    assert "62%" in limits.remedies[0].description
    assert limits.remedies[1].description.startswith("0.4 dB or more for it from me-2022, or 2.2 dB")


def test_a_remedy_lifts_its_limit_when_it_is_carried_out(case, plan):
    """A second coder who agrees on the passages that are named takes the limit away."""
    tried = 0
    for one in plan.verdicts:
        for remedy in one.remedies:
            if not remedy.description.startswith("a second coder"):
                continue
            rows = case.table("evidence").filter(pl.col("id").is_in(remedy.passages))
            twice = coded(case, *rows.with_columns(coder=pl.lit("coder-2")).to_dicts())
            name, evidence = verdict_of(twice, one.analysis, one.mechanism)
            assert name == remedy.verdict
            assert not set(remedy.lifts) & set(evidence.evidence.caps)
            tried += 1
    assert tried


def test_dates_that_rule_diffusion_out_leave_nothing_to_look_for(plan):
    found = [one for one in plan.verdicts if one.analysis == "membership"]
    assert {one.verdict for one in found} == {"not testable"}
    assert all(one.blocked.startswith("The dates rule diffusion out.") for one in found)
    assert not [clue for clue in plan.clues if clue.analysis == "membership"]


def test_the_most_telling_clue_comes_first(plan):
    worth = [(clue.verdict_changes, clue.shift) for clue in plan.clues]
    assert worth == sorted(worth, key=lambda pair: (-round(pair[0], 9), -round(pair[1], 9)))
    assert plan.table().height == len(plan.clues)
    assert plan.statistics == NOT_RUN


def test_a_case_without_evidence_has_a_plan(tmp_path):
    folder = diffuscope.new_case(tmp_path / "buses")
    (folder / "evidence.csv").write_text(
        (folder / "evidence.csv").read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8"
    )
    plan = diffuscope.plan_evidence(diffuscope.read_case(folder))
    assert {(one.p, one.passages, one.evidence_silence) for one in plan.verdicts} == {(0.5, 0, "no data")}
    clue = next(one for one in plan.clues if one.criteria == ("L-a",))
    # .8/.4 at even odds: found with .48, LR 2; in vain LR (1 − .64)/(1 − .32)
    assert (clue.coded, clue.so_far) == (0, None)
    assert clue.chance == pytest.approx(0.48)
    assert clue.found.p == pytest.approx(2 / 3)
    assert clue.not_found.p == pytest.approx(0.36 / (0.36 + 0.68))
    assert clue.least_for == pytest.approx(6.1)  # p = .8 at LR 4, 6.02 dB


def test_statistics_stand_beside_the_evidence_where_a_result_is_given(case, quick):
    asked = diffuscope.plan_evidence(case, "membership", result=quick)
    assert asked.statistics.startswith("not run in the result of")
    spoken = Finding(
        witness="event history",
        body="statistics",
        analysis="smart-cities",
        mechanism="learning",
        stance="leaning against",
        reason="made for this test",
    )
    run = msgspec.structs.replace(quick.run, parts=("mechanisms", "statistics"))
    ours = msgspec.structs.replace(quick, run=run, findings=(*quick.findings, spoken))
    found = diffuscope.plan_evidence(case, "smart-cities", result=ours)
    assert found.statistics.startswith("as in the result of")
    now = next(one for one in found.verdicts if one.mechanism == "learning")
    # leaning for beside leaning against
    assert (now.verdict, now.statistics) == ("contested", "leaning against")
    clue = next(one for one in found.clues if one.criteria == ("L-b",))
    row = row_of(case, clue, "absent", clue.p_if_true, clue.p_if_false, searched=clue.searched)
    name, _ = verdict_of(coded(case, row), "smart-cities", "learning", (spoken,))
    assert name == clue.not_found.verdict


def test_a_result_of_other_dates_questions_or_cases_is_refused(case, quick):
    result = quick
    other = msgspec.structs.replace(result, case=msgspec.structs.replace(result.case, id="elsewhere"))
    with pytest.raises(PlanError, match="elsewhere"):
        diffuscope.plan_evidence(case, result=other)
    hashes = {**result.case.hashes, "adoptions": "0"}
    moved = msgspec.structs.replace(result, case=msgspec.structs.replace(result.case, hashes=hashes))
    with pytest.raises(PlanError, match="`adoptions`"):
        diffuscope.plan_evidence(case, result=moved)
    first = msgspec.structs.replace(result.analyses[0], lag=7)
    asked = msgspec.structs.replace(result, analyses=(first, *result.analyses[1:]))
    with pytest.raises(PlanError, match=first.id):
        diffuscope.plan_evidence(case, result=asked)


def test_new_passages_do_not_outdate_a_result(case, plan, quick):
    clue = next(one for one in plan.clues if one.analysis == "sub-areas")
    more = coded(case, row_of(case, clue, "for", 0.6, 0.5))
    assert diffuscope.plan_evidence(more, "membership", result=quick).verdicts


@pytest.mark.parametrize("searched", [0.0, -0.1, 1.1, float("nan")])
def test_what_is_no_chance_is_refused(case, searched):
    with pytest.raises(PlanError, match="searched"):
        diffuscope.plan_evidence(case, searched=searched)


def test_a_question_that_is_not_asked_is_refused(case):
    with pytest.raises(PlanError, match="`nothing`"):
        diffuscope.plan_evidence(case, "nothing")


def test_a_case_with_errors_is_refused(tmp_path):
    folder = diffuscope.new_case(tmp_path / "buses")
    with (folder / "evidence.csv").open("a", encoding="utf-8") as file:
        file.write("broken\n")
    with pytest.raises(CaseError):
        diffuscope.plan_evidence(diffuscope.read_case(folder))


def test_a_row_typed_into_the_file_of_a_copy_gives_the_verdict_that_was_planned(plan, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(SHIPPED, folder)
    clue = next(one for one in plan.clues if one.analysis == "sub-areas" and one.found.verdict == "weak")
    file = folder / "evidence.csv"
    with file.open(encoding="utf-8", newline="") as opened:
        header = next(csv.reader(opened))
    row = row_of(diffuscope.read_case(folder), clue, "for", clue.p_if_true, clue.p_if_false)
    row |= {"criterion": ";".join(clue.criteria), "document": "bustamante-2025", "rival": "none of it"}
    with file.open("a", encoding="utf-8", newline="") as opened:
        csv.DictWriter(opened, header, extrasaction="ignore").writerow(row)
    result = diffuscope.run_study(diffuscope.read_case(folder), parts=["mechanisms"])
    found = {(one.analysis, one.mechanism): one.verdict for one in result.verdicts}
    assert not clue.another_document
    assert found[clue.analysis, clue.mechanism] == clue.found.verdict


def test_nothing_private_is_in_a_plan(case, plan):
    plants = {
        "document": "plant-memo",
        "coder": "plant-coder",
        "locator": "plant page",
        "paraphrase": "Plant words",
        "id": "plant-id",
        "cluster": "plant-cluster",
        "rival": "plant rival",
        "note": "plant note",
    }
    documents = case.table("documents")
    memo = {"document": "plant-memo", "title": "Plant Title", "author": "Plant Author", "share": "private"}
    more = pl.DataFrame([{**memo, "_row": 998}], schema=documents.schema)
    clue = next(one for one in plan.clues if (one.analysis, one.mechanism) == ("smart-cities", "learning"))
    seen = row_of(case, clue, "for", 0.9, 0.2, **{**plants, "share": "private"})
    absent = row_of(
        case, clue, "absent", 0.9, 0.2, searched=0.2, **{**plants, "id": "plant-2", "share": "private"}
    )
    secret = coded(case, seen, {**absent, "cluster": "plant-3"})
    secret = dataclasses.replace(secret, tables={**secret.tables, "documents": pl.concat([documents, more])})
    plan = diffuscope.plan_evidence(secret, "smart-cities")
    assert any(one.passage and one.passage.startswith("private") for one in plan.clues)
    from diffuscope.report import plan_text

    said = msgspec.json.encode(plan).decode() + plan_text(plan, every=True) + plan.table().write_csv()
    assert "plant" not in said.lower()


def test_every_shipped_case_with_questions_has_a_plan(plan):
    assert {one.analysis for one in plan.verdicts} == {
        "smart-cities",
        "focus-areas",
        "sub-areas",
        "membership",
    }
    for shipped in shipped_cases():
        case = diffuscope.read_case(shipped.id)
        if case.analyses and shipped.id != "asean-smart-cities":
            found = diffuscope.plan_evidence(case, case.analyses[0].id)
            assert len(found.verdicts) == 4
