"""Rows of a case as rows of the register, and back: each table of the catalogue has its model here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from diffuscope.register.money import from_minor, to_minor
from diffuscope.tables.catalogue import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Mapping

MAINTAINED = (
    "units",
    "areas",
    "words",
    "documents",
    "support",
    "events",
    "attendance",
    "indicators",
    "published",
    "claims",
)
"""Tables that the register keeps as entities of its own, beside `projects` and `returns`."""
REPORTED = ("projects", "returns")
NUMBERS = ("number", "integer", "probability", "fraction")


class Mapped(NamedTuple):
    """How a table of a case is kept.

    Attributes
    ----------
    model : str
        Name of the model.
    renamed : mapping of str to str
        Fields that are called otherwise than their column.
    money : tuple of (str, str)
        Columns of an amount, and the fields that hold it in the smallest unit of `currency`.
    """

    model: str
    renamed: Mapping[str, str] = {}
    money: tuple[tuple[str, str], ...] = ()


TABLES = {
    "areas": Mapped("Area"),
    "words": Mapped("Word"),
    "documents": Mapped("Document"),
    "support": Mapped("Support", money=(("amount", "amount_minor"),)),
    "events": Mapped("Event"),
    "attendance": Mapped("Attendance"),
    "published": Mapped("Published"),
    "claims": Mapped("Claim", {"id": "code"}),
    "indicators": Mapped("IndicatorValue", {"indicator": ""}),
    "units": Mapped("Member", {"unit": "code"}),
    "projects": Mapped(
        "Observation",
        dict.fromkeys(("wave", "project", "unit", "succeeds"), ""),
        (("budget", "budget_minor"),),
    ),
}


def fields_of(table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a model's fields, from a typed row of a table.

    Raises
    ------
    ValueError
        If an amount of money has parts of the smallest unit of its currency.
    """
    mapped = TABLES[table]
    money = dict(mapped.money)
    fields: dict[str, Any] = {}
    for column in CATALOGUE[table].columns:
        name = mapped.renamed.get(column.name, column.name)
        value = row.get(column.name)
        if column.name in money:
            fields[money[column.name]] = to_minor(value, row.get("currency") or "")
        elif name and column.kind in NUMBERS:
            fields[name] = value
        elif name:
            fields[name] = ";".join(value) if isinstance(value, list) else (value or "")
    return fields


def cells_of(table: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Cells of a table, from the values of a model's fields; None where a field is empty."""
    mapped = TABLES[table]
    money = dict(mapped.money)
    cells: dict[str, Any] = {}
    for column in CATALOGUE[table].columns:
        name = mapped.renamed.get(column.name, column.name)
        if column.name in money:
            cells[column.name] = from_minor(fields[money[column.name]], fields["currency"])
        elif name:
            value = fields[name]
            cells[column.name] = None if value == "" else value
        else:
            cells[column.name] = None
    return cells
