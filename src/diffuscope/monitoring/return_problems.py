"""Returns that contradict the project rows of their wave."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from diffuscope.monitoring.returns import CARRIED, EXCUSED, NIL, RECEIVED, SILENT
from diffuscope.monitoring.waves import by_unit, prepared
from diffuscope.tables.places import Wording, of_rows
from diffuscope.tables.raw import ROW, RawTable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diffuscope.records import Problem

WITH_PROJECTS = Wording(
    "return-with-projects",
    "The wave shows projects of this unit, the first in row {other} of `projects`.",
    "write `received`, or `carried forward` where the rows are those of an earlier wave",
)
WITHOUT_PROJECTS = Wording(
    "return-without-projects",
    "The wave shows no project of this unit.",
    "add its rows to `projects`; or write `nil` where it reported that it has none, `silent` if nothing came",
)


def return_problems(
    returns: pl.DataFrame, projects: pl.DataFrame, units: pl.DataFrame, files: Mapping[str, str]
) -> list[Problem]:
    """Returns that say otherwise than the project rows of their wave.

    Parameters
    ----------
    returns, projects, units : polars.DataFrame
        Tables of the case, typed.
    files : mapping of str to str
        Where each table stands.

    Returns
    -------
    list of Problem
        Errors: a return that is nil, excused or silent beside projects of the unit, and one that was received
        or carried forward without any. A state that speaks for its cities has theirs.
    """
    raw = RawTable(name="returns", file=files.get("returns", "returns.csv"), cells=returns.select(ROW))
    own = by_unit(prepared(projects, units, {})).select("wave", "unit", "state", other=ROW)
    above = own.select("wave", "state", "other").rename({"state": "unit"})
    first_own = own.group_by("wave", "unit").agg(pl.col("other").min())
    first_any = (
        pl.concat([own.select(above.columns), above]).group_by("wave", "unit").agg(pl.len().alias("any"))
    )
    joined = returns.join(first_own, on=["wave", "unit"], how="left", maintain_order="left").join(
        first_any, on=["wave", "unit"], how="left", maintain_order="left"
    )
    silent = pl.col("state").is_in([NIL, EXCUSED, SILENT]) & pl.col("other").is_not_null()
    empty = pl.col("state").is_in([RECEIVED, CARRIED]) & pl.col("any").is_null()
    return [
        *_problems(raw, joined.filter(silent), WITH_PROJECTS),
        *_problems(raw, joined.filter(empty), WITHOUT_PROJECTS),
    ]


def _problems(raw: RawTable, rows: pl.DataFrame, wording: Wording) -> list[Problem]:
    broken = rows.select(ROW, pl.col("state").alias("value"), "other")
    return of_rows(raw, "state", broken, lambda _: wording)
