"""Global adoption share and time at risk: the controls of time that a hazard of adoption needs.

Without one, whatever rises as a policy spreads passes for exposure: where nothing spread and the hazard rose
by itself, exposure came out positive in all of 60 made worlds (50 units, 30 years).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from diffuscope.errors import PlanError
from diffuscope.panel.adoptions import DECISION
from diffuscope.panel.decisions import decided_together
from diffuscope.panel.exposure_history import state_of
from diffuscope.records.native_tables import as_kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from diffuscope.panel.panel import History, Panel
    from diffuscope.records.arrays import Codes, Numbers


GLOBAL_SHARE = "global_share"
"""Share of all units that had adopted the row's policy by the end of the period before."""
TIME_AT_RISK = "time_at_risk"
"""How long the row's unit had been at risk of the row's policy, the row included."""


def add_global_share(panel: Panel) -> Panel:
    """A panel with the global adoption share: how many of all units had the policy before each period.

    Parameters
    ----------
    panel : Panel
        From `person_period`; not paired or merged.

    Returns
    -------
    Panel
        With the column `global_share`: of all units of the panel of whom it is known, the share that had
        adopted the row's policy by the end of the period before. Null where it is known of nobody. Whoever
        decided together with the row's unit counts as without the policy.

    Raises
    ------
    PlanError
        If the panel has such a column, or is paired or merged.

    Examples
    --------
    >>> import diffuscope, polars as pl
    >>> laws = pl.DataFrame({"unit": ["a", "b", "c", "d"], "time": [2001, 2003, 2004, None]})
    >>> panel = add_global_share(diffuscope.person_period(laws))
    >>> panel.frame.filter(pl.col("unit") == "d").select("period", "global_share").rows()
    [(2002, 0.25), (2003, 0.25), (2004, 0.5)]
    """
    if panel.history is None:
        raise PlanError("The global share is added before units are paired or rows are merged.")
    rows = panel.table()
    if GLOBAL_SHARE in rows.columns:
        raise PlanError(f"The panel has a column `{GLOBAL_SHARE}` already.")
    column = pl.Series(GLOBAL_SHARE, share_of_all(rows, panel.history), nan_to_null=True)
    return replace(panel, frame=as_kind(rows.with_columns(column), panel.history.kind))


def share_of_all(rows: pl.DataFrame, history: History) -> Numbers:
    """Global adoption share of each row: of all units whose state was known at the end of the period before.

    A unit whose date is a range that is not over yet, or is not known, counts neither as an adopter nor among
    all: it is unknown, not zero. Those who decided together with the row's unit never count as adopters
    before it: their adoption is its own.
    """
    units, share = history.bounds.units, np.full(rows.height, np.nan)
    for (policy,), part in rows.with_row_index("_at").group_by("policy", maintain_order=True):
        before = part["time"].to_numpy() - 1
        span = range(int(before.min()), int(before.max()) + 1)
        own = history.of_policy(str(policy))
        state = state_of(own, units, (), span, undated=history.undated)
        for whose, unheard in deciding(own, part["unit"]):
            heard = state if unheard is None else without(state, units, unheard)
            # numerator and denominator over units whose state is known: unknown is neither adopted nor not
            known = np.isfinite(heard)
            many = known.sum(axis=0)
            had = np.where(known, heard, 0.0).sum(axis=0)
            with np.errstate(invalid="ignore"):
                shares = np.where(many > 0, had / many, np.nan)
            share[part["_at"].to_numpy()[whose]] = shares[before[whose] - span.start]
    return share


def deciding(
    spells: pl.DataFrame, unit: pl.Series
) -> Iterator[tuple[NDArray[np.bool_], frozenset[str] | None]]:
    """Rows of units that decided together at different dates, and of whom they do not hear; None: everybody.

    Parameters
    ----------
    spells : polars.DataFrame
        Of one policy.
    unit : polars.Series
        Unit of each row.
    """
    joint = np.zeros(len(unit), dtype=bool)
    for together in decided_together(spells, same_date=False):
        whose = unit.is_in(list(together.units)).to_numpy()
        if whose.any():
            members = spells.filter(pl.col(DECISION).is_in(list(together.decisions)))["unit"]
            yield whose, frozenset(members)
            joint |= whose
    if not joint.all():
        yield ~joint, None


def without(state: Numbers, units: tuple[str, ...], unheard: frozenset[str]) -> Numbers:
    """The states of all units, with those who are not heard of without the policy."""
    states = state.copy()
    states[[at for at, unit in enumerate(units) if unit in unheard]] = 0.0
    return states


def add_time_at_risk(panel: Panel) -> Panel:
    """A panel with time at risk: how long each unit could have adopted, counted from its own entry.

    It differs from the panel's `duration`, which counts from the policy's origin, where units enter at
    different dates or are at risk again after a repeal. A window that opens later does not set it back.

    Parameters
    ----------
    panel : Panel
        From `person_period`; not paired or merged.

    Returns
    -------
    Panel
        With the column `time_at_risk`, in periods, those of the row included.
    """
    if panel.history is None:
        raise PlanError("Time at risk is added before units are paired or rows are merged.")
    rows, bounds, calendar = panel.table(), panel.history.bounds, panel.history.calendar
    origin = _at(rows["policy"], bounds.policies, bounds.origin)
    entry = np.maximum(origin, _at(rows["unit"], bounds.units, bounds.entry))
    opens = rows.select(pl.col("time").min().over("unit", "policy", "spell"))["time"].to_numpy()
    # after a repeal, time at risk counts from there on (gap time); before, from entry, whatever the window
    start = np.where(rows["spell"].to_numpy() > 1, opens, entry)
    counted_from = origin if bounds.since == "origin" else opens
    end = rows["duration"].to_numpy() + calendar.clock(counted_from - 1)
    own = pl.Series(TIME_AT_RISK, end - calendar.clock(start - 1))
    return replace(panel, frame=as_kind(rows.with_columns(own), panel.history.kind))


def enters_at_different_dates(rows: pl.DataFrame) -> bool:
    """Whether units of one policy have been at risk for different times in one period.

    Parameters
    ----------
    rows : polars.DataFrame
        Of a panel with `time_at_risk`.
    """
    many = rows.group_by("policy", "time").agg(pl.col(TIME_AT_RISK).n_unique().alias("many"))["many"]
    return bool((many > 1).any())


def _at(names: pl.Series, known: tuple[str, ...], values: Codes) -> Codes:
    """The value that belongs to each name."""
    place = dict(zip(known, range(len(known)), strict=True))
    return np.asarray(values[names.replace_strict(place, return_dtype=pl.Int64).to_numpy()])
