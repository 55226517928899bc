"""Dates known as ranges: drawn and combined, intervals hold a planted coefficient as often as they say."""

from __future__ import annotations

import numpy as np
import polars as pl

import diffuscope

WORLDS, UNITS, LAST, TRUTH = 80, 120, 16, 0.7


def planted(seed: int) -> diffuscope.Panel:
    """Units that adopt by a known hazard; of six in ten only a span of three years is known."""
    rng = np.random.default_rng([88, seed])
    wealth = rng.normal(size=UNITS)
    when = rng.geometric(1 / (1 + np.exp(2.2 - TRUTH * wealth)))
    early = rng.integers(0, 3, UNITS) * (rng.random(UNITS) < 0.6)
    width = np.where(early > 0, 2, 0)
    first = np.maximum(when - early, 1)
    laws = pl.DataFrame(
        {"unit": [f"u{at}" for at in range(UNITS)], "time": first, "time_latest": first + width}
    )
    late = pl.col("time_latest") > LAST
    laws = laws.with_columns(time=pl.when(~late).then("time"), time_latest=pl.when(~late).then("time_latest"))
    facts = laws.select("unit").with_columns(wealth=pl.Series(wealth))
    return diffuscope.person_period(laws, origin=1, censor=LAST, covariates=facts)


def test_intervals_hold_the_truth_as_often_as_they_say():
    held, lost = 0, []
    for seed in range(WORLDS):
        draws = diffuscope.impute_dates(planted(seed), seed=seed)
        found = diffuscope.combine_fits(diffuscope.event_history("adopted ~ wealth", one) for one in draws)
        held += bool(found.ci_low[1] < TRUTH < found.ci_high[1])
        lost.append(found.missing[1])
    assert held >= 70  # of 80 at 95 %, fewer would happen once in 400 runs
    assert 0 < np.mean(lost) < 0.5
