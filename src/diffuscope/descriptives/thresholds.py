"""Thresholds: how many of those it looks to had adopted when a unit did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from diffuscope.descriptives.toa_matrix import Period, layer_of, pieces, rows_of, toa_matrix
from diffuscope.descriptives.unit_statistic import UnitStatistic
from diffuscope.errors import PlanError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from diffuscope.descriptives.toa_matrix import Adopters
    from diffuscope.panel.native_frames import Frame
    from diffuscope.records.arrays import Codes, Numbers
    from diffuscope.ties.layer import Layer

NOT_ADOPTED = "had not adopted"
FIRST = "adopted in the first period: nothing was seen before"
ALONE = "has no ties to anybody"
NOT_MEASURED = "adopted before the ties were known"
CONTEMPORANEOUS = "exposure in the period of adoption itself (lag 0): who adopts together exposes each other"


def thresholds(
    adoptions: Frame,
    ties: Layer | Frame,
    *,
    lag: int = 1,
    weighted: bool = True,
    keep_first: bool = False,
    period: Period = "year",
    waves: Mapping[Any, Any] | Sequence[Any] | None = None,
) -> UnitStatistic:
    """Threshold of each adopter: the share of those it looks to who had adopted when it did.

    Parameters
    ----------
    adoptions : pandas, Polars or Arrow table
        A row per unit: `unit` and `time`, which is empty if it never adopted.
    ties : Layer, or pandas, Polars or Arrow table
        A frame has the columns `sender`, `receiver` and, if ties differ, `weight`: the receiver looks to the
        sender.
    lag : int
        Periods before its own adoption at which a unit looks; 0 counts those who adopted together with it,
        and the result says so.
    weighted : bool
        Whether weights count; otherwise each tie is one.
    keep_first : bool
        Whether adopters of the first period have a threshold (of 0, or with ``lag=0`` by each other).
        Otherwise it is unknown, as they may have been ready at any time before.
    period, waves
        As for `adoption_rates`.

    Returns
    -------
    UnitStatistic
        Unknown for who had not adopted, first adopters, and units without ties (isolates).

    Raises
    ------
    CaseError
        If a time or tie cannot be read.
    PlanError
        If a unit has ties but no row among the adoptions.

    References
    ----------
    Valente 1996, Social Networks 18: 69–89, doi:10.1016/0378-8733(95)00256-1.

    Examples
    --------
    >>> import polars as pl
    >>> laws = pl.DataFrame({"unit": ["a", "b", "c"], "time": [2001, 2003, 2004]})
    >>> ties = pl.DataFrame({"sender": ["a", "b", "a", "c"], "receiver": ["c", "c", "b", "b"]})
    >>> thresholds(laws, ties).values.tolist()
    [nan, 0.5, 1.0]
    """
    if isinstance(lag, bool) or not isinstance(lag, int) or lag < 0:
        raise PlanError(f"lag is {lag!r}; it is a whole number of periods, 1 unless asked otherwise.")
    who = toa_matrix(adoptions, period=period, waves=waves)
    layer = layer_of(ties, who)
    values, alone, seen = at_adoption(who, layer, lag=lag, weighted=weighted)
    reasons = [
        (~who.ever, NOT_ADOPTED),
        ((who.when == 1) & (not keep_first), FIRST),
        (~seen, NOT_MEASURED),
        (alone, ALONE),
    ]
    why: list[str | None] = [None] * len(who.units)
    for wrong, reason in reversed(reasons):
        values[wrong] = np.nan
        for at in np.flatnonzero(wrong).tolist():
            why[at] = reason
    notes = (*who.notes, *layer.notes, *((CONTEMPORANEOUS,) if lag == 0 else ()))
    return UnitStatistic(
        name="threshold",
        units=who.units,
        adopted=tuple(who.names(who.when)),
        values=values,
        why=tuple(why),
        notes=notes,
    )


def at_adoption(
    who: Adopters, layer: Layer, *, lag: int, weighted: bool = True
) -> tuple[Numbers, Codes, Codes]:
    """Exposure of each unit at its adoption; whether it then had no ties; whether ties were then known."""
    looked = who.when - lag
    share = np.full(len(who.units), np.nan)
    alone, seen = np.zeros(len(share), dtype=bool), np.zeros(len(share), dtype=bool)
    for first, last, matrix in pieces(layer, who):
        mine = who.ever & (looked >= first) & (looked <= last)
        row, weight = rows_of(matrix), matrix.data if weighted else np.ones(matrix.nnz)
        had = who.ever[matrix.indices] & (who.when[matrix.indices] <= looked[row])
        total = np.bincount(row, weights=weight, minlength=len(share))
        reached = np.bincount(row, weights=weight * had, minlength=len(share))
        share[mine] = np.divide(reached, total, out=np.full(len(share), np.nan), where=total > 0)[mine]
        alone[mine], seen[mine] = (total == 0)[mine], True
    return share, alone, seen
