"""Rows of a file parted by commas with a cell too many, since a number has a decimal comma."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.places import Wording
from diffuscope.tables.typed import NUMBERS

if TYPE_CHECKING:
    from collections.abc import Sequence

_WHOLE = re.compile(r"[+-]?[0-9]{1,12}")
_DECIMALS = re.compile(r"[0-9]{1,12}")


def decimal_comma(table: str, headings: Sequence[str | None], cells: Sequence[str | None]) -> str | None:
    """The number that a comma has parted into two cells, where that explains the row; else None.

    Parameters
    ----------
    table : str
    headings : sequence of str or None
    cells : sequence of str or None
        Of the row: more than there are headings.

    Examples
    --------
    >>> decimal_comma("ties", ["layer", "weight", "source"], ["advice", "0", "8", "a survey"])
    '0,8'
    """
    kinds = {column.name: column.kind for column in CATALOGUE[table].columns}
    first, left, at = None, len(cells) - len(headings), 0
    for heading in headings:
        one, other = ((cells[place] or "").strip() if place < len(cells) else "" for place in (at, at + 1))
        parted = _WHOLE.fullmatch(one) and _DECIMALS.fullmatch(other)
        if left and kinds.get((heading or "").strip()) in NUMBERS and parted:
            first, left, at = first or f"{one},{other}", left - 1, at + 1
        at += 1
    return first if left == 0 else None


def parted_by_its_comma(value: str | None) -> Wording:
    """What to say of such a row, of its first number."""
    return Wording(
        "ragged-row",
        "A decimal comma parts a number into two cells; those after it stand under wrong headings.",
        "write a point before decimals",
        f"write {(value or '').replace(',', '.')}",
    )
