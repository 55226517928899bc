"""Dates known only as a range, drawn many times: multiple imputation (Rubin 1987)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from diffuscope.errors import PlanError
from diffuscope.panel.frames import ROW
from diffuscope.panel.periods import BEFORE_ALL
from diffuscope.panel.risk import panel_from

if TYPE_CHECKING:
    from diffuscope.panel.record import Panel

FEWEST = 20


def impute_dates(panel: Panel, *, seed: int, draws: int = FEWEST) -> tuple[Panel, ...]:
    """Panels in which every date known as a range is drawn from it, each period equally likely.

    Parameters
    ----------
    panel : Panel
        From `person_period`; covariates are joined again in each draw, exposures are added afterwards.
    seed : int
        The same seed draws the same dates; each draw has a stream of its own.
    draws : int
        How many; at least 20.

    Returns
    -------
    tuple of Panel
        Origin and end of risk are those of the panel. Fit the model to each, and combine the fits. What is
        known only to have happened by a date has no beginning to draw from, and stays as it is.

    Raises
    ------
    PlanError
        If draws are fewer than 20, no date is a range, or the panel has exposures, is paired or is merged.

    Examples
    --------
    >>> import diffuscope, polars as pl
    >>> laws = pl.DataFrame({"unit": ["a", "b"], "time": [2001, 2003], "time_latest": [2001, 2006]})
    >>> drawn = impute_dates(diffuscope.person_period(laws), seed=1)
    >>> sorted({int(one.frame["time"].max()) for one in drawn})
    [2003, 2004, 2005, 2006]
    """
    if panel.history is None or panel.exposures:
        raise PlanError("Dates are drawn first; exposures, pairs and spans are made from each draw.")
    if draws < FEWEST:
        raise PlanError(f"draws is {draws}; with fewer than {FEWEST} the spread between draws is not known.")
    spells = panel.history.spells.sort(ROW)
    lo, hi = (spells[name].fill_null(0).to_numpy() for name in ("lo", "hi"))
    wide = (lo < hi) & (lo != BEFORE_ALL)
    if not wide.any():
        raise PlanError("No date is a range of several periods, so there is nothing to draw.")
    found = []
    for at in range(draws):
        rng = np.random.default_rng([seed, at])
        drawn = pl.Series(rng.integers(lo[wide], hi[wide] + 1))
        index = np.flatnonzero(wide)
        ends = (spells[name].scatter(index, drawn).alias(name) for name in ("lo", "hi"))
        settled = spells.with_columns(*ends).sort("policy", "unit", "hi", ROW, nulls_last=True)
        found.append(panel_from(replace(panel.history, spells=settled)))
    return tuple(found)
