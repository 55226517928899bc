"""Publication: an edition is proposed by the secretariat, confirmed by the chair, frozen and locked."""

from __future__ import annotations

import hashlib
import io
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from diffuscope.errors import CaseError, MethodError, PlanError
from diffuscope.register.as_of import last_change
from diffuscope.register.database import opened, writing
from diffuscope.register.export import case_files, fingerprint_of, write_files
from diffuscope.register.lookup import wave_named
from diffuscope.register.place import keep_received, write_private
from diffuscope.register.rights import may, require
from diffuscope.register.write import act_of, add, change, lock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diffuscope.register.place import Place
    from diffuscope.register.write import Act

LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""Date of every file in an edition, so that its bytes depend on its content alone."""
REPORT = "report"


class Publication(NamedTuple):
    """What became of an edition.

    Attributes
    ----------
    wave : str
    edition : int
    state : str
        proposed or published.
    fingerprint : str
        SHA-256 over the files of its case.
    file : Path
        The frozen zip of a published edition; the folder of the draft of a proposed one.
    remark : str
        Why there is no PDF, where there is none.
    """

    wave: str
    edition: int
    state: str
    fingerprint: str
    file: Path
    remark: str = ""


def publish_wave(
    folder: str | Path, wave: str, *, person: str, letter: str | Path | None = None
) -> Publication:
    """Publish a wave: the secretariat proposes an edition, the chair or a shepherd confirms it.

    Parameters
    ----------
    folder : str or Path
    wave : str
        One that is closed and cleared, or published with errata since.
    person : str
        A person of the secretariat proposes; a chair confirms what is proposed.
    letter : str or Path, optional
        A file that shows the chair's consent: with it the secretariat confirms by itself.

    Returns
    -------
    Publication

    Raises
    ------
    PlanError
        If the wave is not ready, nothing is proposed, or the person may not.
    CaseError
        If the exported case has errors, or the register changed since the edition was proposed.
    """
    with opened(folder) as place:
        act = act_of(person)
        if may(act.person, "confirm"):
            return _confirm(act, place, wave, "")
        require(act, "write")
        proposed = _propose(act, place, wave)
        if letter is None:
            return proposed
        return _confirm(act, place, wave, keep_received(place, Path(letter).read_bytes()))


def _propose(act: Act, place: Place, code: str) -> Publication:
    from diffuscope.register.models import Edition

    with writing():
        wave = lock(wave_named(code))
        number = _ready(wave)
        for old in Edition.objects.filter(wave=wave, state="proposed"):
            change(act.because("another proposal took its place"), old, {"state": "withdrawn"})
        until = last_change()
        files = case_files(wave, until, public=True)
        mark = fingerprint_of(files)
        edition = Edition(
            wave=wave,
            number=number,
            last_change=until,
            fingerprint=mark,
            proposed_by=act.person,
            position=number,
        )
        add(act, [edition])
    draft = place.editions / f"{code}-{number}-draft"
    made, remark = reports(files, code)
    whole = {**files, **made}
    _replace_folder(draft, whole)
    with writing():  # whoever confirms it confirms these bytes
        change(act, edition, {"file_sha256": hashlib.sha256(frozen_zip(whole)).hexdigest()})
    return Publication(code, number, "proposed", mark, draft, remark)


def _ready(wave: Any) -> int:
    """Number of the next edition of a wave, if there is a reason for one."""
    from diffuscope.register.models import Edition, Erratum

    done = int(Edition.objects.filter(wave=wave, state="published").count())
    if wave.state == "published":
        if not Erratum.objects.filter(wave=wave, edition__isnull=True).exists():
            raise PlanError(
                f"The wave `{wave}` is published, and no erratum was entered since: see `register correct`."
            )
    elif wave.state not in ("cleared", "imported"):
        raise PlanError(f"The wave `{wave}` is {wave.state}; close it first with `register close {wave}`.")
    return done + 1


def _confirm(act: Act, place: Place, code: str, letter: str) -> Publication:
    from diffuscope.register.models import Edition, Erratum

    wave = wave_named(code)
    edition = Edition.objects.filter(wave=wave, state="proposed").last()
    if edition is None:
        raise PlanError(
            f"No edition of the wave `{code}` is proposed; the secretariat proposes with `register publish`."
        )
    files = case_files(wave, edition.last_change, public=True)
    if (
        fingerprint_of(files) != edition.fingerprint
        or fingerprint_of(case_files(wave, public=True)) != edition.fingerprint
    ):
        raise CaseError(
            f"The register changed since edition {edition.number} of `{code}` was proposed: propose it again."
        )
    data = _as_proposed(place, edition, code)
    name = f"{code}-{edition.number}.zip"
    write_private(place.editions / name, data)
    with writing():
        wave, edition = lock(wave), lock(edition)
        if edition.state != "proposed":
            raise CaseError(f"Edition {edition.number} of `{code}` is {edition.state} already.")
        change(
            act,
            edition,
            {
                "state": "published",
                "file": name,
                "confirmed_by": act.person,
                "letter_sha256": letter,
                "at": act.at,
            },
        )
        change(act, wave, {"state": "published"})
        for erratum in Erratum.objects.filter(wave=wave, edition__isnull=True):
            change(act, erratum, {"edition": edition})
    file = place.editions / name
    return Publication(code, edition.number, "published", edition.fingerprint, file)


def _as_proposed(place: Place, edition: Any, code: str) -> bytes:
    """The bytes that were proposed, from the folder in which the draft was read."""
    folder = place.editions / f"{code}-{edition.number}-draft"
    there = {file.name: file.read_bytes() for file in folder.iterdir()} if folder.is_dir() else {}
    data = frozen_zip(there)
    if hashlib.sha256(data).hexdigest() != edition.file_sha256:
        raise CaseError(f"The draft in `{folder}` is not what was proposed: propose it again.")
    return data


def reports(files: Mapping[str, bytes], wave: str) -> tuple[dict[str, bytes], str]:
    """The result and the public edition of the report: page, Word, and PDF; and why there is no PDF."""
    from diffuscope.report import write_edition
    from diffuscope.result import to_files
    from diffuscope.study import counted_register

    if not {"projects.csv", "returns.csv"} & set(files):
        return {}, "no projects, and nobody was asked for any, so no report"
    remark = ""
    with tempfile.TemporaryDirectory(prefix="diffuscope-") as work:
        case = write_files(files, Path(work) / "case")
        result = counted_register(case)
        made = dict(to_files(result))
        for ending in (".html", ".docx", ".pdf"):
            try:
                file = write_edition(result, Path(work) / f"{REPORT}{ending}", wave=wave)
            except (PlanError, MethodError) as why:  # Typst is an extra, and a font may lack a language
                if ending != ".pdf":
                    raise
                remark = f"No PDF: {why}"
            else:
                made[file.name] = file.read_bytes()
    return made, remark


def frozen_zip(files: Mapping[str, bytes]) -> bytes:
    """Files as a zip whose bytes depend on their names and content alone."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in sorted(files):
            packed.writestr(zipfile.ZipInfo(name, LONG_AGO), files[name], zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _replace_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    import shutil

    if folder.exists():
        shutil.rmtree(folder)
    write_files(files, folder)
