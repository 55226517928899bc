"""Commands on a register: status, questions, publication, corrections, history, backups and exports."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from diffuscope.cli.app import DATA
from diffuscope.cli.register import HERE, As, Folder, register, say
from diffuscope.cli.screen import busy, write_json

Json = Annotated[bool, Parameter(negative="")]


@register.command
def status(
    wave: str | None = None,
    *,
    person: As,
    remind: Annotated[bool, Parameter(negative="")] = False,
    json: Json = False,
    folder: Folder = HERE,
) -> int:
    """Show who has sent, who is late, and who is asked.

    Parameters
    ----------
    wave : str
        By default the wave that was opened last.
    person : str
        Who acts.
    remind : bool
        Print a reminder to each member whose return is late, and note that they were reminded.
    json : bool
        Print the list as JSON.
    folder : Path
        The register; by default this folder.
    """
    from diffuscope.records.phrases import counted
    from diffuscope.register import reminders
    from diffuscope.register import status as standings

    rows = standings(folder, wave, person=person)
    if json:
        write_json(rows)
        return 0
    for one in rows:
        more = [
            counted(one.projects, "project") if one.projects else "",
            counted(one.queries, "question") if one.queries else "",
        ]
        more += [
            f"{one.projects - one.fresh} of them carried forward" if one.projects > one.fresh else "",
            "late" if one.late else "",
        ]
        say(f"{one.member:<6} {one.state:<16} {one.name}" + "".join(f", {text}" for text in more if text))
    for text in reminders(folder, wave, person=person).values() if remind else ():
        say("")
        say(text)
    return 0


@register.command
def queries(
    wave: str | None = None,
    *,
    person: As,
    settle: int | None = None,
    answer: str = "",
    json: Json = False,
    folder: Folder = HERE,
) -> int:
    """List open questions, or settle one whose answer came another way than by workbook.

    Parameters
    ----------
    wave : str
        By default every wave.
    person : str
        Who acts.
    settle : int
        Number of the question to settle.
    answer : str
        The answer, which is kept.
    json : bool
        Print the list as JSON.
    folder : Path
        The register; by default this folder.
    """
    from diffuscope.register import queries as asked
    from diffuscope.register import settle as settled

    if settle is not None:
        settled(folder, settle, answer=answer, person=person)
    rows = asked(folder, wave, person=person)
    if json:
        write_json(rows)
        return 0
    for one in rows:
        about = f" ({one.place})" if one.place else f" (project {one.project})" if one.project else ""
        say(f"{one.number}  {one.wave} {one.member}{about}: {one.asks}")
    if not rows:
        say("No question is open.")
    return 0


@register.command
def publish(wave: str, *, person: As, letter: Path | None = None, folder: Folder = HERE) -> int:
    """Publish a wave: the secretariat proposes, the chair confirms, and the edition is frozen and locked.

    Parameters
    ----------
    wave : str
        One that is closed, or published with errata since.
    person : str
        Who acts: the secretariat proposes, the chair confirms.
    letter : Path
        The chair's consent as a file, with which the secretariat confirms in their place.
    folder : Path
        The register; by default this folder.
    """
    from diffuscope.register import publish_wave

    with busy("writing the edition"):
        made = publish_wave(folder, wave, person=person, letter=letter)
    say(f"Edition {made.edition} of {made.wave} is {made.state}: {made.file}")
    say(f"Fingerprint (SHA-256): {made.fingerprint}")
    if made.remark:
        say(made.remark)
    return 0


@register.command
def correct(
    wave: str,
    project: str,
    *cells: str,
    why: str,
    person: As,
    withdraw: Annotated[bool, Parameter(negative="")] = False,
    folder: Folder = HERE,
) -> int:
    """Correct what a wave says of a project; of a published wave this is an erratum for its next edition.

    Parameters
    ----------
    wave : str
        The wave.
    project : str
        Key of the project.
    cells : str
        New cells, such as `status=completed`.
    why : str
        The reason, which the change list prints.
    person : str
        Who acts.
    withdraw : bool
        Take the project out of the wave.
    folder : Path
        The register; by default this folder.
    """
    from diffuscope.errors import PlanError
    from diffuscope.register import correct as corrected

    pairs = [cell.partition("=") for cell in cells]
    if any(not equals for _, equals, _ in pairs) or not (pairs or withdraw):
        raise PlanError("Say which cell becomes what, such as `status=completed`, or `--withdraw`.")
    values = {column.strip(): value.strip() for column, _, value in pairs}
    for one in corrected(folder, wave, project, values, why=why, person=person, withdraw=withdraw):
        say(f"{project}, {one.column}: {one.old or '(empty)'} → {one.new or '(empty)'}")
    return 0


@register.command
def changes(wave: str, *, person: As, json: Json = False, folder: Folder = HERE) -> int:
    """List what errata changed in a published wave: rows, people and reasons.

    Parameters
    ----------
    wave : str
        The wave.
    person : str
        Who acts.
    json : bool
        Print the list as JSON.
    folder : Path
        The register; by default this folder.
    """
    from diffuscope.register import change_list

    rows = change_list(folder, wave, person=person)
    if json:
        write_json(rows)
        return 0
    for one in rows:
        edition = f"edition {one.edition}" if one.edition else "next edition"
        say(
            f"{edition}: {one.project} ({one.city}), {one.column}: {one.old or '(empty)'} → "
            f"{one.new or '(empty)'}; "
            f"{one.person}: {one.why}"
        )
    return 0


@register.command
def history(project: str, *, person: As, json: Json = False, folder: Folder = HERE) -> int:
    """Show everything that changed in a project: who, when, by which way, from what to what, and why.

    Parameters
    ----------
    project : str
        Key of the project.
    person : str
        Who acts.
    json : bool
        Print the list as JSON.
    folder : Path
        The register; by default this folder.
    """
    from diffuscope.register import history as lines

    rows = lines(folder, project, person=person)
    if json:
        write_json(rows)
        return 0
    for one in rows:
        moved = f": {one.old} → {one.new}" if one.old else f": {one.new}" if one.new else ""
        why = f" ({one.why})" if one.why else ""
        say(
            f"{one.at:%Y-%m-%d %H:%M} {one.person}, {one.channel}, wave {one.wave or '–'}: "
            f"{one.what}{moved}{why}"
        )
    return 0


@register.command
def succeed(
    kind: Literal["link", "split", "merge", "rename", "replace"],
    *projects: str,
    into: Annotated[list[str], Parameter(negative="")],
    why: str,
    person: As,
    wave: str | None = None,
    folder: Folder = HERE,
) -> int:
    """Say that projects continue others: linked, split, merged, renamed or replaced.

    Parameters
    ----------
    kind : {"link", "split", "merge", "rename", "replace"}
        link: two keys are one project, and the rows of the second go under the first.
    projects : str
        Keys of the earlier projects.
    into : list of str
        Keys of the later projects.
    why : str
        On what the decision rests.
    person : str
        Who acts.
    wave : str
        The wave from which it holds; by default the first that shows the later project.
    folder : Path
        The register; by default this folder.
    """
    from diffuscope.register import succeed as succeeded

    say(succeeded(folder, kind, projects, into, why=why, person=person, wave=wave))
    return 0


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
def backup(out: Path, *, person: As, folder: Folder = HERE) -> int:
    """Write a backup of everything, readable by you alone; it restores into SQLite or PostgreSQL.

    Parameters
    ----------
    out : Path
        A `.zip` that does not exist yet. It holds personal data.
    person : str
        Who acts.
    folder : Path
        The register; by default this folder.
    """
    from diffuscope.register import backup as written

    with busy("writing the backup"):
        file = written(folder, out, person=person)
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
def export_case(folder: Path, *, out: Path, wave: str | None = None, edition: int | None = None) -> int:
    """Write one edition as a case, which every other command reads. Persons and drafts are not in it.

    Parameters
    ----------
    folder : Path
        The register.
    out : Path
        A folder that does not exist yet, or is empty.
    wave : str
        By default the latest published wave.
    edition : int
        By default the latest edition of the wave.
    """
    from diffuscope.register import export_case as exported

    with busy("writing the case"):
        made = exported(folder, out, wave=wave, edition=edition)
    say(f"The case: {made}. Study it with: diffuscope run {made}")
    return 0


@register.command
def import_case(source: str, *, person: As, folder: Folder = HERE) -> int:
    """Take a case into a register that has no members yet.

    Parameters
    ----------
    source : str
        A folder, a `.zip`, an `.xlsx`, or the name of a shipped case.
    person : str
        Who acts.
    folder : Path
        The register; by default this folder.
    """
    from diffuscope.register import import_case as imported

    with busy("taking the case in"):
        rows = imported(folder, source, person=person)
    say(f"{rows:,} rows were taken in.")
    return 0


@register.command
def check(*, folder: Folder = HERE) -> int:
    """Check the register for faults: rows, history, files and editions. Nothing is repaired.

    Parameters
    ----------
    folder : Path
        The register; by default this folder.
    """
    from diffuscope.register import check_register

    with busy("checking the register"):
        found = check_register(folder)
    for one in found:
        say(one)
    if not found:
        say("No fault was found.")
    return DATA if found else 0


@register.command
def person(
    whom: str,
    *,
    person: As,
    erase: Annotated[bool, Parameter(negative="")] = False,
    why: str = "",
    folder: Folder = HERE,
) -> int:
    """Show what the register holds about a person, or erase the person's own data.

    Parameters
    ----------
    whom : str
        Short name of the person.
    person : str
        Who acts.
    erase : bool
        Take name, address and roles out; what the person did stays, under a number.
    why : str
        The reason for the erasure, which is kept.
    folder : Path
        The register; by default this folder.
    """
    from diffuscope.records.phrases import counted
    from diffuscope.register import erase_person, held_about

    if erase:
        erase_person(folder, whom, why=why, person=person)
        say(f"{whom} was erased.")
        return 0
    held = held_about(folder, whom, person=person)
    say(
        f"{held.code}: name {held.name or '–'}, address {held.email or '–'}, roles "
        f"{', '.join(held.roles) or '–'}; "
        f"{counted(held.changes, 'change')} and {counted(held.returns, 'return')} bear this name."
    )
    return 0


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
