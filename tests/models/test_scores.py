"""How well hazards predicted events: worked numbers, and validation out of time."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from made_panels import panel
from scipy.stats import mannwhitneyu

from diffuscope.errors import MethodError
from diffuscope.models import (
    compare_durations,
    event_history,
    likelihood_ratio,
    score_hazards,
    validate_out_of_time,
)
from diffuscope.models.postestimation.scores import auc, calibration_bins

Y, P = np.array([0, 0, 1, 1.0]), np.array([0.1, 0.4, 0.35, 0.8])


def test_worked_numbers():
    found = score_hazards(Y, P)
    assert found.auc == 0.75
    assert found.average_precision == pytest.approx(0.8333333, abs=5e-8)
    assert found.brier == pytest.approx(0.158125, abs=1e-12)
    assert found.brier_skill == pytest.approx(1 - 0.158125 / 0.25)
    assert found.log_score == pytest.approx(np.log([0.9, 0.6, 0.35, 0.8]).mean())


def test_auc_counts_ties_as_one_half():
    rng = np.random.default_rng(1)
    y, p = (rng.random(300) < 0.2).astype(float), rng.integers(0, 6, 300) / 10
    expected = mannwhitneyu(p[y == 1], p[y == 0]).statistic / (y.sum() * (1 - y).sum())
    assert auc(y, p) == pytest.approx(expected, rel=1e-12)


def test_hazards_of_the_truth_are_calibrated_and_too_bold_ones_are_not():
    rng = np.random.default_rng(2)
    odds = rng.normal(-2, 1, 40_000)
    p = 1 / (1 + np.exp(-odds))
    y = (rng.random(p.size) < p).astype(float)
    found = score_hazards(y, p)
    assert (found.intercept, found.slope) == pytest.approx((0, 1), abs=0.06)
    bold = score_hazards(y, 1 / (1 + np.exp(-2 * odds)))
    assert bold.slope == pytest.approx(found.slope / 2, rel=1e-6)
    assert bold.log_score < found.log_score


def test_calibration_keeps_rows_of_one_hazard_together():
    p = np.array([0.1] * 6 + [0.2] * 2 + [0.5] * 2)
    y = np.array([0] * 5 + [1] + [0, 1] + [1, 0.0])
    bins = calibration_bins(y, p, 5)
    assert bins == [(pytest.approx(0.1), pytest.approx(1 / 6), 1, 6), (pytest.approx(0.2), 0.5, 1, 2),
                    (pytest.approx(0.5), 0.5, 1, 2)]  # fmt: skip


def test_nothing_is_said_where_nothing_happened():
    found = score_hazards(np.zeros(5), np.full(5, 0.1))
    assert (found.auc, found.slope, found.average_precision) == (None, None, None)


def test_later_periods_are_foretold_from_earlier_ones_alone():
    frame = panel(4000).with_columns(time=2000 + pl.int_range(4000) // 400)
    found = validate_out_of_time("adopted ~ coercion + log(gdp)", frame, 2006)
    early = event_history("adopted ~ coercion + log(gdp)", frame.filter(pl.col("time") <= 2006), cluster=None)
    assert found.fit.coefficients.tolist() == early.coefficients.tolist()
    later = frame.filter(pl.col("time") > 2006)
    x = np.column_stack([np.ones(1200), later["coercion"], np.log(later["gdp"].to_numpy())])
    p = 1 / (1 + np.exp(-x @ early.coefficients))
    assert found.scores.auc == pytest.approx(auc(later["event"].to_numpy(), p), rel=1e-12)
    assert found.scores.rows == 1200
    assert found.table()["rows"].sum() == 1200
    # the future is invisible: other outcomes after the cut leave the fit as it was
    changed = frame.with_columns(
        event=pl.when(pl.col("time") > 2006).then(1 - pl.col("event")).otherwise("event")
    )
    assert validate_out_of_time("adopted ~ coercion + log(gdp)", changed, 2006).fit.loglik == found.fit.loglik
    with pytest.raises(MethodError, match="both are needed"):
        validate_out_of_time("adopted ~ coercion", frame, 2009)


def test_shapes_of_time_are_compared_with_none():
    frame = panel()
    table = compare_durations("adopted ~ coercion", frame)
    none, cubic = (event_history("adopted ~ coercion", frame, duration=form) for form in (None, "cubic"))
    row = table.row(by_predicate=pl.col("duration") == "cubic", named=True)
    assert row["statistic"] == pytest.approx(2 * (cubic.loglik - none.loglik))
    assert likelihood_ratio(none, cubic)[1:] == (3, pytest.approx(row["p"]))
    assert table["duration"].to_list() == ["none", "cubic", "spline", "dummies"]
    short = frame.with_columns(duration=pl.col("duration") % 2 + 1)
    assert "needs at least 4" in compare_durations("adopted ~ coercion", short)["why"][1]


def test_a_likelihood_ratio_of_one_has_its_known_p():
    frame = panel()
    small, large = (event_history(f"adopted ~ {terms}", frame) for terms in ("coercion", "coercion + region"))
    statistic, degrees, p = likelihood_ratio(small, large)
    assert degrees == 2
    assert p == pytest.approx(np.exp(-statistic / 2), rel=1e-9)  # chi-squared with two degrees of freedom
    with pytest.raises(MethodError, match="not nested"):
        likelihood_ratio(large, small)
    with pytest.raises(MethodError, match="same rows"):
        likelihood_ratio(small, event_history("adopted ~ coercion + region", frame.head(500)))
