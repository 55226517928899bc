"""What every exposure's coefficient was put to, and what it withstood."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.report.tables.base import ANALYSIS, MECHANISM, OutTable

if TYPE_CHECKING:
    from typing import Any

    from diffuscope.records import Finding, Safeguard
    from diffuscope.result import Result


def safeguards(result: Result) -> OutTable:
    """One row per analysis, mechanism and safeguard."""
    return OutTable(
        name="safeguards",
        a_row_is="one test of the coefficient of one mechanism's exposure in one analysis",
        columns={
            **ANALYSIS,
            **MECHANISM,
            "safeguard": "Which test.",
            "role": "Its role for the stance: gate, decisive, confirming; beside: none.",
            "asks": "What it asks of the coefficient; empty where the result does not say.",
            "applies": "Whether it applies to these data; a test that does not apply is not missing.",
            "passed": "Whether the coefficient passes it; empty where it does not apply or is missing.",
            "value": "What it found, on the scale that `description` names.",
            "ci_low": "Lower end of its 95 % interval, or of the range of draws.",
            "ci_high": "Upper end.",
            "p": "Its p-value, where it has one.",
            "p_holm": "Of permuted ties: p adjusted over all mechanisms of the question (Holm).",
            "p_smallest": "The smallest p that its draws could have given.",
            "draws": "How many worlds were drawn, where it draws any.",
            "description": "What was done and found, or why it does not apply or is missing.",
        },
        rows=tuple(
            _row(finding, one)
            for finding in result.findings
            if finding.trial
            for one in finding.trial.safeguards
        ),
    )


def _row(finding: Finding, one: Safeguard) -> tuple[Any, ...]:
    adjusted = finding.trial.p_holm if finding.trial is not None and one.name == "permuted ties" else None
    return (
        finding.analysis, finding.mechanism, one.name, one.role, one.asks or None, one.applies, one.passed,
        one.value, one.ci_low, one.ci_high, one.p, adjusted, one.p_smallest, one.draws, one.description,
    )  # fmt: skip
