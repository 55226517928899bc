"""What changed between two results: every verdict with its reasons, and how the two were made."""

from diffuscope.report.difference.compare import compare
from diffuscope.report.difference.records import (
    Cause,
    Comparison,
    Difference,
    Reason,
    RuleDifference,
    VerdictDifference,
)
from diffuscope.report.difference.told import told

__all__ = [
    "Cause",
    "Comparison",
    "Difference",
    "Reason",
    "RuleDifference",
    "VerdictDifference",
    "compare",
    "told",
]
