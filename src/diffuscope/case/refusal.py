"""Why a file, or a part of one, is not read at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.records import Problem
from diffuscope.tables.places import shorten

if TYPE_CHECKING:
    from diffuscope.tables.places import Wording


class Unreadable(Exception):  # noqa: N818 it is the file that is unreadable
    """A file that is not read; it becomes a problem of the case, and never leaves this room.

    What stands in the file is not quoted: it may be private.
    """

    def __init__(
        self, wording: Wording, *, row: int | None = None, column: str | None = None, count: int = 1
    ) -> None:
        super().__init__(wording.message)
        self.wording = wording
        self.row = row
        self.column = column
        self.count = count

    def problem(self, file: str | None, table: str | None = None) -> Problem:
        """The problem it makes for a case."""
        return Problem(
            level="error",
            rule=self.wording.rule,
            message=self.wording.message,
            fix=self.wording.fix,
            file=file,
            table=table,
            row=self.row,
            column=None if self.column is None else shorten(self.column),
            count=self.count,
        )
