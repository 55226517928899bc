"""The exchange of a folder's files for others: a journal first, the page last; whatever stops it is settled.

New files and copies of those they replace are written into a stage inside the folder. Then the journal says
what is to be done, and each file takes its place in one move of the system. A run that is killed on the way
leaves the journal, and the next one puts the former files back, or sees that all was done.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from diffuscope.errors import PlanError
from diffuscope.report.own_files import RECORD, could_be_ours, refuse_links

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

STAGE = ".diffuscope-stage"
"""Folder inside a report's folder that is there while files are exchanged."""
_JOURNAL, _DRAFT, _NEW, _OLD = "journal.json", "journal.draft", "new", "old"
_ORDER = ("result.json", RECORD, "report.html")
"""Files that are exchanged after all others, in this order."""
_LONGEST = 10**7
"""Bytes of a journal."""


def exchange(files: Mapping[str, bytes], gone: Sequence[str], folder: Path) -> None:
    """New files for old ones; whatever stops it, Ctrl-C too, puts everything back.

    Parameters
    ----------
    files : mapping of str to bytes
        Content by path inside the folder, with ``/`` between parts.
    gone : sequence of str
        Files of the folder to remove.
    folder : Path
        Locked, and settled.
    """
    stage = folder / STAGE
    try:
        stage.mkdir()
        _write(files, stage / _NEW)
        there = [name for name in dict.fromkeys([*files, *gone]) if (folder / name).is_file()]
        former = {name: (folder / name).read_bytes() for name in there}
        _write(former, stage / _OLD)
        journal = json.dumps({"put": _digests(files), "had": _digests(former)})
        (stage / _DRAFT).write_text(journal, encoding="utf-8")
        (stage / _DRAFT).replace(stage / _JOURNAL)
        for name in sorted(files, key=_place):
            if name == RECORD:
                for one in gone:
                    (folder / one).unlink(missing_ok=True)
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (stage / _NEW / name).replace(folder / name)
        (stage / _JOURNAL).unlink()
    except BaseException:
        settle(folder)
        raise
    settle(folder)


def settle(folder: Path) -> None:
    """End an exchange that was stopped: the former files stand again, or the new ones if all are in place.

    Parameters
    ----------
    folder : Path
        Locked.

    Raises
    ------
    PlanError
        If the stage holds what no exchange could have written, or a file was changed since the exchange was
        stopped; nothing is touched then.
    """
    stage = folder / STAGE
    if not stage.exists() and not stage.is_symlink():
        return
    every = _refuse_strange(stage)
    journal = _journal(stage / _JOURNAL)
    if journal is not None:
        _refuse_changed(folder, journal)
        if not all(_digest(folder, name) == digest for name, digest in journal["put"].items()):
            _put_back(folder, journal)
        (stage / _JOURNAL).unlink()
    for path in every:  # deepest first
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink(missing_ok=True)
    stage.rmdir()


def _place(name: str) -> tuple[int, str]:
    return (_ORDER.index(name) if name in _ORDER else -1, name)


def _write(files: Mapping[str, bytes], folder: Path) -> None:
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def _refuse_strange(stage: Path) -> list[Path]:
    """Everything in the stage, what is inside before what holds it, once all of it is known to be ours."""
    refuse_links(stage.parent, STAGE)
    paths: list[Path] = []
    for parent, folders, names in os.walk(stage, topdown=False):
        for name in (*names, *folders):
            path = Path(parent) / name
            inside = path.relative_to(stage).as_posix()
            refuse_links(stage, inside)
            top, _, own = inside.partition("/")
            known = could_be_ours(own) if name in names else own in ("", "tables", "figures", "models")
            if not (known and top in (_NEW, _OLD)) and inside not in (_JOURNAL, _DRAFT):
                raise PlanError(
                    f"`{path}` was not written by diffuscope; remove `{stage}`, or give another folder."
                )
            paths.append(path)
    return paths


def _journal(file: Path) -> dict[str, dict[str, str]] | None:
    """What an exchange was to put, and what stood there: SHA-256 by name. None where it had not begun."""
    if not file.is_file():
        return None
    try:
        if file.stat().st_size > _LONGEST:
            raise ValueError("it is too long")
        journal = msgspec.json.decode(file.read_bytes(), type=dict[str, dict[str, str]])
        if set(journal) != {"put", "had"} or not all(map(could_be_ours, (*journal["put"], *journal["had"]))):
            raise ValueError("it names other files")
    except (ValueError, RecursionError) as error:
        raise PlanError(
            f"`{file}` was not written by diffuscope; remove `{file.parent}`, or give another folder."
        ) from error
    return journal


def _refuse_changed(folder: Path, journal: Mapping[str, Mapping[str, str]]) -> None:
    for name in {*journal["put"], *journal["had"]}:
        refuse_links(folder, name)
        if _digest(folder, name) not in (None, journal["put"].get(name), journal["had"].get(name)):
            raise PlanError(
                f"`{folder / name}` was changed after a report was interrupted there; move it, or give "
                "another folder."
            )


def _put_back(folder: Path, journal: Mapping[str, Mapping[str, str]]) -> None:
    """The former files; those that had none before them go."""
    former = folder / STAGE / _OLD
    for name in sorted(journal["had"], key=_place):
        if (former / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (former / name).replace(folder / name)
    new = [name for name in journal["put"] if name not in journal["had"]]
    for name in new:
        (folder / name).unlink(missing_ok=True)
    for parent in {(folder / name).parent for name in new} - {folder}:
        if parent.is_dir() and not any(parent.iterdir()):
            parent.rmdir()


def _digests(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def _digest(folder: Path, name: str) -> str | None:
    """SHA-256 of a file; None where there is none."""
    file = folder / name
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else None
