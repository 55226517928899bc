"""The parts of a study, which tables each reads, and which of them a case can give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.errors import PlanError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from diffuscope.case import Case

_WHO = ("units", "documents")
PARTS: dict[str, tuple[str, ...]] = {
    "mechanisms": (
        *_WHO,
        "attributes",
        "policies",
        "adoptions",
        "ties",
        "support",
        "events",
        "attendance",
        "outcomes",
        "evidence",
        "likelihoods",
        "author_verdicts",
        "framework",
    ),
    "statistics": (
        *_WHO,
        "attributes",
        "policies",
        "adoptions",
        "ties",
        "support",
        "events",
        "attendance",
        "outcomes",
    ),
    "monitoring": (
        *(*_WHO, "attributes", "areas", "projects", "returns"),
        *("support", "events", "attendance", "indicators"),
    ),
    "audit": (
        *(*_WHO, "attributes", "policies", "adoptions"),
        *("areas", "projects", "returns", "published", "claims"),
    ),
}
"""mechanisms: dates, evidence and verdicts · statistics: models of who adopted when, with safeguards ·
monitoring: projects by wave, change, peers, money, indicators · audit: printed figures and claims against
the register. For each, the tables it reads."""


def tables_of(parts: Iterable[str]) -> tuple[str, ...]:
    """Tables that these parts read, each once."""
    return tuple(dict.fromkeys(table for part in parts for table in PARTS[part]))


def known_parts(words: Iterable[str]) -> tuple[str, ...]:
    """Names of parts, in the order in which they run; statistics are asked for the sake of mechanisms.

    Raises
    ------
    PlanError
        If a word names no part.
    """
    asked = list(words)
    for word in asked:
        if word not in PARTS:
            raise PlanError(f"There is no part `{word}`; the parts are {', '.join(PARTS)}.")
    needed = {*asked, "mechanisms"} if "statistics" in asked else {*asked}
    return tuple(part for part in PARTS if part in needed)


def parts_of(case: Case, asked: Collection[str] | None = None) -> tuple[str, ...]:
    """The parts to run: those asked for, or all that the case has something for.

    Raises
    ------
    PlanError
        If a part is asked for that the case has nothing for.
    """
    asks = (bool(case.analyses), "asks no question: add an [[analysis]] to `case.toml`")
    able = {
        "mechanisms": asks,
        "statistics": asks,
        "monitoring": ("projects" in case.tables, "has no table `projects`"),
        "audit": (
            "published" in case.tables or "claims" in case.tables,
            "has neither a table `published` nor a table `claims`",
        ),
    }
    if asked is None:
        return tuple(part for part in PARTS if able[part][0])
    for part in known_parts(asked):
        can, why = able[part]
        if not can:
            raise PlanError(f"The part `{part}` cannot be run: the case `{case.id}` {why}.")
    return known_parts(asked)
