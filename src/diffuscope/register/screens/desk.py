"""Desk for links, splits and merges: what may be one project is proposed, and the secretariat decides."""

from __future__ import annotations

from difflib import get_close_matches
from itertools import pairwise
from typing import Any, NamedTuple

from diffuscope.register.screens.pages import folder_of, said

NEAR = 0.72
"""Likeness of two titles (Ratcliff and Obershelp) from which a link is proposed."""


class Proposal(NamedTuple):
    """Two projects of one city that may be one."""

    earlier: str
    earlier_title: str
    later: str
    later_title: str
    city: str
    wave: str


def desk(request: Any) -> Any:
    """Proposed links, and the form that says which projects continue which."""
    from django.shortcuts import redirect, render

    from diffuscope.register import succeed
    from diffuscope.register.succession import KINDS

    if request.method == "POST":
        post = request.POST
        kind = post.get("kind", "")
        text = succeed(
            folder_of().folder, kind, post.get("earlier", "").replace(";", " ").split(),
            post.get("later", "").replace(";", " ").split(), why=post.get("why", ""),
            person=request.person.code, wave=post.get("wave") or None,
        )  # fmt: skip
        said(request, text)
        return redirect("/desk")
    return render(request, "desk.html", {"proposals": proposals(request.person), "kinds": KINDS})


def proposals(person: Any) -> list[Proposal]:
    """Projects that appear in a wave under a new key, near the title of one that disappeared there."""
    from diffuscope.register.export import ordered_waves
    from diffuscope.register.models import Observation, Wave
    from diffuscope.register.rights import visible

    waves = ordered_waves(Wave.objects.filter(retired=False))
    seen: dict[int, dict[tuple[int, int], Any]] = {one.pk: {} for one in waves}
    rows = visible(Observation.objects.filter(project__retired=False), person)
    for row in rows.select_related("project", "city").order_by("version"):
        seen[row.wave_id][row.city_id, row.project_id] = row
    found = []
    for before, after in pairwise(waves):
        old, new = (
            {key: row for key, row in seen[one.pk].items() if not row.withdrawn} for one in (before, after)
        )
        gone = [
            row for key, row in old.items() if key not in new and row.status not in ("completed", "cancelled")
        ]
        for (city, _), row in ((key, row) for key, row in new.items() if key not in old):
            titles = {one.folded: one for one in gone if one.city_id == city}
            for near in get_close_matches(row.folded, titles, n=1, cutoff=NEAR):
                other = titles[near]
                found.append(
                    Proposal(
                        other.project.code,
                        other.title,
                        row.project.code,
                        row.title,
                        row.city.name,
                        after.code,
                    )
                )
    return found
