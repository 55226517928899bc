"""A case as a folder on disk: its files, and nothing that links lead to outside it."""

from __future__ import annotations

import io
import os
import stat
import unicodedata
from pathlib import PurePath
from typing import TYPE_CHECKING, Protocol

from diffuscope.case import limits
from diffuscope.case.refusal import Unreadable
from diffuscope.tables.places import Wording

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from diffuscope.records import Problem

PIECE = 1_000_000


class Source(Protocol):
    """Where the files of a case are: a folder, or a zip of one.

    Attributes
    ----------
    name : str
        What the case is called if it does not say.
    problems : list of Problem
        What is wrong with the place itself.
    """

    name: str
    problems: list[Problem]

    def files(self) -> list[str]:
        """Names of the files beside `case.toml`, sorted."""

    def read(self, name: str, limit: int, watch: Callable[[bytes, int], int] | None = None) -> bytes:
        """The content of one of the files.

        Parameters
        ----------
        limit : int
            Bytes beyond which it is refused.
        watch : callable, optional
            Sees each piece as it is read, and what it returned for the piece before; it may refuse to go on.

        Raises
        ------
        Unreadable
        """

    def has_file(self, path: str) -> bool:
        """Whether there is a file of that relative path, within the case."""

    def close(self) -> None:
        """Let go of whatever is open."""


class Folder:
    """A folder on disk.

    Parameters
    ----------
    root : Path
    only : str, optional
        The one file of it that is asked for; the others are there, but are not the case.
    """

    def __init__(self, root: Path, only: str | None = None) -> None:
        self._root = root.resolve()
        self._only = only
        self.name = self._root.name if only is None else PurePath(only).stem
        self.problems: list[Problem] = []

    def files(self) -> list[str]:
        """Names of the files beside `case.toml`, sorted."""
        if self._only is not None:
            return [self._only]
        names = []
        with os.scandir(self._root) as entries:
            for entry in entries:
                if not entry.is_dir():
                    names.append(entry.name)
                if len(names) > limits.FILES:
                    message = (
                        f"The folder has more than {limits.FILES:,} files, so it is probably not a case."
                    )
                    fix = "give the folder of the case; documents go into folders within it"
                    raise Unreadable(Wording("too-many-files", message, fix))
        return sorted(names)

    def read(self, name: str, limit: int, watch: Callable[[bytes, int], int] | None = None) -> bytes:
        """The content of one of the files."""
        path = self._inside(name)
        if path is None:
            message = (
                "The file is a link to a place outside the case folder, or to nothing; it is not followed."
            )
            raise Unreadable(Wording("link-outside", message, "put the file itself into the folder"))
        try:
            # Without waiting: a pipe that nobody writes to would never open.
            handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
            with os.fdopen(handle, "rb") as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    message = "This is a device or a pipe, not a file; it is not read."
                    raise Unreadable(Wording("not-a-file", message, "put the file itself into the folder"))
                return gather(iter(lambda: file.read(PIECE), b""), limit, watch)
        except OSError as error:
            message = f"The file cannot be opened ({(error.strerror or 'unknown reason').lower()})."
            fix = "see that the file is readable, and not open elsewhere"
            raise Unreadable(Wording("cannot-open", message, fix)) from None

    def has_file(self, path: str) -> bool:
        """Whether there is a file of that relative path, within the case."""
        file = self._inside(path) or self._inside_however_composed(path)
        try:
            return file is not None and file.is_file()
        except OSError:
            return False

    def close(self) -> None:
        """Nothing is open."""

    def _inside(self, path: str) -> Path | None:
        """Where the path leads, if it leads to something within the folder."""
        try:
            real = (self._root / path).resolve(strict=True)
        except (OSError, RuntimeError, ValueError):
            return None
        return real if real.is_relative_to(self._root) else None

    def _inside_however_composed(self, path: str) -> Path | None:
        """The same where ệ is one letter in the table and two in the name of the file, or the reverse."""
        folder = self._root
        for part in path.split("/"):
            same = [name for name in _names(folder) if _composed(name) == _composed(part)]
            if not same:
                return None
            folder = folder / same[0]
        return self._inside(str(folder))


def gather(pieces: Iterable[bytes], limit: int, watch: Callable[[bytes, int], int] | None = None) -> bytes:
    """All pieces together, refused as soon as they grow beyond the limit."""
    together = io.BytesIO()
    watched = 0
    for piece in pieces:
        if watch is not None:
            watched = watch(piece, watched)
        if together.tell() + len(piece) > limit:
            message = f"The file is larger than {limit / limits.MB:,.1f} MB."
            raise Unreadable(
                Wording("too-large", message, "split it, or leave out what the case does not need")
            )
        together.write(piece)
    return together.getvalue()


def _names(folder: Path) -> Iterator[str]:
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        for at, entry in enumerate(entries):
            if at >= limits.FILES:
                return
            yield entry.name


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)
