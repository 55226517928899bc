"""How firm the probability of each mechanism is: what it becomes under other assumptions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import altair as alt
import polars as pl

from diffuscope.figures.figure import Figure
from diffuscope.figures.rows import Across, Row, data, down, finish, labels, stacked, tooltip, words
from diffuscope.figures.text import clean
from diffuscope.records import Finding
from diffuscope.records.phrases import counted, listed, upper_first
from diffuscope.records.probability import probability_text

HEADLINE = "headline"
KINDS = {
    HEADLINE: ("as weighed", ""),
    "leave one out": ("one passage out", "with one passage left out"),
    "leave one source out": ("one source out", "with one document left out"),
    "clustering": ("linked passages", "with linked passages discounted less or more"),
    "search": ("other searches", "with other chances that a search finds what exists"),
    "coder noise": (
        "coder error",
        "with coders who err by about a factor of two (nine answers in ten lie within the bar)",
    ),
    "prior": ("other priors", "from other probabilities before the evidence (shown, not used)"),
    "broad reading": ("broad reading", "with the mechanism read broadly"),
}
"""Kinds of setting, what a row is called, and what it asks."""

ZONES = ("against", "leaning against", "open", "leaning for", "for")
"""What a probability is called between the lines of the rule, upwards."""

_PLOT = Across(narrow=(110, -8), wide=(190, -8))
_HEADING, _ROW, _TOP, _FOOT = 38, 20, 36, 6
_TOOLTIP = {"mechanism": "mechanism", "setting": "setting", "shown": "probability"}


def robustness_frame(findings: Iterable[Finding]) -> pl.DataFrame:
    """What the evidence witness computed under each setting, as the frame that `robustness` takes.

    Parameters
    ----------
    findings : iterable of Finding
        Of one analysis, in the order to be drawn; those without evidence are passed over.

    Returns
    -------
    polars.DataFrame
        mechanism, kind (a key of `KINDS`), setting, p.
    """
    rows: list[tuple[str, str, str, float]] = []
    for finding in findings:
        detail = finding.evidence
        if detail is None or not detail.items:
            continue
        name = finding.mechanism
        rows.append((name, HEADLINE, "as weighed", detail.p))
        for kind, posteriors in (
            ("leave one out", detail.leave_one_out),
            ("leave one source out", detail.leave_one_source_out),
            ("clustering", (*detail.by_rho, *filter(None, (detail.one_cluster_per_document,)))),
            ("search", detail.by_searched),
        ):
            rows += [(name, kind, posterior.setting, posterior.p) for posterior in posteriors]
        for place, p in zip(("5 % point", "95 % point"), detail.noise, strict=True):
            rows.append((name, "coder noise", place, p))
        rows += [(name, "prior", posterior.setting, posterior.p) for posterior in detail.by_prior]
        if detail.other_definition is not None:
            other = detail.other_definition
            rows.append((name, "broad reading", other.setting, other.p))
    schema = {"mechanism": pl.String, "kind": pl.String, "setting": pl.String, "p": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def lines_of(findings: Iterable[Finding]) -> tuple[float, ...]:
    """The probabilities between the stances, as the findings carry them.

    Parameters
    ----------
    findings : iterable of Finding
        Of one analysis.

    Returns
    -------
    tuple of float
        Upwards; none where no finding carries them (results of older versions), or where they differ.
    """
    limits = {finding.evidence.lines for finding in findings if finding.evidence and finding.evidence.items}
    return limits.pop() if len(limits) == 1 else ()


def robustness(details: pl.DataFrame, lines: Sequence[float] = ()) -> Figure | None:
    """The probability of each mechanism, and what it becomes without a passage or under another assumption.

    Parameters
    ----------
    details : polars.DataFrame
        mechanism, kind (a key of `KINDS`), setting (in words), p; one row per setting, mechanisms in the
        order to be drawn. A mechanism needs one row of kind ``headline``.
    lines : sequence of float
        The four probabilities between against, leaning against, open, leaning for and for, by which the
        evidence was judged; without them no such grounds are drawn.

    Returns
    -------
    Figure or None
        None where no mechanism has a headline.
    """
    known = details.filter(pl.col("p").is_not_null() & pl.col("kind").is_in(list(KINDS)))
    headlines = known.filter(pl.col("kind") == HEADLINE).unique(
        "mechanism", keep="first", maintain_order=True
    )
    if headlines.is_empty():
        return None
    heads = dict(headlines.select("mechanism", "p").iter_rows())
    points = [
        {
            "mechanism": clean(row["mechanism"], 40),
            "kind": row["kind"],
            "setting": clean(row["setting"]),
            "p": round(row["p"], 4),
            "shown": probability_text(row["p"]),
            "of": row["mechanism"],
        }
        for row in known.iter_rows(named=True)
        if row["mechanism"] in heads and row["kind"] != HEADLINE
    ]
    blocks, rows, height = _places(heads, points)
    drawn = tuple(lines) if len(lines) == len(ZONES) - 1 else ()
    return Figure(
        name="robustness",
        title="How robust each probability is",
        caption=_caption(points, drawn),
        alt=_alt(blocks, points),
        chart=finish(_layers(blocks, rows, points, drawn, height), height),
    )


def _caption(points: list[Row], lines: Sequence[float]) -> str:
    questions = [asks for kind, (_, asks) in KINDS.items() if any(at["kind"] == kind for at in points)]
    settings = (
        f" Each row repeats the calculation: {'; '.join(questions)}. Each dot is one result, and the bar is "
        "their range."
    )
    between = listed([probability_text(line) for line in lines])
    grounds = (
        f" Background colours change at {between}, the limits in the rule for stances. A stance may be "
        "weaker than its colour, because the rule also has other conditions."
    )
    return (
        "The line through each block is the probability that the mechanism was at work, given the coded "
        f"evidence and an even prior. The number above it is the same.{settings if questions else ''}"
        f"{grounds if lines else ''} Source: the coded passages of this case."
    )


def _places(heads: dict[str, float], points: list[Row]) -> tuple[list[Row], list[Row], int]:
    """Mechanisms with the top and foot of their block, rows of settings, and the height of all."""
    blocks: list[Row] = []
    rows: list[Row] = []
    top = _TOP
    for name, p in heads.items():
        kinds = [kind for kind in KINDS if any((at["of"], at["kind"]) == (name, kind) for at in points)]
        tops, height = stacked([_HEADING, *(_ROW for _ in kinds)])
        for kind, place in zip(kinds, tops[1:], strict=True):
            own = [at for at in points if (at["of"], at["kind"]) == (name, kind)]
            y = top + place + _ROW / 2
            for at in own:
                at["y"] = y
            ends = {"low": min(at["p"] for at in own), "high": max(at["p"] for at in own)}
            rows.append({"text": KINDS[kind][0], "y": y, **ends})
        label = clean(name, 40)
        middle = top + _HEADING - 12
        blocks.append(
            {
                "of": name,
                "text": upper_first(label),
                "p": p,
                "shown": probability_text(p),
                "y": middle,
                "top": middle + 8,
                "foot": top + height,
            }
        )
        top += height
    return blocks, rows, top + _FOOT


def _layers(
    blocks: list[Row], rows: list[Row], points: list[Row], lines: Sequence[float], height: int
) -> list[alt.Chart]:
    scale = alt.Scale(domain=[0, 1], range=_PLOT.range(), nice=False)
    axis = alt.Axis(
        orient="bottom",
        title="probability that it was at work",
        values=[0, *(lines or (0.5,)), 1],
        labelExpr="format(datum.value, '.3~g')",
        grid=not lines,
        ticks=False,
        labelFlush=False,
    )

    def across(field: str) -> alt.X:
        return alt.X(field, type="quantitative", scale=scale, axis=None)

    y = down("y", height)
    span = alt.Chart(data(rows)).mark_bar(style="span", orient="horizontal", height=10, tooltip=None)
    dot = alt.Chart(data(points)).mark_point(style="dot", filled=True, size=34)
    line = alt.Chart(data(blocks)).mark_rule(style="mark", strokeWidth=1.5, tooltip=None)
    shown = alt.Chart(data(blocks)).mark_text(style="heading", baseline="middle", tooltip=None)
    return [
        *(_zones(scale, axis, lines, height) if lines else _plain(scale, axis, height)),
        words(blocks, height, style="heading"),
        *labels(rows, height, _PLOT, style="quiet"),
        span.encode(x=across("low"), x2=alt.X2("high"), y=y),
        line.encode(x=across("p"), y=down("top", height), y2=alt.Y2("foot")),
        dot.encode(x=across("p"), y=y, tooltip=tooltip(_TOOLTIP)),
        shown.encode(x=across("p"), y=y, text=alt.Text("shown:N")),
    ]


def _plain(scale: alt.Scale, axis: alt.Axis, height: int) -> list[alt.Chart]:
    """An axis alone, where no rule says what a probability is called."""
    ground = alt.Chart(data([{"low": 0.5, "top": _TOP - 4, "foot": height}]))
    mark = ground.mark_rule(style="thin", tooltip=None)
    x = alt.X("low", type="quantitative", scale=scale, axis=axis)
    return [mark.encode(x=x, y=down("top", height), y2=alt.Y2("foot"))]


def _zones(scale: alt.Scale, axis: alt.Axis, lines: Sequence[float], height: int) -> list[alt.Chart]:
    """Grounds that say what a probability is called, with their names on top."""
    ends = (0.0, *lines, 1.0)
    zones = [
        {"low": low, "high": high, "middle": (low + high) / 2, "text": name.split()}
        for name, low, high in zip(ZONES, ends, ends[1:], strict=False)
    ]
    drawn = []
    for place, (zone, name) in enumerate(zip(zones, ZONES, strict=True)):
        ground = alt.Chart(data([{**zone, "top": _TOP - 4, "foot": height}]))
        x = alt.X("low", type="quantitative", scale=scale, axis=axis if place == 0 else None)
        mark = ground.mark_rect(style=f"zone {name}", tooltip=None)
        drawn.append(mark.encode(x=x, x2=alt.X2("high"), y=down("top", height), y2=alt.Y2("foot")))
    names = alt.Chart(data(zones)).mark_text(style="quiet", baseline="top", lineHeight=13, y=2, tooltip=None)
    middle = alt.X("middle", type="quantitative", scale=scale, axis=None)
    return [*drawn, names.encode(x=middle, text=alt.Text("text:N"))]


def _alt(blocks: list[Row], points: list[Row]) -> str:
    sentences = []
    for block in blocks:
        own = [at["p"] for at in points if at["of"] == block["of"] and at["kind"] != "prior"]
        sentences.append(f"{block['text']}: {block['shown']}{_reach(own)}.")
    return f"Probability that each mechanism was at work, from an even prior. {' '.join(sentences)}"


def _reach(answers: list[float]) -> str:
    if not answers:
        return ""
    low, high = probability_text(min(answers)), probability_text(max(answers))
    between = f"{low} to {high}" if low != high else low
    return f" ({between} in {counted(len(answers), 'other setting')})"
