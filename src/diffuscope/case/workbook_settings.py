"""The settings of a case as a person writes them in a workbook.

======== =========================================================================================
sheet    what stands in it
======== =========================================================================================
case     a setting and its value in each row: format, id, title, licence, language, description, cite;
         tiers, lowest first, separated by semicolons
waves    a wave in each row; columns wave, date
sheets   a sheet that is a table under another name in each row; columns sheet, table, headings
analyses a question in each row; columns id, question, policies, units, period, first, last, note, and every
         other setting of a question by its name
repeats  a repetition in each row; columns analysis, id, says, and what is asked otherwise
======== =========================================================================================

Several policies, units, numbers or other names are separated by semicolons. A single one names a group or
kind, if there is one of that name, else the policy or unit itself. A setting that is a table by names has a
column for each of them: `layers.emulation`, `lags.election_year`. The network's words are the table `words`.
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

SHEETS = {
    **{"case": "case", "settings": "case", "analyses": "analysis", "analysis": "analysis", "waves": "waves"},
    **{"sheets": "sheets", "repeats": "repeat", "repeat": "repeat", "repetitions": "repeat"},
}
"""Sheets with settings, and the part of `case.toml` that each stands for."""
LISTS = ("policies", "units", "covariates", "drivers")
LIST_OF_LAYERS = "neighbours"
RATE = "rate"
"""Of the delays of an inferred network: one number, or two."""
NONE = "none"
"""What stands for an empty list: a repetition without covariates."""
WINDOW = ("first", "last")
TEXTS = frozenset(
    {
        *(
            "id",
            "question",
            "note",
            "says",
            "policies",
            "units",
            "period",
            "tier",
            "launch",
            "formula",
            "model",
        ),
        *("duration", "policy_effects", "errors", "covariates", "drivers", "without_confidence", "analysis"),
        *("rows", "pooling"),
    }
)
"""Settings of a question that are no numbers, though a cell may hold digits alone."""
MOST = 10_000
"""Repetitions of all questions together; each question has its own limit."""

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
    # a repetition is kept with its question, which stands in another sheet
    for name, part in sorted(sheets, key=lambda sheet: sheet[1] == "repeat"):
        for at, key, value in _settings(part, book.rows(name)):
            if part == "repeat":
                _repeat(says, places, value, (f"{file} › {name}", at))
            elif key in places:
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
        pairs = [(at, key, value) for at, key, value in _pairs(rows) if value or key != "tiers"]
        return [(at, (key,), _setting(key, value)) for at, key, value in pairs]
    records = [(at, row) for at, row in _records(rows) if row]
    # One beyond the limit is enough for it to be told.
    if part == "waves":
        records = records[: limits.WAVES + 1]
        return [(at, ("waves", row.get("wave", "")), row.get("date", "")) for at, row in records]
    if part == "sheets":
        return [(at, ("sheets", row.get("sheet", "")), _sheet(row)) for at, row in records[: limits.FILES]]
    if part == "repeat":
        return [(at, ("repeat", number), _question(row)) for number, (at, row) in enumerate(records[:MOST])]
    records = records[: limits.ANALYSES + 1]
    return [(at, ("analysis", number), _question(row)) for number, (at, row) in enumerate(records)]


def _sheet(row: Row) -> dict[str, object]:
    says: dict[str, object] = {name: cell for name, cell in row.items() if name != "sheet"}
    if re.fullmatch(r"\d{1,4}", row.get("headings", "")):
        says["headings"] = int(row["headings"])
    return says


def _setting(key: str, value: str) -> object:
    if key == "tiers":
        return {"order": [part.strip() for part in value.split(";")]}
    return int(value) if key == "format" and re.fullmatch("[0-9]{1,4}", value) else value


def _put(says: dict[str, object], key: Key, value: object) -> None:
    name, held = str(key[0]), says.get(str(key[0]))
    if name in ("waves", "sheets"):
        says[name] = {**(held if isinstance(held, dict) else {}), str(key[1]): value}
    elif name == "analysis":
        says[name] = [*(held if isinstance(held, list) else []), value]
    else:
        says[name] = value


def _pairs(rows: list[list[str]]) -> list[tuple[int, str, str]]:
    """Row, setting and value of each row of the sheet `case`; a heading over them is no setting."""
    pairs = []
    for at, row in enumerate(rows, start=1):
        filled = [cell.strip() for cell in row if cell.strip()]
        if filled and bare(filled[0]) not in ("setting", "key"):
            pairs.append((at, filled[0].lower(), filled[1] if len(filled) > 1 else ""))
    return pairs


def _records(rows: list[list[str]]) -> list[tuple[int, Row]]:
    """Rows below the headings that are not empty, each as its filled cells by heading."""
    filled = [(at, [cell.strip() for cell in row]) for at, row in enumerate(rows, start=1) if any(row)]
    if not filled:
        return []
    headings = [_heading(name) for name in filled[0][1]]
    records = [(at, dict(zip(headings, cells, strict=True))) for at, cells in filled[1:]]
    return [(at, {name: cell for name, cell in record.items() if name and cell}) for at, record in records]


def _heading(name: str) -> str:
    """The name of a setting in small letters; what it is set for stays as it is written."""
    setting, dot, of = name.partition(".")
    return f"{setting.strip().lower()}{dot}{of.strip()}"


def _question(row: Row) -> dict[str, object]:
    question: dict[str, object] = {
        name: _value(name, cell) for name, cell in row.items() if name not in WINDOW and "." not in name
    }
    for name, cell in row.items():
        setting, dot, of = name.partition(".")
        if dot:
            own = question.get(setting)
            question[setting] = {**(own if isinstance(own, dict) else {}), of: _value(of, cell)}
    if any(name in row for name in WINDOW):
        question["window"] = [row.get(name, "") for name in WINDOW]
    return question


def _value(name: str, cell: str) -> object:
    """A cell as `case.toml` would hold it."""
    if name in (*LISTS, LIST_OF_LAYERS) and ";" in cell:
        return [part.strip() for part in cell.split(";") if part.strip()]
    if name == RATE and ";" in cell:
        parts = [part.strip() for part in cell.split(";") if part.strip()]
        numbers = all(re.fullmatch(r"-?\d{1,9}(\.\d{1,9})?", part) for part in parts)
        return [float(part) for part in parts] if numbers else parts
    if name == "covariates" and cell.lower() == NONE:
        return []
    if name not in TEXTS and re.fullmatch(r"\d{1,4}", cell):
        return int(cell)
    if name not in TEXTS and re.fullmatch(r"\d{1,4}\.\d{1,9}", cell):
        return float(cell)
    return cell


def _repeat(
    says: dict[str, object],
    places: dict[Key, tuple[str | None, int | None]],
    value: object,
    place: tuple[str, int],
) -> None:
    """Put a repetition to the question that it names, or to the only one."""
    questions = says.setdefault("analysis", [])
    if not isinstance(questions, list) or not isinstance(value, dict):
        return
    of = value.pop("analysis", None)
    at = next((at for at, one in enumerate(questions) if one.get("id") == of), None)
    if of is None and len(questions) == 1:
        at = 0
    if at is None:  # a question that stands nowhere: it is told in the row of the repetition
        questions.append({"id": of or "", "repeat": []})
        at = len(questions) - 1
        places["analysis", at] = place
    repeats = questions[at].setdefault("repeat", [])
    places["analysis", at, "repeat", len(repeats)] = place
    repeats.append(value)
