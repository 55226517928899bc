"""A part of a study: the tables it reads, what is wrong with them, and what it adds to a result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from diffuscope.records.library_warnings import warn_again
from diffuscope.study.register import register_records
from diffuscope.study.witnesses import OtherQuestions, Testimony, Witness, dates_of

if TYPE_CHECKING:
    from diffuscope.case import Case
    from diffuscope.case.private import Private
    from diffuscope.compute import Task
    from diffuscope.records import Chronology, Problem
    from diffuscope.result import Result
    from diffuscope.study.channels import Layers
    from diffuscope.study.register import RegisterRecords
    from diffuscope.study.statistics import RunOptions

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many steps are done, and how many there are."""


@dataclass(frozen=True, kw_only=True)
class StudyContext:
    """A study under way: what each of its parts works on.

    Attributes
    ----------
    case : Case
    private : Private
        What must not be shown.
    layers : Layers
        Of the case's ties.
    options : RunOptions
    parts : tuple of str
        Names of the parts that run.
    progress : callable, optional
        Called as ``progress(what, done, total)`` before each step.
    register_task : Task or None
        What the register adds, begun in another process.
    """

    case: Case
    private: Private
    layers: Layers
    options: RunOptions
    parts: tuple[str, ...] = ()
    progress: Progress | None = None
    register_task: Task[RegisterRecords] | None = None

    @cached_property
    def chronology(self) -> Mapping[str, Chronology]:
        """Who adopted when, by question: asked once, for every witness."""
        return {one.id: dates_of(self.case, one) for one in self.case.analyses}

    @cached_property
    def register(self) -> RegisterRecords:
        """What the register of the case adds, computed once for all parts."""
        if self.register_task is None:
            records = register_records((self.case, self.private), self.parts)
        else:
            records = self.register_task.result()
        warn_again(records.warnings)
        return records

    @cached_property
    def other_questions(self) -> OtherQuestions:
        """Event histories of further questions, in other processes."""
        return OtherQuestions(self.case, self.chronology, self.layers, self.private, self.options)

    def say(self, what: str, done: int, total: int) -> Callable[[str], None]:
        """Tell that a step begins; what is returned tells of what is done within it."""

        def more(within: str) -> None:
            if self.progress is not None:
                self.progress(f"{what}: {within}" if within else what, done, total)

        more("")
        return more


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of a study.

    Attributes
    ----------
    name : str
        As in `parts` of `run_study` and ``--parts`` of the command.
    reads : tuple of str
        Tables that it reads.
    shows : tuple of str or None
        Tables whose rows it puts into the result where no other part does; None: all that the study reads.
    needs : str
        What a case must have for it, as a fix says it.
    lacks : callable
        Why a case has nothing for it, as what follows the case's name; None where it has.
    problems : callable
        What is wrong with the tables it reads, and with what is asked of them, beyond what each row tells.
    run : callable
        From the study, the result so far, and what the part's witness says of each question (nothing where it
        has none) to the result with what this part adds beside the findings.
    after : str or None
        The part that comes before it; None: it is the first.
    for_part : str or None
        The part for the sake of which it is asked: that one then runs too.
    witness : Witness or None
        Whose findings it adds, where it asks one.
    answers_questions : bool
        Whether it answers the questions of the case: the result then says whether they were frozen before.
    """

    name: str
    reads: tuple[str, ...]
    shows: tuple[str, ...] | None
    needs: str
    lacks: Callable[[Case], str | None]
    problems: Callable[[Case, Layers], Iterable[Problem]]
    run: Callable[[StudyContext, Result, tuple[Testimony, ...]], Result]
    after: str | None = None
    for_part: str | None = None
    witness: Witness | None = None
    answers_questions: bool = False

    def hear(self, study: StudyContext) -> tuple[Testimony, ...]:
        """What its witness says of each question; nothing where it has none."""
        return () if self.witness is None else self.witness.hear(study)

    def add(self, study: StudyContext, result: Result) -> Result:
        """The result with the findings of the witness and with all else that this part adds."""
        heard = self.hear(study)
        findings = tuple(finding for one in heard for finding in one.findings)
        return self.run(study, msgspec.structs.replace(result, findings=(*result.findings, *findings)), heard)
