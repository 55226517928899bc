"""The year of a wave: opened, marked, accepted, cleared, closed; each step by whom it takes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from diffuscope.errors import PlanError
from diffuscope.records.phrases import counted, listed
from diffuscope.register.database import opened, writing
from diffuscope.register.lookup import (
    is_date,
    member_named,
    next_position,
    reporting_states,
    state_of,
    unsettled,
    wave_named,
)
from diffuscope.register.messages import Choices, Message, Term, Value
from diffuscope.register.rights import later_versions, represents, require
from diffuscope.register.write import act_of, add, change, lock, next_version, take_turn
from diffuscope.tables.digits import plain_digits

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from diffuscope.register.write import Act

MARKS = ("nil", "carried-forward", "excused")
CAME_IN = ("received", "queried", "accepted", "cleared")
COPIED = (
    *("further", "title", "folded", "language", "area", "sub_area", "status", "status_typed", "budget_minor"),
    *(
        "currency",
        "start_planned",
        "start",
        "end_planned",
        "end",
        "percent_complete",
        "partner",
        "description",
    ),
    *("status_basis", "link_basis", "source", "note", "sheet", "row"),
)
"""What an observation says, apart from where it belongs."""


def open_wave(
    folder: str | Path, wave: str, *, due: str, person: str, reference: str | None = None
) -> list[str]:
    """Open a wave: from now on a return is expected of every state with cities in the network.

    Parameters
    ----------
    folder : str or Path
    wave : str
        Its code, such as 2026.
    due : str
        The last day on which returns are in time, as YYYY-MM-DD.
    person : str
        Who opens it, of the secretariat.
    reference : str, optional
        The day that the wave is about; by default the due date.

    Returns
    -------
    list of str
        Codes of those who are asked.

    Raises
    ------
    PlanError
        If the wave exists, the date is none, or the person may not.
    """
    from datetime import UTC

    with opened(folder), writing():
        from diffuscope.register.models import ExpectedReturn, Wave

        act = act_of(person)
        require(act, "write")
        day = _day(due)
        if Wave.objects.filter(code=wave).exists():
            raise PlanError(f"The register has a wave `{wave}` already.")
        _refuse_code(wave)
        reference = plain_digits(reference or due)
        _refuse_reference(reference)
        new = Wave(
            code=wave,
            reference=reference,
            due=day,
            state="open",
            opens=datetime.now(UTC),
            position=next_position(Wave),
        )
        add(act, [new])
        asked = reporting_states(new)
        add(act, [ExpectedReturn(wave=new, member=one) for one in asked])
        return [one.code for one in asked]


def mark_return(folder: str | Path, wave: str, member: str, mark: str, *, person: str, why: str = "") -> str:
    """Mark a return: nothing to report, rows of the last wave carried forward, or excused.

    Parameters
    ----------
    folder : str or Path
    wave, member : str
        A state, or a city that stands apart from its state.
    mark : {"nil", "carried-forward", "excused"}
    person : str
    why : str
        How it is known.

    Returns
    -------
    str
        What was done, in one sentence.
    """
    with opened(folder), writing():
        if mark not in MARKS:
            raise PlanError(f"`{mark}` is no mark; the marks are {listed(MARKS, 'or')}.")
        act = act_of(person, why=why)
        require(act, "write")
        of, whom = open_named(wave), member_named(member)
        take_turn(state_of(whom))
        return marked(act, of, whom, mark.replace("-", " "))


def marked(act: Act, wave: Any, member: Any, state: str, source: str = "") -> str:
    """The same within an open transaction."""
    expected = expected_of(act, wave, member)
    there = current_of(wave, member)
    if there and expected.state in CAME_IN:
        said: dict[str, Value] = {"member": member.name, "count": str(len(there)), "wave": wave.code}
        raise PlanError(Message("has-sent", said))
    withdraw(act, there)
    says = source or "marked in the register" + (f": {act.why}" if act.why else "")  # never by whom
    carried = carry_forward(act, wave, member) if state == "carried forward" else 0
    day = act.at.date().isoformat() if state == "nil" else ""
    change(act, expected, {"state": state, "source": says, "received": day})
    return f"{member}: {state}" + (f", {counted(carried, 'project')}" if state == "carried forward" else "")


def accept_return(folder: str | Path, wave: str, member: str | Sequence[str], *, person: str) -> None:
    """Accept returns: the secretariat has looked through them, and no question is open.

    Parameters
    ----------
    folder : str or Path
    wave : str
    member : str or sequence of str
        Several are accepted together, or none of them.
    person : str
    """
    members = [member] if isinstance(member, str) else list(member)
    _step(folder, (wave, members), person, ("write", ("received", "queried"), "accepted"))


def clear_return(
    folder: str | Path, wave: str, member: str, *, person: str, letter: str | Path | None = None
) -> None:
    """Clear a return: the national representative agrees that it goes into the wave.

    Parameters
    ----------
    folder : str or Path
    wave, member, person : str
    letter : str or Path, optional
        A file that shows the representative's consent: with it the secretariat clears in their place.
    """
    from pathlib import Path

    from diffuscope.register.place import keep_received

    with opened(folder) as place:
        act, whom = act_of(person), member_named(member)
        require(act, "clear", whom)
        why = ""
        if not represents(act.person, state_of(whom)):
            if letter is None:
                raise PlanError(
                    "The secretariat clears by a letter of the representative: give it with --letter."
                )
            why = f"letter {keep_received(place, Path(letter).read_bytes())}"
        _step(folder, (wave, [member]), person, ("clear", ("accepted",), "cleared"), why)


def close_wave(folder: str | Path, wave: str, *, person: str) -> dict[str, list[str]]:
    """Close a wave: what has not come in is silent, which is not zero.

    Parameters
    ----------
    folder : str or Path
    wave, person : str

    Returns
    -------
    dict of str to list of str
        Members by the state of their return.

    Raises
    ------
    PlanError
        If a question is open, or a return that came in is not cleared.
    """
    with opened(folder), writing():
        act = act_of(person)
        require(act, "write")
        of = lock(open_named(wave))
        from diffuscope.register.models import ExpectedReturn

        _refuse_unfinished(of)
        by_state: dict[str, list[str]] = {}
        for one in ExpectedReturn.objects.filter(wave=of).select_related("member"):
            if one.state == "expected":
                change(act.because("the wave was closed"), one, {"state": "silent", "source": "register"})
            by_state.setdefault(one.state, []).append(one.member.code)
        change(act, of, {"state": "cleared", "closed": act.at})
        return by_state


def open_named(code: str) -> Any:
    """A wave that is open."""
    wave = wave_named(code)
    if wave.state != "open":
        raise PlanError(Message("wave-not-open", {"wave": code, "state": Term("word", wave.state)}))
    return wave


def expected_of(act: Act, wave: Any, member: Any) -> Any:
    """What is expected of a member in a wave; a city that stands apart from its state has its own row."""
    from diffuscope.register.models import ExpectedReturn

    found = ExpectedReturn.objects.filter(wave=wave, member=member).first()
    if found is None:
        found = ExpectedReturn(wave=wave, member=member)
        add(act, [found])
    return found


def current_of(wave: Any, member: Any, among: Any = None) -> list[Any]:
    """The observations that count of a member and its cities in a wave; `among` a condition on them."""
    return [row for row in last_versions(wave, member, among).values() if not row.withdrawn]


def last_versions(wave: Any, member: Any, among: Any = None) -> dict[tuple[int, int], Any]:
    """The last version of each observation of a member and its cities in a wave, by project and city.

    Parameters
    ----------
    wave : Wave
    member : Member
    among : Q, optional
        A condition on projects or cities, where not all are wanted.
    """
    rows = rows_of(wave, member) if among is None else rows_of(wave, member).filter(among)
    last: dict[tuple[int, int], Any] = {}
    for row in rows.select_related("project", "city").order_by("version"):
        last[row.project_id, row.city_id] = row
    return last


def rows_of(wave: Any = None, member: Any = None) -> Any:
    """All versions of observations: of one wave, of a member and its cities, or both."""
    from django.db.models import Q

    from diffuscope.register.models import Observation

    rows = Observation.objects.all() if wave is None else Observation.objects.filter(wave=wave)
    return rows if member is None else rows.filter(Q(city=member) | Q(city__state=member))


def counting(rows: Any) -> Any:
    """Of some observations those that count: the last version of each, where it is not withdrawn."""
    from django.db.models import Exists

    return rows.filter(~Exists(later_versions()), withdrawn=False)


def withdraw(act: Act, observations: Sequence[Any]) -> None:
    """Take observations back: another version of each says that it counts no more."""
    rows = (copied(one, one.wave, one.sent, withdrawn=True, version=one.version + 1) for one in observations)
    add(act, list(rows))


def copied(one: Any, wave: Any, sent: Any, *, withdrawn: bool = False, version: int | None = None) -> Any:
    """Another version of an observation, or the first of it in another wave.

    Where its version is not given, the database is asked for the last one.
    """
    from diffuscope.register.models import Observation

    versions = Observation.objects.filter(project_id=one.project_id, wave=wave, city_id=one.city_id)
    return Observation(
        project_id=one.project_id,
        city_id=one.city_id,
        wave=wave,
        sent=sent,
        withdrawn=withdrawn,
        version=next_version(versions) if version is None else version,
        **{name: getattr(one, name) for name in COPIED},
    )


def carry_forward(act: Act, wave: Any, member: Any) -> int:
    """The last wave's observations of a member, put into this wave as what they are: not fresh."""
    from diffuscope.register.models import Return

    earlier = previous_of(wave, member)
    if not earlier:
        raise PlanError(f"{member} has no projects in an earlier wave, so there is nothing to carry forward.")
    state = state_of(member)
    sent = Return(
        wave=wave,
        member=state,
        person=act.person,
        at=act.at,
        channel=act.channel,
        file=f"carried forward from {earlier[0].wave.code}",
        version=next_version(Return.objects.filter(wave=wave, member=state)),
    )
    add(act, [sent])
    last = {key: row.version for key, row in last_versions(wave, member).items()}
    rows = [
        copied(one, wave, sent, version=last.get((one.project_id, one.city_id), 0) + 1) for one in earlier
    ]
    for row, one in zip(rows, earlier, strict=True):
        row.source = f"{one.source} (carried forward from {one.wave.code})"
    add(act, rows)
    return len(rows)


def previous_of(wave: Any, member: Any, among: Any = None) -> list[Any]:
    """The observations of a member in the last wave before this one in which it has any.

    Parameters
    ----------
    wave : Wave
    member : Member
    among : Q, optional
        A condition on projects or cities, where not all are wanted; the wave is the same.
    """
    from diffuscope.register.export import ordered_waves
    from diffuscope.register.models import Wave

    waves = ordered_waves(Wave.objects.filter(retired=False))
    before = waves[: [one.pk for one in waves].index(wave.pk)]
    there = set(rows_of(member=member).order_by().values_list("wave_id", flat=True).distinct())
    for one in reversed(before):
        if one.pk in there and counting(rows_of(one, member)).exists():
            return current_of(one, member, among)
    return []


def _step(
    folder: str | Path,
    named: tuple[str, Sequence[str]],
    person: str,
    step: tuple[str, Sequence[str], str],
    why: str = "",
) -> None:
    """One step of returns from one state to the next, in one transaction."""
    wave, members = named
    with opened(folder), writing():
        act = act_of(person, why=why, channel="command" if len(members) == 1 else "bulk")
        of = open_named(wave)
        for name in members:
            _step_of(act, of, member_named(name), step)


def _step_of(act: Act, wave: Any, whom: Any, step: tuple[str, Sequence[str], str]) -> None:

    right, before, after = step
    require(act, right, whom)
    take_turn(state_of(whom))
    expected = expected_of(act, wave, whom)
    if expected.state not in before:
        said: dict[str, Value] = {"member": whom.name, "state": Term("word", expected.state)}
        said |= {"before": Choices("word", tuple(before)), "after": Term("word", after)}
        raise PlanError(Message("return-state", said))
    queries = unsettled().filter(wave=wave, member=whom).count()
    if queries:
        code = "one-question-open" if queries == 1 else "questions-open"
        raise PlanError(Message(code, {"count": str(queries), "member": whom.name}))
    change(act, expected, {"state": after})


def _refuse_unfinished(wave: Any) -> None:
    from diffuscope.register.models import ExpectedReturn

    queries = unsettled().filter(wave=wave).count()
    if queries:
        raise PlanError(
            f"The wave `{wave}` has {counted(queries, 'question')} to settle: see `register queries`."
        )
    rows = ExpectedReturn.objects.filter(wave=wave, state__in=("received", "queried", "accepted"))
    names = [f"{one.member} ({one.state})" for one in rows.select_related("member")]
    if names:
        raise PlanError(f"Not cleared yet: {listed(names, at_most=10)}. Accept and clear them, then close.")


def _day(text: str) -> Any:
    from datetime import date

    try:
        return date.fromisoformat(plain_digits(text))
    except ValueError:
        raise PlanError(f"`{text}` cannot be read as a day; write it as YYYY-MM-DD.") from None


def _refuse_reference(text: str) -> None:
    if not is_date(text):
        raise PlanError(f"`{text}` cannot be read as a date; write 2026, 2026-06 or 2026-06-30.")


def _refuse_code(wave: str) -> None:
    from diffuscope.case.model import is_short_name

    if not is_short_name(wave):
        raise PlanError(f"`{wave}` cannot name a wave: use letters, digits, `-`, `_` and `.`, such as 2026.")
