"""Questions to members: a workbook of doubtful rows that can be mailed back, and the list of what is open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from diffuscope.register.form import Content, cells_of, workbook
from diffuscope.register.language import language
from diffuscope.register.lookup import unsettled
from diffuscope.register.messages import SAYS, Message, Term, asked_in, kept
from diffuscope.register.place import write_private
from diffuscope.register.waves import current_of, previous_of
from diffuscope.register.write import add, next_version

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from diffuscope.register.language import Language
    from diffuscope.register.place import Place
    from diffuscope.register.write import Act

FOLDER = "questions"
MISSING = "missing-row"
"""Rule of the question what became of a project that was reported last time."""


class OpenQuery(NamedTuple):
    """A question that is open.

    Attributes
    ----------
    number : int
    wave, member, project : str
    rule, asks : str
    place : str
        File, sheet and row, where it is about a row that was sent.
    """

    number: int
    wave: str
    member: str
    project: str
    rule: str
    asks: str
    place: str


def write_questions(act: Act, place: Place, sent: Any, queries: Sequence[Any]) -> Path:
    """A workbook with the rows that some questions are about, to be corrected and sent back."""
    from diffuscope.register.models import Form

    wave, member = sent.wave, sent.member
    now = {one.project.code: one.pk for one in [*previous_of(wave, member), *current_of(wave, member)]}
    codes = {one.project.code for one in queries if one.project is not None}
    before = Form.objects.filter(wave=wave, member=member)
    form = Form(
        wave=wave,
        member=member,
        kind="questions",
        made=act.at,
        version=next_version(before),
        keys={code: pk for code, pk in now.items() if code in codes},
    )
    add(act, [form])
    words = language(member.language)
    rows = [_cells(one, words) for one in queries]
    title = words.text["questions"].format(member=member.name, wave=wave.code)
    folder = place.folder / FOLDER
    folder.mkdir(exist_ok=True)
    name = f"questions-{''.join(letter if letter.isalnum() else '-' for letter in member.name.lower())}"
    file = folder / f"{name}-{wave.code}-{form.version}.xlsx"
    write_private(file, workbook(place, Content(form, title, rows, question=True), words))
    return file


def _cells(query: Any, words: Language) -> dict[str, Any]:
    cells = {name: value for name, value in query.row.items() if not name.startswith("_")}
    if query.project is not None:
        cells["key"] = query.project.code
    return {**cells, "question": f"Q{query.pk}: {asked_in(query, words)}"}


def ask_missing(act: Act, missing: Sequence[Any], sent: Any) -> list[Any]:
    """Ask what became of projects that were reported last time and are not now."""
    from diffuscope.register.models import Query

    words = language(sent.member.language)
    open_now = set(
        unsettled()
        .filter(wave=sent.wave, rule=MISSING, project__isnull=False)
        .values_list("project_id", flat=True)
    )
    asks = Message(MISSING, {"leave_out": Term("report", "leave_out"), "report": Term("heading", "report")})
    queries = [
        Query(
            wave=sent.wave,
            member=sent.member,
            project=one.project,
            sent=sent,
            rule=MISSING,
            column="title",
            asks=str(asks),
            value=one.title,
            row={
                **{name: value for name, value in cells_of(one, words).items() if value not in (None, "")},
                SAYS: kept([asks]),
            },
        )
        for one in missing
        if one.project_id not in open_now
    ]
    add(act, queries)
    return queries


def open_queries(person: Any, wave: Any = None) -> list[OpenQuery]:
    """Questions that are open, of those that a person may see."""
    rows = queries_seen(person).order_by("pk")
    if wave is not None:
        rows = rows.filter(wave=wave)
    return [
        OpenQuery(
            one.pk,
            one.wave.code,
            one.member.code,
            one.project.code if one.project else "",
            one.rule,
            one.asks,
            str(one.row.get("_place", "")),
        )
        for one in rows
    ]


def queries_seen(person: Any) -> Any:
    """Questions that are open, of those that a person may see."""
    from diffuscope.register.rights import visible

    rows = unsettled()
    return visible(rows, person).select_related("wave", "member", "project", "project__lead")
