"""One file of an import, with what is known of its columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from diffuscope.importing.country_names import with_countries
from diffuscope.importing.parts import named_units
from diffuscope.panel.native_frames import ids

if TYPE_CHECKING:
    import polars as pl

    from diffuscope.importing.columns import Columns
    from diffuscope.importing.decisions import DecisionLog
    from diffuscope.importing.import_map import FileMap


@dataclass(frozen=True, kw_only=True)
class SourceFile:
    """One file of an import.

    Attributes
    ----------
    name : str
    frame : polars.DataFrame
        Its rows.
    columns : Columns
        What its columns are.
    settings : FileMap
        What a person says of it.
    notes : DecisionLog
        Where decisions are noted.
    """

    name: str
    frame: pl.DataFrame
    columns: Columns
    settings: FileMap
    notes: DecisionLog

    def units(self) -> pl.Series:
        """The unit of each row."""
        return ids(self.frame[self.columns.unit or ""])

    def named_units(self) -> pl.DataFrame:
        """The units of the file with their names: as it gives them, or those of the countries they code."""
        units = named_units(self.frame, self.columns.unit or "", self.columns.name)
        return with_countries(units, self.columns.unit or "", self.settings, self.name, self.notes)

    def decide(self, column: str | None, statement: str, instead: str) -> None:
        """Note a decision about this file."""
        self.notes.decide(self.name, column, statement, instead)
