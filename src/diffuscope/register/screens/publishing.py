"""Publication: the draft of an edition, its confirmation by the chair, and errata."""

from __future__ import annotations

from typing import Any

from diffuscope.register.rights import visible
from diffuscope.register.screens.pages import folder_of, said


def publish(request: Any, wave: str) -> Any:
    """Editions of a wave: proposed by the secretariat, read, and confirmed by the chair."""
    from django.shortcuts import redirect, render

    from diffuscope.register import change_list, publish_wave
    from diffuscope.register.lookup import wave_named
    from diffuscope.register.models import Edition

    of = wave_named(wave)
    if request.method == "POST":
        made = publish_wave(folder_of().folder, wave, person=request.person.code)
        said(request, f"Edition {made.edition} of {wave} is {made.state}. {made.remark}".strip())
        return redirect(f"/waves/{wave}/publish")
    rows = visible(Edition.objects.filter(wave=of).exclude(state="withdrawn"), request.person)
    editions = list(rows.order_by("-number"))
    proposed = next((one for one in editions if one.state == "proposed"), None)
    folder = folder_of().editions / f"{wave}-{proposed.number}-draft" if proposed else None
    files = sorted(one.name for one in folder.iterdir()) if folder is not None and folder.is_dir() else []
    shown = {
        "wave": of, "editions": editions, "proposed": proposed, "files": files,
        "changes": change_list(folder_of().folder, wave, person=request.person.code),
        "secretary": "secretariat" in request.person.kinds, "chair": "chair" in request.person.kinds,
    }  # fmt: skip
    return render(request, "publish.html", shown)


def draft(request: Any, wave: str, name: str) -> Any:
    """A file of the draft, for those who decide on it."""
    from django.http import Http404

    from diffuscope.register.lookup import wave_named
    from diffuscope.register.models import Edition
    from diffuscope.register.screens.files import attachment, paper

    rows = visible(Edition.objects.filter(wave=wave_named(wave), state="proposed"), request.person)
    proposed = rows.last()
    folder = folder_of().editions / f"{wave}-{proposed.number}-draft" if proposed is not None else None
    known = {one.name: one for one in folder.iterdir()} if folder is not None and folder.is_dir() else {}
    if name not in known:
        raise Http404
    data = known[name].read_bytes()
    return paper(data) if name == "report.html" else attachment(data, f"draft-{wave}-{name}")
