"""What every witness says of one question, below the study: findings without report or verdict."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from diffuscope.case.model import refuse_no_case
from diffuscope.case.private import Private
from diffuscope.errors import PlanError
from diffuscope.study.channels import Layers
from diffuscope.study.parts import PARTS, StudyContext
from diffuscope.study.plan import refuse_errors
from diffuscope.study.statistics import RunOptions, enough

if TYPE_CHECKING:
    from diffuscope.case import Case
    from diffuscope.records import Analysis, Finding


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
    options = RunOptions(seed, enough(draws), workers, stop_early)
    question = question_of(case, analysis)
    layers = Layers(case)
    parts = [part for part in PARTS.values() if part.witness is not None]
    refuse_errors(case, [part.name for part in parts], layers)
    alone = replace(case, analyses=(question,))
    study = StudyContext(case=alone, private=Private.of(case), layers=layers, options=options)
    heard = [one for part in parts for one in part.hear(study)]
    return study.private.scrub_all(tuple(finding for one in heard for finding in one.findings))


def question_of(case: Case, analysis: str) -> Analysis:
    """The question of that id.

    Raises
    ------
    PlanError
        If the case has none; it names those that it has.
    """
    refuse_no_case(case)
    question = next((one for one in case.analyses if one.id == analysis), None)
    if question is None:
        known = ", ".join(f"`{one.id}`" for one in case.analyses) or "none"
        raise PlanError(f"The case `{case.id}` has no question `{analysis}`; its questions are {known}.")
    return question
