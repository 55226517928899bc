"""Take-in on a screen: a workbook is previewed, and goes in when somebody says so."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

from diffuscope.errors import PlanError
from diffuscope.register.messages import Message
from diffuscope.register.screens.pages import folder_of, said

if TYPE_CHECKING:
    from pathlib import Path

    from diffuscope.register.messages import Value

HERE = {"refused-sender": "refused-sender-here", "refused-headings": "refused-headings-here"}
"""Reasons that tell a command of its options, and what they say on a page."""
FOLDER = "uploads"
"""Workbooks that wait for a decision."""


def take_in(request: Any, wave: str) -> Any:
    """Upload workbooks, look at what they would change, and take them in."""
    from django.shortcuts import redirect, render

    from diffuscope.register import take_in as taken
    from diffuscope.register.lookup import wave_named
    from diffuscope.register.models import Member

    of, folder, person = wave_named(wave), folder_of().folder, request.person.code
    sender = request.POST.get("sender") or None
    if request.method == "POST" and request.POST.get("do") == "take":
        files = [waiting(folder, name) for name in request.POST.getlist("file")]
        done = taken(folder, files, person=person, wave=wave, sender=sender)
        for one in files:
            one.unlink(missing_ok=True)
        said(request, " ".join(_outcome(one).said_in(request.words) for one in done))
        return redirect(f"/waves/{wave}")
    sender = sender or request.GET.get("sender") or None
    shown: dict[str, Any] = {"wave": of, "sender": sender or ""}
    files = [waiting(folder, name) for name in request.GET.getlist("file")]
    if request.method == "POST":
        uploads = request.FILES.getlist("files")
        if not uploads:
            raise PlanError(Message("choose-workbooks"))
        files = [_kept(folder, one) for one in uploads]
    if files:
        previews = taken(folder, files, person=person, wave=wave, sender=sender, preview=True)
        for preview in previews:
            preview.refused = _here(preview.refused)
        codes = [one.member for one in previews]
        names = dict(Member.objects.filter(code__any_of=codes).values_list("code", "name"))
        shown["previews"] = [
            (one, _name(file), names.get(one.member, one.member))
            for one, file in zip(previews, files, strict=True)
        ]
        shown["going"] = any(not one.refused and not one.again for one in previews)
        shown["secretary"] = "secretariat" in request.person.kinds
    return render(request, "take_in.html", shown)


def _kept(folder: Path, upload: Any) -> Path:
    """An uploaded file under a name of our own, readable by the register alone."""
    from diffuscope.register.place import PRIVATE_FOLDER, write_private
    from diffuscope.register.sent import LARGEST

    if upload.size > LARGEST:
        raise PlanError(Message("upload-large", {"file": upload.name, "size": str(LARGEST // 1_000_000)}))
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
        raise PlanError(Message("upload-gone"))
    return file


def _here(why: str) -> str:
    return Message(HERE.get(why.code, why.code), why.values) if isinstance(why, Message) else why


def _outcome(preview: Any) -> Message:
    said: dict[str, Value] = {"file": preview.file}
    if preview.refused:
        return Message("taken-refused", {**said, "why": _here(preview.refused)})
    if preview.again:
        return Message("taken-again", said)
    asked = preview.count("question") + len(preview.missing)
    counts = {kind: str(preview.count(kind)) for kind in ("new", "changed", "unchanged")}
    return Message("taken", {**said, **counts, "asked": str(asked)})
