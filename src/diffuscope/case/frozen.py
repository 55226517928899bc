"""The file `frozen.json` of a case folder: its questions as they stood before their data were looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from diffuscope.case.refusal import Unreadable
from diffuscope.errors import PlanError
from diffuscope.records import FrozenQuestions
from diffuscope.tables.places import Wording

if TYPE_CHECKING:
    from pathlib import Path

FROZEN = "frozen.json"
MEANINGFUL = ("units", "policies", "attributes")
"""Tables that say which units, policies and variables a question names; none of them holds an outcome."""


def parse_frozen(content: bytes) -> FrozenQuestions:
    """The frozen questions that a file holds.

    Raises
    ------
    Unreadable
        If it was not written by `freeze_questions`, or by a newer version.
    """
    try:
        frozen = msgspec.json.decode(content, type=FrozenQuestions)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        message = f"The file does not hold frozen questions: {error}."
        fix = "restore the file as `diffuscope freeze` wrote it, or delete it and freeze the questions again"
        raise Unreadable(Wording("bad-frozen", message, fix)) from None
    if frozen.format > 1:
        message = f"The questions were frozen in format {frozen.format}, which this version does not read."
        raise Unreadable(Wording("newer-format", message, "install a newer diffuscope"))
    return frozen


def write_frozen(frozen: FrozenQuestions, folder: Path) -> Path:
    """Write frozen questions into a case folder, whole or not at all.

    Raises
    ------
    PlanError
        If there is such a file already.
    """
    file = folder / FROZEN
    text = msgspec.json.format(msgspec.json.encode(frozen, order="deterministic"), indent=1) + b"\n"
    try:
        with file.open("xb") as made:
            made.write(text)
    except FileExistsError:
        raise PlanError(f"`{file}` already exists; delete it to freeze the questions again.") from None
    return file
