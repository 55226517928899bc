"""Needs of cities and offers of partners: who was matched, and what came of it; people decide, not a rule."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from diffuscope.errors import PlanError
from diffuscope.register.database import opened, writing
from diffuscope.register.lookup import member_named, next_position
from diffuscope.register.messages import Message
from diffuscope.register.money import to_minor
from diffuscope.register.rights import own_partners, require, visible
from diffuscope.register.write import act_of, add, change
from diffuscope.tables.currencies import CURRENCIES
from diffuscope.tables.digits import plain_digits

if TYPE_CHECKING:
    from pathlib import Path


NUMBER = re.compile(r"[0-9]{1,15}(\.[0-9]+)?")


class Wanted(NamedTuple):
    """What a need or an offer is of.

    Attributes
    ----------
    area : str
        One of the network's; empty: of any.
    kind : str
        Such as money, training, equipment or advice.
    about : str
    amount, currency : str
        Both empty where it is not money.
    """

    area: str
    kind: str
    about: str
    amount: str = ""
    currency: str = ""


def add_need(folder: str | Path, member: str, wanted: Wanted, *, person: str) -> int:
    """Say what a city needs.

    Parameters
    ----------
    folder : str or Path
    member : str
    wanted : Wanted
    person : str

    Returns
    -------
    int
        Number of the need.
    """
    with opened(folder), writing():
        from diffuscope.register.models import Need

        act, whose = act_of(person, channel="form"), member_named(member)
        require(act, "report", whose)
        new = Need(member=whose, position=next_position(Need), **_fields(wanted))
        add(act, [new])
        return int(new.pk)


def add_offer(folder: str | Path, organisation: str, wanted: Wanted, *, person: str) -> int:
    """Say what a partner offers.

    Parameters
    ----------
    folder : str or Path
    organisation : str
    wanted : Wanted
    person : str
        Who acts for the partner, or the secretariat.

    Returns
    -------
    int
        Number of the offer.
    """
    with opened(folder), writing():
        from diffuscope.register.models import Offer, Organisation

        act = act_of(person, channel="form")
        found = Organisation.objects.filter(code=organisation, retired=False).first()
        if found is None:
            raise PlanError(Message("no-organisation", {"value": organisation}))
        _require_partner(act, found)
        new = Offer(organisation=found, position=next_position(Offer), **_fields(wanted))
        add(act, [new])
        return int(new.pk)


def match_offer(folder: str | Path, offer: int, need: int, *, person: str) -> None:
    """Say that an offer goes to a need.

    Parameters
    ----------
    folder : str or Path
    offer, need : int
    person : str
        Who acts for the partner, or the secretariat.
    """
    with opened(folder), writing():
        act = act_of(person, channel="form")
        found = _offer(act.person, offer)
        _require_partner(act, found.organisation)
        wanted = needs_seen(act.person).filter(pk=need, state="open").first()
        if wanted is None:
            raise PlanError(Message("no-need", {"number": str(need)}))
        if found.need_id is not None:
            raise PlanError(Message("offer-taken", {"number": str(found.need_id)}))
        change(act, found, {"need": wanted})


def withdraw_need(folder: str | Path, need: int, *, person: str) -> None:
    """Take a need back that is open: it is not met, and nobody is asked to meet it any more.

    Parameters
    ----------
    folder : str or Path
    need : int
    person : str
        Who acts for the city, or the secretariat.
    """
    with opened(folder), writing():
        act = act_of(person, channel="form", why="taken back")
        found = needs_seen(act.person).filter(pk=need, state="open").first()
        if found is None:
            raise PlanError(Message("no-need", {"number": str(need)}))
        require(act, "report", found.member)
        change(act, found, {"state": "withdrawn"})


def say_outcome(folder: str | Path, offer: int, outcome: str, *, person: str, met: bool = False) -> None:
    """Say what came of an offer that went to a need.

    Parameters
    ----------
    folder : str or Path
    offer : int
    outcome : str
    person : str
        Who acts for the partner or for the city, or the secretariat.
    met : bool
        Whether the need is met by it.
    """
    with opened(folder), writing():
        act = act_of(person, channel="form")
        found, partners = _offer(act.person, offer), own_partners(act.person)
        acts = found.organisation in partners or needs_seen(act.person).filter(pk=found.need_id).exists()
        if not acts or not outcome.strip():  # the same words whether or not it went to somebody else's need
            raise PlanError(Message("outcome-missing"))
        if found.need is None:
            raise PlanError(Message("outcome-missing"))
        if found.organisation not in partners:
            require(act, "report", found.need.member)
        change(act, found, {"outcome": outcome.strip()})
        if met:
            change(act, found.need, {"state": "met"})


def opt_in(folder: str | Path, member: str, *, person: str, yes: bool = True) -> None:
    """Let partners see a city's needs from today on, or no more.

    Parameters
    ----------
    folder : str or Path
    member, person : str
    yes : bool
    """
    with opened(folder), writing():
        act, whose = act_of(person, channel="form", why="partners"), member_named(member)
        require(act, "report", whose)
        change(act, whose, {"opted_in": act.at.date() if yes else None})


def needs_seen(person: Any) -> Any:
    """Needs that a person may see: own city, own state, all; a partner those of cities that opted in."""
    from diffuscope.register.models import Need

    rows = Need.objects.filter(retired=False).select_related("member")
    return visible(rows, person).order_by("-pk")


def offers_seen(person: Any) -> Any:
    """Offers that a person may see: partners their own, people of the network all."""
    from diffuscope.register.models import Offer

    rows = Offer.objects.filter(retired=False).select_related("organisation", "need__member")
    return visible(rows, person).order_by("-pk")


def _offer(person: Any, number: int) -> Any:
    found = offers_seen(person).filter(pk=number).first()
    if found is None:
        raise PlanError(Message("no-offer", {"number": str(number)}))
    return found


def _require_partner(act: Any, organisation: Any) -> None:
    if organisation not in own_partners(act.person):
        require(act, "write")


def _fields(wanted: Wanted) -> dict[str, Any]:
    from diffuscope.register.models import Area

    if not wanted.kind.strip() or not wanted.about.strip():
        raise PlanError(Message("need-kind"))
    if wanted.area and not Area.objects.filter(area=wanted.area, retired=False).exists():
        raise PlanError(Message("no-area", {"value": wanted.area}))
    amount, currency = plain_digits(wanted.amount.strip()), wanted.currency.strip().upper()
    if bool(amount) != bool(currency):
        raise PlanError(Message("amount-currency"))
    if currency and currency not in CURRENCIES:
        raise PlanError(Message("no-currency", {"value": wanted.currency}))
    try:
        if amount and not NUMBER.fullmatch(amount):
            raise ValueError("write digits alone, such as 250000 or 250000.50")
        minor = to_minor(float(amount), currency) if amount else None
    except ValueError as error:
        raise PlanError(Message("amount-unkept", {"value": amount, "why": str(error)})) from None
    return {
        "area": wanted.area, "kind": wanted.kind.strip(), "about": wanted.about.strip(),
        "amount_minor": minor, "currency": currency,
    }  # fmt: skip
