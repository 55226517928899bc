"""What goes on a time axis: adoptions, meetings and support as intervals, sorted into rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from diffuscope.figures.dates import first_day, in_words, last_day
from diffuscope.figures.rows import Row
from diffuscope.figures.text import NAMED, clean
from diffuscope.records.phrases import listed


@dataclass(frozen=True, kw_only=True)
class Span:
    """Something that happened, from the first to the last day it may mean.

    Attributes
    ----------
    lane, label : str
        Key and name of the row it is drawn in.
    first, last : date or None
        `first` is None where only "by then" is known; both are None where the date is unknown.
    what, when, source, basis : str
        For who points at it.
    unsure : bool
        Whether its date is not well attested, or a judgement.
    lasts_until : date or None
        The day it ended, where it goes on after `last` (`lasts`).
    count, judged : int
        How many things it stands for, and how many of them are judged, assumed or simulated.
    """

    lane: str
    label: str
    first: date | None
    last: date | None
    what: str
    when: str
    source: str = ""
    basis: str = "reported"
    unsure: bool = False
    lasts: bool = False
    lasts_until: date | None = None
    count: int = 1
    judged: int = 0


@dataclass(frozen=True, kw_only=True)
class Section:
    """Rows of one sort.

    Attributes
    ----------
    style : str
        How its marks look.
    lanes : mapping of str to str
        Key and name of each row, in order.
    spans : sequence of Span
        What is drawn in them.
    notes : mapping of str to str
        Words in rows that hold nothing, by key.
    undated, beyond : int
        What is not drawn: things without a date; things in rows beyond the limit.
    lanes_beyond : int
        Rows beyond the limit.
    """

    style: str
    heading: str
    lanes: Mapping[str, str]
    spans: Sequence[Span]
    notes: Mapping[str, str] = field(default_factory=dict)
    undated: int = 0
    beyond: int = 0
    lanes_beyond: int = 0


def adoption_section(
    adoptions: pl.DataFrame,
    analysis_units: Sequence[str],
    units: Mapping[str, str],
    policies: Mapping[str, str],
    at_most: int,
) -> Section:
    """Adoptions by unit, the earliest adopters first, then the units that were asked about and have none.

    Policies of one unit that share an interval are one span.
    """
    together: dict[tuple[object, ...], list[Row]] = {}
    for row in adoptions.iter_rows(named=True):
        # of what is only known "by then", judgements are counted, not drawn apart
        certainty = (_basis(row), row["confidence"] == "low") if row["time"] else None
        key = (row["unit"], row["time"], row["time_latest"], row["until"], certainty)
        together.setdefault(key, []).append(row)
    several = adoptions["policy"].n_unique() > 1
    spans = [_adoption(rows, units, policies, lasts=not several) for rows in together.values()]
    dated = sorted((span for span in spans if span.last), key=_by_time)
    lanes = {span.lane: span.label for span in dated}
    if not lanes:
        return _section("adopted", "Adoptions", spans, {})
    undated = {span.lane: "adopted, date unknown" for span in spans if span.lane not in lanes}
    none = {
        unit: "no adoption on record" for unit in analysis_units if unit not in lanes and unit not in undated
    }
    notes = undated | none
    lanes |= {unit: clean(units.get(unit, unit), 60) for unit in notes}
    kept = dict(list(lanes.items())[:at_most])
    return replace(
        _section("adopted", "Adoptions", spans, kept), notes=notes, lanes_beyond=len(lanes) - len(kept)
    )


def _adoption(rows: list[Row], units: Mapping[str, str], policies: Mapping[str, str], *, lasts: bool) -> Span:
    """Adoptions of one unit in one interval."""
    row = rows[0]
    return Span(
        lane=row["unit"],
        label=clean(units.get(row["unit"], row["unit"]), 60),
        first=first_day(row["time"]),
        last=last_day(row["time_latest"] or row["time"]),
        what=listed(
            sorted({clean(policies.get(row["policy"], row["policy"]), 60) for row in rows}), at_most=NAMED
        ),
        when=in_words(row["time"], row["time_latest"]),
        source=listed(sorted({clean(row["source"], 60) for row in rows if row.get("source")}), at_most=3),
        basis=listed(sorted({_basis(row) for row in rows}), at_most=NAMED),
        judged=sum(_basis(row) != "reported" for row in rows),
        unsure=row["confidence"] == "low" or _basis(row) != "reported",
        lasts=lasts,
        lasts_until=first_day(row["until"]),
        count=len(rows),
    )


def meeting_section(events: pl.DataFrame, at_most: int) -> Section:
    """Meetings by kind, the most frequent kinds first; rare kinds share a row."""
    spans = [
        Span(
            lane=clean(row["kind"], 60),
            label=clean(row["kind"], 60),
            first=first_day(row["start"]),
            last=last_day(row["end"] or row["start"]),
            what=", ".join(clean(part, 90) for part in (row["name"], row.get("place")) if part),
            when=_from_to(row),
            source=clean(row.get("source")),
        )
        for row in events.iter_rows(named=True)
    ]
    return _section("meeting", "Meetings", *_few(_together(spans), at_most, "other meetings"))


def support_section(support: pl.DataFrame, units: Mapping[str, str], at_most: int) -> Section:
    """Support by partner, the most frequent partners first; the others share a row."""
    spans = [
        Span(
            lane=row["partner"],
            label=clean(units.get(row["partner"], row["partner"]), 60),
            first=first_day(row["start"]),
            last=last_day(row["end"] or row["start"]),
            what=", ".join(clean(part, 90) for part in (row.get("name"), row["kind"]) if part),
            when=_from_to(row),
            source=clean(row.get("source")),
            basis=_basis(row),
            unsure=_basis(row) != "reported",
            lasts=bool(row["start"] and not row["end"]),
        )
        for row in support.iter_rows(named=True)
    ]
    return _section("support", "Support, by who gives it", *_few(_together(spans), at_most, "other partners"))


def _section(style: str, heading: str, spans: list[Span], lanes: dict[str, str]) -> Section:
    dated = [span for span in spans if span.last]
    shown = sorted((span for span in dated if span.lane in lanes), key=_by_time)
    return Section(
        style=style,
        heading=heading,
        lanes=lanes,
        spans=shown,
        undated=sum(span.count for span in spans if not span.last),
        beyond=sum(span.count for span in dated) - sum(span.count for span in shown),
        lanes_beyond=len({span.lane for span in dated} - set(lanes)),
    )


def _together(spans: list[Span]) -> list[Span]:
    """Things of one row that share an interval as one span with their number; apart they hide each other."""
    groups: dict[tuple[object, ...], list[Span]] = {}
    for span in spans:
        groups.setdefault((span.lane, span.first, span.last, span.lasts, span.basis), []).append(span)
    return [
        replace(
            group[0],
            count=len(group),
            what=listed([span.what for span in group], at_most=5),
            source=listed(sorted({span.source for span in group if span.source}), at_most=3),
        )
        for group in groups.values()
    ]


def _few(spans: list[Span], at_most: int, rest: str) -> tuple[list[Span], dict[str, str]]:
    """The spans with rare rows put into one, and the rows, the fullest first."""
    counts: Counter[str] = Counter()
    for span in spans:
        counts[span.lane] += span.count if span.last else 0
    names = {span.lane: span.label for span in spans}
    ranked = sorted(
        (lane for lane in counts if counts[lane]), key=lambda lane: (-counts[lane], names[lane], lane)
    )
    if len(ranked) <= at_most:
        return spans, {lane: names[lane] for lane in ranked}
    kept = {lane: names[lane] for lane in ranked[: at_most - 1]}
    moved = [
        span if span.lane in kept else replace(span, lane=rest, label=rest, what=f"{span.label}: {span.what}")
        for span in spans
    ]
    return moved, {**kept, rest: rest}


def _basis(row: Row) -> str:
    """How the fact came about: reported, or judged, assumed, simulated."""
    return clean(row.get("basis") or "reported", 40)


def _by_time(span: Span) -> tuple[date, date, str, str]:
    last = span.last or date.max
    return last, span.first or date.min, span.label, span.lane


def _from_to(row: Row) -> str:
    start, end = row["start"], row["end"]
    if start and end and start != end:
        return f"{start} to {end}"
    return start or (f"until {end}" if end else "date unknown")
