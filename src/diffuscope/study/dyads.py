"""Dyadic event history of a question: each unit at risk with each earlier adopter, and the tie between them.

Volden 2006 (doi:10.1111/j.1540-5907.2006.00185.x), on dyads with an opportunity alone (Boehmke 2009,
doi:10.1017/S0022381609090926).
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec
import polars as pl

from diffuscope.errors import MethodError, PlanError
from diffuscope.panel import dyad_period
from diffuscope.panel.dyad_ties import tie_weights
from diffuscope.panel.dyads import with_senders
from diffuscope.records.phrases import counted, upper_first
from diffuscope.study.estimates import (
    FEWEST,
    TooFewEventsError,
    complete_rows,
    formula_of,
    policy_effects_of,
    with_coefficients,
)
from diffuscope.study.panels import covariate_values
from diffuscope.study.time_control import ENOUGH, time_control

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diffuscope.case import Case
    from diffuscope.panel import Panel
    from diffuscope.records import Analysis, Estimate, ExposureRecord
    from diffuscope.study.panels import ExposedPanel

TIE = "tie_"
"""How columns begin that hold the weight of a tie."""
SENDER = "sender_"
KEYS = ("receiver", "policy", "time", "spell")


def dyad_model(case: Case, analysis: Analysis, exposed_panel: ExposedPanel, record: Estimate) -> Estimate:
    """The model of dyads, with errors that allow for dyads that share a unit.

    Parameters
    ----------
    case : Case
    analysis : Analysis
    exposed_panel : ExposedPanel
        The panel of units; where dates are drawn, each draw is paired, and estimates are combined.
    record : Estimate
        With its id and description.

    Raises
    ------
    MethodError
        If it cannot be estimated: no tie and no covariate, no earlier adopter, too few adoptions, Firth's
        logit, or separation.
    PlanError
        If a column has the name of another.
    """
    ties = _ties(exposed_panel)
    terms = (*ties, *analysis.covariates, *(f"{SENDER}{name}" for name in analysis.covariates))
    link = link_of(analysis)
    if not terms:
        raise MethodError("No tie can be used and no covariate is named, so dyads have nothing to compare.")
    dyads = _dyads(case, analysis, exposed_panel, ties)
    rows = complete_rows(dyads.panel.table(), terms)
    units = _units_of(rows)
    control = time_control(analysis, units, 1 + len(terms))
    every = (*terms, *control.terms)
    rows = complete_rows(rows, control.terms)
    units = _units_of(rows)
    extra, _, why = policy_effects_of(analysis, units, control, 1 + len(every))
    adoptions, events = int(units["event"].sum()), int(rows["event"].sum())
    says = (
        record.description,
        "Rows are dyads: each unit at risk with each earlier adopter that it could follow;"
        f" {counted(adoptions, 'adoption')} in {counted(events, 'dyad')}.",
        f"{upper_first(link)}, errors robust to dyads that share a unit.",
        "" if analysis.formula is None else "The formula of the question, which is of units, is not used.",
        control.why,
        why,
    )
    record = msgspec.structs.replace(
        record, formula=formula_of(every), timed=control.timed, control=control.why,
        description=" ".join(filter(None, says)),
    )  # fmt: skip
    made = _fitted(dyads, record, link, extra)
    many = len(made.coefficients)
    few: tuple[str, ...] = ()
    if adoptions < ENOUGH * many:
        few = (
            f"{counted(adoptions, 'adoption')} for {counted(many, 'coefficient')}: an adoption is an event "
            f"in every dyad that it could have followed, so {counted(events, 'event')} here say no more than "
            "these adoptions.",
        )
    return msgspec.structs.replace(made, units=rows["receiver"].n_unique(), warnings=(*made.warnings, *few))


def link_of(analysis: Analysis) -> str:
    """The link of a model that is fitted without Firth's penalty.

    Raises
    ------
    MethodError
        If the question asks for Firth's logit.
    """
    if analysis.model == "firth":
        raise MethodError(
            "The question asks for Firth's logit, which is not fitted to dyads or pooled policies. Write "
            '`model = "logit"` in this repetition.'
        )
    if analysis.model == "auto":
        return "cloglog" if analysis.period == "wave" else "logit"
    return analysis.model


def _ties(exposed_panel: ExposedPanel) -> dict[str, ExposureRecord]:
    """By column of a tie: the exposure that stands through it; of those through the same ties, the first."""
    ties: dict[str, ExposureRecord] = {}
    for one in exposed_panel.exposures:
        same = any((one.layer, one.lag) == (other.layer, other.lag) for other in ties.values())
        if one.refused is None and not same:
            ties[f"{TIE}{one.name}"] = one
    return ties


def _dyads(
    case: Case, analysis: Analysis, exposed_panel: ExposedPanel, ties: Mapping[str, ExposureRecord]
) -> ExposedPanel:
    """The panel in dyads, every draw of the dates, with ties and what is known of the senders."""
    lags = {name: analysis.lags.get(name, analysis.lag) for name in analysis.covariates}
    names = {record.name: column for column, record in ties.items()}
    pair = partial(_paired, attributes=case.table("attributes"), lags=lags, names=names)
    known = {**exposed_panel.lags}
    return replace(
        exposed_panel.changed(pair),
        exposures=tuple(msgspec.structs.replace(one, name=column) for column, one in ties.items()),
        lags=known
        | {column: one.lag for column, one in ties.items()}
        | {f"{SENDER}{name}": known[name] for name in lags if name in known},
    )


def _paired(
    panel: Panel, attributes: pl.DataFrame, lags: Mapping[str, int], names: Mapping[str, str]
) -> Panel:
    history = panel.history
    dyads = dyad_period(panel)
    assert history is not None  # of a panel of a case, and pairs are made of it once
    frame, notes = dyads.table(), dyads.notes
    for name, lag in lags.items():
        values, carry = covariate_values(panel, attributes, name)
        frame, more = with_senders(frame, values, history, lag, carry)
        notes += more
    for exposure in history.exposures:
        column = names.get(exposure.name)
        if column in frame.columns:
            raise PlanError(f"`{column}` is a covariate already; rename the variable in `attributes`.")
        if column is not None:
            frame = frame.with_columns(tie_weights(frame, history, exposure).alias(column))
    return replace(dyads, frame=frame, notes=notes)


def _units_of(rows: pl.DataFrame) -> pl.DataFrame:
    """Units at risk in complete dyads, a row each; there must be enough adoptions among them.

    A unit adopts once, however many it could have followed, so it is adoptions that are counted.
    """
    keys = [name for name in KEYS if name in rows.columns]
    units = rows.unique(keys, keep="first", maintain_order=True).rename({"receiver": "unit"})
    adoptions = int(units["event"].sum())
    if adoptions < FEWEST:
        raise TooFewEventsError(
            f"{counted(adoptions, 'adoption')} followed an earlier one in the {counted(rows.height, 'dyad')} "
            f"without missing values; below {FEWEST} no model is estimated."
        )
    return units


def _fitted(dyads: ExposedPanel, record: Estimate, link: Any, extra: dict[str, Any]) -> Estimate:
    from diffuscope.models import event_history

    fits = [
        event_history(record.formula, panel.table(), link=link, cluster="dyads", **extra)
        for panel in (dyads.panel, *dyads.draws)
    ]
    return with_coefficients(dyads, fits, record, effects=False)
