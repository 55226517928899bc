"""A comparison of two results as lines to print."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from diffuscope.records.phrases import counted
from diffuscope.report.difference.records import NONE
from diffuscope.report.words import mechanism_label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diffuscope.report.difference.records import (
        Comparison,
        ProjectDifference,
        Reason,
        RuleDifference,
        VerdictDifference,
    )

MOST_ROWS = 200
"""Rows of the register, and lines of one kind, that are printed; the JSON holds all."""
MOST = 12
"""Reasons of one kind that are printed of one body; the rest is counted, and stands in the JSON."""
KINDS = {
    "probability": "Probabilities of the evidence",
    "statistics": "Stances of the statistics",
    "coefficient": "Coefficients of the models",
    "network": "Inferred networks",
    "dates": "What is said of the dates",
    "register": "Totals of the register",
    "figure": "Printed figures",
    "claim": "Claims",
    "table": "Rows of the tables",
    "word": "The network's own words, which the report prints",
}


class Line(NamedTuple):
    """One line to print.

    Attributes
    ----------
    text : str
    heading : bool
    """

    text: str
    heading: bool = False


def in_words(comparison: Comparison) -> Iterator[Line]:
    """A comparison in words: how the results were made, every changed verdict with its reasons, and the rest.

    Parameters
    ----------
    comparison : Comparison
        From `compare`.

    Yields
    ------
    Line
    """
    yield Line(_counted(comparison), heading=True)
    yield Line("")
    yield Line("What differs in how the two results were made", heading=True)
    yield from (Line(f"  {detail}") for detail in comparison.details)
    yield Line(f"  {comparison.because}")
    if comparison.notes:
        yield Line("")
        yield Line("Notes on a result in an older format", heading=True)
        yield from (Line(f"  {note}") for note in comparison.notes)
    for line in sorted(comparison.verdicts, key=_rank):
        yield Line("")
        yield from _line(line)
    yield from _rules(comparison.rules)
    yield from _projects(comparison.projects)
    for kind, heading in KINDS.items():
        rows = [one for one in comparison.differences if one.kind == kind]
        if rows:
            yield Line("")
            yield Line(heading, heading=True)
            yield from (Line(f"  {one.about}: {one.before} → {one.after}") for one in rows[:MOST_ROWS])
            if len(rows) > MOST_ROWS:
                yield Line(f"  {counted(len(rows) - MOST_ROWS, 'more line')}, which `--json` prints")


def _projects(changes: tuple[ProjectDifference, ...]) -> Iterator[Line]:
    """Rows of the register that changed, each with its cells."""
    if not changes:
        return
    yield Line("")
    yield Line("Rows of the register", heading=True)
    by_row = groupby(changes, key=lambda one: (one.wave, one.title, one.unit, one.project))
    for at, ((wave, title, unit, project), cells) in enumerate(by_row):
        if at >= MOST_ROWS:
            left = len({(one.wave, one.title, one.unit, one.project) for one in changes}) - MOST_ROWS
            yield Line(f"  {counted(left, 'more row')}, which `--json` prints")
            return
        named = f" [{project}]" if project else ""
        yield Line(f"  {wave}, {unit}: {title}{named}")
        for one in cells:
            yield Line(f"    {one.column or 'row'}: {one.before} → {one.after}")


def _rank(line: VerdictDifference) -> int:
    """Verdicts that changed come first, then stances, then numbers."""
    return 0 if line.changed else 1 if line.moved else 2


def _counted(comparison: Comparison) -> str:
    if not comparison.verdicts:
        return "No verdict changed, no stance and no probability."
    new, gone = (
        sum(getattr(line, side) == NONE for line in comparison.verdicts) for side in ("before", "after")
    )
    ranks = Counter(_rank(line) for line in comparison.verdicts)
    changed = ranks[0] - new - gone
    counts = [f"{changed or 'No'} {'verdict' if changed == 1 else 'verdicts'} changed"]
    for count, how in ((new, "new"), (gone, "gone")):
        if count:
            counts.append(f"{count} {'is' if count == 1 else 'are'} {how}")
    if ranks[1]:
        counts.append(f"{ranks[1]} stayed, but a stance behind {'it' if ranks[1] == 1 else 'them'} changed")
    if ranks[2]:
        counts.append(f"{ranks[2]} stayed, with another probability of the evidence")
    return f"{'; '.join(counts)}."


def _line(line: VerdictDifference) -> Iterator[Line]:
    after = line.after if line.changed else f"{line.after}, as before"
    verdict = f"{line.before} → {after}" if line.changed else after
    yield Line(f"{line.analysis}, {mechanism_label(line.mechanism)}: {verdict}", heading=True)
    yield Line(f"  {line.because}")
    if NONE in (line.before, line.after):
        side = line.evidence, line.statistics
        says = [next(word for word in pair if word != NONE) for pair in side]
        yield Line(f"  evidence: {says[0]}; statistics: {says[1]}")
        return
    for of, reasons in groupby(line.reasons, key=lambda reason: reason.of):
        yield Line(f"  {of}")
        yield from _reasons(list(reasons))


def _reasons(reasons: list[Reason]) -> Iterator[Line]:
    """Reasons line by line; safeguards that went the same way stand together."""
    shown: Counter[str] = Counter()
    ways: dict[tuple[str, str], list[str]] = {}
    for reason in reasons:
        if reason.because == "safeguard":
            ways.setdefault((reason.before, reason.after), []).append(reason.about)
    for reason in reasons:
        if reason.because == "safeguard":
            if shown["safeguard"] == 0:
                yield from (_safeguards(names, *way) for way, names in ways.items())
            shown["safeguard"] = 1
            continue
        shown[reason.because] += 1
        if shown[reason.because] <= MOST:
            yield Line(f"    {reason.because}: {reason.about}: {reason.before} → {reason.after}")
    for because, count in shown.items():
        if count > MOST:
            yield Line(f"    {because}: {count - MOST} more, which `--json` prints")


def _safeguards(names: list[str], before: str, after: str) -> Line:
    many = "safeguard" if len(names) == 1 else "safeguards"
    return Line(f"    {many}: {', '.join(names)}: {before} → {after}")


def _rules(rules: tuple[RuleDifference, ...]) -> Iterator[Line]:
    if not rules:
        return
    yield Line("")
    yield Line("Rules", heading=True)
    for one in rules:
        if not one.known:
            yield Line(f"  {one.rule}: the {one.lacking} result carries none; whether it changed is unknown.")
            continue
        yield Line(f"  {one.rule}:")
        yield from (Line(f"    gone: {gives} — {says}") for gives, says in one.gone)
        yield from (Line(f"    new: {gives} — {says}") for gives, says in one.new)
