"""Rows of adopters in a frame of adoptions that says of every unit whether it adopted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from diffuscope.records.phrases import counted
from diffuscope.tables.places import Wording, of_table

if TYPE_CHECKING:
    from diffuscope.records import Problem
    from diffuscope.tables.raw import RawTable

STATUS = "status"
WORDS = frozenset({"adopted", "not adopted", "unknown"})
"""What `adoptions_from_panel` writes into it."""


def adopted_only(raw: RawTable) -> tuple[RawTable, list[Problem]]:
    """The table without the units that did not adopt, or of which that is not known; these are counted.

    In a panel a row without a time is a unit that never adopted; in a case it is an adoption of which nobody
    knows when. A table without this column is left as it is.
    """
    if STATUS not in raw.cells.columns or not set(raw.cells[STATUS].drop_nulls()) <= WORDS:
        return raw, []
    unknown = raw.cells.filter(pl.col(STATUS) == "unknown").height
    kept = raw.cells.filter(pl.col(STATUS) == "adopted").drop(STATUS)
    problems = [of_table(raw, _lost(unknown), column=STATUS, level="warning")] if unknown else []
    return replace(raw, cells=kept), problems


def _lost(many: int) -> Wording:
    rows = counted(many, "row")
    return Wording(
        "unknown-adoption",
        f"{rows} of units last seen without the policy, with empty cells after that: whether they adopted is "
        "not known, so they are left out and count as not adopted.",
        "fill in the panel, or limit the window of the question to the time in which it is filled",
    )
