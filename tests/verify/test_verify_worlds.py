"""The simulation study of the statistical rule: valid cases, correct counts, a current page."""

from __future__ import annotations

import msgspec
import pytest
from verify.worlds import page, rates, run
from verify.worlds.cells import CELLS, Demand
from verify.worlds.outcome import MechanismOutcome, Outcome, evaluate
from verify.worlds.world import ASKED, RIVAL, TUNING_SEED
from verify.worlds.world_case import case_of

SMOKE = ("nothing, 20 units", "contagion 5, 15 units", "mislabelled, rival in model")
"""Cells of which one world goes through the whole path here."""


@pytest.mark.parametrize("name", CELLS)
def test_every_world_is_a_case_without_problems(name):
    world = CELLS[name].world(TUNING_SEED, 0)
    case = case_of(world)
    assert case.problems == ()
    assert case.table("adoptions").height == (world.adopted > 0).sum()
    assert case.table("ties").height == sum(int(ties.sum()) for ties in world.ties.values())
    (analysis,) = case.analyses
    assert set(analysis.layers) == set(world.ties)
    assert analysis.drivers == world.drivers


def test_worlds_go_from_the_generator_to_a_row_of_the_page():
    outcomes = [evaluate(name, TUNING_SEED, 1) for name in SMOKE]
    assert [one.error for one in outcomes] == [None] * len(SMOKE)
    assert [set(one.findings) for one in outcomes] == [{ASKED}, {ASKED}, {ASKED, RIVAL}]
    assert all(found.stance for one in outcomes for found in one.findings.values())
    written = page.page_of(rates.Summary(now=rates.measured(outcomes)))
    for name in SMOKE:
        assert f"\n| {name} | {CELLS[name].description} | 1 |" in written


# Counting


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_intervals_are_those_of_newcombe(hits, n, low, high):
    """Newcombe 1998, Statistics in Medicine 17:857–872, table I, method 3."""
    assert rates.wilson(hits, n) == pytest.approx((low, high), abs=5e-5)


def outcome(stance="silent", *, index=0, joint=False, low=-1.0, high=1.0, effect=0.0, **changes):
    found = MechanismOutcome(
        stance=stance, silence="tested, inconclusive" if stance == "silent" else None, joint=joint,
        estimate=0.0, ci_low=low, ci_high=high,
    )  # fmt: skip
    row = Outcome(cell="nothing", index=index, seed=1, draws=99, findings={ASKED: found}, effect=effect)
    return msgspec.structs.replace(row, **changes)


def counted(*outcomes):
    return rates.measured(outcomes).cells["nothing"][ASKED]


def test_stances_silences_names_and_errors_are_counted_apart():
    found = counted(
        outcome("for"),
        outcome("leaning for", joint=True),
        outcome(),
        outcome("leaning against"),
        outcome(findings={}, error="MethodError: no"),
    )
    assert (found.worlds, found.errors, found.named) == (4, 1, 1)
    assert found.stances == {"for": 1, "leaning for": 1, "leaning against": 1, "silent": 1}
    assert found.silences == {"tested, inconclusive": 1}


def test_coverage_counts_only_worlds_whose_truth_is_known():
    found = counted(
        outcome(), outcome(low=0.5), outcome(low=None, high=0.2), outcome(effect=None), outcome(effect=3.0)
    )
    assert (found.intervals, found.covered) == (4, 2)


def of(hits, worlds, stance="for", errors=0):
    return rates.Counts(
        worlds=worlds, errors=errors, stances={stance: hits, "silent": worlds - hits}, silences={},
        named=hits, intervals=0, covered=0, events=0.0, seconds=0.0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("hits", "worlds", "met"),
    [
        (0, 200, True),
        (10, 200, True),
        (16, 200, True),  # 8 %, and its interval begins at 4.98 %
        (17, 200, False),  # 8.5 %
        (2, 24, False),  # 8.3 %, however wide the interval
        (160, 2_000, False),  # 8 %, but its interval begins at 6.9 %
    ],
)
def test_a_bar_needs_both_the_interval_and_the_rate(hits, worlds, met):
    assert rates.is_met(Demand(measure="for", at_most=5), of(hits, worlds)) is met
    assert rates.is_met(Demand(measure="named", at_most=5), of(hits, worlds)) is met


def test_a_floor_counts_both_stances_and_worlds_that_failed_meet_nothing():
    floor = Demand(measure="for or leaning for", at_least=70)
    assert rates.is_met(floor, of(140, 200))
    assert rates.is_met(floor, of(140, 200, "leaning for"))
    assert not rates.is_met(floor, of(139, 200))
    assert not rates.is_met(floor, of(140, 200, errors=1))
    assert not rates.is_met(Demand(measure="for", at_most=5), of(0, 0))


def test_outcomes_of_different_code_seed_or_draws_are_not_mixed():
    for changes in ({"code": "other"}, {"seed": 2}, {"draws": 199}):
        with pytest.raises(ValueError, match="these are of 2"):
            rates.measured([outcome(), outcome(**changes)])


# The runner


def test_a_run_continues_after_the_last_whole_line(tmp_path):
    file = tmp_path / "some.jsonl"
    lines = [msgspec.json.encode(outcome(index=at)) + b"\n" for at in range(3)]
    file.write_bytes(b"".join(lines)[:-7])
    assert [one.index for one in run.outcomes_of(file)] == [0, 1]
    cells = ("nothing", "rising")
    plan = run.Plan(cells=cells, worlds=3, seed=1, draws=99, processes=1, minutes=None, file=file)
    done = {(one.cell, one.index) for one in run.outcomes_of(file)}
    assert plan.keys(done) == [("rising", 0), ("rising", 1), ("nothing", 2), ("rising", 2)]


def test_a_cell_draws_at_least_as_many_worlds_as_the_design_asks():
    for name, cell in CELLS.items():
        assert cell.worlds == (100 if "120 units" in name else 200)


# The page


def test_the_page_is_the_one_that_the_summary_gives():
    assert page.PAGE.read_text(encoding="utf-8") == page.page_of(rates.tracked())


def test_the_summary_holds_cells_that_exist():
    kept = rates.tracked()
    for measured in (kept.now, kept.before):
        if measured is not None:
            assert set(measured.cells) <= set(CELLS)
            assert all(ASKED in found for found in measured.cells.values())
