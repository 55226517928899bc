"""Tables as CSV with a script of R that reads them as what they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from diffuscope.records.quoting import FORMULA_SIGNS, csv_cell, r_comment, r_text

if TYPE_CHECKING:
    from pathlib import Path

    from diffuscope.case.exporters.public_tables import Form, PublicColumn, PublicTables

SCRIPT = "read.R"
CLASSES: dict[Form, str] = {"number": "numeric", "integer": "integer", "year": "integer"}
"""Classes of R in which a CSV is read; all others are text first."""
LARGEST = 2**31 - 1
"""Whole number of R."""


def write_r(tables: PublicTables, folder: Path) -> str:
    """Write `TABLE.csv` for each table and `read.R`, which makes a list `tables` of data frames of them.

    Returns
    -------
    str
        Name of the script.
    """
    for name, columns in tables.tables.items():
        guarded = [
            column.values.map_elements(csv_cell, return_dtype=pl.String)
            if column.values.dtype == pl.String
            else column.values
            for column in columns
        ]
        (folder / f"{name}.csv").write_bytes(pl.DataFrame(guarded).write_csv().encode("utf-8"))
    lines = [*_head(tables), *(line for name in tables.tables for line in _table(name, tables.tables[name]))]
    (folder / SCRIPT).write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    return SCRIPT


def _head(tables: PublicTables) -> list[str]:
    signs = "".join(f"\\{sign}" if sign.isascii() and sign.isprintable() else sign for sign in FORMULA_SIGNS)
    guard = f"^'(?='*[{signs}])"
    return [
        r_comment(f"{tables.title}: its tables as data frames in the list `tables`."),
        r_comment("Rscript read.R in this folder, or set `folder` to it and source the file."),
        'if (!exists("folder")) folder <- "."',
        "tables <- list()",
        r_comment("An apostrophe stands before text that a spreadsheet would compute; it is taken off."),
        "read_text <- function(x) {",
        f'  x <- sub({r_text(guard)}, "", x, perl = TRUE)',
        '  Encoding(x) <- "UTF-8"',
        "  x",
        "}",
        "read_table <- function(file, classes) {",
        '  found <- read.csv(file.path(folder, file), colClasses = unname(classes), na.strings = "",',
        '                    encoding = "UTF-8", check.names = FALSE, stringsAsFactors = FALSE)',
        '  texts <- names(found)[unname(classes) == "character"]',
        "  found[texts] <- lapply(found[texts], read_text)",
        "  found",
        "}",
        "label_table <- function(found, labels) {",
        "  for (at in seq_along(labels)) {",
        '    if (nzchar(labels[[at]])) attr(found[[at]], "label") <- labels[[at]]',
        "  }",
        "  found",
        "}",
    ]


def _table(name: str, columns: list[PublicColumn]) -> list[str]:
    classes = ", ".join(r_text(_class(column)) for column in columns)
    labels = ", ".join(r_text(column.description) for column in columns)
    here = f"tables[[{r_text(name)}]]"
    lines = [
        "",
        f"{here} <- read_table({r_text(f'{name}.csv')},",
        f"  classes = c({classes}))",
    ]
    for column in columns:
        place = f"{here}[[{r_text(column.name)}]]"
        if column.form == "day":
            lines.append(f"{place} <- as.Date({place})")
        elif column.form == "choice":
            levels = ", ".join(map(r_text, column.choices))
            lines.append(f"{place} <- factor({place}, levels = c({levels}))")
    return [*lines, f"{here} <- label_table({here}, c({labels}))"]


def _class(column: PublicColumn) -> str:
    r_class = CLASSES.get(column.form, "character")
    if r_class != "integer" or column.values.dtype == pl.String:
        return r_class
    largest = column.values.abs().max()
    return "numeric" if isinstance(largest, int) and largest > LARGEST else "integer"
