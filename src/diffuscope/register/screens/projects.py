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
    from diffuscope.register.search import projects_found

    asked = request.GET.get("q", "").strip()[:200]
    found = projects_found(Observation.objects.all(), request.person, asked) if asked else ()
    pages = page_of(request, found if asked else _ByCity(request.person))
    rows = pages.object_list
    if asked:
        shown = visible(Observation.objects.filter(pk__any_of=list(rows)), request.person)
        by_number = shown.select_related("project", "city", "wave").in_bulk()
        rows = [by_number[pk] for pk in rows if pk in by_number]
    shown = {"asked": asked, "rows": rows, "pages": pages, "count": pages.paginator.count}
    return render(request, "projects.html", shown)


class _ByCity:
    """Projects by city and title: counted by city, and read for one page.

    Of each the observation that counts in its latest wave. A list of 100,000 is neither sorted nor read.
    """

    def __init__(self, person: Any) -> None:
        from django.db.models import Count, Exists, OuterRef

        from diffuscope.register.models import Observation, Project
        from diffuscope.register.waves import counting

        self.person, same = person, OuterRef("pk")
        self.rows = Project.objects.filter(
            Exists(visible(counting(Observation.objects.filter(project=same)), person)), retired=False
        )
        by_lead = self.rows.order_by("lead__name", "lead").values_list("lead")
        self.counts = list(by_lead.annotate(count=Count("id")))

    def __len__(self) -> int:
        return sum(count for _, count in self.counts)

    def __getitem__(self, wanted: slice) -> list[Any]:
        """Rows of the cities that the slice meets, and of them those in it."""
        before, first, leads = 0, None, []
        for lead, count in self.counts:
            if before < wanted.stop and before + count > wanted.start:
                first = before if first is None else first
                leads.append(lead)
            before += count
        rows = self._latest(leads)
        return rows[wanted.start - (first or 0) : wanted.stop - (first or 0)]

    def _latest(self, leads: list[int]) -> list[Any]:
        from diffuscope.register.models import Observation
        from diffuscope.register.waves import counting

        own = list(self.rows.filter(lead__any_of=leads).order_by().values_list("pk", flat=True))
        rows = visible(counting(Observation.objects.filter(project__any_of=own)), self.person)
        latest = {
            row.project_id: row
            for row in rows.select_related("project__lead", "city", "wave").order_by("wave__position", "pk")
        }
        place = {lead: at for at, lead in enumerate(leads)}
        return sorted(latest.values(), key=lambda row: (place[row.project.lead_id], row.title, row.pk))


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
