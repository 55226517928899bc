"""Likelihood-ratio tests: which shape of time at risk the data ask for, each against none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scipy.special import chdtrc

from diffuscope.errors import MethodError, PlanError
from diffuscope.models.design.complete_cases import frame_of, need
from diffuscope.models.estimators.event_history import event_history
from diffuscope.records.phrases import counted

if TYPE_CHECKING:
    import polars as pl

    from diffuscope.models.fit import Fit
    from diffuscope.models.types import DurationForm, Link, PolicyEffects
    from diffuscope.panel.native_frames import Frame

FORMS: tuple[DurationForm, ...] = ("cubic", "spline", "dummies")


def likelihood_ratio(small: Fit, large: Fit, panel: Frame | None = None) -> tuple[float, int, float]:
    """Likelihood-ratio test: whether a larger model fits better than one nested in it.

    Of Firth's estimator the penalised likelihoods of two models cannot be compared, as each has the penalty
    of its own columns: the larger model is fitted again with the further coefficients held at zero, under the
    penalty of all its columns (Heinze & Schemper 2002, doi:10.1002/sim.1047).

    Parameters
    ----------
    small, large : Fit
        Fitted by the same estimator to the same rows; the terms of the first are among those of the second.
    panel : pandas, Polars or Arrow table, or a panel, optional
        The rows of both, which Firth's estimator needs.

    Returns
    -------
    tuple of (float, int, float)
        Statistic 2(ℓ₁ - ℓ₀), degrees of freedom, p-value.

    Raises
    ------
    MethodError
        If the two do not rest on the same rows, or are not nested by name.
    PlanError
        If rows are needed, and not given.
    """
    if (small.model, small.rows, small.events) != (large.model, large.rows, large.events):
        raise MethodError(
            "The two fits do not use the same estimator and the same rows, so they cannot be compared."
        )
    more = len(large.names) - len(small.names)
    if more < 1 or not set(small.names) <= set(large.names):
        raise MethodError("The first fit is not nested in the second.")
    rise = large.loglik - small.loglik
    if large.loglik_penalised is not None:
        rise = _penalised_rise(small, large, panel)
    # of nested models the larger is never worse: less than zero is rounding
    statistic = max(2 * rise, 0.0)
    return statistic, more, float(chdtrc(more, statistic))


def _penalised_rise(small: Fit, large: Fit, panel: Frame | None) -> float:
    """By how much the penalised likelihood falls with the further coefficients held at zero."""
    from diffuscope.models.refit.refitter import Refitter

    if panel is None:
        raise PlanError("A likelihood-ratio test of Firth's estimator needs the rows: give `panel`.")
    refitter = Refitter.of(large, panel)
    held = [at for at, name in enumerate(large.names) if name not in small.names]
    return refitter.max_loglik() - refitter.max_loglik(held)


def compare_durations(
    formula: str,
    panel: Frame,
    *,
    link: Link = "logit",
    weights: str | None = None,
    offset: str | None = None,
    policy_effects: PolicyEffects = "none",
) -> pl.DataFrame:
    """Likelihood-ratio tests of duration dependence: which shape of time at risk the data ask for.

    Parameters
    ----------
    formula, panel, link, weights, offset, policy_effects
        As for `event_history`; the panel has the column `duration`.

    Returns
    -------
    polars.DataFrame
        duration (none, cubic, spline, dummies), parameters, df, loglik, statistic and p (of the
        likelihood-ratio test against none), aic, bic_rows, bic_events, and, for a shape that cannot be
        fitted, why.
    """
    import polars as pl

    frame = frame_of(panel)
    need(frame, ["duration"], "compare_durations")
    known = frame.filter(frame["duration"].is_not_null())

    def fitted(form: DurationForm | None) -> Fit:
        return event_history(
            formula, known, link=link, cluster=None, duration=form, weights=weights, offset=offset,
            policy_effects=policy_effects,
        )  # fmt: skip

    none = fitted(None)
    rows = [_row("none", none)]
    for form in FORMS:
        try:
            fit = fitted(form)
        except MethodError as error:
            rows.append({"duration": form, "why": str(error)})
            continue
        if fit.rows < none.rows:
            # the likelihood of durations that are left out is 1, but each of them takes a coefficient too
            fewer = none.rows - fit.rows
            lost = counted(
                fewer, "row of durations without an event is", "rows of durations without an event are"
            )
            why = f"{lost} left out, so there is no test"
            rows.append(_row(form, fit) | {"why": why})
            continue
        rows.append(_row(form, fit, likelihood_ratio(none, fit)))
    texts, counts = dict.fromkeys(("duration", "why"), pl.String), dict.fromkeys(_COUNTS, pl.Int64)
    made = pl.DataFrame(rows, schema=texts | counts | dict.fromkeys(_NUMBERS, pl.Float64))
    return made.select("duration", *_COUNTS, *_NUMBERS, "why")


_COUNTS = ("parameters", "df")
_NUMBERS = ("loglik", "statistic", "p", "aic", "bic_rows", "bic_events")


def _row(form: str, fit: Fit, test: tuple[float, int, float] | None = None) -> dict[str, object]:
    statistic, degrees, p = test or (None, None, None)
    measures = {"loglik": fit.loglik, "aic": fit.aic, "bic_rows": fit.bic_rows, "bic_events": fit.bic_events}
    compared = {"statistic": statistic, "df": degrees, "p": p}
    return {"duration": form, "parameters": len(fit.names), **measures, **compared, "why": None}
