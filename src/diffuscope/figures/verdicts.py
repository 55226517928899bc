"""All verdicts at a glance: what we find for each mechanism, and what the author concluded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import polars as pl

from diffuscope.figures.figure import Figure
from diffuscope.figures.rows import NARROW, Row, data, down, finish
from diffuscope.figures.text import clean, lines
from diffuscope.records import VerdictName
from diffuscope.records.phrases import counted, listed

TONES: dict[VerdictName, str] = {
    "supported": "for",
    "supported by one body": "leaning",
    "weak": "leaning",
    "contested": "mixed",
    "not separable": "mixed",
    "not testable": "silent",
    "not shown": "silent",
    "opposed": "against",
    "found": "for",
    "leaning": "leaning",
    "no data": "silent",
}
"""Ground on which a verdict stands; the words in the cell say it without colour."""

ANALYSES_AT_MOST, MECHANISMS_AT_MOST = 12, 6

_TOP, _GAP, _LINE = 40, 8, 15
_LETTERS = 44
"""Letters of a verdict that all cells of a row hold side by side on a phone."""


def verdict_strip(
    verdicts: pl.DataFrame,
    mechanism_order: Sequence[str],
    questions: Mapping[str, str] | None = None,
) -> Figure | None:
    """The verdict on every mechanism in every analysis, with the author's conclusion where there is one.

    Parameters
    ----------
    verdicts : polars.DataFrame
        analysis, mechanism, verdict, author (what an author concluded; null where none did); where known
        broad (what the evidence says on a broad reading, where that has another stance). Analyses are drawn
        in the order in which they appear.
    mechanism_order : sequence of str
        Columns, from the left.
    questions : mapping of str to str, optional
        The question of each analysis.

    Returns
    -------
    Figure or None
        None where there is no verdict on these mechanisms.
    """
    order = list(mechanism_order)[:MECHANISMS_AT_MOST]
    known = verdicts.filter(pl.col("mechanism").is_in(order))
    analyses = known["analysis"].unique(maintain_order=True).to_list()
    if not analyses:
        return None
    blocks, cells, height = _places(known, analyses[:ANALYSES_AT_MOST], order, questions or {})
    return Figure(
        name="verdicts",
        title="What we find for each mechanism",
        caption=_caption(cells, len(analyses), len(mechanism_order)),
        alt=_alt(blocks, cells),
        chart=finish(_layers(blocks, cells, order, height), height),
    )


def _places(
    verdicts: pl.DataFrame, analyses: Sequence[str], order: list[str], questions: Mapping[str, str]
) -> tuple[list[Row], list[Row], int]:
    """Questions and cells with their places down the page, and the height of all."""
    blocks: list[Row] = []
    cells: list[Row] = []
    top = _TOP
    for analysis in analyses:
        own = verdicts.filter(pl.col("analysis") == analysis)
        question = clean(questions.get(analysis, analysis), 220)
        narrow, wide = lines(question, 46, 3), lines(question, 92, 3)
        head = _LINE * len(narrow) + 6
        drop = _LINE * (len(narrow) - len(wide))
        blocks.append({"text": question, "narrow": narrow, "wide": wide, "y": top + 10, "drop": drop})
        row_cells = [_cell(row, order) for row in own.iter_rows(named=True)]
        foot = top + head + 12 + _LINE * max(len(cell["text"]) + len(cell["said"]) for cell in row_cells)
        for cell in row_cells:
            line_count = len(cell["said"])
            # narrow: words in several lines, each text centred on its first; wide: one line each
            first = _LINE * (1 - len(cell["text"]) - line_count) / 2
            cell |= {"analysis": analysis, "top": top + head, "foot": foot, "y": (top + head + foot) / 2}
            cell |= {
                "up": first,
                "up_said": first + _LINE * len(cell["text"]),
                "beside": _LINE * len(cell["author"]) / 2,
                "below": _LINE * (2 - len(cell["author"])) / 2,
            }
        cells += row_cells
        top = foot + _GAP
    return blocks, cells, top


def _cell(row: Row, order: list[str]) -> Row:
    place = order.index(row["mechanism"])
    room = _LETTERS // len(order)
    author = ["author:", *lines(row["author"], room + 1, 3)] if row["author"] else []
    broad = row.get("broad")
    return {
        "left": place + 0.015,
        "middle": place + 0.5,
        "right": place + 0.985,
        "mechanism": clean(row["mechanism"], 40),
        "tone": TONES.get(row["verdict"], "silent"),
        "verdict": clean(row["verdict"], 40),
        "text": lines(row["verdict"], room, 4),
        "author": _wide(row["author"], broad),
        "said": [*(["broadly:", *lines(broad, room + 1, 3)] if broad else []), *author],
        "broad": clean(broad, 40),
        "concluded": clean(row["author"], 40),
    }


def _wide(author: str | None, broad: str | None) -> list[str]:
    """What stands below a verdict where there is room: the broad reading, and the author's conclusion."""
    return [
        f"{what}: {clean(reading, 40)}"
        for what, reading in (("broadly", broad), ("author", author))
        if reading
    ]


def _layers(blocks: list[Row], cells: list[Row], order: list[str], height: int) -> list[alt.Chart]:
    scale = alt.Scale(domain=[0, len(order)], range=[0, alt.ExprRef(expr="width")], nice=False)

    def across(field: str) -> alt.X:
        return alt.X(field, type="quantitative", scale=scale, axis=None)

    question_text = alt.ExprRef(expr=f"{NARROW} ? datum.narrow : datum.wide")
    question = alt.Chart(data(blocks)).mark_text(
        style="text",
        align="left",
        baseline="middle",
        x=0,
        lineHeight=_LINE,
        yOffset=alt.ExprRef(expr=f"{NARROW} ? 0 : datum.drop"),
        text=question_text,
        tooltip=None,
    )
    grounds = [
        alt.Chart(data([cell for cell in cells if cell["tone"] == tone])).mark_rect(
            style=f"tone {tone}", tooltip=None
        )
        for tone in dict.fromkeys(TONES.values())
    ]
    return [
        _heads(order).encode(x=across("middle"), text=alt.Text("text:N")),
        question.encode(y=down("y", height)),
        *(
            ground.encode(x=across("left"), x2=alt.X2("right"), y=down("top", height), y2=alt.Y2("foot"))
            for ground in grounds
        ),
        *(text.encode(x=across("middle"), y=down("y", height)) for text in _words(cells)),
    ]


def _heads(order: list[str]) -> alt.Chart:
    """Names of the mechanisms over their columns."""
    names = [
        {"middle": place + 0.5, "text": clean(name, 14), "drop": _LINE * (place % 2)}
        for place, name in enumerate(order)
    ]
    # on a phone every second name stands a line lower, so that neighbours do not run into each other
    heads: alt.Chart = alt.Chart(data(names)).mark_text(
        style="strong",
        baseline="middle",
        y=10,
        yOffset=alt.ExprRef(expr=f"{NARROW} ? datum.drop : 0"),
        tooltip=None,
    )
    return heads


def _words(cells: list[Row]) -> list[alt.Chart]:
    """Verdicts, and below them what the author concluded."""
    drawn = []
    for style, short, long, up, offset in (
        ("strong", "text", "verdict", "up", "-datum.beside"),
        ("quiet ink", "said", "author", "up_said", "datum.below"),
    ):
        mark = alt.Chart(data([cell for cell in cells if cell[short]])).mark_text(
            style=style,
            baseline="middle",
            lineHeight=_LINE,
            yOffset=alt.ExprRef(expr=f"{NARROW} ? datum.{up} : {offset}"),
            text=alt.ExprRef(expr=f"{NARROW} ? datum.{short} : datum.{long}"),
            tooltip=None,
        )
        drawn.append(mark)
    return drawn


def _caption(cells: list[Row], analyses: int, mechanisms: int) -> str:
    beyond = (
        (analyses - ANALYSES_AT_MOST, "further question"),
        (mechanisms - MECHANISMS_AT_MOST, "further mechanism"),
    )
    left_out = listed(counted(number, noun) for number, noun in beyond if number > 0)
    below = [
        what
        for key, what in (
            (
                "broad",
                "the stance of the evidence on the broad reading of the mechanism, where that differs,",
            ),
            ("concluded", "the conclusion of the author"),
        )
        if any(cell[key] for cell in cells)
    ]
    author = f", with {listed(below)} below it" if below else ""
    drawn = {cell["verdict"] for cell in cells}
    meant = " ".join(says for verdict, says in _MEANT.items() if verdict in drawn)
    return (
        "Each block is a question, and each cell is the verdict of the printed rule on one mechanism"
        f"{author}.{f' {meant}' if meant else ''}{f' Not drawn: {left_out}.' if left_out else ''}"
    )


_MEANT: dict[VerdictName, str] = {
    "weak": "Weak: the findings lean towards the mechanism.",
    "not separable": "Not separable: it cannot be distinguished from a rival.",
    "not shown": "Not shown: the findings do not support it, but do not prove that it was absent.",
    "not testable": "Not testable: the dates do not allow a test.",
}
"""Verdicts whose words alone may mislead; told where they are drawn."""


def _alt(blocks: list[Row], cells: list[Row]) -> str:
    sentences = []
    analyses = list(dict.fromkeys(cell["analysis"] for cell in cells))
    for block, analysis in zip(blocks, analyses, strict=True):
        own = [
            f"{cell['mechanism']} {cell['verdict']}{f' ({conclusion})' if conclusion else ''}"
            for cell in cells
            if cell["analysis"] == analysis
            for conclusion in [", ".join(cell["author"])]
        ]
        sentences.append(f"{block['text'].rstrip('.')}: {'; '.join(own)}.")
    return f"Verdicts on {counted(len(analyses), 'question')}. {' '.join(sentences)}"
