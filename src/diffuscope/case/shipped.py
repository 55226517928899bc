"""The cases that come with diffuscope: folders of data, read as anybody's."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

HOME = Path(__file__).parents[1] / "cases"


@dataclass(frozen=True, kw_only=True)
class ShippedCase:
    """A case that comes with diffuscope.

    Attributes
    ----------
    id : str
        The name by which `read_case` finds it.
    title : str
    folder : Path
        Where its files are; copy it to begin a case of one's own from it.
    """

    id: str
    title: str
    folder: Path


def shipped_cases() -> tuple[ShippedCase, ...]:
    """The cases that come with diffuscope, sorted by name.

    >>> [case.id for case in shipped_cases()]
    ['asean-smart-cities', 'school-closures-2020', 'work-injury-laws']
    """
    folders = sorted(file.parent for file in HOME.glob("*/case.toml"))
    return tuple(ShippedCase(id=folder.name, title=_title(folder), folder=folder) for folder in folders)


def _title(folder: Path) -> str:
    says = tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))
    return str(says.get("title", folder.name))
