"""A plan of evidence in words: a table for the screen, and a file that a spreadsheet opens."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

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
FIRST, EACH = 5, 3
"""Clues named first of all, and under each verdict, unless all are asked for."""
_MINUS = "\N{MINUS SIGN}"


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
    first = [clue for clue in plan.clues if clue.verdict_changes > 0][:FIRST]
    now = {(one.analysis, one.mechanism): one for one in plan.verdicts}
    if first:
        parts.append(f"WHAT TO LOOK FOR FIRST\n\n{_first(first, now)}")
    elif plan.clues:
        parts.append("Looking for any single one of these clues is expected to leave every verdict as it is.")
    for analysis in dict.fromkeys(one.analysis for one in plan.verdicts):
        parts += _analysis(analysis, plan, every)
    parts.append(_legend(every or not plan.clues))
    return "\n\n".join(parts) + "\n"


def _intro(plan: EvidencePlan) -> str:
    return _filled(
        f"Statistics: {plan.statistics}. A search is taken to find a trace with a chance of "
        f"{plan.searched:g}, had it existed."
    )


def _first(clues: Sequence[Clue], now: dict[tuple[str, str], PlannedVerdict]) -> str:
    lines = []
    for place, clue in enumerate(clues, start=1):
        verdict = now[clue.analysis, clue.mechanism].verdict
        ends = [
            f"{word}: {end.verdict}"
            for word, end in (("found", clue.found), ("not found", clue.not_found))
            if end.verdict != verdict
        ]
        head = f"{place}. {clue.analysis}, {clue.mechanism}, {', '.join(clue.criteria)}: {clue.text}"
        tail = f"The verdict, now {verdict}, has a chance of {_share(clue.verdict_changes)} to change ({'; '.join(ends)})."
        lines.append("\n".join([_filled(head, "   "), _filled(tail, "   ", first="   "), *_where(clue)]))
    return "\n".join(lines)


def _where(clue: Clue) -> Iterator[str]:
    if clue.kind == "search further":
        yield _filled(f"Search further for {clue.passage}, which is coded as absent.", "   ", first="   ")
    if clue.documents:
        shown = ", ".join(clue.documents[:6])
        more = f" and {len(clue.documents) - 6} more" if len(clue.documents) > 6 else ""
        yield _filled(f"Not coded for it yet: {shown}{more}.", "   ", first="   ")


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
        yield "\n".join(_verdict(one, clues, every))


def _verdict(one: PlannedVerdict, clues: Sequence[Clue], every: bool) -> Iterator[str]:
    evidence = stance_words(one.evidence, one.evidence_silence, "evidence")
    statistics = stance_words(one.statistics, one.statistics_silence)
    passages = "1 passage" if one.passages == 1 else f"{one.passages} passages"
    yield _filled(
        f"{one.mechanism}: {one.verdict}. Evidence: {evidence} ({passages}, probability "
        f"{probability_text(one.p)}); statistics: {statistics}."
    )
    if one.broad is not None:
        yield _filled(f"Read broadly it is {one.broad}; what follows is about the narrow reading.", "  ")
    if one.blocked is not None:
        yield _filled(f"No passage can change this. {one.blocked}", "  ")
        return
    yield from _limits(one)
    if not any(clue.least_for or clue.least_against for clue in clues):
        yield _filled("No single passage of 20 dB or less would change this verdict.", "  ")
    yield _clues(one, clues if every else clues[:EACH])


def _limits(one: PlannedVerdict) -> Iterator[str]:
    if not one.limits:
        return
    without = (
        f"Without these limits the verdict would be {one.unlimited}." if one.unlimited != one.verdict else ""
    )
    yield _filled(
        f"The evidence is limited to leaning, because {'; '.join(one.limits)}. {without}".strip(), "  "
    )
    for remedy in one.remedies:
        then = f" The verdict would be {remedy.verdict}." if remedy.verdict != one.verdict else ""
        yield _filled(f"- would lift a limit: {remedy.description}.{then}", "    ", first="  ")


def _clues(one: PlannedVerdict, clues: Iterable[Clue]) -> str:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False)
    for name in ("clue", "coded", "chance"):
        table.add_column(name, justify="left" if name == "clue" else "right")
    for name in ("if found", "if not found", "if one speaks against"):
        table.add_column(name)
    for name in ("shift", "least dB"):
        table.add_column(name, justify="right")
    for clue in clues:
        label = ", ".join(clue.criteria) + (f" (search {clue.passage} further)" if clue.passage else "")
        table.add_row(
            label,
            str(clue.coded),
            _share(clue.chance),
            _end(clue.found, one) + (" *" if clue.another_document else ""),
            _end(clue.not_found, one),
            "" if clue.against is None else _end(clue.against, one),
            f"{clue.shift:.2f}",
            _least(clue),
        )
    return _drawn(table)


def _end(end: ClueOutcome, one: PlannedVerdict) -> str:
    """Weight and probability, then the verdict where it changes; in brackets what a limit keeps from it."""
    text = f"{_signed(end.decibans)} dB, {probability_text(end.p)}"
    if end.verdict != one.verdict:
        text += f": {end.verdict}"
    if end.unlimited != end.verdict:
        text += f" ({end.unlimited} if not limited)"
    return text


def _least(clue: Clue) -> str:
    ends = (("+", clue.least_for), (_MINUS, clue.least_against))
    return " ".join(f"{sign}{least:.1f}" for sign, least in ends if least is not None) or "none"


def _legend(short: bool) -> str:
    more = "" if short else " Only the most telling clues are shown; `--all` shows every one."
    return _filled(
        "chance: of finding the trace. shift: expected change of the probability. least dB: the lightest single "
        "passage for (+) or against (\N{MINUS SIGN}) that would change the verdict. *: only in a document that was not "
        "coded for the mechanism yet. A passage is taken to be early enough, read by one coder, and in a cluster of "
        f"its own.{more}"
    )


def _share(chance: float) -> str:
    return f"{chance:.2f}"


def _signed(decibans: float) -> str:
    return f"{'+' if decibans >= 0 else _MINUS}{abs(decibans):.1f}"


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

    page = Console(
        file=StringIO(), width=WIDTH, markup=False, highlight=False, emoji=False, color_system=None
    )
    page.print(table)
    return "\n".join(line.rstrip() for line in page.file.getvalue().rstrip().splitlines())
