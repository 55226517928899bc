"""The page that sets printed figures of the founding case side by side is made of its data, and shows all."""

from __future__ import annotations

import csv
import re
import sys
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from doc_pages import GENERATED, PACKAGE

CASE = PACKAGE / "cases" / "asean-smart-cities"


def rows_of(table: str) -> list[dict[str, str]]:
    with (CASE / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def printed() -> list[dict[str, str]]:
    rows = [row for row in rows_of("published") if row["document"] == "bustamante-2025"]
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


def test_what_an_edition_prints_is_what_a_count_of_the_rows_gives():
    projects = rows_of("projects")
    shown = by_wave("reports_and_ours")
    assert {wave for wave, _ in shown} == {"2022", "2023", "2024", "2025"}
    for wave, (about, _, ours) in shown:
        own = [row for row in projects if row["wave"] == wave]
        cities = {unit.strip() for row in own for unit in row["unit"].split(";")}
        found = {"all projects": len(own), "all cities": len(cities)}
        for column in ("area", "status"):
            found |= {name: sum(row[column] == name for row in own) for name in {row[column] for row in own}}
        share = "" if about.startswith("all ") else f" ({100 * found[about] / len(own):.0f} %)"
        assert ours == f"{found[about]}{share}", (wave, about)


def test_the_network_s_reports_stand_beside_it_with_what_differs():
    cells = {(wave, line[0]): line[1:] for wave, line in by_wave("reports_and_ours")}
    # the appendix of 2025 lists 25 projects of the area; both exhibits count 24, and 24 of 134 is 18 %
    assert cells["2025", "Quality Environment"] == [
        "18 % (exhibit 1)†; 24 (exhibit 3)†; 24 (exhibit 2)†; 25 (appendix)",
        "25 (19 %)",
    ]
    assert cells["2025", "all projects"] == ["134", "134"]


@cache
def page_of(which: str) -> str:
    return getattr(GENERATED, f"{which}_page")()


def by_wave(which: str = "side_by_side") -> list[tuple[str, list[str]]]:
    wave, found = "", []
    for line in page_of(which).splitlines():
        if line.startswith("### "):
            wave = line[4:].removeprefix("Report of ")
        elif re.match(r"\| (?!what)", line):
            found.append((wave, [cell.strip() for cell in line.split("|")[1:-1]]))
    return found
