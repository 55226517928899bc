"""Support that partners give: written by the partner itself, seen by whom it names; a change has a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from diffuscope.errors import CaseError, PlanError
from diffuscope.register.database import opened, writing
from diffuscope.register.lookup import member_named, next_position
from diffuscope.register.messages import LABELS, Choices, Message, too_long
from diffuscope.register.rights import may, own_partners, require, visible
from diffuscope.register.rows import fields_of
from diffuscope.register.write import act_of, add, change
from diffuscope.tables.catalogue.links import SUPPORT_STAGES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from diffuscope.register.write import Act

CELLS = ("recipient", "kind", "name", "amount", "currency", "start", "end", "conditional", "note")
"""What is typed as it stands in the table; `project` is the register's own, `stage` one of its choices."""


class SupportRow(NamedTuple):
    """One row of support as a page shows it.

    Attributes
    ----------
    number : int
    giver : str
        The partner by its code.
    partner, recipient : str
        By name.
    cells : mapping of str to str
        As they would be typed, with `project` and `stage`; an empty one is not known.
    own : bool
        Whether whoever asks may change it.
    """

    number: int
    giver: str
    partner: str
    recipient: str
    cells: Mapping[str, str]
    own: bool


def write_support(
    folder: str | Path, organisation: str, cells: Mapping[str, str], *, person: str,
    number: int | None = None, why: str = "",
) -> int:  # fmt: skip
    """Write what a partner gives or has promised, or change a row of it.

    Parameters
    ----------
    folder : str or Path
    organisation : str
        The partner that gives.
    cells : mapping of str to str
        recipient (a member), project, kind, name, amount, currency, stage, start, end, conditional, note, as
        they would be typed. An amount is below zero where money went back.
    person : str
        Who acts for the partner, or the secretariat.
    number : int, optional
        The row to change; by default a new one.
    why : str
        Why it changes; a new row needs no reason.

    Returns
    -------
    int
        Number of the row.

    Raises
    ------
    PlanError
        If the person does not act for the partner, or a change has no reason.
    CaseError
        If a value cannot stand in the table `support`.
    """
    with opened(folder), writing():
        from diffuscope.register.models import Support

        act = act_of(person, channel="form", why=why.strip())
        partner = _partner(act, organisation)
        labels = LABELS["support"] | {"project": ("screen", "project")}
        cells = {name: str(cells[name]).strip() for name in labels if name in cells}
        for wrong in too_long(cells, labels).values():
            raise PlanError(wrong)
        fields = _fields(act, partner, cells)
        if number is None:
            new = Support(position=next_position(Support), **fields)
            add(act, [new])
            return int(new.pk)
        there = Support.objects.filter(pk=number, partner=partner.code, retired=False).first()
        if there is None:
            raise PlanError(Message("support-no-row", {"partner": partner.name, "number": str(number)}))
        if not act.why:
            raise PlanError(Message("support-reason"))
        change(act, there, fields)
        return number


def withdraw_support(folder: str | Path, number: int, *, why: str, person: str) -> None:
    """Take a row of support back, which stays in the history.

    Parameters
    ----------
    folder : str or Path
    number : int
    why : str
    person : str
        Who acts for the partner, or the secretariat.
    """
    with opened(folder), writing():
        from diffuscope.register.models import Support

        act = act_of(person, channel="form", why=why.strip())
        there = Support.objects.filter(pk=number, retired=False).first()
        if there is None:
            raise PlanError(Message("support-unknown", {"number": str(number)}))
        _partner(act, there.partner)
        if not act.why:
            raise PlanError(Message("support-why"))
        change(act, there, {"retired": True})


def support_seen(person: Any) -> Any:
    """Support that a person may see: a partner its own, a member what names it, others all of it.

    Parameters
    ----------
    person : Person
    """
    from diffuscope.register.models import Support

    return visible(Support.objects.filter(retired=False), person).select_related("project").order_by("-pk")


def in_words(rows: Any, person: Any) -> list[SupportRow]:
    """Rows of support as a page shows them to a person.

    Parameters
    ----------
    rows : QuerySet or sequence of Support
    person : Person
    """
    from diffuscope.register.models import Member, Organisation

    writes, own = may(person, "write"), {one.code for one in own_partners(person)}
    codes = {code for one in rows for code in (one.partner, one.recipient)}
    names = dict(Member.objects.filter(code__any_of=codes).values_list("code", "name"))
    names |= dict(Organisation.objects.filter(code__any_of=codes).values_list("code", "name"))
    return [
        SupportRow(
            one.pk, one.partner, names.get(one.partner, one.partner),
            names.get(one.recipient, one.recipient), _typed(one), writes or one.partner in own,
        )
        for one in rows
    ]  # fmt: skip


def _partner(act: Act, organisation: str) -> Any:
    from django.db.models import Q

    from diffuscope.register.models import Organisation

    named = Q(code=organisation) | Q(name=organisation)
    found = Organisation.objects.filter(named, retired=False).first()
    if found is None or found not in own_partners(act.person):
        require(act, "write")
    if found is None:
        raise PlanError(Message("no-organisation", {"value": organisation}))
    return found


def _fields(act: Act, partner: Any, cells: Mapping[str, str]) -> dict[str, Any]:
    """What was typed as values of the model, by the rules of the table."""
    from diffuscope.register.context import context_of
    from diffuscope.register.models import Wave
    from diffuscope.tables.currencies import CURRENCIES
    from diffuscope.tables.one_row import check_row

    stage, key = cells.get("stage", ""), cells.get("project", "")
    if stage and stage not in SUPPORT_STAGES:
        raise PlanError(
            Message("support-no-stage", {"value": stage, "choices": Choices("word", SUPPORT_STAGES)})
        )
    project = _project(act.person, key) if key else None
    typed = {name: cells.get(name, "") for name in CELLS}
    typed["recipient"] = member_named(typed["recipient"]).code if typed["recipient"] else ""
    typed["currency"] = typed["currency"].strip().upper()
    if typed["currency"] and typed["currency"] not in CURRENCIES:
        raise PlanError(Message("no-currency", {"value": typed["currency"]}))
    typed |= {"partner": partner.code, "basis": "reported"}
    typed["source"] = f"register: {partner.name}, {act.at.date().isoformat()}"
    units = context_of(Wave.objects.order_by("position").last()).units.cells
    row, problems = check_row("support", typed, {"units": units})
    if errors := [one for one in problems if one.level == "error"]:
        raise CaseError("The row cannot stand in the register.", errors)
    try:
        fields = fields_of("support", row)
    except ValueError as error:
        raise PlanError(Message("amount-unkept", {"value": typed["amount"], "why": str(error)})) from None
    return {**fields, "project": project, "stage": stage}


def _project(person: Any, code: str) -> Any:
    """A project that the person may see; of others it is not said whether there are any."""
    from diffuscope.register.models import Observation

    row = visible(Observation.objects.filter(project__code=code, project__retired=False), person).first()
    if row is None:
        raise PlanError(Message("support-no-project", {"key": code}))
    return row.project


def _typed(one: Any) -> dict[str, str]:
    from diffuscope.register.rows import cells_of

    row = cells_of("support", vars(one))
    cells = {name: "" if row[name] is None else str(row[name]) for name in CELLS}
    cells["amount"] = cells["amount"].removesuffix(".0")
    return {**cells, "stage": one.stage, "project": one.project.code if one.project else ""}
