"""The witnesses asked of one analysis, below the study: findings without report or verdict."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec

from diffuscope.case.private import Private
from diffuscope.compute import begin, cores
from diffuscope.errors import PlanError
from diffuscope.evidence import evidence_findings
from diffuscope.panel import chronology
from diffuscope.records.library_warnings import library_warnings
from diffuscope.study.channels import Layers, channels_of, neighbours_among
from diffuscope.study.history import history_of
from diffuscope.study.panels import exposed
from diffuscope.study.plan import refuse_errors
from diffuscope.study.repetitions import REFUSALS, covariates_of
from diffuscope.study.statistics import RunOptions, enough, statistics_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from concurrent.futures import Future

    import polars as pl

    from diffuscope.case import Case
    from diffuscope.records import Analysis, Chronology, Finding
    from diffuscope.study.history import EventHistoryResult

MANY = 6
"""Models, repetitions among them, that are worth other processes."""


def findings(
    case: Case,
    analysis: str,
    *,
    seed: int = 0,
    draws: int | None = None,
    workers: int | None = None,
    stop_early: bool = False,
) -> tuple[Finding, ...]:
    """What the evidence and the event history of a case say of each mechanism in one of its questions.

    Parameters
    ----------
    case : Case
        From `read_case` or `case_from_frames`.
    analysis : str
        Id of the question.
    seed : int
        Seed of whatever is drawn at random; the same seed gives the same findings.
    draws : int, optional
        Worlds drawn for each safeguard that draws any; 999 for every two mechanisms that are tested where it
        is left out. At least 99, and 40 for each mechanism tested less one.
    workers : int, optional
        Processes at once; all cores by default.
    stop_early : bool
        Whether to leave out safeguards that can no longer change a stance.

    Returns
    -------
    tuple of Finding
        Those of the evidence first; one a mechanism and witness.

    Raises
    ------
    CaseError
        If the case has errors; they are all in its `problems`.
    PlanError
        If the case has no such question, or for too few draws.

    Examples
    --------
    >>> import diffuscope
    >>> case = diffuscope.read_case("asean-smart-cities")
    >>> [one.mechanism for one in diffuscope.findings(case, "membership") if one.body == "statistics"]
    ['coercion', 'competition', 'emulation', 'learning']
    """
    effort = RunOptions(seed, enough(draws), workers, stop_early)
    asked = question_of(case, analysis)
    layers = Layers(case)
    refuse_errors(case, ("mechanisms", "statistics"), layers)
    refuse_few_draws(case, [asked], layers, effort)
    private = Private.of(case)
    dates = dates_of(case, asked)
    _, told = statistics_findings(case, asked, dates, layers, private, effort)
    return private.scrub_all((*evidence_of(case, case.table("evidence"), asked, dates), *told))


def question_of(case: Case, analysis: str) -> Analysis:
    """The question of that id.

    Raises
    ------
    PlanError
        If the case has none; it names those that it has.
    """
    asked = next((one for one in case.analyses if one.id == analysis), None)
    if asked is None:
        known = ", ".join(f"`{one.id}`" for one in case.analyses) or "none"
        raise PlanError(f"The case `{case.id}` has no question `{analysis}`; its questions are {known}.")
    return asked


def dates_of(case: Case, analysis: Analysis) -> Chronology:
    """Who adopted when, as one question asks it."""
    file = case.files.get("adoptions", "adoptions.csv")
    return chronology(analysis, case.table("adoptions"), case.waves, file, tables=case.tables)


def evidence_of(
    case: Case, evidence: pl.DataFrame, analysis: Analysis, dates: Chronology
) -> tuple[Finding, ...]:
    """What the passages say of each mechanism in one analysis."""
    file = case.files.get("evidence", "evidence.csv")
    # stands after the word because, in a sentence of its own
    cap = dates.silenced and dates.silenced.removesuffix(".")
    return evidence_findings(evidence, case.table("documents"), analysis, dates.order, file, cap=cap)


def statistics_findings(  # noqa: PLR0917 what a study holds at this point
    case: Case,
    analysis: Analysis,
    dates: Chronology,
    layers: Layers,
    private: Private,
    effort: RunOptions,
    say: Callable[[str], None] = lambda _: None,
    begin_more: Callable[[], None] = lambda: None,
) -> tuple[EventHistoryResult, tuple[Finding, ...]]:
    """The event history of one analysis, and what it says of each mechanism."""
    with library_warnings() as said:
        told = history_of(
            case, analysis, dates, layers, private, seed=effort.seed, workers=effort.workers,
            begin_more=begin_more,
        )  # fmt: skip
    if said:
        notes = (*told.history.notes, *said)
        told = replace(told, history=msgspec.structs.replace(told.history, notes=notes))
    found = statistics_of(told, analysis, effort, say)
    return told, tuple(_silenced(one, dates.silenced) for one in found)


class OtherQuestions:
    """Statistics of all questions but the first, in other processes while the first is asked in this one.

    Parameters
    ----------
    case : Case
    dates : mapping of str to Chronology
        By analysis.
    layers : Layers
    private : Private
    effort : RunOptions

    Notes
    -----
    They are begun by `begin`, behind the repetitions of the first question, which this process waits for.
    Where the case asks too little for it to be worth other processes, none is begun.
    """

    def __init__(
        self,
        case: Case,
        dates: Mapping[str, Chronology],
        layers: Layers,
        private: Private,
        effort: RunOptions,
    ) -> None:
        asked = [one for one in case.analyses if one.policies and dates[one.id].testable is not False]
        much = len(asked) > 1 and sum(1 + len(one.repeat) for one in asked) >= MANY
        self._asked = asked[1:] if much and cores(effort.workers) > 1 else []
        self._given = (case, dates, layers, private, effort._replace(workers=1))
        self._workers = effort.workers
        self._begun: dict[str, Future[tuple[EventHistoryResult, tuple[Finding, ...]]]] = {}

    def begin(self) -> None:
        """Begin them, unless that is done."""
        case, dates, layers, private, alone = self._given
        for one in self._asked:
            given = (case, one, dates[one.id], layers, private, alone)
            self._begun[one.id] = begin(_without_questions, *given, workers=self._workers)
        self._asked = []

    def result(self, analysis: str) -> tuple[EventHistoryResult, tuple[Finding, ...]] | None:
        """What `statistics_findings` gives, without what only safeguards use; None for the first question."""
        if any(one.id == analysis for one in self._asked):
            self.begin()
        begun = self._begun.get(analysis)
        return None if begun is None else begun.result()


def _without_questions(*asked: Any) -> tuple[EventHistoryResult, tuple[Finding, ...]]:
    told, found = statistics_findings(*asked)
    return replace(told, questions={}), found


def _silenced(finding: Finding, why: str | None) -> Finding:
    """A finding where the dates leave too few events outside a launch: silent, with what was found beside."""
    if why is None or finding.silence in ("no data", "not asked"):
        return finding
    return msgspec.structs.replace(
        finding, stance="silent", silence="too few events", reason=f"{why} {finding.reason}", joint_with=()
    )


def refuse_few_draws(case: Case, analyses: Iterable[Analysis], layers: Layers, effort: RunOptions) -> None:
    """Refuse a number of draws with which no mechanism could pass, before any model is fitted.

    Raises
    ------
    PlanError
        Naming the number of mechanisms that are tested beside each other and the draws that they need.
    """
    if effort.draws is None:
        return
    for analysis in analyses:
        try:
            enough(effort.draws, _at_most(case, analysis, layers))
        except PlanError:
            enough(effort.draws, _tested(case, analysis, layers, effort.seed))


def _at_most(case: Case, analysis: Analysis, layers: Layers) -> int:
    """Mechanisms for which the case has ties, and the neighbours: no more than these are tested."""
    made, _ = layers.among(analysis.units)
    channels = channels_of(analysis, made, outcomes=case.table("outcomes").height > 0)
    bear = {one.mechanism.name for one in channels if one.mechanism is not None and one.refused is None}
    near = any(one.mechanism is None and one.plain_of is None for one in channels)
    return len(bear) + int(near or (not bear and neighbours_among(analysis, made) is not None))


def _tested(case: Case, analysis: Analysis, layers: Layers, seed: int) -> int:
    """Mechanisms whose exposure stands in the panel, and the neighbours."""
    if not analysis.policies or dates_of(case, analysis).testable is False:
        return 0
    try:
        found = exposed(case, analysis, layers, covariates_of(case, analysis), seed)
    except REFUSALS:
        return 0  # it has no panel, which its record says
    from diffuscope.study.mechanism_models import neighbours_of

    bear = {one.mechanism for one in found.exposures if one.refused is None and one.mechanism}
    return len(bear) + int(bool(neighbours_of(found)))
