"""The problems of a case as a file that a spreadsheet opens."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from diffuscope.errors import PlanError
from diffuscope.report.cells import BOM, csv_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.records import Problem

HEADER = ("level", "rule", "file", "table", "row", "column", "value", "message", "mend", "count")


def write_problems(problems: Sequence[Problem], file: Path) -> None:
    """Every place where a case breaks a rule, one a row, as a CSV file.

    Parameters
    ----------
    problems : sequence of Problem
    file : Path
        An earlier list of problems is replaced; any other file is left alone.

    Raises
    ------
    PlanError
        If the file exists and is not a list of problems.
    """
    start = f"{BOM}{','.join(HEADER)}\n".encode()
    if file.is_dir() or (file.exists() and file.stat().st_size and not _begins(file, start)):
        raise PlanError(
            f"`{file}` exists and is not a list of problems written by diffuscope; give another name."
        )
    rows = [tuple(getattr(problem, name) for name in HEADER) for problem in problems]
    text = BOM + csv_text(HEADER, rows)
    with tempfile.TemporaryDirectory(prefix=".diffuscope-", dir=file.parent) as beside:
        made = Path(beside) / "problems.csv"
        made.write_bytes(text.encode())
        os.replace(made, file)  # noqa: PTH105 Path.replace is the same call; os.replace says that it is atomic


def _begins(file: Path, start: bytes) -> bool:
    with file.open("rb") as opened:
        return opened.read(len(start)) == start
