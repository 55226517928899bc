"""The JavaScript that draws charts in the page: put together once for the installed libraries, then kept.

To put it together takes three seconds of computing, and it is the same for every report. It is kept in the
user's cache folder, or in the folder that `DIFFUSCOPE_CACHE` names.
"""

from __future__ import annotations

import hashlib
import logging
import os
from concurrent.futures import BrokenExecutor
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from diffuscope.compute import begin

if TYPE_CHECKING:
    from collections.abc import Callable

    from diffuscope.compute import Task

CACHE = "DIFFUSCOPE_CACHE"
"""The environment variable that names another folder than the user's cache."""

# What the page draws with. Nothing in it may end the element it stands in.
_EXPORTED = "window.vegaEmbed = vegaEmbed;"
_LIBRARY: list[Task[str]] = []
"""What the page draws with, being made or made: the same in every report of a process."""


def begin_library() -> Callable[[], str]:
    """Begin to put the JavaScript together that draws charts in the page; what comes back waits for it.

    Whoever will write a report after other work begins it before that work. Where it is kept from an earlier
    report, it is read.
    """
    if not _LIBRARY and (kept := _kept()) is not None:
        return lambda: kept
    if not _LIBRARY:
        _LIBRARY[:] = [begin(library)]
    begun = _LIBRARY[0]

    def made() -> str:
        try:
            return _result(begun)
        except BaseException:
            _LIBRARY.clear()  # the next report asks again
            raise

    return made


def _result(begun: Task[str]) -> str:
    """The result; asked for once more by itself where a process stopped, as that may be another's doing."""
    try:
        return begun.result()
    except BrokenExecutor as error:
        logging.getLogger("diffuscope").info("a process that makes the charts' library stopped: %s", error)
        return begin(library).result()


def library() -> str:
    """The JavaScript that draws charts in the page; kept for the next report where a file can be written."""
    import vl_convert

    text = str(vl_convert.javascript_bundle(_EXPORTED, grammar())).replace("</script", "<\\/script")
    _keep(text)
    return text


def cache_file() -> Path:
    """Where the JavaScript is kept for the libraries that are installed."""
    from platformdirs import user_cache_path

    named = os.environ.get(CACHE)
    folder = Path(named) if named else user_cache_path("diffuscope", appauthor=False)
    return folder / f"charts-altair-{version('altair')}-vl-convert-{version('vl-convert-python')}.js"


def _kept() -> str | None:
    """What is kept, if it is whole: its first line is the digest of the rest."""
    try:
        digest, _, text = cache_file().read_bytes().decode("utf-8").partition("\n")
    except (OSError, ValueError):  # not there, not readable, or not text
        return None
    return text if digest == _digest(text) else None


def _keep(text: str) -> None:
    """Keep it: written beside its place and then moved there, as another process may read or write it."""
    file = cache_file()
    temporary = file.with_name(f"{file.name}.{uuid4().hex}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(f"{_digest(text)}\n{text}", encoding="utf-8", newline="\n")
        temporary.replace(file)
    except OSError:  # a home that cannot be written: the next report puts it together anew
        with suppress(OSError):
            temporary.unlink()


def _digest(text: str) -> str:
    return f"// sha256 {hashlib.sha256(text.encode()).hexdigest()}"


def grammar() -> str:
    """The version of the grammar that charts are written in."""
    import altair

    return ".".join(altair.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
