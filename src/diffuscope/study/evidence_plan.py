"""Expected value of further evidence: which clue, if looked for, would move which verdict most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import polars as pl

from diffuscope.case.model import refuse_no_case
from diffuscope.case.private import Private
from diffuscope.errors import PlanError
from diffuscope.evidence.clues import Coding, assumptions
from diffuscope.evidence.remedies import Tables
from diffuscope.evidence.witness import gathered
from diffuscope.mechanisms import mechanisms
from diffuscope.records import EvidencePlan
from diffuscope.records.phrases import in_code
from diffuscope.study.channels import Layers
from diffuscope.study.clues import VerdictPlan
from diffuscope.study.findings import question_of
from diffuscope.study.parts import PARTS
from diffuscope.study.plan import refuse_errors
from diffuscope.study.witnesses import dates_of
from diffuscope.verdicts.bodies import statistics_on

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from diffuscope.case import Case
    from diffuscope.records import Analysis, Clue, Finding
    from diffuscope.result import Result

NOT_RUN = "not run; treated as silent"


def plan_evidence(
    case: Case,
    analysis: str | None = None,
    *,
    result: Result | None = None,
    searched: float | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> EvidencePlan:
    """Which clue, if looked for, would move which verdict most: a plan for coding further evidence.

    Every criterion of every mechanism is supposed to be looked for once more. A trace that is found, one that
    is searched for in vain, and a passage that speaks against are each weighed beside the coded passages by
    the same rule. No statistics are run.

    Parameters
    ----------
    case : Case
        From `read_case` or `case_from_frames`.
    analysis : str, optional
        Id of one question; by default all.
    result : Result, optional
        An earlier result of the case, whose statistical findings stand beside the evidence. Without it the
        statistics are taken as silent, and the plan says so.
    searched : float, optional
        Chance that a search would find a trace, had it existed; .8 by default.
    progress : callable, optional
        Called as ``progress(what, done, total)`` before each verdict.

    Returns
    -------
    EvidencePlan
        Clues, the most telling first, and what limits each verdict; nothing private. `table()` gives a frame.

    Raises
    ------
    CaseError
        If the case has errors; they are all in its `problems`.
    PlanError
        If the case asks no question, or not this one; if `searched` is no chance; or if the result is not of
        this case, or its adoptions, ties or questions have changed since.

    Notes
    -----
    The chances of a trace are the medians of those coded on its criterion in the analysis, else those that
    the plan assumes of its role. With p the present probability, p₁ and p₀ the chances of the trace, and s =
    `searched`, it is found with chance s·(p·p₁ + (1 − p)·p₀). A supposed passage stands in a document and a
    cluster of its own, is read by one coder, and is dated early enough to bear on every adoption.

    Examples
    --------
    >>> import diffuscope
    >>> case = diffuscope.read_case("asean-smart-cities")
    >>> plan = diffuscope.plan_evidence(case, "smart-cities")
    >>> plan.statistics
    'not run; treated as silent'
    >>> [f"{one.mechanism}: {one.verdict}" for one in plan.verdicts][-1]
    'learning: weak'
    """
    refuse_no_case(case)
    chance = assumptions().searched if searched is None else searched
    if not 0 < chance <= 1:
        raise PlanError(f"`searched` is a chance above 0 and up to 1, not {chance:g}.")
    if not case.analyses:
        raise PlanError(f"The case `{case.id}` asks no question: add an [[analysis]] to `case.toml`.")
    questions = case.analyses if analysis is None else (question_of(case, analysis),)
    refuse_errors(case, ("mechanisms",), Layers(case))
    statistics = () if result is None else _statistics_of(result, case, questions)
    tables = Tables(evidence=case.table("evidence"), documents=case.table("documents"))
    plans = []
    lines = list(_lines(case, questions, tables, statistics, chance))
    for done, line in enumerate(lines):
        if progress is not None:
            progress(f"{line.coding.analysis.id}, {line.coding.mechanism.name}", done, len(lines))
        plans.append((line.record(tables), line.clues))
    clues = sorted((clue for _, clues_of in plans for clue in clues_of), key=_telling)
    plan = EvidencePlan(
        case=case.id,
        statistics=_source(result),
        searched=chance,
        verdicts=tuple(verdict for verdict, _ in plans),
        clues=tuple(clues),
    )
    return Private.of(case).scrub_all(plan)


def _telling(clue: Clue) -> tuple[float, float]:
    """Most telling first; equal to nine decimals is equal, and the order of the questions decides."""
    return -round(clue.verdict_changes, 9), -round(clue.shift, 9)


def _lines(
    case: Case, questions: Sequence[Analysis], tables: Tables, statistics: Sequence[Finding], searched: float
) -> Iterator[VerdictPlan]:
    """Every verdict, with the passages and statistics that it follows from."""
    documents = _by_use(tables)
    for analysis in questions:
        dates = dates_of(case, analysis)
        coded, circumstances = gathered(
            tables.evidence, tables.documents, analysis, dates.order, cap=dates.silenced
        )
        own = [one for one in statistics if one.analysis == analysis.id]
        for name, mechanism in mechanisms().items():
            yield VerdictPlan(
                coding=Coding(
                    mechanism=mechanism,
                    analysis=analysis,
                    passages=coded.filter(pl.col("mechanism") == name),
                    circumstances=circumstances,
                    order=dates.order,
                    coder=_usual_coder(coded),
                ),
                statistics=statistics_on(name, own),
                chronology=dates,
                searched=searched,
                documents=documents,
            )


def _by_use(tables: Tables) -> tuple[str, ...]:
    """Public documents: first those from which anything is coded, so that somebody has them at hand."""
    public = (
        tables.documents.filter(pl.col("share") == "public")["document"]
        .drop_nulls()
        .unique(maintain_order=True)
    )
    used = set(tables.evidence["document"])
    return tuple(sorted(public, key=lambda name: name not in used))


def _usual_coder(passages: pl.DataFrame) -> str:
    """Whoever coded most of an analysis; a supposed passage makes nobody a coder who was none."""
    coders = passages["who"].list.explode(keep_nulls=False, empty_as_null=False).value_counts()
    return next(iter(coders.sort("count", "who", descending=[True, False])["who"]), "coder")


def _source(result: Result | None) -> str:
    if result is None:
        return NOT_RUN
    if "statistics" not in result.run.parts:
        return f"not run in the result of {result.run.time[:10]}; treated as silent"
    return f"as in the result of {result.run.time[:10]}"


def _statistics_of(result: Result, case: Case, questions: Sequence[Analysis]) -> tuple[Finding, ...]:
    """What the statistics of an earlier result say, if it asked the same of the same dates and ties.

    Raises
    ------
    PlanError
        If it did not; it says what differs.
    """
    if result.case.id != case.id:
        raise PlanError(f"The result belongs to the case `{result.case.id}`, not of `{case.id}`.")
    before = {one.id: _substance(one) for one in result.analyses}
    for one in questions:
        if before.get(one.id) != _substance(one):
            raise PlanError(
                f"The result does not ask the question `{one.id}` as the case does. Run the study again."
            )
    # passages and documents may have come since; statistics do not read them
    now = Private.of(case).public_hashes(case)
    changed = [
        name
        for name in PARTS["statistics"].reads
        if name != "documents" and result.case.hashes.get(name) != now.get(name)
    ]
    if changed:
        tables = in_code(changed)
        raise PlanError(f"Changed since the result was made: {tables}. Run the study again.")
    return tuple(one for one in result.findings if one.body == "statistics")


def _substance(analysis: Analysis) -> dict[str, Any]:
    """A question without its words, which a result may have had to blacken."""
    fields: dict[str, Any] = msgspec.to_builtins(analysis)
    fields |= {"question": "", "note": None}
    fields["repeat"] = [{**again, "says": ""} for again in fields["repeat"]]
    return fields
