"""Question inbox: what is open, answered in the form of the row that it is about."""

from __future__ import annotations

from typing import Any

from diffuscope.register.messages import Message
from diffuscope.register.screens.lists import page_of
from diffuscope.register.screens.pages import folder_of, said, shortened


def queries(request: Any) -> Any:
    """Questions that are open, of those whoever asks may see."""
    from django.shortcuts import render

    from diffuscope.register.questions import queries_seen

    rows = queries_seen(request.person).order_by("-wave__position", "pk")
    return render(request, "queries.html", {"queries": page_of(request, rows)})


def query(request: Any, number: int) -> Any:
    """One question: answered by the row put right, or settled by the secretariat in words."""
    from django.http import Http404
    from django.shortcuts import redirect, render

    from diffuscope.register import settle
    from diffuscope.register.questions import MISSING, queries_seen
    from diffuscope.register.screens.row_form import RowForm, report_row

    one = queries_seen(request.person).filter(pk=number).first()
    if one is None:
        raise Http404
    if request.method == "POST" and request.POST.get("do") == "settle":
        answer = request.POST.get("answer", "").strip()
        out = request.POST.get("leave_out") == "yes"
        done = settle(folder_of().folder, number, answer=answer, person=request.person.code, leave_out=out)
        message = Message("settled", {"number": str(number)})
        said(request, message if done == message else shortened(done))
        return redirect("/queries")
    member = _member_of(request.person, one)
    form = RowForm.asked(one.wave, member, request, one)
    shown = {
        "query": one, "wave": one.wave, "member": member, "form": form,
        "secretary": "secretariat" in request.person.kinds, "missing": one.rule == MISSING,
    }  # fmt: skip
    if request.method == "POST":
        problems = report_row(request.person, one.wave, member, form)
        if not problems:
            said(request, Message("answered", {"number": str(number)}))
            return redirect("/queries")
        return render(request, "query.html", {**shown, "form": form.with_problems(problems)}, status=422)
    return render(request, "query.html", shown)


def _member_of(person: Any, query: Any) -> Any:
    """For whom the answer is given: a focal point answers for the own city, others for the state."""
    from diffuscope.register.rights import own_cities

    own = own_cities(person)
    lead = query.project.lead if query.project is not None else None
    return lead if lead is not None and lead in own else query.member
