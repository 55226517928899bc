"""The parts of a study, in the order in which they run."""

from __future__ import annotations

from graphlib import TopologicalSorter
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from diffuscope.errors import PlanError
from diffuscope.study.parts.part import Part, StudyContext

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from diffuscope.case import Case

__all__ = ["PARTS", "Part", "StudyContext", "known_parts", "parts_of", "tables_of"]


def _in_order() -> dict[str, Part]:
    """Every part that a file of this folder declares, each after the one that comes before it."""
    files = sorted(file.name for file in iter_modules(__path__))
    modules = [import_module(f"{__name__}.{name}") for name in files]
    parts = [module.PART for module in modules if hasattr(module, "PART")]
    by_name: dict[str, Part] = {part.name: part for part in parts}
    before = {part.name: () if part.after is None else (part.after,) for part in parts}
    return {name: by_name[name] for name in TopologicalSorter(before).static_order()}


PARTS: dict[str, Part] = _in_order()
"""mechanisms: dates, evidence and verdicts · statistics: models of who adopted when, with safeguards ·
networks: who seems to follow whom over many policies ·
monitoring: projects by wave, change, peers, money, indicators · audit: printed figures and claims against
the register."""


def tables_of(parts: Iterable[str]) -> tuple[str, ...]:
    """Tables that these parts read, each once."""
    return tuple(dict.fromkeys(table for part in parts for table in PARTS[part].reads))


def known_parts(words: Iterable[str]) -> tuple[str, ...]:
    """Names of parts, in the order in which they run; statistics are asked for the sake of mechanisms.

    Raises
    ------
    PlanError
        If a word names no part.
    """
    needed: set[str] = set()
    for word in words:
        if word not in PARTS:
            raise PlanError(f"There is no part `{word}`; the parts are {', '.join(PARTS)}.")
        needed |= {word, PARTS[word].for_part or word}
    return tuple(name for name in PARTS if name in needed)


def parts_of(case: Case, names: Collection[str] | None = None) -> tuple[Part, ...]:
    """The parts to run: those asked for, or all that the case has something for.

    Raises
    ------
    PlanError
        If a part is asked for that the case has nothing for.
    """
    if isinstance(names, str):  # the name of one
        names = (names,)
    if names is None:
        return tuple(part for part in PARTS.values() if part.lacks(case) is None)
    chosen = tuple(PARTS[name] for name in known_parts(names))
    for part in chosen:
        why = part.lacks(case)
        if why is not None:
            raise PlanError(f"The part `{part.name}` cannot be run: the case `{case.id}` {why}.")
    return chosen
