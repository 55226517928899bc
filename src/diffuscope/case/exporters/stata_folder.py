"""Tables as Stata files with labels of columns, labels of values, and dates."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from diffuscope.case.exporters.stata_names import stata_names
from diffuscope.errors import PlanError
from diffuscope.records.extras import library

if TYPE_CHECKING:
    from pathlib import Path

    from diffuscope.case.exporters.public_tables import Form, PublicColumn, PublicTables

LABEL = 80
"""Letters of a label of a file or a column in Stata."""
FORMATS: dict[Form, str] = {"day": "%td", "month": "%tm", "year": "%ty"}
EPOCH = 1960


def write_stata(tables: PublicTables, folder: Path) -> list[str]:
    """Write `TABLE.dta` for each table: choices as labelled codes, dates as days, months or years.

    Returns
    -------
    list of str
        Names of the files.
    """
    for name, columns in tables.tables.items():
        _write(columns, folder / f"{name}.dta", tables.title)
    return [f"{name}.dta" for name in tables.tables]


def _write(columns: list[PublicColumn], file: Path, title: str) -> None:
    import pandas as pd

    pyreadstat = library("pyreadstat", "formats", "A file of Stata")
    names = stata_names(column.name for column in columns)
    held = {names[column.name]: _values(column) for column in columns}
    labels: dict[str, str | None] = {
        names[column.name]: (column.description or column.name)[:LABEL] for column in columns
    }
    codes: Any = {
        names[column.name]: dict(enumerate(column.choices, start=1))
        for column in columns
        if column.form == "choice"
    }
    formats = {names[column.name]: FORMATS[column.form] for column in columns if column.form in FORMATS}
    pyreadstat.write_dta(
        pd.DataFrame(held),
        file,
        file_label=title[:LABEL],
        column_labels=labels,
        variable_value_labels=codes,
        variable_format=formats,
    )


def _values(column: PublicColumn) -> Any:
    import pandas as pd

    values = column.values
    if column.form == "choice":
        places = {choice: float(at) for at, choice in enumerate(column.choices, start=1)}
        return values.replace_strict(places, return_dtype=pl.Float64).to_numpy()
    if column.form == "day":
        days = [None if one is None else date.fromisoformat(one) for one in values]
        return pd.Series(days, dtype=object)
    if column.form == "month":
        return pd.Series([_month(one) for one in values], dtype="float64")
    if column.form == "text":
        return pd.Series(values.to_list(), dtype=object)
    numbers = values.cast(pl.Float64)
    if numbers.is_infinite().any():
        raise PlanError(f"The column `{column.name}` has infinite values, which Stata has not.")
    return numbers.to_numpy()


def _month(text: str | None) -> float:
    if text is None:
        return float("nan")
    year, month = map(int, text.split("-"))
    return float(12 * (year - EPOCH) + month - 1)
