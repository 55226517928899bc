"""Audit: printed figures and claims against the register."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from diffuscope.study.parts.monitoring import READS, problems_of_register
from diffuscope.study.parts.part import Part, StudyContext

if TYPE_CHECKING:
    from diffuscope.case import Case
    from diffuscope.result import Result
    from diffuscope.study.witnesses import Testimony


def _run(study: StudyContext, result: Result, heard: tuple[Testimony, ...]) -> Result:  # noqa: ARG001 as every part is run
    study.say("audit", 0, 1)
    return msgspec.structs.replace(result, audit=study.register.audit, claims=study.register.claims)


def _lacks(case: Case) -> str | None:
    held = "published" in case.tables or "claims" in case.tables
    return None if held else "has neither a table `published` nor a table `claims`"


PART = Part(
    name="audit",
    reads=(
        *("units", "documents", "attributes", "policies", "adoptions"),
        *("areas", "projects", "returns", "published", "claims"),
    ),
    # claims may look at adoptions, but only a study of mechanisms shows them
    shows=(*READS, "published"),
    needs="the table `published` or `claims`",
    lacks=_lacks,
    problems=problems_of_register,
    run=_run,
    after="monitoring",
)
