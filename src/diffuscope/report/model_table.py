"""Regression table of a question: its main model and the repetitions, side by side."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from diffuscope.records.numbers import decimal
from diffuscope.records.phrases import listed, upper_first
from diffuscope.records.regression import RegressionTable, TermRow
from diffuscope.report.terms import (
    INTERCEPT,
    PROPENSITY,
    label,
    multiplies,
    neighbours,
    reported_terms,
    with_lag,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import polars as pl

    from diffuscope.records import Coefficient, Estimate, EventHistory

DECIMALS = 3
CAUTION = "Without safeguards, these are no evidence of a mechanism."
BRACKETS = "Coefficients, with 95 % intervals in brackets."
NONE, YES, NO = "–", "yes", "no"


def model_table(history: EventHistory) -> RegressionTable | None:
    """Regression table with the main model and its repetitions side by side; None where none was fitted.

    Parameters
    ----------
    history : EventHistory
        Of one question. Its first estimate is the main model.

    Returns
    -------
    RegressionTable or None
        A column for each model that was fitted. Notes name those that were not, with the reason.
    """
    stand = [one for one in history.estimates if one.refused is None and one.coefficients]
    if not stand:
        return None
    unidentified = neighbours(history)

    def called(one: Coefficient) -> str:
        name = "Intercept" if one.term == INTERCEPT else label(one.term, one.mechanism, unidentified)
        return with_lag(name, one.lag)

    return RegressionTable(
        title=f"Event-history models of adoption: {history.analysis}",
        models=tuple(f"({at}) {_head(one)}" for at, one in enumerate(stand, start=1)),
        terms=_terms(stand, called),
        facts=_facts(stand),
        notes=tuple(_notes(history, stand)),
        estimates=_numbers(stand),
    )


def _head(estimate: Estimate) -> str:
    return "Main model" if estimate.id == "main" else estimate.id.replace("_", " ")


def _terms(stand: Sequence[Estimate], called: Callable[[Coefficient], str]) -> tuple[TermRow, ...]:
    """A row for each term that a reader asks about, the intercept last, as journals have it."""
    columns = []
    for one in stand:
        intercept = [coefficient for coefficient in one.coefficients if coefficient.term == INTERCEPT]
        columns.append({called(term): term for term in [*reported_terms(one.coefficients), *intercept]})
    names = list(dict.fromkeys(name for column in columns for name in column))
    names.sort(key=lambda name: name == "Intercept")
    return tuple(
        TermRow(
            term=name,
            estimates=tuple(
                decimal(column[name].estimate, DECIMALS) if name in column else "" for column in columns
            ),
            below=tuple(_interval(column[name]) if name in column else "" for column in columns),
        )
        for name in names
    )


def _interval(one: Coefficient) -> str:
    ends = (
        "no end" if end is None or math.isinf(end) else decimal(end, DECIMALS)
        for end in (one.ci_low, one.ci_high)
    )
    return f"[{', '.join(ends)}]"


def _facts(stand: Sequence[Estimate]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What each model is and rests on; what is said of none is left out."""
    ways = [listed([f"{name} ({count:,})" for name, count in one.clusters]) for one in stand]
    rows = [
        ("Model", [one.model for one in stand]),
        ("Errors clustered by", ways),
        ("Intervals", [one.interval for one in stand]),
        ("Time at risk", [_has(one, "duration ") for one in stand]),
        ("Effects of policies", [_has(one, "policy ") for one in stand]),
        *(
            (upper_first(name), [_count(getattr(one, name)) for one in stand])
            for name in ("rows", "events", "units", "policies")
        ),
        *(
            (words, [NONE if (value := getattr(one, name)) is None else decimal(value, 2) for one in stand])
            for words, name in (
                ("Log-likelihood", "loglik"),
                ("AIC", "aic"),
                ("BIC (rows)", "bic_rows"),
                ("BIC (events)", "bic_events"),
            )
        ),
    ]
    told = [(name, tuple(cell or NONE for cell in cells)) for name, cells in rows]
    return tuple((name, cells) for name, cells in told if not {*cells} <= {NONE, NO})


def _has(estimate: Estimate, beginning: str) -> str:
    return YES if any(one.term.startswith(beginning) for one in estimate.coefficients) else NO


def _count(number: int) -> str:
    return f"{number:,}" if number else NONE


def _notes(history: EventHistory, stand: Sequence[Estimate]) -> list[str]:
    """What the numbers are, what each repetition changes, which have no model, and warnings."""
    notes = [f"{BRACKETS} {CAUTION}"]
    without = [at for at, one in enumerate(stand, start=1) if multiplies(one.model) is None]
    if without:
        notes.append(f"{_columns(without)}: coefficients in {PROPENSITY}.")
    if any(YES in cells for name, cells in _facts(stand) if name in ("Time at risk", "Effects of policies")):
        notes.append("Coefficients of time at risk and of policies are not shown.")
    if len({(one.rows, one.events) for one in stand}) > 1:
        notes.append("Log-likelihoods, AIC and BIC compare only models of the same rows.")
    for at, one in enumerate(stand, start=1):
        notes.append(f"({at}): {one.description} Formula: {one.formula}".replace("`", ""))
    for one in history.estimates:
        if one.refused is not None:
            notes.append(f"{_head(one)}: no model. {one.refused}".replace("`", ""))
    warnings: dict[str, list[int]] = {}
    for at, one in enumerate(stand, start=1):
        for warning in one.warnings:
            warnings.setdefault(warning.replace("`", ""), []).append(at)
    return notes + [f"{_columns(columns)}: {warning}" for warning, columns in warnings.items()]


def _columns(columns: Sequence[int]) -> str:
    return listed([f"({at})" for at in columns])


def _numbers(stand: Sequence[Estimate]) -> pl.DataFrame:
    import polars as pl

    names = ("term", "lag", "estimate", "std_error", "ci_low", "ci_high", "p")
    rows = [
        (f"({at}) {_head(one)}", *(getattr(coefficient, name) for name in names))
        for at, one in enumerate(stand, start=1)
        for coefficient in one.coefficients
    ]
    types = [pl.String, pl.String, pl.Int64, *[pl.Float64] * 5]
    return pl.DataFrame(rows, schema=dict(zip(("model", *names), types, strict=True)), orient="row")
