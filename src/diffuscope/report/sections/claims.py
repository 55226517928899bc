"""Claims: what a document states about the data, on every reading it allows."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from diffuscope.records.phrases import counted, listed
from diffuscope.report.sections.audit import OUTCOMES, named_rows

if TYPE_CHECKING:
    from diffuscope.records import ClaimRow, Outcome
    from diffuscope.report.names import Names
    from diffuscope.result import Result

MEANINGS: dict[Outcome, str] = {
    "differs": "Not true on any reading.",
    "incomplete": "True, but it leaves out others of its kind.",
    "ambiguous": "True on one reading, not on another; both are given.",
    "not checkable": "No reading gives an answer.",
    "confirmed": "True on every reading.",
}
_HOLDS = {True: "yes", False: "no", None: "cannot tell"}
_SHORT = 200
"""Letters of a finding above which its readings are counted, for they stand below it one by one."""


def claims(result: Result, names: Names) -> dict[str, Any] | None:
    """Every statement with its outcome and readings; those that need a look come first.

    Parameters
    ----------
    result : Result
    names : Names

    Returns
    -------
    dict or None
        `lead`, `outcomes` (those that occur, and what each means), `claims`; None where there are no claims.
    """
    if not result.claims:
        return None
    order = list(OUTCOMES)
    claims_by_outcome = sorted(result.claims, key=lambda claim: order.index(claim.outcome))
    met = Counter(claim.outcome for claim in claims_by_outcome)
    return {
        "lead": claims_sentence(result),
        "outcomes": [(outcome, MEANINGS[outcome]) for outcome in order if met[outcome]],
        "claims": [_claim(claim, names) for claim in claims_by_outcome],
    }


def claims_sentence(result: Result) -> str:
    """What became of the statements, in a sentence; empty where there are none."""
    met = Counter(claim.outcome for claim in result.claims)
    words: dict[Outcome, str] = {
        "confirmed": "confirmed",
        "differs": "differs" if met["differs"] == 1 else "differ",
        "incomplete": "true but incomplete",
        "ambiguous": "true on one reading and not on another",
        "not checkable": "not checkable",
    }
    counts = [f"{met[outcome]:,} {says}" for outcome, says in words.items() if met[outcome]]
    return f"{counted(len(result.claims), 'statement')} checked: {listed(counts)}." if counts else ""


def _claim(claim: ClaimRow, names: Names) -> dict[str, Any]:
    return {
        "id": claim.id,
        "anchor": f"{claim.rows[0].table}-{claim.rows[0].row}" if claim.rows else claim.id,
        "paraphrase": claim.paraphrase,
        "outcome": claim.outcome,
        "says": in_short(claim),
        "document": names.document(claim.document),
        "locator": claim.locator,
        "known": claim.known,
        "readings": [
            {"looks_at": reading.looks_at, "found": reading.found, "holds": _HOLDS[reading.holds]}
            for reading in claim.readings
            if len(claim.readings) > 1 or reading.found not in claim.description
        ],
        "readings_count": counted(len(claim.readings), "reading"),
        **named_rows(claim.rows, names),
    }


def in_short(claim: ClaimRow) -> str:
    """A finding in one sentence; where it would repeat many readings, it counts them."""
    if len(claim.description) <= _SHORT or len(claim.readings) < 3:
        return claim.description
    held = Counter(reading.holds for reading in claim.readings)
    counts = [f"true on {held[True]}"] if held[True] else []
    counts += [f"not true on {held[False]}"] if held[False] else []
    counts += [f"{held[None]} without an answer"] if held[None] else []
    returns = f" Returns: {claim.returns}." if claim.returns and "missing: " in claim.returns else ""
    return f"Of {counted(len(claim.readings), 'reading')}: {listed(counts)}.{returns}"
