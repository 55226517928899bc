"""A member's projects in two waves, side by side, with what changed between them in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from diffuscope.register.board import NO_RETURN
from diffuscope.register.judge import FIELDS
from diffuscope.register.money import from_minor
from diffuscope.register.rights import PUBLISHED, members_of, visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diffuscope.register.language import Language

PLAIN = tuple(column for column in FIELDS if column not in ("budget", "currency", "unit"))
"""Columns that are told one by one; an amount is told with its currency, further cities by name."""
ENDED = ("completed", "cancelled")


class Compared(NamedTuple):
    """One project in two waves.

    Attributes
    ----------
    project, city, title : str
    before, now : Observation or None
        None where the wave does not show the project.
    kind : str
        same, changed or new · unknown before: nothing is known of the earlier wave · not reported: nothing is
        known of the later one · nothing: there was nothing to report · left out: the later return came,
        without the project · ended: it was completed or cancelled before, and is not expected any more.
    says : list of str
        What changed, in words.
    """

    project: str
    city: str
    title: str
    before: Any
    now: Any
    kind: str
    says: list[str]


def may_compare(person: Any, member: Any, waves: list[Any]) -> bool:
    """Whether a person may see a member's rows in each of some waves."""
    if all(one.state in PUBLISHED for one in waves):
        return True
    return bool(members_of(person, "see").filter(pk=member.pk).exists())


def compared(member: Any, waves: tuple[Any, Any], person: Any, words: Language) -> list[Compared]:
    """The projects of a member in two waves, by city and title.

    Parameters
    ----------
    member : Member
        A state with its cities, or a city.
    waves : tuple of (Wave, Wave)
        The earlier and the later one.
    person : Person
        Who asks; of other members only what is published is compared.
    words : Language
        In which the changes are told.
    """
    earlier, later = waves
    old, new = (_there(wave, member, person) for wave in waves)
    asked = {wave: _asked(wave) for wave in waves}
    rows = []
    for key in {**old, **new}:
        before, now = old.get(key), new.get(key)
        one: Any = now or before
        says = _changes(before, now, words) if before and now else []
        if before is None:
            kind = "unknown before" if _unknown(one.city, asked[earlier]) else "new"
        elif now is None:
            ended = before.status in ENDED
            nil = _state(one.city, asked[later]) == "nil"
            open_yet = _unknown(one.city, asked[later]) or later.state == "open"
            kind = "ended" if ended else "nothing" if nil else "not reported" if open_yet else "left out"
        else:
            kind = "changed" if says else "same"
        rows.append(Compared(one.project.code, one.city.name, one.title, before, now, kind, says))
    return sorted(rows, key=lambda row: (row.city, row.title))


def _there(wave: Any, member: Any, person: Any) -> dict[tuple[int, int], Any]:
    """The observations that count, by project and city, of those that a person may see."""
    from django.db.models import Q

    from diffuscope.register.models import Observation

    own = Observation.objects.filter(Q(city=member) | Q(city__state=member), wave=wave)
    rows = visible(own, person).select_related("project", "city").order_by("version")
    last = {(one.project_id, one.city_id): one for one in rows}
    return {key: one for key, one in last.items() if not one.withdrawn}


def _asked(wave: Any) -> dict[int, str]:
    """States of the returns of a wave, by number of the member that was asked."""
    from diffuscope.register.models import ExpectedReturn

    rows = ExpectedReturn.objects.filter(wave=wave, retired=False)
    return dict(rows.values_list("member_id", "state"))


def _unknown(city: Any, asked: Mapping[int, str]) -> bool:
    """Whether nothing came from a city or its state, so that nothing is known of its projects."""
    return _state(city, asked) in ("", *NO_RETURN)


def _state(city: Any, asked: Mapping[int, str]) -> str:
    """The state of the return of a city, or of its state; empty where none was expected."""
    return asked.get(city.pk, asked.get(city.state_id, ""))


def _changes(before: Any, now: Any, words: Language) -> list[str]:
    said: Mapping[str, str] = words.screen

    def line(column: str, old: str, new: str) -> str:
        form = "changed_from_to" if old and new else "stated_first" if new else "stated_no_more"
        return said[form].format(what=words.heading[column], old=old, new=new)

    pairs = ((column, *_pair(before, now, column, words)) for column in PLAIN)
    told = [line(column, old, new) for column, old, new in pairs if old != new]
    old, new = (_money(one) for one in (before, now))
    return told + ([line("budget", old, new)] if old != new else [])


def _pair(before: Any, now: Any, column: str, words: Language) -> tuple[str, str]:
    values = (getattr(one, FIELDS[column]) for one in (before, now))
    old, new = (_text(value, column, words) for value in values)
    return old, new


def _text(value: Any, column: str, words: Language) -> str:
    if value is None or value == "":
        return ""
    if column == "status":
        return words.status.get(value, value)
    return f"{value:g} %".replace(".", words.decimal) if column == "percent_complete" else str(value)


def _money(one: Any) -> str:
    amount = from_minor(one.budget_minor, one.currency)
    return "" if amount is None else f"{amount:,.15g} {one.currency}"
