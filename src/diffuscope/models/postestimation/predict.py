"""Predicted hazards of a fitted model for rows of a frame, with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from diffuscope.errors import MethodError
from diffuscope.models.design.complete_cases import complete, frame_of, need
from diffuscope.models.inference.wald import critical
from diffuscope.models.likelihood.links import hazard
from diffuscope.models.types import CONDITIONAL_LOGIT, LINKS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import polars as pl

    from diffuscope.models.estimators.pooled import PooledFit
    from diffuscope.models.fit import Fit
    from diffuscope.models.types import Link
    from diffuscope.panel.native_frames import Frame
    from diffuscope.records.arrays import Numbers

AT_ONCE = 50_000
"""Rows whose columns are made at a time."""


def link_of(fit: Fit) -> Link:
    """How a fit's linear predictor becomes a hazard."""
    if fit.span is not None:
        raise MethodError(
            "Cox's model does not estimate the baseline hazard, so it predicts no hazards; fit "
            "`event_history`."
        )
    if fit.model == CONDITIONAL_LOGIT:
        raise MethodError(
            "Conditional logit does not estimate the levels of strata, so it predicts no hazards; fit "
            "`event_history`."
        )
    return next((link for link in LINKS if link == fit.model), "logit")  # Firth's is the logit


def rows_for(
    fit: Fit | PooledFit, panel: Frame, also: Sequence[str] = (), *, every_duration: bool = False
) -> pl.DataFrame:
    """Rows of a frame that the model can say something about; also those of durations without a dummy."""
    frame = frame_of(panel)
    needed = [*fit.design.needs(), *also]
    need(frame, needed, "The fitted model")
    identity = [name for name in ("unit", "policy", "time", "duration") if name in frame.columns]
    rows, _ = complete(frame.with_row_index("row"), ["row", *needed])
    extra = [name for name in identity if name not in rows.columns]
    if extra:
        rows = rows.hstack(frame.select(extra)[rows["row"]])
    if fit.design.basis is not None and fit.design.basis.form == "dummies" and not every_duration:
        import polars as pl

        durations = rows["duration"].cast(pl.Float64).to_numpy()
        rows = rows.filter(pl.Series(fit.design.basis.knows(durations)))
    if rows.is_empty():
        raise MethodError("In every row, a value that the model needs is missing.")
    if fit.design.policies:
        strange = rows.filter(~rows["policy"].is_in(list(fit.design.policies)))["policy"]
        if strange.len():
            raise MethodError(
                f"The model has no effect for the policy `{strange[0]}`, so it cannot predict for it."
            )
    return rows


def linear(fit: Fit, rows: pl.DataFrame) -> tuple[Numbers, Numbers]:
    """Columns of the model, shape (n, k), and linear predictor, shape (n,), for some rows."""
    x = fit.design.matrix(rows)
    offset = fit.design.offsets(rows)
    eta = x @ fit.coefficients
    return x, eta if offset is None else eta + offset


def parts(fit: Fit, rows: pl.DataFrame) -> Iterator[tuple[Numbers, Numbers]]:
    """Columns and linear predictor of some rows at a time: with many policies, all at once would not fit."""
    for start in range(0, rows.height, AT_ONCE):
        yield linear(fit, rows[start : start + AT_ONCE])


def predicted_hazard(fit: Fit, panel: Frame) -> pl.DataFrame:
    """Predicted hazard of each row by a fitted model, with a 95 % interval.

    Parameters
    ----------
    fit : Fit
        By `event_history` or `firth`.
    panel : pandas, Polars or Arrow table, or a panel
        Rows to predict, of the fit or new ones; those with a missing value are passed over, and so are those
        of a duration that has no dummy.

    Returns
    -------
    polars.DataFrame
        row (its position in `panel`), unit, policy, time and duration where the panel has them, hazard, low,
        high. Ends are those of the linear predictor, so they stay within 0 and 1.
    """
    import polars as pl

    link, rows = link_of(fit), rows_for(fit, panel)
    batches = [(eta, _reach(fit, x)) for x, eta in parts(fit, rows)]
    eta, reach = (np.concatenate(each) for each in zip(*batches, strict=True))
    known = [name for name in ("row", "unit", "policy", "time", "duration") if name in rows.columns]
    return rows.select(known).with_columns(
        hazard=pl.Series(hazard(link, eta)),
        ci_low=pl.Series(hazard(link, eta - reach)),
        ci_high=pl.Series(hazard(link, eta + reach)),
    )


def baseline_hazard(fit: Fit, panel: Frame) -> pl.DataFrame:
    """Baseline hazard over time at risk, all other columns at their means, with a 95 % band.

    Parameters
    ----------
    fit : Fit
        Of a model with `duration`.
    panel : pandas, Polars or Arrow table, or a panel
        The rows it was fitted to.

    Returns
    -------
    polars.DataFrame
        duration, hazard, ci_low, ci_high, and the rows and events observed there.
    """
    import polars as pl

    if fit.design.basis is None:
        raise MethodError("The model has no time at risk; fit it with `duration=`.")
    link = link_of(fit)
    rows = rows_for(fit, panel, [fit.outcome, "duration"])
    means = sum(x.sum(axis=0) for x, _ in parts(fit, rows)) / rows.height
    offset = fit.design.offsets(rows)
    observed = rows.group_by("duration").agg(rows=pl.len(), events=pl.col(fit.outcome).sum()).sort("duration")
    # hazard of a row with average columns, not the average hazard: of a curved link they differ
    at = np.tile(means, (observed.height, 1))
    for name, column in zip(
        fit.design.basis.names(),
        fit.design.basis.columns(observed["duration"].to_numpy().astype(float)),
        strict=True,
    ):
        if name in fit.names:
            at[:, fit.names.index(name)] = column
    eta = at @ fit.coefficients + (0.0 if offset is None else float(offset.mean()))
    reach = _reach(fit, at)
    return observed.select(
        "duration",
        pl.Series("hazard", hazard(link, eta)),
        pl.Series("ci_low", hazard(link, eta - reach)),
        pl.Series("ci_high", hazard(link, eta + reach)),
        "rows",
        "events",
    )


def _reach(fit: Fit, x: Numbers) -> Numbers:
    """From the linear predictor to the end of its 95 % interval."""
    variance = np.einsum("rk,rk->r", x @ fit.covariance, x)
    return np.asarray(critical(fit.df) * np.sqrt(np.maximum(variance, 0)))
