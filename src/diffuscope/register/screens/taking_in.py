"""Take-in on a screen: a workbook is previewed, and goes in when somebody says so."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

from diffuscope.errors import PlanError
from diffuscope.register.screens.pages import folder_of, said

if TYPE_CHECKING:
    from pathlib import Path

SAID = {
    "say so with --from, such as --from THA": "say so under Sender below",
    "Say what its headings mean with --column, such as --column 'Projet=title'": "say below what they mean",
}
"""What a command is told about its options, and where it stands on the page."""
FOLDER = "uploads"
"""Workbooks that wait for a decision."""


def take_in(request: Any, wave: str) -> Any:
    """Upload workbooks, look at what they would change, and take them in."""
    from django.shortcuts import redirect, render

    from diffuscope.register import take_in as taken
    from diffuscope.register.lookup import wave_named

    of, folder, person = wave_named(wave), folder_of().folder, request.person.code
    sender = request.POST.get("sender") or None
    if request.method == "POST" and request.POST.get("do") == "take":
        files = [waiting(folder, name) for name in request.POST.getlist("file")]
        done = taken(folder, files, person=person, wave=wave, sender=sender)
        for one in files:
            one.unlink(missing_ok=True)
        said(request, " ".join(_outcome(one) for one in done))
        return redirect(f"/waves/{wave}")
    sender = sender or request.GET.get("sender") or None
    shown: dict[str, Any] = {"wave": of, "sender": sender or ""}
    files = [waiting(folder, name) for name in request.GET.getlist("file")]
    if request.method == "POST":
        uploads = request.FILES.getlist("files")
        if not uploads:
            raise PlanError("Choose one or more workbooks first.")
        files = [_kept(folder, one) for one in uploads]
    if files:
        previews = taken(folder, files, person=person, wave=wave, sender=sender, preview=True)
        for preview in previews:
            for option, here in SAID.items():
                preview.refused = preview.refused.replace(option, here)
        shown["previews"] = [(one, _name(file)) for one, file in zip(previews, files, strict=True)]
        shown["going"] = any(not one.refused and not one.again for one in previews)
        shown["secretary"] = "secretariat" in request.person.kinds
    return render(request, "take_in.html", shown)


def _kept(folder: Path, upload: Any) -> Path:
    """An uploaded file under a name of our own, readable by the register alone."""
    from diffuscope.register.place import PRIVATE_FOLDER, write_private
    from diffuscope.register.sent import LARGEST

    if upload.size > LARGEST:
        raise PlanError(f"`{upload.name}` is larger than {LARGEST // 1_000_000} MB.")
    data = upload.read()
    plain = re.sub(r"[^\w.-]+", "-", upload.name.rpartition("/")[2])[-80:].lstrip(".-") or "workbook.xlsx"
    place = folder / FOLDER / hashlib.sha256(data).hexdigest()[:32]
    place.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    write_private(place / plain, data)
    return place / plain


def forget_uploads(folder: Path, days: int) -> None:
    """Delete workbooks that were looked at and never taken in."""
    import time

    for file in sorted((folder / FOLDER).glob("*/*")):
        if time.time() - file.stat().st_mtime > days * 86_400:
            file.unlink()
            if not any(file.parent.iterdir()):
                file.parent.rmdir()


def _name(file: Path) -> str:
    return f"{file.parent.name}/{file.name}"


def waiting(folder: Path, name: str) -> Path:
    """A workbook that was uploaded before; nothing outside that folder."""
    file = folder / FOLDER / name
    if not re.fullmatch(r"[0-9a-f]{32}/[\w.-]+", name) or not file.is_file():
        raise PlanError("This workbook is here no more; upload it again.")
    return file


def _outcome(preview: Any) -> str:
    if preview.refused:
        return f"{preview.file} was not taken: {preview.refused}."
    if preview.again:
        return f"{preview.file} was taken before, and nothing changed."
    asked = preview.count("question") + len(preview.missing)
    new, changed = preview.count("new"), preview.count("changed")
    same = preview.count("unchanged")
    return f"{preview.file}: {new} new, {changed} changed, {same} unchanged, {asked} asked."
