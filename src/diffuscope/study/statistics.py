"""The statistical body's part in a study: the event-history witness, asked of one analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from diffuscope.errors import PlanError

if TYPE_CHECKING:
    from collections.abc import Callable

    from diffuscope.case.private import Private
    from diffuscope.models import Fit
    from diffuscope.records import Analysis, Finding, Trial
    from diffuscope.safeguards.question import Question
    from diffuscope.study.history import Told
    from diffuscope.study.panels import Exposed


FEWEST = 99
"""Draws below which a p-value says nothing."""


class Effort(NamedTuple):
    """How much is drawn, from which seed, and by how many processes."""

    seed: int
    draws: int
    workers: int | None


def enough(draws: int) -> int:
    """The number of draws.

    Raises
    ------
    PlanError
        If it is too small for a p-value to say anything.
    """
    if draws < FEWEST:
        raise PlanError(f"draws is {draws}; at least {FEWEST} are needed for a p-value to say anything.")
    return draws


def question_of(found: Exposed, fit: Fit | None) -> Question | None:
    """The main model of an analysis with the ties behind its exposures; None where no model stands."""
    from diffuscope.safeguards.question import Channel, Question

    if fit is None:
        return None
    used = set(fit.design.columns.formula.variables)
    bears = {record.name: record.mechanism for record in found.exposures}
    channels = tuple(
        Channel(column=name, mechanism=bears.get(name), seen=seen)
        for name, seen in found.seen.items()
        if name in used
    )
    return Question(found.panel, fit, channels)


def statistics_of(
    told: Told, analysis: Analysis, private: Private, effort: Effort, say: Callable[[str], None]
) -> tuple[Finding, ...]:
    """What event history says of each mechanism in one analysis, without the words of anything private."""
    from diffuscope.safeguards.witness import How, history_findings

    question = told.question
    how = How(
        draws=effort.draws,
        seed=effort.seed,
        workers=effort.workers,
        drivers={} if question is None else {one.column: analysis.drivers for one in question.channels},
        smallest_effect=analysis.smallest_effect,
        progress=say,
    )
    return tuple(_scrubbed(finding, private) for finding in history_findings(told.history, question, how))


def _scrubbed(finding: Finding, private: Private) -> Finding:
    return msgspec.structs.replace(
        finding,
        reason=private.scrub(finding.reason),
        caveats=tuple(map(private.scrub, finding.caveats)),
        trial=None if finding.trial is None else _trial(finding.trial, private),
    )


def _trial(trial: Trial, private: Private) -> Trial:
    told = tuple(msgspec.structs.replace(one, says=private.scrub(one.says)) for one in trial.safeguards)
    return msgspec.structs.replace(trial, safeguards=told)
