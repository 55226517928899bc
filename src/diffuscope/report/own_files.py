"""Which files of a folder a report could have written: nothing else is ever replaced or removed."""

from __future__ import annotations

import re
import stat
from typing import TYPE_CHECKING

from diffuscope.errors import PlanError

if TYPE_CHECKING:
    import os
    from pathlib import Path

RECORD = "diffuscope-files.sha256"
"""The list of the files of a report with their SHA-256, as `sha256sum --check` reads it."""
_NAME = r"\w[\w.-]*"
_OWN = re.compile(
    rf"{re.escape(RECORD)}|(report|result|tables)([.-]{_NAME})?\.(html|docx|pdf|json|xlsx)"
    rf"|{_NAME}-[0-9a-f]{{16}}\.parquet"
    rf"|tables/{_NAME}\.csv|figures/{_NAME}\.(svg|png|md)|models/{_NAME}\.(R|do|tex|html|docx)"
)
_LONGEST = 10**7
"""Bytes of a list of files."""
_REPARSE_POINT = 0x400
"""Attribute of a junction, or another link, of Windows."""


def could_be_ours(name: str) -> bool:
    """Whether a path inside a folder is one that a report could have written.

    Examples
    --------
    >>> could_be_ours("tables/units.csv"), could_be_ours("report.html")
    (True, True)
    >>> could_be_ours("../report.html"), could_be_ours("thesis.docx"), could_be_ours("tables/.hidden.csv")
    (False, False, False)
    """
    return _OWN.fullmatch(name) is not None


def read_record(file: Path) -> dict[str, str]:
    """SHA-256 by name, of files that the list of an earlier report names; anybody may have written it.

    Parameters
    ----------
    file : Path

    Raises
    ------
    PlanError
        If it is longer than any list.
    """
    if file.stat().st_size > _LONGEST:
        raise PlanError(f"`{file}` was not written by diffuscope; move it, or give another folder.")
    lines = (line.partition("  ") for line in file.read_text(encoding="utf-8", errors="replace").splitlines())
    return {name: digest for digest, _, name in lines if could_be_ours(name)}


def refuse_links(folder: Path, name: str) -> None:
    """Refuse a path inside a folder that leads through a link, or is one.

    Parameters
    ----------
    folder : Path
    name : str
        With ``/`` between parts; nothing needs to stand there.

    Raises
    ------
    PlanError
        If a part of it is a symbolic link or a junction, or the file has another name (a hard link).
    """
    there = folder
    parts = name.split("/")
    for at, part in enumerate(parts, start=1):
        there = there / part
        try:
            status = there.lstat()
        except (FileNotFoundError, NotADirectoryError):
            return
        if _is_link(status) or (at == len(parts) and stat.S_ISREG(status.st_mode) and status.st_nlink > 1):
            raise PlanError(f"`{there}` is a link; links are not followed. Move it, or give another folder.")


def _is_link(status: os.stat_result) -> bool:
    return stat.S_ISLNK(status.st_mode) or bool(getattr(status, "st_file_attributes", 0) & _REPARSE_POINT)
