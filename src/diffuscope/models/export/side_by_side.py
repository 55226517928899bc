"""Regression table of several fits: terms aligned, errors or intervals in brackets, numbers of each fit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from diffuscope.errors import PlanError
from diffuscope.models.coefficient_table import UNKNOWN, number
from diffuscope.models.design.model_frame import INTERCEPT
from diffuscope.models.export.model_column import (
    NO,
    AnyFit,
    has_no_ratios,
    model_coefficients,
    model_facts,
    of_columns,
    of_time_or_policies,
)
from diffuscope.models.fit import Fit
from diffuscope.models.types import CONDITIONAL_LOGIT
from diffuscope.panel.covariates import TIMES
from diffuscope.panel.panel import Panel
from diffuscope.records.numbers import times
from diffuscope.records.phrases import listed
from diffuscope.records.regression import RegressionTable, TermRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import polars as pl

    from diffuscope.models.export.model_column import ModelCoefficient

Below = Literal["errors", "intervals"]
STARS = ((0.001, "***"), (0.01, "**"), (0.05, "*"))
ABSORBED = "absorbed"


def regression_table(
    fits: Sequence[AnyFit],
    labels: Sequence[str] | None = None,
    *,
    title: str = "Event-history models of adoption",
    terms: Mapping[str, str] | None = None,
    below: Below = "errors",
    ratios: bool = False,
    stars: bool = False,
    decimals: int = 3,
    effects: Sequence[str] = (),
    time_terms: bool = False,
    lags: Mapping[str, int] | Sequence[Mapping[str, int]] | Panel | None = None,
) -> RegressionTable:
    """Regression table with several models side by side, for a paper.

    Parameters
    ----------
    fits : sequence of Fit, CombinedFit or PooledFit
    labels : sequence of str, optional
        Head of each column; without them (1), (2) and so on.
    title : str
    terms : mapping of str to str, optional
        What terms are called in the table. These come first, in this order; then the others as models have
        them; the intercept is last.
    below : {"errors", "intervals"}
        What stands in brackets below an estimate: its standard error, or its 95 % interval.
    ratios : bool
        Exponentiated coefficients: ratios of odds or hazards, with intervals.
    stars : bool
        Mark p-values below .05, .01 and .001. Off, as the American Statistical Association advises
        (Wasserstein & Lazar 2016, doi:10.1080/00031305.2016.1154108).
    decimals : int
        Decimals of coefficients; one that would round to zero keeps its first digit.
    effects : sequence of str
        Columns, such as ``period`` or ``region``, whose coefficients are left out: a row says yes or no.
    time_terms : bool
        Show the coefficients of time at risk and of policies; otherwise rows say which a model has.
    lags : mapping of str to int, one such for each model, or Panel, optional
        Periods by which a column is lagged, shown beside its terms; a panel knows those of its columns. The
        same term with another lag has a row of its own.

    Returns
    -------
    RegressionTable

    Raises
    ------
    PlanError
        If there is no fit, `labels` or `lags` are not one for each, ratios are asked for
        with errors, or of probit.
    """
    fits = list(fits)
    heads = _heads(fits, labels)
    if ratios and any(has_no_ratios(fit.model) for fit in fits):
        raise PlanError("Coefficients of probit have no ratios: use `ratios=False`.")
    if ratios and below == "errors":
        raise PlanError('Ratios have no symmetric errors: use `below="intervals"` with `ratios=True`.')
    style = _Style(below=below, ratios=ratios, stars=stars, decimals=decimals)
    columns = [model_coefficients(fit, own) for fit, own in zip(fits, _lags(lags, len(fits)), strict=True)]
    left_out = [
        of_columns(fit, effects) | (set() if time_terms else of_time_or_policies(fit)) for fit in fits
    ]
    return RegressionTable(
        title=title,
        models=heads,
        terms=_rows(fits, columns, left_out, terms or {}, style),
        facts=_facts(fits, effects, ratios=ratios),
        notes=(*style.notes(any(left_out)), *_notes(fits, heads)),
        estimates=_estimates(heads, columns),
    )


@dataclass(frozen=True, kw_only=True)
class _Style:
    """How an estimate and what stands below it are printed."""

    below: Below
    ratios: bool
    stars: bool
    decimals: int

    def estimate(self, one: ModelCoefficient) -> str:
        return self._number(one.estimate) + (_stars(one.p) if self.stars else "")

    def bracket(self, one: ModelCoefficient) -> str:
        if self.below == "errors":
            return f"({number(one.std_error, self.decimals)})"
        return f"[{self._number(one.ci_low)}, {self._number(one.ci_high)}]"

    def _number(self, value: float) -> str:
        if not self.ratios or not math.isfinite(value):
            return number(value, self.decimals)
        # exp(710) overflows a double
        return times(math.exp(min(value, 700.0)))

    def notes(self, left_out: bool) -> Iterator[str]:
        kind = "Ratios (exponentiated coefficients)" if self.ratios else "Coefficients"
        yield f"{kind} with {'standard errors' if self.below == 'errors' else '95 % intervals'} in brackets."
        if self.stars:
            yield "* p < 0.05, ** p < 0.01, *** p < 0.001."
        if left_out:
            yield "Coefficients of the effects and of time at risk that rows name are not shown."


def _rows(
    fits: Sequence[AnyFit],
    columns: Sequence[Sequence[ModelCoefficient]],
    left_out: Sequence[set[str]],
    terms: Mapping[str, str],
    style: _Style,
) -> tuple[TermRow, ...]:
    """A row for each term that is shown, with the estimate of each model that has it."""
    shown = [
        {one.shown: one for one in column if one.term not in hidden}
        for column, hidden in zip(columns, left_out, strict=True)
    ]
    rows = []
    for name in _order(shown, terms):
        cells = [
            style.estimate(own[name]) if name in own else ABSORBED if name in _absorbed(fit) else ""
            for fit, own in zip(fits, shown, strict=True)
        ]
        below = tuple(style.bracket(own[name]) if name in own else "" for own in shown)
        rows.append(TermRow(term=_called(name, terms), estimates=tuple(cells), below=below))
    return tuple(rows)


def _heads(fits: Sequence[AnyFit], labels: Sequence[str] | None) -> tuple[str, ...]:
    if not fits:
        raise PlanError("A regression table needs at least one fit.")
    numbers = [f"({at})" for at in range(1, len(fits) + 1)]
    if labels is None:
        return tuple(numbers)
    if len(labels) != len(fits):
        raise PlanError(f"There are {len(fits)} fits and {len(labels)} labels: give one for each.")
    # the number keeps heads apart where labels are the same, and notes point to it
    return tuple(f"{at} {label}" for at, label in zip(numbers, labels, strict=True))


def _lags(lags: Any, models: int) -> list[Mapping[str, int]]:
    if lags is None:
        return [{}] * models
    if isinstance(lags, Panel):
        return [lags_of_panel(lags)] * models
    if hasattr(lags, "keys"):
        return [lags] * models
    every = list(lags)
    if len(every) != models:
        raise PlanError(f"There are {models} fits and {len(every)} mappings of lags: give one for each.")
    return every


def lags_of_panel(panel: Panel) -> dict[str, int]:
    """Lags of the covariates and exposures of a panel, by column.

    Parameters
    ----------
    panel : Panel

    Returns
    -------
    dict of str to int
        Without columns that were joined to the panel by hand.
    """
    if panel.history is None:
        return {}
    covariates = {
        column: lag
        for frame, lag, _ in panel.history.covariates
        if set(TIMES) & set(frame.columns)  # what has no date has no lag
        for column in frame.columns
    }
    return covariates | {one.name: one.spec.lag for one in panel.history.exposures}


def _order(shown: Sequence[Mapping[str, ModelCoefficient]], terms: Mapping[str, str]) -> list[str]:
    """Terms in the order asked for, then as they first come; the intercept last, as journals have it."""
    every = list(dict.fromkeys(name for own in shown for name in own))
    by_term = {one.shown: one.term for own in shown for one in own.values()}
    first = [name for wanted in terms for name in every if wanted in (name, by_term[name])]
    rest = [name for name in every if name not in first]
    order = [*dict.fromkeys(first), *rest]
    return sorted(order, key=lambda name: name == INTERCEPT)  # stable: the others keep their places


def _called(name: str, terms: Mapping[str, str]) -> str:
    if name in terms:
        return terms[name]
    bare, lag, rest = name.rpartition(" (lag ")
    if lag and bare in terms:
        return f"{terms[bare]}{lag}{rest}"
    return "Intercept" if name == INTERCEPT else name


def _absorbed(fit: AnyFit) -> tuple[str, ...]:
    return fit.dropped_terms if isinstance(fit, Fit) else ()


def _stars(p: float | None) -> str:
    return "" if p is None else next((mark for level, mark in STARS if p < level), "")


def _facts(
    fits: Sequence[AnyFit], effects: Iterable[str], *, ratios: bool
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What each model rests on; a row that says nothing of any model is left out."""
    each = [model_facts(fit, ratios=ratios) for fit in fits]
    rows = {name: tuple(one[name] for one in each) for name in each[0]}
    named = {
        f"Effects of {column}": tuple("yes" if of_columns(fit, [column]) else NO for fit in fits)
        for column in effects
    }
    at = list(rows).index("Time at risk")
    ordered = [*list(rows.items())[:at], *named.items(), *list(rows.items())[at:]]
    return tuple((name, cells) for name, cells in ordered if set(cells) != {UNKNOWN})


def _notes(fits: Sequence[AnyFit], heads: Sequence[str]) -> list[str]:
    """What cannot be compared, what effects absorb, and the warnings of each model."""
    numbers = [head.partition(" ")[0] for head in heads]
    notes = _not_comparable(fits, numbers)
    drawn = [at for at, fit in zip(numbers, fits, strict=True) if not isinstance(fit, Fit)]
    if drawn:
        notes.append(f"{listed(drawn)}: combined over draws, which leaves no likelihood to compare.")
    by_warning: dict[str, list[str]] = {}
    for at, fit in zip(numbers, fits, strict=True):
        absorbed = _absorbed(fit)
        if absorbed:
            notes.append(f"{at}: fixed effects or time at risk absorb {listed(absorbed)}.")
        for warning in fit.warnings:
            by_warning.setdefault(warning.replace("`", ""), []).append(at)
    return [*notes, *(f"{listed(which)}: {warning}" for warning, which in by_warning.items())]


def _not_comparable(fits: Sequence[AnyFit], numbers: Sequence[str]) -> list[str]:
    """Likelihoods compare models of the same outcome and rows, and of one kind of likelihood."""
    groups: dict[tuple[object, ...], list[str]] = {}
    for at, fit in zip(numbers, fits, strict=True):
        if isinstance(fit, Fit):
            partial = fit.span is not None or fit.model.startswith("Cox")
            kind = "partial" if partial else "conditional" if fit.model == CONDITIONAL_LOGIT else "full"
            key = (kind, fit.outcome, fit.rows, fit.events, fit.weights, fit.strata)
            groups.setdefault(key, []).append(at)
    notes = []
    if len(groups) > 1:
        alike = "; ".join(listed(group) for group in groups.values())
        notes.append(
            "Log-likelihoods, AIC and BIC compare only models with the same likelihood, outcome and rows: "
            f"{alike}."
        )
    penalised = [
        at
        for at, fit in zip(numbers, fits, strict=True)
        if getattr(fit, "loglik_penalised", None) is not None
    ]
    if penalised:
        notes.append(
            f"{listed(penalised)}: log-likelihood, AIC and BIC without Firth's penalty, at the penalised "
            "estimate; they do not reach the maximum."
        )
    return notes


def _estimates(heads: Sequence[str], columns: Sequence[Sequence[ModelCoefficient]]) -> pl.DataFrame:
    import polars as pl

    names = ("term", "lag", "estimate", "std_error", "ci_low", "ci_high", "p")
    rows = [
        (head, *(getattr(one, name) for name in names))
        for head, column in zip(heads, columns, strict=True)
        for one in column
    ]
    types = [pl.String, pl.String, pl.Int64, *[pl.Float64] * 5]
    return pl.DataFrame(rows, schema=dict(zip(("model", *names), types, strict=True)), orient="row")
