"""A private server of PostgreSQL for tests: a data folder of its own, an unprivileged user, loopback only."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

USER = "postgres"
FAST = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off"
"""Tests ask what is written together, not what survives a loss of power."""


def programs() -> Path | None:
    """Folder of the server's programs; None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: int(file.parts[-3]))
    if found:
        return found[-1].parent
    named = shutil.which("initdb")
    return None if named is None else Path(named).resolve().parent


def runnable() -> bool:
    """Whether a server can be started here: it refuses to run as root, so root needs another user."""
    if programs() is None:
        return False
    return os.name != "nt" and (os.geteuid() != 0 or shutil.which("runuser") is not None)


@contextmanager
def server(*, durable: bool = False) -> Iterator[str]:
    """The address of a server, as DATABASE_URL takes it but for the name of the database.

    A durable one writes through to the disk, as it must where its speed is measured.
    """
    folder = Path(tempfile.mkdtemp(prefix="diffuscope-postgresql-"))
    where = programs()
    assert where is not None
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    if os.geteuid() == 0:
        shutil.chown(folder, USER)
    data = folder / "data"
    try:
        _run(
            str(where / "initdb"),
            "-D",
            str(data),
            "-U",
            USER,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "-N",
        )
        options = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} {'' if durable else FAST}"
        _run(str(where / "pg_ctl"), "-D", str(data), "-w", "-o", options, "-l", str(folder / "log"), "start")
        try:
            yield f"postgresql://{USER}@127.0.0.1:{port}"
        finally:
            _run(str(where / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(*words: str) -> None:
    own = ["runuser", "-u", USER, "--", *words] if os.geteuid() == 0 else list(words)
    subprocess.run(
        own, check=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120
    )


@contextmanager
def database(url: str, name: str, template: str = "template0") -> Iterator[str]:
    """A database that exists for as long as the block lasts."""
    import psycopg

    with psycopg.connect(f"{url}/postgres", autocommit=True) as one:
        one.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield f"{url}/{name}"
    finally:
        with psycopg.connect(f"{url}/postgres", autocommit=True) as one:
            one.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
