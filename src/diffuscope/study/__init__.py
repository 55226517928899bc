"""The study: every question of a case, put to every witness once, in order."""

from __future__ import annotations

from diffuscope.study.counted import counted_register
from diffuscope.study.evidence_plan import plan_evidence
from diffuscope.study.findings import findings
from diffuscope.study.freeze import freeze_questions, freeze_state
from diffuscope.study.parts import PARTS, known_parts, tables_of
from diffuscope.study.plan import case_problems
from diffuscope.study.run import run_study
from diffuscope.tables.grouping import group_problems

__all__ = [
    "PARTS",
    "case_problems",
    "counted_register",
    "findings",
    "freeze_questions",
    "freeze_state",
    "group_problems",
    "known_parts",
    "plan_evidence",
    "run_study",
    "tables_of",
]
