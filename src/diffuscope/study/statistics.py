"""The statistical body's part in a study: the event-history witness, asked of one analysis."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from diffuscope.errors import PlanError
from diffuscope.records.library_warnings import library_warnings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from diffuscope.records import Analysis, Finding
    from diffuscope.safeguards.tested_model import TestedModel
    from diffuscope.study.history import EventHistoryResult
    from diffuscope.study.mechanism_models import Judged
    from diffuscope.study.panels import ExposedPanel


FEWEST = 99
"""Draws below which a p-value says nothing."""
FOR_EACH, DEFAULT = 40, 999
"""Draws for each mechanism tested without which Holm's smallest p cannot lie below .05; and those drawn by
default for every two of them."""


class RunOptions(NamedTuple):
    """How much is drawn, from which seed, by how many processes, and whether to stop where a stance is
    settled.

    Attributes
    ----------
    seed : int
    draws : int or None
        None: as many as the mechanisms tested ask for.
    workers : int or None
    stop_early : bool
    """

    seed: int
    draws: int | None
    workers: int | None
    stop_early: bool = False

    def draws_for(self, tested: int) -> int:
        """Draws for so many mechanisms: as asked, or 999 for every two of them."""
        return self.draws or DEFAULT * max(math.ceil(tested / 2), 1)


def enough(draws: int | None, tested: int = 0) -> int | None:
    """The number of draws that was asked for.

    Parameters
    ----------
    draws : int or None
    tested : int
        How many mechanisms are tested beside each other: with m of them Holm's smallest p is m / (draws + 1),
        so fewer than 40m - 1 draws could let none pass.

    Raises
    ------
    PlanError
        If it is too small for a p-value to say anything.
    """
    if draws is None:
        return None
    if draws < FEWEST:
        raise PlanError(f"draws is {draws}; at least {FEWEST} are needed for a useful p-value.")
    needed = FOR_EACH * tested - 1
    if draws < needed:
        raise PlanError(
            f"draws is {draws}, but {tested} mechanisms are tested together: with fewer than "
            f"{needed} draws none of them could pass (Holm). Set draws to {needed} or more, or leave it out."
        )
    return draws


def questions_of(exposed_panel: ExposedPanel, judged: Iterable[Judged]) -> dict[str, TestedModel]:
    """By mechanism: the model in which it is judged, with the ties behind its exposures."""
    from diffuscope.safeguards.tested_model import TestedExposure, TestedModel

    bears = {record.name: record.mechanism for record in exposed_panel.exposures}
    made: dict[int, TestedModel] = {}
    questions = {}
    for one in judged:
        fit = one.model.fit
        if fit is None:
            continue
        if id(fit) not in made:
            used = set(fit.design.columns.formula.variables)
            channels = tuple(
                TestedExposure(column=name, mechanism=bears.get(name), inputs=inputs)
                for name, inputs in exposed_panel.inputs.items()
                if name in used
            )
            made[id(fit)] = TestedModel(exposed_panel.panel, fit, channels)
        questions[one.mechanism] = made[id(fit)]
    return questions


def statistics_of(
    result: EventHistoryResult, analysis: Analysis, effort: RunOptions, say: Callable[[str], None]
) -> tuple[Finding, ...]:
    """What event history says of each mechanism in one analysis."""
    from diffuscope.safeguards.engine.check import RepeatedEstimate, SafeguardOptions
    from diffuscope.safeguards.witness import history_findings

    columns = {one.column for question in result.questions.values() for one in question.channels}
    options = SafeguardOptions(
        draws=effort.draws_for(len(result.questions)),
        seed=effort.seed,
        workers=effort.workers,
        drivers=dict.fromkeys(sorted(columns), analysis.drivers),
        repeated={
            model.term: [
                RepeatedEstimate(
                    id=one.id,
                    events=one.events,
                    estimate=one.estimate,
                    ci_low=one.ci_low,
                    ci_high=one.ci_high,
                )
                for one in model.repeated
            ]
            for model in result.history.models
        },
        stop_early=effort.stop_early,
        progress=say,
    )
    with library_warnings() as messages:
        findings = history_findings(
            result.history, result.questions, options, smallest_odds_ratio=analysis.smallest_odds_ratio
        )
    return tuple(msgspec.structs.replace(one, caveats=(*one.caveats, *messages)) for one in findings)
