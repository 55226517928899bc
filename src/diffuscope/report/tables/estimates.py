"""What the dates alone say: panels and their ledgers, exposures, coefficients, and how models fit."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from diffuscope.errors import CaseError
from diffuscope.records.joined_rows import row_in_words
from diffuscope.records.phrases import counted
from diffuscope.report.models import FRAMES, stem
from diffuscope.report.tables.base import ANALYSIS, OutTable
from diffuscope.report.terms import multiplies

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diffuscope.records import Frame
    from diffuscope.report.cells import Cell
    from diffuscope.result import Result

MODEL = {"model_id": "main, or the id of the repetition."}
_COUNTED = ("rows", "events", "units", "policies", "simultaneous")
_EXPOSED = ("name", "mechanism", "layer", "form", "lag")
_SPREAD = ("rows", "known", "isolates", "mean", "sd", "min", "max", "refused")
_TERM = ("term", "mechanism", "estimate", "std_error", "ci_low", "ci_high", "p")
_EFFECT = ("effect", "effect_low", "effect_high", "effect_from", "effect_to")
_FIT = ("description", "model", "formula", "rows", "events", "units", "policies")
_SCORES = ("interval", "loglik", "aic", "bic_rows", "bic_events")


def panels(result: Result) -> OutTable:
    """One row per analysis: the panel its dates make, or why there is none."""
    return OutTable(
        name="panels",
        a_row_is="the panel of one analysis: who was at risk of adopting when",
        columns={
            **ANALYSIS,
            "refused": "Why there is no panel; empty where there is one.",
            "rows": "Rows at risk: one unit that could still adopt one policy, in one period.",
            "events": "Adoptions in these rows.",
            "units": "Units that were ever at risk.",
            "policies": "Policies that somebody was at risk of adopting.",
            "simultaneous": "Events that share their period with another of the same policy.",
            "notes": "What to keep in mind, separated by semicolons.",
        },
        rows=tuple(
            (
                history.analysis,
                history.refused,
                *(getattr(history, name) if history.refused is None else None for name in _COUNTED),
                _joined(history.notes),
            )
            for history in result.histories
        ),
    )


def panel_left_out(result: Result) -> OutTable:
    """The ledger: adoptions that are no event, and units never at risk."""
    return OutTable(
        name="panel_left_out",
        a_row_is="one reason why something is not in the panel of one analysis",
        columns={
            **ANALYSIS,
            "reason": "Why it was left out.",
            "table": "Table of the case that holds it.",
            "count": "How many were left out for this reason.",
            "file": "File or sheet of the case.",
            "rows": "Its rows, as a spreadsheet shows them, each with its sheet where there are several.",
        },
        rows=tuple(
            (
                history.analysis,
                left.reason,
                left.table,
                left.count,
                result.case.files.get(left.table),
                _joined(row_in_words(result.case.files.get(left.table, ""), row) for row in left.rows),
            )
            for history in result.histories
            for left in history.left_out
        ),
    )


def exposures(result: Result) -> OutTable:
    """One row per channel: the ties of each mechanism, and how far they are known."""
    return OutTable(
        name="exposures",
        a_row_is="one channel by which earlier adopters could have reached the others, in one analysis",
        columns={
            **ANALYSIS,
            "name": "Column of the panel, and term of the model.",
            "mechanism": "The mechanism whose channel it is; empty where it identifies none.",
            "layer": "The ties it runs through; empty where the case has none for it.",
            "form": "How ties and adopters are combined.",
            "lag": "Periods between an adoption and its effect.",
            "source": "Where the ties come from.",
            "derived_from": "What the ties were computed from, separated by semicolons.",
            "rows": "Rows of the panel.",
            "known": "Rows in which it is known.",
            "isolates": "Rows of units without ties.",
            "mean": "Mean where it is known.",
            "sd": "Standard deviation where it is known.",
            "min": "Smallest value.",
            "max": "Largest value.",
            "refused": "Why it is in no model; empty where it can be used.",
            "notes": "What to keep in mind, separated by semicolons.",
        },
        rows=tuple(
            (
                history.analysis,
                *(getattr(one, name) for name in _EXPOSED),
                one.source or None,
                _joined(one.derived_from),
                *(getattr(one, name) for name in _SPREAD),
                _joined(one.notes),
            )
            for history in result.histories
            for one in history.exposures
        ),
    )


def exposure_correlations(result: Result) -> OutTable:
    """How far two exposures go together."""
    return OutTable(
        name="exposure_correlations",
        a_row_is="two exposures of one analysis",
        columns={
            **ANALYSIS,
            "exposure": "One exposure.",
            "other": "The other.",
            "r": "Pearson's correlation in the rows where both are known.",
        },
        rows=tuple(
            (history.analysis, *pair) for history in result.histories for pair in history.correlations
        ),
    )


def coefficients(result: Result) -> OutTable:
    """Every coefficient of every model."""
    return OutTable(
        name="coefficients",
        a_row_is="one term of one model: without its safeguards no evidence of a mechanism",
        columns={
            **ANALYSIS,
            **MODEL,
            "term": "The term, as the formula names it.",
            "mechanism": "The mechanism whose exposure it is; empty where it identifies none.",
            "estimate": "Coefficient on the scale of the model: log odds, log hazard, or, of probit, "
            "standard deviations of the propensity to adopt.",
            "std_error": "Its standard error.",
            "ci_low": "Lower end of its 95 % interval; empty where it has none.",
            "ci_high": "Upper end.",
            "p": "Two-sided p-value.",
            "ratio": "Ratio of odds or hazards for one unit more: the exponential of the coefficient; "
            "empty of probit, which has none.",
            "effect": "Rise of the chance of adopting in a period, from effect_from to effect_to.",
            "effect_low": "Lower end of the 95 % interval of the effect.",
            "effect_high": "Upper end.",
            "effect_from": "10th percentile of the column (0 for a column of 0 and 1).",
            "effect_to": "90th percentile (1 for a column of 0 and 1).",
            "lag": "How many periods before the row the column was taken; empty of what has no date.",
        },
        rows=tuple(
            (
                history.analysis,
                estimate.id,
                *(getattr(one, name) for name in _TERM),
                _ratio(estimate.model, one.estimate),
                *(getattr(one, name) for name in _EFFECT),
                one.lag,
            )
            for history in result.histories
            for estimate in history.estimates
            for one in estimate.coefficients
        ),
    )


def _ratio(model: str, coefficient: float) -> float | None:
    return math.exp(coefficient) if multiplies(model) is not None and coefficient < _LARGEST else None


_LARGEST = 700.0
"""Coefficient beyond which a ratio is more than a number can hold."""


def fits(result: Result) -> OutTable:
    """One row per model: what it rests on, how it fits, and why it may not be trusted."""
    return OutTable(
        name="fits",
        a_row_is="one model of one analysis: the main one, or a repetition",
        columns={
            **ANALYSIS,
            **MODEL,
            "description": "What is fitted, or what is different from the main model.",
            "model": "Kind of model; empty where none could be fitted.",
            "formula": "The terms.",
            "rows": "Rows it rests on.",
            "events": "Events among them.",
            "units": "Units among them.",
            "policies": "Policies among them.",
            "clusters": "Ways in which rows are clustered, with the number of clusters of each.",
            "interval": "How intervals were made.",
            "loglik": "Log-likelihood.",
            "aic": "Akaike's information criterion; smaller fits better, on the same rows.",
            "bic_rows": "Bayesian information criterion, counting rows.",
            "bic_events": "Bayesian information criterion, counting events.",
            "left_out": "Rows of the panel that are not in the model, with why.",
            "warnings": "Why the estimates may not be trusted, separated by semicolons.",
            "refused": "Why nothing could be fitted; empty where a model was fitted.",
        },
        rows=tuple(
            (
                history.analysis,
                estimate.id,
                *(getattr(estimate, name) or None for name in _FIT),
                _joined(f"{count} by {name}" for name, count in estimate.clusters),
                *(getattr(estimate, name) for name in _SCORES),
                _joined(f"{counted(count, 'row')}: {reason}" for reason, count in estimate.left_out),
                _joined(estimate.warnings),
                estimate.refused,
            )
            for history in result.histories
            for estimate in history.estimates
        ),
    )


def frames_of_estimates(result: Result) -> dict[str, str]:
    """Frames of a result that belong to the estimates of one analysis, each with the name of its file."""
    names = {
        f"{kind}_{history.analysis}": f"{kind}-{stem(history.analysis)}"
        for history in result.histories
        for kind in FRAMES
    }
    return {name: file for name, file in names.items() if name in result.frames}


def panel_tables(result: Result) -> Iterable[OutTable]:
    """Rows at risk, hazards and curves of each analysis, as files alone: they are long, and for programs."""
    for name, file in frames_of_estimates(result).items():
        kind = name.partition("_")[0]
        declared = result.tables.get(name)
        frame = result.frames[name]
        yield OutTable(
            name=file,
            a_row_is=declared.a_row_is if declared else A_ROW_IS[kind],
            columns={
                column: (declared.columns.get(column) if declared else None) or COLUMNS.get(column, _OTHER)
                for column in frame.columns
            },
            rows=rows_of(name, frame),
            in_workbook=False,
        )


def rows_of(name: str, frame: Frame) -> tuple[tuple[Cell, ...], ...]:
    """The rows of a frame, which must have been read with the result.

    Raises
    ------
    CaseError
        If they stand in a file beside the result that was not read with it.
    """
    if frame.rows is None:
        raise CaseError(
            f"The rows of `{name}` are in `{frame.file}`; read the result with read_result, which finds it."
        )
    return tuple(frame.rows)


A_ROW_IS = {
    "panel": "one unit at risk of adopting one policy in one period: what the models were fitted to",
    "hazard": "one time at risk: who adopted of those that could, and by the main model",
    "curve": "one time at risk: who had adopted by then, and by the main model",
}
COLUMNS = {
    "unit": "Who was at risk.",
    "policy": "Of adopting what.",
    "period": "The period, by its name.",
    "time": "The number of the period.",
    "duration": "Time at risk by the end of the row, in periods.",
    "event": "1 where the policy was adopted in this period.",
    "gap": "Length of the row, in periods.",
    "spell": "2 where the unit is at risk again, after a repeal.",
    "at_risk": "How many could adopt.",
    "events": "How many did.",
    "hazard": "Their share.",
    "model": "The same by the main model, all else at its mean; empty where it has no time at risk.",
    "observed": "Share that would have adopted by then if all had been at risk from the beginning.",
    "adopted": "The same by the main model.",
    "ci_low": "Lower end of its 95 % interval.",
    "ci_high": "Upper end.",
}
_OTHER = "An exposure or another variable; empty where it is unknown."


def _joined(parts: Iterable[str]) -> str | None:
    return "; ".join(parts) or None
