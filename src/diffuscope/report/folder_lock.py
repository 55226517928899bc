"""One run at a time writes into a folder; the system lets go of the lock when a run ends, however it ends."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from diffuscope.errors import PlanError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK = ".diffuscope-lock"
"""The file that a run locks; it is gone when the run is done."""
_TRIES = 20
_BUSY = (errno.EAGAIN, errno.EACCES, errno.EDEADLK)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder, which is made where it does not exist.

    Parameters
    ----------
    folder : Path

    Raises
    ------
    PlanError
        If another run holds it, or something else stands in its place.
    """
    handle = _held(folder)
    try:
        yield
    finally:
        if sys.platform == "win32":  # there a file that is open cannot be removed
            os.close(handle)
            with suppress(OSError):
                (folder / LOCK).unlink()
        else:
            with suppress(FileNotFoundError):
                (folder / LOCK).unlink()
            os.close(handle)


def _held(folder: Path) -> int:
    for _ in range(_TRIES):
        handle = _opened(folder)
        if handle is None:
            continue
        try:
            _lock(handle)
        except OSError as error:
            os.close(handle)
            if error.errno in _BUSY:
                raise PlanError(
                    f"Another run is writing a report into `{folder}`; wait until it has finished, or give "
                    "another folder."
                ) from error
            raise
        if _is_that(folder / LOCK, handle):
            return handle
        os.close(handle)  # the former holder has removed the file that we locked
    raise PlanError(f"`{folder}` is made and removed by other runs at the same time; give another folder.")


def _opened(folder: Path) -> int | None:
    """The file to lock; None where another run that failed has just taken its empty folder away."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EISDIR):
            raise PlanError(f"`{folder / LOCK}` was not made by diffuscope; remove it.") from error
        raise


def _is_that(path: Path, handle: int) -> bool:
    try:
        return os.path.samestat(path.lstat(), os.fstat(handle))
    except FileNotFoundError:
        return False


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(handle: int) -> None:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.ENOLCK, errno.ENOTSUP):  # a disk that knows no locks
                raise
