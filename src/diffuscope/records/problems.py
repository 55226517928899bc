"""Problems of a case, and the places where facts stand."""

from __future__ import annotations

from diffuscope.records.base import Level, Record
from diffuscope.records.joined_rows import place_of


class Problem(Record, frozen=True, kw_only=True):
    """One place where a case breaks a rule, and how to fix it.

    Attributes
    ----------
    level : {"error", "warning"}
        Errors stop a run; warnings travel into the report.
    rule : str
        Short stable name of the rule, e.g. ``unknown-id``.
    message : str
        What is wrong, in one sentence.
    fix : str
        What to do about it.
    file : str or None
        File (or sheet) as the case names it, relative to the case folder.
    table : str or None
        Table of the case format.
    row : int or None
        Row as a spreadsheet shows it (the header is row 1).
    column : str or None
        Column in which it stands.
    value : str or None
        What stands there, shortened; None where nothing does, or where the row is private.
    count : int
        How many alike this one stands for.
    key : str or None
        Values of the row in the columns that tell rows of its table apart, such as the id of a unit; None
        where the table has no such columns, and where the row is private.
    """

    level: Level
    rule: str
    message: str
    fix: str
    file: str | None = None
    table: str | None = None
    row: int | None = None
    column: str | None = None
    value: str | None = None
    count: int = 1
    key: str | None = None

    @property
    def at_row(self) -> str:
        """The row in words: its number, its key, or both; empty where neither is known."""
        if self.row is None:
            return "" if self.key is None else f"row of {self.key}"
        return f"row {self.row}" if self.key is None else f"row {self.row} ({self.key})"


class Place(Record, frozen=True, kw_only=True, omit_defaults=True):
    """Where a fact stands: file and row of the case, so that every number leads back to its source.

    Attributes
    ----------
    table : str
        Table of the case format.
    file : str
        File or sheet as the case names it.
    row : int
        Row as a spreadsheet shows it (the header is row 1).
    key : str or None
        Values of the row in the columns that tell rows of its table apart; None where the table has no such
        columns, where the row is private, and in results that do not carry them.
    """

    table: str
    file: str
    row: int
    key: str | None = None

    @property
    def own(self) -> tuple[str, int]:
        """File and row; of a table that several sheets make together, those of the sheet it stands in."""
        return place_of(self.file, self.row)
