"""Returned workbooks taken in: previewed, compared, kept; good rows go in, doubtful ones become questions."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from diffuscope.errors import PlanError
from diffuscope.register.context import context_of
from diffuscope.register.database import opened, writing
from diffuscope.register.form import about_form
from diffuscope.register.judge import Judged, Known, judge
from diffuscope.register.keep import keep
from diffuscope.register.lookup import member_named, names_of
from diffuscope.register.messages import Message, Term, Value
from diffuscope.register.place import keep_received
from diffuscope.register.rights import require
from diffuscope.register.sent import Refused, about_sent, open_sent, read_sent
from diffuscope.register.waves import current_of, open_named, previous_of
from diffuscope.register.write import LOCKED, act_of, take_turn
from diffuscope.tables.read_as import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.case.workbook import Workbook
    from diffuscope.records import ReadAs
    from diffuscope.register.place import Place
    from diffuscope.register.sent import Sent
    from diffuscope.register.write import Act

KINDS = ("new", "changed", "unchanged", "ended", "left out", "question", "refused")


@dataclass
class Preview:
    """What a workbook would change, or has changed.

    Attributes
    ----------
    file : str
    member : str
        Code of the sender; empty where that is not known.
    wave : str
    refused : str
        Why the workbook is not taken; empty where it is.
    again : bool
        Whether the same file was taken before, so that nothing changes.
    nothing : bool
        Whether it says that there is nothing to report.
    rows : list of Judged
    missing : list of str
        Projects that the register expected and the workbook does not have.
    readings : list of str
        What was read as what.
    warnings : list of str
    questions : Path or None
        The workbook with the doubtful rows.
    """

    file: str
    member: str = ""
    wave: str = ""
    refused: str = ""
    again: bool = False
    nothing: bool = False
    rows: list[Judged] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    readings: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    questions: Path | None = None

    def count(self, kind: str) -> int:
        """Rows of one kind."""
        return sum(one.kind == kind for one in self.rows)


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """A workbook on its way into the register.

    Attributes
    ----------
    sent : Sent
    wave, member, form : Model
        `form` is None for a workbook of the sender's own.
    sha256 : str
    """

    sent: Sent
    wave: Any
    member: Any
    form: Any
    sha256: str


def take_in(
    folder: str | Path,
    files: Sequence[str | Path],
    *,
    person: str,
    wave: str | None = None,
    sender: str | None = None,
    preview: bool = False,
) -> list[Preview]:
    """Take in workbooks that members sent: each is read, compared with the register, and kept as it came.

    Rows that can be read in one way go in; every other row goes into a workbook of questions, which can be
    mailed back and is taken in like any other. The same file twice changes nothing.

    Parameters
    ----------
    folder : str or Path
        The register.
    files : sequence of str or Path
        Workbooks, or folders of them.
    person : str
        Who takes them in.
    wave : str, optional
        By default the wave that is open.
    sender : str, optional
        The member that sent workbooks of its own making; by default the one they name.
    preview : bool
        Say what would change, and change nothing.

    Returns
    -------
    list of Preview
        One for each workbook.
    """
    with opened(folder) as place:
        act = act_of(person, channel="take-in")
        return [_taken(act, place, file, (wave, sender), preview=preview) for file in _workbooks(files)]


def _workbooks(files: Sequence[str | Path]) -> list[Path]:
    found: list[Path] = []
    for file in map(Path, files):
        if file.is_dir():
            found += sorted(
                one for one in file.iterdir() if one.is_file() and not one.name.startswith(("~$", "."))
            )
        elif file.is_file():
            found.append(file)
        else:
            raise PlanError(f"There is no file `{file}`.")
    return found


def _taken(
    act: Act, place: Place, file: Path, asked: tuple[str | None, str | None], *, preview: bool
) -> Preview:
    """One workbook; what it changes is one transaction."""
    with writing():
        shown = Preview(file=file.name)
        try:
            incoming = _incoming(act, place, file, asked)
        except Refused as why:
            shown.refused = why.why
            return shown
        shown.member, shown.wave, shown.nothing = (
            incoming.member.code,
            incoming.wave.code,
            incoming.sent.nothing,
        )
        shown.readings = [_read_as(one) for one in incoming.sent.readings if not _own_words(one, incoming)]
        shown.warnings = [Message("warned", {"says": one.message}) for one in incoming.sent.warnings]
        if _came_before(incoming):
            shown.again = True
            return shown
        take_turn(incoming.member)
        known = known_of(incoming)
        shown.rows = [judge(row, known) for row in incoming.sent.rows]
        _ask_about_split(shown.rows)
        _ask_about_twice(shown.rows)
        if shown.nothing and any(one.kind in ("new", "changed", "question") for one in shown.rows):
            shown.refused = Message("refused-nothing-but-rows")
            return shown
        missing = [] if shown.nothing else _missing(shown.rows, known, incoming)
        shown.missing = [f"{one.project.code}: {one.title} ({one.city.name})" for one in missing]
        if not preview:
            keep_received(place, file.read_bytes())
            shown.questions = keep(act, place, incoming, (shown.rows, missing))
        return shown


def _read_as(one: ReadAs) -> Message:
    """What was read as what, in the words that the reader's language has for it."""
    part = {"status": "status", "headings": "heading"}.get(one.column)
    said: dict[str, Value] = {
        "says": one.says, "written": one.written, "row": str(one.row), "rows": str(one.rows),
        "means": Term(part, one.means) if part else one.means,
    }  # fmt: skip
    if one.column == "headings":
        return Message("heading-read-as", said)
    return Message("read-as", {**said, "column": Term("heading", one.column)})


def _own_words(one: ReadAs, incoming: Incoming) -> bool:
    """Whether something was read as what the register itself wrote into its form: headings, and names."""
    from diffuscope.register.models import Member

    if incoming.form is None:
        return False
    if one.column == "headings":
        return True
    named = Member.objects.filter(code=one.means, name=one.written, retired=False)
    return one.column == "unit" and named.exists()


def _incoming(act: Act, place: Place, file: Path, asked: tuple[str | None, str | None]) -> Incoming:
    data = file.read_bytes()
    book = open_sent(data, file.name)
    about = about_sent(book)
    form = _form(place, about) if about else None
    wave = _open_wave(asked[0]) if form is None else form.wave
    if wave.state != "open":
        raise Refused(Message("refused-form-of", {"wave": wave.code, "state": Term("word", wave.state)}))
    member = form.member if form is not None else _sender(asked[1], file, book, wave)
    require(act, "report", member)
    context = context_of(wave, member if form is None else None)
    sent = read_sent(book, file.name, context, base=None if form is None else _base_cells(form))
    digest = hashlib.sha256(data).hexdigest()
    return Incoming(sent=sent, wave=wave, member=member, form=form, sha256=digest)


def _form(place: Place, about: dict[str, str]) -> Any:
    """The form that a workbook was made from, if the register made it."""
    from diffuscope.register.models import Form

    number = about.get("form", "")
    form = (
        Form.objects.filter(pk=int(number)).select_related("wave", "member").first()
        if number.isdigit()
        else None
    )
    says = {} if form is None else about_form(place, form)
    token = says.get("token", "")
    if not hmac.compare_digest(about.get("token", ""), token) or {**about, **says} != about or form is None:
        raise Refused(Message("refused-hidden"))
    return form


def _open_wave(code: str | None) -> Any:
    from diffuscope.register.models import Wave

    if code is not None:
        return open_named(code)
    found = list(Wave.objects.filter(state="open", retired=False))
    if len(found) != 1:
        raise PlanError("No wave is open." if not found else "Several waves are open; say which with --wave.")
    return found[0]


def _sender(asked: str | None, file: Path, book: Workbook, wave: Any) -> Any:
    """Who sent a workbook of their own making: as asked, or the state that its name or its titles name."""
    if asked is not None:
        member = member_named(asked)
        return member.state or member
    from diffuscope.register.models import ExpectedReturn

    states = [one.member for one in ExpectedReturn.objects.filter(wave=wave).select_related("member")]
    texts = [file.stem, *(cell for name in book.names for row in book.rows(name)[:8] for cell in row[:6])]
    for text in texts:
        folded = fold(text)
        named = [
            one for one in states if any(len(name) > 3 and fold(name) in folded for name in names_of(one))
        ]
        if len(named) == 1:
            return named[0]
    raise Refused(Message("refused-sender"))


def _base_cells(form: Any) -> dict[str, dict[str, str]]:
    """By key, the status that a form showed as an empty cell, as it is unknown."""
    from diffuscope.register.models import Observation

    filled = Observation.objects.filter(
        pk__any_of=list(form.keys.values()), status__in=("undetermined", "not stated")
    )
    return {one.project.code: {"status": one.status} for one in filled.select_related("project")}


def _came_before(incoming: Incoming) -> bool:
    from diffuscope.register.models import Return

    return bool(
        Return.objects.filter(wave=incoming.wave, member=incoming.member, sha256=incoming.sha256).exists()
    )


def known_of(incoming: Incoming, *, whole: bool = True) -> Known:
    """What the register knows of the sender's projects, and what its form was filled with.

    Parameters
    ----------
    incoming : Incoming
    whole : bool
        All projects of the sender, in which missing rows are found; otherwise those of the cities and keys
        that the rows name.
    """
    from django.db.models import Q

    from diffuscope.register.models import Area, ExpectedReturn, Member, Observation, Project

    wave, member = incoming.wave, incoming.member
    keys = {row.key for row in incoming.sent.rows if row.key}
    cities = {code for row in incoming.sent.rows for code in row.values["unit"] or ()}
    among = None if whole else Q(city__code__any_of=cities) | Q(project__code__any_of=keys)
    now = {(one.project_id, one.city_id): one for one in previous_of(wave, member, among)}
    carried = ExpectedReturn.objects.filter(wave=wave, member=member, state="carried forward").exists()
    current = [] if carried else current_of(wave, member, among)
    now |= {(one.project_id, one.city_id): one for one in current}
    filled = Observation.objects.filter(pk__any_of=list(incoming.form.keys.values())) if incoming.form else ()
    continued = {key for row in incoming.sent.rows for key in row.continued if key}
    own = Q(lead=member) | Q(lead__state=member) | Q(pk__any_of={pk for pk, _ in now})
    published = Q(observations__wave__state__in=LOCKED)  # a key that another state was just given is unknown
    members = Member.objects.filter(Q(pk=member.pk) | Q(state=member) | Q(code__any_of=cities), retired=False)
    named = Project.objects.filter(own | published, retired=False, code__any_of=keys | continued).distinct()
    return Known(
        member=member,
        members={one.code: one for one in members},
        projects={one.code: one for one in named.select_related("lead")},
        base={(one.project_id, one.city_id): one for one in filled},
        now=now,
        fresh=frozenset((one.project_id, one.city_id) for one in current),
        formed=incoming.form is not None,
        areas=frozenset(Area.objects.filter(retired=False).values_list("area", "sub_area")),
    )


def _ask_about_split(rows: list[Judged]) -> None:
    """A project that was split needs the projects that continue it; one that was merged, the other's key."""
    column = {"column": Term("heading", "continues")}
    named = {code for one in rows for code in one.row.continued if not one.report}
    for one in rows:
        if one.kind == "ended" and one.report == "split" and one.project.code not in named:
            one.ask("split-into-what", "continues", Message("split-into-what", column))
        if one.kind == "ended" and one.report == "merged" and not one.row.continues:
            one.ask("merged-with-what", "continues", Message("merged-with-what", column))


def _ask_about_twice(rows: list[Judged]) -> None:
    """Two rows of one project contradict each other, or are one too many."""
    seen: dict[tuple[Any, Any], Judged] = {}
    for one in rows:
        if one.project is None or one.kind in ("refused", "left out"):
            continue
        first = seen.setdefault((one.project.pk, one.city.pk), one)
        if first is not one:
            asks = Message("same-project-twice", {
                "row": str(first.row.row), "key": Term("heading", "key"),
                "leave_out": Term("report", "leave_out"), "report": Term("heading", "report"),
            })  # fmt: skip
            one.ask("same-project-twice", "title", asks, one.row.values.get("title"))


def _missing(rows: list[Judged], known: Known, incoming: Incoming) -> list[Any]:
    """Observations that the sender was asked about, or had last time, and that the workbook lacks."""
    there = {one.project.pk for one in rows if one.project is not None}
    asked = {q.same for one in rows for q in one.questions if q.same}
    expected = {**known.base, **known.now} if known.formed else known.now
    if incoming.form is not None and incoming.form.kind == "questions":
        was_asked = _asked_as_same(rows, incoming)
        expected = {key: one for key, one in known.now.items() if one.project.code in was_asked}
    return [
        one
        for key, one in expected.items()
        if one.project_id not in there
        and key not in known.fresh
        and one.status not in ("completed", "cancelled")
        and one.project.code not in asked
    ]


def _asked_as_same(rows: list[Judged], incoming: Incoming) -> set[str]:
    """Keys of projects that rows of a workbook of questions were taken for; a row may turn out to be none."""
    from diffuscope.register.models import Query

    numbers = [number for one in rows if (number := one.row.number) is not None]
    asked = Query.objects.filter(pk__any_of=numbers, wave=incoming.wave, member=incoming.member)
    return {one.row["_same"] for one in asked if one.row.get("_same")}
