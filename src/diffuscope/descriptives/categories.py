"""Adopter categories: who is early and who is late, cut at the mean and its standard deviations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from diffuscope.descriptives.options import one_of
from diffuscope.descriptives.toa_matrix import toa_matrix
from diffuscope.descriptives.unit_statistic import UnitStatistic
from diffuscope.errors import MethodError, PlanError
from diffuscope.records.phrases import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import polars as pl

    from diffuscope.descriptives.toa_matrix import Period
    from diffuscope.panel.native_frames import Frame
    from diffuscope.records.arrays import Numbers

TIMES = ("early adopters", "early majority", "late majority", "laggards")
INNOVATORS = "innovators"
NON_ADOPTERS = "non-adopters"
THRESHOLDS = ("very low threshold", "low threshold", "high threshold", "very high threshold")


@dataclass(frozen=True, kw_only=True)
class AdopterCategories:
    """Adopter category of each unit.

    Attributes
    ----------
    units : tuple of str, length N
    categories : tuple of str or None, length N
        None where the value that is cut is not known.
    names : tuple of str
        All categories, in order.
    cuts : tuple of float
        Where all categories but the first begin: a value on a cut belongs above it. Times are counted from 1,
        the period of the first adoption.
    notes : tuple of str
    """

    units: tuple[str, ...]
    categories: tuple[str | None, ...]
    names: tuple[str, ...]
    cuts: tuple[float, ...]
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """How many units are in each, in one line."""
        counts = ", ".join(f"{count:,} {name}" for name, count in self.counts().items() if count)
        return f"<categories of {counted(len(self.units), 'unit')}: {counts}>"

    def table(self) -> pl.DataFrame:
        """A row per unit: unit, category."""
        import polars as pl

        kind = pl.Enum([*self.names, NON_ADOPTERS])
        columns = {"unit": list(self.units), "category": pl.Series(list(self.categories), dtype=kind)}
        return pl.DataFrame(columns)

    def counts(self) -> dict[str, int]:
        """How many units each category has."""
        return {name: self.categories.count(name) for name in (*self.names, NON_ADOPTERS)}


def adopter_categories(
    adoptions: Frame | UnitStatistic,
    *,
    classes: Literal[4, 5] = 4,
    period: Period = "year",
    waves: Mapping[Any, Any] | Sequence[Any] | None = None,
    units: Iterable[str] | None = None,
) -> AdopterCategories:
    """Adopter categories: who is early and who is late, or whose threshold is low and whose is high.

    Parameters
    ----------
    adoptions : pandas, Polars or Arrow table, or UnitStatistic
        A row per unit: `unit` and `time`, which is empty if it never adopted. Or thresholds.
    classes : {4, 5}
        With 5, innovators (more than two standard deviations before the mean) are split off the early
        adopters.
    period, waves
        As for `adoption_rates`.
    units : iterable of str, optional
        Who could adopt, where `adoptions` does not name them all; not used with thresholds.

    Returns
    -------
    AdopterCategories
        With mean m and sample standard deviation s of adopters: below m - s, below m, below m + s, from there
        on; innovators lie below m - 2s. Intervals are closed on the left, as netdiffuseR computes them; its
        manual says the opposite.

    Raises
    ------
    CaseError
        If a time cannot be read.
    MethodError
        If fewer than two adopted, or all in one period.
    PlanError
        If five classes are asked of thresholds.

    References
    ----------
    Rogers 2003, Diffusion of Innovations · Valente 1995, Network Models of the Diffusion of Innovations.

    Examples
    --------
    >>> import polars as pl
    >>> laws = pl.DataFrame({"unit": ["a", "b", "c", "d"], "time": [2001, 2002, 2003, None]})
    >>> adopter_categories(laws).categories
    ('early majority', 'late majority', 'laggards', 'non-adopters')
    """
    one_of("classes", classes, (4, 5))
    if isinstance(adoptions, UnitStatistic):
        if classes == 5:
            raise PlanError("Innovators are defined by the time of adoption; thresholds have four classes.")
        names: tuple[str, ...] = THRESHOLDS
        cuts, assigned = _cut(adoptions.values, names)
        missing = [None if adopted is not None else NON_ADOPTERS for adopted in adoptions.adopted]
        units, notes = adoptions.units, adoptions.notes
    else:
        times = toa_matrix(adoptions, period=period, waves=waves, units=units)
        names = TIMES if classes == 4 else (INNOVATORS, *TIMES)
        cuts, assigned = _cut(np.where(times.ever, times.toa, np.nan), names)
        units, missing, notes = times.units, [NON_ADOPTERS] * len(times.units), times.notes
    return AdopterCategories(
        units=units,
        categories=tuple(name or other for name, other in zip(assigned, missing, strict=True)),
        names=names,
        cuts=cuts,
        notes=notes,
    )


def _cut(values: Numbers, names: tuple[str, ...]) -> tuple[tuple[float, ...], list[str | None]]:
    """Cuts, and the category of each value; None where it is not known."""
    known = np.isfinite(values)
    if known.sum() < 2 or np.ptp(values[known]) == 0:
        raise MethodError("Fewer than two different values are known, so there are no classes.")
    # sample standard deviation (n - 1), as in netdiffuseR
    mean, spread = float(values[known].mean()), float(values[known].std(ddof=1))
    steps = (-2, -1, 0, 1)[-(len(names) - 1) :]
    cuts = tuple(mean + step * spread for step in steps)
    # a rounding must not carry a value on a cut below it; closed on the left, as `findInterval` of R
    place = np.searchsorted(np.array(cuts) - 1e-12 * max(1.0, abs(mean)), values, side="right")
    return cuts, [names[at] if ok else None for at, ok in zip(place.tolist(), known.tolist(), strict=True)]
