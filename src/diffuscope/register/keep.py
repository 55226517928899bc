"""What a workbook changes, written: the return, its observations, new projects, questions, and its state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diffuscope.register.create import all_codes, issue_code
from diffuscope.register.lookup import unsettled
from diffuscope.register.messages import SAYS, kept
from diffuscope.register.questions import MISSING, ask_missing, write_questions
from diffuscope.register.waves import current_of, expected_of, last_versions, marked, open_named, withdraw
from diffuscope.register.write import add, change, next_version
from diffuscope.tables.read_as import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from diffuscope.register.intake import Incoming
    from diffuscope.register.judge import Judged
    from diffuscope.register.place import Place
    from diffuscope.register.write import Act

TAKEN = ("new", "changed", "unchanged")


def keep(
    act: Act, place: Place, incoming: Incoming, judged: tuple[Sequence[Judged], Sequence[Any]]
) -> Path | None:
    """Keep a return in the open transaction.

    Parameters
    ----------
    act : Act
    place : Place
    incoming : Incoming
    judged : (sequence of Judged, sequence of Observation)
        Rows, and observations that are missing among them.

    Returns
    -------
    Path or None
        The workbook of questions, where there are any.
    """
    from django.db.models import Q

    rows, missing = judged
    sent = _return(act, incoming)
    open_named(incoming.wave.code)  # it may have been closed since; with this row in it, it cannot be
    if incoming.sent.nothing:
        marked(act, incoming.wave, incoming.member, "nil", f"{_cited(sent)}: nothing to report")
        return None
    expected = expected_of(act, incoming.wave, incoming.member)
    if expected.state == "carried forward" and act.channel != "form":  # a form brings one row, not a return
        withdraw(act, current_of(incoming.wave, incoming.member))
    taken = [one for one in rows if one.kind in TAKEN]
    _new_projects(act, taken)
    named = Q(project__any_of=[one.project.pk for one in taken])
    there = last_versions(incoming.wave, incoming.member, named)
    add(act, [row for one in taken if (row := _observation(one, incoming, sent, there)) is not None])
    _successions(act, rows, incoming)
    _settle(act, rows, sent)
    _settle_found(act, rows, sent)
    asked = [*_queries(act, rows, sent), *ask_missing(act, missing, sent)]
    file = write_questions(act, place, sent, asked) if asked else None
    change(
        act,
        expected,
        {"state": _state(incoming), "received": act.at.date().isoformat(), "source": _cited(sent)},
    )
    return file


def _return(act: Act, incoming: Incoming) -> Any:
    from diffuscope.register.models import Return

    before = Return.objects.filter(wave=incoming.wave, member=incoming.member)
    sent = Return(
        wave=incoming.wave,
        member=incoming.member,
        form=incoming.form,
        person=act.person,
        at=act.at,
        channel=act.channel,
        file=incoming.sent.file,
        sha256=incoming.sha256,
        version=next_version(before),
    )
    add(act, [sent])
    return sent


def _cited(sent: Any) -> str:
    return f"return {sent.version} of {sent.member.code}: {sent.file} (SHA-256 {sent.sha256[:12]})"


def _new_projects(act: Act, taken: Sequence[Judged]) -> None:
    from diffuscope.register.models import Member, Partnership, Project

    new = [one for one in taken if one.project is None]
    if not new:
        return
    codes, number = all_codes(Project), 0
    for one in new:
        code, number = issue_code(codes, number)
        lead = Member.objects.get(code=one.row.values["unit"][0])
        one.project = Project(code=code, lead=lead)
    add(act, [one.project for one in new])
    others = {code for one in new for code in one.row.values["unit"][1:]}
    members = {one.code: one for one in Member.objects.filter(code__any_of=others)}
    add(
        act,
        [
            Partnership(project=one.project, member=members[code])
            for one in new
            for code in one.row.values["unit"][1:]
            if code in members
        ],
    )


def _observation(one: Judged, incoming: Incoming, sent: Any, there: Mapping[tuple[int, int], Any]) -> Any:
    """Another version of the project's observation; None where this wave says the same already."""
    from diffuscope.register.models import Observation

    row = one.row
    last = there.get((one.project.pk, one.city.pk))
    values = {
        name: value
        for name, value in one.values.items()
        if name not in ("status_basis", "link_basis", "source")
    }
    if (
        last is not None
        and not last.withdrawn
        and all(getattr(last, name) == value for name, value in values.items())
    ):
        return None
    place = f"{incoming.sent.file} › {row.sheet}, row {row.row}"
    return Observation(
        project=one.project,
        wave=incoming.wave,
        city=one.city,
        sent=sent,
        folded=fold(one.values["title"]),
        version=1 if last is None else last.version + 1,
        status_typed=row.cells.get("status") or row.report,
        language=incoming.member.language,
        status_basis=f"as reported: {place}",
        source=f"{place} (return {sent.version})",
        link_basis=one.linked or "not linked",
        sheet=row.sheet,
        row=row.row,
        **values,
    )


def _successions(act: Act, rows: Sequence[Judged], incoming: Incoming) -> None:
    """Projects that continue others, as their rows say."""
    from diffuscope.register.models import Project, Succession

    codes = {code for one in rows for code in one.row.continued}
    known = {one.code: one for one in Project.objects.filter(code__any_of=codes)}
    links = []
    for one in rows:
        named = [known[code] for code in one.row.continued if code in known]
        if one.kind == "ended" and one.report == "merged":
            links += [("merged", one.project, other) for other in named]
        elif one.kind in TAKEN and one.project is not None:
            kind = "merged" if len(named) > 1 else "split"
            links += [(kind, other, one.project) for other in named if other.pk != one.project.pk]
    place = incoming.sent.file
    add(
        act,
        [
            Succession(
                kind=kind, earlier=earlier, later=later, wave=incoming.wave, basis=f"as reported: {place}"
            )
            for kind, earlier, later in links
            if not Succession.objects.filter(
                earlier=earlier, later=later, wave=incoming.wave, retired=False
            ).exists()
        ],
    )


def _settle(act: Act, rows: Sequence[Judged], sent: Any) -> None:
    """Questions that rows of a workbook of questions answer."""

    for one in rows:
        if one.row.number is None:
            continue
        query = unsettled().filter(pk=one.row.number, wave=sent.wave, member=sent.member).first()
        if query is not None:
            again = one.kind in ("question", "refused")
            answer = "asked again" if again else "left out" if one.kind == "left out" else "answered"
            change(act, query, {"state": "settled", "answer": f"{answer}: {sent.file}, row {one.row.row}"})


def _settle_found(act: Act, rows: Sequence[Judged], sent: Any) -> None:
    """What became of a missing project is known where another workbook reports it."""

    there = {one.project.pk: one for one in rows if one.kind in (*TAKEN, "ended") and one.project is not None}
    asked = unsettled().filter(wave=sent.wave, member=sent.member, rule=MISSING, project__any_of=list(there))
    for query in asked:
        row = there[query.project_id].row.row
        change(act, query, {"state": "settled", "answer": f"reported: {sent.file}, row {row}"})


def _queries(act: Act, rows: Sequence[Judged], sent: Any) -> list[Any]:
    from diffuscope.register.models import Query

    queries = [
        Query(
            wave=sent.wave,
            member=sent.member,
            project=one.project,
            sent=sent,
            rule=one.questions[0].rule,
            column=one.questions[0].column,
            asks=" ".join(dict.fromkeys(asked.asks for asked in one.questions)),
            value=one.questions[0].value,
            row={
                **one.row.cells,
                "key": one.row.key,
                "report": one.row.report,
                "continues": one.row.continues,
                SAYS: kept(list(dict.fromkeys(asked.asks for asked in one.questions))),
                "_place": f"{sent.file} › {one.row.sheet}, row {one.row.row}",
                "_same": next((asked.same for asked in one.questions if asked.same), ""),
            },
        )
        for one in rows
        if one.kind in ("question", "refused")
    ]
    add(act, queries)
    return queries


def _state(incoming: Incoming) -> str:
    asked = unsettled().filter(wave=incoming.wave, member=incoming.member)
    return "queried" if asked.exists() else "received"
