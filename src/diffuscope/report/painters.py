"""Several painters at once: painting takes longest, and one process cannot do two pictures at a time."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from concurrent.futures import CancelledError, ThreadPoolExecutor
from typing import IO, TYPE_CHECKING, Any

from diffuscope.report.painter import fulfil

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from concurrent.futures import Future
    from types import TracebackType

MOST = 3
"""Painters at work at once; each holds some 150 MB."""

_PROGRAM = ("-P", "-m", "diffuscope.report.painter")
"""-P: nothing is imported from the folder that somebody stands in, which may be another person's case."""


_LIBRARY: list[str] = []
"""What the page draws with, once it was made: the same in every report of a process."""


class Painters:
    """Paints pictures in processes of their own, or in this one where none can be started.

    What comes out does not depend on who painted it. To be used in a ``with`` statement, at whose end the
    painters are gone. They get ready at once, while whoever needs them still reads and computes.
    """

    def __init__(self) -> None:
        self._own = threading.local()
        self._over = False
        self._started: list[subprocess.Popen[bytes]] = []
        workers = min(MOST, os.cpu_count() or 1)
        self._pool = ThreadPoolExecutor(workers, initializer=self._start)
        self._library = None if _LIBRARY else self._pool.submit(self._order, {"library": True})
        for _ in range(workers if _LIBRARY else workers - 1):
            self._pool.submit(self._order, {"ready": True})

    def __enter__(self) -> Painters:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over = error is not None
        self._pool.shutdown(wait=error is None, cancel_futures=True)
        for painter in self._started:
            painter.kill()  # it has answered all that it was asked, or nobody waits for the answer any more
        for painter in self._started:
            painter.communicate()

    def library(self) -> str:
        """The JavaScript that draws charts in the page."""
        if self._library is not None:
            _LIBRARY[:] = [self._library.result()[0].decode()]
        return _LIBRARY[0]

    def still(self, still: Mapping[str, Any], title: str, alt: str) -> Future[Sequence[bytes]]:
        """A still as SVG and as PNG."""
        return self._pool.submit(self._order, {"still": still, "title": title, "alt": alt})

    def _start(self) -> None:
        """One painter for the thread that calls; its orders go to that painter alone."""
        self._own.painter = None
        if not sys.executable or getattr(sys, "frozen", False):
            return  # no Python to be started: inside another program, its own file would run once more
        try:
            painter = subprocess.Popen(
                [sys.executable, *_PROGRAM],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # no window flashes up
            )
        except (OSError, ValueError) as error:
            _log("could not be started", error)
        else:
            self._started.append(painter)
            self._own.painter = painter

    def _order(self, order: Mapping[str, Any]) -> Sequence[bytes]:
        painter: subprocess.Popen[bytes] | None = self._own.painter
        if painter is not None and painter.stdin and painter.stdout:
            try:
                return _ask(painter.stdin, painter.stdout, order)
            except (OSError, ValueError) as error:
                _log("stopped; this process paints instead", error)
                self._own.painter = None
        if self._over:
            raise CancelledError
        return fulfil(order)


def _ask(stdin: IO[bytes], stdout: IO[bytes], order: Mapping[str, Any]) -> list[bytes]:
    stdin.write(json.dumps(order).encode() + b"\n")
    stdin.flush()
    sizes = json.loads(stdout.readline())  # an empty line, which is no JSON, where the painter is gone
    parts = [stdout.read(size) for size in sizes]
    if [len(part) for part in parts] != sizes:
        raise OSError("it stopped in the middle of an answer")
    return parts


def _log(what: str, error: Exception) -> None:
    logging.getLogger("diffuscope").info("a painter %s: %s", what, error)
