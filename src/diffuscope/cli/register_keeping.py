"""Commands on a register: people, backups, checks and migrations."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from diffuscope.cli.app import DATA
from diffuscope.cli.register import HERE, As, Asked, Folder, register, say
from diffuscope.cli.screen import busy


@register.command
def invite(
    whom: str,
    *,
    role: Literal["city", "representative", "secretariat", "chair", "partner"],
    person: As,
    member: str | None = None,
    name: str = "",
    email: str = "",
    folder: Folder = HERE,
) -> int:
    """Give a person a role, and print a link by which this person can enter once.

    Parameters
    ----------
    whom : str
        Short name of the person, who may be new.
    role : {"city", "representative", "secretariat", "chair", "partner"}
        What the person is for the network.
    person : str
        Who acts; nobody gives themselves a role.
    member : str
        For whom: a city, a state, or for a partner its organisation.
    name : str
        Name of a new person.
    email : str
        Address of a new person.
    folder : Path
        The register; by default this folder.
    """
    from diffuscope.register import invite as invited

    made = invited(folder, whom, role=role, person=person, member=member, name=name, email=email)
    say(f"{made.person} is {made.role}. Hand this over; it works once: {made.link}")
    return 0


@register.command
def link(whom: str, *, person: As, forget_factor: bool = False, folder: Folder = HERE) -> int:
    """Make a link that lets a person in once: for a first entry, or where the password is lost.

    Parameters
    ----------
    whom : str
        Short name of somebody with a role; also your own.
    person : str
        Who acts.
    forget_factor : bool
        Take the second factor and the recovery codes away, for somebody who lost phone and codes. The history
        keeps who did it, and the person is told. Without it they stay.
    folder : Path
        The register; by default this folder.
    """
    from diffuscope.register import link_for

    made = link_for(folder, whom, person=person, forget_factor=forget_factor)
    say(f"Hand this over; it works once, for seven days: {made}")
    return 0


@register.command
def person(
    whom: str,
    *,
    person: As,
    out: Path | None = None,
    erase: Annotated[bool, Parameter(negative="")] = False,
    why: str = "",
    folder: Folder = HERE,
) -> int:
    """Show what the register holds about a person, write all of it to a file, or erase the person's own data.

    Parameters
    ----------
    whom : str
        Short name of the person.
    person : str
        Who acts.
    out : Path
        A file that does not exist yet, for everything that is held about the person, as JSON.
    erase : bool
        Take name, address, roles and account out; what the person did stays, under a number.
    why : str
        The reason for the erasure, which is kept.
    folder : Path
        The register; by default this folder.
    """
    from diffuscope.errors import PlanError
    from diffuscope.records.phrases import counted
    from diffuscope.register import erase_person, held_about, personal_data
    from diffuscope.register.place import write_private

    if out is not None and out.exists():
        raise PlanError(f"`{out}` exists already; give another name.")
    if out is not None:
        write_private(out.absolute(), personal_data(folder, whom, person=person))
        say(f"Everything that is held about {whom}: {out}")
    if erase:
        erase_person(folder, whom, why=why, person=person)
        say(f"{whom} was erased.")
    if erase or out is not None:
        return 0
    held = held_about(folder, whom, person=person)
    say(
        f"{held.code}: name {held.name or '–'}, address {held.email or '–'}, roles "
        f"{', '.join(held.roles) or '–'}; "
        f"{counted(held.changes, 'change')} and {counted(held.returns, 'return')} bear this name."
    )
    return 0


@register.command
def backup(out: Path, *, person: As, keep: int | None = None, folder: Folder = HERE) -> int:
    """Write a backup of everything, readable by you alone; it restores into SQLite or PostgreSQL.

    Parameters
    ----------
    out : Path
        A `.zip` that does not exist yet. It holds personal data and accounts.
    person : str
        Who acts.
    keep : int
        Delete backups of this register in the same folder that are older than so many days.
    folder : Path
        The register; by default this folder.
    """
    from diffuscope.register import backup as written

    with busy("writing the backup"):
        file = written(folder, out, person=person, keep=keep)
    say(f"The backup: {file}")
    return 0


@register.command
def restore(backup: Path, folder: Path) -> int:
    """Restore a backup into a new folder and an empty database.

    Parameters
    ----------
    backup : Path
        From `register backup`.
    folder : Path
        A folder that does not exist yet, or is empty.
    """
    from diffuscope.register import restore as restored

    with busy("restoring"):
        made = restored(backup, folder)
    say(f"The register: {made}")
    return 0


@register.command
def check(folder: Folder = HERE, *, person: Asked = None) -> int:
    """Check the register for faults: rows, history, files and editions. Nothing is repaired.

    Parameters
    ----------
    folder : Path
        The register; by default this folder.
    person : str
        Who acts, of those who see everything. By default whoever has the folder.
    """
    from diffuscope.register import check_register

    with busy("checking the register"):
        found = check_register(folder, person=person)
    for one in found:
        say(one)
    if not found:
        say("No fault was found.")
    return DATA if found else 0


@register.command
def migrate(folder: Folder = HERE) -> int:
    """Bring the tables of a register to those of this version; make a backup before.

    Parameters
    ----------
    folder : Path
        The register; by default this folder.
    """
    from diffuscope.register import migrate_register

    with busy("migrating"):
        migrate_register(folder)
    say("The tables are those of this version.")
    return 0
