"""What every estimator must keep: names and row order change nothing, and frames are left as they were."""

from __future__ import annotations

import polars as pl
import pytest
from made_panels import counting, panel

from diffuscope.models import Fit, cox, event_history, firth

ESTIMATORS = {
    "logit": lambda frame: event_history("adopted ~ x + z", frame),
    "cloglog": lambda frame: event_history("adopted ~ x + z", frame, link="cloglog"),
    "firth": lambda frame: firth("adopted ~ x + z", frame),
    "efron": lambda frame: cox("adopted ~ x + z", frame),
    "breslow": lambda frame: cox("adopted ~ x + z", frame, ties="breslow"),
}
every = pytest.mark.parametrize("name", ESTIMATORS)


def same(one: Fit, other: Fit) -> bool:
    pairs = [
        (getattr(one, field), getattr(other, field))
        for field in ("coefficients", "std_errors", "ci_low", "ci_high", "p")
    ]
    assert one.names == other.names
    assert one.loglik == pytest.approx(other.loglik, rel=1e-10)
    return all(left == pytest.approx(right, rel=1e-6, abs=1e-9) for left, right in pairs)


@every
def test_renaming_units_and_shuffling_rows_change_nothing(name):
    frame = counting()
    renamed = frame.with_columns(unit=pl.format("z{}", pl.col("unit").str.reverse()))
    mixed = renamed.sample(fraction=1, shuffle=True, seed=2)
    assert same(ESTIMATORS[name](frame), ESTIMATORS[name](mixed))


@every
def test_the_units_of_a_column_do_not_matter(name):
    frame = counting()
    one, other = (ESTIMATORS[name](each) for each in (frame, frame.with_columns(z=pl.col("z") * 1000 + 5)))
    assert other.coefficients[-1] * 1000 == pytest.approx(one.coefficients[-1], rel=1e-6)
    assert other.std_errors[-1] * 1000 == pytest.approx(one.std_errors[-1], rel=1e-6)
    assert other.p[-1] == pytest.approx(one.p[-1], rel=1e-5)


@every
def test_a_missing_value_is_a_row_left_out_and_nothing_else(name):
    frame = counting()
    holed = frame.with_columns(z=pl.when(pl.int_range(400) < 20).then(None).otherwise("z"))
    found = ESTIMATORS[name](holed)
    assert found.left_out == (("`z` is missing", 20),)
    assert same(found, ESTIMATORS[name](frame[20:]))


@every
def test_the_frame_is_left_as_it_was(name):
    frame = counting().to_pandas()
    before = frame.copy()
    ESTIMATORS[name](frame)
    assert frame.equals(before)


def test_arrays_that_a_frame_lends_are_never_written_to():
    frame = panel()
    before = frame.clone()
    event_history("adopted ~ coercion + gdp", frame, policy_effects="fixed", duration="spline")
    assert frame.equals(before)
