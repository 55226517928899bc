"""Project list and project card: its years, its history, its links, and corrections by the secretariat."""

from __future__ import annotations

from typing import Any

from diffuscope.register.rights import visible
from diffuscope.register.screens.lists import page_of
from diffuscope.register.screens.pages import folder_of, said


def projects(request: Any) -> Any:
    """Projects found by words of their titles or cities, whatever the script; of those one may see."""
    from django.shortcuts import render

    from diffuscope.register.models import Observation
    from diffuscope.register.search import ProjectsFound

    asked = request.GET.get("q", "").strip()[:200]
    pages = page_of(request, ProjectsFound(Observation.objects.all(), request.person, asked))
    shown = {
        "asked": asked, "rows": pages.object_list, "pages": pages, "count": pages.paginator.count,
    }  # fmt: skip
    return render(request, "projects.html", shown)


def project(request: Any, code: str) -> Any:
    """One project: what each wave says of it, who changed what, and what it continues."""
    from django.http import Http404
    from django.shortcuts import redirect, render

    from diffuscope.register import correct, history
    from diffuscope.register.board import cited, successions_of
    from diffuscope.register.corrections import SETTABLE
    from diffuscope.register.models import Observation, Project
    from diffuscope.register.rights import require
    from diffuscope.register.write import act_of

    of = Project.objects.filter(code=code).first()
    rows = visible(Observation.objects.filter(project=of), request.person) if of is not None else []
    years = _years(rows)
    if of is None or not years:
        raise Http404
    if request.method == "POST":
        require(act_of(request.person.code), "write")
        column, value = request.POST.get("column", ""), request.POST.get("value", "").strip()
        out = request.POST.get("do") == "withdraw"
        correct(
            folder_of().folder, request.POST.get("wave", ""), code, {} if out else {column: value},
            why=request.POST.get("why", ""), person=request.person.code, withdraw=out,
        )  # fmt: skip
        said(request, "Corrected. Of a published wave this is an erratum for its next edition.")
        return redirect(f"/projects/{code}")
    links = [one for one in successions_of(of, request.person) if not one.retired]
    shown = {
        "project": of,
        "years": years,
        "details": _details(years[0]),
        "years_cited": [(one, cited(one)) for one in years],
        "lines": history(folder_of().folder, code, person=request.person.code) if not of.retired else [],
        "columns": SETTABLE,
        "continues": [one for one in links if one.later_id == of.pk],
        "continued": [one for one in links if one.earlier_id == of.pk],
        "secretary": "secretariat" in request.person.kinds,
    }
    return render(request, "project.html", shown)


def _details(row: Any) -> list[tuple[str, str]]:
    """What the latest wave says beside status and progress, as far as it says it; no field stands empty."""
    from diffuscope.register.money import from_minor
    from diffuscope.register.screens.words import amount, day

    budget = from_minor(row.budget_minor, row.currency)
    told = {
        "description": row.description,
        "budget": "" if budget is None else f"{amount(budget)} {row.currency}",
        **{name: day(getattr(row, name)) for name in ("start_planned", "start", "end_planned", "end")},
        "partner": "; ".join(filter(None, row.partner.split(";"))),
    }
    return [(name, text) for name, text in told.items() if text]


def _years(rows: Any) -> list[Any]:
    """The observation that counts of each wave and city, the latest wave first."""
    last: dict[tuple[int, int], Any] = {}
    for row in rows.select_related("wave", "city", "sent").order_by("version") if rows else ():
        last[row.wave_id, row.city_id] = row
    there = [row for row in last.values() if not row.withdrawn]
    return sorted(there, key=lambda row: (-row.wave.position, row.city.name))
