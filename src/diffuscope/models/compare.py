"""Which shape of time at risk the data ask for: likelihood-ratio tests of each against none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scipy.special import chdtrc

from diffuscope.errors import MethodError
from diffuscope.models.history import event_history

if TYPE_CHECKING:
    import polars as pl

    from diffuscope.models.fit import Fit
    from diffuscope.models.types import DurationForm, Frame, Link, PolicyEffects

FORMS: tuple[DurationForm, ...] = ("cubic", "spline", "dummies")


def likelihood_ratio(small: Fit, large: Fit) -> tuple[float, int, float]:
    """Whether a larger model fits better than one nested in it.

    Parameters
    ----------
    small, large : Fit
        Fitted by the same estimator to the same rows; the terms of the first are among those of the second.

    Returns
    -------
    tuple of (float, int, float)
        Statistic 2(ℓ₁ - ℓ₀), degrees of freedom, p-value.

    Raises
    ------
    MethodError
        If the two do not rest on the same rows, or are not nested by name.
    """
    if (small.model, small.rows, small.events) != (large.model, large.rows, large.events):
        raise MethodError(
            "The two fits are not by one estimator to the same rows, so they cannot be compared."
        )
    more = len(large.names) - len(small.names)
    if more < 1 or not set(small.names) <= set(large.names):
        raise MethodError("The first fit is not nested in the second.")
    statistic = max(2 * (large.loglik - small.loglik), 0.0)
    return statistic, more, float(chdtrc(more, statistic))


def compare_durations(
    formula: str,
    panel: Frame,
    *,
    link: Link = "logit",
    weights: str | None = None,
    offset: str | None = None,
    policy_effects: PolicyEffects = "none",
) -> pl.DataFrame:
    """Which shape of time at risk the data ask for.

    Parameters
    ----------
    formula, panel, link, weights, offset, policy_effects
        As for `event_history`; the panel has the column `duration`.

    Returns
    -------
    polars.DataFrame
        duration (none, cubic, spline, dummies), parameters, loglik, statistic, degrees, p (of the
        likelihood-ratio test against none), aic, bic_rows, bic_events, and, for a shape that cannot be
        fitted, why.
    """
    import polars as pl

    from diffuscope.models.rows import frame_of, need

    frame = frame_of(panel)
    need(frame, ["duration"], "compare_durations")
    known = frame.filter(frame["duration"].is_not_null())
    rows: list[dict[str, object]] = []
    none: Fit | None = None
    for form in (None, *FORMS):
        try:
            fit = event_history(
                formula, known, link=link, cluster=None, duration=form, weights=weights, offset=offset,
                policy_effects=policy_effects,
            )  # fmt: skip
        except MethodError as error:
            if form is None:
                raise
            rows.append({"duration": form, "why": str(error)})
            continue
        none = none or fit
        test = (
            likelihood_ratio(none, fit) if form and len(fit.names) > len(none.names) else (None, None, None)
        )
        rows.append(
            {
                "duration": form or "none", "parameters": len(fit.names), "loglik": fit.loglik,
                "statistic": test[0], "degrees": test[1], "p": test[2], "aic": fit.aic,
                "bic_rows": fit.bic_rows, "bic_events": fit.bic_events, "why": None,
            }
        )  # fmt: skip
    schema = {"duration": pl.String, "parameters": pl.Int64, "degrees": pl.Int64, "why": pl.String}
    order = [
        "duration",
        "parameters",
        "loglik",
        "statistic",
        "degrees",
        "p",
        "aic",
        "bic_rows",
        "bic_events",
        "why",
    ]
    return pl.DataFrame(rows, schema={name: schema.get(name, pl.Float64) for name in order})
