"""Hazard and marginal effect over the range of a column: closed forms of the two-by-two table."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from made_panels import counting, panel, two_by_two

from diffuscope.errors import MethodError, PlanError
from diffuscope.models import average_marginal_effects, cox, effects_over_range, event_history, firth

BETA, ALPHA = 1.5505974, -2.3978953
"""Of 12 events in 40 rows against 5 in 60: log((12 · 55)/(28 · 5)) and log(5/55)."""


@pytest.fixture(scope="module")
def saturated():
    return event_history("event ~ x", two_by_two(), cluster=None)


def test_the_hazard_of_a_saturated_model_is_the_share_of_events(saturated):
    """Band: log odds ± 1.96 · √(1/5 + 1/55) and √(1/12 + 1/28); error p(1 − p) times that."""
    table = effects_over_range(saturated, two_by_two(), "x").table
    assert table["value"].to_list() == [0.0, 1.0]
    for row, (events, rest) in zip(table.iter_rows(named=True), ((5, 55), (12, 28)), strict=True):
        share, error = events / (events + rest), math.sqrt(1 / events + 1 / rest)
        assert row["estimate"] == pytest.approx(share, rel=1e-7)
        assert row["std_error"] == pytest.approx(share * (1 - share) * error, rel=1e-6)
        odds = math.log(events / rest)
        for end, side in (("ci_low", -1), ("ci_high", 1)):
            reach = odds + side * 1.959963985 * error
            assert row[end] == pytest.approx(1 / (1 + math.exp(-reach)), rel=1e-6)


def test_the_slope_is_the_derivative_of_the_logistic_function(saturated):
    """β p (1 − p) at each value; its gradient is p(1 − p) (β(1 − 2p), 1 + β(1 − 2p)x)."""
    table = effects_over_range(saturated, two_by_two(), "x", measure="slope").table
    for row in table.iter_rows(named=True):
        p = 1 / (1 + math.exp(-ALPHA - BETA * row["value"]))
        assert row["estimate"] == pytest.approx(BETA * p * (1 - p), rel=1e-6)
        tilt = BETA * (1 - 2 * p)
        gradient = p * (1 - p) * np.array([tilt, 1 + tilt * row["value"]])
        assert row["std_error"] == pytest.approx(
            math.sqrt(gradient @ saturated.covariance @ gradient), rel=1e-5
        )
    weights = np.array([60, 40]) / 100
    mean = float(weights @ table["estimate"].to_numpy())
    assert mean == pytest.approx(0.2013192, rel=1e-6), "averaged over the rows: the average marginal effect"


def test_ends_agree_with_the_contrast_between_them():
    frame = panel().with_columns(coercion=pl.when(pl.int_range(2000) % 2 == 0).then(-1.0).otherwise(2.0))
    fit = event_history("adopted ~ coercion * log(gdp)", frame, cluster="unit", duration="cubic")
    table = effects_over_range(fit, frame, "coercion").table
    contrast = average_marginal_effects(fit, frame, ["coercion"]).row(0, named=True)
    assert (contrast["from"], contrast["to"]) == (-1.0, 2.0)
    assert table["estimate"][1] - table["estimate"][0] == pytest.approx(contrast["effect"], rel=1e-9)


def test_nothing_goes_beyond_the_observed_values():
    frame = panel(600)
    fit = firth("adopted ~ coercion", frame)
    curve = effects_over_range(fit, frame, "coercion", points=9)
    low, high = frame["coercion"].min(), frame["coercion"].max()
    assert curve.table["value"].to_list() == pytest.approx(np.linspace(low, high, 9).tolist())
    assert (curve.observed["value"].min(), curve.observed["value"].max()) == (low, high)
    assert curve.observed["rows"].sum() == 600
    assert curve.table["ci_low"].min() > 0
    assert curve.table["ci_high"].max() < 1


def test_what_has_no_range_or_hazard_is_refused(saturated):
    frame = two_by_two()
    with pytest.raises(PlanError, match="not a column of numbers"):
        effects_over_range(saturated, frame, "block")
    with pytest.raises(MethodError, match="one value"):
        effects_over_range(saturated, frame.filter(pl.col("x") == 1), "x")
    with pytest.raises(PlanError, match="at least two"):
        effects_over_range(saturated, frame, "x", points=1)
    spans = counting()
    with pytest.raises(MethodError, match="predicts no hazards"):
        effects_over_range(cox("adopted ~ x", spans, cluster=None), spans, "x")
