"""Serve the register's pages on this machine (waitress)."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from diffuscope.errors import PlanError
from diffuscope.register.database import opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PORT = 8000
THREADS = 8
SECONDS = 60
"""For which a connection may stay idle."""


def serve(folder: str | Path, *, port: int = PORT, say: Callable[[str], None] = lambda _: None) -> None:
    """Serve the pages of a register to this machine alone, until it is stopped.

    Others reach them through a proxy on this machine that speaks TLS, under the `host` of `register.toml`.

    Parameters
    ----------
    folder : str or Path
    port : int
    say : callable, optional
        Is told the address once the pages can be reached.

    Raises
    ------
    PlanError
        If waitress is not installed, or the port is taken.
    """
    try:
        from waitress.server import create_server
    except ModuleNotFoundError:
        from diffuscope.register.database import EXTRA

        raise PlanError(EXTRA) from None
    with opened(folder) as place:
        from django.core.handlers.wsgi import WSGIHandler

        behind = {
            "trusted_proxy": "127.0.0.1",
            "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
            "clear_untrusted_proxy_headers": True,
        }
        try:
            server = create_server(
                WSGIHandler(), host="127.0.0.1", port=port, threads=THREADS, ident=None,
                channel_timeout=SECONDS, max_request_body_size=64_000_000, **(behind if place.host else {}),
            )  # fmt: skip
        except OSError as error:
            raise PlanError(
                f"Port {port} cannot be used: {error.strerror}. Name another with --port."
            ) from None
        say(f"http://127.0.0.1:{server.effective_port}/")
        with _worker(place.folder):
            server.run()


@contextmanager
def _worker(folder: Path) -> Iterator[None]:
    """The one process that does jobs, for as long as the pages are served."""
    command = [sys.executable, "-m", "diffuscope", "register", "work", "--folder", str(folder)]
    worker = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # or the worker would outlive the server
    try:
        yield
    finally:
        worker.terminate()
        worker.wait()
