"""The small frozen records that cross rooms.

Every record is a `msgspec.Struct`: immutable, typed, and written to `result.json` as it stands.
Unknown is ``None``, never zero, and a field beside it says why.
"""

from __future__ import annotations

from diffuscope.records.analysis import Analysis, Specification
from diffuscope.records.audit import AuditRow, ClaimRow, Reading
from diffuscope.records.base import (
    AskedDuration,
    AskedErrors,
    AskedModel,
    AskedPolicyEffects,
    AskedPooling,
    AskedRows,
    AuditKind,
    AuthorConclusion,
    Body,
    Confidence,
    Excluded,
    Level,
    Outcome,
    Period,
    Record,
    Silence,
    Stance,
    VerdictName,
)
from diffuscope.records.conclusions import (
    AuthorVerdict,
    Finding,
    MechanismRecord,
    RuleRow,
    StanceRule,
    Verdict,
)
from diffuscope.records.dates import Chronology, Spell
from diffuscope.records.evidence import (
    Agreement,
    CriterionRecord,
    DriverShare,
    EvidenceDetail,
    EvidenceItem,
    Posterior,
)
from diffuscope.records.frames import Frame
from diffuscope.records.frozen import Freeze, FrozenQuestions
from diffuscope.records.models import (
    Coefficient,
    Estimate,
    EventHistory,
    ExposureRecord,
    MechanismModel,
    Repeated,
    RowsLost,
)
from diffuscope.records.planning import Clue, ClueOutcome, EvidencePlan, PlannedVerdict, Remedy
from diffuscope.records.problems import Place, Problem
from diffuscope.records.reading import ReadAs
from diffuscope.records.regression import RegressionTable
from diffuscope.records.safeguards import Safeguard, SafeguardResults, SafeguardRole

__all__ = [
    "Agreement",
    "Analysis",
    "AskedDuration",
    "AskedErrors",
    "AskedModel",
    "AskedPolicyEffects",
    "AskedPooling",
    "AskedRows",
    "AuditKind",
    "AuditRow",
    "AuthorConclusion",
    "AuthorVerdict",
    "Body",
    "Chronology",
    "ClaimRow",
    "Clue",
    "ClueOutcome",
    "Coefficient",
    "Confidence",
    "CriterionRecord",
    "DriverShare",
    "Estimate",
    "EventHistory",
    "EvidenceDetail",
    "EvidenceItem",
    "EvidencePlan",
    "Excluded",
    "ExposureRecord",
    "Finding",
    "Frame",
    "Freeze",
    "FrozenQuestions",
    "Level",
    "MechanismModel",
    "MechanismRecord",
    "Outcome",
    "Period",
    "Place",
    "PlannedVerdict",
    "Posterior",
    "Problem",
    "ReadAs",
    "Reading",
    "Record",
    "RegressionTable",
    "Remedy",
    "Repeated",
    "RowsLost",
    "RuleRow",
    "Safeguard",
    "SafeguardResults",
    "SafeguardRole",
    "Silence",
    "Specification",
    "Spell",
    "Stance",
    "StanceRule",
    "Verdict",
    "VerdictName",
]
