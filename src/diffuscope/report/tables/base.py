"""What a table of a report is: rows, and what they and each of their columns mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diffuscope.report.cells import Cell


@dataclass(frozen=True, kw_only=True)
class OutTable:
    """One table of a report: a CSV file and a sheet of the workbook.

    Parameters
    ----------
    name : str
        Name of the file (without ending) and of the sheet.
    a_row_is : str
        What one row stands for.
    columns : mapping of str to str
        Each column, in order, and what it says.
    rows : tuple of tuple
        Cells in the order of the columns; unknown is None.
    from_case : bool
        Whether it repeats a table of the case, rather than something computed.
    in_workbook : bool
        Whether it is a sheet too; tables made for programs are not.
    """

    name: str
    a_row_is: str
    columns: dict[str, str]
    rows: tuple[tuple[Cell, ...], ...]
    from_case: bool = False
    in_workbook: bool = True


ANALYSIS = {"analysis": "The question it belongs to, by its id."}
MECHANISM = {"mechanism": "The mechanism that it is about."}
PLACE = {
    "file": "File or sheet of the case that has the fact.",
    "row": "Its row there, as a spreadsheet shows it (the header is row 1).",
}
