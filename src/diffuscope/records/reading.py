"""What somebody wrote otherwise than a column expects, and the one thing it can mean."""

from __future__ import annotations

from diffuscope.records.base import Record


class ReadAs(Record, frozen=True, kw_only=True):
    """Cell that is spelt otherwise than its column expects, with the one word or id that it can stand for.

    Attributes
    ----------
    table, column : str
        Where it stands.
    file : str
        File or sheet of the table.
    row : int
        First row, as a spreadsheet shows it.
    rows : int
        In how many rows.
    written, means : str
        What stands there, and what it is read as.
    how : str
        By which list of codes; empty for words and names.
    """

    table: str
    column: str
    file: str
    row: int
    rows: int
    written: str
    means: str
    how: str = ""

    @property
    def says(self) -> str:
        """It in words.

        Examples
        --------
        >>> spelt = {"written": "On-going", "means": "ongoing"}
        >>> ReadAs(table="projects", column="status", file="projects.csv", row=4, rows=2, **spelt).says
        'projects.csv, status: `On-going` is read as `ongoing` (2 rows, first row 4)'
        """
        where = f"row {self.row:,}" if self.rows == 1 else f"{self.rows:,} rows, first row {self.row:,}"
        how = f"{self.how}; " if self.how else ""
        return f"{self.file}, {self.column}: `{self.written}` is read as `{self.means}` ({how}{where})"
