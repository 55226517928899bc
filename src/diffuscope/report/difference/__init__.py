"""What changed between two results: every verdict with its reasons, and how the two were made."""

from diffuscope.report.difference.compare import compare
from diffuscope.report.difference.in_words import in_words
from diffuscope.report.difference.records import (
    Cause,
    Comparison,
    Difference,
    Reason,
    RuleDifference,
    VerdictDifference,
)

__all__ = [
    "Cause",
    "Comparison",
    "Difference",
    "Reason",
    "RuleDifference",
    "VerdictDifference",
    "compare",
    "in_words",
]
