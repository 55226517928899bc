"""Whether what a `result.json` holds hangs together: somebody else may have written or changed it."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from diffuscope.errors import CaseError
from diffuscope.records.phrases import printable
from diffuscope.records.plain_names import is_plain_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from diffuscope.records.frames import Frame

_SHA256 = re.compile(r"[0-9a-f]{64}")
_SHOWN = 60


def damaged(why: str) -> CaseError:
    """The error of a result that cannot be what diffuscope wrote."""
    return CaseError(f"This result is damaged: {why}.")


def refuse_names(what: str, names: Iterable[str]) -> None:
    """Refuse names after which files would be called, where one is not plain, or two are alike but for case.

    Parameters
    ----------
    what : str
        What bears them, such as ``a question``.
    names : iterable of str

    Raises
    ------
    CaseError
    """
    used: set[str] = set()
    for name in names:
        if not is_plain_name(name):
            raise damaged(f"{what} is called `{_shown(name)}`, which may name no file")
        if (folded := unicodedata.normalize("NFC", name).casefold()) in used:
            raise damaged(f"{what} is called `{_shown(name)}` twice")
        used.add(folded)


def refuse_strangers(what: str, named: Iterable[str | None], known: Collection[str]) -> None:
    """Refuse what speaks of a question, or a mechanism, that the result does not have.

    Parameters
    ----------
    what : str
        What speaks of it, such as ``a verdict``.
    named : iterable of str or None
    known : collection of str

    Raises
    ------
    CaseError
    """
    for name in named:
        if name is not None and name not in known:
            raise damaged(f"{what} speaks of `{_shown(name)}`, which is not in it")


def refuse_frame(name: str, frame: Frame) -> None:
    """Refuse a table whose rows do not fit its columns, or whose file could be another's.

    Raises
    ------
    CaseError
    """
    if len(set(frame.columns)) < len(frame.columns) or not all(map(str.isprintable, frame.columns)):
        raise damaged(f"the table `{name}` has two columns of one name, or one that cannot be read")
    if (frame.rows is None) == (frame.file is None):
        raise damaged(f"the table `{name}` has neither rows nor a file, or both")
    if frame.rows is not None:
        if frame.n != len(frame.rows) or any(len(row) != len(frame.columns) for row in frame.rows):
            raise damaged(f"the rows of the table `{name}` are not as many, or not as wide, as it says")
    elif not _SHA256.fullmatch(frame.sha256 or "") or frame.n < 0:
        raise damaged(f"the table `{name}` has a file without its SHA-256 or the number of its rows")


def _shown(text: str) -> str:
    return printable(text[:_SHOWN]) + ("…" if len(text) > _SHOWN else "")
