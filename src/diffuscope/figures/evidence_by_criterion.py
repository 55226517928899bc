"""Which passage speaks for or against which criterion, and what each criterion comes to."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import polars as pl

from diffuscope.figures.figure import Figure
from diffuscope.figures.rows import (
    NARROW,
    NARROWEST,
    Across,
    Align,
    Row,
    data,
    down,
    finish,
    stacked,
    tooltip,
    words,
)
from diffuscope.figures.text import NAMED, clean, lines
from diffuscope.records.phrases import counted, listed, upper_first

AT_MOST = 20
"""Passages drawn for one mechanism; the weightiest are."""

DIRECTIONS = {"for": "speaks for", "against": "speaks against", "absent": "looked for, not found"}
ROLES = {"diffusion": "precondition"}
SHAPES = ("circle", "square", "M0,-1.3L1.3,0L0,1.3L-1.3,0ZM0,-.8L-.8,0L0,.8L.8,0Z")
"""For: a disc; against: a square; looked for and not found: an empty diamond."""

_TOOLTIP_OF_PASSAGES = {
    "says": "passage",
    "direction": "direction",
    "weight": "weight of evidence",
    "test": "kind of test",
    "source": "source",
    "id": "id",
}
_TOOLTIP_OF_CRITERIA = {
    "says": "criterion",
    "role": "role",
    "weight": "weight of evidence",
    "passages": "passages",
}
# a deciban is 10 log10 of the odds: 10 log10(2) = 3.01, 10 log10(4) = 6.02
GUIDES = {3: "2", 6: "4", 10: "10"}
"""Weights at which faint lines stand (decibans), and the odds to 1 that each is."""
_LEAST = 6.0
"""Weight that the bars have room for at least."""

_ROLE = Across(narrow=(0, 80), wide=(0.36, 0.48))
_DOTS = Across(narrow=(80, 0.655), wide=(0.48, 0.74))
_BARS = Across(narrow=(0.69, -4), wide=(0.77, -4))
_OVER_BARS: tuple[tuple[int, Align, str, int], ...] = (
    (0, "left", "◂ against", 0),
    (1, "right", "for ▸", 0),
    (1, "right", "weight of evidence", 18),
)
_HEAD, _LINE, _MARKS = 46, 15, 20
_LETTER = 7
"""Pixels that a letter or digit of an id takes at most, with its share of the space to the next id."""
_LABEL = f"({NARROW} || width > 960 ? datum.long : datum.short)"
# on a narrow view marks stand under the words of their row, not beside them
_UNDER = alt.ExprRef(expr=f"{NARROW} ? datum.drop : 0")
_UNDER_2 = alt.ExprRef(expr=f"{NARROW} ? datum.drop2 : 0")


def evidence_matrix(
    criteria: pl.DataFrame, items: pl.DataFrame, mechanism_order: Sequence[str]
) -> Figure | None:
    """How the coded passages bear on the criteria of each mechanism, with the weight each criterion gathers.

    Parameters
    ----------
    criteria : polars.DataFrame
        mechanism, criterion (its id), text, role, decibans (null where no passage names it), items (how
        many do).
    items : polars.DataFrame
        id, mechanism, criteria (list, or ids joined by semicolons), direction (for, against, absent),
        decibans; test, paraphrase, document, locator where known. One row per passage, of one analysis.
    mechanism_order : sequence of str
        Mechanisms to draw, from the top.

    Returns
    -------
    Figure or None
        None where no passage is coded for these mechanisms.
    """
    passages = _passages(items, mechanism_order)
    drawn = [passage for passage in passages if passage["slot"] < AT_MOST]
    if not drawn:
        return None
    rows, height = _rows(criteria, mechanism_order)
    at = {(row["mechanism"], row["criterion"]): row for row in rows if row["criterion"]}
    dots = [
        {**passage, **{key: at[passage["mechanism"], name][key] for key in ("y", "drop")}}
        for passage in drawn
        for name in passage["criteria"]
        if (passage["mechanism"], name) in at
    ]
    hidden = len(passages) - len(drawn)
    return Figure(
        name="evidence-matrix",
        title="What speaks for and against each mechanism",
        caption=_caption(rows, dots, passages, hidden),
        alt=_alt(rows, passages, mechanism_order),
        chart=finish(_layers(rows, dots, height), height),
    )


def _passages(items: pl.DataFrame, order: Sequence[str]) -> list[Row]:
    """Passages with their place across: those for, then against, then absent, the heaviest first."""
    ranks = {direction: rank for rank, direction in enumerate(DIRECTIONS)}
    placed: list[Row] = []
    for mechanism in order:
        own = list(items.filter(pl.col("mechanism") == mechanism).iter_rows(named=True))
        heaviest = sorted(own, key=lambda row: (-abs(row["decibans"]), row["id"]))
        own = sorted(heaviest[:AT_MOST], key=lambda row: ranks[row["direction"]]) + heaviest[AT_MOST:]
        placed += [_passage(row, slot) for slot, row in enumerate(own)]
    return placed


def _passage(row: Row, slot: int) -> Row:
    named = row["criteria"].split(";") if isinstance(row["criteria"], str) else list(row["criteria"] or ())
    return {
        "mechanism": row["mechanism"],
        "id": clean(row["id"], 24),
        "slot": slot,
        "criteria": [name.strip() for name in named],
        "side": row["direction"],
        "direction": DIRECTIONS[row["direction"]],
        "weight": round(row["decibans"], 2),
        "size": round(abs(row["decibans"]), 2),
        "says": clean(row.get("paraphrase") or "words kept private"),
        "test": clean(row.get("test") or "not classified"),
        "source": clean(", ".join(filter(None, (row.get("document"), row.get("locator"))))),
        "document": clean(row.get("document")),
    }


def _rows(criteria: pl.DataFrame, order: Sequence[str]) -> tuple[list[Row], int]:
    """A heading for each mechanism and a row for each of its criteria, with their places down the page."""
    rows: list[Row] = []
    for mechanism in order:
        rows.append({"mechanism": mechanism, "criterion": None, "height": _HEAD})
        own = criteria.filter(pl.col("mechanism") == mechanism)
        rows += [_row(row) for row in own.iter_rows(named=True)]
    tops, height = stacked([row["height"] for row in rows])
    for row, top in zip(rows, tops, strict=True):
        row["top"] = top
        row["y"] = top + row["height"] / 2
        # narrow: marks stand under the words, at the foot of the row
        row["drop"] = row["height"] / 2 - _MARKS / 2 - 1
    return rows, height


def _row(row: Row) -> Row:
    role = ROLES.get(row["role"], row["role"])
    label = f"{row['criterion']} {clean(row['text'])}"
    short, long = lines(label, 34, 5), lines(label, 48, 4)
    height = max(_LINE * len(short) + 10, _LINE * len(long) + _MARKS + 10)
    return {
        "mechanism": row["mechanism"],
        "criterion": row["criterion"],
        "height": height,
        "short": short,
        "long": long,
        "weight": None if row["decibans"] is None else round(row["decibans"], 2),
        "says": clean(row["text"]),
        "role": clean(role),
        "passages": row["items"],
    }


def _layers(rows: list[Row], dots: list[Row], height: int) -> list[alt.Chart]:
    heads = [row for row in rows if row["criterion"] is None]
    body = [row for row in rows if row["criterion"] is not None]
    between = alt.Chart(data(body)).mark_rule(style="thin", x=0, x2="width", tooltip=None)
    labels = alt.Chart(data(body)).mark_text(
        style="text",
        align="left",
        baseline="middle",
        lineHeight=_LINE,
        x=0,
        yOffset=alt.ExprRef(expr=f"{NARROW} ? 13 - datum.height / 2 : {-_LINE / 2} * (length({_LABEL}) - 1)"),
        text=alt.ExprRef(expr=_LABEL),
        tooltip=None,
    )
    roles = alt.Chart(data(body)).mark_text(
        style="quiet", align="left", baseline="middle", x=_ROLE.at(0), yOffset=_UNDER, tooltip=None
    )
    return [
        between.encode(y=down("top", height)),
        *_headings(heads, dots, height),
        labels.encode(y=down("y", height)),
        roles.encode(y=down("y", height), text=alt.Text("role:N")),
        *_dots(dots, height),
        *_bars(body, height),
    ]


def _headings(heads: list[Row], dots: list[Row], height: int) -> list[alt.Chart]:
    """Name of each mechanism, the ids of its passages over their columns, and the sides of the bars."""
    foot = {row["mechanism"]: row["top"] + row["height"] - 10 for row in heads}
    columns = {(dot["mechanism"], dot["slot"]): dot["id"] for dot in dots}
    longest = max(len(name) for name in columns.values())
    fits = longest <= 4 and _slots(dots) <= 10  # others would run into each other: they stand in the tooltip
    start, end = _DOTS.narrow
    tight = longest * _LETTER > (end * NARROWEST - start) / max(6, _slots(dots))
    ids = [
        {"text": name if fits else "", "slot": slot, "y": foot[of], "tight": tight}
        for (of, slot), name in columns.items()
    ]
    names = [{"text": upper_first(clean(name, 40)), "y": y - 18} for name, y in foot.items()]
    drawn = [words(names, height, style="heading")]
    for end, align, text, up in _OVER_BARS:
        side = [{"text": text, "y": y - up} for y in foot.values()]
        drawn.append(words(side, height, style="quiet", at=_BARS.at(end), align=align))
    shown = words(ids, height, style="quiet", align="center").encode(x=_slot(dots))
    drawn.append(shown.transform_filter(f"!datum.tight || !({NARROW})"))
    return drawn


def _dots(dots: list[Row], height: int) -> list[alt.Chart]:
    """Passages on the criteria they name; a line joins the places of one passage, which is weighed once."""
    joined = []
    for column in {(dot["mechanism"], dot["slot"]): None for dot in dots}:
        same = sorted(
            (dot for dot in dots if (dot["mechanism"], dot["slot"]) == column), key=lambda dot: dot["y"]
        )
        if len(same) > 1:
            first, last = same[0], same[-1]
            joined.append({**first, "y2": last["y"], "drop2": last["drop"]})
    line = alt.Chart(data(joined)).mark_rule(style="thin", yOffset=_UNDER, y2Offset=_UNDER_2, tooltip=None)
    directions = list(DIRECTIONS.values())
    legend = alt.Legend(
        orient="top", title=None, columns=alt.ExprRef(expr=f"{NARROW} ? 2 : 3"), symbolSize=110
    )
    heaviest = max(10.0, *(dot["size"] for dot in dots))
    sizes = alt.Scale(domain=[0, heaviest], range=[45, 330])
    mark = alt.Chart(data(dots)).mark_point(filled=True, yOffset=_UNDER, opacity=1)
    return [
        line.encode(x=_slot(dots), y=down("y", height), y2=alt.Y2("y2")),
        mark.encode(
            x=_slot(dots),
            y=down("y", height),
            color=alt.Color("direction", type="nominal", scale=alt.Scale(domain=directions), legend=legend),
            shape=alt.Shape(
                "direction",
                type="nominal",
                scale=alt.Scale(domain=directions, range=list(SHAPES)),
                legend=legend,
            ),
            size=alt.Size("size", type="quantitative", scale=sizes, legend=None),
            tooltip=tooltip(_TOOLTIP_OF_PASSAGES),
        ),
    ]


def _bars(body: list[Row], height: int) -> list[alt.Chart]:
    """The weight of evidence each criterion gathers, to the left where it speaks against."""
    weighed = [{**row, "zero": 0} for row in body if row["weight"] is not None]
    sides = {
        "toward for": [row for row in weighed if row["weight"] >= 0],
        "toward against": [row for row in weighed if row["weight"] < 0],
    }
    most = _most(body)
    scale = alt.Scale(domain=[-most, most], range=_BARS.range(), nice=False)
    bars = [
        alt.Chart(data(own)).mark_bar(style=style, height=12, yOffset=_UNDER) for style, own in sides.items()
    ]
    guides = [
        {**row, "guide": sign * guide}
        for row in weighed
        for guide in (0, *_guides(body))
        for sign in (-1, 1)
        if guide or sign > 0
    ]
    line = alt.Chart(data(guides)).mark_tick(
        orient="vertical", style="thin", size=18, thickness=1, yOffset=_UNDER, tooltip=None
    )
    bare = [{**row, "weight": 0, "text": "no evidence"} for row in body if row["weight"] is None]
    none = alt.Chart(data(bare)).mark_text(style="quiet", baseline="middle", yOffset=_UNDER, tooltip=None)
    x = alt.X("weight", type="quantitative", axis=None, scale=scale)
    tips = tooltip(_TOOLTIP_OF_CRITERIA)
    return [
        line.encode(x=alt.X("guide", type="quantitative", axis=None, scale=scale), y=down("y", height)),
        *(bar.encode(x=x, x2=alt.X2("zero"), y=down("y", height), tooltip=tips) for bar in bars),
        none.encode(x=x, y=down("y", height), text=alt.Text("text:N")),
    ]


def _most(body: list[Row]) -> float:
    """The weight up to which the bars reach, on either side."""
    return max([_LEAST, *(abs(float(row["weight"])) for row in body if row["weight"] is not None)])


def _guides(body: list[Row]) -> list[int]:
    """The weights at which faint lines stand."""
    return [guide for guide in GUIDES if guide <= _most(body)]


def _slots(dots: list[Row]) -> int:
    return 1 + max(int(dot["slot"]) for dot in dots)


def _slot(dots: list[Row]) -> alt.X:
    scale = alt.Scale(domain=[-0.5, max(5.5, _slots(dots) - 0.5)], range=_DOTS.range(), nice=False)
    return alt.X("slot", type="quantitative", axis=None, scale=scale)


_SYMBOLS = {
    "for": "a disc supports the mechanism",
    "against": "a square speaks against it",
    "absent": "an empty diamond is a trace that was searched for and not found",
}
"""What each symbol of `SHAPES` says of a criterion."""


def _caption(rows: list[Row], dots: list[Row], passages: list[Row], hidden: int) -> str:
    body = [row for row in rows if row["criterion"]]
    symbols = [says for side, says in _SYMBOLS.items() if any(dot["side"] == side for dot in dots)]
    places = [(dot["mechanism"], dot["slot"]) for dot in dots]
    joined = " A line joins symbols of one passage, which is weighed once."
    placed = {(dot["mechanism"], dot["id"]) for dot in dots}
    lost = sum((one["mechanism"], one["id"]) not in placed for one in passages if one["slot"] < AT_MOST)
    return (
        "Each row is a criterion from the literature, and each column is a coded passage. A symbol marks "
        f"that a passage is about a criterion: {listed(symbols)}. Larger symbols weigh more."
        f"{joined if len(places) > len(set(places)) else ''}{_of_bars(body)}"
        f"{_not_drawn(hidden, lost)} Source: {_source(passages)}."
    )


def _of_bars(body: list[Row]) -> str:
    bare = any(row["weight"] is None for row in body)
    none = " “No evidence” means that no passage is about the criterion." if bare else ""
    if all(row["weight"] is None for row in body):
        return none
    odds = listed([GUIDES[guide] for guide in _guides(body)])
    return (
        " Bars show the weight of evidence on each criterion: to the right for the mechanism, to the left "
        f"against it. Faint lines are at odds of {odds} to 1.{none}"
    )


def _not_drawn(hidden: int, lost: int) -> str:
    omitted = []
    if hidden:
        omitted.append(f"{counted(hidden, 'passage')} of little weight, which count in the bars")
    if lost:
        verb = "names" if lost == 1 else "name"
        omitted.append(f"{counted(lost, 'passage')} that {verb} no criterion of the mechanism")
    return f" Not drawn: {'; '.join(omitted)}." if omitted else ""


def _source(passages: list[Row]) -> str:
    documents = len({one["document"] for one in passages if one["document"]})
    unnamed = sum(not one["document"] for one in passages)
    source = counted(len(passages), "coded passage")
    source += f" from {counted(documents, 'document')}" if documents else ""
    return f"{source}, {unnamed} of them from a source that is not shown" if documents and unnamed else source


def _alt(rows: list[Row], passages: list[Row], order: Sequence[str]) -> str:
    sentences = []
    for mechanism in order:
        own = [passage["side"] for passage in passages if passage["mechanism"] == mechanism]
        criteria = [row for row in rows if row["mechanism"] == mechanism and row["criterion"]]
        bare = [clean(row["criterion"]) for row in criteria if row["weight"] is None]
        counts = ", ".join(f"{own.count(side)} {side}" for side in DIRECTIONS)
        sentences.append(
            f"{upper_first(clean(mechanism))}: {counted(len(own), 'passage')}{f' ({counts})' if own else ''}"
            f" on {counted(len(criteria), 'criterion', 'criteria')}."
            f"{f' No passage on: {listed(bare, at_most=NAMED)}.' if bare else ''}"
        )
    return f"Matrix of criteria and coded passages. {' '.join(sentences)}"
