"""Columns of a printed table: words stay whole, as margins do not become smaller with the letters."""

from __future__ import annotations

import pytest

from diffuscope.report.column_widths import BOLD, ROOM, column_parts, fitting

DATES = ["Report", "Date", *["Undetermined"] * 9]
LINES = [DATES, ["2022", "21 September 2022", *["4 (5 %)"] * 9]]
TABLES = [
    LINES,
    [["Area"] * 6, ["Infrastructure"] * 6],
    [["Area"] * 8, ["Infrastructure"] * 8],
    [["Year", "Title"], ["2025", "Smart Water Management of the River"]],
]


@pytest.mark.parametrize("rows", TABLES)
@pytest.mark.parametrize("room", [60.0, 106.0, 160.0])
def test_at_the_size_that_fits_every_word_and_every_margin_has_its_room(rows, room):
    rows = [
        [text.replace(" ", "\N{NO-BREAK SPACE}") if "%" in text else text for text in row] for row in rows
    ]
    words = [
        max(
            len(part) * (BOLD if at == 0 else 1) for at, text in enumerate(column) for part in text.split(" ")
        )
        for column in zip(*rows, strict=True)
    ]
    size, parts = fitting(rows, room), column_parts(rows, room)
    needed = [ROOM + size * word for word in words]
    assert sum(needed) <= room + 1e-9
    # widths are told to a tenth of a letter
    assert all(part >= need - 0.05 for part, need in zip(parts, needed, strict=True))
    assert size == 1 or sum(ROOM + (size + 0.02) * word for word in words) > room
