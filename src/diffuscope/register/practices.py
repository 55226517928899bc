"""Practices: written by cities, reviewed by the secretariat, taken up by others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diffuscope.errors import PlanError
from diffuscope.records.phrases import in_code
from diffuscope.register.create import all_codes
from diffuscope.register.database import opened, writing
from diffuscope.register.learning import SAID, folded
from diffuscope.register.lookup import is_date, member_named, next_position
from diffuscope.register.messages import Message, Term, too_long
from diffuscope.register.rights import require, visible
from diffuscope.register.search import found, search_key
from diffuscope.register.write import act_of, add, change
from diffuscope.tables.digits import plain_digits

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

WRITABLE = (*SAID, "area")
NEEDED = ("title", "description")


def write_practice(
    folder: str | Path, member: str, values: Mapping[str, str], *, person: str, practice: str | None = None
) -> str:
    """Write a practice of a city, or change one; what was reviewed is reviewed anew after a change.

    Parameters
    ----------
    folder : str or Path
    member : str
        Whose practice it is.
    values : mapping of str to str
        By field: title, description, results, cost, conditions, contact, documents, area.
    person : str
    practice : str, optional
        Code of the one to change; by default a new one.

    Returns
    -------
    str
        Its code.
    """
    unknown = [name for name in values if name not in WRITABLE]
    if unknown:
        raise PlanError(f"A practice has no `{unknown[0]}`; it has {in_code(WRITABLE)}.")
    with opened(folder), writing():
        from diffuscope.register.models import Area, Practice

        act, whose = act_of(person, channel="form"), member_named(member)
        require(act, "report", whose)
        cells = {name: str(value).strip() for name, value in values.items()}
        for wrong in too_long(cells, {name: ("screen", f"practice_{name}") for name in cells}).values():
            raise PlanError(wrong)
        if cells.get("area") and not Area.objects.filter(area=cells["area"], retired=False).exists():
            raise PlanError(Message("no-area", {"value": cells["area"]}))
        if practice is not None:
            found = practice_named(act.person, practice)
            if found.member_id != whose.pk:
                raise PlanError(
                    Message("not-yours", {"person": act.person.code, "member": found.member.name})
                )
            cells = {name: getattr(found, name) for name in WRITABLE} | cells
        missing = [name for name in NEEDED if not cells.get(name)]
        if missing:
            raise PlanError(Message("field-needed", {"field": Term("screen", f"practice_{missing[0]}")}))
        cells["folded"] = folded(cells)
        if practice is None:
            found = Practice(code=_new_code(), member=whose, position=next_position(Practice), **cells)
            add(act, [found])
        elif change(act, found, cells) and found.reviewed is not None:
            change(act.because("it was changed since its review"), found, {"reviewed": None})
        return str(found.code)


def _new_code() -> str:
    from diffuscope.register.models import Practice

    taken, number = all_codes(Practice), 1
    while (code := f"practice-{number:04}") in taken:
        number += 1
    return code


def release_practice(folder: str | Path, practice: str, *, person: str) -> None:
    """Release a practice to the network, and to the analysis; until then only its own city sees it.

    Parameters
    ----------
    folder : str or Path
    practice, person : str
    """
    with opened(folder), writing():
        act = act_of(person, channel="form", why="released")
        found = practice_named(act.person, practice)
        require(act, "report", found.member)
        if found.released:
            raise PlanError(
                Message("released-already", {"practice": practice, "day": Term("day", found.released)})
            )
        change(act, found, {"released": act.at.date().isoformat(), "comment": ""})


def review_practice(folder: str | Path, practice: str, *, person: str, comment: str = "") -> None:
    """Review a released practice: it is shown to everybody, or it goes back with a comment.

    Parameters
    ----------
    folder : str or Path
    practice : str
    person : str
        Of the secretariat.
    comment : str
        What its city is to change; empty: it is shown.
    """
    with opened(folder), writing():
        act = act_of(person, channel="form", why=comment or "reviewed")
        found = practice_named(act.person, practice)
        require(act, "write")
        if not found.released:
            raise PlanError(Message("not-released", {"practice": practice}))
        change(act, found, {"reviewed": None if comment else act.at.date(), "comment": comment})


def take_up(
    folder: str | Path, practice: str, member: str, *, since: str, person: str, learned_from: str = "",
    source: str = "",
) -> None:  # fmt: skip
    """Say that a city took up a practice: since when, and from whom it learned.

    Parameters
    ----------
    folder : str or Path
    practice, member : str
    since : str
        A year, a month or a day.
    person : str
    learned_from : str
        A member, where it is known.
    source : str
        How it is known.
    """
    with opened(folder), writing():
        from diffuscope.register.models import TakeUp

        act, whom = act_of(person, channel="form"), member_named(member)
        found = practice_named(act.person, practice)
        require(act, "report", whom)
        if whom.pk == found.member_id:
            raise PlanError(Message("own-practice", {"member": whom.name}))
        taught = member_named(learned_from) if learned_from else None
        if taught is not None and taught.pk == whom.pk:
            raise PlanError(Message("learned-from-itself", {"member": whom.name}))
        if TakeUp.objects.filter(practice=found, member=whom, retired=False).exists():
            raise PlanError(Message("taken-up-already", {"member": whom.name}))
        add(act, [
            TakeUp(
                practice=found, member=whom, first_seen=f"{refuse_no_date(since)}/", source=source,
                learned_from=taught,
                position=next_position(TakeUp),
            )
        ])  # fmt: skip


def refuse_no_date(text: str) -> str:
    """A year, month or day that is not to come, as it is kept."""
    from datetime import UTC, datetime

    text = plain_digits(text.strip())
    if not is_date(text):
        raise PlanError(Message("no-date", {"value": text}))
    if text[:10] > datetime.now(UTC).date().isoformat()[: len(text)]:
        raise PlanError(Message("to-come", {"value": text}))
    return text


def practice_named(person: Any, code: str) -> Any:
    """The practice of that code; to whoever may not see it there is none."""
    found = practices_seen(person).filter(code=code).first()
    if found is None:
        raise PlanError(Message("no-practice", {"value": code}))
    return found


def practices_found(person: Any, asked: str) -> Any:
    """Practices that a person may see and that hold every word; first those that hold it in the title.

    Parameters
    ----------
    person : Person or None
    asked : str
        Words apart by spaces; part of a word is enough.
    """
    from django.db.models import Value as Typed
    from django.db.models.functions import StrIndex

    from diffuscope.register.models import Practice

    keys = [key for word in asked.split() if (key := search_key(word))]
    rows = found(Practice.objects.filter(retired=False), person, keys)
    # the title stands first in what is searched, so whoever has the word there comes first
    first = [StrIndex("folded", Typed(keys[0]))] if keys else []
    return rows.order_by(*first, "title", "pk")


def practices_seen(person: Any) -> Any:
    """Practices that a person may see: reviewed ones, those of the own city or state, or all.

    Parameters
    ----------
    person : Person or None
        None: somebody who is not signed in.
    """
    from diffuscope.register.models import Practice

    return visible(Practice.objects.filter(retired=False).select_related("member"), person)
