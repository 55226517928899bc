"""Before anything runs: every problem of the tables and of the questions put to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.case.private import Private
from diffuscope.errors import CaseError
from diffuscope.evidence import evidence_problems, unknown_mechanisms
from diffuscope.monitoring.problems import register_problems
from diffuscope.monitoring.return_problems import return_problems
from diffuscope.monitoring.work import work_problems
from diffuscope.records import Problem
from diffuscope.study.channels import Layers
from diffuscope.study.named_ties import asked_ties
from diffuscope.study.parts import PARTS, parts_of, tables_of
from diffuscope.tables.grouping import sort_problems
from diffuscope.tables.raw import RawTable

if TYPE_CHECKING:
    from collections.abc import Collection

    from diffuscope.case import Case


def case_problems(
    case: Case, parts: Collection[str] | None = None, layers: Layers | None = None
) -> tuple[Problem, ...]:
    """Everything that is wrong with a case or with the questions it asks, sorted.

    Parameters
    ----------
    case : Case
    parts : collection of {"mechanisms", "statistics", "monitoring", "audit"}, optional
        Only what these parts of a study read is looked at; by default everything.
    layers : Layers, optional
        Of the case, where they are wanted afterwards too.

    Returns
    -------
    tuple of Problem
        Errors stop a run; warnings travel into the report. Words of private passages are not among them.
    """
    read = None if parts is None else {*tables_of(parts), None}
    found = [problem for problem in case.problems if read is None or problem.table in read]
    if parts is None or "mechanisms" in parts:
        found += evidence_problems(
            case.table("evidence"),
            case.table("likelihoods"),
            [analysis.id for analysis in case.analyses],
            case.files,
        )
        found += unknown_mechanisms(_author_verdicts(case))
        found += _questions(case)
        found += asked_ties(case, Layers(case) if layers is None else layers)
    if parts is None:
        found += _unused(case)
    if parts is None or {"monitoring", "audit"} & set(parts):
        classified = ("areas", "policies", "projects", "indicators", "published", "claims")
        found += register_problems({name: case.table(name) for name in classified}, case.files, case.waves)
        asked = {unit for one in case.analyses if one.period == "wave" for unit in one.units}
        tables = {name: case.table(name) for name in ("projects", "units", "returns")}
        found += work_problems(tables, case.files, case.waves, asked)
        found += return_problems(
            case.table("returns"), case.table("projects"), case.table("units"), case.files
        )
    return Private.of(case).scrub_problems(sort_problems(found))


def refuse_errors(case: Case, parts: Collection[str] | None, layers: Layers) -> tuple[Problem, ...]:
    """The problems of a case, where none of them is an error.

    Raises
    ------
    CaseError
        If one is: nothing is computed from a case that must be fixed.
    """
    problems = case_problems(case, parts, layers)
    errors = [problem for problem in problems if problem.level == "error"]
    if errors:
        places = "1 place" if len(errors) == 1 else f"{len(errors)} places"
        raise CaseError(f"The case `{case.id}` must be fixed in {places} before it can be studied.", problems)
    return problems


def _unused(case: Case) -> list[Problem]:
    """Tables with rows that no part of a study of this case reads."""
    parts = parts_of(case)
    read = set(tables_of(parts))
    found = []
    for name, table in case.tables.items():
        if parts and table.height and name not in read:
            rows = "1 row is" if table.height == 1 else f"{table.height:,} rows are"
            needs = " or ".join(dict.fromkeys(_NEEDS[part] for part, own in PARTS.items() if name in own))
            found.append(
                Problem(
                    level="warning",
                    rule="unused-table",
                    message=f"No part of this study uses the table; its {rows} read in vain.",
                    fix=f"add {needs}, to have it used; else it can stay",
                    file=case.files.get(name, f"{name}.csv"),
                    table=name,
                )
            )
    return found


_NEEDS = {
    "mechanisms": "a question ([[analysis]] in `case.toml`)",
    "statistics": "a question ([[analysis]] in `case.toml`)",
    "monitoring": "the table `projects`",
    "audit": "the table `published` or `claims`",
}
"""What a case must have for a part to run."""


def _author_verdicts(case: Case) -> RawTable:
    file = case.files.get("author_verdicts", "author_verdicts.csv")
    return RawTable(name="author_verdicts", file=file, cells=case.table("author_verdicts"))


def _questions(case: Case) -> list[Problem]:
    """Questions that the case cannot answer as they are asked."""
    found = []
    untold = not any(problem.level == "error" and problem.table == "units" for problem in case.problems)
    for analysis in case.analyses:
        if not analysis.units and untold:  # who the units are cannot be known before their table is fixed
            found.append(
                _refused(
                    analysis.id,
                    "question-needs-units",
                    "has no units: nobody could have adopted.",
                    "give `units` a list of ids, or a kind that some unit of role `adopter` has",
                )
            )
        if analysis.period == "wave" and not case.waves:
            found.append(
                _refused(
                    analysis.id,
                    "waves-need-dates",
                    "counts in waves, but the case dates none.",
                    "add a table [waves] with the date of each, or choose `year`, `month` or `day`",
                )
            )
    return found


def _refused(analysis: str, rule: str, says: str, fix: str) -> Problem:
    return Problem(
        level="error",
        rule=rule,
        message=f"The analysis `{analysis}` {says}",
        fix=fix,
        file="case.toml",
        column="analysis",
        value=analysis,
    )
