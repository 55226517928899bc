"""The public rows of a case that reports draw on, as they go into a result."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from diffuscope.case.model import ROW
from diffuscope.records import Frame
from diffuscope.result import TableRecord
from diffuscope.tables.catalogue import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Collection

    from diffuscope.case import Case
    from diffuscope.case.private import Private

SHOWN = (
    "units",
    "policies",
    "adoptions",
    "support",
    "events",
    "attendance",
    "documents",
    "framework",
    "areas",
    "projects",
    "returns",
    "indicators",
    "published",
)
"""Tables whose rows a report shows; the others are counted."""


def public_frames(case: Case, private: Private, read: Collection[str] = SHOWN) -> dict[str, Frame]:
    """Tables a reader may see, without anything private, each row with its place in the case's file.

    Parameters
    ----------
    case : Case
    private : Private
    read : collection of str
        Tables that the parts of the study read; others are not embedded.

    Returns
    -------
    dict of str to Frame
        Cells with several ids are joined by semicolons.
    """
    return {
        name: frame_of(private.scrub_frame(name, case.table(name)))
        for name in SHOWN
        if name in case.tables and name in read
    }


def shown_tables(case: Case, read: Collection[str] = SHOWN) -> dict[str, TableRecord]:
    """What the rows and columns of those tables mean, as the case format declares them."""
    return {
        name: TableRecord(
            a_row_is=CATALOGUE[name].a_row_is,
            columns={column.name: column.description for column in CATALOGUE[name].columns},
        )
        for name in SHOWN
        if name in case.tables and name in read
    }


def frame_of(table: pl.DataFrame) -> Frame:
    """A table as a result holds it; the row of the case's file comes last."""
    lists = [column for column, kind in table.schema.items() if isinstance(kind, pl.List)]
    table = table.with_columns(pl.col(column).list.join(";") for column in lists)
    columns = [column for column in table.columns if column != ROW]
    columns += [ROW] if ROW in table.columns else []
    return Frame(columns=tuple(columns), rows=tuple(table.select(columns).iter_rows()), n=table.height)
