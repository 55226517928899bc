"""Published editions: read from frozen files, never from live tables, and without signing in."""

from __future__ import annotations

import zipfile
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from diffuscope.register.rights import visible
from diffuscope.register.screens.pages import folder_of

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = "edition.zip"
SHOWN = ("report.html", "report.docx", "report.pdf", "projects.csv")
"""Files of an edition that its page offers one by one."""


def editions(request: Any) -> Any:
    """All published editions, the latest first."""
    from django.shortcuts import render

    from diffuscope.register.models import Edition

    rows = visible(Edition.objects.filter(retired=False), None).select_related("wave")
    latest, *others = [*rows.order_by("-wave__position", "-number")] or [None]
    names = _names(folder_of().editions / latest.file) if latest is not None else []
    shown = {
        "network": folder_of().network, "latest": latest, "editions": others, "files": names,
        "listed": "result.json" in names,
    }  # fmt: skip
    return render(request, "editions.html", shown)


def edition(request: Any, wave: str, number: int) -> Any:
    """One edition: its report, its files and its fingerprint."""
    from django.shortcuts import render

    from diffuscope.register.errata import errata_of
    from diffuscope.register.models import Edition
    from diffuscope.register.screens.atlas import places_of

    one = published(wave, number)
    packed = folder_of().editions / one.file
    names = _names(packed)
    units = places_of(packed, wave).names if "result.json" in names else {}  # as they were called then
    errata = [row._replace(city=units.get(row.city, row.city)) for row in errata_of(one)]
    others = visible(Edition.objects.filter(wave=one.wave, retired=False).exclude(pk=one.pk), None)
    shown = {
        "edition": one, "files": [name for name in SHOWN if name in names], "network": folder_of().network,
        "listed": "result.json" in names, "errata": errata, "others": others.order_by("-number"),
        "latest": not others.filter(number__gt=one.number).exists(),
    }  # fmt: skip
    return render(request, "edition.html", shown)


def file(request: Any, wave: str, number: int, name: str) -> Any:  # noqa: ARG001 as every view is called
    """A file of an edition."""
    from django.http import Http404

    from diffuscope.register.screens.files import attachment, paper

    packed = folder_of().editions / published(wave, number).file
    if name == WHOLE:
        return attachment(packed.read_bytes(), packed.name)
    if name not in SHOWN or name not in _names(packed):
        raise Http404
    with zipfile.ZipFile(packed) as opened:
        data = opened.read(name)
    return paper(data) if name == "report.html" else attachment(data, f"{wave}-{number}-{name}")


def published(wave: str, number: int) -> Any:
    """A published edition whose file is there; otherwise there is no such page."""
    from django.http import Http404

    from diffuscope.register.models import Edition

    one = visible(Edition.objects.filter(wave__code=wave, number=number, retired=False), None).first()
    if one is None or not (folder_of().editions / one.file).is_file():
        raise Http404
    return one


@lru_cache(maxsize=64)  # what is published never changes
def _names(packed: Path) -> frozenset[str]:
    with zipfile.ZipFile(packed) as opened:
        return frozenset(opened.namelist())


def style(request: Any) -> Any:  # noqa: ARG001 as every view is called
    """The style of all pages."""
    from django.http import HttpResponse

    data = resources.files("diffuscope.register.screens").joinpath("style.css").read_bytes()
    kept = {"Cache-Control": "public, max-age=3600"}
    return HttpResponse(data, content_type="text/css; charset=utf-8", headers=kept)
