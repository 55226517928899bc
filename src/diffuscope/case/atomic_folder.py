"""A folder that appears whole or not at all."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from diffuscope.errors import CaseError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Give a folder to write in, which takes its name and place when everything is written.

    Whatever goes wrong before, Ctrl-C included, nothing is left behind.

    Parameters
    ----------
    folder : Path
        A folder that does not exist yet, or is empty; the folders around it are made as well.

    Raises
    ------
    CaseError
        If something is there already.
    """
    folder = folder.absolute()
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise CaseError(f"{folder} is already in use. Name a folder that does not exist, or is empty.")
    outermost = folder
    while not outermost.parent.exists():
        outermost = outermost.parent
    work = outermost.parent / f".diffuscope-{uuid4().hex}"
    try:
        inner = work / folder.relative_to(outermost)
        inner.mkdir(parents=True)
        yield inner
        if outermost.exists():
            _fill(outermost, work)
        else:
            work.rename(outermost)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _fill(folder: Path, work: Path) -> None:
    """Move everything into an empty folder, which stays the one that a person may be standing in."""
    moved: list[Path] = []
    try:
        for path in sorted(work.iterdir()):
            moved.append(folder / path.name)
            path.rename(moved[-1])
    except BaseException:
        for path in moved:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        raise
