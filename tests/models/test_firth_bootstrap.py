"""The bootstrap of Firth's logit by unit: draw by draw the estimate of repeated rows."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from made_panels import panel, separated

from diffuscope.compute.streams import stream
from diffuscope.errors import MethodError, PlanError
from diffuscope.models import event_history, firth, firth_bootstrap
from diffuscope.models.design.separation import separation
from diffuscope.models.estimators.firth_bootstrap import BATCH, NAME

TERMS = "adopted ~ coercion"


@pytest.fixture(scope="module")
def rows():
    return panel(200, units=12)


@pytest.mark.parametrize("corrected", [False, True])
def test_a_draw_is_the_estimate_of_units_repeated_as_often_as_drawn(rows, corrected):
    fit = firth(TERMS, rows, interval="wald", correct_intercept=corrected)
    found = firth_bootstrap(fit, rows, draws=100, seed=5)
    assert BATCH >= 100  # all of one stream
    units = rows["unit"].unique(maintain_order=True)
    parts = {at: rows.filter(pl.col("unit") == unit) for at, unit in enumerate(units)}
    drawn = []
    own = stream(5, NAME, 0)
    for _ in range(100):
        chosen = pl.concat([parts[at] for at in own.integers(0, 12, 12)])
        again = firth(TERMS, chosen, interval="wald", correct_intercept=corrected)
        drawn.append(again.coefficients)
    by_draws = np.cov(np.array(drawn).T)
    errors = np.maximum(np.sqrt(np.diag(by_draws)), fit.std_errors)
    assert found.std_errors == pytest.approx(errors, rel=1e-5)
    correlation = by_draws[0, 1] / np.sqrt(np.prod(np.diag(by_draws)))
    assert found.covariance[0, 1] == pytest.approx(correlation * np.prod(errors), rel=1e-5)
    low, high = np.percentile(drawn, (2.5, 97.5), axis=0)
    assert found.ci_low == pytest.approx(np.minimum(low, fit.ci_low), rel=1e-5)
    assert found.ci_high == pytest.approx(np.maximum(high, fit.ci_high), rel=1e-5)
    rarer = np.minimum((np.array(drawn) <= 0).sum(axis=0), (np.array(drawn) >= 0).sum(axis=0))
    assert found.p == pytest.approx(np.maximum(np.minimum(2 * (1 + rarer) / 101, 1), fit.p))
    assert found.coefficients.tolist() == fit.coefficients.tolist()
    assert found.clusters == (("unit", 12),)
    assert found.interval == (
        "penalised bootstrap by unit, percentiles of 100 draws, or where wider Wald, normal"
    )


def test_errors_grow_where_rows_of_a_unit_repeat_each_other():
    """Every row four times within its unit: the rows say four times as much, the units do not."""
    once = panel(160, units=160).with_columns(unit=pl.format("u{}", pl.int_range(160)))
    four = pl.concat([once] * 4)
    single, own = (firth_bootstrap(firth(TERMS, one), one, draws=200, seed=2) for one in (once, four))
    assert own.std_errors == pytest.approx(single.std_errors, rel=0.25)
    assert firth(TERMS, four).std_errors[1] < 0.7 * own.std_errors[1]


def test_separated_draws_are_counted():
    frame = separated().with_columns(unit=pl.format("u{}", pl.int_range(20)))
    fit = firth("event ~ x", frame)
    found = firth_bootstrap(fit, frame, draws=100, seed=1)
    # no event with x = 0: every draw with an estimate is separated
    used = int(found.interval.partition(" draws")[0].rpartition(" ")[2])
    assert any(one.startswith(f"In {used} of 100 draws events were separated") for one in found.warnings)
    assert (used == 100) != any("had no estimate" in one for one in found.warnings)
    assert np.isfinite(found.ci_high).all()


def test_of_every_draw_it_is_known_whether_its_events_are_separated(rows):
    """The linear programme decides each draw by itself, whatever was proved for many at once."""
    few = rows.filter(
        pl.when(pl.col("event") == 1).then(pl.col("coercion") > 0).otherwise(pl.col("coercion") < 0.6)
    )
    fit = firth(TERMS, few, interval="wald")
    found = firth_bootstrap(fit, few, draws=150, seed=4)
    parts = few.partition_by("unit", maintain_order=True)
    own, apart = stream(4, NAME, 0), 0
    for _ in range(150):
        chosen = pl.concat([parts[at] for at in own.integers(0, len(parts), len(parts))])
        x = np.column_stack([np.ones(chosen.height), chosen["coercion"].to_numpy()])
        apart += separation(x, chosen["event"].to_numpy()).kind != "none"
    assert 5 < apart < 145
    assert any(one.startswith(f"In {apart} of 150 draws") for one in found.warnings), (apart, found.warnings)


def test_what_cannot_be_drawn_is_refused(rows):
    fit = firth(TERMS, rows, interval="wald")
    with pytest.raises(PlanError, match="at least 100"):
        firth_bootstrap(fit, rows, draws=20, seed=1)
    with pytest.raises(PlanError, match="The fit is of logit"):
        firth_bootstrap(event_history(TERMS, rows), rows, seed=1)
    with pytest.raises(MethodError, match="one cluster by `land`"):
        firth_bootstrap(fit, rows.with_columns(land=pl.lit("a")), by="land", seed=1)
    with pytest.raises(MethodError, match="150 complete rows for a fit to 200"):
        firth_bootstrap(fit, rows.head(150), seed=1)
    few = pl.DataFrame(
        {"unit": ["a"] * 5 + ["b"] * 5, "event": [1, 0, 0, 1, 0] + [0] * 5, "x": [1.0] * 5 + [0.0] * 5}
    )
    with pytest.raises(MethodError, match="draws have an estimate"):
        firth_bootstrap(firth("event ~ x", few), few, draws=100, seed=1)


def test_in_stata_clusters_are_drawn_before_the_command(rows):
    script = firth_bootstrap(firth(TERMS, rows), rows, draws=100, seed=1).stata_script()
    assert "egen long drawn_code = group(unit)\n" in script
    assert "\nbootstrap, cluster(drawn_code) reps(999) seed(1): firthlogit event coercion\n" in script


def test_draws_depend_on_no_names_and_on_nothing_that_was_read_before(rows):
    fit = firth(TERMS, rows, interval="wald")
    drawn = firth_bootstrap(fit, rows, draws=100, seed=5).covariance
    units = rows["unit"].unique(maintain_order=True).to_list()
    backwards = dict(zip(units, reversed(units), strict=True))
    pl.Series(list(reversed(units))).cast(pl.Categorical)  # polars numbers words in the order of first sight
    for names in (backwards, {unit: place for place, unit in enumerate(reversed(units))}):
        renamed = rows.with_columns(unit=pl.col("unit").replace_strict(names))
        assert firth_bootstrap(fit, renamed, draws=100, seed=5).covariance.tolist() == drawn.tolist()
