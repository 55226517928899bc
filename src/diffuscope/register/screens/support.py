"""Support on a screen: what a partner gives, written by the partner; a member sees what names it."""

from __future__ import annotations

from typing import Any

from diffuscope.errors import DiffuscopeError
from diffuscope.register.screens.pages import folder_of, said, told


def support(request: Any) -> Any:
    """Rows of support that one may see, and the form of a new one."""
    from django.shortcuts import redirect, render

    from diffuscope.register.rights import own_partners
    from diffuscope.register.support import support_seen

    own = own_partners(request.person)
    shown = {"rows": support_seen(request.person), "own": own, "partner": "", **_choices()}
    shown["organisations"] = own if own or "secretariat" not in request.person.kinds else _organisations()
    if request.method == "POST":
        wrong = _kept(request, request.POST.get("organisation", ""), None)
        if not wrong:
            said(request, "The support is kept.")
            return redirect("/support")
        typed = {name: request.POST.get(name, "") for name in _names()}
        shown |= {"wrong": wrong, "cells": typed, "partner": request.POST.get("organisation", "")}
        return render(request, "support.html", shown, status=422)
    return render(request, "support.html", shown)


def row(request: Any, number: int) -> Any:
    """One row of support, changed or taken back with a reason."""
    from django.http import Http404
    from django.shortcuts import redirect, render

    from diffuscope.register.support import support_seen, withdraw_support

    seen = next((one for one in support_seen(request.person) if one.number == number and one.own), None)
    if seen is None:
        raise Http404
    shown = {"row": seen, "cells": seen.cells, **_choices()}
    if request.method == "POST" and request.POST.get("do") == "withdraw":
        why = request.POST.get("why", "")
        withdraw_support(folder_of().folder, number, why=why, person=request.person.code)
        said(request, "The row is taken back.")
        return redirect("/support")
    if request.method == "POST":
        wrong = _kept(request, seen.giver, number)
        if not wrong:
            said(request, "The row is changed.")
            return redirect("/support")
        typed = {name: request.POST.get(name, "") for name in _names()}
        shown |= {"wrong": wrong, "cells": typed, "why": request.POST.get("why", "")}
        return render(request, "support_row.html", shown, status=422)
    return render(request, "support_row.html", shown)


def _kept(request: Any, organisation: str, number: int | None) -> str:
    """Keep what was typed; what is wrong with it, in words, where it cannot be kept."""
    from diffuscope.register.support import write_support

    post = request.POST
    cells = {name: post.get(name, "") for name in _names()}
    try:
        write_support(
            folder_of().folder, organisation, cells, person=request.person.code, number=number,
            why=post.get("why", ""),
        )  # fmt: skip
    except DiffuscopeError as error:
        return told(error)
    return ""


def _names() -> tuple[str, ...]:
    from diffuscope.register.support import CELLS

    return (*CELLS, "project", "stage")


def _choices() -> dict[str, Any]:
    from diffuscope.register.models import Member
    from diffuscope.register.support import STAGES

    return {"members": Member.objects.filter(retired=False).order_by("name"), "stages": STAGES}


def _organisations() -> Any:
    from diffuscope.register.models import Organisation

    return Organisation.objects.filter(retired=False).order_by("name")
