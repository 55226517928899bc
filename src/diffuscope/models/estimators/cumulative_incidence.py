"""Cumulative incidence (Aalen & Johansen 1978): share that has had each kind of event by each time.

Where another event ends the time at risk (a unit is dissolved, or adopts a rival policy), one less
Kaplan–Meier is too high, as it takes those who went for units that could still adopt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from diffuscope.errors import MethodError
from diffuscope.models.design.complete_cases import frame_of, need, numbers
from diffuscope.models.estimators.kaplan_meier import at_risk_rows, by_group
from diffuscope.models.inference.wald import critical
from diffuscope.models.likelihood.at_risk import product_limit

if TYPE_CHECKING:
    import polars as pl

    from diffuscope.panel.native_frames import Frame
    from diffuscope.records.arrays import Numbers


def cumulative_incidence(
    panel: Frame, event: str, *, by: str | None = None, start: str = "start", stop: str = "stop"
) -> pl.DataFrame:
    """Cumulative incidence (Aalen–Johansen): share with each kind of event, where kinds exclude each other.

    Parameters
    ----------
    panel : pandas, Polars or Arrow table, or a panel
        Rows as for `kaplan_meier`; rows may enter late.
    event : str
        Column with the kind of event at the end of the row, as text or a whole number; null, an empty text or
        0 where there was none.
    by : str, optional
        Column of groups, with curves each.
    start, stop : str
        Columns of the span.

    Returns
    -------
    polars.DataFrame
        The group where asked for, event, time, at_risk, events (of this kind), incidence, std_error, ci_low,
        ci_high; one row per kind and time at which a row ends. Errors are those of the delta method
        (Marubini & Valsecchi 1995), and Greenwood's where there is one kind; intervals are on the log(-log)
        scale, null where incidence is 0 or 1.

    Raises
    ------
    MethodError
        As for `kaplan_meier`; or if no row has an event.
    """
    import polars as pl

    frame = frame_of(panel)
    need(frame, [event], "This estimate")
    kind = frame[event].cast(pl.String).alias("kind")
    kind = kind.set(kind.is_in(["", "0"]), None)
    kinds = kind.drop_nulls().unique().sort()
    if not kinds.len():
        raise MethodError(f"No row has an event in `{event}`.")
    happened = frame.with_columns(kind.is_not_null().cast(pl.Int8).alias(event))
    rows = at_risk_rows(happened, event, by, (start, stop)).with_columns(event=kind)
    curves = []
    for group, part in by_group(rows, by):
        for one in kinds:
            curve = _curve(part, one).select(pl.lit(one).alias("event"), pl.all())
            curves.append(curve if by is None else curve.select(pl.lit(group).alias(by), pl.all()))
    return pl.concat(curves)


def _curve(rows: pl.DataFrame, kind: str) -> pl.DataFrame:
    """The estimate of one kind of event for one group."""
    import polars as pl

    start, stop = numbers(rows, "start"), numbers(rows, "stop")
    time, _, n, d = product_limit(start, stop, rows["event"].is_not_null().cast(float).to_numpy())
    own = product_limit(start, stop, (rows["event"] == kind).fill_null(False).cast(float).to_numpy()).events
    survival = np.cumprod(1 - d / n)
    before = np.concatenate([[1.0], survival[:-1]])
    # chance of being event-free before each time, times the hazard of this kind there (Aalen & Johansen 1978)
    incidence = np.cumsum(before * own / n)
    error = np.sqrt(np.maximum(_variance(incidence, before, n, d, own), 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        # d log(-log F) = dF / (F log F): a symmetric interval on that scale stays within 0 and 1
        reach = np.exp(critical(None) * error / np.abs(incidence * np.log(incidence)))
        low, high = incidence**reach, incidence ** (1 / reach)
    inside = (incidence > 0) & (incidence < 1)
    columns = {
        "time": time, "at_risk": n, "events": own, "incidence": incidence, "std_error": error,
        "ci_low": np.where(inside, low, np.nan), "ci_high": np.where(inside, high, np.nan),
    }  # fmt: skip
    return pl.DataFrame(columns).with_columns(pl.col("ci_low", "ci_high").fill_nan(None))


def _variance(incidence: Numbers, before: Numbers, n: Numbers, d: Numbers, own: Numbers) -> Numbers:
    """Variance by the delta method: of what is lost at each time, of what adds, and of both together."""
    left = n - d
    # where all at risk had an event, incidence stays from there on, and what was lost no longer matters
    lost = np.where(left > 0, d / (n * np.maximum(left, 1)), 0.0)
    # binomial variance of this kind's events, given the number at risk
    added = before**2 * own * (n - own) / n**3
    together = before * own / n**2
    sums = (lost, incidence * lost, incidence**2 * lost, added, together, incidence * together)
    a, fa, ffa, b, c, fc = (np.cumsum(one) for one in sums)
    # Σ (F(t) - F(s))² lost(s) + Σ added(s) - 2 Σ (F(t) - F(s)) together(s), each square multiplied out so
    # that cumulative sums serve every t at once
    return np.asarray(incidence**2 * a - 2 * incidence * fa + ffa + b - 2 * incidence * c + 2 * fc)
