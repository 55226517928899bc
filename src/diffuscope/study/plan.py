"""Before anything runs: every problem of the tables and of the questions put to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.case.model import refuse_no_case
from diffuscope.case.private import Private
from diffuscope.case.workbook_words import in_sheets
from diffuscope.errors import CaseError
from diffuscope.records import Problem
from diffuscope.records.joined_rows import at_own_places
from diffuscope.records.phrases import counted
from diffuscope.study.channels import Layers
from diffuscope.study.parts import PARTS, parts_of, tables_of
from diffuscope.tables.grouping import sort_problems
from diffuscope.tables.keys import with_keys

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
    parts : collection of {"mechanisms", "statistics", "networks", "monitoring", "audit"}, optional
        Only what these parts of a study read is looked at; by default everything.
    layers : Layers, optional
        Of the case, where they are wanted afterwards too.

    Returns
    -------
    tuple of Problem
        Errors stop a run; warnings travel into the report. Words of private passages are not among them.
    """
    refuse_no_case(case)
    read = None if parts is None else {*tables_of(parts), None}
    problems = [problem for problem in case.problems if read is None or problem.table in read]
    made = Layers(case) if layers is None else layers
    parts_asked = [part for part in PARTS.values() if parts is None or part.name in parts]
    for problems_of in dict.fromkeys(part.problems for part in parts_asked):  # two parts may share theirs
        problems += problems_of(case, made)
    if parts is None:
        problems += _unused(case)
    public = at_own_places(Private.of(case).scrub_problems(sort_problems(with_keys(problems, case.tables))))
    return tuple(sort_problems(in_sheets(public, case.settings_file, case.tables)))


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
        places = counted(len(errors), "place")
        raise CaseError(f"The case `{case.id}` must be fixed in {places} before it can be studied.", problems)
    return problems


def _unused(case: Case) -> list[Problem]:
    """Tables with rows that no part of a study of this case reads."""
    parts = parts_of(case)
    read = set(tables_of(part.name for part in parts))
    problems = []
    for name, table in case.tables.items():
        if parts and table.height and name not in read:
            rows = "1 row is" if table.height == 1 else f"{table.height:,} rows are"
            needs = " or ".join(dict.fromkeys(part.needs for part in PARTS.values() if name in part.reads))
            problems.append(
                Problem(
                    level="warning",
                    rule="unused-table",
                    message=f"No part of this study uses the table; its {rows} not used.",
                    fix=f"add {needs}, to have it used; else it can stay",
                    file=case.files.get(name, f"{name}.csv"),
                    table=name,
                )
            )
    return problems
