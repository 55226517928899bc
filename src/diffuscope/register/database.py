"""Database of a register: SQLite in its folder, or PostgreSQL by `DATABASE_URL`; one is open at a time."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from diffuscope.errors import CaseError, PlanError
from diffuscope.register.place import DATABASE, FREE, Place, disk_is_full, full_disk_told, read_place
from diffuscope.register.settings import settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

EXTRA = (
    "The register needs the extra `register` (Django): run `python -m pip install "
    "'diffuscope[register]'`, or "
    "`make demo` in a clone."
)
PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON;"
)
"""WAL lets others read while one writes; FULL makes a commit survive a loss of power; without recursive
triggers, REPLACE would delete rows past the triggers that refuse it (https://sqlite.org/lang_conflict.html)."""
WAIT = 30
"""Seconds that a writer waits for another."""
KEPT = 600
"""Seconds for which a thread that answers requests keeps its connection, which is dear to open."""
WITHOUT_JIT = "-c jit=off"
"""PostgreSQL compiles what it deems dear, which took a second for a page that is read in a tenth."""
_open: list[Place] = []


@contextmanager
def opened(folder: str | Path | Place, *, migrated: bool = True) -> Iterator[Place]:
    """The register of a folder, its database connected for as long as the block lasts.

    Parameters
    ----------
    folder : str, Path or Place
        A place where a register is being made has no settings yet.
    migrated : bool
        Refuse a database whose tables are those of another version.

    Raises
    ------
    PlanError
        If there is no register, or Django is not installed.
    CaseError
        If the database cannot be reached, or must be migrated first.
    """
    if _open and not isinstance(folder, Place) and Path(folder).absolute() == _open[-1].folder:
        with _connected(_open[-1]):  # a function of the register called another
            yield _open[-1]
        return
    place = folder if isinstance(folder, Place) else read_place(folder)
    with _connected(place):
        if migrated:
            _refuse_other_version()
        yield place


@contextmanager
def _connected(place: Place) -> Iterator[None]:
    if _open:
        if _open[-1].folder == place.folder:  # a function of the register called another
            _open.append(place)
            try:
                yield
            finally:
                _open.pop()
            return
        raise PlanError("Another register is open in this process; close it first.")
    _set_up(place)
    from django.db import Error, connections

    _open.append(place)
    try:
        with full_disk_told(place.folder):
            yield
    except Error as error:
        raise _explained(error, place) from error
    finally:
        _open.pop()
        connections["default"].close()
        del connections["default"]


def the_open() -> Place:
    """The register that is open in this process.

    Raises
    ------
    PlanError
        If none is.
    """
    if not _open:
        raise PlanError("No register is open.")
    return _open[-1]


def require_extra() -> None:
    """Refuse, before anything is written, where Django is not installed."""
    try:
        import django  # noqa: F401
    except ModuleNotFoundError:
        raise PlanError(EXTRA) from None


def migrate() -> None:
    """Bring the tables of the open register to those of this version."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)


def analyze() -> None:
    """Statistics of tables to which many rows came: PostgreSQL plans by them, and renews them later."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


@contextmanager
def writing() -> Iterator[None]:
    """One transaction: everything in it is kept, or nothing."""
    from django.db import transaction

    with transaction.atomic():
        yield


@contextmanager
def one_moment() -> Iterator[None]:
    """Everything that is read in it is as it was at one moment, whoever writes meanwhile; nobody waits."""
    from django.db import connection, transaction

    sqlite = connection.vendor == "sqlite"
    mode = getattr(connection, "transaction_mode", None)
    try:
        if sqlite:
            connection.transaction_mode = "DEFERRED"  # a reader of the WAL, who does not lock writers out
        with transaction.atomic():
            if not sqlite:
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
    finally:
        if sqlite:
            connection.transaction_mode = mode


def _set_up(place: Place) -> None:
    try:
        import django
        from django.conf import settings
        from django.db import connections
    except ModuleNotFoundError:
        raise PlanError(EXTRA) from None
    if not settings.configured:
        settings.configure(**settings_of(place, _database(place)))
        django.setup()
    connections.settings = connections.configure_settings({"default": _database(place)})


def _database(place: Place) -> dict[str, Any]:
    """Django's settings of the database: a URL, or a file in the folder."""
    url = os.environ.get("DATABASE_URL", "")
    _refuse_other_database(place.folder / DATABASE, url)
    if not url:
        options = {"transaction_mode": "IMMEDIATE", "timeout": WAIT, "init_command": PRAGMAS}
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(place.folder / DATABASE),
            "OPTIONS": options,
            "CONN_MAX_AGE": KEPT,
        }
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        raise PlanError("DATABASE_URL begins with `postgresql://`; without it the register uses SQLite.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": {"options": WITHOUT_JIT, **dict(parse_qsl(parts.query))},
        "CONN_MAX_AGE": KEPT,
        "CONN_HEALTH_CHECKS": True,  # the server may have been started anew since the last request
    }


def _refuse_other_database(file: Path, url: str) -> None:
    """Where a register is kept elsewhere, tables would be missing, and `migrate` would make empty ones."""
    if not url and not file.is_file():
        raise CaseError(
            f"`{file}` is not there. If this register is kept on PostgreSQL, set DATABASE_URL; otherwise "
            "restore a backup into a new folder."
        )
    if url and file.is_file() and file.stat().st_size > 0:
        raise CaseError(
            f"This register is kept in `{file}`, and DATABASE_URL names another database: unset it. If the "
            "register is on PostgreSQL, move that file away."
        )


def _refuse_other_version() -> None:
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections["default"])
    known = set(executor.loader.disk_migrations)
    done = {key for key in executor.loader.applied_migrations if key[0] == "register"}
    if done - known:  # of Django's own tables a newer version is no harm
        raise CaseError("This register was written by a newer version of diffuscope; install that one.")
    if known - set(executor.loader.applied_migrations):
        raise CaseError(
            "The tables of this register are those of an older version, or are not there: make a "
            "backup, then "
            "run `diffuscope register migrate`."
        )


def _explained(error: Exception, place: Place) -> CaseError:
    from django.db import IntegrityError, OperationalError

    text = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    if isinstance(error, OperationalError):
        full = "full" in text or "No space" in text or ("I/O" in text and disk_is_full(place.folder))
        fix = FREE if full else "Try again."
        return CaseError(f"The database cannot be used: {text}. Nothing was written. {fix}")
    if isinstance(error, IntegrityError):
        return CaseError(f"The database refuses the change, and nothing was written: {text}.")
    return CaseError(f"The database reports an error, and nothing was written: {text}.")
