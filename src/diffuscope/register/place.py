"""The folder of a register: what lies in it, and where a register may not lie."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import tomllib
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from diffuscope.errors import CaseError, PlanError

if TYPE_CHECKING:
    from collections.abc import Iterator

SETTINGS = "register.toml"
DATABASE = "register.sqlite3"
KEY = "secret-key"
RECEIVED, EDITIONS = "received", "editions"
SHARES = ("nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "fuse.sshfs", "9p", "afs", "davfs")
"""File systems of other machines: SQLite's locks fail there (https://sqlite.org/faq.html, question 5)."""
SYNCED = ("dropbox", "onedrive", "google drive", "googledrive", "icloud", "nextcloud", "owncloud")
"""How folders are named that a program copies to other machines while a database is written."""
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
FREE = "Free space on the disk, then do it again."
LEAST = 1_000_000
"""Bytes without which SQLite reports an error of input and output: it makes files beside the database."""
PRIVATE, PRIVATE_FOLDER = 0o600, 0o700
"""Rights of files and folders that hold persons: nobody else on the machine reads them."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where one register is kept.

    Attributes
    ----------
    folder : Path
    network : str
        What the network is called.
    zone : str
        Time zone in which days begin and end for the network, as the IANA names it.
    host : str
        Name under which others reach its pages, over TLS; empty: this machine alone does.
    """

    folder: Path
    network: str
    zone: str
    host: str = ""

    @property
    def address(self) -> str:
        """Where its pages are reached: under its host, or where `serve` shows them by default."""
        return f"https://{self.host}" if self.host else "http://127.0.0.1:8000"

    @property
    def received(self) -> Path:
        """Files as they were received, named by their SHA-256."""
        return self.folder / RECEIVED

    @property
    def editions(self) -> Path:
        """Published editions."""
        return self.folder / EDITIONS

    @property
    def key(self) -> str:
        """The secret by which forms are signed and links are made."""
        return (self.folder / KEY).read_text(encoding="ascii").strip()


def read_place(folder: str | Path) -> Place:
    """The register that a folder holds.

    Parameters
    ----------
    folder : str or Path

    Raises
    ------
    PlanError
        If no register is there.
    """
    folder = Path(folder).absolute()
    file = folder / SETTINGS
    if not file.is_file():
        raise PlanError(
            f"`{folder}` holds no register. Go into its folder, name it with `--folder`, or make one with "
            "`diffuscope register new FOLDER`."
        )
    try:
        says = tomllib.loads(file.read_text(encoding="utf-8"))
        named = {name: str(says[name]) for name in ("network", "zone")}
        place = Place(folder=folder, **named, host=str(says.get("host", "")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError) as error:
        raise CaseError(
            f"`{file}` cannot be read: {error}. It holds `network`, `zone` and perhaps `host`."
        ) from None
    _refuse_place(folder)
    return place


@contextmanager
def new_place(folder: str | Path, *, network: str, zone: str) -> Iterator[Place]:
    """A new folder, for as long as a register is made in it; where that fails, nothing is left behind.

    The settings are written last: a folder in which somebody was interrupted is no register.

    Parameters
    ----------
    folder : str or Path
        One that does not exist yet, or is empty.
    network : str
    zone : str
        IANA name of the network's time zone.

    Raises
    ------
    CaseError
        If something is there already, SQLite's locks would not hold there, or the disk is full.
    PlanError
        If there is no such time zone.
    """
    place = _refused_or_free(Path(folder).absolute(), network, zone)
    there = place.folder.exists()
    try:
        with full_disk_told(place.folder):
            _make_folders(place)
            yield place
            says = f"network = {_toml(network)}\nzone = {_toml(zone)}\n"
            write_private(place.folder / SETTINGS, says.encode())
    except BaseException:
        _empty(place.folder, keep=there)
        raise


def _refused_or_free(folder: Path, network: str, zone: str) -> Place:
    """A place where a register can be made; nothing is written yet."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CaseError(f"{folder} is already in use. Name a folder that does not exist, or is empty.")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise PlanError(f"There is no time zone `{zone}`; write one such as Asia/Jakarta or UTC.") from None
    _refuse_place(folder)
    return Place(folder=folder, network=network, zone=zone)


def _make_folders(place: Place) -> None:
    place.folder.mkdir(parents=True, exist_ok=True)
    place.folder.chmod(PRIVATE_FOLDER)  # an empty folder may have been there, with rights for others
    for inside in (place.received, place.editions):
        inside.mkdir(exist_ok=True)
    write_private(place.folder / KEY, secrets.token_urlsafe(48).encode())
    if not os.environ.get("DATABASE_URL"):
        write_private(place.folder / DATABASE, b"")  # SQLite gives the files beside it the same rights


def _empty(folder: Path, *, keep: bool) -> None:
    """Take back what was put into a folder that was empty, or was not there."""
    import shutil

    for inside in list(folder.iterdir()) if folder.exists() else ():
        if inside.is_dir():
            shutil.rmtree(inside, ignore_errors=True)
        else:
            inside.unlink(missing_ok=True)
    if folder.exists() and not keep:
        folder.rmdir()


@contextmanager
def full_disk_told(folder: Path) -> Iterator[None]:
    """Say which disk is full, where something could not be written for that reason."""
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        where = error.filename or folder
        raise CaseError(
            f"`{where}` cannot be written: {error.strerror}. {FREE} The register is as it was before."
        ) from error


def disk_is_full(folder: Path) -> bool:
    """Whether too little is left for a database to work with."""
    import shutil

    return shutil.disk_usage(folder).free < LEAST


def keep_received(place: Place, data: bytes) -> str:
    """Keep a file as it was received, and give its SHA-256; it is on the disk before any row names it."""
    digest = hashlib.sha256(data).hexdigest()
    file = place.received / digest
    if file.is_file() and hashlib.sha256(file.read_bytes()).hexdigest() == digest:
        return digest
    write_private(file, data)
    return digest


def write_private(file: Path, data: bytes) -> None:
    """A file that only its owner reads, whole or not at all, and on the disk when this returns."""
    work = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        handle = os.open(work, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), PRIVATE)
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        os.replace(work, file)  # noqa: PTH105 Path.replace is the same call; os.replace says that it is atomic
    finally:
        work.unlink(missing_ok=True)
    _settle(file.parent)


def _settle(folder: Path) -> None:
    """The name of a new file is on the disk too; Windows does that by itself and opens no folders."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _refuse_place(folder: Path) -> None:
    """Where a file of SQLite can be damaged by another machine."""
    if os.environ.get("DATABASE_URL"):
        return
    kind = _file_system(folder)
    synced = next((part for part in folder.parts if part.casefold().startswith(SYNCED)), None)
    if kind in SHARES or str(folder).startswith("\\\\") or synced:
        what = (
            f"in `{synced}`, which is copied to other machines" if synced else "on a share of another machine"
        )
        raise CaseError(
            f"`{folder}` lies {what}: the database could be damaged there. Use a folder on this "
            f"machine's own "
            "disk, or PostgreSQL through DATABASE_URL."
        )


def _file_system(folder: Path) -> str:
    """Kind of the file system a folder lies on, as Linux lists it; empty elsewhere."""
    mounts = Path("/proc/mounts")
    if not mounts.is_file():
        return ""
    best, kind = -1, ""
    for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines():
        _, where, what, *_ = line.split(" ")
        where = where.replace("\\040", " ")
        if folder.is_relative_to(where) and len(where) > best:
            best, kind = len(where), what
    return kind


def _toml(text: str) -> str:
    import json

    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
