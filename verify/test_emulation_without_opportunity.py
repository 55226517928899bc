"""Pairs without an opportunity to emulate show emulation where there is none; others do not."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import diffuscope

UNITS, PERIODS, SIMULATIONS = 30, 15, 40


def history(seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Units that adopt with hazard logit(-2.5 + x), whatever others do."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=UNITS)
    hazard = 1 / (1 + np.exp(2.5 - x))
    adopts = rng.random((UNITS, PERIODS)) < hazard[:, None]
    time = np.where(adopts.any(axis=1), adopts.argmax(axis=1) + 1, 0)
    names = [f"u{at}" for at in range(UNITS)]
    frame = pl.DataFrame({"unit": names, "time": [int(when) or None for when in time]})
    return frame, pl.DataFrame({"unit": names, "x": x})


def coefficients(seed: int, *, conditional: bool) -> dict[str, float]:
    adoptions, known = history(seed)
    panel = diffuscope.person_period(adoptions, origin=1, censor=PERIODS, covariates=known)
    pairs = diffuscope.dyad_period(panel, conditional=conditional, senders=known)
    fit = diffuscope.event_history("event ~ x + sender_x", pairs, cluster=("receiver", "sender"))
    return dict(fit.table().select("term", "estimate").iter_rows())


@pytest.mark.slow
def test_only_pairs_with_an_opportunity_tell_the_truth():
    found = {
        kept: [coefficients(seed, conditional=kept) for seed in range(SIMULATIONS)] for kept in (True, False)
    }
    mean = {
        (kept, name): np.mean([one[name] for one in estimates])
        for kept, estimates in found.items()
        for name in ("x", "sender_x")
    }
    assert abs(mean[True, "sender_x"]) < 0.05
    assert mean[False, "sender_x"] > 0.5
    assert mean[True, "x"] == pytest.approx(1.17, abs=0.25)
