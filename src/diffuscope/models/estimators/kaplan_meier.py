"""Kaplan–Meier estimate, the share that has not had the event by each time; and the log-rank test of groups.

Kaplan & Meier 1958 (doi:10.1080/01621459.1958.10501452), with the variance of Greenwood 1926 and intervals on
the complementary log-log scale (Kalbfleisch & Prentice 2002). Rows that enter late are not at risk before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc

from diffuscope.errors import MethodError
from diffuscope.models.design.complete_cases import codes, frame_of, need, numbers
from diffuscope.models.design.counting_rows import with_spans
from diffuscope.models.design.repeated_rows import repeated_rows
from diffuscope.models.inference.wald import critical
from diffuscope.models.likelihood.at_risk import product_limit
from diffuscope.records.phrases import counted, noun

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from diffuscope.panel.native_frames import Frame
    from diffuscope.records.arrays import Numbers


def kaplan_meier(
    panel: Frame, *, event: str = "event", by: str | None = None, start: str = "start", stop: str = "stop"
) -> pl.DataFrame:
    """Kaplan–Meier estimate: share that has not adopted by each time, with Greenwood's intervals.

    Parameters
    ----------
    panel : pandas, Polars or Arrow table, or a panel
        One row per unit and span of time (start, stop]; a unit may have several that meet. Without the
        columns `start` and `stop`, a row's span is that of its `duration`, as for `cox`.
    event : str
        Column that is 1 where the unit adopted at the end of the row.
    by : str, optional
        Column of groups, such as `policy`, with a curve each.
    start, stop : str
        Columns of the span.

    Returns
    -------
    polars.DataFrame
        The group where asked for, time, at_risk, events, survival, std_error (Greenwood's), ci_low, ci_high;
        one row per time at which a row ends. The share that has adopted is 1 - survival. Error and interval
        are null where survival is 0, and the interval where it is 1 too.

    Raises
    ------
    MethodError
        If a value is missing, a span does not end after it starts, or a unit has rows that one unit cannot
        have.

    Examples
    --------
    >>> import polars as pl
    >>> rows = pl.DataFrame({"start": [0, 0, 1, 0], "stop": [1, 2, 3, 3], "event": [1, 0, 1, 0]})
    >>> kaplan_meier(rows).select("time", "at_risk", "survival").rows()
    [(1.0, 3.0, 0.6666666666666667), (2.0, 3.0, 0.6666666666666667), (3.0, 2.0, 0.33333333333333337)]
    """
    import polars as pl

    rows = at_risk_rows(frame_of(panel), event, by, (start, stop))
    curves = []
    for group, part in by_group(rows, by):
        curve = _curve(*(numbers(part, name) for name in ("start", "stop", "event")))
        curves.append(curve if by is None else curve.select(pl.lit(group).alias(by), pl.all()))
    return pl.concat(curves)


def logrank_test(
    panel: Frame, by: str, *, event: str = "event", start: str = "start", stop: str = "stop"
) -> tuple[float, int, float]:
    """Log-rank test (Mantel 1966): whether groups adopt at different rates, for rows that enter late too.

    Parameters
    ----------
    panel : pandas, Polars or Arrow table, or a panel
        As for `kaplan_meier`.
    by : str
        Column of the groups.
    event, start, stop : str
        As for `kaplan_meier`.

    Returns
    -------
    tuple of (float, int, float)
        Statistic, degrees of freedom (groups less one), p-value.

    Raises
    ------
    MethodError
        As for `kaplan_meier`; or if there is one group, or at no event are several groups at risk.
    """
    rows = at_risk_rows(frame_of(panel), event, by, (start, stop))
    code = codes(rows, [by])[0]
    begin, end, happened = (numbers(rows, name) for name in ("start", "stop", "event"))
    times = np.unique(end[happened > 0])
    groups = np.unique(code)
    if groups.size < 2:
        raise MethodError(f"`{by}` is the same in all rows, so there is only one group.")
    at_risk, events = (np.zeros((groups.size, times.size)) for _ in range(2))
    for at, group in enumerate(groups):
        own = code == group
        counts = product_limit(begin[own], end[own], happened[own])
        here = np.searchsorted(counts.time, times)
        entered = np.searchsorted(np.sort(begin[own]), times, side="left")
        at_risk[at] = entered - np.searchsorted(np.sort(end[own]), times, side="left")
        same = (here < counts.time.size) & (counts.time[np.minimum(here, counts.time.size - 1)] == times)
        events[at, same] = counts.events[here[same]]
    n, d = at_risk.sum(axis=0), events.sum(axis=0)
    # at each event time, events fall on groups hypergeometrically, given how many there are and who is at
    # risk
    share = at_risk / n
    # (n - d)/(n - 1) is the correction for tied events; where one alone is at risk it has no variance
    scale = d * (n - d) / np.maximum(n - 1, 1)
    variance = np.diag((share * scale).sum(axis=1)) - (share * scale) @ share.T
    # observed less expected events; they sum to zero over groups, so one group is left out
    score = (events - share * d).sum(axis=1)[1:]
    if np.linalg.matrix_rank(variance[1:, 1:]) < groups.size - 1:
        raise MethodError(f"Some group of `{by}` is never at risk together with another at an event.")
    statistic = float(score @ np.linalg.solve(variance[1:, 1:], score))
    return statistic, groups.size - 1, float(chdtrc(groups.size - 1, statistic))


def at_risk_rows(frame: pl.DataFrame, event: str, by: str | None, span: tuple[str, str]) -> pl.DataFrame:
    """Rows with their spans as `start` and `stop` and their outcome as `event`, checked.

    Raises
    ------
    MethodError
        As for `kaplan_meier`.
    """
    import polars as pl

    frame, start, stop = with_spans(frame, *span)
    named = [start, stop, event, *([by] if by else [])]
    need(frame, named, "This estimate")
    for name in (start, stop, *([by] if by else [])):
        missing = frame[name].null_count()
        if missing:
            raise MethodError(
                f"`{name}` is missing in {counted(missing, 'row')}; leave "
                f"{noun(missing, 'it', 'them')} out first."
            )
    if not frame[event].cast(pl.Float64, strict=False).is_in([0.0, 1.0]).fill_null(False).all():
        raise MethodError(f"`{event}` must be 0 or 1 in every row, and not missing.")
    warnings = repeated_rows(frame, event, (start, stop))
    if warnings:
        raise MethodError(warnings[0])
    begin, end = numbers(frame, start), numbers(frame, stop)
    if not frame.height or not (end > begin).all():
        wrong = int((~(end > begin)).sum())
        raise MethodError(
            f"{wrong:,} of {counted(frame.height, 'row')} {noun(wrong, 'has', 'have')} a `{stop}` "
            "that is not "
            f"after the `{start}`."
        )
    made = [pl.Series("start", begin), pl.Series("stop", end), frame[event].alias("event")]
    return pl.DataFrame([*made, *([frame[by]] if by else [])])


def by_group(rows: pl.DataFrame, by: str | None) -> Iterator[tuple[object, pl.DataFrame]]:
    """Rows of each group, in order of the groups; all of them where none was asked for."""
    if by is None:
        yield None, rows
        return
    for group in rows[by].unique().sort():
        yield group, rows.filter(rows[by] == group)


def _curve(start: Numbers, stop: Numbers, event: Numbers) -> pl.DataFrame:
    """The estimate for one group."""
    import polars as pl

    time, _, n, d = product_limit(start, stop, event)
    survival = np.cumprod(1 - d / n)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Greenwood's sum: the variance of log S; infinite from where all at risk had the event
        spread = np.sqrt(np.cumsum(d / (n * (n - d))))
        # d log(-log S) = d log S / log S, so that intervals stay within 0 and 1
        reach = np.exp(critical(None) * spread / np.abs(np.log(survival)))
        low, high = survival**reach, survival ** (1 / reach)
        error = np.where(survival > 0, survival * spread, np.nan)
    inside = (survival > 0) & (survival < 1)
    columns = {
        "time": time, "at_risk": n, "events": d, "survival": survival, "std_error": error,
        "ci_low": np.where(inside, low, np.nan), "ci_high": np.where(inside, high, np.nan),
    }  # fmt: skip
    return pl.DataFrame(columns).with_columns(pl.col("std_error", "ci_low", "ci_high").fill_nan(None))
