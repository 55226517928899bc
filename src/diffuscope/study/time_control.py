"""Control of time: the global adoption share or a spline of calendar time, and time at risk.

Without one, a hazard that rises by itself passes for exposure, which rises too as a policy spreads. Beside a
cubic in time the global share has a variance inflation of 140 to 420, so one policy gets one of the two,
never both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from diffuscope.panel.global_share import GLOBAL_SHARE, TIME_AT_RISK, enters_at_different_dates
from diffuscope.records.phrases import counted

if TYPE_CHECKING:
    import polars as pl

    from diffuscope.models import Fit
    from diffuscope.models.types import DurationForm
    from diffuscope.records import Analysis

ENOUGH = 20
"""Events for each coefficient below which Firth's estimator is taken, and no further term enters."""
SPLINE = 3
"""Coefficients of the natural spline: four knots at quantiles of the events."""
OF_TIME = (GLOBAL_SHARE, "time", "duration", "period")
"""Columns by which a formula controls for time."""
UNTIMED = (
    "The formula has no control of time: anything that rises as the policy spreads can look like an effect "
    f"of exposure. Add `{GLOBAL_SHARE}`, or set `duration`."
)


class Control(NamedTuple):
    """How a model controls for time.

    Attributes
    ----------
    terms : tuple of str
        Columns that enter the formula.
    duration : {"cubic", "spline", "dummies"} or None
        Curve of time since the policy's risk began, which for one policy is calendar time.
    timed : bool
        Whether time is controlled for.
    why : str
        Which control was taken and why, in words.
    """

    terms: tuple[str, ...]
    duration: DurationForm | None
    timed: bool
    why: str


def time_control(analysis: Analysis, rows: pl.DataFrame, coefficients: int) -> Control:
    """The control of time for a model whose formula the rules make.

    Parameters
    ----------
    analysis : Analysis
        An asked `duration` other than auto or none is taken as it is.
    rows : polars.DataFrame
        Complete rows of the panel, with `global_share`; with `time_at_risk` where units enter at different
        dates.
    coefficients : int
        Without those of time.
    """
    late = TIME_AT_RISK in rows.columns and enters_at_different_dates(rows)
    own = (TIME_AT_RISK,) if late else ()
    since = " Units enter at different dates, so time at risk is also in the model." if late else ""
    if analysis.duration != "auto" and analysis.duration != "none":  # noqa: PLR1714 narrowed by mypy so
        why = f"Time: a {analysis.duration} of time since risk began, as the question asks.{since}"
        return Control(own, analysis.duration, True, why)
    policies, events = rows["policy"].n_unique(), int(rows["event"].sum())
    needed = ENOUGH * (coefficients + len(own) + SPLINE)
    bends = rows.filter(rows["event"] == 1)["duration"].n_unique() > SPLINE
    if analysis.duration == "auto" and policies == 1 and bends and events >= needed:
        why = (
            f"Time: a spline of calendar time, as there are {counted(events, 'event')}, {ENOUGH} and "
            f"more for each coefficient.{since}"
        )
        return Control(own, "spline", True, why)
    if rows[GLOBAL_SHARE].drop_nulls().n_unique() < 2:
        why = f"Time: no term, as the global adoption share is the same in all rows used.{since}"
        return Control(own, None, True, why)
    return Control(
        (GLOBAL_SHARE, *own), None, True, f"{_why_share(analysis, policies, events, needed)}{since}"
    )


def _why_share(analysis: Analysis, policies: int, events: int, needed: int) -> str:
    start = "Time: the global adoption share"
    if policies > 1:
        return f"{start}, which differs between the {policies} policies."
    if analysis.duration == "none":
        return f"{start}, as the question asks for no curve of time."
    if events < needed:
        return (
            f"{start}, as {counted(events, 'event is', 'events are')} fewer than the {needed} that "
            "a spline of time needs."
        )
    return f"{start}, as events are in too few periods for a spline of time."


def control_of_formula(analysis: Analysis, variables: tuple[str, ...]) -> Control:
    """The control of time in a formula that the question gives: nothing is added to it.

    Parameters
    ----------
    analysis : Analysis
    variables : tuple of str
        Columns that the formula uses.
    """
    named = [name for name in OF_TIME if name in variables]
    if analysis.duration != "auto" and analysis.duration != "none":  # noqa: PLR1714 narrowed by mypy so
        why = f"Time: a {analysis.duration} of time since risk began, as the question asks."
        return Control((), analysis.duration, True, why)
    if named:
        return Control((), None, True, f"Time: `{'`, `'.join(named)}`, as the formula has it.")
    return Control((), None, False, "Time: no control, as the formula has none.")


def time_share(fit: Fit, rows: pl.DataFrame, column: str) -> float | None:
    """Share of a column's variance that the control of time of a model accounts for (R²).

    Parameters
    ----------
    fit : Fit
    rows : polars.DataFrame
        The rows of the fit.
    column : str

    Returns
    -------
    float or None
        None where the model has no control of time.
    """
    names, basis = fit.design.names, fit.design.basis
    of_time = {*OF_TIME, TIME_AT_RISK, *(basis.names() if basis else ())}
    at = [
        place
        for place, name in enumerate(names)
        if name in of_time or not set(OF_TIME).isdisjoint(fit.design.uses(name))
    ]
    if not at:
        return None
    values = rows[column].cast(float).to_numpy()
    left = values - values.mean()
    if not left.any():
        return 1.0
    x = np.column_stack([np.ones(len(values)), fit.design.matrix(rows)[:, at]])
    rest = left - x @ np.linalg.lstsq(x, left, rcond=None)[0]
    return float(min(max(1 - (rest @ rest) / (left @ left), 0.0), 1.0))


def moves_with_time_alone(rows: pl.DataFrame, column: str) -> bool:
    """Whether a column is the same for all units of a policy at risk in a period, in every period."""
    import polars as pl

    known = rows.drop_nulls(column)
    spans = known.group_by("policy", "time").agg((pl.col(column).max() - pl.col(column).min()).alias("span"))
    return bool(known.height and (spans["span"] <= 1e-12).all())
