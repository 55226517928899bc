"""What was concluded, by which rule, from which findings, and what the mechanisms mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.report.tables.base import ANALYSIS, MECHANISM, PLACE, OutTable

if TYPE_CHECKING:
    from diffuscope.records import Verdict
    from diffuscope.report.cells import Cell
    from diffuscope.result import Result


def verdicts(result: Result) -> OutTable:
    """One row per analysis and mechanism: our conclusion beside the author's."""
    return OutTable(
        name="verdicts",
        a_row_is="the conclusion on one mechanism in one analysis",
        columns={
            **ANALYSIS,
            **MECHANISM,
            "verdict": "The conclusion, as named in the sheet `rule`.",
            "sentence": "The conclusion with its reason.",
            "rule": "The row of the rule that gave it.",
            "would_change": "The single thing that would change it.",
            "evidence": "Stance of the coded evidence: for, leaning for, silent, leaning against, against.",
            "evidence_silence": "Why the coded evidence is silent, where it is.",
            "statistics": "Stance of the statistics.",
            "statistics_silence": "Why the statistics are silent, where they are.",
            "author_verdict": "What the author concluded.",
            "author_wording": "How the author worded it, paraphrased.",
            "author_document": "Document in which the author concluded so.",
            "author_locator": "Where in that document.",
            "difference": "Why the two agree or differ.",
            "file": "File of the case that has the author's conclusion.",
            "row": "Its row there.",
        },
        rows=tuple(_verdict(verdict) for verdict in result.verdicts),
    )


def _verdict(verdict: Verdict) -> tuple[Cell, ...]:
    author = verdict.author
    return (
        verdict.analysis,
        verdict.mechanism,
        verdict.verdict,
        verdict.sentence,
        verdict.rule,
        verdict.would_change,
        verdict.evidence,
        verdict.evidence_silence,
        verdict.statistics,
        verdict.statistics_silence,
        author.verdict if author else None,
        author.wording if author else None,
        author.document if author else None,
        author.locator if author else None,
        verdict.difference,
        *(author.place.own if author else (None, None)),
    )


def findings(result: Result) -> OutTable:
    """One row per witness, analysis and mechanism."""
    return OutTable(
        name="findings",
        a_row_is="what one witness says of one mechanism in one analysis",
        columns={
            **ANALYSIS,
            **MECHANISM,
            "witness": "evidence, event history, or inferred networks.",
            "body": "The body of evidence it counts in; the last two count as one, because they use the same "
            "dates.",
            "stance": "for, leaning for, silent, leaning against, or against.",
            "silence": "Why it is silent, where it is.",
            "reason": "Its reason.",
            "caveats": "What to keep in mind, separated by semicolons.",
            "joint_with": "Rival mechanisms it cannot be separated from.",
            "probability": "Probability that the mechanism was at work, starting from even odds.",
            "decibans": "Weight of all the coded evidence (dB): +10 makes it ten times likelier.",
        },
        rows=tuple(
            (
                finding.analysis,
                finding.mechanism,
                finding.witness,
                finding.body,
                finding.stance,
                finding.silence,
                finding.reason,
                "; ".join(finding.caveats) or None,
                "; ".join(finding.joint_with) or None,
                finding.evidence.p if finding.evidence else None,
                finding.evidence.decibans if finding.evidence else None,
            )
            for finding in result.findings
        ),
    )


def rule(result: Result) -> OutTable:
    """The verdict rule, in the order in which its rows are tried."""
    return OutTable(
        name="rule",
        a_row_is="one row of the rule; the first that holds gives the verdict",
        columns={
            "order": "Rows are tried in this order.",
            "verdict": "The verdict.",
            "description": "When it holds.",
            "of": "Whether it speaks of mechanisms or of neighbours.",
        },
        rows=tuple(
            (order, row.verdict, row.description, row.of) for order, row in enumerate(result.rule, start=1)
        ),
    )


def stance_rules(result: Result) -> OutTable:
    """The rules by which each body came to its stances, as the result carries them."""
    return OutTable(
        name="stance_rules",
        a_row_is="one row of the rule by which a body of evidence comes to its stance",
        columns={
            "body": "evidence, statistics or inferred networks.",
            "stance": "The stance it gives, or what it limits a stance to.",
            "description": "When it holds.",
        },
        rows=tuple((row.body, row.stance, row.description) for row in result.stance_rules),
    )


def mechanisms(result: Result) -> OutTable:
    """Every criterion of every mechanism, with the definition it comes from."""
    return OutTable(
        name="mechanisms",
        a_row_is="one criterion of one mechanism",
        columns={
            **MECHANISM,
            "claim": "What the mechanism says happened.",
            "definition": "Its definition in the literature, paraphrased.",
            "readings": "How a narrow and a broad reading differ, where there are both.",
            "criterion": "Short id of the criterion.",
            "text": "What would be observed.",
            "role": "necessary: not at work without it; supporting: makes it likelier; discriminating: sets "
            "it apart from a rival; diffusion: needed for any diffusion.",
            "source": "Where definition and criteria come from.",
        },
        rows=tuple(
            (
                mechanism.name,
                mechanism.claim,
                mechanism.definition,
                mechanism.readings,
                criterion,
                text,
                role,
                mechanism.source,
            )
            for mechanism in result.mechanisms
            for criterion, text, role in mechanism.criteria
        ),
    )


def author_verdicts(result: Result) -> OutTable:
    """Every author's conclusion; the verdicts show one for each mechanism."""
    return OutTable(
        name="author_verdicts",
        a_row_is="what an author concluded about one mechanism",
        columns={
            **ANALYSIS,
            **MECHANISM,
            "verdict": "at work, in part, not at work, or undecided.",
            "wording": "The author's wording, paraphrased.",
            "own_question": "Whether the author asked this question; false: the nearest other.",
            "document": "The document.",
            "locator": "Where in it.",
            **PLACE,
        },
        rows=tuple(
            (
                conclusion.analysis,
                conclusion.mechanism,
                conclusion.verdict,
                conclusion.wording,
                conclusion.own_question,
                conclusion.document,
                conclusion.locator,
                *conclusion.place.own,
            )
            for conclusion in result.author_verdicts
        ),
    )
