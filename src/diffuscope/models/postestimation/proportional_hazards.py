"""Proportional-hazards test: the score test of coefficients that change with time.

Grambsch & Therneau 1994 (doi:10.1093/biomet/81.3.515), on Schoenfeld residuals; the variance is the exact one
of the score, as in `cox.zph` of R's survival from version 3 on, and not its average over events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.special import chdtrc

from diffuscope.errors import MethodError, PlanError
from diffuscope.models.design.complete_cases import frame_of
from diffuscope.models.design.counting_rows import counting_rows, with_spans
from diffuscope.models.export.scripts import ways_of
from diffuscope.models.likelihood.at_risk import product_limit
from diffuscope.models.likelihood.partial_likelihood import partial_likelihood, weighted_information
from diffuscope.records.phrases import counted

if TYPE_CHECKING:
    import polars as pl

    from diffuscope.models.design.counting_rows import CountingRows
    from diffuscope.models.fit import Fit
    from diffuscope.models.types import Ties
    from diffuscope.panel.native_frames import Frame
    from diffuscope.records.arrays import Numbers

Transform = Literal["km", "identity", "log", "rank"]
GLOBAL = "all"


def proportional_hazards_test(fit: Fit, panel: Frame, *, transform: Transform = "km") -> pl.DataFrame:
    """Proportional-hazards test by Schoenfeld residuals: do the coefficients of Cox's model stay the same?

    A Schoenfeld residual is what an adopter had of a column above the mean of those at risk then. Where it
    rises or falls with time, so does the coefficient, and hazards are not proportional.

    Parameters
    ----------
    fit : Fit
        By `cox`, with ties by Efron or Breslow.
    panel : pandas, Polars or Arrow table, or a panel
        The rows that it was fitted to.
    transform : {"km", "identity", "log", "rank"}
        What a residual is set against: 1 less the Kaplan–Meier estimate before, time itself, its logarithm,
        or its rank.

    Returns
    -------
    polars.DataFrame
        term, statistic, df, p: one row per coefficient, and one for all of them at once (term ``all``).

    Raises
    ------
    PlanError
        If the transform has no such name.
    MethodError
        If the fit is none of `cox`, ties are exact, or the rows are not those of the fit.
    """
    import polars as pl

    if fit.span is None or "exact" in fit.model:
        raise MethodError(
            "The test of proportional hazards needs a fit by `cox`, with Efron's or Breslow's ties."
        )
    frame, _, _ = with_spans(frame_of(panel), *fit.span)
    data = counting_rows(fit.formula, frame, fit.span, fit.strata, tuple(ways_of(fit)))
    if (data.rows.height, data.sets.events.size) != (fit.rows, fit.events):
        raise MethodError(
            f"The panel has {counted(data.rows.height, 'row')} for a fit to {fit.rows:,}: "
            "give those of the fit."
        )
    score, information = _score(fit, data, _weights(data, transform))
    k = score.size
    tests = [_statistic(score, information, [at]) for at in range(k)]
    if k > 1:
        tests.append(_statistic(score, information, list(range(k))))
    names = [*fit.names, *([GLOBAL] if k > 1 else [])]
    degrees = [1] * k + ([k] if k > 1 else [])
    p = [float(chdtrc(df, value)) for df, value in zip(degrees, tests, strict=True)]
    return pl.DataFrame({"term": names, "statistic": tests, "df": degrees, "p": p})


def _weights(data: CountingRows, transform: Transform) -> Numbers:
    """Transformed time of every event time, less its mean over the events, shape (d,)."""
    if transform == "km":
        times, _, at_risk, events = product_limit(data.start, data.stop, data.event)
        survival = np.cumprod(1 - events / at_risk)
        # left-continuous: the estimate just before each time, as in `cox.zph`
        transformed = 1 - np.concatenate([[1.0], survival])[np.searchsorted(times, data.stop)]
    elif transform == "rank":
        from scipy.stats import rankdata

        transformed = rankdata(data.stop)
    elif transform == "log":
        if data.stop.min() <= 0:
            raise MethodError("A span ends at zero or before, of which there is no logarithm.")
        transformed = np.log(data.stop)
    elif transform == "identity":
        transformed = data.stop
    else:
        raise PlanError(f"transform is {transform!r}; it must be one of 'km', 'identity', 'log', 'rank'.")
    at_events = transformed[data.sets.events]
    # centred, so that the change over time is told from the coefficient itself
    return np.asarray((at_events - at_events.mean())[data.sets.begins], dtype=float)


def _score(fit: Fit, data: CountingRows, weight: Numbers) -> tuple[Numbers, Numbers]:
    """Score of coefficients that change with the weight, and the information of both kinds."""
    ties: Ties = "efron" if "efron" in fit.model else "breslow"
    partial = partial_likelihood(data.sets, data.x, fit.coefficients * data.sd, ties)
    residuals = data.x[data.sets.events] - partial.means
    blocks = [weighted_information(data.sets, data.x, partial, weight**power) for power in (1, 2)]
    # of (beta, theta) in beta + theta g(t): weights 1, g and g²
    information = np.block([[partial.information, blocks[0]], [blocks[0], blocks[1]]])
    return weight[data.sets.time] @ residuals, information


def _statistic(score: Numbers, information: Numbers, at: list[int]) -> float:
    """Score test of some of the changes, the coefficients themselves being estimated."""
    k = score.size
    kept = [*range(k), *(k + one for one in at)]
    # at the estimate the score of the coefficients themselves is zero
    u = np.concatenate([np.zeros(k), score[at]])
    return float(u @ np.linalg.solve(information[np.ix_(kept, kept)], u))
