"""The witnesses asked of one analysis, below the study: findings without report or verdict."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec

from diffuscope.case.private import Private
from diffuscope.compute import SharedData, begin, cores
from diffuscope.errors import PlanError
from diffuscope.evidence import evidence_findings
from diffuscope.panel import chronology
from diffuscope.records.library_warnings import library_warnings
from diffuscope.study.channels import Layers, channels_of, neighbours_among
from diffuscope.study.history import history_of
from diffuscope.study.panels import exposed
from diffuscope.study.register import register_records
from diffuscope.study.repetitions import REFUSALS, covariates_of
from diffuscope.study.statistics import RunOptions, enough, statistics_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    import polars as pl

    from diffuscope.case import Case
    from diffuscope.compute import Task
    from diffuscope.records import Analysis, Chronology, Finding
    from diffuscope.records.inferred import InferredRecord
    from diffuscope.study.history import EventHistoryResult
    from diffuscope.study.parts.part import StudyContext
    from diffuscope.study.register import RegisterRecords

MANY = 6
"""Models, repetitions among them, that are worth other processes."""


@dataclass(frozen=True, kw_only=True)
class Testimony:
    """What a witness says of one question.

    Attributes
    ----------
    findings : tuple of Finding
        At most one a mechanism.
    event_history : EventHistoryResult or None
        The models behind them, of the witness that fits any.
    network : InferredRecord or None
        The inferred network behind them, of the witness that infers one.
    """

    findings: tuple[Finding, ...]
    event_history: EventHistoryResult | None = None
    network: InferredRecord | None = None


@dataclass(frozen=True, kw_only=True)
class Witness:
    """Whoever looks at a question by itself and hands over findings.

    Attributes
    ----------
    name : str
    ask : callable
        From a study, one of its questions, and a function that tells of steps, to what the witness says.
    refuse : callable or None
        Raises what the witness would have to refuse, before it is asked anything.
    """

    name: str
    ask: Callable[[StudyContext, Analysis, Callable[[str], None]], Testimony]
    refuse: Callable[[StudyContext], None] | None = None

    def hear(self, study: StudyContext) -> tuple[Testimony, ...]:
        """What the witness says of each question of a study, in their order."""
        if self.refuse is not None:
            self.refuse(study)
        questions = study.case.analyses
        return tuple(
            self.ask(study, one, study.say(f"analysis {one.id}: {self.name}", done, len(questions)))
            for done, one in enumerate(questions)
        )


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
) -> tuple[EventHistoryResult, tuple[Finding, ...]]:
    """The event history of one analysis, and what it says of each mechanism."""
    with library_warnings() as messages:
        history = history_of(case, analysis, dates, layers, private, seed=effort.seed, workers=effort.workers)
    if messages:
        notes = (*history.history.notes, *messages)
        history = replace(history, history=msgspec.structs.replace(history.history, notes=notes))
    findings = statistics_of(history, analysis, effort, say)
    return history, tuple(_silenced(one, dates.silenced) for one in findings)


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
    They are begun by `begin`, before the first question: its repetitions are short, so that they come last
    and fill what time is left. Where the case asks too little to be worth other processes, none is begun.
    """

    def __init__(
        self,
        case: Case,
        dates: Mapping[str, Chronology],
        layers: Layers,
        private: Private,
        effort: RunOptions,
    ) -> None:
        questions = [one for one in case.analyses if one.policies and dates[one.id].testable is not False]
        much = len(questions) > 1 and sum(1 + len(one.repeat) for one in questions) >= MANY
        self._questions = questions[1:] if much and cores(effort.workers) > 1 else []
        self._given = (case, dates, layers, private, effort._replace(workers=1))
        self._workers = effort.workers
        self._begun: dict[str, Task[tuple[EventHistoryResult, tuple[Finding, ...]]]] = {}

    def begin(self) -> None:
        """Begin them, unless that is done."""
        if not self._questions:
            return
        shared = SharedData(self._given)
        for one in self._questions:
            self._begun[one.id] = begin(
                _without_questions, shared, one, workers=self._workers, shared=True, far=True
            )
        self._questions = []

    def result(self, analysis: str) -> tuple[EventHistoryResult, tuple[Finding, ...]] | None:
        """What `statistics_findings` gives, without what only safeguards use; None for the first question."""
        begun = self._begun.get(analysis)
        return None if begun is None else begun.result()


def start_processes(case: Case, workers: int | None) -> None:
    """Let another process read what questions need while this one checks the case."""
    if _asks_much(case, workers):
        begin(_loaded, workers=workers)


def begin_register(
    case: Case, private: Private, parts: Collection[str], workers: int | None
) -> Task[RegisterRecords] | None:
    """Begin what the register adds in another process, while this one makes the first panel."""
    if not _asks_much(case, workers) or not {"monitoring", "audit"} & {*parts}:
        return None
    return begin(register_records, SharedData((case, private)), tuple(parts), workers=workers, shared=True)


def _asks_much(case: Case, workers: int | None) -> bool:
    return cores(workers) > 1 and sum(1 + len(one.repeat) for one in case.analyses) >= MANY


def _loaded() -> None:
    """Nothing: a process that is asked for it has read this module."""


def _without_questions(
    shared: tuple[Case, Mapping[str, Chronology], Layers, Private, RunOptions], one: Analysis
) -> tuple[EventHistoryResult, tuple[Finding, ...]]:
    """The event history of a question without what only the process that made it can use."""
    case, dates, layers, private, alone = shared
    history, findings = statistics_findings(case, one, dates[one.id], layers, private, alone)
    return replace(history, questions={}), findings


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
        exposed_panel = exposed(case, analysis, layers, covariates_of(case, analysis), seed)
    except REFUSALS:
        return 0  # it has no panel, which its record says
    from diffuscope.study.mechanism_models import neighbours_of

    bear = {one.mechanism for one in exposed_panel.exposures if one.refused is None and one.mechanism}
    return len(bear) + int(bool(neighbours_of(exposed_panel)))


def _evidence(study: StudyContext, analysis: Analysis, say: Callable[[str], None]) -> Testimony:  # noqa: ARG001 as every witness is asked
    dates = study.chronology[analysis.id]
    return Testimony(findings=evidence_of(study.case, study.case.table("evidence"), analysis, dates))


def _event_history(study: StudyContext, analysis: Analysis, say: Callable[[str], None]) -> Testimony:
    others = study.other_questions
    others.begin()
    history, findings = others.result(analysis.id) or statistics_findings(
        study.case,
        analysis,
        study.chronology[analysis.id],
        study.layers,
        study.private,
        study.options,
        say,
    )
    return Testimony(findings=findings, event_history=history)


def _refuse_few_draws(study: StudyContext) -> None:
    refuse_few_draws(study.case, study.case.analyses, study.layers, study.options)


EVIDENCE = Witness(name="evidence", ask=_evidence)
EVENT_HISTORY = Witness(name="event history", ask=_event_history, refuse=_refuse_few_draws)
