"""The evidence witness: coded passages, weighed for and against each mechanism."""

from __future__ import annotations

from diffuscope.evidence.intercoder_agreement import coder_agreement
from diffuscope.evidence.main_driver import main_driver
from diffuscope.evidence.problems import evidence_problems, unknown_mechanisms
from diffuscope.evidence.rule import stance_rules
from diffuscope.evidence.witness import evidence_findings

__all__ = [
    "coder_agreement",
    "evidence_findings",
    "evidence_problems",
    "main_driver",
    "stance_rules",
    "unknown_mechanisms",
]
