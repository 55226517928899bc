"""Periods across a figure: whole numbers as they are, dates by the calendar, names of waves one by one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import altair as alt

from diffuscope.figures.bands import PLOT, across_axis
from diffuscope.figures.dates import first_day
from diffuscope.figures.rows import data
from diffuscope.figures.text import clean

_LABELS = 6
"""Names below the figure that have room on a phone."""
_FOOT = 34
"""Pixels below the plot for names and a title."""


@dataclass(frozen=True)
class When:
    """Where each period stands.

    Attributes
    ----------
    places : dict of period to float
    counted : bool
        Whether periods are whole numbers.
    ends : tuple of (float, float)
    """

    places: dict[Any, float]
    counted: bool
    ends: tuple[float, float]

    @property
    def foot(self) -> int:
        """Pixels that names take below a plot."""
        return 0 if self.counted else _FOOT

    def at(self, field: str, *, axis: bool = False, title: str = "period") -> alt.X:
        """Position across from a field that holds places."""
        scale = alt.Scale(domain=list(self.ends), range=PLOT.range(), nice=False, zero=False)
        shown = across_axis(title, list(self.places.values())) if axis and self.counted else None
        return alt.X(field, type="quantitative", scale=scale, axis=shown)

    def names(self, plot: int, title: str = "period") -> list[alt.Chart]:
        """Names of some periods below a plot of some height; none where numbers stand there."""
        if self.counted:
            return []
        every = list(self.places.items())
        step = -(-len(every) // _LABELS)
        rows = [{"at": place, "text": clean(name, 14), "y": plot + 12} for name, place in every[::step]]
        below = alt.Chart(data(rows)).mark_text(style="quiet", baseline="middle", tooltip=None)
        named = alt.Chart(data([{"text": title, "y": plot + 28}]))
        middle = alt.ExprRef(expr="width / 2")
        pixels = alt.Scale(domain=[0, plot + _FOOT], range=[0, plot + _FOOT], nice=False, zero=False)
        y = alt.Y("y", type="quantitative", axis=None, scale=pixels)
        text = alt.Text("text", type="nominal")
        return [
            below.encode(x=self.at("at"), y=y, text=text),
            named.mark_text(style="quiet ink", x=middle, baseline="middle", tooltip=None).encode(
                y=y, text=text
            ),
        ]


def when(periods: Iterable[Any]) -> When:
    """Places of some periods; those of the calendar in its order, others in the order given."""
    known = list(dict.fromkeys(period for period in periods if period is not None))
    counted = bool(known) and all(isinstance(one, int) and not isinstance(one, bool) for one in known)
    if counted:
        places = {one: float(one) for one in sorted(known)}
    else:
        days = {one: _day(one) for one in known}
        if known and all(days.values()):
            places = {one: days[one].toordinal() / 365.25 for one in sorted(known, key=str)}  # type: ignore[union-attr]
        else:
            places = {one: float(at) for at, one in enumerate(known)}
    low, high = min(places.values(), default=0.0), max(places.values(), default=1.0)
    room = 0.5 if counted else 0.04 * (high - low) or 0.5
    return When(places, counted, (low - room, high + room))


def _day(period: Any) -> date | None:
    return period if isinstance(period, date) else first_day(str(period))
