"""Commands on a register: where a wave stands, its questions, a project's history, and who continues whom."""

from __future__ import annotations

from typing import Annotated, Literal

from cyclopts import Parameter

from diffuscope.cli.register import HERE, As, Folder, register, say
from diffuscope.cli.screen import write_json

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
        write_json([one._asdict() for one in rows])
        return 0
    for one in rows:
        more = [
            counted(one.projects, "project") if one.projects else "",
            counted(one.queries, "question") if one.queries else "",
        ]
        carried = (one.projects or 0) - (one.fresh or 0)
        more += [
            f"{carried} of them carried forward" if carried else "",
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
    leave_out: Annotated[bool, Parameter(negative="")] = False,
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
        The answer, which is kept. A project that was missing goes into the wave as it was last reported.
    leave_out : bool
        The answer is that a missing project is not to be reported any more.
    json : bool
        Print the list as JSON.
    folder : Path
        The register; by default this folder.
    """
    from diffuscope.register import queries as asked
    from diffuscope.register import settle as settled

    if settle is not None:
        say(settled(folder, settle, answer=answer, person=person, leave_out=leave_out))
    rows = asked(folder, wave, person=person)
    if json:
        write_json([one._asdict() for one in rows])
        return 0
    for one in rows:
        about = f" ({one.place})" if one.place else f" (project {one.project})" if one.project else ""
        say(f"{one.number}  {one.wave} {one.member}{about}: {one.asks}")
    if not rows:
        say("No question is open.")
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
        write_json([one._asdict() for one in rows])
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
