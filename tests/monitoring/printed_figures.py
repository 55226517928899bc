"""Printed figures made by hand, typed as a case would hold them."""

from __future__ import annotations

import polars as pl

from diffuscope.tables.typed import empty


def rows_of(table: str, *rows: dict[str, object]) -> pl.DataFrame:
    """Rows of one table with every declared column, numbered as a spreadsheet shows them."""
    schema = empty(table).schema
    columns = {name: [row.get(name) for row in rows] for name in schema if name != "_row"}
    frame = pl.DataFrame(columns, schema={name: kind for name, kind in schema.items() if name != "_row"})
    return frame.with_columns(pl.int_range(2, pl.len() + 2, dtype=pl.UInt32).alias("_row"))


def figure(
    document: str, quantity: str, printed: str, wave: str | None = "w1", **about: object
) -> dict[str, object]:
    """One row of `published`; the number and its decimals are read off what is printed."""
    digits = printed.strip("<% ")
    decimals = len(digits.split(".")[1]) if "." in digits else 0
    value = about.pop("value", None)
    number = float(digits) if value is None else value
    return {
        "document": document,
        "locator": "table 1",
        "quantity": quantity,
        "printed": printed,
        "value": number,
        "decimals": decimals,
        "wave": wave,
        **about,
    }


def published(*figures: dict[str, object]) -> pl.DataFrame:
    """The table `published`."""
    return rows_of("published", *figures)
