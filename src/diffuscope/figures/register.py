"""A programme's register in each reporting wave: how many projects, and how far along they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import altair as alt
import polars as pl

from diffuscope.figures.figure import Figure
from diffuscope.figures.rows import NARROW, Across, Row, data, down, finish, labels, tooltip, words
from diffuscope.figures.text import NAMED, clean
from diffuscope.records.phrases import counted, listed
from diffuscope.records.statuses import OPEN, STAGES, STATUSES, STOPPED

AREAS_AT_MOST, WAVES_AT_MOST = 12, 10

_PLOT = Across(narrow=(46, -36), wide=(64, -40))
_PLOT_WIDTH = f"({NARROW} ? width - 82 : width - 104)"
_HEADING, _ROW, _BAR, _AFTER = 30, 22, 17, 10
_LEGEND, _LEGEND_ROW = 44, 19
"""Room for a legend of two lines, and for one line more."""
_GAP = 0.014
"""Room between what is known and what is not, as a part of the longest bar."""
_TOOLTIP = {"place": "of", "wave": "wave", "status": "status", "projects": "projects"}


@dataclass(frozen=True)
class _Block:
    """Bars that belong together: their heading, and per wave how many projects have each status."""

    heading: str
    waves: Mapping[str, Mapping[str, int]]


def wave_bars(totals: pl.DataFrame) -> Figure | None:
    """How many projects each reporting wave shows, and how far along they are.

    Parameters
    ----------
    totals : polars.DataFrame
        wave, and a count for each of `STATUSES` (none where a column is missing); one row per wave, earliest
        first. Waves whose `projects` are null are not drawn.

    Returns
    -------
    Figure or None
        None where there is no wave.
    """
    waves = {
        str(row["wave"]): {status: row[status] for status in STATUSES if row.get(status)}
        for row in totals.iter_rows(named=True)
        if row.get("projects", 0) is not None
    }
    if not any(waves.values()):
        return None
    silent = [str(wave) for wave in totals["wave"] if str(wave) not in waves]
    missing = f" No return of {listed(silent, at_most=NAMED)} came in." if silent else ""
    block = _Block("", _latest(waves))
    return Figure(
        name="register-waves",
        title="Projects in each wave, by status",
        caption=f"{_CAPTION}{missing}{_beyond(len(waves) - WAVES_AT_MOST, 'earlier wave')}",
        alt=f"Projects in each reporting wave. {_description(block)}",
        chart=_drawn([block]),
    )


def area_bars(counts: pl.DataFrame, waves: Sequence[str]) -> Figure | None:
    """How many projects each area has in each wave, and how far along they are.

    Parameters
    ----------
    counts : polars.DataFrame
        wave, name (of the area), status, projects; one row per combination that occurs.
    waves : sequence of str
        Waves, earliest first.

    Returns
    -------
    Figure or None
        None where no project names an area.
    """
    areas: dict[str, dict[str, dict[str, int]]] = {}
    for wave, name, status, projects in counts.select("wave", "name", "status", "projects").iter_rows():
        areas.setdefault(name, {}).setdefault(str(wave), {})[status] = projects
    named = [wave for wave in waves if any(wave in by_wave for by_wave in areas.values())]
    if not areas or not named:
        return None
    latest = named[-1]
    largest = sorted(areas, key=lambda name: (-sum(areas[name].get(latest, {}).values()), name))
    kept = sorted(largest[:AREAS_AT_MOST])
    blocks = [
        _Block(clean(name, 60), _latest({wave: areas[name].get(wave, {}) for wave in named})) for name in kept
    ]
    without = [wave for wave in waves if wave not in named]
    missing = f" Rows of {listed(without, at_most=NAMED)} name no areas." if without else ""
    beyond = _beyond(len(areas) - len(kept), "area with fewer projects", "areas with fewer projects")
    return Figure(
        name="register-areas",
        title="Projects by area and wave",
        caption=f"{_CAPTION}{missing}{beyond}",
        alt=f"Projects by area and wave. {' '.join(_description(block) for block in blocks)}",
        chart=_drawn(blocks),
    )


_CAPTION = (
    "Each bar is a reporting wave. Its parts are projects planned, under way and completed, in this order; "
    "then, with dashed outlines, those on hold and cancelled. The number at its end counts all of them. "
    "Empty parts, set apart, are projects whose status the source leaves open or does not state. All bars "
    "have one scale. Source: the project rows of the register; a judged status counts like a reported one."
)


def _latest(waves: Mapping[str, Mapping[str, int]]) -> dict[str, Mapping[str, int]]:
    return dict(list(waves.items())[-WAVES_AT_MOST:])


def _beyond(number: int, one: str, many: str | None = None) -> str:
    return f" Not drawn: {counted(number, one, many)}." if number > 0 else ""


def _description(block: _Block) -> str:
    sentences = []
    for wave, counts in block.waves.items():
        parts = [f"{counts[status]} {STATUSES[status]}" for status in STATUSES if counts.get(status)]
        whole = counted(sum(counts.values()), "project")
        sentences.append(f"{clean(wave, 20)}: {whole}{f' ({listed(parts)})' if parts else ''}")
    return f"{f'{block.heading}: ' if block.heading else ''}{'. '.join(sentences)}."


def _drawn(blocks: Sequence[_Block]) -> alt.LayerChart:
    met = {status for block in blocks for counts in block.waves.values() for status in counts}
    statuses = [status for status in STATUSES if status in met]
    longest = max((sum(counts.values()) for block in blocks for counts in block.waves.values()), default=0)
    gap = max(longest, 1) * _GAP
    lines = bool(met & set(STOPPED)) and bool(met & set(OPEN))
    parts, bars, heads, height = _places(blocks, gap, _LEGEND + lines * _LEGEND_ROW)
    return finish(
        [
            *_legend(statuses),
            words(heads, height, style="heading"),
            *labels(bars, height, _PLOT, style="quiet"),
            *_bars(parts, bars, max(longest, 1) + gap, height),
        ],
        height,
    )


def _places(
    blocks: Iterable[_Block], gap: float, above: float
) -> tuple[list[Row], list[Row], list[Row], int]:
    """Parts of bars, bars, and headings with their places, and the height of all."""
    parts: list[Row] = []
    bars: list[Row] = []
    heads: list[Row] = []
    top = float(above)
    for block in blocks:
        if block.heading:
            heads.append({"text": block.heading, "y": top + _HEADING - 14})
            top += _HEADING
        for wave, counts in block.waves.items():
            y = top + _ROW / 2
            own, end = _parts(counts, gap)
            fields = {"place": block.heading or "the whole register", "wave": clean(wave, 20)}
            parts += [{**part, **fields, "top": y - _BAR / 2, "foot": y + _BAR / 2, "y": y} for part in own]
            bars.append({"text": clean(wave, 20), "y": y, "end": end, "whole": str(sum(counts.values()))})
            top += _ROW
        top += _AFTER
    return parts, bars, heads, int(top)


def _parts(counts: Mapping[str, int], gap: float) -> tuple[list[Row], float]:
    """The parts of one bar from left to right, and where it ends."""
    parts: list[Row] = []
    at = 0.0
    for status, name in STATUSES.items():
        count = counts.get(status, 0)
        if not count:
            continue
        if status in OPEN and at and not any(part["of"] in OPEN for part in parts):
            at += gap
        parts.append(
            {
                "of": status,
                "status": name,
                "projects": count,
                "low": at,
                "high": at + count,
                "middle": at + count / 2,
                "room": 7 * len(str(count)) + 4,
            }
        )
        at += count
    return parts, at


def _bars(parts: list[Row], bars: list[Row], longest: float, height: int) -> list[alt.Chart]:
    scale = alt.Scale(domain=[0, longest], range=_PLOT.range(), nice=False)

    def across(field: str) -> alt.X:
        return alt.X(field, type="quantitative", scale=scale, axis=None)

    drawn = []
    fits = f"datum.projects / {longest} * {_PLOT_WIDTH} < datum.room ? '' : '' + datum.projects"
    for status in STATUSES:
        own = [part for part in parts if part["of"] == status]
        if own:
            mark = alt.Chart(data(own)).mark_rect(style=f"stage {status}")
            y = down("top", height)
            drawn.append(
                mark.encode(
                    x=across("low"), x2=alt.X2("high"), y=y, y2=alt.Y2("foot"), tooltip=tooltip(_TOOLTIP)
                )
            )
            number = alt.Chart(data(own)).mark_text(
                style="on mark" if status == "completed" else "quiet ink",
                baseline="middle",
                text=alt.ExprRef(expr=fits),
                tooltip=None,
            )
            drawn.append(number.encode(x=across("middle"), y=down("y", height)))
    whole = alt.Chart(data(bars)).mark_text(
        style="strong", align="left", baseline="middle", dx=5, tooltip=None
    )
    return [*drawn, whole.encode(x=across("end"), y=down("y", height), text=alt.Text("whole:N"))]


def _legend(statuses: Sequence[str]) -> list[alt.Chart]:
    """What the parts mean, in the order in which they stand; on a phone each kind has a line."""
    items: list[Row] = []
    kinds = [kind for kind in (STAGES, STOPPED, OPEN) if set(kind) & set(statuses)]
    for status in statuses:
        before = items[-1]["end"] if items else 0
        line = next(at for at, kind in enumerate(kinds) if status in kind)
        first = next((item["wide"] for item in items if item["row"] == line * _LEGEND_ROW), before)
        items.append(
            {
                "of": status,
                "text": STATUSES[status],
                "wide": before,
                "narrow": before - first,
                "row": line * _LEGEND_ROW,
                "end": before + 32 + 7 * len(STATUSES[status]),
            }
        )
    drawn = []
    for item in items:
        swatch = alt.Chart(data([item])).mark_rect(
            style=f"stage {item['of']}",
            x=_right_by(0),
            x2=_right_by(14),
            y=_under(-6),
            y2=_under(6),
            tooltip=None,
        )
        name = alt.Chart(data([item])).mark_text(
            style="text", align="left", baseline="middle", x=_right_by(19), y=_under(0), tooltip=None
        )
        drawn += [swatch, name.encode(text=alt.Text("text:N"))]
    return drawn


def _right_by(pixels: int) -> alt.ExprRef:
    return alt.ExprRef(expr=f"({NARROW} ? datum.narrow : datum.wide) + {pixels}")


def _under(pixels: int) -> alt.ExprRef:
    return alt.ExprRef(expr=f"({NARROW} ? 9 + datum.row : 18) + {pixels}")
