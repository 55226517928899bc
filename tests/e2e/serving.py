"""A register served by the command in a process of its own, for browsers of tests."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of the pages, for as long as the block lasts."""
    command = [sys.executable, "-u", "-m", "diffuscope", "register", "serve", "--port", "0"]
    with subprocess.Popen(
        [*command, "--folder", str(folder)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as server:
        try:
            said = server.stdout.readline()
            assert "http://127.0.0.1:" in said, said
            yield said[said.index("http") :].split()[0].rstrip("/")
        finally:
            for _ in range(2):  # systemd tells the whole group, and the first process then tells the others
                server.terminate()
            assert "Traceback" not in server.stdout.read()
