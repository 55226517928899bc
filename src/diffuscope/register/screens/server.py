"""Serve the register's pages on this machine (waitress), by one process or several that share one socket."""

from __future__ import annotations

import logging
import multiprocessing
import os
import select
import signal
import socket
import sys
import threading
from contextlib import contextmanager
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any

from diffuscope.errors import DiffuscopeError, PlanError
from diffuscope.register.database import EXTRA, opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.context import SpawnProcess
    from pathlib import Path

PORT = 8000
THREADS = 8
"""Of one process: a request that waits for the database lets others be answered."""
MOST_PROCESSES = 32
SECONDS = 60
"""For which a connection may stay idle."""
CONNECTIONS = 1000
"""That one process holds open; browsers keep theirs after an answer."""
BEHIND: dict[str, Any] = {
    "trusted_proxy": "127.0.0.1",
    "trusted_proxy_count": 1,
    "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
    "clear_untrusted_proxy_headers": True,
}
"""Of a register that others reach: the proxy on this machine says whom it answers, and that it spoke TLS.

Of several addresses the last counts, which that proxy wrote, and not those that a sender put before it."""
PAUSE = 2.0
"""Seconds before a process that ended by itself is replaced."""


def serve(
    folder: str | Path,
    *,
    port: int = PORT,
    processes: int = 1,
    say: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve the pages of a register to this machine alone, until it is stopped.

    Others reach them through a proxy on this machine that speaks TLS, under the `host` of `register.toml`.
    One more process does jobs, whatever `processes` is. Passwords guessed, sessions and locks are kept in the
    database, so that they hold for all processes.

    Parameters
    ----------
    folder : str or Path
    port : int
        0: one that is free.
    processes : int
        That answer requests; as many as the machine has cores, where many people come at once.
    say : callable, optional
        Is told the address once the pages can be reached.

    Raises
    ------
    PlanError
        If waitress is not installed, or the port is taken.
    """
    try:
        import waitress  # noqa: F401
    except ModuleNotFoundError:
        raise PlanError(EXTRA) from None
    if not 1 <= processes <= MOST_PROCESSES:
        raise PlanError(f"The pages are served by 1 to {MOST_PROCESSES} processes, not {processes}.")
    with opened(folder) as place, _listening(port) as listening:
        _stop_on_terminate()
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        with _kept_running([(_jobs, (place.folder,))]):
            if processes == 1:
                say(address)
                _answer(place, listening)
                return
            with _kept_running([(_pages, (place.folder, listening))] * processes) as ended:
                say(address)
                while not ended.wait(1.0):  # in pieces, or Windows would not hear Ctrl+C
                    pass


@contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    """A socket on loopback; processes that share it take turns with who connects."""
    with socket.socket() as listening:
        if os.name != "nt":  # there it would let another program take the port as well
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(("127.0.0.1", port))
        except OSError as error:
            raise PlanError(
                f"Port {port} cannot be used: {error.strerror}. Name another with --port."
            ) from None
        listening.listen(1024)
        yield listening


def _answer(place: Any, listening: socket.socket) -> None:
    """Answer requests until this process is stopped; the register is open."""
    from django.core.handlers.wsgi import WSGIHandler
    from waitress.server import create_server

    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it warns of each request that waits
    server = create_server(
        WSGIHandler(), sockets=[listening], threads=THREADS, ident=None, channel_timeout=SECONDS,
        connection_limit=CONNECTIONS, asyncore_use_poll=hasattr(select, "poll"),
        max_request_body_size=64_000_000, **(BEHIND if place.host else {}),
    )  # fmt: skip
    server.run()


def _pages(folder: Path, listening: socket.socket) -> None:
    """What one of several processes does."""
    _stop_with_parent()
    with _one_line(), opened(folder) as place:
        _answer(place, listening)


def _jobs(folder: Path) -> None:
    """What the one process does that takes jobs."""
    from diffuscope.register.studies import work

    _stop_with_parent()
    with _one_line():
        work(folder)


@contextmanager
def _one_line() -> Iterator[None]:
    """What the user can mend, such as a database that is away, is said in one line where others log."""
    try:
        yield
    except DiffuscopeError as error:
        sys.exit(str(error))


@contextmanager
def _kept_running(tasks: list[tuple[Callable[..., None], tuple[Any, ...]]]) -> Iterator[threading.Event]:
    """Processes that are started anew where they end, such as when the database was away for a moment."""
    stopping = threading.Event()
    running = [_started(*task) for task in tasks]

    def _keep() -> None:
        while not stopping.is_set():
            wait([one.sentinel for one in running], timeout=PAUSE)
            ended = [at for at, one in enumerate(running) if one.exitcode is not None]
            if ended and not stopping.wait(PAUSE):
                for at in ended:
                    running[at] = _started(*tasks[at])

    keeper = threading.Thread(target=_keep, daemon=True)
    keeper.start()
    try:
        yield stopping
    finally:
        stopping.set()
        for one in running:
            one.terminate()
        keeper.join()
        for one in running:
            one.terminate()  # also one that was started meanwhile
            one.join()


def _started(does: Callable[..., None], told: tuple[Any, ...]) -> SpawnProcess:
    """A fresh process: one that was forked would share threads and locks of libraries."""
    process = multiprocessing.get_context("spawn").Process(target=does, args=told, daemon=True)
    process.start()
    return process


def _stop_on_terminate() -> None:
    """Leave in a way that ends the other processes too, and once: systemd tells each of them as well."""

    def leave(*_: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        sys.exit(0)

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, leave)


def _stop_with_parent() -> None:
    """End where the process that started this one is gone, however it ended; Ctrl+C is for that one."""
    _stop_on_terminate()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def _watch() -> None:
        wait([parent.sentinel])
        os._exit(0)

    threading.Thread(target=_watch, daemon=True).start()
