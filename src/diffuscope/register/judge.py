"""Three-way comparison: what a row was filled with, what the register holds now, and what was sent.

Only cells that the sender changed count. Where the register changed the same cell meanwhile, no rule decides:
it is a question.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NamedTuple

from diffuscope.register.language import language, reports
from diffuscope.register.messages import Choices, Message, Term, told
from diffuscope.register.money import from_minor
from diffuscope.register.rows import fields_of
from diffuscope.tables.read_as import fold
from diffuscope.tables.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diffuscope.records import Problem
    from diffuscope.register.language import Language
    from diffuscope.register.sent import SentRow

FIELDS = {
    "unit": "further",
    "title": "title",
    "description": "description",
    "area": "area",
    "sub_area": "sub_area",
    "status": "status",
    "budget": "budget_minor",
    "currency": "currency",
    "start_planned": "start_planned",
    "start": "start",
    "end_planned": "end_planned",
    "end": "end",
    "percent_complete": "percent_complete",
    "partner": "partner",
    "note": "note",
}
"""Columns that are compared, and the fields of an observation that hold them."""
NEAR = 0.78
"""Likeness (Ratcliff and Obershelp) from which two titles of a city may be one project: it is asked."""
STATUSES = ("planning", "ongoing", "completed", "on hold", "cancelled")
ENDED = ("split", "merged")
BACKWARDS = {"completed": ("planning", "ongoing"), "ongoing": ("planning",)}


class Question(NamedTuple):
    """Why a row is not taken as it is.

    Attributes
    ----------
    rule : str
    column : str
    asks : Message
        What the sender is asked.
    value : str
    same : str
        Key of the project that the row may be, where that is asked.
    """

    rule: str
    column: str
    asks: Message
    value: str = ""
    same: str = ""


@dataclass
class Judged:
    """One row, and what becomes of it.

    Attributes
    ----------
    row : SentRow
    kind : str
        new, changed, unchanged, ended, left out, question or refused.
    project, city : Model or None
    values : dict
        Fields of the observation to be added.
    changed : list of (str, value, value)
        Field, value of the register and new value.
    questions : list of Question
    report : str
        What was chosen under *This year*.
    linked : str
        How the project was found: key, exact title, or none.
    """

    row: SentRow
    kind: str = "question"
    project: Any = None
    city: Any = None
    values: dict[str, Any] = field(default_factory=dict)
    changed: list[tuple[str, Any, Any]] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    report: str = ""
    linked: str = ""

    def ask(self, rule: str, column: str, asks: Message, value: object = "", *, same: str = "") -> None:
        """Ask about the row instead of taking it."""
        self.questions.append(Question(rule, column, asks, "" if value is None else str(value), same))
        self.kind = "question"


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the register knows of one state's projects.

    Attributes
    ----------
    member : Member
        The state.
    members : mapping of str to Member
        Every member by code.
    projects : mapping of str to Project
        By code, those of every state.
    base, now : mapping of (int, int) to Observation
        By project and city: what the form was filled with, and what is known now.
    fresh : frozenset of (int, int)
        Those that are known of this wave already.
    formed : bool
        Whether the rows come from a form, in which an empty cell was emptied.
    city : Member or None
        The city whose form on a page it is: of other cities of its state nothing is known then.
    areas : frozenset of (str, str)
        Areas and sub-areas of the network; empty where it has no classification.
    """

    member: Any
    members: Mapping[str, Any]
    projects: Mapping[str, Any]
    base: Mapping[tuple[int, int], Any]
    now: Mapping[tuple[int, int], Any]
    fresh: frozenset[tuple[int, int]]
    formed: bool
    city: Any = None
    areas: frozenset[tuple[str, str]] = frozenset()

    @property
    def words(self) -> Language:
        """Words of the sender's workbooks."""
        return language(self.member.language)

    def titled(self, city: Any) -> dict[str, Any]:
        """The projects of a city by their folded title, those without a rival for it."""
        found: dict[str, list[Any]] = {}
        for (_, at), one in self.now.items():
            if at == city.pk:
                found.setdefault(one.folded, []).append(one.project)
        return {title: ones[0] for title, ones in found.items() if len(ones) == 1}


def judge(row: SentRow, known: Known) -> Judged:
    """What becomes of one row.

    Parameters
    ----------
    row : SentRow
    known : Known
    """
    judged = Judged(row, kind="new")
    judged.report = reports().get(fold(row.report), "") if row.report else ""
    if row.report and not judged.report:
        judged.ask(
            "unknown-choice",
            "report",
            Message("unknown-choice", {"value": row.report, "column": Term("heading", "report")}),
            row.report,
        )
    if judged.report == "leave_out":
        judged.kind = "left out"
        return judged
    for problem in row.problems:
        judged.ask(problem.rule, problem.column or "", asks(problem, known), problem.value)
    _find_city(judged, known)
    if judged.city is not None:
        _find_project(judged, known)
        _find_continued(judged, known)
        _find_area(judged, known)
    if judged.kind not in ("question", "refused"):
        _compare(judged, known)
    return judged


def asks(problem: Problem, known: Known) -> Message:
    """What is wrong with a cell, for somebody who has the workbook and not the tables behind it."""
    column, value = problem.column or "", problem.value or ""
    if problem.rule == "unknown-id" and column == "unit":
        names = [one.name for one in known.members.values() if known.member.pk in (one.pk, one.state_id)]
        meant = nearest(value, names)
        said = {"value": value, "meant": meant or ""}
        return Message("unknown-city-near" if meant else "unknown-city", said)
    if problem.rule == "bad-choice" and column == "status":
        return Message("no-status", {"value": value, "choices": Choices("status", tuple(known.words.status))})
    return told(problem, "heading")


def _find_city(judged: Judged, known: Known) -> None:
    """The city that reports the row: the first of those named that belongs to the sender."""
    codes = judged.row.values.get("unit") or []
    named = [known.members[code] for code in codes if code in known.members]
    own = [one for one in named if known.member.pk in (one.pk, one.state_id)]
    if own:
        judged.city = own[0]
    elif named:
        judged.ask(
            "other-state", "unit",
            Message("other-state", {"city": named[0].name, "state": known.member.name}), codes[0],
        )  # fmt: skip
        judged.kind = "refused"


def _find_project(judged: Judged, known: Known) -> None:
    row = judged.row
    if row.key and fold(row.key) != "new":
        project = known.projects.get(row.key)
        if project is None:
            judged.ask(
                "unknown-key",
                "key",
                Message("unknown-key", {"key": row.key}),
                row.key,
            )
        elif not _of_sender(project, known):
            judged.ask("other-states-key", "key", Message("other-states-key", {"key": row.key}), row.key)
            judged.kind = "refused"
        else:
            judged.project, judged.linked = project, "judged"
        return
    titled = known.titled(judged.city)
    title = fold(row.values.get("title") or "")
    if row.key:
        return  # it says that it is new
    if title in titled:
        judged.project, judged.linked = titled[title], "exact title"
    elif not row.continues and (near := get_close_matches(title, titled, n=1, cutoff=NEAR)):
        same = titled[near[0]]
        old = next(one for (pk, _), one in known.now.items() if pk == same.pk)
        judged.ask(
            "same-project",
            "key",
            Message("same-project", {"title": old.title, "key": same.code, "column": Term("heading", "key")}),
            row.values.get("title"),
            same=same.code,
        )


def _of_sender(project: Any, known: Known) -> bool:
    """Whether the sender leads a project, or a city of the sender takes part in it."""
    own = (project.lead_id,) if known.city is not None else (project.lead_id, project.lead.state_id)
    return (known.city or known.member).pk in own or any(pk == project.pk for pk, _ in known.now)


def _find_continued(judged: Judged, known: Known) -> None:
    """Projects that a row continues are the sender's own."""
    for code in judged.row.continued:
        project = known.projects.get(code)
        if project is None or not _of_sender(project, known):
            whose = (known.city or known.member).name
            judged.ask(
                "unknown-key", "continues", Message("key-not-theirs", {"member": whose, "key": code}), code
            )


def _find_area(judged: Judged, known: Known) -> None:
    """An area that the network does not have is asked about, unless the register holds it for the project."""
    area, sub_area = (judged.row.values.get(name) or "" for name in ("area", "sub_area"))
    if judged.project is not None:
        key = (judged.project.pk, judged.city.pk)
        held = [(one.area, one.sub_area) for one in (known.now.get(key), known.base.get(key)) if one]
        if (area, sub_area) in held:
            return
        if not area and held and not known.formed:
            area = held[0][0]  # what a sender's own workbook leaves out is as it was
    if known.areas and area and area not in {one for one, _ in known.areas}:
        judged.ask("unknown-area", "area", Message("no-area", {"value": area}), area)
    elif sub_area and (area, sub_area) not in known.areas and any(sub for _, sub in known.areas):
        judged.ask("unknown-sub-area", "sub_area", Message("no-sub-area", {"value": sub_area}), sub_area)


def _compare(judged: Judged, known: Known) -> None:
    row = judged.row
    try:
        sent = fields_of("projects", row.values)
    except ValueError as error:
        said = {"why": str(error), "value": row.cells.get("budget") or ""}
        judged.ask("money-parts", "budget", Message("money-parts", said), row.cells.get("budget"))
        return
    sent["further"] = ";".join(code for code in row.values["unit"] if code != judged.city.code)
    judged.values = sent
    if judged.project is None:
        return
    if judged.report in ENDED:
        judged.kind = "ended"
        return
    key = (judged.project.pk, judged.city.pk)
    now, base = known.now.get(key), known.base.get(key)
    if now is None:
        judged.kind = "new"
        return
    _apply_report(judged, sent, base or now)
    judged.values = {name: getattr(now, name) for name in FIELDS.values()}
    for column, name in FIELDS.items():
        if column in row.cells or (column == "status" and judged.report):
            _cell(judged, (column, name), (sent[name], now, base), formed=known.formed)
    judged.kind = "question" if judged.questions else "changed" if judged.changed else "unchanged"
    _odd_jumps(judged, now)
    if judged.report == "same" and judged.changed:
        judged.ask(
            "same-but-changed",
            judged.changed[0][0],
            Message("same-but-changed", {"column": Term("heading", judged.changed[0][0])}),
        )


def _cell(judged: Judged, named: tuple[str, str], three: tuple[Any, Any, Any], *, formed: bool) -> None:
    """One cell: base, now and sent."""
    column, name = named
    sent, now, base = three
    held = getattr(now, name)
    if not formed and sent in ("", None):
        return  # a workbook of the sender's own leaves out what it does not know
    was = held if base is None else getattr(base, name)
    if sent in (was, held):
        return
    if held != was:
        judged.ask(
            "changed-by-both",
            column,
            Message(
                "changed-by-both",
                {
                    "column": Term("heading", column),
                    "was": _shown(was, now),
                    "held": _shown(held, now),
                    "sent": _shown(sent, now),
                },
            ),
            sent,
        )
        return
    judged.values[name] = sent
    judged.changed.append((column, held, sent))


def _apply_report(judged: Judged, sent: dict[str, Any], base: Any) -> None:
    """A choice such as *completed* is the status, unless the status was changed to another."""
    if judged.report not in ("completed", "cancelled"):
        return
    if sent["status"] not in (base.status, judged.report):
        judged.ask(
            "two-statuses",
            "status",
            Message(
                "two-statuses",
                {
                    "column": Term("heading", "report"),
                    "report": judged.row.report,
                    "status": judged.row.cells.get("status") or "",
                },
            ),
        )
        return
    sent["status"] = judged.report


def _odd_jumps(judged: Judged, now: Any) -> None:
    """A status or progress that goes back needs a reason, in the remarks."""
    changed = {column: (old, new) for column, old, new in judged.changed}
    if "note" in changed or judged.kind == "question":
        return
    if "status" in changed and changed["status"][1] in BACKWARDS.get(changed["status"][0], ()):
        judged.ask(
            "status-back",
            "status",
            Message(
                "status-back",
                {
                    "before": Term("status", now.status),
                    "after": Term("status", judged.values["status"]),
                    "note": Term("heading", "note"),
                },
            ),
            judged.values["status"],
        )
    progress = changed.get("percent_complete")
    if progress and progress[0] is not None and progress[1] is not None and progress[1] < progress[0]:
        judged.ask(
            "progress-back",
            "percent_complete",
            Message(
                "progress-back",
                {
                    "before": f"{progress[0]:g}",
                    "after": f"{progress[1]:g}",
                    "note": Term("heading", "note"),
                },
            ),
            progress[1],
        )


def _shown(value: Any, of: Any) -> str | Term:
    if value in ("", None):
        return Term("screen", "empty")
    if value in STATUSES:
        return Term("status", value)
    if isinstance(value, int):
        value = from_minor(value, of.currency)
    return f"{value:.12g}" if isinstance(value, float) else str(value)
