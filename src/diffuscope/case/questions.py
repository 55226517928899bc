"""From a question as written to the policies and units it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import polars as pl

from diffuscope.case.names_in_questions import QuestionNames
from diffuscope.case.other_models import refuse_one_policy
from diffuscope.case.tiers import tier_of
from diffuscope.case.values import is_date
from diffuscope.records import Analysis, Specification
from diffuscope.records.phrases import in_code
from diffuscope.tables.dates import first_day, last_day
from diffuscope.tables.refer import names_of
from diffuscope.tables.suggest import Names, nearest
from diffuscope.tables.unit_names import UnitNames

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from diffuscope.case.analyses import QuestionSettings, Repetition
    from diffuscope.case.settings import Settings, Written
    from diffuscope.records import AskedPooling, AskedRows, Confidence, Problem, ReadAs

TOLD = 50
"""Unknown ids of one list told one by one."""
COLUMNS = {"policies": ("policy", "group"), "units": ("unit", "kind")}
"""By setting, which is also the name of the table: the column of ids, and the one that names several."""


def resolve_questions(
    settings: Settings,
    written: Written,
    frames: Mapping[str, pl.DataFrame],
    refused: Collection[str],
    words: Mapping[str, Mapping[str, str]],
) -> tuple[tuple[Analysis, ...], list[ReadAs], list[Problem]]:
    """The questions of a case with their policies and units spelt out, and what cannot be asked.

    Parameters
    ----------
    frames : mapping of str to polars.DataFrame
        The typed tables.
    refused : collection of str
        Tables that could not be read, so that nothing can be said of their ids.
    words : mapping
        The case's own words, by column.

    Returns
    -------
    tuple of Analysis
    list of ReadAs
        Names of policies and units that were read as others.
    list of Problem
    """
    known = {
        name: _Known.of(name, frames[name]) if name in frames else None
        for name in COLUMNS
        if name not in refused
    }
    names = QuestionNames(written, words, UnitNames(frames.get("units", pl.DataFrame())))
    look = _Look(written, settings.waves, settings.tiers, frames, refused, known, names)
    analyses, problems = [], []
    for question in settings.questions:
        analysis, wrong = _resolved(question, look)
        analyses.append(analysis)
        problems += wrong
    return tuple(analyses), names.readings, [*problems, *names.problems]


def _resolved(question: QuestionSettings, look: _Look) -> tuple[Analysis, list[Problem]]:
    spelt, problems = look.named(question, f"The analysis `{question.id}`")
    tier, wrong = look.tier(question, f"The analysis `{question.id}`")
    problems += wrong
    repeats = []
    for again in question.repeat:
        of = f"The repetition `{again.id}` of the analysis `{question.id}`"
        other, wrong = look.named(again, of)
        counts, unknown = look.tier(again, of)
        problems += wrong + unknown
        problems += refuse_one_policy(
            again, of, other.get("policies", spelt.get("policies", ())), look.written
        )
        repeats.append(_specification(again, other, counts))
    analysis = Analysis(
        id=question.id,
        question=question.question,
        policies=spelt.get("policies", ()),
        units=spelt.get("units", ()),
        period=question.period,
        window=question.window,
        tier=tier or look.tiers[0],
        tiers=look.tiers,
        launch=question.launch,
        note=question.note,
        drivers=question.drivers,
        smallest_odds_ratio=question.smallest_odds_ratio,
        ruled_out=dict(question.ruled_out),
        repeat=tuple(repeats),
        inferred=question.inferred,
        **question.model,
    )
    return analysis, problems


def _specification(
    again: Repetition, other: Mapping[str, tuple[str, ...]], tier: str | None
) -> Specification:
    return Specification(
        id=again.id,
        says=again.says,
        policies=other.get("policies"),
        units=other.get("units"),
        window=again.window,
        tier=tier,
        without_confidence=cast("Confidence | None", again.without_confidence),
        rows=cast("AskedRows | None", again.rows),
        pooling=cast("AskedPooling | None", again.pooling),
        **again.model,
    )


@dataclass(frozen=True)
class _Look:
    """Looks up what a question, or a repetition of it, names.

    Attributes
    ----------
    written : Written
    waves : mapping of str to str
    tiers : tuple of str
    frames : mapping of str to polars.DataFrame
    refused : collection of str
    known : mapping of str to _Known or None
        By setting; None where the case has no such table, and no entry where it could not be read.
    names : QuestionNames
        What names mean that are spelt otherwise.
    """

    written: Written
    waves: Mapping[str, str]
    tiers: tuple[str, ...]
    frames: Mapping[str, pl.DataFrame]
    refused: Collection[str]
    known: Mapping[str, _Known | None]
    names: QuestionNames

    def named(
        self, question: QuestionSettings | Repetition, of: str
    ) -> tuple[dict[str, tuple[str, ...]], list[Problem]]:
        """Policies and units spelt out, where they are named; and what cannot be asked."""
        spelt: dict[str, tuple[str, ...]] = {}
        problems = _window(question, of, self.written, self.waves)
        problems += self._variables(question, of, "covariates", question.model.get("covariates", ()))
        problems += self._variables(question, of, "drivers", getattr(question, "drivers", ()))
        for name, named in {"policies": question.policies, "units": question.units}.items():
            table = self.known.get(name)
            if not named:
                continue
            if name not in self.known:
                spelt[name] = () if isinstance(named, str) else named
            elif table is None:
                spelt[name] = (named,) if isinstance(named, str) else named
                problems.append(_no_table(question, of, self.written, name))
            else:
                spelt[name], wrong = _spell_out(question, of, self, named, table)
                problems += wrong
        return spelt, problems

    def tier(self, question: QuestionSettings | Repetition, of: str) -> tuple[str | None, list[Problem]]:
        """The tier that counts; None in a repetition that names none."""
        return tier_of(question, of, self.written, self.tiers, self.frames.get("adoptions"))

    def _variables(
        self, question: QuestionSettings | Repetition, of: str, setting: str, named: tuple[str, ...]
    ) -> list[Problem]:
        """Covariates that no row of `attributes` tells."""
        if not named or "attributes" in self.refused:
            return []
        if "attributes" not in self.frames:
            return [_no_table(question, of, self.written, "attributes", setting)]
        known = self.frames["attributes"]["variable"].drop_nulls().unique().sort().to_list()
        add = "add rows to `attributes`"
        return [
            self.written.problem(
                question.key(setting),
                "unknown-variable",
                f"{of} names a covariate that the table `attributes` does not have.",
                f"write `{meant}` if that is meant, or {add}" if meant else f"correct it, or {add}",
                value=name,
            )
            for name in [name for name in named if name not in known][:TOLD]
            for meant in [nearest(name, known)]
        ]


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
        members = frame.lazy().drop_nulls([key, group]).unique(key, keep="first", maintain_order=True)
        never: dict[str, str] = {}
        if setting == "units":
            others = members.filter(pl.col("role") != "adopter").select(key, "role")
            never = dict(others.collect().iter_rows())
            members = members.filter(pl.col("role") == "adopter")
        groups = members.group_by(group, maintain_order=True).agg(key).collect()
        return cls(
            setting,
            names_of(frame, key),
            frozenset(frame[key].drop_nulls().to_list()),
            {name: tuple(ids) for name, ids in groups.iter_rows()},
            never,
        )


def _spell_out(
    question: QuestionSettings | Repetition,
    of: str,
    look: _Look,
    named: tuple[str, ...] | str,
    known: _Known,
) -> tuple[tuple[str, ...], list[Problem]]:
    written, key = look.written, question.key(known.setting)
    if isinstance(named, str):
        if named not in known.ids:
            named = look.names.read(key, known.setting, [named], frozenset(known.groups)).meant[0]
        if named in known.groups:
            return known.groups[named], []
        if named not in known.ids:
            return (named,), [_no_group(question, written, named, known)]
        named = (named,)
    named, unclear = look.names.read(key, known.setting, named, known.ids)
    strangers = [name for name in named if name not in known.ids and name not in unclear]
    problems = [_stranger(question, of, written, name, known) for name in strangers[:TOLD]]
    if len(strangers) > TOLD:
        message = f"{len(strangers) - TOLD:,} more ids of the list are not in the table `{known.setting}`."
        fix = f"correct them, or add them to `{known.setting}`"
        problems.append(written.problem(question.key(known.setting), "unknown-id", message, fix))
    return named, problems + _never_adopt(question, of, written, named, known)


def _stranger(
    question: QuestionSettings | Repetition, of: str, written: Written, name: str, known: _Known
) -> Problem:
    meant = known.names.nearest(name)
    add = f"add a row to `{known.setting}`"
    return written.problem(
        question.key(known.setting),
        "unknown-id",
        f"{of} names something that the table `{known.setting}` does not have.",
        f"write `{meant}` if that is meant, or {add}" if meant else f"correct it, or {add}",
        value=name,
    )


def _no_group(question: QuestionSettings | Repetition, written: Written, name: str, known: _Known) -> Problem:
    column = COLUMNS[known.setting][1]
    meant = nearest(name, known.groups) or known.names.nearest(name)
    listed = in_code(list(known.groups)[:20]) or "none"
    whose = "" if known.setting == "policies" else " whose role is `adopter`"
    return written.problem(
        question.key(known.setting),
        "unknown-id",
        f"The table `{known.setting}` has no row of this `{column}`{whose} (there are: {listed}).",
        f"write `{meant}`" if meant else f"name a `{column}`, or list the ids between square brackets",
        value=name,
    )


def _never_adopt(
    question: QuestionSettings | Repetition, of: str, written: Written, named: tuple[str, ...], known: _Known
) -> list[Problem]:
    return [
        written.problem(
            question.key(known.setting),
            "not-an-adopter",
            f"{of} names a unit with the role `{known.never[name]}`, which never adopts.",
            "leave it out of `units`, or give it the role `adopter`",
            value=name,
        )
        for name in [name for name in named if name in known.never][:TOLD]
    ]


def _no_table(
    question: QuestionSettings | Repetition, of: str, written: Written, table: str, setting: str | None = None
) -> Problem:
    return written.problem(
        question.key(setting or table),
        "missing-table",
        f"{of} names {setting or table}, but the case has no table `{table}`.",
        f"add the table `{table}`",
    )


def _window(
    question: QuestionSettings | Repetition, of: str, written: Written, waves: Mapping[str, str]
) -> list[Problem]:
    if question.window is None:
        return []
    edges = []
    for edge in question.window:
        when = waves.get(edge, edge)
        if not is_date(when):
            meant = nearest(edge, waves)
            message = f"{of} has a window whose start or end is neither a date nor a wave."
            fix = f"write `{meant}`" if meant else "write a date such as 2014, or a wave of `[waves]`"
            return [written.problem(question.key("window"), "bad-date", message, fix, value=edge)]
        edges.append(when)
    dates = pl.select(first_day(pl.lit(edges[0])).alias("first"), last_day(pl.lit(edges[1])).alias("last"))
    first, last = dates.row(0)
    if first <= last:
        return []
    message = f"{of} has a window that ends before it begins."
    fix = "put the earlier period first"
    return [
        written.problem(
            question.key("window"), "dates-in-order", message, fix, value=" – ".join(question.window)
        )
    ]
