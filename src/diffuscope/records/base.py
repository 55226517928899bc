"""What all records share, and the words that several of them use."""

from __future__ import annotations

from typing import Literal

import msgspec

Level = Literal["error", "warning"]
Stance = Literal["for", "leaning for", "silent", "leaning against", "against"]
Silence = Literal[
    "no data",
    "not asked",
    "too few events",
    "cannot be told from time",
    "real but small",
    "tested, inconclusive",
    "explained by time or likeness",
    "does not withstand",
]
Body = Literal["evidence", "statistics"]
RuleOf = Literal["evidence", "statistics", "inferred networks"]
Period = Literal["year", "month", "day", "wave"]
Confidence = Literal["low", "medium", "high"]
AskedModel = Literal["auto", "logit", "cloglog", "probit", "firth"]
AskedDuration = Literal["auto", "none", "cubic", "spline", "dummies"]
AskedPolicyEffects = Literal["auto", "none", "fixed"]
AskedErrors = Literal["auto", "unit", "unit and policy", "none"]
AskedRows = Literal["dyads"]
AskedPooling = Literal["policy"]
AuthorConclusion = Literal["at work", "in part", "not at work", "undecided"]
Outcome = Literal["confirmed", "differs", "incomplete", "ambiguous", "not checkable"]
AuditKind = Literal[
    "counted",
    "row of shares",
    "share of a count",
    "sum",
    "two places",
    "against its source",
    "list",
    "caption",
    "reconstruction",
]
VerdictName = Literal[
    "not testable",
    "contested",
    "opposed",
    "supported",
    "supported by one body",
    "weak",
    "not separable",
    "not shown",
    "found",
    "leaning",
    "no data",
]
"""The first eight are verdicts on a mechanism; "found", "leaning", "not shown" and "no data" are those on
neighbours."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What all records share: they are frozen and built by keyword."""


class Excluded(Record, frozen=True, kw_only=True):
    """Rows that did not enter a computation, and the rule that kept them out.

    Attributes
    ----------
    table : str
        Table of the case the rows stand in.
    reason : str
        Why they do not count, in plain words.
    count : int
        How many they are.
    rows : tuple of int
        Which they are, as a spreadsheet shows them.
    """

    table: str
    reason: str
    count: int
    rows: tuple[int, ...] = ()
