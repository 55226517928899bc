"""Counts from a total, against brute force over every combination."""

from __future__ import annotations

import time
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from diffuscope.monitoring.percent import percent, wholes_for
from diffuscope.monitoring.reconstruct import reconstruct


@given(
    st.lists(st.sets(st.integers(0, 9), max_size=5), min_size=1, max_size=4),
    st.integers(0, 30),
)
def test_every_possible_whole_and_no_other(allowed, total):
    named = {f"u{at}": wholes for at, wholes in enumerate(allowed)}
    solutions = [way for way in product(*allowed) if sum(way) == total]
    found = reconstruct(named, total)
    for at, name in enumerate(named):
        assert found.possible[name] == tuple(sorted({way[at] for way in solutions}))
    assert found.solutions == len(solutions)
    outcome = {0: "infeasible", 1: "unique"}.get(len(solutions), "interval")
    assert found.outcome == outcome


def test_without_units_only_zero_can_be_reached():
    assert reconstruct({}, 0).outcome == "unique"
    assert reconstruct({}, 1).outcome == "infeasible"


def test_shares_of_three_states_with_a_total():
    rows = {
        "a": ["20", "20", "60"],  # 5, 10, 15 …
        "b": ["0", "83.33", "16.67"],  # 6, 12, 18 …
        "c": ["14.29", "71.43", "14.29"],  # 7, 14, 21 …
    }
    allowed = {
        name: list(wholes_for([percent(share, 2) for share in shares], 18)) for name, shares in rows.items()
    }
    assert reconstruct(allowed, 18).possible == {"a": (5,), "b": (6,), "c": (7,)}
    assert reconstruct(allowed, 19).outcome == "infeasible"


def test_many_units_and_many_solutions_stay_quick():
    allowed = {f"u{at}": range(0, 51) if at % 2 else range(0, 100, 3) for at in range(200)}
    start = time.process_time()
    found = reconstruct(allowed, 5_000)
    assert time.process_time() - start < 4
    assert found.outcome == "interval"
    assert found.solutions is None
