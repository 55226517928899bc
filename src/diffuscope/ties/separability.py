"""Collinearity of exposures: with each other, with everybody's share, and with units and periods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from diffuscope.errors import MethodError, PlanError
from diffuscope.records.numbers import decimal

if TYPE_CHECKING:
    import polars as pl

    from diffuscope.records.arrays import Numbers
    from diffuscope.ties.layer import Layer


# a rule of thumb, as in textbooks on collinearity; the number itself is in every warning
TOGETHER = 0.8
"""Correlation above which two exposures are not separable."""
EVERYBODY = 0.95
"""Correlation with everybody's share above which rivals are nobody in particular."""
EVERYBODY_IS = "everybody"
"""Name of the exposure of a panel to everybody."""
ABSORBED = 0.95
"""Share absorbed by units and periods above which nothing usable is left."""
# R² of .9 on the others: the usual rule of thumb (Belsley, Kuh & Welsch 1980 discuss its limits)
INFLATED = 10.0
"""Variance inflation above which a coefficient says little."""
SETTLED, ROUNDS = 1e-13, 10_000


@dataclass(frozen=True, kw_only=True)
class Separability:
    """Collinearity of exposures on the rows where all are known: whether a model can tell them apart.

    Attributes
    ----------
    names : tuple of str
    rows : int
        Rows on which all exposures are known.
    correlations : dict of (str, str) to float
        Pearson's r of each two.
    inflation : dict of str to float
        Variance inflation factor, 1/(1 - R²) on the others; infinite where these determine it.
    absorbed : dict of str to float
        Share of the variance that effects of units and of periods account for.
    everybody : dict of str to float
        Correlation with the share of all that had adopted, where that was given.
    warnings : tuple of str
        What is not separable, in words, with the number.
    """

    names: tuple[str, ...]
    rows: int
    correlations: dict[tuple[str, str], float]
    inflation: dict[str, float]
    absorbed: dict[str, float]
    everybody: dict[str, float]
    warnings: tuple[str, ...]

    @property
    def separable(self) -> bool:
        """Whether nothing stands against telling them apart."""
        return not self.warnings

    def table(self) -> pl.DataFrame:
        """One row an exposure: correlation with each, variance inflation, share absorbed."""
        import polars as pl

        both = self.correlations | {(b, a): r for (a, b), r in self.correlations.items()}
        columns = {f"r_{name}": [both.get((row, name), 1.0) for row in self.names] for name in self.names}
        return pl.DataFrame(
            {"exposure": list(self.names)}
            | columns
            | {
                "variance_inflation": [self.inflation[name] for name in self.names],
                "absorbed": [self.absorbed[name] for name in self.names],
            }
        )


def separability(
    exposures: Any, units: Any = None, periods: Any = None, everybody: Any = None
) -> Separability:
    """Collinearity diagnostics of exposures: correlations, variance inflation, and what fixed effects absorb.

    Parameters
    ----------
    exposures : Panel, or mapping of str to array
        A panel with exposures; one called ``everybody`` is what the others are compared with. Or by name: a
        value a row of the risk set, shape (n,), or for all units and periods, shape (N, T).
    units, periods : array, shape (n,), optional
        Unit and period of each row; not for tables of units by periods.
    everybody : array of the same shape, or (T,), optional
        Share of all that had adopted before.

    Returns
    -------
    Separability

    Raises
    ------
    MethodError
        If an exposure does not vary; it is named. Or if there are no rows on which all are known.
    PlanError
        If shapes do not fit.
    """
    if hasattr(exposures, "exposures"):
        exposures, units, periods, everybody = _of_panel(exposures)
    if not isinstance(exposures, Mapping):
        raise PlanError(
            "Exposures are a panel that has some, or columns by name: {'trade': rows['trade'], …}."
        )
    columns, unit, period, share = _complete(_Rows(exposures, units, periods, everybody))
    names = tuple(exposures)
    for at, name in enumerate(names):
        refuse_flat(name, columns[:, at])
    centred = columns - columns.mean(axis=0)
    r = centred / np.linalg.norm(centred, axis=0)
    table = np.clip(r.T @ r, -1, 1)
    correlations = {(names[a], names[b]): float(table[a, b]) for a, b in combinations(range(len(names)), 2)}
    inflation = {name: _inflation(r, at) for at, name in enumerate(names)}
    absorbed = {name: absorbed_share(columns[:, at], unit, period) for at, name in enumerate(names)}
    norm = {} if share is None else {name: _r(columns[:, at], share) for at, name in enumerate(names)}
    return Separability(
        names=names,
        rows=len(columns),
        correlations=correlations,
        inflation=inflation,
        absorbed=absorbed,
        everybody=norm,
        warnings=_warnings(correlations, inflation, absorbed, norm),
    )


def absorbed_share(values: Any, units: Any, periods: Any) -> float:
    """R² of two-way fixed effects: the share of a column's variance that units and periods account for.

    >>> absorbed_share([1, 2, 2, 3], ["a", "a", "b", "b"], [1, 2, 1, 2])
    1.0
    """
    column = np.asarray(values, dtype=np.float64)
    left = column - column.mean()
    total = float(left @ left)
    if total == 0:
        return 1.0
    ways = [np.unique(np.asarray(codes), return_inverse=True)[1] for codes in (units, periods)]
    before = total
    # alternating projections: with unbalanced panels one pass of unit means and period means does not take
    # out both
    for _ in range(ROUNDS):
        for codes in ways:
            left = left - (np.bincount(codes, left) / np.bincount(codes))[codes]
        now = float(left @ left)
        if before - now <= SETTLED * total:
            return min(max(1 - now / total, 0.0), 1.0)
        before = now
    raise MethodError(
        "Effects of units and periods could not be taken out: units and periods hardly overlap."
    )


def refuse_flat(name: str, values: Any) -> None:
    """Refuse an exposure that is the same wherever it is known: it can explain no difference.

    Raises
    ------
    MethodError
        Naming the channel and its one value.
    """
    column = np.asarray(values, dtype=np.float64)
    known = column[np.isfinite(column)]
    if not len(known):
        raise MethodError(f"The channel `{name}` is unknown for all units at all times.")
    if np.ptp(known) <= 1e-12 * max(1.0, float(np.abs(known).max())):
        raise MethodError(
            f"The channel `{name}` has no variation: it is {known[0]:g} for all units at all times."
        )


def refuse_even(layer: Layer) -> None:
    """Refuse ties that are the same between all: exposure through them is everybody's share.

    Of two units each sees the other alone, so three are needed to be everybody.

    Raises
    ------
    MethodError
        Naming the channel.
    """
    if len(layer.units) < 3:
        return
    for _, matrix in layer.snapshots:
        own = len(set(layer.units) & set(layer.senders))
        everyone = matrix.nnz == len(layer.units) * len(layer.senders) - own
        if not everyone or np.ptp(matrix.data) > 1e-12 * matrix.data.max():
            return
    raise MethodError(
        f"The channel `{layer.name}` has no variation: all units are tied to all others equally, so exposure "
        "through it is the share of all others. If you want that, call it `everybody`."
    )


def refuse_competition(name: str, values: Any, everybody: Any) -> None:
    """Refuse to call competition what goes with everybody's share: then rivals are nobody in particular.

    Parameters
    ----------
    name : str
        Of the exposure.
    values : array of float
        How exposed each was to the choices of rivals; NaN: not known.
    everybody : array of float, of the same shape, or (T,) for values of the shape (N, T)
        Share of all that had adopted before, as `cumulative_share` gives it.

    Raises
    ------
    MethodError
        If the two correlate above 0.95.
    """
    exposure, share = np.broadcast_arrays(np.asarray(values, float), np.asarray(everybody, float))
    known = np.isfinite(exposure) & np.isfinite(share)
    if known.sum() > 2 and np.ptp(exposure[known]) and np.ptp(share[known]):
        r = _r(exposure[known], share[known])
        if r > EVERYBODY:
            raise MethodError(
                f"`{name}` correlates at {decimal(r)} with the share of all that had adopted: its rivals are "
                "nearly all units, so it cannot be called competition. Keep fewer, stronger ties (`nearest`)."
            )


class _Rows(NamedTuple):
    """Exposures, by name or one a column; unit and period of each row; everybody's share, where known."""

    exposures: Any
    units: Any
    periods: Any
    everybody: Any


def _of_panel(panel: Any) -> _Rows:
    """Rows of a panel."""
    rows = panel.table()
    columns = {name: rows[name].cast(float).fill_null(float("nan")).to_numpy() for name in panel.exposures}
    unit = rows["receiver" if "receiver" in rows.columns else "unit"].to_numpy()
    share = columns.pop(EVERYBODY_IS, None)
    return _Rows(columns, unit, rows["time"].to_numpy(), share)


def _complete(given: _Rows) -> _Rows:
    """The rows on which all exposures are known, and everybody's share if it is given."""
    exposures, units, periods, everybody = given
    if not exposures:
        raise PlanError("No exposure is given.")
    tables = [np.asarray(values, dtype=np.float64) for values in exposures.values()]
    shape = tables[0].shape
    if any(table.shape != shape for table in tables):
        raise PlanError("Exposures have different shapes.")
    if len(shape) == 2:
        unit, period = np.indices(shape)
    elif units is None or periods is None:
        raise PlanError("State the unit and period of each row.")
    else:
        unit, period = np.asarray(units), np.asarray(periods)
        if (unit.shape, period.shape) != (shape, shape):
            raise PlanError("There are not as many units or periods as values.")
    columns = np.column_stack([table.ravel() for table in tables])
    share = None if everybody is None else np.broadcast_to(np.asarray(everybody, float), shape).ravel()
    known = np.isfinite(columns).all(axis=1)
    if share is not None:
        known &= np.isfinite(share)
    if not known.any():
        raise MethodError("There are no rows on which all exposures are known.")
    return _Rows(
        columns[known],
        unit.ravel()[known],
        period.ravel()[known],
        None if share is None else share[known],
    )


def _inflation(r: Numbers, at: int) -> float:
    others = np.delete(r, at, axis=1)
    if not others.shape[1]:
        return 1.0
    fitted = others @ np.linalg.lstsq(others, r[:, at], rcond=None)[0]
    # columns have length 1, so what the others leave of it is 1 - R²
    left = float(((r[:, at] - fitted) ** 2).sum())
    return float("inf") if left < 1e-12 else 1 / left


def _r(one: Numbers, other: Numbers) -> float:
    if not np.ptp(one) or not np.ptp(other):
        return float("nan")
    return float(np.corrcoef(one, other)[0, 1])


def _warnings(
    correlations: dict[tuple[str, str], float],
    inflation: dict[str, float],
    absorbed: dict[str, float],
    everybody: dict[str, float],
) -> tuple[str, ...]:
    warnings = [
        f"`{a}` and `{b}` correlate at {decimal(r)}: with these ties they cannot be separated"
        for (a, b), r in correlations.items()
        if abs(r) > TOGETHER
    ]
    warnings += [
        f"the others inflate the variance of `{name}` {factor:.0f} times: not separable from all of them"
        for name, factor in inflation.items()
        if factor > INFLATED
    ]
    warnings += [
        f"units and periods account for {100 * share:.0f} % of `{name}`: fixed effects of both absorb it"
        for name, share in absorbed.items()
        if share > ABSORBED
    ]
    warnings += [
        f"`{name}` correlates at {decimal(r)} with everybody's share: it cannot be called competition"
        for name, r in everybody.items()
        if r > EVERYBODY
    ]
    return tuple(warnings)
