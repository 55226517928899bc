"""Placing the files of a report into a folder: whole or not at all, and over nobody else's files."""

from __future__ import annotations

import hashlib
import tempfile
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from diffuscope.errors import CaseError, PlanError
from diffuscope.result import from_json

if TYPE_CHECKING:
    from collections.abc import Mapping

RECORD = "diffuscope-files.sha256"
"""The list of the files of a report with their SHA-256, as `sha256sum --check` reads it."""

_LEFT_BY_DESKTOPS = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})


def place(files: Mapping[str, bytes], folder: Path) -> None:
    """Put the files of a report into a folder, all of them or none.

    Parameters
    ----------
    files : mapping of str to bytes
        Content by path inside the folder, with ``/`` between parts.
    folder : Path
        A folder that does not exist yet, is empty, or holds an earlier report, which is replaced. Files that
        are not of the report stay as they are.

    Raises
    ------
    PlanError
        If the folder holds other things but no report, or files of the report that were changed since.
    """
    earlier = _earlier(folder)
    _refuse_to_overwrite(files, earlier, folder)
    files = {**files, RECORD: _record(files)}
    gone = [name for name in earlier if name not in files and (folder / name).is_file()]
    made = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    try:
        _inside(folder).mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            prefix=".diffuscope-", dir=_inside(folder), ignore_cleanup_errors=True
        ) as stage:
            _write(files, Path(stage) / "new")
            if folder.exists():
                _exchange(files, gone, folder, Path(stage))
            else:
                (Path(stage) / "new").rename(folder)
    except BaseException:
        for parent in made:
            with suppress(OSError):  # not made yet, or somebody else has put something into it
                parent.rmdir()
        raise


def _inside(folder: Path) -> Path:
    """Where to build: inside a folder that exists (it may be a disk of its own), else beside it."""
    return folder if folder.exists() else folder.parent


def _earlier(folder: Path) -> dict[str, str]:
    """The files of an earlier report in the folder and their SHA-256; none where it is new or empty."""
    if not folder.exists():
        return {}
    if not folder.is_dir():
        raise PlanError(f"`{folder}` is a file; give the name of a folder for the report.")
    if (folder / RECORD).is_file():
        return _read_record(folder / RECORD)
    there = {path.name for path in folder.iterdir()} - _LEFT_BY_DESKTOPS
    if there and not (there & {"result.json"} and _is_result(folder / "result.json")):
        raise PlanError(
            f"`{folder}` holds other files and no report of diffuscope; give a new or an empty folder, "
            "and nothing of yours is touched."
        )
    return {}


def _read_record(file: Path) -> dict[str, str]:
    lines = (line.partition("  ") for line in file.read_text(encoding="utf-8", errors="replace").splitlines())
    found = {name: digest for digest, _, name in lines if name}
    # nobody can make us reach outside by changing the list
    inside = (name for name in found if not ({"..", "/"} & set(PurePosixPath(name).parts) or "\\" in name))
    return {name: found[name] for name in inside}


def _is_result(file: Path) -> bool:
    try:
        from_json(file.read_bytes())
    except (CaseError, OSError):
        return False
    return True


def _refuse_to_overwrite(files: Mapping[str, bytes], earlier: Mapping[str, str], folder: Path) -> None:
    """Whatever stands where a file of the report goes must be one of an earlier report, as it was written."""
    for name in sorted({*files, *earlier} - {"result.json"}):
        there = folder / name
        if not there.exists() or (there.is_file() and there.read_bytes() == files.get(name)):
            continue
        if name not in earlier or not there.is_file():
            raise PlanError(f"`{there}` was not written by diffuscope; move it, or give another folder.")
        if hashlib.sha256(there.read_bytes()).hexdigest() != earlier[name]:
            raise PlanError(
                f"`{there}` was changed since diffuscope wrote it; move it, or give another folder."
            )


def _record(files: Mapping[str, bytes]) -> bytes:
    lines = (f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items()))
    return "".join(lines).encode()


def _write(files: Mapping[str, bytes], folder: Path) -> None:
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def _exchange(files: Mapping[str, bytes], gone: list[str], folder: Path, stage: Path) -> None:
    """New files for old ones, file by file; whatever stops it, Ctrl-C too, puts everything back."""
    moves: list[tuple[Path, Path]] = []
    try:
        for name in [*gone, *files]:
            _move(folder / name, stage / "old" / name, moves)
            _move(stage / "new" / name, folder / name, moves)
    except BaseException:
        for source, target in reversed(moves):
            if target.exists():
                target.replace(source)
        raise


def _move(source: Path, target: Path, moves: list[tuple[Path, Path]]) -> None:
    if source.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        moves.append((source, target))
        source.replace(target)
