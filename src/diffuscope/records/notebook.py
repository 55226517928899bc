"""How records show themselves in a notebook: a line of counts that unfolds into a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.records.phrases import counted
from diffuscope.records.quoting import html_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST_ROWS = 50
"""Rows of a table in a notebook; further ones are counted."""


def folded(
    summary: str, heads: Sequence[str], rows: Iterable[Sequence[object]], *, shown: bool = False
) -> str:
    """A table as HTML under a line that folds and unfolds it.

    Parameters
    ----------
    summary : str
        The line, as plain text.
    heads : sequence of str
    rows : iterable of sequence
        Values are shown as text; None is an empty cell.
    shown : bool
        Whether it is unfolded at first.
    """
    every = list(rows)
    head = "".join(f"<th>{html_text(word)}</th>" for word in heads)
    lines = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in every[:MOST_ROWS])
    more = f"<p>{counted(len(every) - MOST_ROWS, 'more row')}.</p>" if len(every) > MOST_ROWS else ""
    state = ' open=""' if shown else ""
    return (
        f"<details{state}><summary>{html_text(summary)}</summary>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>{more}</details>"
    )


def _cell(value: object) -> str:
    return f"<td>{'' if value is None else html_text(str(value))}</td>"
