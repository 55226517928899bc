"""The tiers of a case: the order declared under `[tiers]`, and what its tables and questions make of it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

import polars as pl

from diffuscope.case.values import is_list, shown
from diffuscope.records.phrases import in_code
from diffuscope.tables.places import Wording, of_rows
from diffuscope.tables.raw import ROW
from diffuscope.tables.suggest import nearest
from diffuscope.tables.tiers import COUNTS, TIER, TIERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.case.analyses import QuestionSettings, Repetition
    from diffuscope.case.settings import Check, Written
    from diffuscope.records import Problem
    from diffuscope.tables.raw import RawTable

MOST, LONGEST = 20, 80
"""Tiers of a case, and characters of one."""


def declared_tiers(check: Check) -> tuple[str, ...]:
    """The tiers of a case, lowest first: those of `[tiers]`, or announced, adopted, in force, implemented."""
    given = check.get(("tiers",))
    if given is None:
        return TIERS
    order = given.get("order") if isinstance(given, Mapping) else None
    if isinstance(given, Mapping):
        check.keys(("tiers",), ("order",), cast("Mapping[str, object]", given), "`[tiers]`")
    names = [unicodedata.normalize("NFC", str(one)).strip() for one in order] if is_list(order) else []
    bad = [one for one in names if not one or len(one) > LONGEST or len(one.splitlines()) > 1]
    if not is_list(order) or not 2 <= len(names) <= MOST or bad or len({*names}) < len(names):
        message = f"`[tiers]` does not give an order of 2 to {MOST} different tiers, from the first step on."
        fix = 'write `[tiers]` on a line of its own and below it `order = ["mooted", "adopted", "in force"]`'
        check.add(("tiers", "order"), "bad-setting", message, fix, value=shown(order))
        return TIERS
    return tuple(names)


def unknown_tiers(raw: RawTable, frame: pl.DataFrame, tiers: Sequence[str]) -> list[Problem]:
    """Cells of `adoptions.tier` that are no tier of the case."""
    strange = frame.filter(pl.col(TIER).is_not_null() & ~pl.col(TIER).is_in(list(tiers)))
    if strange.is_empty():
        return []

    def word(value: str | None) -> Wording:
        # a tier of the usual order is no misspelling of one of the case's own
        meant = None if value in TIERS else nearest(value or "", tiers)
        message = f"`{TIER}` must be one of {in_code(tiers)}."
        fix = "correct it, or declare the order of all tiers under `[tiers]` of `case.toml`"
        return Wording("bad-choice", message, fix, f"write `{meant}`" if meant else None)

    return of_rows(raw, TIER, strange.select(ROW, value=TIER), word)


def tier_of(
    question: QuestionSettings | Repetition,
    of: str,
    written: Written,
    tiers: Sequence[str],
    adoptions: pl.DataFrame | None,
) -> tuple[str | None, list[Problem]]:
    """The tier that counts in a question, or in a repetition that names one; and what cannot be right.

    Parameters
    ----------
    question : QuestionSettings or Repetition
    of : str
        What asks, in words.
    written : Written
    tiers : sequence of str
        Of the case.
    adoptions : polars.DataFrame or None
        The table, where the case has one that can be read.
    """
    from diffuscope.case.analyses import Repetition as Again

    key = question.key(TIER)
    if question.tier is not None and question.tier not in tiers:
        meant = nearest(question.tier, tiers)
        fix = f"write `{meant}`" if meant else f"write one of {in_code(tiers)}"
        problem = written.problem(
            key, "bad-choice", f"{of} names a tier that the case does not have.", fix, value=question.tier
        )
        return (None if isinstance(question, Again) else tiers[0]), [problem]
    if question.tier is not None or isinstance(question, Again):
        return question.tier, []
    if COUNTS in tiers:
        return COUNTS, []
    if adoptions is None or adoptions[TIER].null_count() == adoptions.height:
        return tiers[0], []
    message = f"{of} does not say which tier counts, and `{COUNTS}` is not a tier of this case."
    fix = f"write `tier`, one of {in_code(tiers)}: an event is the first date at which it is reached"
    return tiers[0], [written.problem(key, "missing-setting", message, fix)]
