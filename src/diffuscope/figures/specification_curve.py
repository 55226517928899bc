"""Specification curve: estimates of one coefficient from the smallest to the largest, above the choices."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

import altair as alt
import polars as pl

from diffuscope.figures.figure import Figure
from diffuscope.figures.rows import Across, Row, data, down, finish, labels, tooltip, words
from diffuscope.figures.text import clean
from diffuscope.records.numbers import decimal
from diffuscope.records.phrases import counted, noun

_PLOT = Across(narrow=(112, -10), wide=(190, -14))
_CURVE, _GAP, _ROW, _HEADING = 200, 22, 19, 24
_TOOLTIP = {
    "at": "specification", "shown": "estimate", "reach": "95 % interval", "chosen": "chosen", "rows": "rows",
    "reason": "no estimate because",
}  # fmt: skip
_KINDS = (
    ("exposure", "Exposure"),
    ("model", "Model"),
    ("duration", "Time at risk"),
    ("errors", "Errors"),
)
_CAPTION = (
    "Above: one dot and bar for each specification, the estimate of {term} and its 95 % interval, from the "
    "smallest estimate to the largest; the line at zero means no difference. Below: what each "
    "specification chose. Specifications share data, so their number proves nothing."
)


def specification_curve(
    table: pl.DataFrame, term: str, controls: Sequence[str] = (), *, measure: str = "coefficient"
) -> Figure | None:
    """Specification curve: sorted estimates with intervals, over a panel of dots that shows the choices.

    Parameters
    ----------
    table : polars.DataFrame
        As the table of `specification_curve` of the models: rank, estimate, ci_low, ci_high, rows, missing,
        exposure, controls, model, duration, errors. Specifications without an estimate keep their place, at
        the right, with a cross.
    term : str
        What the coefficient belongs to.
    controls : sequence of str
        All controls that a specification may have.
    measure : str
        What the estimates are.

    Returns
    -------
    Figure or None
        None where no specification has an estimate.
    """
    known = table.filter(pl.col("estimate").is_finite())
    if known.is_empty():
        return None
    name = clean(term, 40)
    choices = _choices(table, controls)
    height = _CURVE + _GAP + sum(_ROW if choice["field"] else _HEADING for choice in choices)
    low, high = _domain(known)
    drawn = [_row(row, low, high) for row in table.iter_rows(named=True)]
    return Figure(
        name="specifications",
        title=f"{name} in {counted(table.height, 'specification')}",
        caption=_caption(table, known, name, (low, high)),
        alt=_alt(known, table, name),
        chart=finish(_layers(drawn, choices, table, (low, high), (height, measure)), height),
    )


def _domain(known: pl.DataFrame) -> tuple[float, float]:
    """From the lowest to the highest end, with zero; ends far beyond the estimates are cut at the edge."""
    estimates = known["estimate"].to_list()
    width = max(estimates) - min(estimates)
    halves = [
        (end, abs(end - middle))
        for name in ("ci_low", "ci_high")
        for end, middle in zip(known[name], estimates, strict=True)
        if end is not None and math.isfinite(end)
    ]
    ends, typical = [end for end, _ in halves], median(half for _, half in halves) if halves else 0.0
    # a nearly separated fit has an interval thousands wide, beside which all others would be points
    least, most = min(0.0, *estimates) - 3 * typical - width, max(0.0, *estimates) + 3 * typical + width
    low, high = max(least, min(0.0, *ends, *estimates)), min(most, max(0.0, *ends, *estimates))
    room = 0.05 * (high - low) or 1.0
    return low - room, high + room


def _place(value: float, low: float, high: float) -> float:
    """Pixels from the top of the curve."""
    return _CURVE * (high - min(max(value, low), high)) / (high - low)


def _row(row: Row, low: float, high: float) -> Row:
    estimate = row["estimate"]
    known = estimate is not None and math.isfinite(estimate)
    chosen = [clean(str(row[field]), 40) for field, _ in _KINDS]
    shown = {
        "at": row["rank"],
        "chosen": ", ".join([*chosen, *(clean(one, 40) for one in row["controls"])]),
        "rows": "unknown" if row["rows"] is None else f"{row['rows']:,}",
        "known": known,
    }
    if not known:
        return shown | {
            "y": _CURVE - 8, "low": 0.0, "high": 0.0, "shown": "none", "reach": "none",
            "reason": clean(row["missing"] or "not a number", 160),
        }  # fmt: skip
    return shown | {
        "y": _place(estimate, low, high),
        # an end that no search found is not drawn: the bar stops at the estimate
        "low": _place(estimate if _unknown(row["ci_low"]) else row["ci_low"], low, high),
        "high": _place(estimate if _unknown(row["ci_high"]) else row["ci_high"], low, high),
        "shown": decimal(estimate, 3),
        "reach": " to ".join(
            "unknown" if _unknown(row[end]) else decimal(row[end], 3) for end in ("ci_low", "ci_high")
        ),
        "reason": "",
    }


def _unknown(end: float | None) -> bool:
    return end is None or math.isnan(end)


def _choices(table: pl.DataFrame, controls: Sequence[str]) -> list[Row]:
    """Lines of the lower panel: a heading for each kind of choice, then the options, if several."""
    lines: list[Row] = []
    for field, heading in _KINDS:
        options = list(dict.fromkeys(table[field].to_list()))
        if len(options) > 1:
            lines.append({"text": heading, "field": ""})
            lines += [{"text": clean(one, 40), "field": field, "option": one} for one in options]
    if controls:
        lines.append({"text": "Controls", "field": ""})
        lines += [{"text": clean(one, 40), "field": "controls", "option": one} for one in controls]
    top = float(_CURVE + _GAP)
    for line in lines:
        size = _ROW if line["field"] else _HEADING
        line["y"] = top + size / 2 + (3 if not line["field"] else 0)
        top += size
    return lines


def _dots(choices: Sequence[Row], table: pl.DataFrame) -> list[Row]:
    dots = []
    for row in table.select("rank", "estimate", "controls", *(field for field, _ in _KINDS)).iter_rows(
        named=True
    ):
        for line in choices:
            field = line["field"]
            if field and (
                line["option"] in row["controls"] if field == "controls" else line["option"] == row[field]
            ):
                known = row["estimate"] is not None and math.isfinite(row["estimate"])
                dots.append({"at": row["rank"], "y": line["y"], "known": known})
    return dots


def _layers(
    drawn: list[Row],
    choices: list[Row],
    table: pl.DataFrame,
    domain: tuple[float, float],
    size: tuple[int, str],
) -> list[alt.Chart]:
    height, measure = size
    number = len(drawn)
    scale = alt.Scale(domain=[0.5, number + 0.5], range=_PLOT.range(), nice=False, zero=False)
    x = alt.X("at", type="quantitative", scale=scale, axis=None)
    # bars and dots as wide as their share of the plot, so that a few hundred stand apart
    width = max(1.0, min(6.0, 320 / number))
    area = max(5.0, min(40.0, 2400 / number))
    known = [row for row in drawn if row["known"]]
    missing = [row for row in drawn if not row["known"]]
    dots = _dots(choices, table)
    return [
        *_grid_lines(domain, x, number, height),
        words([{"text": measure, "y": 8}], height, style="quiet ink"),
        words([line for line in choices if not line["field"]], height, style="strong"),
        *labels([line for line in choices if line["field"]], height, _PLOT),
        alt.Chart(data(known)).mark_rule(style="span", strokeWidth=width, tooltip=None)
        .encode(x=x, y=down("low", height), y2="high"),
        alt.Chart(data(known)).mark_point(style="dot", filled=True, size=area)
        .encode(x=x, y=down("y", height), tooltip=tooltip(_TOOLTIP)),
        alt.Chart(data(missing))
        .mark_point(style="toward against", shape="cross", angle=45, size=1.5 * area, strokeWidth=1)
        .encode(x=x, y=down("y", height), tooltip=tooltip(_TOOLTIP)),
        alt.Chart(data([dot for dot in dots if dot["known"]]))
        .mark_point(style="mark", filled=True, size=area, tooltip=None).encode(x=x, y=down("y", height)),
        alt.Chart(data([dot for dot in dots if not dot["known"]]))
        .mark_point(style="toward against", filled=False, size=area, strokeWidth=1, tooltip=None)
        .encode(x=x, y=down("y", height)),
    ]  # fmt: skip


def _grid_lines(domain: tuple[float, float], x: alt.X, number: int, height: int) -> list[alt.Chart]:
    """Lines across the curve with their labels; the one at zero is stronger."""
    lines, labels = _grid(domain)
    across = [{"at": 0.5, "end": number + 0.5, **line} for line in lines]
    rules = [
        alt.Chart(data([line for line in across if line["zero"] is zero]))
        .mark_rule(style="mark" if zero else "thin", tooltip=None)
        .encode(x=x, x2="end", y=down("y", height))
        for zero in (False, True)
    ]
    return [*rules, words(labels, height, style="quiet", at=_PLOT.before(), align="right")]


def _grid(domain: tuple[float, float]) -> tuple[list[Row], list[Row]]:
    """Lines at round numbers, and their labels."""
    low, high = domain
    # 1, 2 or 5 times a power of ten, so that at most five steps fit
    step = 10.0 ** math.floor(math.log10((high - low) / 3))
    step *= next(factor for factor in (1, 2, 5, 10) if (high - low) / (step * factor) <= 5)
    ticks = [step * at for at in range(math.ceil(low / step), math.floor(high / step) + 1)]
    decimals = max(0, -math.floor(math.log10(step)))
    lines = [{"y": _place(tick, low, high), "zero": abs(tick) < step / 2} for tick in ticks]
    labels = [
        {"text": decimal(tick, decimals), "y": line["y"]} for tick, line in zip(ticks, lines, strict=True)
    ]
    return lines, labels


def _caption(table: pl.DataFrame, known: pl.DataFrame, name: str, drawn: tuple[float, float]) -> str:
    parts = [_CAPTION.format(term=name)]
    # in Polars NaN is above every number
    low, high = (pl.col(name).fill_nan(None) for name in ("ci_low", "ci_high"))
    cut = known.filter((low < drawn[0]) | (high > drawn[1])).height
    if cut:
        parts.append(f"{counted(cut, 'interval')} {noun(cut, 'goes', 'go')} on beyond the edge.")
    unknown = sum(_unknown(one) or _unknown(other) for one, other in known.select("ci_low", "ci_high").rows())
    if unknown:
        parts.append(
            f"{counted(unknown, 'interval')} {noun(unknown, 'has', 'have')} an unknown end, which is not "
            "drawn."
        )
    lost = table.height - known.height
    if lost:
        parts.append(
            f"{counted(lost, 'specification')} {noun(lost, 'has', 'have')} no estimate, since the model was "
            "refused or did not converge: a cross at the right, and empty dots below."
        )
    sizes = sorted(known["rows"].drop_nulls().unique().to_list())
    if len(sizes) > 1:
        parts.append(
            f"Specifications rest on {sizes[0]:,} to {sizes[-1]:,} rows, because rows that lack a control "
            "are left out."
        )
    return " ".join([*parts, "Source: models fitted to this panel."])


def _alt(known: pl.DataFrame, table: pl.DataFrame, name: str) -> str:
    estimates = known["estimate"].to_list()
    above = sum(one > 0 for one in estimates)
    low, high = (pl.col(name).fill_nan(None) for name in ("ci_low", "ci_high"))
    clear = known.filter((low > 0) | (high < 0)).height
    sides = f"{above:,} are above zero and {len(estimates) - above:,} are not"
    return (
        f"Estimates of {name} in {counted(table.height, 'specification')}, from "
        f"{decimal(min(estimates), 3)} to {decimal(max(estimates), 3)}; the median is "
        f"{decimal(median(estimates), 3)}. {sides}; {clear:,} intervals leave zero out. "
        f"{table.height - known.height:,} have no estimate."
    )
