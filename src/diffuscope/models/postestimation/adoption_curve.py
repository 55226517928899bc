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
    from diffuscope.records.arrays import Numbers


def adoption_curve(fit: Fit, panel: Frame, by: str | None = None) -> pl.DataFrame:
    """Adoption curve: chance of having adopted by each time at risk, 1 - Π(1-h), with a 95 % interval.

    The hazard at each time is the mean over the rows observed then, so the curve is that of an average unit
    with the covariates of those still at risk. With dummies of durations, the hazard is 0 where nobody had
    the event at a duration, and 1 where everybody had it: the curve is 1 from there on. It ends before a
    duration that the model knows nothing of.

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
        complementary log-log scale by the delta method, so it stays within 0 and 1; where the curve is 1, it
        reaches from the lower end before to 1.
    """
    import polars as pl

    link_of(fit)
    rows = rows_for(fit, panel, [name for name in ("duration", by) if name], every_duration=True)
    key = ([by] if by else []) + ["duration"]
    curves = []
    for _, group in rows.sort(*key, "row").group_by(by or pl.lit(0), maintain_order=True):
        part = group.with_row_index("position")
        times = part.group_by("duration", maintain_order=True).agg(
            "position", **({by: pl.col(by).first()} if by else {})
        )
        points = _points(fit, part, times)
        adopted, low, high = np.array(points).reshape(-1, 3).T
        curves.append(times.head(len(points)).drop("position").with_columns(
            adopted=pl.Series(adopted), ci_low=pl.Series(low), ci_high=pl.Series(high)
        ))  # fmt: skip
    return pl.concat(curves).select(*key, "adopted", "ci_low", "ci_high")


def _points(fit: Fit, part: pl.DataFrame, times: pl.DataFrame) -> list[tuple[float, float, float]]:
    """Chance of having adopted by each time, with the ends of its interval, as far as the model says."""
    link, basis = link_of(fit), fit.design.basis
    durations = times["duration"].cast(float).to_numpy()
    dummies = basis is not None and basis.form == "dummies"
    known = basis.knows(durations) if basis is not None else np.ones(durations.size, dtype=bool)
    certain = basis.certain(durations) if basis is not None and dummies else np.full(durations.size, np.nan)
    cumulated, gradient = 0.0, np.zeros(len(fit.names))
    points = [(0.0, 0.0, 0.0)]
    for at, own in enumerate(times["position"]):
        if points[-1][0] == 1 or certain[at] == 1:
            points.append((1.0, points[-1][1], 1.0))
        elif certain[at] == 0:
            points.append(points[-1])
        elif not known[at]:
            break
        else:
            x, eta = linear(fit, part[own])
            h = float(np.clip(hazard(link, eta).mean(), 0, 1 - 1e-15))
            cumulated -= np.log1p(-h)
            # d(-log(1 - h)) = dh / (1 - h)
            gradient = gradient + x.T @ hazard_derivative(link, eta) / eta.size / (1 - h)
            points.append(_with_interval(fit, cumulated, gradient))
    return points[1:]


def _with_interval(fit: Fit, cumulated: float, gradient: Numbers) -> tuple[float, float, float]:
    """From a cumulated hazard and its gradient by the coefficients to the chance and its interval."""
    variance = float(gradient @ fit.covariance @ gradient)
    # of log H, H being the cumulated hazard: the complementary log-log of the chance 1 - exp(-H)
    error = max(variance, 0.0) ** 0.5 / max(cumulated, 1e-300)
    reach = np.exp(critical(fit.df) * error)
    adopted, low, high = (float(-np.expm1(-cumulated * scale)) for scale in (1.0, 1 / reach, reach))
    return adopted, low, high
