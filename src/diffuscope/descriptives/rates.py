"""Adoption rates: new adopters, cumulative adoption, rate of growth and hazard, period by period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from diffuscope.descriptives.toa_matrix import toa_matrix
from diffuscope.panel.bounds import times_by_name
from diffuscope.records.phrases import counted, noun

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import polars as pl

    from diffuscope.descriptives.toa_matrix import Period, TimesOfAdoption
    from diffuscope.panel.native_frames import Frame
    from diffuscope.records.arrays import Codes, Numbers


@dataclass(frozen=True, kw_only=True, eq=False)
class AdoptionRates:
    """Adoption rates of one policy, period by period.

    Attributes
    ----------
    periods : tuple, length T
        From the period of the first adoption on, those without adoption included.
    units : int
        Who could adopt.
    new : array of int, shape (T,)
        Adopters of each period.
    cumulative : array of int, shape (T,)
        Adopters by the end of each period.
    share : array of float, shape (T,)
        The same as a share of all units.
    rate : array of float, shape (T,)
        New adopters for each earlier one; 0 in the first period, which has no earlier ones.
    at_risk : array of int, shape (T,)
        Units that have entered and had not adopted before.
    hazard : array of float, shape (T,)
        New adopters among those at risk, as a share of them; 0 in the first period, which opens the risk, and
        where nobody is left.
    notes : tuple of str
    """

    periods: tuple[Any, ...]
    units: int
    new: Codes
    cumulative: Codes
    share: Numbers
    rate: Numbers
    at_risk: Codes
    hazard: Numbers
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """How many of how many adopted when, in one line."""
        ends = f"{self.periods[0]} to {self.periods[-1]}"
        return f"<adoption by {self.cumulative[-1]:,} of {counted(self.units, 'unit')}, {ends}>"

    def table(self) -> pl.DataFrame:
        """A row per period: period, new, cumulative, share, rate, at_risk, hazard."""
        import polars as pl

        names = ("new", "cumulative", "share", "rate", "at_risk", "hazard")
        columns = {name: getattr(self, name) for name in names}
        return pl.DataFrame({"period": pl.Series(list(self.periods), strict=False)} | columns)


def adoption_rates(
    adoptions: Frame,
    *,
    period: Period = "year",
    waves: Mapping[Any, Any] | Sequence[Any] | None = None,
    censor: Any = None,
    units: Iterable[str] | None = None,
    entry: Mapping[str, Any] | Any = None,
) -> AdoptionRates:
    """Adoption rates of a policy: new adopters, cumulative adoption, rate and hazard in each period.

    Parameters
    ----------
    adoptions : pandas, Polars or Arrow table
        A row per unit: `unit` and `time`, which is empty if it never adopted.
    period : {"year", "month", "day", "wave"}
        The grain; whole numbers count as they are.
    waves : mapping or sequence, optional
        As for `person_period`.
    censor : time, optional
        Last period watched; by default that of the last adoption.
    units : iterable of str, optional
        Who could adopt; by default everybody in `adoptions`, and a note where all of these did.
    entry : time, or mapping of unit to time, optional
        First period in which each unit could adopt. Before it, a unit is not at risk; who adopted earlier is
        an adopter, but no event of the hazard, and a note counts them.

    Returns
    -------
    AdoptionRates

    Raises
    ------
    CaseError
        If a time cannot be read, or a unit stands in two rows.
    MethodError
        If nobody adopted, or a date is a range of periods.
    PlanError
        If there are several policies, or adoptions that ended.

    Notes
    -----
    With q adopters by the end of a period and n units that have entered: rate ``(q_t - q_{t-1}) / q_{t-1}``,
    hazard ``(q_t - q_{t-1}) / (n - q_{t-1})``. The risk opens with the first adoption, so both are 0 in its
    period by convention.

    Examples
    --------
    >>> import polars as pl
    >>> laws = pl.DataFrame({"unit": ["a", "b", "c", "d"], "time": [2001, 2003, 2003, None]})
    >>> found = adoption_rates(laws)
    >>> found.periods, found.cumulative.tolist(), found.hazard.round(3).tolist()
    ((2001, 2002, 2003), [1, 1, 3], [0.0, 0.0, 0.667])
    """
    times = toa_matrix(adoptions, period=period, waves=waves, censor=censor, units=units)
    new = np.bincount(times.toa, minlength=times.last + 1)[1:]
    cumulative = np.cumsum(new)
    before = np.concatenate([[0], cumulative[:-1]])
    rate = np.divide(new, before, out=np.zeros(len(new)), where=before > 0)
    left, events, early = _at_risk(times, entry)
    hazard = np.divide(events, left, out=np.zeros(len(new)), where=left > 0)
    hazard[0] = 0.0
    are = noun(early, "is", "are")
    words = f"{counted(early, 'unit')} adopted before entry and {are} not in the hazard"
    return AdoptionRates(
        periods=tuple(times.names(np.arange(1, times.last + 1))),
        units=len(times.units),
        new=new,
        cumulative=cumulative,
        share=cumulative / len(times.units),
        rate=rate,
        at_risk=left,
        hazard=hazard,
        notes=(*times.notes, words) if early else times.notes,
    )


class _AtRisk(NamedTuple):
    """Units at risk in each period, their adoptions, and the number of units that adopted before entry."""

    units: Codes
    events: Codes
    early: int


def _at_risk(times: TimesOfAdoption, entry: Any) -> _AtRisk:
    entered = times_by_name(entry, times.units, times.calendar, "unit", times.start) - times.start + 1
    first = np.maximum(entered, 1)
    early = times.ever & (times.toa < first)
    stop = np.where(times.ever, times.toa, times.last)
    stays = ~early & (first <= times.last)
    # at risk from the period of entry through that of adoption
    steps = np.bincount(first[stays], minlength=times.last + 2)
    steps = steps - np.bincount(stop[stays] + 1, minlength=times.last + 2)
    units = np.cumsum(steps)[1 : times.last + 1]
    events = np.bincount(times.toa[~early & times.ever], minlength=times.last + 1)[1:]
    return _AtRisk(units, events, int(early.sum()))
