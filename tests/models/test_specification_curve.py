"""Specification curve: every specification is there once, estimated or with the reason why not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from made_panels import panel, two_by_two

from diffuscope.errors import MethodError, PlanError
from diffuscope.models import average_marginal_effects, event_history, specification_curve


@pytest.fixture(scope="module")
def frame():
    """A panel with a column that predicts all events, and one that is missing in some rows."""
    rng = np.random.default_rng(3)
    rows = panel(500, units=50, policies=1)
    return rows.with_columns(
        perfect=2.0 * pl.col("event") + pl.Series(rng.random(500)),
        holes=pl.when(pl.int_range(500) < 100).then(None).otherwise(pl.Series(rng.normal(size=500))),
        other=pl.Series(rng.normal(size=500)),
    )


@pytest.fixture(scope="module")
def curve(frame):
    return specification_curve(
        frame, {"now": "coercion", "before": "other"}, ["log(gdp)", "perfect"],
        durations=[None], clusters={"unit": "unit", "none": None},
    )  # fmt: skip


def test_every_combination_is_there_once(curve):
    chosen = curve.table.select("exposure", pl.col("controls").list.join("+"), "model", "duration", "errors")
    assert curve.table.height == 2 * 4 * 2 * 2 == chosen.n_unique()
    assert curve.table["rank"].to_list() == list(range(1, 33))


def test_each_estimate_is_that_of_its_own_fit(curve, frame):
    row = curve.table.filter(
        (pl.col("exposure") == "now") & (pl.col("controls").list.join("+") == "log(gdp)")
        & (pl.col("model") == "cloglog") & (pl.col("errors") == "unit")
    ).row(0, named=True)  # fmt: skip
    fit = event_history("adopted ~ coercion + log(gdp)", frame, link="cloglog", cluster="unit")
    names = ("estimate", "std_error", "ci_low", "ci_high", "p", "rows", "events")
    columns = (fit.coefficients, fit.std_errors, fit.ci_low, fit.ci_high, fit.p)
    assert [row[name] for name in names] == [*(one[1] for one in columns), fit.rows, fit.events]


def test_estimates_are_sorted_and_what_has_none_is_last_with_its_reason(curve):
    estimates = curve.table["estimate"].to_list()
    assert estimates[16:] == [None] * 16, "a column that predicts all events is in half of them"
    assert estimates[:16] == sorted(estimates[:16])
    assert curve.missing == 16
    refused = curve.table.tail(16)
    assert all("perfect" in controls for controls in refused["controls"])
    assert all("separated" in reason for reason in refused["missing"])
    assert curve.table.head(16)["missing"].null_count() == 16
    assert "16 specifications could not be estimated" in curve.summary()


def test_firth_is_fitted_once_whatever_the_clusters():
    table = specification_curve(
        two_by_two(), "x", models=["logit", "firth"], durations=[None],
        clusters={"block": "block", "none": None}, outcome="event",
    ).table  # fmt: skip
    assert sorted(table.select("model", "errors").rows()) == [
        ("firth", "model-based"), ("logit", "block"), ("logit", "none"),
    ]  # fmt: skip
    # ½ added to each cell, and log((12 · 55)/(28 · 5))
    assert table["estimate"].to_list() == pytest.approx([1.4874595, 1.5505974, 1.5505974], rel=1e-6)


def test_effects_stand_on_one_scale():
    frame = two_by_two()
    both = specification_curve(
        frame, "x", durations=[None], clusters={"none": None}, measure="effect", outcome="event"
    )
    # 12/40 − 5/60, whatever the link
    assert both.table["estimate"].to_list() == pytest.approx([0.2166667] * 2, rel=1e-6)
    fit = event_history("event ~ x", frame, cluster=None)
    assert both.table["ci_low"].max() == pytest.approx(average_marginal_effects(fit, frame)["ci_low"].item())


def test_rows_that_differ_are_named(frame):
    summary = specification_curve(frame, "coercion", ["holes"], durations=[None]).summary()
    assert "rest on 400 to 500 rows" in summary


def test_what_is_no_question_is_refused(frame):
    with pytest.raises(PlanError, match="at most 2,000"):
        specification_curve(frame, "coercion", [f"x{at}" for at in range(12)])
    with pytest.raises(PlanError, match="'tobit'"):
        specification_curve(frame, "coercion", models=["tobit"])
    with pytest.raises(PlanError):
        specification_curve(frame, "coercion", ["no_such_column"])
    with pytest.raises(MethodError, match="No specification could be estimated"):
        specification_curve(frame, "perfect", durations=[None])


def test_an_unknown_end_leaves_nothing_out(curve):
    """An end of a profile interval that no search found is NaN, which Polars sorts above every number."""
    ends = curve.table.with_columns(ci_low=pl.lit(float("nan")), ci_high=pl.lit(float("nan")))
    assert " 0 intervals leave zero out" in replace(curve, table=ends).summary()
