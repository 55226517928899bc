"""The report that a folder already holds: of which case it is, and of which data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from diffuscope.errors import PlanError

if TYPE_CHECKING:
    from pathlib import Path


class _CaseId(msgspec.Struct):
    id: str


class _RunData(msgspec.Struct):
    time: str
    case_sha256: str


class EarlierReport(msgspec.Struct):
    """What a `result.json` says of its case and run; the rest of it is not read.

    Attributes
    ----------
    case : struct
        With the `id` of the case.
    run : struct
        With its `time`, and the hash of the data of the case (`case_sha256`).
    """

    case: _CaseId
    run: _RunData


def earlier_report(folder: Path, case: str) -> EarlierReport | None:
    """The report that a folder holds, which another report of its case replaces; None where it holds none.

    Parameters
    ----------
    folder : Path
    case : str
        Id of the case whose report is to stand there.

    Raises
    ------
    PlanError
        If it is the report of a case with another id.
    """
    try:
        found = msgspec.json.decode((folder / "result.json").read_bytes(), type=EarlierReport)
    except (OSError, msgspec.DecodeError, RecursionError):
        return None  # what else may stand there is refused when the report is written
    if found.case.id != case:
        raise PlanError(
            f"`{folder}` holds the report of the case `{found.case.id}`, not of `{case}`. Give another "
            "folder: --out FOLDER."
        )
    return found
