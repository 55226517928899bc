"""Models as the page tells them: the main one term by term, and its repetitions beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diffuscope.records.phrases import counted, listed, upper_first
from diffuscope.report.terms import (
    PROPENSITY,
    chance,
    interval_on_scale,
    label,
    multiplies,
    neighbours,
    on_scale,
    plain,
    points,
    reach_points,
    reported_terms,
    with_lag,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from diffuscope.records import Coefficient, Estimate, EventHistory


def model(history: EventHistory, main: Estimate) -> dict[str, Any]:
    """One model with its warnings and every term a reader asks about.

    Parameters
    ----------
    history : EventHistory
    main : Estimate

    Returns
    -------
    dict
        `says`, `refused`, `warnings`, `facts`, `formula`, `left_out`, `measure` and `means` (what
        a term is told as, and what that is), `terms`,
        `effects` (whether any term tells one), `background` (how many terms are in the file alone).
    """
    shown = reported_terms(main.coefficients)
    unidentified = neighbours(history)
    return {
        "says": main.description,
        "refused": main.refused,
        "warnings": main.warnings,
        "facts": facts(main),
        "formula": main.formula,
        "left_out": [(count, reason) for reason, count in main.left_out],
        **measure(main.model),
        "terms": [_term(one, main.model, unidentified) for one in shown],
        "effects": any(one.effect is not None for one in shown),
        "background": len(main.coefficients) - len(shown),
    }


def measure(model: str) -> dict[str, str]:
    """What a table calls the numbers of a model, and what they mean."""
    of = multiplies(model)
    if of is None:
        return {"measure": "Coefficient", "means": f"Coefficient in {PROPENSITY}: 0 is no difference"}
    return {"measure": "Ratio", "means": f"Ratio of {of}: 1 is no difference"}


def facts(main: Estimate) -> str:
    """What a model is and what it rests on, in one line."""
    sizes = (
        (main.rows, "row", "rows"),
        (main.events, "event", "events"),
        (main.units, "unit", "units"),
        (main.policies, "policy", "policies"),
    )
    hang = listed([f"{counted(count, 'cluster')} by {name}" for name, count in main.clusters])
    fit = [("AIC", main.aic), ("BIC by rows", main.bic_rows), ("BIC by events", main.bic_events)]
    measures = ", ".join(f"{name} {value:.1f}" for name, value in fit if value is not None)
    parts = [
        upper_first(main.model),
        listed([counted(*size) for size in sizes if size[0]]),
        f"errors: {hang}" if hang else "",
        f"intervals: {main.interval}" if main.interval else "",
        measures,
    ]
    return " · ".join(part for part in parts if part)


def _term(one: Coefficient, model: str, unidentified: Collection[str]) -> dict[str, Any]:
    changes = one.effect_from is not None and one.effect_to is not None
    return {
        "label": with_lag(label(one.term, one.mechanism, unidentified), one.lag),
        "ratio": on_scale(model, one.estimate),
        "between": interval_on_scale(model, one.ci_low, one.ci_high),
        "effect": points(one.effect),
        "reach": reach_points(one),
        "change": f"{plain(one.effect_from)} to {plain(one.effect_to)}" if changes else None,
        "p": chance(one.p),
    }


def repetitions(history: EventHistory) -> dict[str, Any] | None:
    """The main model and its repetitions, a row each, with the exposures of all.

    Parameters
    ----------
    history : EventHistory

    Returns
    -------
    dict or None
        `names` (of exposures), `rows`: `id`, `says`, `more`, `facts`, `cells` (ratio and interval, or
        None), `refused`, `warnings`; None where nothing was repeated.
    """
    if len(history.estimates) < 2:
        return None
    unidentified = neighbours(history)
    exposures = [one.name for one in history.exposures]
    terms = {
        one.term: label(one.term, one.mechanism, unidentified)
        for estimate in history.estimates
        for one in reported_terms(estimate.coefficients)
        if one.mechanism is not None or one.term in exposures
    }
    return {
        "names": list(terms.values()) or ["Model"],
        "rows": [_repetition(estimate, list(terms)) for estimate in history.estimates],
    }


def _repetition(estimate: Estimate, terms: Sequence[str]) -> dict[str, Any]:
    first, more = _first_sentence(estimate.description)
    by_term = {one.term: one for one in estimate.coefficients}
    cells = [by_term.get(term) for term in terms]
    return {
        "id": estimate.id,
        "says": "The main model" if estimate.id == "main" else first,
        "more": "" if estimate.id == "main" else more,
        "facts": f"{estimate.model}, {counted(estimate.events, 'event')} in {counted(estimate.rows, 'row')}"
        if estimate.refused is None
        else "",
        "cells": [one and _cell(one, estimate.model) for one in cells],
        "refused": estimate.refused,
        "warnings": () if estimate.id == "main" else estimate.warnings,
    }


def _first_sentence(text: str) -> tuple[str, str]:
    """What is different, and how it was fitted."""
    first, stop, more = text.partition(". ")
    return (f"{first}.", more) if stop else (text, "")


def _cell(one: Coefficient, model: str) -> dict[str, str]:
    shown = on_scale(model, one.estimate)
    return {
        "ratio": shown if multiplies(model) is not None else f"coefficient {shown}",
        "between": interval_on_scale(model, one.ci_low, one.ci_high),
    }
