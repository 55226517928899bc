"""What the data cannot tell, in plain words."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from diffuscope.records.phrases import counted, listed, upper_first
from diffuscope.records.wording import silence_words
from diffuscope.report.names import rows, spoken
from diffuscope.report.sections.changes import register_limits
from diffuscope.report.sections.safeguards import of_history
from diffuscope.report.terms import main_of
from diffuscope.report.words import NEIGHBOURS, mechanism_label

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diffuscope.records import Analysis, Body, Finding, Problem, Silence
    from diffuscope.report.names import Names
    from diffuscope.result import Result


Said = tuple[str, str | None]
"""A sentence, and the address where its numbers are."""


def limits(result: Result, names: Names, failed: dict[str, str]) -> list[dict[str, Any]]:
    """Everything that weakens or forbids an answer, by kind.

    Parameters
    ----------
    result : Result
    names : Names
    failed : dict of str to str
        Figures that could not be drawn, with the reason.

    Returns
    -------
    list of dict
        `title`, `says` (sentences, each with the address where the numbers are, or None).
    """
    groups = (
        ("Questions that the dates rule out", list(_closed(result))),
        ("Where the data do not decide", list(_silent(result))),
        ("What the dates can show", list(_weakened(result))),
        ("What dates and ties cannot show", [*_unmodelled(result), *_leaning(result)]),
        ("What the coded evidence can show", list(_capped(result))),
        ("What could not be dated, or was left out", list(_undated(result))),
        ("What the register can show", register_limits(result, names)),
        ("Weak points of the data", [(_problem(problem), None) for problem in result.problems]),
        ("What is not shown here", list(_private(result))),
        ("What an older format lacks", _upgraded(result)),
        ("Figures that could not be drawn", [(f"{name}: {reason}", None) for name, reason in failed.items()]),
    )
    return [{"title": title, "says": says} for title, says in groups if says]


def _upgraded(result: Result) -> list[Said]:
    """What a result that was written in an older format lacks, or what of it would be misread."""
    return [(note, None) for note in result.upgraded.notes] if result.upgraded is not None else []


def _closed(result: Result) -> Iterator[Said]:
    for chronology, analysis in _dated(result):
        if not chronology.testable:
            yield f"{analysis.question} {chronology.reason}", f"#order-{analysis.id}"


def _weakened(result: Result) -> Iterator[Said]:
    for chronology, analysis in _dated(result):
        for warning in chronology.warnings:
            yield f"{upper_first(spoken(analysis))}: {warning}", f"#order-{analysis.id}"


def _unmodelled(result: Result) -> Iterator[Said]:
    """Where there is no panel, no model, or no telling exposures apart."""
    questions = {analysis.id: analysis for analysis in result.analyses}
    closed = {entry.analysis for entry in result.chronology if entry.testable is False}
    for entry in result.histories:
        about, where = upper_first(spoken(questions[entry.analysis])), f"#estimates-{entry.analysis}"
        if entry.refused is not None and entry.analysis not in closed:
            yield f"{about}: {entry.refused}", where
        main = main_of(entry)
        if entry.refused is None and main is not None and main.refused is not None:
            yield f"{about}: no model could be fitted. {main.refused}", where
        for sentence in entry.inseparable:
            yield f"{about}: {sentence}", where


def _silent(result: Result) -> Iterator[Said]:
    """Where a body of evidence does not speak: the kind of silence, the mechanisms, and the reason."""
    panels = {history.analysis for history in result.histories if history.refused is None}
    for analysis in result.analyses:
        yield from _undecided(result, analysis, "evidence")
        findings = of_history(result, analysis.id)
        if findings and analysis.id in panels:
            yield from _why_silent(findings, upper_first(spoken(analysis)))
        else:
            # where there is no panel, its reason is said once, and for all mechanisms
            yield from _undecided(result, analysis, "statistics")


def _undecided(result: Result, analysis: Analysis, body: Body) -> Iterator[Said]:
    """Mechanisms on which one body says nothing, by the kind of silence."""
    verdicts = [
        verdict
        for verdict in result.verdicts
        if verdict.analysis == analysis.id and not (body == "evidence" and verdict.mechanism == NEIGHBOURS)
    ]
    has_part = body == "statistics" and of_history(result, analysis.id)
    alike: dict[Silence, list[str]] = {}
    for verdict in verdicts:
        silence: Silence | None = getattr(verdict, f"{body}_silence")
        if silence is not None:
            alike.setdefault(silence, []).append(mechanism_label(verdict.mechanism))
    for silence, about in alike.items():
        named = "every mechanism" if len(about) == len(verdicts) > 1 else listed(about)
        where = f"#statistics-{analysis.id}" if has_part else None
        silence_text = silence_words(silence, body)
        yield f"{upper_first(spoken(analysis))}, {_BODIES[body]} on {named}: {silence_text}.", where


_BODIES: dict[Body, str] = {"evidence": "coded evidence", "statistics": "statistics"}


def _why_silent(findings: Sequence[Finding], about: str) -> Iterator[Said]:
    """What the data lacked for statistics, or what these could have seen."""
    where = f"#statistics-{findings[0].analysis}"
    together: dict[tuple[Silence, str], list[str]] = {}
    for one in findings:
        if one.silence is not None:
            together.setdefault((one.silence, one.reason), []).append(mechanism_label(one.mechanism))
    for (silence, reason), mechanisms in together.items():
        yield f"{about}, statistics on {listed(mechanisms)}: {silence_words(silence)}. {reason}", where


def _leaning(result: Result) -> Iterator[Said]:
    """Where an estimate lies above zero, and is no more than a lean."""
    for analysis in result.analyses:
        for one in of_history(result, analysis.id):
            if one.stance == "leaning for":
                about = f"{upper_first(spoken(analysis))}, {one.mechanism}"
                yield (
                    f"{about}: the statistics are limited to leaning. {one.reason}",
                    f"#statistics-{analysis.id}",
                )


def _capped(result: Result) -> Iterator[Said]:
    for analysis in result.analyses:
        alike: dict[str, list[str]] = {}
        for finding in result.findings:
            if finding.analysis == analysis.id and finding.evidence:
                says = [f"the evidence is limited to leaning, because {listed(finding.evidence.caps)}."]
                for sentence in (says if finding.evidence.caps else []) + list(finding.caveats):
                    alike.setdefault(sentence, []).append(finding.mechanism)
        for sentence, mechanisms in alike.items():
            about = f"{upper_first(spoken(analysis))}, {listed(mechanisms)}"
            where = f"#evidence-{analysis.id}-{mechanisms[0]}"
            yield f"{about}: {sentence}", where


def _undated(result: Result) -> Iterator[Said]:
    for chronology, analysis in _dated(result):
        for left in chronology.left_out:
            yield (
                f"{upper_first(spoken(analysis))}: {counted(left.count, 'row')} of {left.table} left out — "
                f"{left.reason}.",
                f"#order-{analysis.id}",
            )
        ranges = sum(spell.period is None and not spell.baseline for spell in chronology.order)
        if ranges:
            yield (
                f"{upper_first(spoken(analysis))}: {counted(ranges, 'adoption')} known only as a range of "
                "dates.",
                f"#order-{analysis.id}",
            )
    judged = Counter(str(row["basis"]) for row in rows(result, "adoptions") if row.get("basis"))
    for basis in ("judged", "assumed", "simulated"):
        if judged[basis]:
            yield f"{counted(judged[basis], 'date')} of adoption {basis}, not reported.", "#adoptions"


def _problem(problem: Problem) -> str:
    place = ", ".join(
        part
        for part in (
            problem.file or problem.table or "the case",
            problem.at_row,
            f"column {problem.column}" if problem.column else "",
        )
        if part
    )
    alike = f" ({problem.count:,} rows alike)" if problem.count > 1 else ""
    return f"{problem.message}{alike} [{place}]"


def _private(result: Result) -> Iterator[Said]:
    case = result.case
    if case.private_documents or case.private_passages:
        yield (
            f"{counted(case.private_documents, 'private document')} and "
            f"{counted(case.private_passages, 'private passage')} count in the result; "
            "their words are not shown.",
            None,
        )


def _dated(result: Result) -> Iterator[tuple[Any, Any]]:
    by_id = {analysis.id: analysis for analysis in result.analyses}
    for chronology in result.chronology:
        yield chronology, by_id[chronology.analysis]
