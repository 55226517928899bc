"""A member's return: its projects this year and last year, each reported in a form, reviewed and cleared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from diffuscope.errors import PlanError
from diffuscope.register.messages import Message, Term
from diffuscope.register.screens.lists import page_of
from diffuscope.register.screens.pages import folder_of, said

if TYPE_CHECKING:
    from diffuscope.register.language import Language

ROWS = 100
"""Projects of a return on one page."""


class Reported(NamedTuple):
    """One project in a member's return."""

    project: str
    city: str
    title: str
    area: str
    status: str
    last_status: str
    state: str
    changes: list[tuple[str, str, str]]


def _seen_member(request: Any, code: str) -> Any:
    """A member of which whoever asks may see the return; otherwise there is no such page."""
    from django.http import Http404

    from diffuscope.register.rights import members_of

    seen = members_of(request.person, "see")
    # a focal point comes from the board, where its state stands
    found = seen.filter(code=code).first() or seen.filter(state__code=code).first()
    if found is None:
        raise Http404
    return found


def returned(request: Any, wave: str, member: str) -> Any:
    """What a member has reported in a wave, beside its last one."""
    from django.shortcuts import redirect, render

    from diffuscope.register.board import return_of, standings
    from diffuscope.register.lookup import state_of, wave_named
    from diffuscope.register.questions import queries_seen
    from diffuscope.register.rights import represents
    from diffuscope.register.screens.drafts import drafts_of

    of, whose = wave_named(wave), _seen_member(request, member)
    if whose.code != member:
        return redirect(f"/waves/{wave}/{whose.code}")
    state = state_of(whose)
    standing = standings(folder_of(), of, request.person, state)
    rows = reported_of(of, whose, request.words)
    shown = {
        "wave": of, "member": whose, "standing": standing[0] if standing else None,
        "rows": page_of(request, rows, at_once=ROWS),
        "waiting": any(not one.status for one in rows), "done": sum(bool(one.status) for one in rows),
        "drafts": {one.key: one for one in drafts_of(of, whose, request.person)},
        "queries": list(queries_seen(request.person).filter(wave=of, member=state)),
        "may_report": of.state == "open" and request.person.kinds & {"city", "representative", "secretariat"},
        "may_clear": represents(request.person, state),
        "clearable": bool(standing) and standing[0].state == "accepted" and not standing[0].queries,
        "nothing": whose.pk == state.pk,
        "nil": return_of(of, whose) == "nil",
    }  # fmt: skip
    return render(request, "returned.html", shown)


def reported_of(wave: Any, member: Any, words: Language) -> list[Reported]:
    """The projects of a member in a wave, and those of its last wave that are not reported yet."""
    from diffuscope.register.form import cells_of
    from diffuscope.register.judge import FIELDS
    from diffuscope.register.waves import current_of, previous_of

    now = {(one.project_id, one.city_id): one for one in current_of(wave, member)}
    before = {(one.project_id, one.city_id): one for one in previous_of(wave, member)}
    rows = []
    for key in {**before, **now}:
        old, new = before.get(key), now.get(key)
        one: Any = new or old
        if new is None and one.status in ("completed", "cancelled"):
            continue
        changed = [
            column
            for column, name in FIELDS.items()
            if old is not None and new is not None and getattr(old, name) != getattr(new, name)
        ]
        was, now_is = ({} if row is None or not changed else cells_of(row, words) for row in (old, new))
        changes = [
            (words.heading[column], _text(was.get(column)), _text(now_is.get(column))) for column in changed
        ]
        state = (
            "not reported yet" if new is None else "new" if old is None else "changed" if changes else "same"
        )
        rows.append(
            Reported(
                one.project.code,
                one.city.name,
                one.title,
                one.area,
                "" if new is None else new.status,
                "" if old is None else old.status,
                state,
                changes,
            )
        )
    return sorted(rows, key=lambda row: (row.city, row.title))


def _text(value: object) -> str:
    return "" if value is None else str(value)


def row(request: Any, wave: str, member: str) -> Any:
    """One project in a form: a draft comes back, and what is sound goes into the wave."""
    from django.shortcuts import redirect, render

    from diffuscope.register.lookup import wave_named
    from diffuscope.register.screens.drafts import drop_draft, save_draft
    from diffuscope.register.screens.row_form import RowForm, report_row

    of, whose = wave_named(wave), _seen_member(request, member)
    if of.state != "open":
        raise PlanError(Message("wave-not-open", {"wave": wave, "state": Term("word", of.state)}))
    form = RowForm.asked(of, whose, request)
    if request.method == "POST" and request.POST.get("do") == "draft":
        save_draft(request.person, of, whose, form)
        said(request, Message("draft-kept"))
        return redirect(f"/waves/{wave}/{whose.code}")
    if request.method == "POST":
        problems = report_row(request.person, of, whose, form)
        if not problems:
            drop_draft(request.person, of, whose, form)
            said(request, Message("reported", {"title": form.cells["title"]}))
            return redirect(f"/waves/{wave}/{whose.code}")
        shown = {"wave": of, "member": whose, "form": form.with_problems(problems)}
        return render(request, "row.html", shown, status=422)
    return render(request, "row.html", {"wave": of, "member": whose, "form": form})


def unchanged(request: Any, wave: str, member: str) -> Any:
    """Report several projects as they were last time, all of them or none."""
    from django.shortcuts import redirect

    from diffuscope.register.screens.row_form import report_unchanged
    from diffuscope.register.waves import open_named

    of, whose = open_named(wave), _seen_member(request, member)
    count = report_unchanged(request.person, of, whose, request.POST.getlist("key"))
    said(request, Message("reported-unchanged", {"count": str(count)}))
    return redirect(f"/waves/{wave}/{whose.code}")


def nothing(request: Any, wave: str, member: str) -> Any:
    """Say that there is nothing to report."""
    from django.shortcuts import redirect

    from diffuscope.register.screens.row_form import report_nothing

    whose = _seen_member(request, member)
    report_nothing(request.person, wave, whose)
    said(request, Message("nothing-reported", {"member": whose.name, "wave": wave}))
    return redirect(f"/waves/{wave}/{whose.code}")


def review(request: Any, wave: str, member: str) -> Any:
    """Clear a return, or send it back with comments at its rows."""
    from django.shortcuts import redirect

    from diffuscope.register import clear_return
    from diffuscope.register.sent_back import send_back

    folder, person = folder_of().folder, request.person.code
    whose = _seen_member(request, member)
    comments = {
        name.removeprefix("comment-"): text.strip()
        for name, text in request.POST.items()
        if name.startswith("comment-") and text.strip()
    }
    if request.POST.get("do") == "clear":
        if comments:
            raise PlanError(Message("comments-unsent"))
        clear_return(folder, wave, member, person=person)
        said(request, Message("return-cleared", {"member": whose.name}))
    else:
        count = send_back(folder, wave, member, comments, person=person)
        said(request, Message("return-sent-back", {"member": whose.name, "count": str(count)}))
    return redirect(f"/waves/{wave}/{member}")


def form_file(request: Any, wave: str, member: str) -> Any:
    """The workbook of a state, filled with what the register knows."""
    from django.http import Http404

    from diffuscope.register.database import writing
    from diffuscope.register.form import form_workbook
    from diffuscope.register.lookup import wave_named
    from diffuscope.register.rights import require
    from diffuscope.register.screens.files import attachment
    from diffuscope.register.waves import open_named
    from diffuscope.register.write import act_of

    whose = _seen_member(request, member)
    if whose.state_id is not None:
        raise Http404
    with writing():
        act = act_of(request.person.code, channel="form")
        require(act, "report", whose)
        data = form_workbook(act, folder_of(), open_named(wave), whose)
    return attachment(data, f"{wave_named(wave).code}-{whose.code}.xlsx")
