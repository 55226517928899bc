"""What statistics say of the result made by hand: for one mechanism, leaning, undecided, and without data."""

from __future__ import annotations

import estimated
import factory
import msgspec

from diffuscope.records import Finding, Safeguard, SafeguardResults, StanceRule
from diffuscope.result import Result

LACKING = "The case has no ties of dependence before the first adoption."
NO_CLEARANCE = (
    "Passing these tests is no clearance: like units may both tie and adopt alike for reasons unseen."
)


ROLES = {
    "permuted ties": "gate",
    "lead test": "decisive",
    "lagged outcome": "decisive",
    "fixed effects": "beside",
}


def guard(name: str, passed: bool | None = True, *, applies: bool = True, **more: object) -> Safeguard:
    """One safeguard, with the role and the words that its record carries, and what it found."""
    made = {"asks": f"What {name} asks.", "role": ROLES.get(name, "confirming")} | more
    return Safeguard(name=name, applies=applies, passed=passed, description=f"`{name}` was asked.", **made)


def trial(
    mechanism: str, low: float | None, high: float | None, *guards: Safeguard, **more: object
) -> SafeguardResults:
    return SafeguardResults(
        term=mechanism, mechanism=mechanism, estimate=0.8, ci_low=low, ci_high=high, safeguards=guards, **more
    )


def said(mechanism: str, stance: str, **more: object) -> Finding:
    """What event history says of one mechanism in the first question."""
    made = {"reason": f"In 30 rows the coefficient of {mechanism} is 0.80."} | more
    return Finding(
        witness="event history", body="statistics", analysis="smart-cities", mechanism=mechanism,
        stance=stance, **made,
    )  # fmt: skip


FOR = trial(
    "learning",
    0.2,
    None,
    guard("permuted ties", p=0.004, value=0.8, ci_low=-0.3, ci_high=0.4, draws=999),
    guard("permuted timing", p=0.01, draws=999),
    guard("shuffled success", p=0.02, draws=999),
    guard("lead test", p=0.4, draws=999),
    guard("lagged outcome", None, applies=False),
    guard("fixed effects", False, value=0.1, ci_low=-0.2, ci_high=0.5),
    guard("drivers of ties", value=0.7, ci_low=0.1, ci_high=1.2),
    guard("unmeasured confounder", value=3.9),
    guard("separable"),
    p_holm=0.004,
)
LEANING = trial(
    "emulation",
    0.1,
    2.0,
    guard("permuted ties", p=0.03, draws=999),
    guard("permuted timing", None, applies=False),
    guard("shuffled success", None, applies=False),
    guard("lead test", False, p=0.001),
    guard("lagged outcome"),
    guard("drivers of ties", None),
    guard("separable", False),
    p_holm=0.06,
)
UNDECIDED = trial("coercion", -2.0, 1.0, guard("permuted ties", False, p=0.7, draws=999), p_holm=0.7)
REVERSED = trial("coercion", -2.0, -0.1, guard("permuted ties", False, p=0.7, draws=999), p_holm=0.7)

FINDINGS = (
    said("coercion", "silent", silence="tested, inconclusive", trial=UNDECIDED),
    said("competition", "silent", silence="no data", reason=LACKING),
    said("emulation", "leaning for", trial=LEANING, joint_with=("learning",), caveats=(NO_CLEARANCE,)),
    said(
        "learning", "for", trial=FOR,
        caveats=(*estimated.MAIN.warnings, "Fixed effects: `fixed effects` was asked.", NO_CLEARANCE),
    ),
    *(
        Finding(
            witness="event history", body="statistics", analysis="membership", mechanism=mechanism,
            stance="silent", silence="no data", reason=estimated.REFUSED.refused,
        )
        for mechanism in ("coercion", "competition", "emulation", "learning")
    ),
)  # fmt: skip


STANCE_RULES = (
    StanceRule(body="evidence", stance="for", description="The probability is <made up> .81 or more."),
    StanceRule(body="statistics", stance="for", description="Every made-up safeguard is passed."),
    StanceRule(body="statistics", stance="silent: tested, inconclusive", description="Nothing else holds."),
)


def result(findings: tuple[Finding, ...] = FINDINGS) -> Result:
    """The result made by hand with estimates, with what the statistics say, and verdicts that know it."""
    made = estimated.result()
    by_mechanism = {one.mechanism: one for one in findings if one.analysis == "smart-cities"}
    verdicts = tuple(
        msgspec.structs.replace(one, statistics=found.stance, statistics_silence=found.silence)
        if one.analysis == "smart-cities" and (found := by_mechanism.get(one.mechanism))
        else one
        for one in factory.verdicts()
    )
    return msgspec.structs.replace(
        made, findings=(*made.findings, *findings), verdicts=verdicts, stance_rules=STANCE_RULES
    )
