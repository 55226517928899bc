"""The run: check everything, ask the dates and the witnesses, apply the rule; count and audit a register."""

from __future__ import annotations

import platform
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

import msgspec

from diffuscope.case.private import Private
from diffuscope.evidence import coder_agreement, main_driver
from diffuscope.mechanisms import mechanisms
from diffuscope.records import (
    Agreement,
    Analysis,
    AuthorVerdict,
    Chronology,
    DriverShare,
    Finding,
    MechanismRecord,
    Place,
    Problem,
    Verdict,
)
from diffuscope.records.library_warnings import library_warnings
from diffuscope.result import CaseRecord, Result, RunRecord
from diffuscope.study.channels import Layers
from diffuscope.study.freeze import freeze_state
from diffuscope.study.history import EventHistoryResult
from diffuscope.study.parts import PARTS, parts_of, tables_of
from diffuscope.study.plan import refuse_errors
from diffuscope.study.register import Register, register_tables
from diffuscope.study.result_frames import frame_of, public_frames, shown_tables
from diffuscope.study.rules import stance_rules
from diffuscope.study.statistics import RunOptions, enough
from diffuscope.study.witnesses import (
    OtherQuestions,
    dates_of,
    evidence_of,
    refuse_few_draws,
    statistics_findings,
)
from diffuscope.verdicts import neighbours_verdict, verdict, verdict_rule

if TYPE_CHECKING:
    import polars as pl

    from diffuscope.case import Case

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many steps are done, and how many there are."""


@dataclass(frozen=True, kw_only=True)
class _Answer:
    """Everything one analysis came to."""

    chronology: Chronology
    findings: tuple[Finding, ...]
    verdicts: tuple[Verdict, ...]
    agreement: Agreement | None
    drivers: tuple[DriverShare, ...]
    told: EventHistoryResult | None


def run_study(
    case: Case,
    *,
    seed: int = 0,
    draws: int | None = None,
    parts: Collection[str] | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Result:
    """How a policy spread and why, and what a programme's register shows, as far as a case can tell.

    Everything is checked before anything is computed. Nothing is written.

    Parameters
    ----------
    case : Case
        From `read_case` or `case_from_frames`.
    seed : int
        Seed of whatever is drawn at random; the same seed gives the same result.
    draws : int, optional
        Worlds drawn for each safeguard that draws any; 999 for every two mechanisms that are tested where it
        is left out. At least 99, and 40 for each mechanism tested less one: fewer are quicker and tell
        p-values more coarsely.
    parts : collection of {"mechanisms", "statistics", "monitoring", "audit"}, optional
        What to study; by default everything the case has data for. Tables that no part reads are neither
        looked at nor embedded.
    workers : int, optional
        Processes at once for work that takes long; all cores by default. The result does not depend on it.
    progress : callable, optional
        Called as ``progress(what, done, total)`` before each step.

    Returns
    -------
    Result
        Findings of every witness and a verdict for every mechanism in every analysis, the register by wave,
        every printed figure and claim checked; holds nothing private.

    Raises
    ------
    CaseError
        If the case has errors; they are all in its `problems`.
    PlanError
        If a part is asked for that does not exist, or that the case has nothing for; or for too few draws.
    """
    effort = RunOptions(seed, enough(draws), workers)
    chosen = parts_of(case, parts)
    layers = Layers(case)
    problems = refuse_errors(case, None if parts is None else chosen, layers)
    if "statistics" in chosen:
        refuse_few_draws(case, case.analyses, layers, effort)
    with library_warnings() as said:
        result = _studied(case, chosen, layers, problems, effort, every=parts is None, progress=progress)
    more = tuple(
        Problem(level="warning", rule="library-warning", message=one, fix="look at the numbers near it")
        for one in said
    )
    return msgspec.structs.replace(result, problems=(*result.problems, *more)) if more else result


def _studied(
    case: Case,
    chosen: Collection[str],
    layers: Layers,
    problems: tuple[Problem, ...],
    effort: RunOptions,
    *,
    every: bool,
    progress: Progress | None,
) -> Result:
    private = Private.of(case)
    read = tuple(case.tables) if every else tables_of(chosen)
    # claims may look at adoptions, but only a study of mechanisms shows them
    shown = read if "mechanisms" in chosen else {*PARTS["monitoring"], "published"} & set(read)
    result = Result(
        run=_run_record(case, private, effort.seed, tuple(chosen)),
        case=_case_record(case, private, read),
        mechanisms=(),
        analyses=(),
        chronology=(),
        findings=(),
        verdicts=(),
        frames=public_frames(case, private, shown),
        tables=shown_tables(case, shown),
        problems=problems,
    )
    if "mechanisms" in chosen:
        asked = layers if "statistics" in chosen else None
        result = _with_verdicts(result, case, private, asked, effort, progress=progress)
    if {"monitoring", "audit"} & set(chosen):
        result = _with_register(result, Register(case, private), chosen, progress)
    return private.scrub_all(result)


def _with_verdicts(
    result: Result,
    case: Case,
    private: Private,
    layers: Layers | None,
    effort: RunOptions,
    *,
    progress: Progress | None,
) -> Result:
    authors = _author_verdicts(case, private)
    evidence = case.table("evidence")
    answers = _answers(case, evidence, authors, private, layers, effort, progress=progress)
    tolds = [answer.told for answer in answers if answer.told is not None]
    return msgspec.structs.replace(
        result,
        mechanisms=_mechanism_records(),
        analyses=case.analyses,
        chronology=tuple(answer.chronology for answer in answers),
        findings=tuple(finding for answer in answers for finding in answer.findings),
        verdicts=tuple(verdict for answer in answers for verdict in answer.verdicts),
        author_verdicts=authors,
        agreement=tuple(answer.agreement for answer in answers if answer.agreement is not None),
        drivers=tuple(share for answer in answers for share in answer.drivers),
        histories=tuple(told.history for told in tolds),
        frames=result.frames
        | {name: frame_of(frame) for told in tolds for name, frame in told.frames.items()},
        tables=result.tables | {name: one for told in tolds for name, one in told.tables.items()},
        rule=verdict_rule(),
        stance_rules=stance_rules(),
    )


def _answers(  # noqa: PLR0917 what a study holds at this point
    case: Case,
    evidence: pl.DataFrame,
    authors: tuple[AuthorVerdict, ...],
    private: Private,
    layers: Layers | None,
    effort: RunOptions,
    *,
    progress: Progress | None,
) -> list[_Answer]:
    """Everything each analysis came to."""
    answers = []
    every = {analysis.id: dates_of(case, analysis) for analysis in case.analyses}
    others = None if layers is None else OtherQuestions(case, every, layers, private, effort)
    for done, analysis in enumerate(case.analyses):
        say = _say(progress, f"analysis {analysis.id}", done, len(case.analyses))
        dates = every[analysis.id]
        told: EventHistoryResult | None = None
        found: tuple[Finding, ...] = ()
        if layers is not None and others is not None:
            told, found = others.result(analysis.id) or statistics_findings(
                case, analysis, dates, layers, private, effort, say, others.begin
            )
        answers.append(
            _answer(case, evidence, analysis, authors, seed=effort.seed, dates=dates, told=told, found=found)
        )
    return answers


def _say(progress: Progress | None, what: str, done: int, total: int) -> Callable[[str], None]:
    """Tells that a step begins; and, when called, what is being done within it."""

    def say(more: str) -> None:
        if progress is not None:
            progress(f"{what}: {more}" if more else what, done, total)

    say("")
    return say


def _with_register(
    result: Result, register: Register, parts: Collection[str], progress: Progress | None
) -> Result:
    if progress is not None:
        progress("register", 0, 1)
    counted = register.frames() if "monitoring" in parts else {}
    audited = "audit" in parts
    return msgspec.structs.replace(
        result,
        audit=register.audit() if audited else (),
        claims=register.claims() if audited else (),
        frames=result.frames | {name: frame_of(table) for name, table in counted.items()},
        tables=result.tables | register_tables(counted),
        problems=(*result.problems, *register.not_compared()),
    )


def _run_record(case: Case, private: Private, seed: int, parts: tuple[str, ...]) -> RunRecord:
    return RunRecord(
        version=version("diffuscope"),
        case_sha256=private.public_sha256(case),
        seed=seed,
        time=datetime.now(UTC).isoformat(timespec="seconds"),
        python=platform.python_version(),
        parts=parts,
        frozen=freeze_state(case) if "mechanisms" in parts else None,
    )


def _answer(
    case: Case,
    evidence: pl.DataFrame,
    analysis: Analysis,
    authors: tuple[AuthorVerdict, ...],
    *,
    seed: int,
    dates: Chronology,
    told: EventHistoryResult | None,
    found: tuple[Finding, ...],
) -> _Answer:
    findings = (*evidence_of(case, evidence, analysis, dates), *found)
    # who asked this very question is heard before who asked the nearest other
    heard = sorted(authors, key=lambda said: not said.own_question)
    author = {said.mechanism: said for said in reversed(heard) if said.analysis == analysis.id}
    verdicts = [verdict(name, dates, findings, author.get(name)) for name in mechanisms()]
    neighbours = neighbours_verdict(dates, findings)
    return _Answer(
        chronology=dates,
        findings=findings,
        verdicts=(*verdicts, *([neighbours] if neighbours is not None else [])),
        agreement=coder_agreement(evidence, analysis, seed),
        drivers=main_driver(evidence, case.table("likelihoods"), analysis, dates.order),
        told=told,
    )


def _author_verdicts(case: Case, private: Private) -> tuple[AuthorVerdict, ...]:
    """What authors concluded, without the words and places of private documents."""
    file = case.files.get("author_verdicts", "author_verdicts.csv")
    found = []
    table = case.table("author_verdicts")
    for row in table.iter_rows(named=True):
        hidden = ("author_verdicts", row["_row"]) in private.rows
        found.append(
            AuthorVerdict(
                analysis=row["analysis"],
                mechanism=row["mechanism"],
                verdict=row["verdict"],
                wording=None if hidden else row["wording"],
                document=None if hidden else row["document"],
                locator=None if hidden else row["locator"],
                place=Place(table="author_verdicts", file=file, row=row["_row"]),
                own_question=row["question"] == "own",
            )
        )
    return tuple(found)


def _case_record(case: Case, private: Private, read: Collection[str]) -> CaseRecord:
    return CaseRecord(
        id=case.id,
        title=case.title,
        licence=case.licence,
        language=case.language,
        description=case.description,
        cite=case.cite,
        waves=dict(case.waves),
        tables={name: table.height for name, table in case.tables.items() if name in read},
        files={name: file for name, file in case.files.items() if name in read},
        hashes={name: found for name, found in private.public_hashes(case).items() if name in read},
        private_documents=len(private.documents),
        private_passages=private.passages,
        words={column: dict(own) for column, own in case.words.items()},
        read_as=tuple(one for one in case.read_as if one.table in read),
    )


def _mechanism_records() -> tuple[MechanismRecord, ...]:
    return tuple(
        MechanismRecord(
            name=mechanism.name,
            claim=mechanism.claim,
            definition=mechanism.definition,
            source=mechanism.source,
            criteria=tuple((item.id, item.text, item.role) for item in mechanism.all_criteria),
            rivals=mechanism.rivals,
            readings=mechanism.readings,
        )
        for mechanism in mechanisms().values()
    )
