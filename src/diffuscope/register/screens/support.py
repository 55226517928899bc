"""Support on a screen: what a partner gives, written by the partner; a member sees what names it."""

from __future__ import annotations

from typing import Any

from diffuscope.errors import DiffuscopeError
from diffuscope.register.messages import Message
from diffuscope.register.screens.lists import choice_of, page_of
from diffuscope.register.screens.pages import folder_of, said, why_not


def support(request: Any) -> Any:
    """Rows of support that one may see, and the form of a new one."""
    from django.shortcuts import render

    from diffuscope.register.models import Organisation
    from diffuscope.register.rights import own_partners
    from diffuscope.register.support import in_words, support_seen

    own = own_partners(request.person)
    every = Organisation.objects.filter(retired=False)
    pages = page_of(request, support_seen(request.person))
    shown = {
        "pages": pages, "rows": in_words(pages.object_list, request.person), "own": own, "partner": "",
        "organisations": choice_of(every.filter(pk__any_of=[one.pk for one in own]) if own else every),
        "writes": bool(own) or "secretariat" in request.person.kinds, **_choices(),
    }  # fmt: skip
    giver = request.POST.get("organisation", "")
    if request.method == "POST":
        return _answered(request, ("support.html", {**shown, "partner": giver}), giver, None)
    return render(request, "support.html", shown)


def row(request: Any, number: int) -> Any:
    """One row of support, changed or taken back with a reason."""
    from django.http import Http404
    from django.shortcuts import redirect, render

    from diffuscope.register.support import in_words, support_seen, withdraw_support

    seen = next(iter(in_words(support_seen(request.person).filter(pk=number), request.person)), None)
    if seen is None or not seen.own:
        raise Http404
    shown = {"row": seen, "cells": seen.cells, **_choices()}
    if request.method == "POST" and request.POST.get("do") == "withdraw":
        why = request.POST.get("why", "")
        withdraw_support(folder_of().folder, number, why=why, person=request.person.code)
        said(request, Message("support-withdrawn"))
        return redirect("/support")
    if request.method == "POST":
        return _answered(request, ("support_row.html", shown), seen.giver, number)
    return render(request, "support_row.html", shown)


def _answered(request: Any, page: tuple[str, dict[str, Any]], giver: str, number: int | None) -> Any:
    """What follows a form: the list where the row is kept, else the page again with what was typed."""
    from django.shortcuts import redirect, render

    wrong = _kept(request, giver, number)
    if not wrong:
        said(request, Message("support-kept" if number is None else "support-changed"))
        return redirect("/support")
    template, shown = page
    typed = {name: request.POST.get(name, "") for name in _names()}
    again = {"wrong": wrong, "cells": typed, "why": request.POST.get("why", "")}
    return render(request, template, {**shown, **again}, status=422)


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
        return why_not(request, error)
    return ""


def _names() -> tuple[str, ...]:
    from diffuscope.register.support import CELLS

    return (*CELLS, "project", "stage")


def _choices() -> dict[str, Any]:
    from diffuscope.register.models import Member
    from diffuscope.tables.catalogue.links import SUPPORT_STAGES

    return {"members": choice_of(Member.objects.filter(retired=False)), "stages": SUPPORT_STAGES}
