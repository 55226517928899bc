"""Tables that travel in a result."""

from __future__ import annotations

from diffuscope.records.base import Record
from diffuscope.records.phrases import counted


class Frame(Record, frozen=True, kw_only=True):
    """A table inside a result: its columns and rows, or the Parquet file that holds them.

    Attributes
    ----------
    columns : tuple of str
        Names of the columns.
    rows : tuple of tuple or None
        The cells, row by row; None where the table has more than 10⁴ rows.
    n : int
        How many rows there are.
    file : str or None
        The Parquet file beside `result.json` that holds a larger table.
    sha256 : str or None
        Hash of that file.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str | int | float | bool | None, ...], ...] | None
    n: int
    file: str | None = None
    sha256: str | None = None

    def __repr__(self) -> str:
        """Its size and columns, without its rows."""
        return f"<Frame: {counted(self.n, 'row')}, columns {', '.join(self.columns)}>"
