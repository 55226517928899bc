"""The public tables of a case as a Data Package: CSV files and a descriptor drawn from the declarations.

The standard is https://datapackage.org, version 2.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import polars as pl

from diffuscope.case.atomic_folder import new_folder
from diffuscope.case.model import ROW, refuse_no_case
from diffuscope.case.private import Private
from diffuscope.case.settings import FORMAT
from diffuscope.errors import CaseError
from diffuscope.records.quoting import csv_cell
from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.dates import PATTERN
from diffuscope.tables.tiers import TIER, TIERS
from diffuscope.tables.typed import bounds

if TYPE_CHECKING:
    from diffuscope.case.model import Case
    from diffuscope.tables.columns import Column, Kind, Table

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
SCHEMA_PROFILE = "https://datapackage.org/profiles/2.0/tableschema.json"
DESCRIPTOR = "datapackage.json"
GUARD = (
    "An apostrophe is put before text that a spreadsheet would compute: text that begins with = + - @, a tab "
    "or a line break, or with an apostrophe before one of these. Remove the first apostrophe to read the "
    "text."
)
TYPES: dict[Kind, str] = {
    "number": "number",
    "probability": "number",
    "fraction": "number",
    "integer": "integer",
}
"""Types of the standard; other kinds are strings: a date may be a year, so it is a pattern."""


def write_data_package(case: Case, folder: str | Path) -> Path:
    """Write the public tables of a case as UTF-8 CSV, with a `datapackage.json` that describes every column.

    A data package is read by programs and archives, and opened in spreadsheets; so an apostrophe stands
    before text that a spreadsheet would compute, names and ids among it, as in the tables of a report. The
    descriptor says so (`textGuard`); with it the package reads back as the same case.

    Parameters
    ----------
    case : Case
        Without errors, for a cell that could not be read is empty here.
    folder : str or Path
        A folder that does not exist yet, or is empty.

    Returns
    -------
    Path
        The descriptor. In `rowsLeftOut` it counts, by table, the private rows that are not there, and in
        `diffuscope` it keeps the questions of the case.

    Raises
    ------
    CaseError
        If the case has errors or no tables, or something is in the folder already.
    """
    refuse_no_case(case)
    private = Private.of(case)
    if case.errors:
        raise CaseError(
            f"The case `{case.id}` must be fixed before it can be exported.",
            private.scrub_problems(case.problems),
        )
    if not case.tables:
        raise CaseError(f"The case `{case.id}` has no tables to export.")
    folder = Path(folder)
    with new_folder(folder) as written:
        resources = []
        for table in CATALOGUE.values():
            if table.name in case.tables:
                data = _csv(private.scrub_frame(table.name, case.table(table.name)))
                (written / f"{table.name}.csv").write_bytes(data)
                resources.append(_resource(table, data, case))
        descriptor = _package(case, private, resources)
        text = json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n"
        (written / DESCRIPTOR).write_text(text, encoding="utf-8", newline="\n")
    return folder / DESCRIPTOR


def _csv(frame: pl.DataFrame) -> bytes:
    lists = [name for name, kind in frame.schema.items() if isinstance(kind, pl.List)]
    cells = frame.drop(ROW).with_columns(pl.col(name).list.join(";") for name in lists)
    texts = [name for name, kind in cells.schema.items() if kind == pl.String]
    guarded = {name: [None if text is None else csv_cell(text) for text in cells[name]] for name in texts}
    return (
        cells.with_columns(pl.Series(name, values, dtype=pl.String) for name, values in guarded.items())
        .write_csv()
        .encode()
    )


def _package(case: Case, private: Private, resources: list[dict[str, Any]]) -> dict[str, Any]:
    questions = [msgspec.to_builtins(analysis) for analysis in case.analyses]
    for analysis in questions:
        del analysis["tiers"]  # they are the case's
        analysis |= {name: private.scrub(analysis[name] or "") for name in ("question", "note")}
    left_out = private.left_out
    properties = {
        "$schema": PROFILE,
        "name": _slug(case.id),
        "title": private.scrub(case.title),
        "description": private.scrub(case.description),
        "licenses": [{"name": _slug(case.licence, keep_case=True), "title": case.licence}]
        if case.licence
        else [],
        "sources": _sources(case, private),
        "resources": resources,
        "textGuard": GUARD,
        "rowsLeftOut": left_out,
        "rowsLeftOutBecause": "They are private." if left_out else "",
        "diffuscope": {
            "format": FORMAT,
            "id": case.id,
            "language": case.language,
            "cite": private.scrub(case.cite),
            "waves": dict(case.waves),
            **({"tiers": list(case.tiers)} if case.tiers != TIERS else {}),
            "analysis": questions,
        },
    }
    return {name: value for name, value in properties.items() if value}


def _sources(case: Case, private: Private) -> list[dict[str, str]]:
    documents = private.scrub_frame("documents", case.table("documents"))
    return [
        {"title": title} | ({"path": url} if url else {})
        for title, url in documents.select("title", "url").iter_rows()
    ]


def _slug(text: str, *, keep_case: bool = False) -> str:
    """A name as the standard allows it: letters without accents, digits, points and dashes."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip("-._") or "case"
    return slug if keep_case else slug.lower()


def _resource(table: Table, data: bytes, case: Case) -> dict[str, Any]:
    return {
        "name": table.name,
        "type": "table",
        "path": f"{table.name}.csv",
        "description": f"A row is {table.a_row_is}.",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
        "schema": _schema(table, case),
    }


def _schema(table: Table, case: Case) -> dict[str, Any]:
    needed = all(table.column(name).required for name in table.key)
    # A primary key may hold no empty cell; where ours may, it is a unique key.
    keys = {"primaryKey": list(table.key)} if needed else {"uniqueKeys": [list(table.key)]}
    references = [
        _reference(table, column)
        for column in table.columns
        if column.kind == "id" and column.refers_to and column.refers_to.partition(".")[0] in case.tables
    ]
    return {
        "$schema": SCHEMA_PROFILE,
        "fields": [_field(column, case) for column in table.columns],
        "missingValues": [""],
        **(keys if table.key else {}),
        **({"foreignKeys": references} if references else {}),
    }


def _reference(table: Table, column: Column) -> dict[str, Any]:
    resource, _, field = (column.refers_to or "").partition(".")
    elsewhere = {} if resource == table.name else {"resource": resource}
    return {"fields": [column.name], "reference": {**elsewhere, "fields": [field]}}


def _field(column: Column, case: Case) -> dict[str, Any]:
    low, high = bounds(column)
    constraints: dict[str, Any] = {"required": True} if column.required else {}
    choices = case.tiers if column.name == TIER else column.choices
    if choices:
        constraints["enum"] = list(choices)
    if column.kind == "date":
        constraints["pattern"] = PATTERN
    if low is not None:
        constraints["minimum"] = low
    if high is not None:
        constraints["maximum"] = high
    several = column.kind == "ids" and "semicolons" not in column.description
    return {
        "name": column.name,
        "type": TYPES.get(column.kind, "string"),
        "description": f"{column.description} Several are separated by semicolons."
        if several
        else column.description,
        **({"unit": column.unit} if column.unit else {}),
        **({"constraints": constraints} if constraints else {}),
    }
