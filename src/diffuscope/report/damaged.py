"""Whose fault it is that a result cannot be shown: of whoever changed it, or ours if nobody did."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from diffuscope.errors import CaseError
from diffuscope.report.own_files import RECORD, read_record

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def damaged_unless_as_written(*results: str | Path) -> Iterator[None]:
    """Say of a result that was changed by hand that it is damaged, where it cannot be shown.

    A result that stands as the list of files beside it says was not changed: then an error is ours, and stays
    what it is.

    Parameters
    ----------
    *results : str or Path
        A `result.json`, or the folder that holds one.

    Raises
    ------
    CaseError
    """
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        strange = [result for result in map(Path, results) if not _as_written(result)]
        if not strange:
            raise
        raise CaseError(
            f"The result at `{strange[0]}` is damaged: it contains something that diffuscope does not write "
            f"({type(error).__name__}). Make it again with `diffuscope run`."
        ) from error


def _as_written(result: Path) -> bool:
    file = result / "result.json" if result.is_dir() else result
    record = file.parent / RECORD
    if not file.is_file() or not record.is_file():
        return False
    return read_record(record).get(file.name) == hashlib.sha256(file.read_bytes()).hexdigest()
