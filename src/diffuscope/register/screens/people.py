"""People and roles, and what the register holds about oneself."""

from __future__ import annotations

from typing import Any

from diffuscope.register.screens.lists import choice_of, page_of
from diffuscope.register.screens.pages import folder_of, said


def people(request: Any) -> Any:
    """Everybody with a role; an invitation shows its link once."""
    from django.db.models import Q
    from django.shortcuts import redirect, render

    from diffuscope.register import erase_person, invite
    from diffuscope.register.models import Member, Organisation, Person
    from diffuscope.register.people import KINDS
    from diffuscope.register.screens.accounts import end_role

    shown: dict[str, Any] = {"kinds": KINDS}
    post, folder = request.POST, folder_of().folder
    if request.method == "POST" and post.get("do") == "invite":
        made = invite(
            folder, post.get("whom", "").strip(), role=post.get("role", ""), person=request.person.code,
            member=post.get("member") or None, name=post.get("name", "").strip(),
            email=post.get("email", "").strip(),
        )  # fmt: skip
        path = made.link[made.link.index("/enter/") :]
        shown["made"], shown["link"] = made, request.build_absolute_uri(path)
    elif request.method == "POST" and post.get("do") == "end":
        said(request, end_role(request.person.code, post.get("role", "")))
        return redirect("/people")
    elif request.method == "POST" and post.get("do") == "hand-out":
        return _handed_out(request, post.get("whom", ""))
    elif request.method == "POST":
        whom = post.get("whom", "")
        erase_person(folder, whom, why=post.get("why", ""), person=request.person.code)
        said(request, "The person is erased: name, address, roles and account are gone.")
        return redirect("/people")
    shown["asked"] = request.GET.get("q", "").strip()[:200]
    rows = Person.objects.filter(retired=False).prefetch_related("roles__member", "roles__organisation")
    named = Q(code__icontains=shown["asked"]) | Q(name__icontains=shown["asked"])
    shown["pages"] = page_of(request, (rows.filter(named) if shown["asked"] else rows).order_by("code"))
    shown["people"] = [
        (one, [role for role in one.roles.all() if not role.retired]) for one in shown["pages"]
    ]
    shown["members"] = choice_of(Member.objects.filter(retired=False))
    shown["organisations"] = choice_of(Organisation.objects.filter(retired=False))
    return render(request, "people.html", shown)


def _handed_out(request: Any, whom: str) -> Any:
    """Everything that is held about a person, as a file."""
    from diffuscope.register import personal_data
    from diffuscope.register.screens.files import attachment

    data = personal_data(folder_of().folder, whom, person=request.person.code)
    return attachment(data, f"held-about-{whom}.json")


def me(request: Any) -> Any:
    """What the register holds about whoever asks, in short and as a file."""
    from django.shortcuts import render

    from diffuscope.register import held_about
    from diffuscope.register.rights import roles_of

    code = request.person.code
    if request.method == "POST":
        return _handed_out(request, code)
    roles = [(role.kind, role.member or role.organisation or "") for role in roles_of(request.person)]
    held = held_about(folder_of().folder, code, person=code)
    return render(request, "me.html", {"held": held, "roles": roles})
