"""Commands on a register: `new`, `open`, `form`, `take-in` and the other steps of a network's year."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter

from diffuscope.cli.app import app
from diffuscope.cli.screen import as_typed, busy, clean, console

if TYPE_CHECKING:
    from diffuscope.register.intake import Preview

register = App(
    name="register",
    help="Keep the register of a city network: its members, returns, editions and their history.",
)
app.command(register)

As = Annotated[str, Parameter(name="--as")]
Asked = Annotated[str | None, Parameter(name="--as")]
Folder = Annotated[Path, Parameter(name="--folder")]
HERE = Path()
SHOWN = 12
"""Rows of one kind that a preview lists."""


def say(text: str) -> None:
    """One line on the screen."""
    console().print(clean(text), soft_wrap=True)


def elsewhere(folder: Path) -> str:
    """What a further command has to name where the register is not the folder that the person stands in."""
    return "" if folder == HERE else f" --folder {as_typed(folder)}"


@register.command
def new(
    folder: Path,
    *,
    person: As,
    source: Annotated[str | None, Parameter(name="--from")] = None,
    network: str | None = None,
    zone: str = "UTC",
) -> int:
    """Make a register: an empty one, or one filled with a case.

    Parameters
    ----------
    folder : Path
        A folder that does not exist yet, or is empty.
    person : str
        Your short name. Whoever makes a register has the role of the secretariat.
    source : str
        A case to fill it with: a folder, a `.zip`, an `.xlsx`, or the name of a shipped case.
    network : str
        What the network is called; by default the title of the case.
    zone : str
        Time zone of the network, such as Asia/Jakarta.
    """
    from diffuscope.register import new_register

    with busy("making the register"):
        made = new_register(folder, person=person, source=source, network=network, zone=zone)
    say(f"The register: {made}")
    return 0


@register.command
def demo(folder: Path) -> int:
    """Make a register to try: the founding case, four published waves, one that is open, and made-up people.

    Parameters
    ----------
    folder : Path
        A folder that does not exist yet, or is empty.
    """
    from diffuscope.register import demo_register

    with busy("making the register") as show:
        made = demo_register(folder, say=show)
    say(f"The register: {made.folder}. Its people are made up; each acts by a short name, after --as:")
    for whom, role in made.people.items():
        say(f"  {whom}" + ("" if whom == role else f": {role}"))
    say("Begin with:")
    for line in ("status", "queries", f"take-in {as_typed(made.folder / 'inbox')} --preview"):
        say(f"  diffuscope register {line} --folder {as_typed(made.folder)} --as secretariat")
    say(f"On screens: diffuscope register serve {as_typed(made.folder)}, then open a link; each works once:")
    for whom, link in made.links.items():
        say(f"  http://127.0.0.1:8000{link}  ({made.people[whom]})")
    return 0


@register.command(name="open")
def open_(wave: str, *, due: str, person: As, reference: str | None = None, folder: Folder = HERE) -> int:
    """Open a wave: a return is expected of every state with cities in the network.

    Parameters
    ----------
    wave : str
        Its short name, such as 2026.
    due : str
        The last day for returns, as YYYY-MM-DD; it ends at midnight in the network's time zone.
    person : str
        Who acts.
    reference : str
        The day that the wave is about; by default the due date.
    folder : Path
        The register; by default this folder.
    """
    from diffuscope.register import open_wave

    asked = open_wave(folder, wave, due=due, person=person, reference=reference)
    say(f"The wave {wave} is open until {due}. Asked are {', '.join(asked)}.")
    say(f"Next: diffuscope register form {wave} --as {person}{elsewhere(folder)}")
    return 0


@register.command
def form(
    wave: str,
    *members: str,
    person: As,
    out: Path | None = None,
    folder: Folder = HERE,
) -> int:
    """Write a workbook to fill in for each state, with what the register knows, in the state's language.

    Parameters
    ----------
    wave : str
        One that is open.
    members : str
        States; by default all that are asked.
    person : str
        Who acts.
    out : Path
        Folder for the workbooks; by default `forms` in the register.
    folder : Path
        The register; by default this folder.
    """
    from diffuscope.register import write_forms

    with busy("writing workbooks"):
        files = write_forms(folder, wave, person=person, out=out, members=members)
    for file in files:
        say(str(file))
    return 0


@register.command
def take_in(
    *files: Path,
    person: As,
    wave: str | None = None,
    sender: Annotated[str | None, Parameter(name="--from")] = None,
    column: Annotated[list[str] | None, Parameter(negative="")] = None,
    value: Annotated[list[str] | None, Parameter(negative="")] = None,
    sheet: str = "",
    headings: int | None = None,
    preview: Annotated[bool, Parameter(negative="")] = False,
    folder: Folder = HERE,
) -> int:
    """Take in returned workbooks: good rows go in, doubtful ones go into a workbook of questions.

    Parameters
    ----------
    files : Path
        Workbooks, or folders of them. The same file twice changes nothing.
    person : str
        Who acts.
    wave : str
        By default the wave that is open.
    sender : str
        The state that sent workbooks of its own making, where they do not name it.
    column : list of str
        What a heading of this sender means, such as `Projet=title`; kept for later years. Needs --from.
    value : list of str
        What a word of this sender means, such as `status:en cours=ongoing`; kept for later years. Needs
        --from.
    sheet : str
        The sheet with the projects of this sender; kept for later years. Needs --from.
    headings : int
        Row of the headings of this sender; kept for later years. Needs --from.
    preview : bool
        Show what would change, and change nothing.
    folder : Path
        The register; by default this folder.
    """
    from diffuscope.register import take_in as taken

    if column or value or sheet or headings is not None:
        _keep_map(folder, (sender, person), (column or [], value or []), (sheet, headings))
    previews = taken(folder, files, person=person, wave=wave, sender=sender, preview=preview)
    for one in previews:
        _show(one, preview=preview)
    return 1 if any(one.refused for one in previews) else 0


def _keep_map(
    folder: Path,
    who: tuple[str | None, str],
    words: tuple[list[str], list[str]],
    place: tuple[str, int | None],
) -> None:
    from diffuscope.errors import PlanError
    from diffuscope.register import save_column_map

    sender, person = who
    if sender is None:
        raise PlanError("Say whose workbooks are read so, with --from.")
    values: dict[str, dict[str, str]] = {}
    for text in words[1]:
        name, colon, rest = text.partition(":")
        written, means = _pair(rest if colon else text)
        values.setdefault(name.strip() if colon else "status", {})[written] = means
    save_column_map(
        folder,
        sender,
        person=person,
        columns=dict(_pair(text) for text in words[0]),
        values=values,
        sheet=place[0],
        headings=place[1],
    )


def _pair(text: str) -> tuple[str, str]:
    from diffuscope.errors import PlanError

    written, equals, means = text.rpartition("=")
    if not equals or not written.strip() or not means.strip():
        raise PlanError(f"`{text}` does not say what means what; write it as `Projet=title`.")
    return written.strip(), means.strip()


def _show(one: Preview, *, preview: bool) -> None:
    say("")
    if one.refused:
        say(f"{one.file}: not taken: {one.refused}.")
        return
    if one.again:
        say(f"{one.file}: the same file was taken in before; nothing changes.")
        return
    heading = "would be taken in" if preview else "taken in"
    say(
        f"{one.file}: {heading} for {one.member}, wave {one.wave}."
        + (" Nothing to report." if one.nothing else "")
    )
    for kind in ("new", "changed", "unchanged", "ended", "left out"):
        rows = [row for row in one.rows if row.kind == kind]
        if rows:
            say(f"  {kind}: {len(rows)}")
        for row in rows[:SHOWN] if kind in ("new", "changed") else ():
            cells = "".join(
                f"; {column}: {old or '(empty)'} → {now or '(empty)'}" for column, old, now in row.changed
            )
            say(f"    row {row.row.row}: {row.values['title']}{cells}")
    for row in [row for row in one.rows if row.kind in ("question", "refused")]:
        say(f"  {row.kind}, row {row.row.row}: {' '.join(asked.asks for asked in row.questions)}")
    for title in one.missing:
        say(f"  missing: {title}")
    for text in (*one.readings, *one.warnings):
        say(f"  {text}")
    if one.questions is not None:
        say(f"  Questions to mail back: {one.questions}")


@register.command
def mark(
    wave: str,
    member: str,
    mark: Literal["nil", "carried-forward", "excused"],
    *,
    person: As,
    why: str = "",
    folder: Folder = HERE,
) -> int:
    """Mark a return: nothing to report, last year's rows carried forward, or excused.

    Parameters
    ----------
    wave : str
        One that is open.
    member : str
        A state, or a city that stands apart from its state.
    mark : {"nil", "carried-forward", "excused"}
        nil: it says that it has no project; carried-forward: nothing came, and rows of the last
        wave stand in, counted apart; excused: no return was expected.
    person : str
        Who acts.
    why : str
        How it is known.
    folder : Path
        The register; by default this folder.
    """
    from diffuscope.register import mark_return

    say(mark_return(folder, wave, member, mark, person=person, why=why))
    return 0


@register.command
def accept(wave: str, *members: str, person: As, folder: Folder = HERE) -> int:
    """Accept returns that the secretariat has looked through.

    Parameters
    ----------
    wave : str
        One that is open.
    members : str
        Whose returns they are; all are accepted, or none.
    person : str
        Who acts.
    folder : Path
        The register; by default this folder.
    """
    from diffuscope.errors import PlanError
    from diffuscope.register import accept_return

    if not members:
        raise PlanError("Say whose return is accepted, such as `register accept 2026 THA VNM`.")
    accept_return(folder, wave, members, person=person)
    for member in members:
        say(
            f"{member}: accepted. Next, the national representative clears it: diffuscope register clear "
            f"{wave} {member} --as REPRESENTATIVE{elsewhere(folder)}"
        )
    return 0


@register.command
def clear(wave: str, member: str, *, person: As, letter: Path | None = None, folder: Folder = HERE) -> int:
    """Clear an accepted return: the national representative agrees that it goes into the wave.

    Parameters
    ----------
    wave : str
        One that is open.
    member : str
        Whose return it is.
    person : str
        Who acts.
    letter : Path
        The representative's consent as a file, with which the secretariat clears in their place.
    folder : Path
        The register; by default this folder.
    """
    from diffuscope.register import clear_return

    clear_return(folder, wave, member, person=person, letter=letter)
    say(f"{member}: cleared.")
    return 0


@register.command
def close(wave: str, *, person: As, folder: Folder = HERE) -> int:
    """Close a wave: whatever has not come in is silent, which is not zero.

    Parameters
    ----------
    wave : str
        One that is open, without open questions.
    person : str
        Who acts.
    folder : Path
        The register; by default this folder.
    """
    from diffuscope.register import close_wave

    for state, members in close_wave(folder, wave, person=person).items():
        say(f"{state}: {', '.join(members)}")
    return 0


@register.command
def serve(folder: Folder = HERE, *, port: int = 8000, processes: int = 1) -> int:
    """Serve the pages of a register to this machine, until Ctrl+C stops it.

    Parameters
    ----------
    folder : Path
        The register; by default this folder.
    port : int
        On this machine alone. Others come through a proxy that speaks TLS.
    processes : int
        That answer; as many as the machine has cores, where more than some thirty people come at once.
    """
    from diffuscope.register import serve as served

    served(
        folder, port=port, processes=processes,
        say=lambda address: say(f"The register: {address} (stop with Ctrl+C)"),
    )  # fmt: skip
    return 0


@register.command
def work(folder: Folder = HERE, *, once: Annotated[bool, Parameter(negative="")] = False) -> int:
    """Do jobs that wait, such as studies; `serve` has a worker of its own.

    Parameters
    ----------
    folder : Path
        The register; by default this folder.
    once : bool
        End when no job waits.
    """
    from diffuscope.register import work as do_jobs

    done = do_jobs(folder, once=once)
    say(f"Jobs done: {done}.")
    return 0
