"""The run: check everything, let each part add to the result, apply the rule, take out what is private."""

from __future__ import annotations

import platform
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

import msgspec

from diffuscope.case.model import refuse_no_case
from diffuscope.case.private import Private
from diffuscope.records import Problem
from diffuscope.records.library_warnings import library_warnings
from diffuscope.result import CaseRecord, Result, RunRecord
from diffuscope.study.channels import Layers
from diffuscope.study.freeze import freeze_state
from diffuscope.study.parts import Part, StudyContext, parts_of, tables_of
from diffuscope.study.parts.evidence import with_verdicts
from diffuscope.study.plan import refuse_errors
from diffuscope.study.result_frames import public_frames, shown_tables
from diffuscope.study.statistics import RunOptions, enough
from diffuscope.study.witnesses import begin_register, start_processes

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from diffuscope.case import Case
    from diffuscope.study.parts.part import Progress


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
    parts : collection of {"mechanisms", "statistics", "networks", "monitoring", "audit"}, or one, optional
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
    refuse_no_case(case)
    options = RunOptions(seed, enough(draws), workers)
    chosen = parts_of(case, parts)
    names = tuple(part.name for part in chosen)
    start_processes(case, workers)
    layers = Layers(case)
    problems = refuse_errors(case, None if parts is None else names, layers)
    private = Private.of(case)
    study = StudyContext(
        case=case, private=private, layers=layers, options=options, parts=names, progress=progress,
        register_task=begin_register(case, private, names, workers),
    )  # fmt: skip
    with library_warnings() as messages:
        result = _begun(study, chosen, problems, every=parts is None)
        for part in chosen:
            result = part.add(study, result)
        result = study.private.scrub_all(with_verdicts(result))
    more = tuple(
        Problem(level="warning", rule="library-warning", message=one, fix="check the numbers involved")
        for one in messages
    )
    return msgspec.structs.replace(result, problems=(*result.problems, *more)) if more else result


def _begun(
    study: StudyContext, chosen: Sequence[Part], problems: tuple[Problem, ...], *, every: bool
) -> Result:
    """The result before any part has added to it: the run, the case, and the rows that are shown."""
    case, names = study.case, tuple(part.name for part in chosen)
    read = tuple(case.tables) if every else tables_of(names)
    shows = [part.shows for part in chosen]
    shown = {name for own in shows for name in (read if own is None else own) if name in read}
    return Result(
        run=_run_record(study, chosen),
        case=_case_record(case, study.private, read),
        mechanisms=(),
        analyses=(),
        chronology=(),
        findings=(),
        verdicts=(),
        frames=public_frames(case, study.private, shown),
        tables=shown_tables(case, shown),
        problems=problems,
    )


def _run_record(study: StudyContext, parts: Sequence[Part]) -> RunRecord:
    return RunRecord(
        version=version("diffuscope"),
        case_sha256=study.private.public_sha256(study.case),
        seed=study.options.seed,
        time=datetime.now(UTC).isoformat(timespec="seconds"),
        python=platform.python_version(),
        parts=tuple(part.name for part in parts),
        frozen=freeze_state(study.case) if any(part.answers_questions for part in parts) else None,
    )


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
        hashes={name: digest for name, digest in private.public_hashes(case).items() if name in read},
        private_documents=len(private.documents),
        private_passages=private.passages,
        words={column: dict(own) for column, own in case.words.items()},
        read_as=tuple(one for one in case.read_as if one.table in read),
    )
