"""Monitoring: the projects of a register by wave, what changed, peers, money, indicators."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from diffuscope.monitoring.problems import register_problems
from diffuscope.monitoring.return_problems import return_problems
from diffuscope.monitoring.work import work_problems
from diffuscope.study.parts.part import Part, StudyContext
from diffuscope.study.register import register_tables
from diffuscope.study.result_frames import frame_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diffuscope.case import Case
    from diffuscope.records import Problem
    from diffuscope.result import Result
    from diffuscope.study.channels import Layers
    from diffuscope.study.witnesses import Testimony


def problems_of_register(case: Case, layers: Layers) -> Iterator[Problem]:  # noqa: ARG001 as every part is asked
    """What is wrong with a register, beyond what each of its rows tells."""
    classified = ("areas", "policies", "projects", "indicators", "published", "claims")
    yield from register_problems({name: case.table(name) for name in classified}, case.files, case.waves)
    expected_units = {unit for one in case.analyses if one.period == "wave" for unit in one.units}
    tables = {name: case.table(name) for name in ("projects", "units", "returns")}
    yield from work_problems(tables, case.files, case.waves, expected_units)
    yield from return_problems(case.table("returns"), case.table("projects"), case.table("units"), case.files)


def _run(study: StudyContext, result: Result, heard: tuple[Testimony, ...]) -> Result:  # noqa: ARG001 as every part is run
    study.say("register", 0, 1)
    counted = study.register.frames
    return msgspec.structs.replace(
        result,
        frames=result.frames | {name: frame_of(table) for name, table in counted.items()},
        tables=result.tables | register_tables(counted),
        problems=(*result.problems, *study.register.not_compared),
    )


READS = (
    *("units", "documents", "attributes", "areas", "projects", "returns"),
    *("support", "events", "attendance", "indicators"),
)

PART = Part(
    name="monitoring",
    reads=READS,
    shows=READS,
    needs="the table `projects` or `returns`",
    lacks=lambda case: (
        None if {"projects", "returns"} & set(case.tables) else "has neither a table `projects` nor `returns`"
    ),
    problems=problems_of_register,
    run=_run,
    after="statistics",
)
