"""The model in which each mechanism is judged: as large as it can be without losing events to another's
layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from diffuscope.mechanisms import mechanisms
from diffuscope.records import MechanismModel, RowsLost
from diffuscope.records.phrases import counted
from diffuscope.study.channels import NEIGHBOURS
from diffuscope.study.estimates import Modelled, estimate
from diffuscope.study.time_control import ENOUGH, moves_with_time_alone, time_share

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

    from diffuscope.records import Analysis, ExposureRecord, Repeated
    from diffuscope.study.panels import ExposedPanel

NAMED_NOT = "The formula of the question does not name it."


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A mechanism, and the model in which it is judged.

    Attributes
    ----------
    mechanism : str
        Or ``neighbours``.
    term : str
        Its exposure.
    model : Modelled
    joint : bool
        Whether that is the joint model.
    alone : Modelled or None
    lost : tuple of RowsLost
        Exposures that are left out of the model for what they would cost.
    apart : str or None
        Why it could be fitted without the other mechanisms only.
    """

    mechanism: str
    term: str
    model: Modelled
    joint: bool
    alone: Modelled | None = None
    lost: tuple[RowsLost, ...] = ()
    apart: str | None = None


def joint_exposures(analysis: Analysis, exposed_panel: ExposedPanel) -> tuple[str, ...]:
    """Exposures of the joint model: all that stand; neighbours where events allow, or where no other stands.

    An exposure that moves with time alone is none of them: it would take the whole model down with it.
    """
    rows = exposed_panel.panel.table()
    stand = [name for name in exposed_panel.standing if not moves_with_time_alone(rows, name)]
    near = set(neighbours_of(exposed_panel))
    own = [name for name in stand if name not in near]
    if not own:
        return tuple(stand) or exposed_panel.standing
    terms = 2 + len(stand) + len(analysis.covariates)
    known = rows.drop_nulls(stand)
    return tuple(stand) if int(known["event"].sum()) >= ENOUGH * terms else tuple(own)


def neighbours_of(exposed_panel: ExposedPanel) -> tuple[str, ...]:
    """Neighbour exposures that stand: of no mechanism, and beside none."""
    accompanying = {name for group in _groups(exposed_panel).values() for name in group[1:]}
    return tuple(
        one.name
        for one in exposed_panel.exposures
        if one.refused is None and one.mechanism is None and one.name not in accompanying
    )


def rows_lost(exposed_panel: ExposedPanel, terms: Iterable[str]) -> tuple[RowsLost, ...]:
    """What each term costs of the panel: rows in which it is not known, and events among them."""
    rows = exposed_panel.panel.table()
    return tuple(lost for term in terms if term in rows.columns and (lost := _lost(rows, (term,), term)).rows)


def _lost(rows: pl.DataFrame, names: tuple[str, ...], term: str) -> RowsLost:
    kept = rows.drop_nulls(list(names))
    events = int(rows["event"].sum()) - int(kept["event"].sum())
    return RowsLost(term=term, rows=rows.height - kept.height, events=events)


def judged_in(
    analysis: Analysis, exposed_panel: ExposedPanel, joint: Modelled, *, alone: bool
) -> tuple[Judged, ...]:
    """The mechanisms whose exposure stands, and the neighbours, each with the model it is judged in.

    Parameters
    ----------
    analysis : Analysis
    exposed_panel : ExposedPanel
    joint : Modelled
        The model of all of them.
    alone : bool
        Whether each is also fitted by itself where its model holds others, and effects on the chance of
        adopting are wanted beside coefficients: not in a repetition.

    Notes
    -----
    The model of a mechanism holds its own exposure (and the plain share that must stand beside it), the
    covariates, a control of time, and those other exposures of the joint model that are known wherever its
    own is known and an event fell. If that cannot be fitted, the mechanism is judged in the model of its own
    exposure alone.
    """
    groups = _groups(exposed_panel)
    near = neighbours_of(exposed_panel)
    names = {name: group for name, group in groups.items() if found_stands(exposed_panel, group[0])}
    if near:
        names[NEIGHBOURS] = (near[0],)
    if analysis.formula is not None:
        return tuple(
            Judged(mechanism=name, term=group[0], model=joint, joint=True)
            for name, group in names.items()
            if group[0] in joint.exposures
        )
    return tuple(_judged(analysis, exposed_panel, joint, name, names, alone=alone) for name in names)


def found_stands(exposed_panel: ExposedPanel, name: str) -> bool:
    """Whether an exposure may enter a model."""
    return name in exposed_panel.standing


def _groups(exposed_panel: ExposedPanel) -> dict[str, tuple[str, ...]]:
    """By mechanism: its exposure, and the plain share through the same ties that must stand beside it."""
    groups: dict[str, tuple[str, ...]] = {}
    for at, one in enumerate(exposed_panel.exposures):
        if one.mechanism is None:
            continue
        accompanying: tuple[str, ...] = ()
        if (
            one.refused is None
            and mechanisms()[one.mechanism].beside_plain
            and at + 1 < len(exposed_panel.exposures)
        ):
            after = exposed_panel.exposures[at + 1]
            accompanying = (after.name,) if after.mechanism is None and after.layer == one.layer else ()
        groups[one.mechanism] = (one.name, *accompanying)
    return groups


def _judged(
    analysis: Analysis,
    exposed_panel: ExposedPanel,
    joint: Modelled,
    name: str,
    names: dict[str, tuple[str, ...]],
    *,
    alone: bool,
) -> Judged:
    own = names[name]
    rows = exposed_panel.panel.table().drop_nulls([*own, *analysis.covariates])
    kept, lost = [*own], []
    for other in _others(exposed_panel, joint, name, names):
        cost = _lost(rows, other, other[0])
        if cost.events:
            lost.append(cost)
        else:
            kept += other
    order = tuple(one.name for one in exposed_panel.exposures if one.name in kept)
    common = {"mechanism": name, "term": own[0], "lost": tuple(lost)}
    if set(order) == set(joint.exposures) and joint.fit is not None:
        by_itself = _by_itself(analysis, exposed_panel, name, own, []) if alone and order != own else None
        return Judged(model=joint, joint=True, alone=by_itself or joint, **common)  # type: ignore[arg-type]
    # a repetition is asked for coefficients only
    by_itself = None
    if alone or order == own:
        by_itself = _by_itself(analysis, exposed_panel, name, own, lost, effects=alone)
    if order == own and by_itself is not None:
        return Judged(model=by_itself, joint=False, alone=by_itself, **common)  # type: ignore[arg-type]
    says = f"The model of {name}{_without(lost)}."
    model = estimate(analysis, exposed_panel, f"{name}-model", says, order, effects=alone)
    if model.fit is None:
        by_itself = by_itself or _by_itself(analysis, exposed_panel, name, own, lost, effects=alone)
        if by_itself.fit is not None:
            apart = model.record.refused
            return Judged(model=by_itself, joint=False, alone=by_itself, apart=apart, **common)  # type: ignore[arg-type]
    return Judged(model=model, joint=False, alone=by_itself, **common)  # type: ignore[arg-type]


def _others(
    exposed_panel: ExposedPanel, joint: Modelled, name: str, names: dict[str, tuple[str, ...]]
) -> list[tuple[str, ...]]:
    """Exposures of the joint model that are not the mechanism's own, each with what must stand beside it."""
    inside = set(joint.exposures)
    if names[name][0] not in inside:
        return []
    grouped = [group for other, group in names.items() if other != name and group[0] in inside]
    near = [(one,) for one in neighbours_of(exposed_panel) if one in inside]
    return [group for group in dict.fromkeys((*grouped, *near)) if group[0] != names[name][0]]


def _by_itself(
    analysis: Analysis,
    exposed_panel: ExposedPanel,
    name: str,
    own: tuple[str, ...],
    lost: list[RowsLost],
    *,
    effects: bool = True,
) -> Modelled:
    says = f"The exposure of {name} without any other mechanism's{_without(lost)}."
    return estimate(analysis, exposed_panel, f"{name}-alone", says, own, effects=effects)


def _without(lost: list[RowsLost]) -> str:
    if not lost:
        return ""
    lost_terms = ", ".join(f"`{one.term}` ({counted(one.events, 'event')})" for one in lost)
    return f", without terms that would lose events: {lost_terms}"


def mechanism_model(
    analysis: Analysis, exposed_panel: ExposedPanel, judged: Judged, repeated: tuple[Repeated, ...]
) -> MechanismModel:
    """The record of the model in which a mechanism is judged, with its rivals."""
    inside, ruled_out, open_ = _rivals(analysis, exposed_panel, judged)
    model = judged.model
    share = None
    if model.fit is not None:
        from diffuscope.models.postestimation.predict import rows_for

        share = time_share(model.fit, rows_for(model.fit, exposed_panel.panel.table()), judged.term)
    return MechanismModel(
        mechanism=judged.mechanism,
        term=judged.term,
        layer=next(one.layer for one in exposed_panel.exposures if one.name == judged.term),
        tested=model.record,
        joint=judged.joint,
        alone=None if judged.alone is None else judged.alone.record,
        lost=judged.lost,
        rivals_in=inside,
        rivals_ruled_out=ruled_out,
        rivals_open=open_,
        time_share=share,
        silence=model.silence,
        repeated=repeated,
    )


Pairs = tuple[tuple[str, str], ...]


def _rivals(
    analysis: Analysis, exposed_panel: ExposedPanel, judged: Judged
) -> tuple[tuple[str, ...], Pairs, Pairs]:
    """Rivals in the model; ruled out, with the reason; and neither, with the reason why not in the model."""
    rivals = () if judged.mechanism == NEIGHBOURS else mechanisms()[judged.mechanism].rivals
    records = {one.mechanism: one for one in exposed_panel.exposures if one.mechanism}
    lost = {one.term: one for one in judged.lost}
    inside: list[str] = []
    ruled_out: list[tuple[str, str]] = []
    left: list[tuple[str, str]] = []
    for rival in rivals:
        record = records.get(rival)
        if record is not None and record.name in judged.model.exposures and judged.model.fit is not None:
            inside.append(rival)
        elif rival in analysis.ruled_out:
            ruled_out.append((rival, analysis.ruled_out[rival]))
        else:
            left.append(
                (rival, _why_not(record, lost, judged.apart, by_formula=analysis.formula is not None))
            )
    return tuple(inside), tuple(ruled_out), tuple(left)


def _why_not(
    record: ExposureRecord | None, lost: dict[str, RowsLost], apart: str | None, *, by_formula: bool
) -> str:
    if record is None:
        return "No exposure is defined for it."
    if record.refused is not None:
        return record.refused
    if record.name in lost:
        return (
            f"Its exposure is not known in {counted(lost[record.name].rows, 'row')} of this model, with "
            f"{counted(lost[record.name].events, 'event')}."
        )
    return NAMED_NOT if by_formula else apart or "It changes with time only."
