"""How firm the probability of each mechanism is: what it becomes under other assumptions."""

from __future__ import annotations

from collections.abc import Iterable

import altair as alt
import polars as pl

from diffuscope.figures.figure import Figure
from diffuscope.figures.rows import Across, Row, data, down, finish, stacked, tooltip, words
from diffuscope.figures.text import clean, counted
from diffuscope.records import Finding

HEADLINE = "headline"
KINDS = {
    HEADLINE: "as weighed",
    "leave one out": "one passage out",
    "leave one source out": "one source out",
    "clustering": "linked passages",
    "coder noise": "coder error",
    "prior": "other priors",
    "broad reading": "broad reading",
}
"""Kinds of setting and what a row is called."""

ZONES = (
    ("against", 0.0, 0.2),
    ("leaning against", 0.2, 0.4),
    ("open", 0.4, 0.6),
    ("leaning for", 0.6, 0.8),
    ("for", 0.8, 1.0),
)
"""What a probability is called, and from where to where."""

_PLOT = Across(narrow=(110, -8), wide=(190, -8))
_HEADING, _ROW, _TOP, _FOOT = 38, 20, 36, 6
_SAID = {"mechanism": "mechanism", "setting": "setting", "shown": "probability"}


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
            ("clustering", detail.by_rho),
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


def robustness(details: pl.DataFrame) -> Figure | None:
    """The probability of each mechanism, and what it becomes without a passage or under another assumption.

    Parameters
    ----------
    details : polars.DataFrame
        mechanism, kind (a key of `KINDS`), setting (in words), p; one row per setting, mechanisms in the
        order to be drawn. A mechanism needs one row of kind ``headline``.

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
            "shown": f"{row['p']:.2f}",
            "of": row["mechanism"],
        }
        for row in known.iter_rows(named=True)
        if row["mechanism"] in heads and row["kind"] != HEADLINE
    ]
    blocks, rows, height = _places(heads, points)
    return Figure(
        name="robustness",
        title="How firm each probability is",
        caption=_CAPTION,
        alt=_alt(blocks, points),
        chart=finish(_layers(blocks, rows, points, height), height),
    )


_CAPTION = (
    "The line through each block is the probability that the mechanism was at work, given the coded evidence "
    "and an even start; its number stands above. Each row asks again: with one passage or one source left "
    "out, with passages of one cluster taken for independent or for the same, with coders who err, with "
    "other probabilities before the evidence (shown, not used). Every dot is one such answer, the bar their "
    "range. "
    "The grounds name what a probability is called; a stance may be weaker than its ground, for one coder or "
    "one source can do no more than lean. Source: the coded passages of this case."
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
            rows.append({"text": KINDS[kind], "y": y, **ends})
        label = clean(name, 40)
        middle = top + _HEADING - 12
        blocks.append(
            {
                "of": name,
                "text": label[:1].upper() + label[1:],
                "p": p,
                "shown": f"{p:.2f}",
                "y": middle,
                "top": middle + 8,
                "foot": top + height,
            }
        )
        top += height
    return blocks, rows, top + _FOOT


def _layers(blocks: list[Row], rows: list[Row], points: list[Row], height: int) -> list[alt.Chart]:
    scale = alt.Scale(domain=[0, 1], range=_PLOT.range(), nice=False)
    axis = alt.Axis(
        orient="bottom",
        title="probability that it was at work",
        values=[0, 0.2, 0.4, 0.6, 0.8, 1],
        grid=False,
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
        *_zones(scale, axis, height),
        words(blocks, height, style="heading"),
        words(rows, height, style="quiet", limit=_PLOT.before()),
        span.encode(x=across("low"), x2=alt.X2("high"), y=y),
        line.encode(x=across("p"), y=down("top", height), y2=alt.Y2("foot")),
        dot.encode(x=across("p"), y=y, tooltip=tooltip(_SAID)),
        shown.encode(x=across("p"), y=y, text=alt.Text("shown:N")),
    ]


def _zones(scale: alt.Scale, axis: alt.Axis, height: int) -> list[alt.Chart]:
    """Grounds that say what a probability is called, with their names on top."""
    zones = [
        {"low": low, "high": high, "middle": (low + high) / 2, "text": name.split()}
        for name, low, high in ZONES
    ]
    drawn = []
    for place, (zone, (name, _, _)) in enumerate(zip(zones, ZONES, strict=True)):
        ground = alt.Chart(data([{**zone, "top": _TOP - 4, "foot": height}]))
        x = alt.X("low", type="quantitative", scale=scale, axis=axis if place == 0 else None)
        mark = ground.mark_rect(style=f"zone {name}", tooltip=None)
        drawn.append(mark.encode(x=x, x2=alt.X2("high"), y=down("top", height), y2=alt.Y2("foot")))
    names = alt.Chart(data(zones)).mark_text(style="quiet", baseline="top", lineHeight=13, y=2, tooltip=None)
    middle = alt.X("middle", type="quantitative", scale=scale, axis=None)
    return [*drawn, names.encode(x=middle, text=alt.Text("text:N"))]


def _alt(blocks: list[Row], points: list[Row]) -> str:
    told = []
    for block in blocks:
        own = [at["p"] for at in points if at["of"] == block["of"] and at["kind"] != "prior"]
        between = f", between {min(own):.2f} and {max(own):.2f} in {counted(len(own), 'other answer')}"
        told.append(f"{block['text']}: {block['shown']}{between if own else ''}.")
    return f"Probability that each mechanism was at work, from an even start. {' '.join(told)}"
