"""Practices, who took them up, and exchanges: rows of a case as rows of the register, and back.

A practice is a policy, and whoever took it up has adopted it. So a case has each practice among `policies`
and each take-up among `adoptions` too; the city whose practice it is has adopted it since it released it.
What a row says beyond what the register keeps stays a row of its table.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from diffuscope.register.as_of import rows_as_of
from diffuscope.register.search import search_key
from diffuscope.register.write import add

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diffuscope.case import Case
    from diffuscope.register.write import Act

ROW = "_row"
TABLES = ("practices", "exchanges", "policies", "adoptions")
OWN = "its own practice"
GROUP = "practices"
"""Group of the policies that are practices."""
QUESTION = {
    "id": GROUP,
    "question": "Why do practices spread among the cities of the network?",
    "policies": GROUP,
    "units": "city",
    "period": "year",
    "note": "Practices that their cities have released; who took them up, and since when, as cities say.",
}
"""The question that a case asks of its practices, where it does not ask one of its own."""

DATE = re.compile(r"\d{4}(-\d\d){0,2}")
HELD = ("held", "followed up")
"""States of an exchange that took place: it is a tie from then on."""
SAID = ("title", "description", "results", "cost", "conditions", "contact", "documents")
"""What a practice says in words."""
PRACTICE = (*SAID, "area", "released", "source", "note")

Rows = list[dict[str, Any]]


def take_learning(act: Act, case: Case) -> dict[str, Rows]:
    """Practices, take-up and exchanges of a case, added in the open transaction.

    Returns
    -------
    dict of str to list of dict
        Rows of each of `TABLES` that are to be kept as they are.
    """
    from diffuscope.case.derived import written_adoptions
    from diffuscope.register import models

    rows = {name: case.table(name).to_dicts() for name in TABLES if name in case.tables}
    if "adoptions" in rows:
        rows["adoptions"] = written_adoptions(case.table("adoptions")).to_dicts()
    members = {one.code: one for one in models.Member.objects.all()}
    kept: dict[str, Rows] = {name: [] for name in rows}
    practices = _practices(act, rows, members, kept)
    shown = {code: _policy(vars(one)) for code, one in practices.items()}
    for row in rows.get("policies", ()):
        if row["policy"] not in shown or _filled(row) != _filled(shown[row["policy"]]):
            kept["policies"].append(row)
    taken, met = [], []
    for row in rows.get("adoptions", ()):
        if _is_own(row, practices):
            continue
        one = _take_up(row, practices, members)
        kept["adoptions"].append(row) if one is None else taken.append(one)
    for row in rows.get("exchanges", ()):
        one = _exchange(row, members)
        kept["exchanges"].append(row) if one is None else met.append(one)
    add(act, taken)
    add(act, met)
    return kept


def _practices(
    act: Act, rows: Mapping[str, Rows], members: Mapping[str, Any], kept: dict[str, Rows]
) -> dict[str, Any]:
    """Practices by id that are among the policies too, as the register shows them."""
    from diffuscope.register.models import Practice

    policies = {row["policy"]: row for row in rows.get("policies", ())}
    made = {}
    for row in rows.get("practices", ()):
        cells = {name: row[name] or "" for name in PRACTICE}
        cells["folded"] = folded(cells)
        same = policies.get(row["practice"])
        one = Practice(code=row["practice"], position=row[ROW], member=members.get(row["unit"]), **cells)
        one.reviewed = act.at.date()  # what a case shows was reviewed for it
        if row["unit"] in members and same is not None and _filled(same) == _filled(_policy(vars(one))):
            made[row["practice"]] = one
        else:
            kept["practices"].append(row)
    add(act, list(made.values()))
    return made


def folded(cells: Mapping[str, str]) -> str:
    """The words of a practice as a search compares them, whatever the script."""
    return " ".join(search_key(cells.get(name, "")) for name in (*SAID, "area"))


def _is_own(row: Mapping[str, Any], practices: Mapping[str, Any]) -> bool:
    """Whether an adoption is that of the city whose practice it is, which the practice itself says."""
    one = practices.get(row["policy"])
    if one is None:
        return False
    says = {**_own_adoption(vars(one), one.member.code), "basis": row["basis"]}
    return _filled(row) == _filled(says) and row["basis"] in (None, "reported")


def _take_up(row: Mapping[str, Any], practices: Mapping[str, Any], members: Mapping[str, Any]) -> Any:
    """An adoption of a practice; None where it says more than the register keeps of it."""
    from diffuscope.register.models import TakeUp

    more = [row.get(name) for name in ("until", "tier", "decision", "confidence")]
    more += [row["basis"] not in (None, "reported")]
    taught = row.get("learned_from")
    known = row["policy"] in practices and row["unit"] in members and (taught is None or taught in members)
    if not known or any(more):
        return None
    seen = f"{row['time'] or ''}/{row['time_latest'] or ''}"
    return TakeUp(
        practice=practices[row["policy"]],
        member=members[row["unit"]],
        learned_from=members.get(taught or ""),
        first_seen=seen,
        position=row[ROW],
        source=row["source"] or "",
        note=row["note"] or "",
    )


def _exchange(row: Mapping[str, Any], members: Mapping[str, Any]) -> Any:
    from diffuscope.register.models import Exchange

    if row["asking"] not in members or row["asked"] not in members:
        return None
    names = ("kind", "state", "requested", "held", "about", "source", "note")
    cells = {name: row[name] or "" for name in names}
    return Exchange(asking=members[row["asking"]], asked=members[row["asked"]], position=row[ROW], **cells)


def learning_tables(codes: Mapping[int, str], change: int | None, *, public: bool = False) -> dict[str, Rows]:
    """Rows of `TABLES` as the register was after a change; practices that a city has released.

    Parameters
    ----------
    codes : mapping of int to str
        Codes of members by their number.
    change : int, optional
        By default the last.
    public : bool
        Only what everybody sees: practices that were reviewed, and exchanges that were held, with what they
        were about where that names an area or such a practice. What one city wrote to another stays theirs.
    """
    from diffuscope.register import models

    practices = [row for row in rows_as_of(models.Practice, change) if row["released"]]
    if public:
        practices = [row for row in practices if row["reviewed"]]
    exchanges = rows_as_of(models.Exchange, change)
    if public:
        exchanges = _shown_exchanges(exchanges, practices, rows_as_of(models.Area, change))
    known = {row["id"]: row["code"] for row in practices}
    taken = [row for row in rows_as_of(models.TakeUp, change) if row["practice_id"] in known]
    return {
        "practices": [
            {**_cells(row), "practice": row["code"], "unit": codes[row["member_id"]]} for row in practices
        ],
        "exchanges": [
            {**_cells(_asked_before(row)), "asking": codes[row["asking_id"]], "asked": codes[row["asked_id"]]}
            for row in exchanges
        ],
        "policies": [_policy(row) for row in practices],
        "adoptions": [
            *(_own_adoption(row, codes[row["member_id"]]) for row in practices),
            *(_adoption(row, known[row["practice_id"]], codes) for row in taken),
        ],
    }


def with_question(says: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of a case that ask why practices spread, where no question of theirs is about practices.

    Parameters
    ----------
    says : mapping
        Settings as `case.toml` has them.
    """
    asked = list(says.get("analysis", ()))
    if any(GROUP in (one.get("id"), one.get("policies")) for one in asked):
        return dict(says)
    return {**says, "analysis": [*asked, QUESTION]}


def _shown_exchanges(exchanges: Rows, practices: Rows, areas: Rows) -> Rows:
    """Exchanges that took place, without words that only the two cities have seen."""
    named = {row[name] for row in practices for name in ("code", "title")} | {row["area"] for row in areas}
    return [
        {**row, "about": row["about"] if row["about"] in named else ""}
        for row in exchanges
        if row["state"] in HELD
    ]


def _asked_before(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """An exchange, without the day of its request where that was written down after it was held.

    The register dates a request by when it was entered; when that city asked the other is then not known.
    """
    asked, held = row["requested"], row["held"]
    both = min(len(asked), len(held))
    late = DATE.fullmatch(asked) and DATE.fullmatch(held) and held[:both] < asked[:both]
    return {**row, "requested": ""} if late else row


def _cells(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: None if value == "" else value for name, value in row.items()}


def _policy(practice: Mapping[str, Any]) -> dict[str, Any]:
    """A practice as a policy: something that can be adopted; it has been since it was released."""
    return {
        "policy": practice["code"],
        "name": practice["title"],
        "group": GROUP,
        "source": practice["source"] or "register",
    }


def _adoption(row: Mapping[str, Any], practice: str, codes: Mapping[int, str]) -> dict[str, Any]:
    first, _, last = row["first_seen"].partition("/")
    return {
        "unit": codes[row["member_id"]],
        "policy": practice,
        "time": first or None,
        "time_latest": last or None,
        "learned_from": codes.get(row["learned_from_id"]),
        "source": row["source"] or "register",
        "note": row["note"] or None,
    }


def _own_adoption(practice: Mapping[str, Any], unit: str) -> dict[str, Any]:
    """The first adoption of a practice: by the city that has it."""
    return {
        "unit": unit,
        "policy": practice["code"],
        "time": practice["released"],
        "source": practice["source"] or "register",
        "note": OWN,
    }


def _filled(row: Mapping[str, Any]) -> dict[str, Any]:
    """Cells that say something; the default of a choice says nothing."""
    return {
        name: value
        for name, value in row.items()
        if value is not None and name not in (ROW, "origin", "area_counts")
    }
