"""Exchanges between two cities: requested, agreed or declined, held, and followed up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diffuscope.errors import PlanError
from diffuscope.register.database import opened, writing
from diffuscope.register.lookup import member_named, next_position
from diffuscope.register.messages import Choices, Message, Term, Value
from diffuscope.register.practices import refuse_no_date
from diffuscope.register.rights import may, require, visible
from diffuscope.register.write import act_of, add, change

if TYPE_CHECKING:
    from pathlib import Path

KINDS = ("visit", "twinning", "programme", "call")
NEXT = {"requested": ("agreed", "declined"), "agreed": ("held", "declined"), "held": ("followed up",)}
ANSWERS = ("agreed", "declined")
"""Steps that the city decides which was asked; both may say that it was held and followed up."""


def request_exchange(
    folder: str | Path, asking: str, asked: str, *, kind: str, about: str, person: str
) -> int:
    """Ask another city for an exchange, in which the asking city learns.

    Parameters
    ----------
    folder : str or Path
    asking, asked : str
        Members.
    kind : {"visit", "twinning", "programme", "call"}
    about : str
        An area, a practice or a project.
    person : str

    Returns
    -------
    int
        Number of the exchange.
    """
    if kind not in KINDS:
        raise PlanError(Message("no-exchange-kind", {"value": kind, "choices": Choices("word", KINDS)}))
    if not about.strip():
        raise PlanError(Message("exchange-about"))
    with opened(folder), writing():
        from diffuscope.register.models import Exchange

        act, who, whom = act_of(person, channel="form"), member_named(asking), member_named(asked)
        require(act, "report", who)
        if who.pk == whom.pk:
            raise PlanError(Message("exchange-two"))
        new = Exchange(
            asking=who, asked=whom, kind=kind, about=about.strip(), requested=act.at.date().isoformat(),
            position=next_position(Exchange),
        )  # fmt: skip
        add(act, [new])
        return int(new.pk)


def move_exchange(
    folder: str | Path, number: int, state: str, *, person: str, day: str = "", note: str = ""
) -> None:
    """Say what became of an exchange.

    Parameters
    ----------
    folder : str or Path
    number : int
    state : {"agreed", "declined", "held", "followed up"}
    person : str
        Of the city that was asked, to agree or decline; of either city, once it was held.
    day : str
        When it was held.
    note : str
        What came of it, where it is followed up.
    """
    with opened(folder), writing():
        act = act_of(person, channel="form", why=state)
        found = exchanges_seen(act.person).filter(pk=number).first()
        if found is None:
            raise PlanError(Message("no-exchange", {"number": str(number)}))
        if state in ANSWERS or not may(act.person, "report", found.asking):
            require(act, "report", found.asked)
        if state not in NEXT.get(found.state, ()):
            said: dict[str, Value] = {"state": Term("word", found.state), "wanted": Term("word", state)}
            raise PlanError(Message("exchange-state", said))
        values = {"state": state}
        if state == "held":
            values["held"] = refuse_no_date(day)
        if state == "followed up" and note.strip():
            values["note"] = note.strip()
        change(act, found, values)


def exchanges_seen(person: Any) -> Any:
    """Exchanges that a person may see: those of the own city or state, or all."""
    from diffuscope.register.models import Exchange

    rows = Exchange.objects.filter(retired=False).select_related("asking", "asked")
    return visible(rows, person).order_by("-pk")
