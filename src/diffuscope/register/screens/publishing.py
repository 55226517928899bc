"""Publication: the draft of an edition, its confirmation by the chair, and errata."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from diffuscope.errors import DiffuscopeError
from diffuscope.register.rights import visible
from diffuscope.register.screens.pages import folder_of, said, told
from diffuscope.register.screens.proposal import facts_of

if TYPE_CHECKING:
    from pathlib import Path

FOUND = 20
"""Projects among which the one to be corrected is chosen."""
READY = ("cleared", "imported")
"""States of a wave of which the first edition can be proposed; of a published one it takes errata."""
DRAFT = "report.html"
TOLD = {
    "report.docx": "The draft for Word", "report.pdf": "The draft as PDF",
    "projects.csv": "Its projects as a table (CSV)", "returns.csv": "What became of each return (CSV)",
}  # fmt: skip
"""What the files are called that somebody may read who decides; the others are its data."""


def publish(request: Any, wave: str) -> Any:
    """Editions of a wave: proposed by the secretariat, read, confirmed by the chair, and corrected."""
    from django.shortcuts import redirect, render

    from diffuscope.register import publish_wave
    from diffuscope.register.lookup import wave_named

    of, wrong = wave_named(wave), ""
    if request.method == "POST" and request.POST.get("do") == "erratum":
        wrong = _erratum(request, wave)
        if not wrong:
            return redirect(f"/waves/{wave}/publish#errata")
    elif request.method == "POST":
        made = publish_wave(folder_of().folder, wave, person=request.person.code)
        said(request, f"Edition {made.edition} of {wave} is {made.state}. {made.remark}".strip())
        return redirect(f"/waves/{wave}/publish")
    shown = _shown(request, of) | {"wrong": wrong, "typed": request.POST}
    return render(request, "publish.html", shown, status=422 if wrong else 200)


def _shown(request: Any, of: Any) -> dict[str, Any]:
    from diffuscope.register import change_list
    from diffuscope.register.corrections import SETTABLE
    from diffuscope.register.models import Edition
    from diffuscope.register.write import LOCKED

    kinds = request.person.kinds
    rows = visible(Edition.objects.filter(wave=of).exclude(state="withdrawn"), request.person)
    editions = list(rows.order_by("-number"))
    proposed = next((one for one in editions if one.state == "proposed"), None)
    files = [one.name for one in _draft_files(of, proposed)]
    changes = change_list(folder_of().folder, of.code, person=request.person.code)
    return {
        "wave": of, "proposed": proposed, "changes": changes,
        "published": [one for one in editions if one.state == "published"],
        "waiting": (waiting := [one for one in changes if one.edition is None]),
        "ready": of.state in READY or (of.state == "published" and bool(waiting)),
        "draft": DRAFT if DRAFT in files else "",
        "files": [(one, TOLD.get(one, one)) for one in sorted(files, key=_as_read) if one != DRAFT],
        "facts": facts_of(_draft_folder(of, proposed), of.code, proposed.fingerprint) if proposed else None,
        "secretary": "secretariat" in kinds, "chair": "chair" in kinds, "locked": of.state in LOCKED,
        "columns": SETTABLE, "q": _asked(request), "found": _found(request, of),
    }  # fmt: skip


def _as_read(name: str) -> tuple[int, str]:
    """The order of files: those that somebody reads, then the data."""
    return (list(TOLD).index(name) if name in TOLD else len(TOLD), name)


def _asked(request: Any) -> str:
    return str(request.GET.get("q") or request.POST.get("q") or "").strip()[:200]


def _found(request: Any, of: Any) -> list[Any]:
    """Projects of the wave among which the one to be corrected is chosen."""
    from diffuscope.register.models import Observation
    from diffuscope.register.search import ProjectsFound

    asked = _asked(request)
    if not asked or "secretariat" not in request.person.kinds:
        return []
    return ProjectsFound(Observation.objects.filter(wave=of), request.person, asked)[:FOUND]


def _erratum(request: Any, wave: str) -> str:
    """Enter a correction; what is wrong with it, in words."""
    from diffuscope.register import correct

    post, out = request.POST, request.POST.get("what") == "withdraw"
    if not post.get("project"):
        return "Find the project first, and choose it."
    values = {} if out else {post.get("what", ""): post.get("value", "").strip()}
    try:
        correct(
            folder_of().folder, wave, post["project"], values, why=post.get("why", ""),
            person=request.person.code, withdraw=out,
        )  # fmt: skip
    except DiffuscopeError as error:
        return told(error)
    said(request, "The erratum is entered; the next edition takes it up.")
    return ""


def draft(request: Any, wave: str, name: str) -> Any:
    """A file of the draft, for those who decide on it."""
    from django.http import Http404

    from diffuscope.register.lookup import wave_named
    from diffuscope.register.models import Edition
    from diffuscope.register.screens.files import attachment, paper

    of = wave_named(wave)
    proposed = visible(Edition.objects.filter(wave=of, state="proposed"), request.person).last()
    known = {one.name: one for one in _draft_files(of, proposed)}
    if name not in known:
        raise Http404
    data = known[name].read_bytes()
    return paper(data) if name == "report.html" else attachment(data, f"draft-{wave}-{name}")


def _draft_files(of: Any, proposed: Any) -> list[Path]:
    """Files of the proposed edition, as they wait for their confirmation."""
    if proposed is None:
        return []
    folder = _draft_folder(of, proposed)
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _draft_folder(of: Any, proposed: Any) -> Path:
    return cast("Path", folder_of().editions / f"{of.code}-{proposed.number}-draft")
