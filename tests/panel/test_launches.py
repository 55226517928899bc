"""The launch window: the most adoptions within it, as a search through all stretches finds them."""

from __future__ import annotations

import time
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffuscope import person_period
from diffuscope.errors import MethodError
from diffuscope.panel.launch import DEFAULT, launch_of

DAY = date(2000, 1, 1)


def table(spans: list[tuple[int | None, int]]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "first": [None if at is None else DAY + timedelta(at) for at, _ in spans],
            "last": [DAY + timedelta((at or 0) + long) for at, long in spans],
            "_row": list(range(2, len(spans) + 2)),
        },
        schema={"first": pl.Date, "last": pl.Date, "_row": pl.Int64},
    )


@given(st.lists(st.tuples(st.one_of(st.none(), st.integers(0, 300)), st.integers(0, 120)), max_size=12))
def test_the_fullest_stretch_is_that_of_a_search_through_all(spans):
    best: list[int] = []
    for start in sorted({at for at, _ in spans if at is not None}):
        inside = [
            row
            for row, (at, long) in enumerate(spans, start=2)
            if at is not None and at >= start and at + long <= start + 89
        ]
        best = inside if len(inside) > len(best) else best
    assert launch_of(table(spans), DEFAULT).rows == tuple(best)


def test_many_adoptions_on_twenty_thousand_days():
    rng = np.random.default_rng(1)
    spans = [(int(at), 0) for at in rng.integers(0, 20_000, 200_000)]
    made = table(spans)
    started = time.process_time()
    assert len(launch_of(made, DEFAULT).rows) > 200_000 * 90 / 20_000
    assert time.process_time() - started < 10


def test_too_many_units_and_policies_are_refused_before_arrays_are_made():
    """6,000 units and 4,000 policies: 24 million pairs, each adopted by nobody but the first."""
    laws = pl.DataFrame(
        {"unit": ["u0"] * 4_000, "policy": [f"p{at}" for at in range(4_000)], "time": [2001] * 4_000}
    )
    with pytest.raises(MethodError, match="24,000,000 pairs of a unit and a policy; 20,000,000"):
        person_period(laws, units=[f"u{at}" for at in range(6_000)], censor=2003)
