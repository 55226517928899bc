"""People and roles, and what the register holds about oneself."""

from __future__ import annotations

from typing import Any

from diffuscope.errors import PlanError
from diffuscope.register.screens.lists import choice_of, page_of
from diffuscope.register.screens.pages import folder_of, said

AT_ONCE = 25
"""People of one page: each has four forms."""


def people(request: Any) -> Any:
    """Everybody with a role; an invitation shows its link once."""
    from django.db.models import Q
    from django.shortcuts import render

    from diffuscope.register.models import Member, Organisation, Person
    from diffuscope.register.people import KINDS

    shown: dict[str, Any] = {"kinds": [kind for kind in KINDS if kind != "chair"]}
    if request.method == "POST":
        done = _DONE.get(request.POST.get("do", ""), _erased)(request)
        if not isinstance(done, dict):
            return done
        shown |= done
    shown["asked"] = request.GET.get("q", "").strip()[:200]
    rows = Person.objects.filter(retired=False).prefetch_related("roles__member", "roles__organisation")
    named = Q(code__icontains=shown["asked"]) | Q(name__icontains=shown["asked"])
    rows = (rows.filter(named) if shown["asked"] else rows).order_by("code")
    shown["pages"] = page_of(request, rows, at_once=AT_ONCE)
    shown["people"] = [
        (one, [role for role in one.roles.all() if not role.retired]) for one in shown["pages"]
    ]
    shown["members"] = choice_of(Member.objects.filter(retired=False))
    shown["organisations"] = choice_of(Organisation.objects.filter(retired=False))
    return render(request, "people.html", shown)


def _invited(request: Any) -> dict[str, Any]:
    """A role, and the link that is shown once."""
    from diffuscope.register import invite

    post = request.POST
    if post.get("role") == "chair":
        raise PlanError(
            "A chair is named on the server, by `diffuscope register invite NAME --role chair --as YOU`: an "
            "officer who could make a chair here could confirm alone what the same officer proposed."
        )
    made = invite(
        folder_of().folder, post.get("whom", "").strip(), role=post.get("role", ""),
        person=request.person.code, member=post.get("member") or None, name=post.get("name", "").strip(),
        email=post.get("email", "").strip(),
    )  # fmt: skip
    return _link(request, made.person, made.link)


def _reset(request: Any) -> dict[str, Any]:
    """Another link for somebody who lost the password."""
    from diffuscope.register.screens.accounts import lost_access

    whom = request.POST.get("whom", "")
    return _link(request, whom, lost_access(folder_of().folder, request.person.code, whom))


def _link(request: Any, whom: str, link: str) -> dict[str, Any]:
    address = request.build_absolute_uri(link[link.index("/enter/") :])
    return {"made": {"person": whom}, "link": address}


def _ended(request: Any) -> Any:
    from django.shortcuts import redirect

    from diffuscope.register.screens.accounts import end_role

    said(request, end_role(request.person.code, request.POST.get("role", "")))
    return redirect("/people")


def _erased(request: Any) -> Any:
    from django.shortcuts import redirect

    from diffuscope.register import erase_person

    whom, why = request.POST.get("whom", ""), request.POST.get("why", "")
    erase_person(folder_of().folder, whom, why=why, person=request.person.code)
    said(request, "The person is erased: name, address, roles and account are gone.")
    return redirect("/people")


def _handed_out(request: Any, whom: str = "") -> Any:
    """Everything that is held about a person, as a file."""
    from diffuscope.register import personal_data
    from diffuscope.register.screens.files import attachment

    whom = whom or request.POST.get("whom", "")
    data = personal_data(folder_of().folder, whom, person=request.person.code)
    return attachment(data, f"held-about-{whom}.json")


_DONE = {"invite": _invited, "lost": _reset, "end": _ended, "hand-out": _handed_out, "erase": _erased}
"""What a form of the page asks for; a mapping belongs to the page, anything else is the whole answer."""


def me(request: Any) -> Any:
    """What the register holds about whoever asks, in short and as a file."""
    from django.shortcuts import render

    from diffuscope.register import held_about
    from diffuscope.register.people import links_made
    from diffuscope.register.rights import roles_of

    code = request.person.code
    if request.method == "POST":
        return _handed_out(request, code)
    roles = [(role.kind, role.member or role.organisation or "") for role in roles_of(request.person)]
    held = held_about(folder_of().folder, code, person=code)
    return render(request, "me.html", {"held": held, "roles": roles, "links": links_made(request.person)})
