"""The same question asked otherwise: as the case asks it, and by itself where dates are in doubt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from diffuscope.compute import SharedData, begin, cores
from diffuscope.errors import CaseError, MethodError, PlanError
from diffuscope.panel import without_launch
from diffuscope.records import Estimate, Repeated, Specification
from diffuscope.study.estimates import Modelled, estimate, in_formula
from diffuscope.study.mechanism_models import Judged, joint_exposures, judged_in
from diffuscope.study.other_models import other_model
from diffuscope.study.panels import drop_low_confidence, exposed
from diffuscope.tables.tiers import TIER

if TYPE_CHECKING:
    import polars as pl

    from diffuscope.case import Case
    from diffuscope.panel import Panel
    from diffuscope.records import Analysis, Chronology
    from diffuscope.study.channels import Layers
    from diffuscope.study.panels import ExposedPanel

SURE = "sure_dates"
"""Id of the repetition without dates of low confidence."""
LAUNCH = "without_launch"
"""Id of the repetition without the launch."""
AT_TIER = "tier_"
"""How ids of repetitions at another tier begin."""
THIRD, SEVERAL = 1 / 3, 2
"""Share of adoptions above which a launch is taken out, and the fewest that are one."""
MODEL = ("covariates", "formula", "model", "duration", "policy_effects", "errors")
REFUSALS = (CaseError, MethodError, PlanError)

MANY = 3
"""Repetitions over draws of the dates that are worth other processes."""

Change = Callable[["Panel"], "Panel"]
Automatic = Callable[
    ["Case", "Analysis", "Chronology", "ExposedPanel"], "tuple[Specification, Change | None] | None"
]
"""From a question, its dates and its panel to a repetition, and what it changes of the panel; None: not
needed."""


@dataclass(frozen=True, kw_only=True)
class Repetition:
    """What a repetition came to.

    Attributes
    ----------
    record : Estimate
        Its joint model.
    description : str
        What is different, in plain words.
    judged : tuple of Judged
        What it says of each mechanism.
    comparable : bool
        Whether its coefficients can be compared with those of the main model: not of dyads, and not of pooled
        policies, which are shown and count in no test.
    """

    record: Estimate
    description: str
    judged: tuple[Judged, ...] = ()
    comparable: bool = True


@dataclass(frozen=True, kw_only=True)
class Asker:
    """What a question is asked of, again and again."""

    case: Case
    layers: Layers
    seed: int
    workers: int | None = None


def begin_repetitions(
    asker: Asker, analysis: Analysis, dates: Chronology, main: ExposedPanel
) -> Callable[[], list[Repetition]]:
    """Begin every repetition of a question: those by itself first, then those the question asks for.

    Parameters
    ----------
    asker : Asker
    analysis : Analysis
    dates : Chronology
    main : ExposedPanel
        The panel of the question.

    Returns
    -------
    callable
        Gives the repetitions. Where dates are drawn, so that each takes seconds, other processes are at it.
    """
    requested: list[tuple[Specification, Change | None]]
    requested = [one for automatic in AUTOMATIC if (one := automatic(asker.case, analysis, dates, main))]
    requested += [(one, _doubt(asker.case, one.without_confidence)) for one in analysis.repeat]
    if main.others is None or len(requested) < MANY or cores(asker.workers) == 1:
        return lambda: [_refitted(asker, analysis, one, main, change) for one, change in requested]
    shared = SharedData((asker, analysis, main))
    begun = [
        begin(_without_fits, shared, one, change, workers=asker.workers, shared=True, far=True)
        for one, change in requested
    ]
    return lambda: [one.result() for one in begun]


def _without_fits(
    shared: tuple[Asker, Analysis, ExposedPanel], one: Specification, change: Change | None
) -> Repetition:
    """A repetition without what only the process that made it can use."""
    asker, analysis, main = shared
    repetition = _refitted(asker, analysis, one, main, change)
    judged = (replace(one, model=replace(one.model, fit=None), alone=None) for one in repetition.judged)
    return replace(repetition, judged=tuple(judged))


def _sure_dates(
    case: Case, analysis: Analysis, _dates: Chronology, main: ExposedPanel
) -> tuple[Specification, Change] | None:
    """Without adoptions whose dates have low confidence."""
    if any(one.without_confidence == "low" and one.comparable for one in analysis.repeat):
        return None
    _, events, rows = drop_low_confidence(main.panel, case.table("adoptions"), "low")
    if not rows:
        return None
    what = "adoption whose date has" if events == 1 else "adoptions whose dates have"
    specification = Specification(
        id=SURE, says=f"Without the {events} {what} low confidence.", without_confidence="low"
    )
    change = _doubt(case, "low")
    return None if change is None else (specification, change)


def _without_launch(
    _case: Case, _analysis: Analysis, dates: Chronology, _main: ExposedPanel
) -> tuple[Specification, Change] | None:
    """Without the adoptions of a launch that holds more than a third, which then is one decision."""
    many, share = dates.launch_count or 0, dates.launch_share or 0.0
    if many < SEVERAL or share <= THIRD:
        return None
    specification = Specification(
        id=LAUNCH, says=f"Without the {many} adoptions of the launch, as one decision."
    )
    return specification, partial(without_launch, dates=dates)


def _lower_tier(case: Case, analysis: Analysis, *_: object) -> tuple[Specification, None] | None:
    """What reached the next lower tier of which there are rows, as an event too."""
    below = analysis.tiers[: analysis.tiers.index(analysis.tier)]
    held = _tiers_held(case, analysis)
    tier = next((one for one in reversed(below) if one in held), None)
    return _at_tier(analysis, tier, f"Adoptions that only reached `{tier}` also count as events.")


def _higher_tier(case: Case, analysis: Analysis, *_: object) -> tuple[Specification, None] | None:
    """What reached the next higher tier of which there are rows, as the only event."""
    above = analysis.tiers[analysis.tiers.index(analysis.tier) + 1 :]
    held = _tiers_held(case, analysis)
    # where no row is of the question's own tier, a higher one leaves the same rows
    tier = next((one for one in above if one in held), None) if analysis.tier in held else None
    return _at_tier(analysis, tier, f"Only adoptions that reached `{tier}` count as events.")


def _at_tier(analysis: Analysis, tier: str | None, says: str) -> tuple[Specification, None] | None:
    specification = (
        None if tier is None else Specification(id=f"{AT_TIER}{tier.replace(' ', '_')}", says=says, tier=tier)
    )
    if specification is None or any(_same_but_words(one, specification) for one in analysis.repeat):
        return None
    return specification, None


def _same_but_words(one: Specification, other: Specification) -> bool:
    return msgspec.structs.replace(one, id="", says="") == msgspec.structs.replace(other, id="", says="")


def _tiers_held(case: Case, analysis: Analysis) -> set[str]:
    """Tiers that adoptions of the question's policies have."""
    own = case.table("adoptions").filter(pl.col("policy").is_in(analysis.policies))
    return {*own[TIER].drop_nulls()}


AUTOMATIC: tuple[Automatic, ...] = (_sure_dates, _without_launch, _lower_tier, _higher_tier)
"""Repetitions that a study asks by itself."""


def _doubt(case: Case, confidence: str | None) -> Change | None:
    if confidence is None:
        return None
    return partial(_without_doubt, adoptions=case.table("adoptions"), confidence=confidence)


def _without_doubt(panel: Panel, adoptions: pl.DataFrame, confidence: str) -> Panel:
    return drop_low_confidence(panel, adoptions, confidence)[0]


def repetitions_without_main(
    asker: Asker, analysis: Analysis, dates_of: Callable[[Analysis], Chronology]
) -> list[Repetition]:
    """Repetitions of a question that has no risk set itself: of other tiers, and those asked with another.

    Parameters
    ----------
    asker : Asker
    analysis : Analysis
    dates_of : callable
        The chronology of a question. One whose dates rule diffusion out is refused with its reason.
    """
    tiers = (_lower_tier(asker.case, analysis), _higher_tier(asker.case, analysis))
    wanted = [tier[0] for tier in tiers if tier is not None]
    found = []
    for one in (*wanted, *(repeat for repeat in analysis.repeat if repeat.comparable)):
        other = asked_otherwise(analysis, one)
        if _of_the_panel(other) == _of_the_panel(analysis):
            continue  # the same rows, of which there are none
        dates = dates_of(other)
        if dates.testable is False:
            found.append(_refused(one, other, f"There is no risk set. {dates.reason}"))
        else:
            found.append(_refitted(asker, analysis, one, None, None))
    return found


def _refused(specification: Specification, asked: Analysis, reason: str) -> Repetition:
    record = Estimate(
        id=specification.id, description=specification.says, formula=asked.formula or "", refused=reason
    )
    return Repetition(record=record, description=specification.says, comparable=specification.comparable)


def _refitted(
    asker: Asker,
    analysis: Analysis,
    specification: Specification,
    main: ExposedPanel | None,
    change: Change | None,
) -> Repetition:
    other = asked_otherwise(analysis, specification)
    try:
        covariates = covariates_of(asker.case, other)
        same = _of_the_panel(other) == _of_the_panel(analysis)
        if main is not None and same and set(covariates) <= set(main.panel.table().columns):
            exposed_panel = main
        else:
            exposed_panel = exposed(asker.case, other, asker.layers, covariates, asker.seed)
        if change is not None:
            exposed_panel = exposed_panel.changed(change)
    except REFUSALS as error:
        return _refused(specification, other, str(error))
    if not specification.comparable:
        record = other_model(asker.case, other, exposed_panel, specification, asker.seed)
        return Repetition(record=record, description=specification.says, comparable=False)
    joint = joint_model(other, exposed_panel, specification.id, specification.says)
    judged = judged_in(other, exposed_panel, joint, alone=False)
    return Repetition(record=joint.record, description=specification.says, judged=judged)


def repeated_in(repetitions: list[Repetition], mechanism: str) -> tuple[Repeated, ...]:
    """What repetitions say of a mechanism, those of dyads or pooled policies left out."""
    return tuple(_repeated_of(one, mechanism) for one in repetitions if one.comparable)


def _repeated_of(repetition: Repetition, mechanism: str) -> Repeated:
    """What a repetition says of a mechanism: from the model in which it is judged there."""
    estimate, says = repetition.record, repetition.description
    judged = next((one for one in repetition.judged if one.mechanism == mechanism), None)
    if judged is None:
        reason = estimate.refused or "This repetition has no exposure for it."
        return Repeated(id=estimate.id, description=says, refused=reason)
    record = judged.model.record
    own = next((one for one in record.coefficients if one.column == judged.term), None)
    if own is None:
        reason = record.refused or "It has no single coefficient."
        return Repeated(
            id=estimate.id, description=says, rows=record.rows, events=record.events, refused=reason
        )
    return Repeated(
        id=estimate.id,
        description=says,
        rows=record.rows,
        events=record.events,
        estimate=own.estimate,
        ci_low=own.ci_low,
        ci_high=own.ci_high,
    )


def joint_model(analysis: Analysis, exposed_panel: ExposedPanel, id: str, says: str) -> Modelled:  # noqa: A002 of the record
    """The model of all mechanisms jointly."""
    names = () if exposed_panel.panel.table().is_empty() else joint_exposures(analysis, exposed_panel)
    return estimate(analysis, exposed_panel, id, says, names)


def covariates_of(case: Case, analysis: Analysis) -> tuple[str, ...]:
    """Variables that a question uses: as covariates, in its formula, or as drivers of ties."""
    known = case.table("attributes")["variable"].drop_nulls().unique().sort().to_list()
    named = in_formula(analysis.formula, known)
    return tuple(dict.fromkeys((*analysis.covariates, *named, *analysis.drivers)))


def _of_the_panel(analysis: Analysis) -> Analysis:
    """What of a question makes its panel: everything but how the model is fitted."""
    return msgspec.structs.replace(
        analysis,
        formula=None,
        model="auto",
        duration="auto",
        policy_effects="auto",
        errors="auto",
        covariates=(),
    )


def asked_otherwise(analysis: Analysis, specification: Specification) -> Analysis:
    """The question as a repetition asks it."""
    other = {
        name: getattr(specification, name)
        for name in ("policies", "units", "window", "tier", "lag", *MODEL)
        if getattr(specification, name) is not None
    }
    return msgspec.structs.replace(
        analysis,
        **other,
        layers=analysis.layers | (specification.layers or {}),
        lags=analysis.lags | (specification.lags or {}),
        forms=analysis.forms | (specification.forms or {}),
    )
