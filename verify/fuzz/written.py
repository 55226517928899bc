"""A draft written down: a folder with `case.toml` and tables, or a workbook."""

from __future__ import annotations

import csv
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

from .drafts import Draft, Row

PERCENTS = ("percent_complete", "value", "actual", "target", "p_if_true", "p_if_false", "searched", "weight")
FLAT = ("id", "question", "policies", "units", "period", "launch", "lag", "covariates", "formula", "model")


def write(draft: Draft, folder: Path) -> Path:
    """Write a draft as a case.

    Parameters
    ----------
    draft : Draft
    folder : Path
        One that does not exist.

    Returns
    -------
    Path
        What to read: the folder, or the workbook in it where the settings stand in sheets.
    """
    folder.mkdir(parents=True)
    in_sheets = draft.workbook and "settings in sheets" in draft.sheets
    if not in_sheets:
        (folder / "case.toml").write_text(toml(draft.settings), encoding="utf-8")
    if draft.workbook:
        _workbook(draft, folder / "a case.xlsx", in_sheets=in_sheets)
        return folder / "a case.xlsx" if in_sheets else folder
    for name, rows in draft.tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, draft.columns(name), restval="")
            writer.writeheader()
            writer.writerows(rows)
    return folder


def toml(settings: dict[str, Any]) -> str:
    """Settings as TOML."""
    lines = [f"{name} = {_value(value)}" for name, value in settings.items() if not _is_block(value)]
    for name, value in settings.items():
        if isinstance(value, dict):
            lines += [f"[{json.dumps(name)}]", *(f"{json.dumps(k)} = {_value(v)}" for k, v in value.items())]
        elif _is_block(value):
            for one in value:
                lines += [f"[[{name}]]", *(f"{key} = {_value(each)}" for key, each in one.items())]
    return "\n".join(lines) + "\n"


def _is_block(value: Any) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and bool(value) and isinstance(value[0], dict) and "question" in value[0]
    )


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {_value(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value)


def _workbook(draft: Draft, file: Path, *, in_sheets: bool) -> None:
    from xlsxwriter import Workbook

    book = Workbook(str(file), {"strings_to_formulas": False, "strings_to_urls": False})
    formats = {
        "percent": book.add_format({"num_format": "0%"}), "date": book.add_format({"num_format": "d.m.yyyy"})
    }  # fmt: skip
    if "empty sheets" in draft.sheets:
        book.add_worksheet("Sheet1")
    if "other sheets" in draft.sheets:
        book.add_worksheet("Notes to self").write_column(0, 0, ["ask the city", "again", "=1"])
        book.add_worksheet("chart data").write_row(0, 0, ["wave", "unit", "title", "status"])
    tables = {**draft.tables, **(_settings(draft.settings) if in_sheets else {})}
    for name, rows in tables.items():
        sheet = book.add_worksheet(name.upper() if "names in capitals" in draft.sheets else name)
        columns = list(dict.fromkeys(key for row in rows for key in row))
        top = 3 if "titles" in draft.sheets and name in draft.tables else 0
        if top:
            sheet.write_string(0, 0, "Form of the network, 2025")
        _fill(sheet, columns, rows, top, draft.sheets if name in draft.tables else set(), formats)
    book.close()


def _fill(  # noqa: PLR0917 a sheet, and what stands where in it
    sheet: Any, columns: list[str], rows: list[Row], top: int, odd: set[str], formats: dict[str, Any]
) -> None:
    for at, name in enumerate(columns):
        sheet.write_string(top, at, name)
    for below, row in enumerate(rows, start=top + 1):
        for at, name in enumerate(columns):
            _cell(sheet, below, at, name, row.get(name) or "", odd, formats)
    last = top + len(rows)
    if "merged" in odd and len(rows) > 1 and columns:
        sheet.merge_range(last - 1, 0, last, 0, rows[-2].get(columns[0]) or "")
    if "hidden" in odd and rows:
        sheet.set_row(last, None, None, {"hidden": True})
        sheet.set_column(len(columns) - 1, len(columns) - 1, None, None, {"hidden": True})
    if "comments" in odd:
        sheet.write_comment(min(last, top + 1), 0, "not sure of this")


def _cell(  # noqa: PLR0917 a cell, its text and what may be odd of it
    sheet: Any, row: int, column: int, name: str, text: str, odd: set[str], formats: dict[str, Any]
) -> None:
    number = re.fullmatch(r"-?[0-9]{1,15}(?:\.[0-9]{1,9})?", text)
    day = re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) if "dates in cells" in odd else None
    if not text:
        return
    if "errors" in odd and number and row % 7 == 0:
        sheet.write_formula(row, column, "=1/0", None, "#DIV/0!")
    elif "formulas" in odd and number and row % 3 == 0:
        sheet.write_formula(row, column, f"={text}", None, float(text))
    elif "percents" in odd and number and name in PERCENTS:
        sheet.write_number(row, column, float(text) / 100, formats["percent"])
    elif day and text > "1900-03-01" and _is_day(text):
        sheet.write_datetime(row, column, date.fromisoformat(text), formats["date"])
    elif number and "numbers as text" not in odd:
        sheet.write_number(row, column, float(text))
    else:
        sheet.write_string(row, column, text)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _settings(settings: dict[str, Any]) -> dict[str, list[Row]]:
    """Settings as sheets, as far as these can hold them."""
    flat = [
        {"setting": key, "value": str(value)}
        for key, value in settings.items()
        if isinstance(value, str | int)
    ]
    order = settings.get("tiers", {}).get("order", [])
    if order and isinstance(order, list):
        flat.append({"setting": "tiers", "value": ";".join(map(str, order))})
    asked = [
        {key: _flat(value) for key, value in one.items() if key in FLAT}
        | dict(zip(("first", "last"), one.get("window", ("", "")), strict=False))
        for one in settings.get("analysis", [])
    ]
    waves = [{"wave": name, "date": str(day)} for name, day in settings.get("waves", {}).items()]
    found = {"case": flat, "analyses": asked, "waves": waves}
    return {name: rows for name, rows in found.items() if rows}


def _flat(value: Any) -> str:
    return ";".join(map(str, value)) if isinstance(value, list) else str(value)
