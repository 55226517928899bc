"""One project in a form: made from the declarations of tables, read and judged as a row of a workbook is."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from diffuscope.errors import PlanError
from diffuscope.register.messages import Message, asked_in, said_in, too_long
from diffuscope.register.rights import visible
from diffuscope.register.screens.pages import folder_of, number_of
from diffuscope.tables.digits import plain_digits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from diffuscope.register.judge import Judged, Question

FIELDS = (
    *("unit", "title", "description", "area", "sub_area", "status", "report", "continues"),
    *("budget", "currency"),
    *("start_planned", "start", "end_planned", "end", "percent_complete", "partner", "note"),
)
COUNTED = ("budget", "start_planned", "start", "end_planned", "end", "percent_complete")
"""Fields of numbers and dates, which may be typed with the digits of any script."""
LONG = ("title", "description", "note")
WIDE = ("unit", "status")
"""Fields that stand alone in their row, so that those after them stand in pairs."""
RARELY = ("report", "continues")
"""Fields that most rows leave alone: they stand below the others."""
SHEET = "form"
NAMING = ("unit", "partner")
"""Fields that name members of the network, and organisations."""
HINTS = {
    **dict.fromkeys(("start_planned", "start", "end_planned", "end"), "hint_date"),
    "currency": "hint_currency",
    "partner": "hint_several",
    "percent_complete": "hint_percent",
    "unit": "hint_unit",
    "continues": "hint_continues",
}
UNKNOWN = ("undetermined", "not stated")
"""Statuses that a form shows as an empty field."""


@dataclass(frozen=True, kw_only=True)
class FormField:
    """One field of the form, as the page shows it."""

    name: str
    label: str
    value: str
    before: str = ""
    choices: Sequence[tuple[str, str]] = ()
    hint: str = ""
    problems: Sequence[str] = ()
    long: bool = False
    wide: bool = False
    rare: bool = False

    @property
    def described(self) -> str:
        """Ids of what stands below the field, for whoever hears the page."""
        marks = [f"{self.name}-problem-{number + 1}" for number in range(len(self.problems))]
        marks += [f"{self.name}-was"] if self.before else []
        return " ".join([*marks, *([f"{self.name}-hint"] if self.hint else [])])

    @property
    def unlisted(self) -> bool:
        """Whether the value is none of the choices."""
        return self.value not in {value for value, _ in self.choices}


@dataclass(frozen=True, kw_only=True)
class RowForm:
    """A project's row on its way into a return.

    Attributes
    ----------
    key : str
        Key of the project; empty for a new one.
    filled : str
        Number of the observation that the form was filled with.
    question : str
        The question that it answers, such as ``Q12``.
    cells : mapping of str to str
        As they were typed.
    before : mapping of str to str
        As the last wave has them.
    """

    key: str
    filled: str
    question: str
    asks: str
    cells: Mapping[str, str]
    before: Mapping[str, str]
    words: Any
    choices: Mapping[str, Sequence[tuple[str, str]]]
    problems: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @classmethod
    def asked(cls, wave: Any, member: Any, request: Any, query: Any = None) -> RowForm:
        """The form that a page shows, or that came back from it."""
        from diffuscope.register.screens.drafts import draft_of

        words = request.words
        post = request.POST if request.method == "POST" else None
        key = (post or request.GET).get("key", "")[:200]
        if query is not None and query.project is not None and post is None:
            key = query.project.code
        now, before = _known_rows(wave, member, key)
        cells = dict(_shown(now or before, words)) if now or before else {"unit": member.name}
        if member.state_id is None and not (now or before):
            cells = {}
        if query is not None:
            cells |= {name: _typed(query.row.get(name)) for name in FIELDS if name in query.row}
        draft = draft_of(request.person, wave, member, key) if post is None else None
        if draft is not None:
            cells |= draft.cells
        if post is not None:
            cells = {name: post.get(name, "").strip() for name in FIELDS}
            cells |= {name: plain_digits(cells[name]) for name in COUNTED}
        cells = _in_words(cells, words)
        filled = (
            post.get("filled", "") if post is not None else str((now or before).pk) if now or before else ""
        )
        return cls(
            key=key, filled=filled, question="" if query is None else f"Q{query.pk}",
            asks="" if query is None else asked_in(query, words), cells=cells,
            before=_shown(before, words) if before else {}, words=words,
            choices=_choices(words, asked=query is not None),
        )  # fmt: skip

    def with_problems(self, questions: Sequence[Question]) -> RowForm:
        """The same with what is wrong at its fields."""
        found: dict[str, list[str]] = {}
        for one in questions:
            name = one.column if one.column in (*FIELDS, "key") else ""
            asks: str = said_in(one.asks, self.words)
            for column in FIELDS:  # where a message is the table's own, it names columns as the table does
                asks = asks.replace(f"“{column}”", f"“{self.words.heading[column]}”")
            found.setdefault(name, []).append(asks)
        return replace(self, problems=found)

    @property
    def fields(self) -> list[FormField]:
        """Fields in their order."""
        return [self._field(name) for name in FIELDS]

    def _field(self, name: str) -> FormField:
        return FormField(
            name=name, label=self.words.heading[name], value=self.cells.get(name, ""),
            before=self.before.get(name, ""), choices=self.choices.get(name, ()),
            hint=self.words.screen.get(HINTS.get(name, ""), ""),
            problems=self.problems.get(name, ()), long=name in LONG, wide=name in WIDE, rare=name in RARELY,
        )  # fmt: skip

    @property
    def general(self) -> Sequence[str]:
        """What is wrong with the row as a whole."""
        return self.problems.get("", ())

    @property
    def asks_for_key(self) -> Sequence[str]:
        """Why it is asked which project this is."""
        return self.problems.get("key", ())


def _in_words(cells: Mapping[str, str], words: Any) -> dict[str, str]:
    """Cells whose drop-downs show words of the reader's language, whoever filled them in another."""
    from diffuscope.register.language import reports, statuses
    from diffuscope.tables.read_as import fold

    status = statuses().get(cells.get("status", ""), cells.get("status", ""))
    report = reports().get(fold(cells.get("report", "")), "")
    found = {"status": words.status.get(status), "report": words.report.get(report)}
    return {**cells, **{name: said for name, said in found.items() if said and cells.get(name)}}


def _known_rows(wave: Any, member: Any, key: str) -> tuple[Any, Any]:
    """What this wave and the last one say of a project of the member."""
    from django.db.models import Q
    from django.http import Http404

    from diffuscope.register.waves import current_of, previous_of

    if not key or key == "new":
        return None, None
    named = Q(project__code=key)
    now = next(iter(current_of(wave, member, named)), None)
    before = next(iter(previous_of(wave, member, named)), None)
    if now is None and before is None:
        raise Http404
    return now, before


def _shown(one: Any, words: Any) -> dict[str, str]:
    from diffuscope.register.form import cells_of

    cells = {name: "" if value is None else str(value) for name, value in cells_of(one, words).items()}
    cells["percent_complete"] = cells["percent_complete"].removesuffix(".0")
    return {name: value for name, value in cells.items() if name in FIELDS}


def _typed(value: object) -> str:
    """A cell of a question's row as it is typed; zero is a value."""
    whole = isinstance(value, float) and value.is_integer()
    return "" if value is None else str(int(value)) if whole else str(value)  # type: ignore[call-overload]


def _choices(words: Any, *, asked: bool = False) -> dict[str, list[tuple[str, str]]]:
    from diffuscope.register.models import Area

    areas = list(Area.objects.filter(retired=False).values_list("area", "sub_area"))
    lists = {
        "area": dict.fromkeys(area for area, _ in areas),
        "sub_area": dict.fromkeys(sub for _, sub in areas if sub),
        "status": dict.fromkeys(words.status.values()),
        "report": dict.fromkeys(word for name, word in words.report.items() if asked or name != "leave_out"),
    }
    return {name: [("", "—"), *((word, word) for word in own)] for name, own in lists.items()}


def report_row(person: Any, wave: Any, member: Any, form: RowForm) -> list[Question]:
    """Read and judge a form's row; where nothing is to be asked, it goes into the wave.

    Returns
    -------
    list of Question
        What is wrong; then nothing was written.
    """
    from diffuscope.register.database import writing
    from diffuscope.register.keep import keep
    from diffuscope.register.lookup import state_of
    from diffuscope.register.rights import require
    from diffuscope.register.write import act_of, take_turn

    with writing():
        act = act_of(person.code, channel="form")
        require(act, "report", member)
        take_turn(state_of(member))
        incoming = _incoming(wave, state_of(member), form, person)
        judged = _judged(incoming, member, form, person)
        if judged.questions:
            return judged.questions
        keep(act, folder_of(), incoming, ([judged], ()))
        return []


def report_unchanged(person: Any, wave: Any, member: Any, keys: Sequence[str]) -> int:
    """Report projects as they were in the last wave; gives how many.

    Raises
    ------
    PlanError
        If none is named, or one is not the member's, or was reported already.
    """
    from diffuscope.register.database import writing
    from diffuscope.register.keep import keep
    from diffuscope.register.language import language
    from diffuscope.register.lookup import state_of
    from diffuscope.register.rights import require
    from diffuscope.register.waves import current_of, previous_of
    from diffuscope.register.write import act_of, take_turn

    with writing():
        act = act_of(person.code, channel="form")
        require(act, "report", member)
        take_turn(state_of(member))
        before = {one.project.code: one for one in previous_of(wave, member)}
        there = {one.project.code for one in current_of(wave, member)}
        wrong = [key for key in keys if key not in {*before} - there]
        if wrong:
            raise PlanError(Message("no-project", {"key": wrong[0]}))
        if not keys:
            raise PlanError(Message("tick-some"))
        words, rows = language(state_of(member).language), []
        for key in dict.fromkeys(keys):
            form = RowForm(
                key=key, filled=str(before[key].pk), question="", asks="", cells=_shown(before[key], words),
                before={}, words=words, choices={},
            )  # fmt: skip
            incoming = _incoming(wave, state_of(member), form, person)
            judged = _judged(incoming, member, form, person)
            if judged.questions:
                said = {"title": form.cells["title"], "asks": judged.questions[0].asks}
                raise PlanError(Message("about-project", said))
            rows.append(judged)
        keep(act, folder_of(), incoming, (rows, ()))
        return len(rows)


def report_nothing(person: Any, wave: str, member: Any) -> None:
    """Mark a member's return: nothing to report."""
    from diffuscope.register.database import writing
    from diffuscope.register.rights import require
    from diffuscope.register.waves import marked, open_named
    from diffuscope.register.write import act_of, take_turn

    if member.state_id is not None:
        raise PlanError(Message("state-says-nothing"))
    with writing():
        act = act_of(person.code, channel="form", why="said in the form")
        require(act, "report", member)
        take_turn(member)
        marked(act, open_named(wave), member, "nil")


def _incoming(wave: Any, state: Any, form: RowForm, person: Any) -> Any:
    from diffuscope.register.context import context_of
    from diffuscope.register.intake import Incoming
    from diffuscope.register.joint import PARTED
    from diffuscope.register.sent import Sent, read_row

    own = {
        "key": form.key, "report": form.cells.get("report", ""), "continues": form.cells.get("continues", ""),
        "question": f"{form.question}:" if form.question else "",
    }  # fmt: skip
    cells = {name: form.cells.get(name) or None for name in FIELDS if name not in RARELY}
    if cells["status"] is None:
        cells["status"] = _unknown_status(form, state, person)
    parted = [name for column in NAMING for name in PARTED.split(form.cells.get(column, "")) if name]
    rows = read_row(cells, own, context_of(wave, near=(state, parted)), SHEET)
    if any(one.column in NAMING for row in rows for one in row.problems):  # it may be a name of another state
        rows = read_row(cells, own, context_of(wave), SHEET)
    return Incoming(sent=Sent(SHEET, {}, rows, False, [], []), wave=wave, member=state, form=None, sha256="")


def _unknown_status(form: RowForm, state: Any, person: Any) -> str | None:
    """The status that the page showed as empty, because the register does not know it."""
    from diffuscope.register.models import Observation

    number = number_of(form.filled)
    filled = visible(Observation.objects.filter(pk=number, city__in=_cities(state)), person).first()
    return str(filled.status) if filled is not None and filled.status in UNKNOWN else None


def _judged(incoming: Any, member: Any, form: RowForm, person: Any) -> Judged:
    from diffuscope.register.intake import known_of
    from diffuscope.register.judge import judge
    from diffuscope.register.models import Observation

    if not incoming.sent.rows:
        raise PlanError(Message("form-empty"))
    known = known_of(incoming, whole=False)
    if number := number_of(form.filled):  # what the page showed when it was filled, of this member alone
        filled = visible(Observation.objects.filter(pk=number, city__in=_cities(member)), person).first()
        if filled is not None:
            known = replace(known, base={(filled.project_id, filled.city_id): filled})
    if member.state_id is not None:
        own = {key: one for key, one in known.now.items() if key[1] == member.pk}
        known = replace(known, city=member, now=own, fresh=known.fresh & own.keys())
    judged = judge(incoming.sent.rows[0], replace(known, formed=True))
    if judged.city is not None and member.state_id is not None and judged.city.pk != member.pk:
        judged.ask("other-city", "unit", Message("other-city", {"member": member.name}))
    for name, wrong in too_long(form.cells, {name: ("heading", name) for name in form.cells}).items():
        judged.ask("too-long", name, wrong)
    return judged


def _cities(member: Any) -> Any:
    from django.db.models import Q

    from diffuscope.register.models import Member

    return Member.objects.filter(Q(pk=member.pk) | Q(state=member))
