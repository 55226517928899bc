"""A list as a CSV file of its own, which replaces an earlier one of its kind and nothing else."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from diffuscope.errors import PlanError
from diffuscope.report.cells import BOM, csv_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from diffuscope.report.cells import Cell


def write_list(header: Sequence[str], rows: Iterable[Sequence[Cell]], file: Path, what: str) -> None:
    """Write one table as a CSV file.

    Parameters
    ----------
    header : sequence of str
    rows : iterable of sequence
    file : Path
        An earlier file with the same header is replaced; any other file is left alone. A pipe or a device,
        such as ``/dev/stdout``, is written to.
    what : str
        What the file holds, such as ``a list of problems``.

    Raises
    ------
    PlanError
        If the file exists and holds something else.
    """
    start = f"{BOM}{','.join(header)}\n".encode()
    text = BOM + csv_text(header, rows)
    if file.exists() and not (file.is_dir() or file.is_file()):  # a pipe or device stays what it is
        with file.open("wb") as opened:
            opened.write(text.encode())
        return
    if file.is_dir() or (file.exists() and file.stat().st_size and not _begins(file, start)):
        raise PlanError(f"`{file}` exists and is not {what} written by diffuscope; give another name.")
    with tempfile.TemporaryDirectory(prefix=".diffuscope-", dir=file.parent) as folder:
        made = Path(folder) / "list.csv"
        made.write_bytes(text.encode())
        os.replace(made, file)  # noqa: PTH105 Path.replace is the same call; os.replace says that it is atomic


def _begins(file: Path, start: bytes) -> bool:
    with file.open("rb") as opened:
        return opened.read(len(start)) == start
