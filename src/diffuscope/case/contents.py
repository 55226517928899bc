"""What the files of a case hold, as far as they have been read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from diffuscope.case.headings import HEADING
from diffuscope.case.sent_columns import with_sent_columns
from diffuscope.case.sheet_names import SHEETS, Declared, declared_sheets
from diffuscope.case.table_source import RawTables
from diffuscope.case.values import mapping_at
from diffuscope.records import Problem

if TYPE_CHECKING:
    from diffuscope.case.settings import Written
    from diffuscope.case.table_source import TableSource
    from diffuscope.case.unread import Unread
    from diffuscope.records import FrozenQuestions
    from diffuscope.tables.raw import RawTable

WORDS = "words"


@dataclass
class CaseContents(RawTables):
    """What the files of a case hold, as far as they have been read.

    Attributes
    ----------
    written : Written or None
        The settings; `sheets` is what they say of sheets, `headings` the network's words for headings.
    unread : list of Unread
        What no table takes.
    read_files : set of str
        Files that are read as tables.
    damaged : set of str
        Workbooks that cannot be read.
    """

    written: Written | None = None
    has_settings: bool = False
    unread: list[Unread] = field(default_factory=list)
    frozen: FrozenQuestions | None = None
    sheets: tuple[Declared, ...] = ()
    headings: dict[str, str] = field(default_factory=dict)
    read_files: set[str] = field(default_factory=set)
    damaged: set[str] = field(default_factory=set)

    def take(self, written: Written) -> None:
        """Keep the settings of the case, and what they say of sheets and headings."""
        self.written = written
        self.sheets = declared_sheets(written.says.get(SHEETS))
        own = mapping_at(written.says, WORDS, HEADING)
        self.headings |= {str(one): means for one, means in own.items() if isinstance(means, str)}

    def add(self, source: TableSource, *, sent: bool = False) -> None:
        """Read one more table, or note why it is not or cannot be read.

        Parameters
        ----------
        source : TableSource
        sent : bool
            Whether it is a sheet or file of somebody else, whose file says what its columns leave out.
        """
        before = len(self.raws)
        super().add(source)
        for at, raw in enumerate(self.raws[before:], start=before):
            if raw.name == WORDS:
                self.headings = {**_headings(raw), **self.headings}
            waves = () if self.written is None else mapping_at(self.written.says, "waves")
            self.raws[at] = with_sent_columns(raw, [str(wave) for wave in waves], sent=sent)

    @property
    def nothing(self) -> bool:
        """Whether there is no case."""
        return not (self.has_settings or self.raws or self.refused)


def settings_twice(file: str) -> Problem:
    """What is said of settings that stand in a second place."""
    return Problem(
        level="warning",
        rule="settings-twice",
        message="The settings of the case were already read from another place; those here are not read.",
        fix="put all settings into one of the two",
        file=file,
    )


def _headings(raw: RawTable) -> dict[str, str]:
    if not {"column", "written", "means"} <= set(raw.cells.columns):
        return {}
    own = raw.cells.filter(pl.col("column") == HEADING).select("written", "means").drop_nulls()
    return dict(own.iter_rows())
