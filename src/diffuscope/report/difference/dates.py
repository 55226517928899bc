"""What two results state differently of the dates of one question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.report.difference.made import changed_fields, changed_tables, format_of
from diffuscope.report.difference.records import NONE, Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from diffuscope.records import Chronology, Spell
    from diffuscope.report.difference.records import Of
    from diffuscope.result import Result

TABLES = ("adoptions", "policies", "units")
"""Tables from which the dates are read."""
FIELDS = ("policies", "units", "period", "window", "tier", "tiers", "launch")
"""What of a question bears on its dates."""
SILENCED_SINCE = 2
"""The first format that says whether the dates prevent statistics."""
TESTABLE = {True: "leave diffusion to explain", False: "rule diffusion out", None: "are unknown"}


def dates_reasons(old: Result, new: Result, analysis: str) -> Iterator[Reason]:
    """What the dates of a question were and are: whether they rule diffusion out, or silence the statistics.

    Parameters
    ----------
    old, new : Result
    analysis : str
    """
    before, after = (_chronology(result, analysis) for result in (old, new))
    if before is None or after is None:
        return
    silenced = before.silenced != after.silenced
    if before.testable != after.testable:
        was, now = TESTABLE[before.testable], TESTABLE[after.testable]
        yield Reason(of="dates", because="dates", about="the dates", before=was, after=now)
    if silenced:
        was, now = _silenced(old, before), _silenced(new, after)
        known = min(format_of(old), format_of(new)) >= SILENCED_SINCE
        about = "whether the dates prevent statistics"
        yield Reason(of="dates", because="dates" if known else "unknown", about=about, before=was, after=now)
    if before.testable != after.testable and before.reason != after.reason:
        yield Reason(
            of="dates",
            because="dates",
            about="the summary of the dates",
            before=before.reason,
            after=after.reason,
        )
    yield from _adoptions(before, after)
    if before.testable != after.testable or silenced:
        yield from table_reasons("dates", old, new, TABLES)
        yield from field_reasons("dates", old, new, analysis, FIELDS)


def table_reasons(of: Of, old: Result, new: Result, tables: Iterable[str]) -> Iterator[Reason]:
    """Tables behind something whose content differs."""
    changed = changed_tables(old, new)
    for name in tables:
        if name in changed:
            was, now = changed[name]
            words = now if was != now else f"{now}, with other content"
            yield Reason(of=of, because="data", about=f"the table `{name}`", before=was, after=words)


def field_reasons(
    of: Of, old: Result, new: Result, analysis: str, fields: Iterable[str] | None = None
) -> Iterator[Reason]:
    """What of a question was put otherwise; without `fields`, everything but its words."""
    questions = [next((one for one in result.analyses if one.id == analysis), None) for result in (old, new)]
    if questions[0] is None or questions[1] is None:
        return
    for name, (was, now) in changed_fields(questions[0], questions[1]).items():
        if name in (fields or (name,)) and name not in ("id", "question", "note"):
            yield Reason(of=of, because="question", about=f"`{name}` of the question", before=was, after=now)


def _chronology(result: Result, analysis: str) -> Chronology | None:
    return next((one for one in result.chronology if one.analysis == analysis), None)


def _silenced(result: Result, dates: Chronology) -> str:
    if format_of(result) < SILENCED_SINCE:
        return f"format {format_of(result)} does not say"
    return dates.silenced or "they do not"


def _adoptions(before: Chronology, after: Chronology) -> Iterator[Reason]:
    """Adoptions that are new, gone, or dated otherwise."""
    was, now = ({(one.unit, one.policy): _dated(one) for one in dates.order} for dates in (before, after))
    for unit, policy in dict.fromkeys([*was, *now]):
        pair = was.get((unit, policy), NONE), now.get((unit, policy), NONE)
        if pair[0] != pair[1]:
            about = f"the adoption of `{policy}` by `{unit}`"
            yield Reason(of="dates", because="data", about=about, before=pair[0], after=pair[1])


def _dated(spell: Spell) -> str:
    """When an adoption happened, as far as it is known; one before the record is no event."""
    if spell.first == spell.last and spell.first is not None:
        when = spell.first
    elif spell.first is None:
        when = f"by {spell.last}" if spell.last else "undated"
    else:
        when = f"{spell.first} to {spell.last}"
    return f"{when}, before the record" if spell.baseline else when
