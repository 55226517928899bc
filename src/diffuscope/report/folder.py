"""Placing the files of a report into a folder: whole or not at all, and over nobody else's files."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from diffuscope.errors import CaseError, PlanError
from diffuscope.report.exchange import STAGE, exchange, settle
from diffuscope.report.folder_lock import LOCK, locked
from diffuscope.report.own_files import RECORD, could_be_ours, read_record, refuse_links
from diffuscope.result import from_json

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["RECORD", "place"]

_LEFT_BY_DESKTOPS = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
_OF_AN_EXCHANGE = frozenset({LOCK, STAGE})


def place(files: Mapping[str, bytes], folder: Path) -> None:
    """Put the files of a report into a folder, all of them or none.

    Parameters
    ----------
    files : mapping of str to bytes
        Content by path inside the folder, with ``/`` between parts.
    folder : Path
        A folder that does not exist yet, is empty, or holds an earlier report, which is replaced. Files that
        are not of the report stay as they are. An exchange that was killed is settled first.

    Raises
    ------
    PlanError
        If the folder holds other things but no report, files of the report that were changed since, or links;
        or if another run is writing into it.
    ValueError
        If a file bears a name that `could_be_ours` does not know.
    """
    if strange := [name for name in files if not could_be_ours(name)]:
        raise ValueError(f"A report has no file `{strange[0]}`: add its name to own_files.py.")
    if folder.exists() and not folder.is_dir():
        raise PlanError(f"`{folder}` is a file; give the name of a folder for the report.")
    made = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    try:
        with locked(folder):
            settle(folder)
            earlier = _earlier(folder)
            _refuse_to_overwrite(files, earlier, folder)
            gone = [name for name in earlier if name not in files and (folder / name).is_file()]
            exchange({**files, RECORD: _record(files)}, [name for name in gone if name != RECORD], folder)
    except BaseException:
        for parent in made:
            with suppress(OSError):  # not made yet, or somebody else has put something into it
                parent.rmdir()
        raise


def _earlier(folder: Path) -> dict[str, str]:
    """The files of an earlier report in the folder and their SHA-256; none where it is new or empty."""
    for name in (RECORD, "result.json"):
        refuse_links(folder, name)
    if (folder / RECORD).is_file():
        return read_record(folder / RECORD)
    there = {path.name for path in folder.iterdir()} - _LEFT_BY_DESKTOPS - _OF_AN_EXCHANGE
    if there and not (there & {"result.json"} and _is_result(folder / "result.json")):
        raise PlanError(
            f"`{folder}` holds other files and no report of diffuscope; give a new or an empty folder, so "
            "that none of your files are changed."
        )
    return {}


def _is_result(file: Path) -> bool:
    try:
        from_json(file.read_bytes())
    except (CaseError, OSError):
        return False
    return True


def _refuse_to_overwrite(files: Mapping[str, bytes], earlier: Mapping[str, str], folder: Path) -> None:
    """Whatever stands where a file of the report goes must be one of an earlier report, as it was written."""
    alone = set() if earlier else {"result.json"}  # a result that came without a report is taken over
    for name in sorted({*files, *earlier} - alone):
        refuse_links(folder, name)
        there = folder / name
        if not there.exists() or (there.is_file() and there.read_bytes() == files.get(name)):
            continue
        if name not in earlier or not there.is_file():
            raise PlanError(f"`{there}` was not written by diffuscope; move it, or give another folder.")
        if hashlib.sha256(there.read_bytes()).hexdigest() != earlier[name]:
            raise PlanError(
                f"`{there}` was changed since diffuscope wrote it; move it, or give another folder."
            )


def _record(files: Mapping[str, bytes]) -> bytes:
    lines = (f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items()))
    return "".join(lines).encode()
