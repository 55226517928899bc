"""Questions settled by an answer that came another way than by workbook: by telephone, by letter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diffuscope.errors import PlanError
from diffuscope.register.database import opened, writing
from diffuscope.register.lookup import unsettled
from diffuscope.register.questions import MISSING, ask_missing
from diffuscope.register.rights import require
from diffuscope.register.waves import copied, current_of, expected_of, open_named, previous_of
from diffuscope.register.write import act_of, add, change, next_version, take_turn

if TYPE_CHECKING:
    from pathlib import Path

    from diffuscope.register.write import Act


def settle(folder: str | Path, number: int, *, answer: str, person: str, leave_out: bool = False) -> str:
    """Settle a question with an answer that came another way than by workbook.

    A project that was missing goes into the wave as it was last reported, with the answer as its source: a
    wave from which it is gone would show that it ended. `correct` then changes its cells.

    Parameters
    ----------
    folder : str or Path
    number : int
        Of the question, as `queries` lists it.
    answer : str
    person : str
        Of the secretariat.
    leave_out : bool
        The answer is that a missing project is not to be reported any more.

    Returns
    -------
    str
        What was done, in one sentence.

    Raises
    ------
    PlanError
        If there is no such open question, no answer, or the wave is not open.
    """
    with opened(folder), writing():
        from diffuscope.register.models import ExpectedReturn

        act = act_of(person, why=answer)
        require(act, "write")
        query = unsettled().filter(pk=number).select_related("wave").first()
        if query is None or not answer.strip():
            raise PlanError(
                f"There is no open question {number}." if query is None else "Say the answer: `--answer`."
            )
        take_turn(query.member)
        change(act, query, {"state": "settled", "answer": f"left out: {answer}" if leave_out else answer})
        said = f"Question {number} is settled."
        if query.rule == MISSING and not leave_out:
            said += _still_there(act, query)
        elif same := query.row.get("_same"):
            said += _ask_about(act, query, same)
        left = unsettled().filter(wave=query.wave, member=query.member).exists()
        expected = ExpectedReturn.objects.filter(
            wave=query.wave, member=query.member, state="queried"
        ).first()
        if expected is not None and not left:
            change(act, expected, {"state": "received"})
        return said


def _still_there(act: Act, query: Any) -> str:
    """The row of a project that is still there, as it was last reported."""
    wave, member = open_named(query.wave.code), query.member
    if any(one.project_id == query.project_id for one in current_of(wave, member)):
        return ""
    before = [one for one in previous_of(wave, member) if one.project_id == query.project_id]
    sent = _return(act, query)
    rows = [copied(one, wave, sent) for one in before]
    for row, one in zip(rows, before, strict=True):
        cites = f"question {query.pk}, return {sent.version}; as in {one.wave.code}: {one.source}"
        row.source = f"{act.why} ({cites})"
        row.status_basis = f"as in {one.wave.code}: {act.why}"
    add(act, rows)
    return (
        f" `{query.project}` stands in the wave as it was last reported; change its cells with "
        f"`diffuscope register correct {wave} {query.project} …`, or say --leave-out."
    )


def _return(act: Act, query: Any) -> Any:
    from diffuscope.register.models import Return

    expected_of(act, query.wave, query.member)
    before = Return.objects.filter(wave=query.wave, member=query.member)
    sent = Return(
        wave=query.wave,
        member=query.member,
        person=act.person,
        at=act.at,
        channel=act.channel,
        file=f"answer to question {query.pk}",
        version=next_version(before),
    )
    add(act, [sent])
    return sent


def _ask_about(act: Act, query: Any, code: str) -> str:
    """A row that might have been a project is settled; what became of that project is asked."""
    wave, member = query.wave, query.member
    there = {one.project_id for one in current_of(wave, member)}
    missing = [
        one for one in previous_of(wave, member) if one.project.code == code and one.project_id not in there
    ]
    missing = [one for one in missing if one.status not in ("completed", "cancelled")]
    asked = ask_missing(act, missing, query.sent) if missing else []
    return "".join(f" Question {one.pk} asks what became of `{code}`." for one in asked)
