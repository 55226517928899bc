"""One file of an import, with what is known of its columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from diffuscope.importing.country_names import with_countries
from diffuscope.importing.parts import named_units
from diffuscope.importing.times import EARLIEST, Counting, Times, counting_of, dated, no_times, times_of
from diffuscope.panel.native_frames import ids

if TYPE_CHECKING:
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
    lowest : int or None
        Number of the first period, where the file itself says it; None: the lowest that a row has.
    """

    name: str
    frame: pl.DataFrame
    columns: Columns
    settings: FileMap
    notes: DecisionLog
    lowest: int | None = None

    def times(self, column: str) -> Times:
        """The times in a column, without those that stand for "never".

        Raises
        ------
        CaseError
            If they are numbers that are neither years nor periods.
        """
        held = dated(self.frame[column], self.settings.never)
        if held.is_null().all():
            return Times(held.cast(pl.String), None)
        times = times_of(held, self.counting())
        if times is None:
            raise no_times(self.name, column, held.drop_nulls())
        if times.counted:
            note_counted(held, self.name, self.notes)
        return times

    def counting(self) -> Counting | None:
        """How numbers of periods in this file are read."""
        if self.lowest is not None:
            return Counting(self.settings.first_year, self.lowest)
        if self.columns.time is None:
            return None
        return counting_of(
            dated(self.frame[self.columns.time], self.settings.never), self.settings.first_year
        )

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


def note_counted(numbers: pl.Series, file: str, notes: DecisionLog) -> None:
    """Note that the times of a file are numbers of periods."""
    low, high = int(numbers.min()), int(numbers.max())  # type: ignore[arg-type]
    notes.decide(
        file,
        None,
        f"Its times are numbers of periods, {low} to {high}, without dates. The case counts them as waves. "
        f"Its tables write period {low} as the year {EARLIEST + low} to keep the order. It is not a date.",
        f'say which year the first period is: [file."{file}"] first_year = 1990',
    )
