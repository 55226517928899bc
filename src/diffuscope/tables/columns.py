"""What a correct table is: columns with their kind, and rules over a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

Kind = Literal[
    "id",  # a short name that other rows refer to
    "ids",  # several ids, separated by semicolons
    "text",
    "number",
    "integer",
    "probability",  # between .01 and .99: no certainties
    "fraction",  # between 0 and 1
    "date",  # YYYY, YYYY-MM or YYYY-MM-DD, meaning that whole interval
    "choice",
    "path",  # inside the case folder
    "url",
]


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: its name, the kind of value it holds, and what it says about the world.

    Parameters
    ----------
    name : str
        Heading in the file.
    kind : Kind
        How a cell is read.
    description : str
        One plain sentence for the documentation.
    required : bool
        Whether every row must have a value.
    choices : tuple of str
        Allowed values of a ``choice``.
    refers_to : str or None
        ``"table.column"`` that must hold the value.
    default : str or None
        What an empty cell of an optional ``choice`` means.
    unit : str or None
        Unit of measure of a number.
    minimum, maximum : float or None
        Bounds of a number, both allowed.
    """

    name: str
    kind: Kind
    description: str
    required: bool = False
    choices: tuple[str, ...] = ()
    refers_to: str | None = None
    default: str | None = None
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule over the cells of one row.

    `broken` builds a Polars expression over the typed table that is true where the rule is broken; null
    (unknown) counts as not broken.
    """

    name: str
    column: str
    says: str
    fix: str
    broken: Callable[[], pl.Expr]
    level: Literal["error", "warning"] = "error"


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table of a case.

    Parameters
    ----------
    name : str
        Name of the file (without ending) or sheet.
    a_row_is : str
        What one row stands for.
    key : tuple of str
        Columns that together name a row; no two rows share them. Empty: rows need no key.
    columns : tuple of Column
    rules : tuple of Rule
    """

    name: str
    a_row_is: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(column for column in self.columns if column.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all columns, in order."""
        return tuple(column.name for column in self.columns)
