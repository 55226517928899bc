"""Kaplan–Meier, cumulative incidence and the log-rank test: numbers of R, lifelines, and identities."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from diffuscope.errors import MethodError
from diffuscope.models import cumulative_incidence, kaplan_meier, logrank_test
from diffuscope.models.likelihood.partial_likelihood import partial_likelihood, risk_sets

TEN = pl.DataFrame(
    {
        "unit": [f"u{at}" for at in range(10)],
        "start": [0, 0, 0, 1, 0, 2, 0, 1, 0, 3],
        "stop": [2, 3, 3, 4, 5, 5, 6, 7, 8, 9],
        "cause": ["a", "a", "b", None, "a", "b", None, "a", "b", "a"],
        "g": [1] * 5 + [0] * 5,
    }
).with_columns(event=pl.col("cause").is_not_null().cast(int))


def untied(rows: int = 60) -> pl.DataFrame:
    """Late entry, three groups, two kinds of events, no ties."""
    rng = np.random.default_rng(3)
    start = rng.uniform(0, 2, rows)
    return pl.DataFrame(
        {
            "start": start,
            "stop": start + rng.exponential(2, rows),
            "cause": rng.integers(0, 3, rows),
            "g": rng.integers(0, 3, rows),
        }
    ).with_columns(event=(pl.col("cause") > 0).cast(int))


def test_survival_is_that_of_survfit_in_r():
    # survfit(Surv(start, stop, cause != "none") ~ 1, conf.type = "log-log") of survival 3.5-3
    found = kaplan_meier(TEN)
    assert found["time"].to_list() == [2, 3, 4, 5, 6, 7, 8, 9]
    assert found["at_risk"].to_list() == [8, 8, 7, 6, 4, 3, 2, 1]
    survival = (0.875, 0.65625, 0.65625, 0.4375, 0.4375, 0.2916666667, 0.1458333333, 0)
    assert found["survival"].to_list() == pytest.approx(survival, abs=1e-9)
    errors = (
        0.1169267933,
        0.1601086057,
        0.1601086057,
        0.1653594569,
        0.1653594569,
        0.1622683534,
        0.1312114141,
    )
    assert found["std_error"].to_list()[:7] == pytest.approx(errors, abs=1e-9)
    low = (0.387000014, 0.2696056895, 0.2696056895, 0.1319395431, 0.1319395431, 0.0505189333, 0.0081353662)
    assert found["ci_low"].to_list()[:7] == pytest.approx(low, abs=1e-9)
    high = (0.9813929659, 0.8734070280, 0.8734070280, 0.7136150065, 0.7136150065, 0.6013771473, 0.4628337960)
    assert found["ci_high"].to_list()[:7] == pytest.approx(high, abs=1e-9)
    assert found.row(7)[4:] == (None, None, None)


def test_incidence_is_that_of_survfit_in_r():
    # survfit(Surv(start, stop, cause) ~ 1, id = id)$pstate of survival 3.5-3
    found = cumulative_incidence(TEN, "cause")
    one, other = (found.filter(pl.col("event") == kind)["incidence"].to_list() for kind in "ab")
    assert one == pytest.approx(
        (0.125, 0.234375, 0.234375, 0.34375, 0.34375, 0.4895833333, 0.4895833333, 0.6354166667), abs=1e-9
    )
    assert other == pytest.approx(
        (0, 0.109375, 0.109375, 0.21875, 0.21875, 0.21875, 0.3645833333, 0.3645833333)
    )
    assert np.add(one, other) == pytest.approx(1 - kaplan_meier(TEN)["survival"].to_numpy(), abs=1e-12)


def test_survival_and_incidence_are_those_of_lifelines():
    from lifelines import AalenJohansenFitter, KaplanMeierFitter

    rows = untied().to_pandas()
    theirs = KaplanMeierFitter().fit(rows["stop"], rows["event"], entry=rows["start"])
    ours = kaplan_meier(untied())
    expected = theirs.survival_function_at_times(ours["time"].to_numpy()).to_numpy()
    assert ours["survival"].to_numpy() == pytest.approx(expected, rel=1e-9)
    fitter = AalenJohansenFitter(calculate_variance=True)
    late = fitter.fit(rows["stop"], rows["cause"], event_of_interest=2)
    whole = cumulative_incidence(untied().with_columns(start=pl.lit(0.0)), "cause").filter(
        pl.col("event") == "2"
    )
    times = whole["time"].to_numpy()
    assert whole["incidence"].to_numpy() == pytest.approx(
        late.cumulative_density_.loc[times].to_numpy()[:, 0]
    )
    spread = late.variance_.loc[times].to_numpy()
    assert whole["std_error"].to_numpy()[:-1] ** 2 == pytest.approx(spread[:-1], rel=1e-6)


def test_incidence_of_one_kind_has_greenwoods_error():
    one, km = cumulative_incidence(TEN, "event"), kaplan_meier(TEN)
    assert one["incidence"].to_numpy() == pytest.approx(1 - km["survival"].to_numpy())
    assert one["std_error"].to_list()[:7] == pytest.approx(km["std_error"].to_list()[:7], rel=1e-9)
    inside = one.filter(pl.col("ci_low").is_not_null())
    assert (inside["ci_low"] < inside["incidence"]).all()
    assert (inside["ci_high"] > inside["incidence"]).all()


def test_rows_of_periods_are_the_spans_they_make():
    """Each span cut at every whole time: nobody is at risk more or less often."""
    cut = pl.DataFrame(
        [
            (unit, at, at + 1, cause if at + 1 == stop else None, g)
            for unit, start, stop, cause, g in TEN.select("unit", "start", "stop", "cause", "g").rows()
            for at in range(start, stop)
        ],
        schema=["unit", "start", "stop", "cause", "g"],
        orient="row",
    )
    shared = ["time", "at_risk", "survival", "std_error"]
    pieces = kaplan_meier(cut.with_columns(event=pl.col("cause").is_not_null().cast(int)))
    joined = kaplan_meier(TEN).select(shared).join(pieces.select(shared), on="time")
    assert joined["survival"].to_list() == pytest.approx(joined["survival_right"].to_list())
    assert joined["at_risk"].to_list() == joined["at_risk_right"].to_list()
    assert cumulative_incidence(cut, "cause")["incidence"].max() == pytest.approx(0.6354166667)
    by_duration = (
        cut.rename({"stop": "duration"})
        .drop("start")
        .with_columns(event=pl.col("cause").is_not_null().cast(int))
    )
    assert kaplan_meier(by_duration)["survival"].to_list() == pieces["survival"].to_list()


def test_groups_have_curves_of_their_own():
    both = kaplan_meier(TEN, by="g")
    for group in (0, 1):
        alone = kaplan_meier(TEN.filter(pl.col("g") == group))
        assert both.filter(pl.col("g") == group).drop("g").equals(alone)
    assert cumulative_incidence(TEN, "cause", by="g").columns[:3] == ["g", "event", "time"]


def test_log_rank_is_that_of_survdiff_in_r():
    # survdiff(Surv(stop, event) ~ g)$chisq of survival 3.5-3
    statistic, degrees, p = logrank_test(TEN.with_columns(start=pl.lit(0)), "g")
    assert (statistic, degrees) == (pytest.approx(5.737201365, abs=1e-8), 1)
    assert p == pytest.approx(0.01661, abs=1e-5)


def test_log_rank_with_late_entry_is_the_score_test_of_cox():
    """Without ties both are one: score at zero, its information, of two dummies."""
    rows = untied()
    statistic, degrees, _ = logrank_test(rows, "g")
    x = np.column_stack([rows["g"] == 1, rows["g"] == 2]).astype(float)
    sets = risk_sets(*(rows[name].to_numpy().astype(float) for name in ("start", "stop", "event")))
    at_zero = partial_likelihood(sets, x, np.zeros(2), "breslow")
    score = at_zero.gradient @ np.linalg.solve(at_zero.information, at_zero.gradient)
    assert (statistic, degrees) == (pytest.approx(score, rel=1e-9), 2)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"stop": pl.col("start")}, "10 of 10 rows have a `stop` that is not after"),
        ({"stop": pl.lit(None, pl.Int64)}, "`stop` is missing in 10 rows"),
        ({"event": pl.lit(None, pl.Int64)}, "0 or 1 in every row"),
        ({"unit": pl.lit("u")}, "at risk twice at one time"),
    ],
)
def test_rows_that_cannot_be_are_refused(changed, why):
    with pytest.raises(MethodError, match=why):
        kaplan_meier(TEN.with_columns(**changed))


def test_nothing_to_compare_is_refused():
    with pytest.raises(MethodError, match="only one group"):
        logrank_test(TEN.with_columns(g=pl.lit(1)), "g")
    with pytest.raises(MethodError, match="No row has an event"):
        cumulative_incidence(TEN.with_columns(cause=pl.lit(0)), "cause")
