"""Commands on a register: editions published and corrected, cases in and out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from diffuscope.cli.register import HERE, As, Asked, Folder, elsewhere, register, say
from diffuscope.cli.screen import as_typed, busy, write_json

Json = Annotated[bool, Parameter(negative="")]


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
    if made.state == "proposed":
        next_step = f"diffuscope register publish {wave} --as CHAIR{elsewhere(folder)}"
        say(f"Read it; then the chair confirms it: {next_step}")
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
        write_json([one._asdict() for one in rows])
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
def export_case(
    folder: Path, *, out: Path, wave: str | None = None, edition: int | None = None, person: Asked = None
) -> int:
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
    person : str
        Who acts: whoever does not see everything gets no private documents and passages. By default whoever
        has the folder.
    """
    from diffuscope.register import export_case as exported

    with busy("writing the case"):
        made = exported(folder, out, wave=wave, edition=edition, person=person)
    say(f"The case: {made}. Study it with: diffuscope run {as_typed(made)}")
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
