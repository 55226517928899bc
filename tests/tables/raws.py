"""Raw tables from a few lines of text, as a file would give them."""

from __future__ import annotations

import csv
import io
from typing import Literal

import polars as pl

from diffuscope.records import Problem
from diffuscope.tables.check import check_tables
from diffuscope.tables.raw import ROW, RawTable


def raw(name: str, text: str, *, decimal: Literal[".", ","] = ".", file: str | None = None) -> RawTable:
    """The table of that name; cells are parted by commas (semicolons where decimals have commas)."""
    delimiter = ";" if decimal == "," else ","
    heading, *rows = csv.reader(io.StringIO(text.strip() + "\n"), delimiter=delimiter)
    cells = {
        column.strip(): [cell[at].strip() or None if at < len(cell) else None for cell in rows]
        for at, column in enumerate(heading)
    }
    frame = pl.DataFrame(cells, schema=dict.fromkeys(cells, pl.String)).with_columns(
        pl.int_range(2, len(rows) + 2, dtype=pl.UInt32).alias(ROW)
    )
    return RawTable(name=name, file=file or f"{name}.csv", cells=frame, decimal=decimal)


def problems(*tables: RawTable, analyses: tuple[str, ...] = (), waves: tuple[str, ...] = ()) -> list[Problem]:
    """Everything that is wrong with these tables together."""
    return check_tables(tables, analyses, waves)[1]


def one(found: list[Problem]) -> Problem:
    """The only problem there is."""
    assert len(found) == 1, [f"{p.file}:{p.row}:{p.column}: {p.rule} {p.value}" for p in found]
    return found[0]


def place(problem: Problem) -> tuple[str | None, int | None, str | None, str | None]:
    """Where it stands, and what stands there."""
    return problem.file, problem.row, problem.column, problem.value


UNITS = """
unit,name,aliases,kind,role,parent
vnm,Viet Nam,Vietnam; Việt Nam,state,adopter,
sgp,Singapore,,state,adopter,
hanoi,Hà Nội,Hanoi,city,adopter,vnm
jpn,Japan,,state,promoter,
"""
POLICIES = "policy,name\nplan,A plan\nlaw,A law\n"
DOCUMENTS = "document,title,share\nreport,A report,\nmemo,A memo,private\n"
