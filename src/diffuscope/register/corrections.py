"""Corrections: another version of an observation, with a reason; of a published wave an erratum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from diffuscope.errors import CaseError, PlanError
from diffuscope.records.phrases import in_code
from diffuscope.register.context import context_of
from diffuscope.register.database import opened, writing
from diffuscope.register.judge import FIELDS
from diffuscope.register.lookup import project_named, state_of, wave_named
from diffuscope.register.rights import require
from diffuscope.register.rows import cells_of, fields_of
from diffuscope.register.waves import copied
from diffuscope.register.write import LOCKED, act_of, add, next_version, take_turn
from diffuscope.tables.read_as import fold

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from diffuscope.register.write import Act

SETTABLE = tuple(column for column in FIELDS if column != "unit")


class Corrected(NamedTuple):
    """One cell that was corrected.

    Attributes
    ----------
    column : str
    old, new : str
    """

    column: str
    old: str
    new: str


def correct(
    folder: str | Path,
    wave: str,
    project: str,
    values: Mapping[str, str],
    *,
    why: str,
    person: str,
    withdraw: bool = False,
) -> list[Corrected]:
    """Correct what a wave says of a project; of a published wave this is an erratum for its next edition.

    Parameters
    ----------
    folder : str or Path
    wave, project : str
    values : mapping of str to str
        New cells by column, such as ``{"status": "completed"}``, as they would be typed into a table.
    why : str
        The reason, which the change list prints.
    person : str
        Of the secretariat.
    withdraw : bool
        Take the project out of the wave instead.

    Returns
    -------
    list of Corrected
        Cells that changed.

    Raises
    ------
    PlanError
        If there is no reason, no such column, or the wave has no such project.
    CaseError
        If a value cannot stand there.
    """
    if not why.strip():
        raise PlanError("A correction needs a reason: `--why`.")
    unknown = [column for column in values if column not in SETTABLE]
    if unknown:
        raise PlanError(f"`{unknown[0]}` cannot be corrected; columns are {in_code(SETTABLE)}.")
    with opened(folder), writing():
        act = act_of(person, why=why)
        require(act, "write")
        of, whose = wave_named(wave), project_named(project)
        take_turn(state_of(latest(of, whose).city))
        old = latest(of, whose)
        new = copied(old, of, _return_of(act_for(act, of), of, old), withdrawn=withdraw)
        if not withdraw:
            _set(new, old, values)
            new.source = f"{old.source}; corrected: {why}"
        changed = [
            Corrected(column, _said(getattr(old, name)), _said(getattr(new, name)))
            for column, name in FIELDS.items()
            if getattr(old, name) != getattr(new, name)
        ]
        if not changed and not withdraw:
            raise PlanError("The register says the same already; nothing was changed.")
        put(act, of, [new])
        return changed


def _said(value: object) -> str:
    return "" if value is None else str(value)  # zero is a value


def act_for(act: Act, wave: Any) -> Act:
    """The act as an erratum, where the wave is locked."""
    return act.because(act.why, erratum=wave.state in LOCKED)


def put(act: Act, wave: Any, rows: list[Any]) -> None:
    """Add observations to a wave; where it is locked, as errata for its next edition."""
    from diffuscope.register.models import Erratum

    act = act_for(act, wave)
    add(act, rows)
    if act.erratum:
        add(act, [Erratum(wave=wave, observation=row, why=act.why) for row in rows])


def latest(wave: Any, project: Any) -> Any:
    """What a wave says of a project: the observation that counts."""
    from diffuscope.register.models import Observation

    rows = Observation.objects.filter(wave=wave, project=project).select_related("city", "project")
    last = {one.city_id: one for one in rows.order_by("version")}
    there = [one for one in last.values() if not one.withdrawn]
    if not there:
        raise PlanError(f"The wave `{wave}` has no row of the project `{project}`.")
    return min(there, key=lambda one: one.city_id != project.lead_id)


def _return_of(act: Act, wave: Any, old: Any) -> Any:
    """Whoever corrects is the source of what is new: a return of its own."""
    from diffuscope.register.models import Return

    member = state_of(old.city)
    sent = Return(
        wave=wave,
        member=member,
        person=act.person,
        at=act.at,
        channel=act.channel,
        file="correction",
        version=next_version(Return.objects.filter(wave=wave, member=member)),
    )
    add(act, [sent])
    return sent


def _set(new: Any, old: Any, values: Mapping[str, str]) -> None:
    """New values by the rules of the table, whole row and all."""
    from diffuscope.tables.one_row import check_row

    held = {name: getattr(old, name) for name in ("status_basis", "link_basis", "source", *FIELDS.values())}
    cells = {name: "" if value is None else str(value) for name, value in cells_of("projects", held).items()}
    context = context_of(old.wave, state_of(old.city))
    cells |= {"wave": old.wave.code, "project": old.project.code, "unit": old.city.code, "succeeds": ""}
    cells |= {column: context.words.get(column, {}).get(text, text) for column, text in values.items()}
    frames = {"units": context.units.cells, "areas": context.areas.cells}
    row, problems = check_row("projects", cells, frames, waves=list(context.waves))
    errors = [one for one in problems if one.level == "error"]
    if errors:
        raise CaseError("The correction cannot stand in the register.", errors)
    try:
        fields = fields_of("projects", row)
    except ValueError as error:
        raise CaseError(f"The budget cannot be kept: {error}.") from None
    for column in values:
        setattr(new, FIELDS[column], fields[FIELDS[column]])
    if "currency" in values or "budget" in values:
        new.budget_minor, new.currency = fields["budget_minor"], fields["currency"]
    new.folded = fold(new.title)
