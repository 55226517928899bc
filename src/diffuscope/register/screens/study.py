"""Studies on a screen: asked for, waiting, running, and their reports."""

from __future__ import annotations

from typing import Any

from diffuscope.register.rights import may, visible
from diffuscope.register.screens.pages import folder_of, said


def studies(request: Any) -> Any:
    """Studies of what the network has released; the secretariat and the chair ask for one."""
    from django.shortcuts import redirect, render

    from diffuscope.register.models import Job
    from diffuscope.register.studies import ask_study

    if request.method == "POST":
        ask_study(folder_of().folder, person=request.person.code)
        said(request, "The study waits for the worker. It takes some minutes; look again later.")
        return redirect("/studies")
    jobs = visible(Job.objects.filter(kind="study"), request.person).select_related("asked_by")
    shown = {"jobs": jobs.order_by("-pk")[:50], "may_ask": may(request.person, "study")}
    return render(request, "studies.html", shown)


def report(request: Any, number: int) -> Any:
    """The report of a study."""
    from django.http import Http404

    from diffuscope.register.models import Job
    from diffuscope.register.screens.files import paper
    from diffuscope.register.studies import FOLDER, PAGE

    file = folder_of().folder / FOLDER / str(number) / PAGE
    done = visible(Job.objects.filter(pk=number, kind="study", state="done"), request.person)
    if not done.exists() or not file.is_file():
        raise Http404
    return paper(file.read_bytes())
