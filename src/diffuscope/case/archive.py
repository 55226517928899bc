"""A case as a zip of its folder: read in memory, never unpacked to disk, and never more than it may hold."""

from __future__ import annotations

import re
import stat
import unicodedata
import zipfile
import zlib
from collections import defaultdict
from typing import TYPE_CHECKING, BinaryIO, cast

from diffuscope.case import limits
from diffuscope.case.folder import PIECE, gather
from diffuscope.case.refusal import Unreadable
from diffuscope.records import Problem
from diffuscope.tables.places import Wording

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LEADS_OUT = re.compile(r"^/|^[A-Za-z]:|(^|/)\.\.(/|$)")
LITTER = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\._[^/]*$)", re.IGNORECASE)
ENCRYPTED, NAMED_IN_UTF8 = 0x1, 0x800
UNIX = 3
ANEW = (
    "make the zip again from the case folder with the usual tool of your system "
    "(no password, no special compression)"
)
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)
"""What the library of zips says of a zip that is not one, or lies about itself."""


class Packed:
    """A zip, and how much has been unpacked from it so far.

    Parameters
    ----------
    file : binary file
    size : int
        Bytes of the zip itself.
    limit : int
        Bytes that may be unpacked from it in all; counted as they come, whatever the zip says of itself.
    """

    def __init__(self, file: BinaryIO, size: int, limit: int) -> None:
        self._file = Guarded(file)
        self._size = size
        self._limit = limit
        self._unpacked = 0
        try:
            self._zip = zipfile.ZipFile(cast("BinaryIO", self._file))
        except DAMAGED:
            file.close()
            raise Unreadable(
                Wording("damaged-zip", "This is not a zip file, or it is damaged.", ANEW)
            ) from None
        except Unreadable:
            file.close()
            raise
        self._file.guarded = False

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()
        self._file.close()

    @property
    def members(self) -> list[zipfile.ZipInfo]:
        """Everything that the zip lists."""
        return self._zip.infolist()

    def pieces(self, member: zipfile.ZipInfo) -> Iterator[bytes]:
        """The content of a member, piece by piece."""
        if member.flag_bits & ENCRYPTED:
            message = "The file is locked with a password inside the zip."
            raise Unreadable(Wording("encrypted", message, ANEW))
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            message = "The file uses a compression method that is not supported."
            raise Unreadable(Wording("damaged-zip", message, ANEW))
        packed = max(1, min(member.compress_size, self._size))
        unpacked = 0
        try:
            with self._zip.open(member) as opened:
                while piece := opened.read(PIECE):
                    unpacked += len(piece)
                    self._unpacked += len(piece)
                    self._bounded(unpacked, packed)
                    yield piece
        except DAMAGED:
            message = "The file is damaged inside the zip."
            raise Unreadable(Wording("damaged-zip", message, ANEW)) from None

    def _bounded(self, unpacked: int, packed: int) -> None:
        bomb = unpacked > limits.ZIP_RATIO_FROM and unpacked > limits.ZIP_RATIO * packed
        if bomb or self._unpacked > self._limit:
            message = "The file becomes far too large when it is unpacked; it is not read."
            raise Unreadable(Wording("zip-bomb", message, "give the case as a folder"))


class Guarded:
    """A binary file of which no more is read at once than a zip's list of contents may take.

    The library of zips reads the list as a whole and makes an object of every entry, before anybody can ask
    how many there are.
    """

    guarded = True

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek, self.tell, self.seekable, self.close = file.seek, file.tell, file.seekable, file.close

    def read(self, size: int = -1, /) -> bytes:
        """At most so many bytes; -1 for all the rest."""
        if not self.guarded:
            return self._file.read(size)
        most = limits.ZIP_DIRECTORY_BYTES + 1
        content = self._file.read(min(size, most) if size >= 0 else most)
        if len(content) == most:
            message = "The zip lists more files than a case can have."
            raise Unreadable(Wording("zip-bomb", message, "give the case as a folder"))
        return content


class Archive:
    """A zip on disk."""

    def __init__(self, path: Path) -> None:
        if not stat.S_ISREG(path.stat().st_mode):
            raise Unreadable(Wording("not-a-file", "This is a device or a pipe, not a file.", ANEW))
        self.name = path.stem
        self.problems: list[Problem] = []
        self._packed = Packed(path.open("rb"), path.stat().st_size, limits.ZIP_BYTES)
        try:
            self._members = self._sorted_out()
        except Unreadable:
            self.close()
            raise
        self._warn_of_zips()

    def _sorted_out(self) -> dict[str, list[zipfile.ZipInfo]]:
        """Every member that is a file of the case, by its path within the case."""
        members = self._packed.members
        if len(members) > limits.FILES:
            message = f"The zip lists more than {limits.FILES:,} files, so it is probably not a case."
            raise Unreadable(Wording("too-many-files", message, "zip the case folder only"))
        members_by_path: dict[str, list[zipfile.ZipInfo]] = defaultdict(list)
        outside = 0
        for member in members:
            name = _name(member)
            if LEADS_OUT.search(name):
                outside += 1
            elif not name.endswith("/") and not LITTER.search(name):
                members_by_path[name].append(member)
        if outside:
            message = f"{outside:,} names in the zip point to places outside it; those files are not read."
            self.problems.append(Unreadable(Wording("path-outside", message, ANEW)).problem(None))
        top = _top(members_by_path)
        return {name[len(top) :]: of for name, of in members_by_path.items() if name.startswith(top)}

    def close(self) -> None:
        """Let go of the file."""
        self._packed.close()

    def files(self) -> list[str]:
        """Names of the files beside `case.toml`, sorted."""
        return sorted(name for name in self._members if "/" not in name)

    def read(self, name: str, limit: int, watch: Callable[[bytes, int], int] | None = None) -> bytes:
        """The content of one of the files."""
        members = self._members[name]
        if len(members) > 1:
            message = "The zip holds two files of this name."
            raise Unreadable(Wording("name-twice", message, ANEW))
        if _is_link(members[0]):
            message = "The file is a link inside the zip; it is not followed."
            raise Unreadable(Wording("link-outside", message, "put the file itself into the zip"))
        return gather(self._packed.pieces(members[0]), limit, watch)

    def has_file(self, path: str) -> bool:
        """Whether there is a file of that relative path, within the case."""
        path = unicodedata.normalize("NFC", path)
        return path in self._members and not any(_is_link(member) for member in self._members[path])

    def _warn_of_zips(self) -> None:
        inner = [name for name in self.files() if name.lower().endswith(".zip")]
        if inner:
            message = f"A zip inside the zip is not opened ({len(inner):,} in all)."
            self.problems.append(
                Problem(
                    level="warning",
                    rule="zip-in-zip",
                    message=message,
                    fix="put its files beside `case.toml`, if they belong to the case",
                )
            )


def _name(member: zipfile.ZipInfo) -> str:
    """The path of a member with forward slashes, as it was before old programs lost its letters."""
    name = member.filename
    if not member.flag_bits & NAMED_IN_UTF8 and not name.isascii():
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            name = member.filename
    return unicodedata.normalize("NFC", name.replace("\\", "/")).removeprefix("./")


def _is_link(member: zipfile.ZipInfo) -> bool:
    return member.create_system == UNIX and stat.S_ISLNK(member.external_attr >> 16)


def _top(members_by_path: dict[str, list[zipfile.ZipInfo]]) -> str:
    """The one folder that the zip was made of, with its slash; nothing where the files lie bare."""
    within = {name.partition("/")[0] for name in members_by_path if re.fullmatch(r"[^/]+/case\.toml", name)}
    if "case.toml" in members_by_path or len(within) > 1:
        return ""
    tops = within or {name.partition("/")[0] for name in members_by_path}
    bare = any("/" not in name for name in members_by_path)
    return f"{tops.pop()}/" if len(tops) == 1 and (within or not bare) else ""
