"""Adoptions, meetings and support on one time axis: what came before what, and how exactly it is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Literal

import altair as alt
import polars as pl

from diffuscope.figures.figure import Figure
from diffuscope.figures.rows import Across, Row, data, down, finish, labels, sharing, stacked, tooltip, words
from diffuscope.figures.spans import Section, Span, adoption_section, meeting_section, support_section
from diffuscope.figures.text import NAMED
from diffuscope.records.phrases import counted, listed

UNITS_AT_MOST, KINDS_AT_MOST, PARTNERS_AT_MOST = 60, 6, 12
"""Rows drawn of each sort; the caption says what is left out."""

KEY = {
    "day": "in that month or on that day",
    "sure": "at an unknown time within the bar",
    "unsure": "the same, but the source is weak or it is a judgement",
    "open": "by then; since when is unknown",
    "since": "still in place; no end on record",
}
"""How to read the marks."""

_TIME = Across(narrow=(122, -10), wide=(190, -10))
_IN_TIME = alt.Scale(type="utc")
# its ends are told once, by the lines of the axis
_HEADING, _ROW, _KEY_ROW = 34, 20, 17
_TALL = 500
_SHORT = 1 / 40
# an interval shorter than this share of the axis is drawn as a diamond: as a bar it could not be seen
_TOOLTIP = {"label": "who", "what": "what", "when": "when", "basis": "basis", "source": "source"}


def timeline(
    adoptions: pl.DataFrame,
    events: pl.DataFrame,
    support: pl.DataFrame,
    *,
    analysis_units: Sequence[str] = (),
    units: Mapping[str, str] | None = None,
    policies: Mapping[str, str] | None = None,
) -> Figure | None:
    """Who adopted when, beside the meetings and the support that came before or after.

    Parameters
    ----------
    adoptions : polars.DataFrame
        unit, policy, time, time_latest, until, confidence; basis, source where known. Dates are text:
        `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, each the whole interval.
    events : polars.DataFrame
        name, start, end, kind; place, source where known. May be empty.
    support : polars.DataFrame
        partner, kind, start, end; name, source where known. May be empty.
    analysis_units : sequence of str, optional
        Units the question is about; those without an adoption get an empty row that says so.
    units, policies : mapping of str to str, optional
        Names for ids.

    Returns
    -------
    Figure or None
        None where nothing has a date. Units are sorted by their first adoption; several policies of one unit
        that share an interval are one bar with their number.
    """
    names = units or {}
    candidates = (
        adoption_section(adoptions, analysis_units, names, policies or {}, UNITS_AT_MOST),
        meeting_section(events, KINDS_AT_MOST),
        support_section(support, names, PARTNERS_AT_MOST),
    )
    sections = [section for section in candidates if section.lanes]
    if not sections:
        return None
    return Figure(
        name="timeline",
        title="Who adopted when, and what came before",
        caption=_caption(*candidates),
        alt=_alt(sections),
        chart=_chart(sections),
    )


def _chart(sections: Sequence[Section]) -> alt.LayerChart:
    spans = [span for section in sections for span in section.spans]
    opening, closing = _bounds(spans)
    marks = _marks(sections, opening, closing)
    kinds = [kind for kind in KEY if any(mark["kind"] == kind for mark in marks)]
    top = _KEY_ROW * len(kinds) + 22
    rows, height = _rows(sections, top)
    middle = {(row["section"], row["lane"]): row["y"] for row in rows}
    for mark in marks:
        mark["y"] = middle[mark["section"], mark["lane"]]
    in_time = _axes((opening, closing), top, height)
    for section in sections:
        own = [mark for mark in marks if mark["section"] == section.style]
        in_time += _drawn(section.style, own, _IN_TIME, height)
    return finish([sharing(in_time), *_key(kinds, height), *_labels(rows, height)], height)


def _bounds(spans: Sequence[Span]) -> tuple[date, date]:
    """First and last day of the axis: whole years, and room before what is only known "by then"."""
    days = [day for span in spans for day in (span.first, span.last) if day]
    first = min(day.year for day in days)
    if any(span.first is None and span.last and span.last.year == first for span in spans):
        first -= 1
    return date(max(first, 1), 1, 1), date(max(day.year for day in days), 12, 31)


def _marks(sections: Sequence[Section], opening: date, closing: date) -> list[Row]:
    """Every mark with its kind and its ends as dates; what goes on after its date is a mark of its own."""
    short = (closing - opening) * _SHORT
    marks: list[Row] = []
    for section in sections:
        for span in section.spans:
            first, last = span.first or opening, span.last or closing
            mark = {"section": section.style, "lane": span.lane}
            mark |= {field: getattr(span, field) for field in _TOOLTIP}
            # the last day counts in full: a bar ends where the next day begins
            ends = {
                "start": first.isoformat(),
                "middle": (first + (last - first) / 2).isoformat(),
                "end": min(last + timedelta(days=1), closing).isoformat(),
            }
            ends["at"] = ends["start" if span.first is None else "middle"]
            kind = "open" if span.first is None else "unsure" if span.unsure else "sure"
            diamond = kind != "open" and last - first < short
            kind = "day" if diamond and kind == "sure" else kind
            number = str(span.count) if span.count > 1 else ""
            if kind == "open" and span.judged:
                number = f"{number}, {span.judged} judged" if number else "judged"
            stop = min(span.lasts_until or closing, closing)
            if span.lasts and stop > last:
                begin = ends["middle" if diamond else "end"]
                marks.append({**mark, "kind": "since", "start": begin, "end": stop.isoformat()})
            marks.append({**mark, **ends, "kind": kind, "diamond": diamond, "number": number})
    return marks


def _rows(sections: Sequence[Section], top: int) -> tuple[list[Row], int]:
    """Headings (without a lane) and rows with their places down the page."""
    rows: list[Row] = []
    for section in sections:
        rows.append({"section": section.style, "lane": None, "text": section.heading, "height": _HEADING})
        rows += [
            {
                "section": section.style,
                "lane": lane,
                "text": label,
                "note": section.notes.get(lane, ""),
                "height": _ROW,
            }
            for lane, label in section.lanes.items()
        ]
    tops, height = stacked([row["height"] for row in rows])
    for row, place in zip(rows, tops, strict=True):
        row["y"] = top + place + (_HEADING - 12 if row["lane"] is None else _ROW / 2)
    return rows, top + height + 4


def _axes(days: tuple[date, date], top: int, height: int) -> list[alt.Chart]:
    """Thin lines where years begin (months, in a short history); names at the foot and, if far, on top."""
    months, step = _step(days)
    begins = [
        day
        for year in range(days[0].year, days[1].year + 1)
        for day in (date(year, month, 1) for month in range(1, 13, months))
        if (year - days[0].year) % step == 0
    ]
    grid = alt.Chart(data([{"day": day.isoformat(), "top": top, "foot": height} for day in begins]))
    ends = [day.isoformat() for day in days]
    scale = alt.Scale(type="utc", domain=ends, range=_TIME.range(), nice=False)
    lines = grid.mark_rule(style="thin", tooltip=None).encode(
        x=alt.X("day", type="temporal", scale=scale, axis=None), y=down("top", height), y2=alt.Y2("foot")
    )
    every = {"interval": "month", "step": months} if months < 12 else {"interval": "year", "step": step}
    # an axis needs a mark to hang on
    unseen = alt.Chart(data([{"day": days[0].isoformat()}])).mark_rule(opacity=0, tooltip=None)

    def names(orient: Literal["top", "bottom"], offset: int) -> alt.Chart:
        axis = alt.Axis(
            orient=orient,
            offset=offset,
            title=None,
            grid=False,
            ticks=False,
            tickCount=every,
            labelAlign="left",
            labelFlush=False,
            labelOffset=3,
            labelOverlap="greedy",
        )
        x = alt.X("day", type="temporal", scale=_IN_TIME, axis=axis)
        named: alt.Chart = unseen.encode(x=x)
        return named

    return [lines, names("bottom", 0), *([names("top", -top)] if height > _TALL else [])]


def _step(days: tuple[date, date]) -> tuple[int, int]:
    """Months and years between the lines of the axis."""
    years = days[1].year - days[0].year + 1
    if years <= 2:
        return 3, 1
    return 12, next(step for step in (1, 2, 5, 10, 20, 50, 100, 1000) if years / step <= 16)


def _key(kinds: list[str], height: int) -> list[alt.Chart]:
    """How to read the marks, above them; only for marks that occur."""
    entries = [
        {"kind": kind, "text": KEY[kind], "y": 8 + _KEY_ROW * place, "diamond": kind == "day"}
        for place, kind in enumerate(kinds)
    ]
    samples = [{**entry, "start": 2, "middle": 15, "end": 28} for entry in entries]
    scale = alt.Scale(domain=[0, 30], range=[0, 30], nice=False)
    drawn = _drawn("adopted", samples, scale, height, "quantitative")
    return [*drawn, words(entries, height, style="quiet", at=38)]


def _labels(rows: list[Row], height: int) -> list[alt.Chart]:
    """Headings, names of rows, and words in rows that hold nothing."""
    heads = [row for row in rows if row["lane"] is None]
    lanes = [row for row in rows if row["lane"] is not None]
    notes = [{**row, "text": row["note"]} for row in lanes if row["note"]]
    return [
        words(heads, height, style="heading"),
        *labels(lanes, height, _TIME),
        *(words(notes, height, style=style, at=_TIME.at(0)) for style in ("halo", "quiet")),
    ]


def _drawn(
    style: str,
    marks: list[Row],
    scale: alt.Scale,
    height: int,
    kind: Literal["temporal", "quantitative"] = "temporal",
) -> list[alt.Chart]:
    """Bars and diamonds for dates known to an interval, dashes for "by then", lines for what goes on."""

    def across(field: str) -> alt.X:
        return alt.X(field, type=kind, scale=scale, axis=None)

    def of(kind: str, *, diamond: bool = False) -> alt.Chart:
        own = [mark for mark in marks if mark["kind"] == kind and bool(mark.get("diamond")) == diamond]
        return alt.Chart(data(own))

    y, tips = down("y", height), tooltip(_TOOLTIP)
    line, unsure = f"{style} line", f"{style} unsure"
    ranges = [
        of("since").mark_rule(style=line, opacity=0.5),
        of("open").mark_rule(style=line, strokeDash=[3, 2]),
        of("sure").mark_bar(style=style, orient="horizontal", height=12),
        of("unsure").mark_bar(style=unsure, orient="horizontal", height=12),
    ]
    points = [
        of("day", diamond=True).mark_point(style=style, shape="diamond", size=95, opacity=1, filled=True),
        of("unsure", diamond=True).mark_point(style=unsure, shape="diamond", size=95, opacity=1, filled=True),
    ]
    tick = of("open").mark_tick(style=line, orient="vertical", size=17, thickness=3, opacity=1)
    inside, outside = _numbers([mark for mark in marks if mark.get("number")], across, y)
    return [
        *(chart.encode(x=across("start"), x2=alt.X2("end"), y=y, tooltip=tips) for chart in ranges),
        tick.encode(x=across("end"), y=y, tooltip=tips),
        *outside,
        *(chart.encode(x=across("middle"), y=y, tooltip=tips) for chart in points),
        *inside,
    ]


def _numbers(
    marks: list[Row], across: Callable[[str], alt.X], y: alt.Y
) -> tuple[list[alt.Chart], list[alt.Chart]]:
    """How many things a mark stands for, where it is more than one: inside bars, and beside all else."""
    bars = {
        "on mark": [mark for mark in marks if mark["kind"] == "sure"],
        "quiet": [mark for mark in marks if mark["kind"] == "unsure" and not mark["diamond"]],
    }
    outside = data([mark for mark in marks if mark not in bars["on mark"] and mark not in bars["quiet"]])
    within = [
        alt.Chart(data(own)).mark_text(style=style, baseline="middle", tooltip=None)
        for style, own in bars.items()
    ]
    # a ground under the number, for lines pass behind it
    after = [
        alt.Chart(outside).mark_text(style=style, align="left", baseline="middle", dx=8, tooltip=None)
        for style in ("halo", "quiet")
    ]
    return (
        [text.encode(x=across("middle"), y=y, text=alt.Text("number:N")) for text in within],
        [text.encode(x=across("at"), y=y, text=alt.Text("number:N")) for text in after],
    )


def _caption(adoptions: Section, meetings: Section, support: Section) -> str:
    nouns = (
        (adoptions, "adoption", "adoptions"),
        (meetings, "meeting", "meetings"),
        (support, "entry of support", "entries of support"),
    )
    shown = [counted(_number(section), one, many) for section, one, many in nouns if section.spans]
    left_out = [
        f"{counted(section.undated, one, many)} without a date"
        for section, one, many in nouns
        if section.undated
    ]
    if adoptions.lanes_beyond:
        left_out.append(
            f"{counted(adoptions.lanes_beyond, 'unit')} at the end of the order "
            f"({counted(adoptions.beyond, 'adoption')})"
        )
    order = "Units are sorted by their first adoption, with the earliest on top. " if adoptions.lanes else ""
    missing = f" Not drawn: {listed(left_out, at_most=NAMED)}." if left_out else ""
    return (
        f"{order}A year, a month or a range means any day in it, so the order of bars that overlap is "
        f"unknown. A number on a mark says how many it stands for.{missing} Source: {listed(shown)} of this "
        "case."
    )


def _number(section: Section) -> int:
    return sum(span.count for span in section.spans)


def _alt(sections: Sequence[Section]) -> str:
    sentences = []
    for section in sections:
        spans = section.spans
        first = [f"{span.label} ({span.when})" for span in spans]
        rows = counted(len(section.lanes), "row")
        sentences.append(f"{section.heading}: {_number(section)} in {rows}, from {first[0]} to {first[-1]}.")
        sentences += [f"Without a date: {counted(len(section.notes), 'unit')}."] if section.notes else []
    return f"Timeline. {' '.join(sentences)}"
