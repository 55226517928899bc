"""From a question as written to the policies and units it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from diffuscope.case.values import is_date
from diffuscope.records import Analysis
from diffuscope.tables.dates import first_day, last_day
from diffuscope.tables.refer import names_of
from diffuscope.tables.suggest import Names, nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from diffuscope.case.settings import Asked, Settings, Written
    from diffuscope.records import Problem

TOLD = 50
"""Unknown ids of one list told one by one."""
COLUMNS = {"policies": ("policy", "group"), "units": ("unit", "kind")}
"""By setting, which is also the name of the table: the column of ids, and the one that names several."""


def resolve_questions(
    settings: Settings, written: Written, frames: Mapping[str, pl.DataFrame], refused: Collection[str]
) -> tuple[tuple[Analysis, ...], list[Problem]]:
    """The questions of a case with their policies and units spelt out, and what cannot be asked.

    Parameters
    ----------
    frames : mapping of str to polars.DataFrame
        The typed tables.
    refused : collection of str
        Tables that could not be read, so that nothing can be said of their ids.
    """
    known = {
        name: _Known.of(name, frames[name]) if name in frames else None
        for name in COLUMNS
        if name not in refused
    }
    analyses, problems = [], []
    for asked in settings.asked:
        named = {"policies": asked.policies, "units": asked.units}
        spelt: dict[str, tuple[str, ...]] = {}
        for name, written_ids in named.items():
            table = known.get(name)
            if name not in known or not written_ids:
                spelt[name] = () if isinstance(written_ids, str) else written_ids
            elif table is None:
                spelt[name] = (written_ids,) if isinstance(written_ids, str) else written_ids
                problems.append(_no_table(asked, written, name))
            else:
                spelt[name], wrong = _spell_out(asked, written, written_ids, table)
                problems += wrong
        problems += _window(asked, written, settings.waves)
        analyses.append(
            Analysis(
                id=asked.id,
                question=asked.question,
                policies=spelt["policies"],
                units=spelt["units"],
                period=asked.period,
                window=asked.window,
                note=asked.note,
            )
        )
    return tuple(analyses), problems


@dataclass(frozen=True)
class _Known:
    """What a question may name in one of its two lists.

    Attributes
    ----------
    setting : str
    names : Names
        What the ids are also called.
    ids : frozenset of str
    groups : mapping of str to tuple of str
        Policies by group; adopters by kind.
    never : mapping of str to str
        Units that never adopt, and their role.
    """

    setting: str
    names: Names
    ids: frozenset[str]
    groups: Mapping[str, tuple[str, ...]]
    never: Mapping[str, str]

    @classmethod
    def of(cls, setting: str, frame: pl.DataFrame) -> _Known:
        key, group = COLUMNS[setting]
        members = frame.drop_nulls([key, group]).unique(key, keep="first", maintain_order=True)
        never: dict[str, str] = {}
        if setting == "units":
            never = dict(members.filter(pl.col("role") != "adopter").select(key, "role").iter_rows())
            members = members.filter(pl.col("role") == "adopter")
        groups = members.group_by(group, maintain_order=True).agg(key)
        return cls(
            setting,
            names_of(frame, key),
            frozenset(frame[key].drop_nulls().to_list()),
            {name: tuple(ids) for name, ids in groups.iter_rows()},
            never,
        )


def _spell_out(
    asked: Asked, written: Written, named: tuple[str, ...] | str, known: _Known
) -> tuple[tuple[str, ...], list[Problem]]:
    if isinstance(named, str):
        if named in known.groups:
            return known.groups[named], []
        if named not in known.ids:
            return (named,), [_no_group(asked, written, named, known)]
        named = (named,)
    strangers = [name for name in named if name not in known.ids]
    problems = [_stranger(asked, written, name, known) for name in strangers[:TOLD]]
    if len(strangers) > TOLD:
        message = f"{len(strangers) - TOLD:,} more ids of the list are not in the table `{known.setting}`."
        mend = f"correct them, or add them to `{known.setting}`"
        problems.append(written.problem(asked.key(known.setting), "unknown-id", message, mend))
    return named, problems + _never_adopt(asked, written, named, known)


def _stranger(asked: Asked, written: Written, name: str, known: _Known) -> Problem:
    meant = known.names.nearest(name)
    add = f"add a row to `{known.setting}`"
    return written.problem(
        asked.key(known.setting),
        "unknown-id",
        f"The analysis `{asked.id}` names what the table `{known.setting}` does not have.",
        f"write `{meant}` if that is meant, or {add}" if meant else f"correct it, or {add}",
        value=name,
    )


def _no_group(asked: Asked, written: Written, name: str, known: _Known) -> Problem:
    column = COLUMNS[known.setting][1]
    meant = nearest(name, known.groups) or known.names.nearest(name)
    listed = ", ".join(f"`{group}`" for group in list(known.groups)[:20]) or "none"
    whose = "" if known.setting == "policies" else " whose role is `adopter`"
    return written.problem(
        asked.key(known.setting),
        "unknown-id",
        f"The table `{known.setting}` has no row of this `{column}`{whose} (there are: {listed}).",
        f"write `{meant}`" if meant else f"name a `{column}`, or list the ids between square brackets",
        value=name,
    )


def _never_adopt(asked: Asked, written: Written, named: tuple[str, ...], known: _Known) -> list[Problem]:
    return [
        written.problem(
            asked.key(known.setting),
            "not-an-adopter",
            f"A unit of the analysis `{asked.id}` has the role `{known.never[name]}`, and so never adopts.",
            "take it out of `units`, or give it the role `adopter`",
            value=name,
        )
        for name in [name for name in named if name in known.never][:TOLD]
    ]


def _no_table(asked: Asked, written: Written, setting: str) -> Problem:
    return written.problem(
        asked.key(setting),
        "missing-table",
        f"The analysis `{asked.id}` names {setting}, but the case has no table `{setting}`.",
        f"add the table `{setting}`",
    )


def _window(asked: Asked, written: Written, waves: Mapping[str, str]) -> list[Problem]:
    if asked.window is None:
        return []
    edges = []
    for edge in asked.window:
        when = waves.get(edge, edge)
        if not is_date(when):
            meant = nearest(edge, waves)
            message = (
                f"The window of the analysis `{asked.id}` begins or ends neither at a date nor at a wave."
            )
            mend = f"write `{meant}`" if meant else "write a date such as 2014, or a wave of `[waves]`"
            return [written.problem(asked.key("window"), "bad-date", message, mend, value=edge)]
        edges.append(when)
    dates = pl.select(first_day(pl.lit(edges[0])).alias("first"), last_day(pl.lit(edges[1])).alias("last"))
    first, last = dates.row(0)
    if first <= last:
        return []
    message = f"The window of the analysis `{asked.id}` ends before it begins."
    mend = "put the earlier period first"
    return [
        written.problem(asked.key("window"), "dates-in-order", message, mend, value=" – ".join(asked.window))
    ]
