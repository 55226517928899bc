"""A plan of evidence in words: a table for the screen, and a file that a spreadsheet opens."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

from diffuscope.records.numbers import MINUS, signed
from diffuscope.records.phrases import counted
from diffuscope.records.probability import probability_text
from diffuscope.records.wording import stance_words
from diffuscope.report.lists import write_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from rich.table import Table

    from diffuscope.records import Clue, ClueOutcome, EvidencePlan, PlannedVerdict

WIDTH = 100
"""Characters in a line."""
FIRST, EACH, SHOWN = 5, 3, 5
"""Clues named first of all, and under each verdict; documents named for a clue."""


def write_plan(plan: EvidencePlan, file: Path) -> None:
    """Every clue of a plan of evidence, the most telling first, as a CSV file.

    Parameters
    ----------
    plan : EvidencePlan
    file : Path
        An earlier plan is replaced; any other file is left alone.

    Raises
    ------
    PlanError
        If the file exists and is not a plan of evidence.
    """
    table = plan.table()
    write_list(table.columns, table.rows(), file, "a plan of evidence")


def plan_text(plan: EvidencePlan, *, every: bool = False) -> str:
    """A plan of evidence as text: what to look for first, then every verdict with its clues and limits.

    Parameters
    ----------
    plan : EvidencePlan
    every : bool
        Whether to name all clues; else the most telling.

    Returns
    -------
    str
        In lines of at most 100 characters.
    """
    parts = [_intro(plan)]
    best = {
        (clue.analysis, clue.mechanism): clue for clue in reversed(plan.clues) if clue.verdict_changes > 0
    }
    first = [clue for clue in plan.clues if clue in best.values()][:FIRST]
    now = {(one.analysis, one.mechanism): one for one in plan.verdicts}
    if first:
        parts.append("WHAT TO LOOK FOR FIRST")
        parts += [
            "\n".join(_first(place, clue, now[clue.analysis, clue.mechanism]))
            for place, clue in enumerate(first, start=1)
        ]
    elif plan.clues:
        parts.append(_filled("No single clue would change a verdict, whether it is found or not."))
    for analysis in dict.fromkeys(one.analysis for one in plan.verdicts):
        parts += _analysis(analysis, plan, every)
    if plan.clues:
        parts.append(_legend(every))
    return "\n\n".join(parts) + "\n"


def _intro(plan: EvidencePlan) -> str:
    return _filled(
        f"Plan of evidence for {plan.case}. Statistics: {plan.statistics}. A search is assumed to find an "
        f"existing trace with a chance of {plan.searched:g}."
    )


def _first(place: int, clue: Clue, now: PlannedVerdict) -> Iterator[str]:
    """The most telling clue of one verdict: what it is, what it would change, and where nobody looked."""
    ends = [
        f"{end.verdict} if it is {word}"
        for word, end in (("found", clue.found), ("not found", clue.not_found))
        if end.verdict != now.verdict
    ]
    name = f"{clue.analysis}, {clue.mechanism}, {', '.join(clue.criteria)}"
    yield _filled(f"{place}. {name}: {clue.text}", "   ", first="")
    yield _filled(
        f"Looking for it has a chance of {_share(clue.verdict_changes)} to change the verdict from "
        f"{now.verdict}: {', '.join(ends)}.",
        "   ",
    )
    if clue.kind == "search further":
        yield _filled(f"{clue.passage} codes it as absent after a search that was not thorough.", "   ")
    if clue.another_document:
        yield _filled("It must be in a document that is not yet coded for the mechanism.", "   ")
    if clue.documents:
        more = len(clue.documents) - SHOWN
        rest = f" and {more} more" if more > 0 else ""
        yield _filled(f"No passage on it from {', '.join(clue.documents[:SHOWN])}{rest}.", "   ")


def _analysis(analysis: str, plan: EvidencePlan, every: bool) -> Iterator[str]:
    verdicts = [one for one in plan.verdicts if one.analysis == analysis]
    yield analysis.upper()
    blocked = {one.blocked for one in verdicts}
    if len(blocked) == 1 and None not in blocked:
        names = ", ".join(one.mechanism for one in verdicts)
        yield _filled(f"{names}: {verdicts[0].verdict}. No passage can change this. {verdicts[0].blocked}")
        return
    for one in verdicts:
        clues = [clue for clue in plan.clues if (clue.analysis, clue.mechanism) == (analysis, one.mechanism)]
        yield "\n".join(_verdict(one, clues, with_statistics=not plan.statistics.startswith("not run")))
        if clues:
            yield _clues(one, clues if every else clues[:EACH])


def _verdict(one: PlannedVerdict, clues: Sequence[Clue], *, with_statistics: bool) -> Iterator[str]:
    """The verdict as it stands, and what keeps passages from moving it."""
    evidence = stance_words(one.evidence, one.evidence_silence, "evidence")
    statistics = stance_words(one.statistics, one.statistics_silence) if with_statistics else "not run"
    passages = counted(one.passages, "passage")
    yield _filled(
        f"{one.mechanism}: {one.verdict}. Evidence: {evidence} ({passages}, probability "
        f"{probability_text(one.p)}). Statistics: {statistics}."
    )
    if one.broad is not None:
        yield _filled(f"Read broadly, it is {one.broad}; the rest is about the narrow reading.", "  ")
    if one.blocked is not None:
        yield _filled(f"No passage can change this. {one.blocked}", "  ")
        return
    if one.failed:
        fails = "A necessary criterion fails" if len(one.failed) == 1 else "Necessary criteria fail"
        yield _filled(f"{fails}, whatever the probability: {', '.join(one.failed)}.", "  ")
    yield from _limits(one)
    if not any(clue.least_for or clue.least_against for clue in clues):
        yield _filled("No single passage of 20 dB or less would change this verdict.", "  ")


def _limits(one: PlannedVerdict) -> Iterator[str]:
    if not one.limits:
        return
    these = "this limit" if len(one.limits) == 1 else "these limits"
    without = f" Without {these} the verdict would be {one.unlimited}."
    yield _filled(
        f"The evidence is limited to leaning, because {' and because '.join(one.limits)}."
        f"{without if one.unlimited != one.verdict else ''}",
        "  ",
    )
    for remedy in one.remedies:
        then = f" The verdict would then be {remedy.verdict}." if remedy.verdict != one.verdict else ""
        yield _filled(f"- This would lift a limit: {remedy.description}.{then}", "    ", first="  ")


def _clues(one: PlannedVerdict, clues: Iterable[Clue]) -> str:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False)
    for name in ("clue", "coded", "chance"):
        table.add_column(name, justify="left" if name == "clue" else "right")
    for name in ("if found", "if not found", "if against it"):
        table.add_column(name)
    for name in ("shift", "least dB"):
        table.add_column(name, justify="right")
    for clue in clues:
        assumed = "~" if clue.assumed_from.startswith("its role") else ""
        table.add_row(
            ", ".join(clue.criteria) if clue.passage is None else f"{clue.passage} again",
            str(clue.coded),
            f"{assumed}{_share(clue.chance)}",
            _end(clue.found, one) + (" *" if clue.another_document else ""),
            _end(clue.not_found, one),
            "" if clue.against is None else _end(clue.against, one),
            f"{clue.shift:.2f}",
            _least(clue),
        )
    return _drawn(table)


def _end(end: ClueOutcome, one: PlannedVerdict) -> str:
    """Weight and probability; the verdict where it changes; in brackets what a limit keeps from it."""
    text = f"{signed(end.decibans)} dB, {probability_text(end.p)}"
    if end.verdict != one.verdict:
        text += f": {end.verdict}"
    if end.unlimited not in (end.verdict, one.unlimited):
        text += f" (unlimited: {end.unlimited})"
    return text


def _least(clue: Clue) -> str:
    ends = (("+", clue.least_for), (MINUS, clue.least_against))
    return " ".join(f"{sign}{least:.1f}" for sign, least in ends if least is not None) or "none"


_LEGEND = (
    "clue: a trace on that criterion that nobody has coded yet; or, with `again`, one coded as",
    "absent that would be searched for better. coded: passages on it so far. chance: of finding",
    "it, from the present probability; with ~, its likelihoods are assumed from the role of the",
    "criterion, because nothing is coded on it. if …: weight of the passage, probability with it,",
    "and the verdict where it changes; unlimited: the verdict if nothing limited the evidence to",
    "leaning. shift: expected change of the probability. least dB: the lightest single passage",
    f"for it (+) or against it ({MINUS}) that would change the verdict. *: only in a document that",
    "was not coded for the mechanism yet. A new passage is taken to be early enough, read by one",
    "coder, and in a cluster of its own.",
)


def _legend(every: bool) -> str:
    more = () if every else ("Only the most informative clues are shown; use --all to see all.",)
    return _filled(" ".join((*_LEGEND, *more)))


def _share(chance: float) -> str:
    return f"{chance:.2f}"


def _filled(text: str, indent: str = "", *, first: str | None = None) -> str:
    from textwrap import fill

    return fill(
        text,
        WIDTH,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_on_hyphens=False,
    )


def _drawn(table: Table) -> str:
    from rich.console import Console

    drawn = StringIO()
    page = Console(file=drawn, width=WIDTH, markup=False, highlight=False, emoji=False, color_system=None)
    page.print(table)
    return "\n".join(line.rstrip() for line in drawn.getvalue().rstrip().splitlines())
