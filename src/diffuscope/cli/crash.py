"""A crash log: where the program failed, without a value of the case it was at."""

from __future__ import annotations

import logging
import sys
import tempfile
import traceback
from importlib.metadata import version


def crash_message(error: BaseException) -> str:
    """Write the log of a fault of ours, and say in one line where it is.

    The log can be sent to whoever fixes the fault: it holds the kinds of the errors and the lines of code on
    the way to them, and no message, since messages quote values.

    Parameters
    ----------
    error : BaseException

    Returns
    -------
    str
    """
    logging.getLogger("diffuscope").debug("unexpected error", exc_info=error)
    with tempfile.NamedTemporaryFile(
        "w", prefix="diffuscope-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        log.write(f"diffuscope {version('diffuscope')}, Python {sys.version}\n{crash_log(error)}")
    return f"This is a fault of diffuscope, not of your data. Please report it with the file {log.name}."


def crash_log(error: BaseException) -> str:
    """Kinds of an error and of those it came from, the last first, each with the lines of code on the way."""
    parts: list[str] = []
    one: BaseException | None = error
    while one is not None:
        frames = traceback.StackSummary.extract(traceback.walk_tb(one.__traceback__), capture_locals=False)
        kind = f"{type(one).__module__}.{type(one).__qualname__}"
        parts.append(f"{kind}\n{''.join(frames.format())}")
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return "\nfrom ".join(parts)
