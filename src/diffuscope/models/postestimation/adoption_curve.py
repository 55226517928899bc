"""Adoption curves: the chance that a unit has adopted by some time at risk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from diffuscope.models.inference.wald import critical
from diffuscope.models.likelihood.links import hazard, hazard_derivative
from diffuscope.models.postestimation.predict import linear, link_of, rows_for

if TYPE_CHECKING:
    import polars as pl

    from diffuscope.models.fit import Fit
    from diffuscope.panel.native_frames import Frame


def adoption_curve(fit: Fit, panel: Frame, by: str | None = None) -> pl.DataFrame:
    """Chance of having adopted by each time at risk, 1 - Π(1-h), with a 95 % interval.

    The hazard at each time is the mean over the rows observed then, so the curve is that of an average unit
    with the covariates of those still at risk.

    Parameters
    ----------
    fit : Fit
        By `event_history` or `firth`.
    panel : pandas, Polars or Arrow table, or a panel
        Rows with the column `duration`.
    by : str, optional
        Column of groups, such as `policy`, with a curve each.

    Returns
    -------
    polars.DataFrame
        The group where asked for, duration, adopted, ci_low, ci_high. The interval is built on the
        complementary log-log scale by the delta method, so it stays within 0 and 1.
    """
    import polars as pl

    link = link_of(fit)
    rows = rows_for(fit, panel, [name for name in ("duration", by) if name])
    key = ([by] if by else []) + ["duration"]
    rows = rows.with_row_index("position")
    curves = []
    for _, part in rows.sort(*key, "position").group_by(by or pl.lit(0), maintain_order=True):
        times = part.group_by("duration", maintain_order=True).agg(
            "position", **({by: pl.col(by).first()} if by else {})
        )
        cumulated, gradient, points = 0.0, np.zeros(len(fit.names)), []
        for own in times["position"]:
            x, eta = linear(fit, rows[own])
            h = float(np.clip(hazard(link, eta).mean(), 0, 1 - 1e-15))
            cumulated -= np.log1p(-h)
            gradient = gradient + x.T @ hazard_derivative(link, eta) / eta.size / (1 - h)
            spread = float(gradient @ fit.covariance @ gradient)
            error = max(spread, 0.0) ** 0.5 / max(cumulated, 1e-300)
            reach = np.exp(critical(fit.df) * error)
            points.append([-np.expm1(-cumulated * scale) for scale in (1.0, 1 / reach, reach)])
        adopted, low, high = np.array(points).T
        curves.append(times.drop("position").with_columns(
            adopted=pl.Series(adopted), ci_low=pl.Series(low), ci_high=pl.Series(high)
        ))  # fmt: skip
    return pl.concat(curves).select(*key, "adopted", "ci_low", "ci_high")
