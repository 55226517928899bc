"""The page that sets printed figures of the founding case side by side is made of its data, and shows all."""

from __future__ import annotations

import csv
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from test_docs import GENERATED, PACKAGE

PAGE = GENERATED.side_by_side_page()


def printed() -> list[dict[str, str]]:
    table = PACKAGE / "cases" / "asean-smart-cities" / "published.csv"
    with table.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["document"] == "bustamante-2025"]
    return [row for row in rows if row["quantity"] in GENERATED.COMPARED]


def test_every_figure_of_the_article_stands_there_once():
    shown = sorted(re.match(r"[\d.]+ \(L\d+\)", cells[2])[0] for _, cells in by_wave())
    assert shown == sorted(
        f"{float(row['value']):.{row['decimals']}f} ({row['locator']})" for row in printed()
    )
    assert len(shown) == 78


def test_differences_are_marked():
    cells = {(wave, line[0]): line for wave, line in by_wave()}
    # the article prints 60 for Cambodia's planned projects; its source prints 14.29, which 1 of 7 projects is
    assert cells["2022", "Cambodia, planning, share"][1:] == [
        "14.29 (exhibit 3)",
        "60 (L235)\\*†",
        "14 (1 of 7)",
    ]
    # the report itself prints 30 for 25 of 86
    assert cells["2023", "Civic & Social, share"][1:] == ["30 (exhibit 1)", "30 (L258)†", "29 (25 of 86)"]
    assert cells["2023", "Cambodia, completed, share"][1:] == [
        "12.5 (exhibit 3)",
        "12.50 (L278)",
        "12.50 (1 of 8)",
    ]


def by_wave() -> list[tuple[str, list[str]]]:
    wave, found = "", []
    for line in PAGE.splitlines():
        if line.startswith("### "):
            wave = line[4:]
        elif re.match(r"\| (?!what)", line):
            found.append((wave, [cell.strip() for cell in line.split("|")[1:-1]]))
    return found
