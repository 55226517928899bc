"""Fits that cannot be trusted say so and why, on real data: the arrests of Rossi, Berk & Lenihan 1980."""

from __future__ import annotations

import re

import polars as pl
import pytest

from diffuscope.errors import ConvergenceError, MethodError, SeparationError
from diffuscope.models import cox, event_history, firth

FORMULA = "event ~ fin + age + race + wexp + mar + paro + prio"


@pytest.fixture(scope="module")
def weeks() -> pl.DataFrame:
    """A row per released man and week at risk, up to his arrest or a year."""
    from lifelines.datasets import load_rossi

    men = pl.from_pandas(load_rossi()).with_row_index("unit")
    rows = men.with_columns(duration=pl.int_ranges(1, pl.col("week") + 1)).explode("duration")
    arrested = (pl.col("duration") == pl.col("week")) & (pl.col("arrest") == 1)
    return rows.with_columns(event=arrested.cast(pl.Int64), unit=pl.format("man {}", "unit"))


def told(fit, words: str) -> bool:
    assert f"Warning: {fit.warnings[0]}" in fit.summary()
    return any(re.search(words, warning) for warning in fit.warnings)


def test_enough_of_everything_is_no_cause_for_warnings(weeks):
    fit = event_history(FORMULA, weeks, link="cloglog", duration="cubic")
    assert (fit.rows, fit.events, fit.clusters) == (19_809, 114, (("unit", 432),))
    assert fit.warnings == ()
    # the grouped-time model of the published table, whose coefficients it nearly has
    published = (-0.37942, -0.05744, 0.31390, -0.14980, -0.43370, -0.08487, 0.09150)
    assert fit.coefficients[1:8] == pytest.approx(published, abs=0.005)


def test_too_few_events_for_the_coefficients(weeks):
    early = weeks.filter(pl.col("duration") <= 20)
    for fit in (event_history(FORMULA, early), firth(FORMULA, early)):
        assert fit.events == 40
        assert told(fit, r"^40 events for 8 coefficients \(5.0 each\): ")
    assert told(cox(FORMULA, early), r"^40 events for 7 coefficients \(5.7 each\)")


def test_fewer_than_thirty_clusters(weeks):
    """Men with as many earlier convictions are taken to hang together."""
    assert event_history(FORMULA, weeks, cluster="unit").df is None
    for fit in (event_history(FORMULA, weeks, cluster="prio"), cox(FORMULA, weeks, cluster="prio")):
        assert fit.clusters == (("prio", 17),)
        assert fit.interval == "Wald, t with 16 degrees of freedom"
        assert told(fit, r"^17 clusters by prio: below 30")


def test_separation(weeks):
    """Who was not seen to the end of the year was arrested: the week predicts the arrest."""
    last = weeks.filter(pl.col("duration") == pl.col("week")).with_columns(left=(pl.col("week") < 52))
    with pytest.raises(MethodError, match=r"separated \(quasi-complete\) by `left`.*`diffuscope.firth`"):
        event_history("event ~ age + left", last)
    fit = firth("event ~ age + left", last)
    assert fit.ci_low[2] > 3  # finite below, and far from zero
    married = weeks.filter((pl.col("mar") == 0) | (pl.col("event") == 0))
    with pytest.raises(MethodError, match="`mar`"):
        event_history("event ~ age + mar", married)
    with pytest.raises(MethodError, match="has no maximum for `mar`"):
        cox("event ~ age + mar", married)


def test_terms_that_policy_effects_or_time_at_risk_absorb(weeks):
    classes = weeks.with_columns(policy=pl.format("{} before", pl.col("prio").clip(upper_bound=6)))
    classes = classes.with_columns(many=(pl.col("prio") > 3))
    fit = event_history("event ~ age + many", classes, policy_effects="fixed", cluster="unit")
    assert (fit.dropped_terms, "many" in fit.names) == (("many",), False)
    assert told(fit, "`many` does not vary once policy effects")
    fit = event_history("event ~ age + duration", weeks, duration="cubic")
    assert told(fit, "`duration` does not vary once .* time at risk")


def test_a_search_that_does_not_settle_gives_no_estimate(weeks, monkeypatch):
    """Fifty steps are enough for all of these; after two, nothing is concluded, least of all separation."""
    monkeypatch.setattr("diffuscope.models.likelihood.newton_raphson.ITERATIONS", 2)
    last = weeks.filter(pl.col("duration") == pl.col("week"))
    classes = weeks.with_columns(policy=pl.format("{} before", pl.col("prio").clip(upper_bound=6)))
    for fitted in (
        lambda: event_history(FORMULA, weeks),
        lambda: event_history("event ~ fin + age", classes, policy_effects="fixed", cluster="unit"),
        lambda: firth("event ~ age", last),
        lambda: cox(FORMULA, weeks),
    ):
        with pytest.raises(ConvergenceError, match="did not converge in 2 steps"):
            fitted()


def test_separation_is_proved_not_guessed_from_a_search(weeks, monkeypatch):
    """Events separated by `mar` within policies are named, however few steps the search takes."""
    classes = weeks.with_columns(policy=pl.format("{} before", pl.col("prio").clip(upper_bound=6)))
    married = classes.filter((pl.col("mar") == 0) | (pl.col("event") == 0))
    for steps in (2, 50):
        monkeypatch.setattr("diffuscope.models.likelihood.newton_raphson.ITERATIONS", steps)
        with pytest.raises(SeparationError, match=r"separated \(quasi-complete\) by `mar`: "):
            event_history("event ~ age + mar", married, policy_effects="fixed", cluster="unit")
        with pytest.raises(SeparationError, match="has no maximum for `mar`") as told:
            cox("event ~ age + mar", married)
        assert "firth" not in str(told.value).lower()


def test_columns_that_nearly_repeat_each_other(weeks):
    again = weeks.with_columns(years=pl.col("age") + pl.col("race") * 1e-2)
    for fit in (event_history("event ~ age + years", again), cox("event ~ age + years", again)):
        assert fit.converged
        assert told(fit, "some columns are nearly combinations of others")
