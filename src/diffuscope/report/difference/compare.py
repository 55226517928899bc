"""Comparison of two results of a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.records.numbers import decimal, p_equals
from diffuscope.records.phrases import counted
from diffuscope.report.difference.lines import changed_lines
from diffuscope.report.difference.made import (
    changed_data,
    changed_rules,
    changed_settings,
    changed_version,
    told_rules,
)
from diffuscope.report.difference.projects import changed_projects
from diffuscope.report.difference.records import NONE, Comparison, Difference
from diffuscope.report.words import stance_label

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from diffuscope.report.difference.records import Cause
    from diffuscope.result import Result


def compare(old: Result, new: Result) -> Comparison:
    """What two results of a case say differently, and why.

    Parameters
    ----------
    old, new : Result
        From `read_result` or `run_study`.

    Returns
    -------
    Comparison
        `verdicts` names for every verdict that changed, and for those that stay where a stance or a
        probability changed, all that the two results state differently behind it; `differences` are in the
        order verdicts, probabilities, statistics, coefficients, networks, dates, register, figures, claims,
        tables, words.
    """
    rules = changed_rules(old, new)
    causes: dict[Cause, tuple[str, ...]] = {
        "data": changed_data(old, new),
        "settings": changed_settings(old, new),
        "rules": told_rules(rules),
        "version": changed_version(old, new),
    }
    statements = [
        ("verdict", _verdicts(old), _verdicts(new)),
        ("probability", _probabilities(old), _probabilities(new)),
        ("statistics", _statistics(old), _statistics(new)),
        ("coefficient", _coefficients(old), _coefficients(new)),
        ("network", _networks(old), _networks(new)),
        ("dates", _dates(old), _dates(new)),
        ("register", _register(old), _register(new)),
        ("figure", _figures(old), _figures(new)),
        ("claim", _claims(old), _claims(new)),
        ("table", _rows(old), _rows(new)),
        ("word", _own_words(old), _own_words(new)),
    ]
    return Comparison(
        causes=tuple(cause for cause, details in causes.items() if details),
        details=tuple(detail for details in causes.values() for detail in details),
        notes=(*_notes("older", old), *_notes("newer", new)),
        verdicts=tuple(changed_lines(old, new)),
        rules=rules,
        projects=tuple(changed_projects(old, new)),
        differences=tuple(
            difference for kind, before, after in statements for difference in _between(kind, before, after)
        ),
    )


def _between(kind: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Difference]:
    for about in dict.fromkeys([*before, *after]):
        was, now = before.get(about, NONE), after.get(about, NONE)
        if was != now:
            yield Difference(kind=kind, about=about, before=was, after=now)


def _notes(which: str, result: Result) -> tuple[str, ...]:
    """What there is to know of a result in an older format."""
    if result.upgraded is None:
        return ()
    start = f"The {which} result was written in format {result.upgraded.format}"
    return (f"{start}, and is shown with its own verdicts, sentences and rules.", *result.upgraded.notes)


def _verdicts(result: Result) -> dict[str, str]:
    return {f"{verdict.analysis}: {verdict.mechanism}": verdict.verdict for verdict in result.verdicts}


def _probabilities(result: Result) -> dict[str, str]:
    return {
        f"{finding.analysis}: {finding.mechanism}": f"{finding.evidence.p:.3f}, {finding.stance}"
        for finding in result.findings
        if finding.evidence is not None
    }


def _statistics(result: Result) -> dict[str, str]:
    """Stances of witnesses that read dates and ties; those of coded evidence stand with its probabilities."""
    return {
        f"{finding.analysis}: {finding.mechanism}, {finding.witness}": stance_label(
            finding.stance, finding.silence
        )
        for finding in result.findings
        if finding.body == "statistics"
    }


def _coefficients(result: Result) -> dict[str, str]:
    """Every coefficient of every model with its interval, or why there is no model."""
    stated: dict[str, str] = {}
    for history in result.histories:
        for one in history.estimates:
            model = f"{history.analysis}: {one.id}"
            if one.refused is not None:
                stated[model] = f"no model: {one.refused}"
            for each in one.coefficients:
                ends = f"{decimal(each.ci_low)} to {decimal(each.ci_high)}"
                stated[f"{model}, {each.term}"] = f"{decimal(each.estimate)} (95 % interval {ends})"
    return stated


def _networks(result: Result) -> dict[str, str]:
    """Every inferred edge with its improvement, what of it runs along ties, or why there is no network."""
    stated: dict[str, str] = {}
    for one in result.networks:
        if one.refused is not None:
            stated[one.analysis] = f"no network: {one.refused}"
        for edge in one.edges:
            stated[f"{one.analysis}: {edge.sender} → {edge.receiver}"] = decimal(edge.improvement)
        for found in one.overlaps:
            if found.p_holm is not None:
                said = f"{decimal(found.correlation)}, {p_equals(found.p_holm)}"
                stated[f"{one.analysis}: overlap with the ties of {found.mechanism}"] = said
    return stated


def _dates(result: Result) -> dict[str, str]:
    return {dates.analysis: dates.reason for dates in result.chronology}


def _register(result: Result) -> dict[str, str]:
    frame = result.frames.get("wave_totals")
    if frame is None or frame.rows is None:
        return {}
    skipped = ("wave", "date")
    return {
        f"{row[0]}: {name}": str(value)
        for row in frame.rows
        for name, value in zip(frame.columns, row, strict=True)
        if name not in skipped and value is not None
    }


def _figures(result: Result) -> dict[str, str]:
    outcomes: dict[str, str] = {}
    for row in result.audit:
        about = (row.document, row.locator, row.wave, row.unit, row.area, row.sub_area, row.status, row.kind)
        outcomes[f"{' · '.join(filter(None, about))} [{row.id}]"] = row.outcome
    return outcomes


def _claims(result: Result) -> dict[str, str]:
    return {row.id: row.outcome for row in result.claims}


def _rows(result: Result) -> dict[str, str]:
    return {name: counted(count, "row") for name, count in result.case.tables.items()}


def _own_words(result: Result) -> dict[str, str]:
    """The network's own words, by column, and what each means."""
    return {
        f"{column}: {written}": means
        for column, own in result.case.words.items()
        for written, means in own.items()
    }
