"""A new register: empty, or filled with a case."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from diffuscope.errors import CaseError, PlanError
from diffuscope.register.database import analyze, migrate, opened, require_extra, writing
from diffuscope.register.place import new_place
from diffuscope.register.write import act_of, add, first_person


def new_register(
    folder: str | Path,
    *,
    person: str,
    source: str | Path | None = None,
    network: str | None = None,
    zone: str = "UTC",
) -> Path:
    """Register of a network: a new folder with an empty database, or one filled with a case.

    Parameters
    ----------
    folder : str or Path
        One that does not exist yet, or is empty.
    person : str
        Short name of whoever founds it; this person has the role of the secretariat.
    source : str or Path, optional
        A case: a folder, a `.zip`, an `.xlsx`, or the name of a shipped case.
    network : str, optional
        What the network is called; by default the title of the case.
    zone : str
        Time zone of the network, as the IANA names it: a due date ends at midnight there.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    CaseError
        If something is there already, or the case has errors.
    PlanError
        If Django is not installed, or there is no such time zone.
    """
    from diffuscope.register.case_in import read_source, take_case

    require_extra()
    case = None if source is None else read_source(source)
    name = network or (case.title if case is not None else Path(folder).name)
    with new_place(folder, network=name, zone=zone) as place, opened(place, migrated=False):
        migrate()
        with writing():
            _found(person)
            if case is not None:
                take_case(act_of(person, channel="import", why=f"taken from the case `{case.id}`"), case)
        analyze()
    return place.folder


def migrate_register(folder: str | Path) -> None:
    """Bring the tables of a register to those of this version; make a backup before.

    Parameters
    ----------
    folder : str or Path
    """
    with opened(folder, migrated=False):
        migrate()


def _found(person: str) -> None:
    from diffuscope.register.models import Person, Role

    if Person.objects.exists():
        raise CaseError("The database of DATABASE_URL holds a register already; one database is one network.")
    code = person_code(person)
    act = first_person(code, person)
    add(act, [Role(person=act.person, kind="secretariat", first_day=act.at.date())])


def person_code(name: str) -> str:
    """The short name by which a person acts, if it is one."""
    if not name or not all(letter.isalnum() or letter in "-_.@" for letter in name) or len(name) > 100:
        raise PlanError(
            f"`{name}` cannot be the short name of a person: use letters, digits, `-`, `_`, `.` and `@`."
        )
    return name


def issue_code(taken: set[str], number: int) -> tuple[str, int]:
    """The next free code of a project, and its number.

    >>> issue_code({"p-000001"}, 0)
    ('p-000002', 2)
    """
    number += 1
    while (code := f"p-{number:06}") in taken:
        number += 1
    return code, number


def all_codes(model: Any) -> set[str]:
    """Codes of all rows of a model."""
    return set(model.objects.values_list("code", flat=True))
