"""The settings of a case as a person writes them in a workbook.

======== =========================================================================================
sheet    what stands in it
======== =========================================================================================
case     a setting and its value in each row: format, id, title, licence, language, description, cite;
         tiers, lowest first, separated by semicolons
analyses a question in each row; columns id, question, policies, units, period, first, last, note
waves    a wave in each row; columns wave, date
======== =========================================================================================

Several policies or units are separated by semicolons. A single one names a group or kind, if there is one of
that name, else the policy or unit itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diffuscope.case import limits
from diffuscope.case.settings import Written
from diffuscope.tables.suggest import bare

if TYPE_CHECKING:
    from diffuscope.case.settings import Key
    from diffuscope.case.workbook import Workbook

SHEETS = {"case": "case", "analyses": "analysis", "analysis": "analysis", "waves": "waves"}
"""Sheets with settings, and the part of `case.toml` that each stands for."""
LISTS = ("policies", "units", "covariates", "drivers")
WINDOW = ("first", "last")
NUMBERS = ("lag", "smallest_odds_ratio")

Row = dict[str, str]


def part_of_settings(sheet: str) -> str | None:
    """Which settings a sheet holds, if any."""
    return SHEETS.get(bare(sheet))


def settings_of_sheets(book: Workbook, file: str) -> Written | None:
    """The settings that a workbook holds; None where it has no sheet of them.

    Parameters
    ----------
    file : str
        The workbook as problems name it.
    """
    says: dict[str, object] = {}
    places: dict[Key, tuple[str | None, int | None]] = {}
    twice: list[tuple[Key, int]] = []
    sheets = [(name, part) for name in book.wanted if (part := part_of_settings(name))]
    for name, part in sheets:
        for at, key, value in _settings(part, book.rows(name)):
            if key in places:
                twice.append((key, at))
            else:
                places[key] = (f"{file} › {name}", at)
                _put(says, key, value)
    if not sheets:
        return None
    return Written(says=says, file=f"{file} › {sheets[0][0]}", places=places, twice=twice)


def _settings(part: str, rows: list[list[str]]) -> list[tuple[int, Key, object]]:
    """Row, key and value of everything that a sheet sets."""
    if part == "case":
        return [(at, (key,), _setting(key, value)) for at, key, value in _pairs(rows)]
    records = [(at, row) for at, row in _records(rows) if row]
    # One beyond the limit is enough for it to be told.
    if part == "waves":
        records = records[: limits.WAVES + 1]
        return [(at, ("waves", row.get("wave", "")), row.get("date", "")) for at, row in records]
    records = records[: limits.ANALYSES + 1]
    return [(at, ("analysis", number), _question(row)) for number, (at, row) in enumerate(records)]


def _setting(key: str, value: str) -> object:
    if key == "tiers":
        return {"order": [part.strip() for part in value.split(";")]}
    return int(value) if key == "format" and re.fullmatch("[0-9]{1,4}", value) else value


def _put(says: dict[str, object], key: Key, value: object) -> None:
    name, held = str(key[0]), says.get(str(key[0]))
    if name == "waves":
        says[name] = {**(held if isinstance(held, dict) else {}), str(key[1]): value}
    elif name == "analysis":
        says[name] = [*(held if isinstance(held, list) else []), value]
    else:
        says[name] = value


def _pairs(rows: list[list[str]]) -> list[tuple[int, str, str]]:
    """Row, setting and value of each row of the sheet `case`; a heading over them is no setting."""
    found = []
    for at, row in enumerate(rows, start=1):
        filled = [cell.strip() for cell in row if cell.strip()]
        if filled and bare(filled[0]) not in ("setting", "key"):
            found.append((at, filled[0].lower(), filled[1] if len(filled) > 1 else ""))
    return found


def _records(rows: list[list[str]]) -> list[tuple[int, Row]]:
    """Rows below the headings that are not empty, each as its filled cells by heading."""
    filled = [(at, [cell.strip() for cell in row]) for at, row in enumerate(rows, start=1) if any(row)]
    if not filled:
        return []
    headings = [name.lower() for name in filled[0][1]]
    records = [(at, dict(zip(headings, cells, strict=True))) for at, cells in filled[1:]]
    return [(at, {name: cell for name, cell in record.items() if name and cell}) for at, record in records]


def _question(row: Row) -> dict[str, object]:
    question: dict[str, object] = {name: cell for name, cell in row.items() if name not in WINDOW}
    for name in LISTS:
        if ";" in row.get(name, ""):
            question[name] = [part.strip() for part in row[name].split(";") if part.strip()]
    for name in NUMBERS:
        if re.fullmatch(r"\d{1,4}", row.get(name, "")):
            question[name] = int(row[name])
        elif re.fullmatch(r"\d{1,4}\.\d{1,9}", row.get(name, "")):
            question[name] = float(row[name])
    if any(name in row for name in WINDOW):
        question["window"] = [row.get(name, "") for name in WINDOW]
    return question
