"""Cascades from a frame of adoptions: long, wide, or with the column names of the R packages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from diffuscope.errors import PlanError
from diffuscope.networks.cascades import cascades_from_columns
from diffuscope.panel.adoptions import problems_of, refusal, times_of
from diffuscope.panel.calendar import calendar_of
from diffuscope.panel.native_frames import ROW, ids, need, polars_of, with_rows
from diffuscope.panel.tiered import adopted_spells
from diffuscope.records.phrases import counted, in_code, noun

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from diffuscope.networks.cascades import Cascades
    from diffuscope.panel.calendar import Calendar
    from diffuscope.panel.native_frames import Frame

WHAT = "The frame of adoptions"
ALIASES = {
    "unit": ("unit", "statenam", "node_name", "node"),
    "policy": ("policy", "cascade_id", "cascade"),
    "time": ("time", "adopt_year", "event_time"),
}
"""What columns are called here, in the data of R's package NetworkInference, and in its functions."""
_NO_TIME = (
    "This time is infinite.",
    "write the time of adoption as a number, and leave it empty where the unit never adopted",
)
TWICE = ("{unit} adopts the same policy twice.", "keep the row of the first adoption")


def cascades_from_frame(
    adoptions: Frame,
    *,
    period: str = "year",
    waves: Mapping[Any, Any] | Sequence[Any] | None = None,
    window: tuple[Any, Any] | None = None,
    units: Iterable[str] | None = None,
) -> Cascades:
    """Cascades of all policies of a frame of adoptions.

    Parameters
    ----------
    adoptions : pandas, Polars or Arrow table
        Long: `unit`, `policy`, `time`, and perhaps `decision`, `tier` and others as a case has them; an empty
        time means never. Wide: `unit`, and a column of times for each policy.
    period, waves
        What times count, where they are dates or whole numbers. Other numbers are taken as they are.
    window : (first, last), optional
        Adoptions outside it are not seen.
    units : iterable of str, optional
        Who could adopt; by default those of the frame.

    Returns
    -------
    Cascades

    Raises
    ------
    CaseError
        If a time cannot be read or a unit adopts a policy twice; with every such row.
    MethodError
        If there is no adoption.
    PlanError
        If columns are lacking, the window is none, or a unit is not among the units.
    """
    frame = _long(with_rows(polars_of(adoptions, WHAT)[0]))
    need(frame, ("unit", "policy", "time"), WHAT)
    everybody = ids(frame["unit"]).drop_nulls().unique().to_list()
    named = tuple(everybody if units is None else units)
    calendar = None if _continuous(frame["time"]) else calendar_of(period, times_of(frame), waves)
    rows, notes = measured(frame) if calendar is None else _counted(frame, calendar)
    rows, more = _within(rows, window, calendar)
    if rows["joint"].null_count() < rows.height:
        together = pl.col("time").min().over("policy", "joint")
        alone = pl.col("joint").is_null()
        rows = rows.with_columns(time=pl.when(alone).then("time").otherwise(together))
    return cascades_from_columns(rows, named, calendar, (*notes, *more))


def _long(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with its columns under their own names; a wide one as a long one."""
    for name, aliases in ALIASES.items():
        found = [alias for alias in aliases if alias in frame.columns]
        if found and name not in frame.columns:
            frame = frame.rename({found[0]: name})
    if "unit" not in frame.columns or {"policy", "time"} & set(frame.columns):
        return frame
    policies = [name for name in frame.columns if name not in ("unit", ROW)]
    texts = [name for name in policies if not frame[name].dtype.is_numeric() and frame[name].dtype != pl.Null]
    if not policies or texts:
        raise PlanError(
            f"{WHAT} lacks the columns `policy` and `time`; it has {in_code(policies, 6) or 'none'}. In a "
            "wide frame every column but `unit` holds the times of one policy as numbers."
        )
    return frame.with_columns(pl.col(policies).cast(pl.Float64)).unpivot(
        on=policies, index=["unit", ROW], variable_name="policy", value_name="time"
    )


def _continuous(times: pl.Series) -> bool:
    """Whether times are numbers that are not all whole: a scale of their own, not periods."""
    if not times.dtype.is_float():
        return False
    known = times.fill_nan(None).drop_nulls()
    return bool((known.is_infinite() | (known % 1 != 0)).any())


def measured(frame: pl.DataFrame) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Rows with times on a scale of their own, each checked."""
    rows = frame.select(
        ids(frame["unit"]).alias("unit"),
        ids(frame["policy"]).alias("policy"),
        pl.col("time").fill_nan(None).cast(pl.Float64),
        _decisions(frame).alias("joint"),
        ROW,
    )
    lacking = [(rows[column].is_null(), column) for column in ("unit", "policy")]
    words = ("An adoption has no id in this column.", "give it a name, or remove the row")
    problems = [
        one for bad, column in lacking for one in problems_of(rows, bad, "missing-value", column, words)
    ]
    infinite = rows["time"].is_infinite().fill_null(value=False)
    problems += problems_of(rows, infinite, "bad-date", "time", _NO_TIME, rows["time"])
    dated = rows.filter(pl.col("time").is_not_null())
    again = ~dated.select(pl.struct("unit", "policy").is_first_distinct()).to_series()
    problems += problems_of(dated, again, "repeated-adoption", "time", TWICE)
    if problems:
        raise refusal(problems)
    return dated.drop(ROW), ()


def _counted(frame: pl.DataFrame, calendar: Calendar) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Rows with times as numbers of periods: the first adoption of each unit and policy."""
    from diffuscope.descriptives.toa_matrix import of_several_periods

    spells, uncounted = adopted_spells(frame, calendar)
    first = spells.filter(pl.col("latest").is_not_null(), pl.struct("unit", "policy").is_first_distinct())
    wide = first.filter(of_several_periods())
    first = first.filter(~of_several_periods())
    again = spells.filter(pl.col("latest").is_not_null()).height - first.height - wide.height
    notes = (*uncounted.notes, *without_order(wide.height))
    if again:
        later = counted(again, "later adoption")
        notes += (f"{later} of a policy that had ended {noun(again, 'is', 'are')} left out",)
    clock = calendar.clock(first["latest"].to_numpy())
    return first.select(
        "unit", "policy", pl.Series("time", clock, dtype=pl.Float64), pl.col("decision").alias("joint")
    ), notes


def without_order(many: int) -> tuple[str, ...]:
    """What is said of adoptions whose date gives them no place in an order; nothing where there are none."""
    if not many:
        return ()
    words = "before the record begins, or with a date that spans several periods,"
    return (f"{counted(many, 'adoption')} {words} {noun(many, 'is', 'are')} not used",)


def _decisions(frame: pl.DataFrame) -> pl.Series:
    if "decision" in frame.columns:
        return ids(frame["decision"])
    return pl.repeat(None, frame.height, dtype=pl.String, eager=True)


def _within(
    rows: pl.DataFrame, window: tuple[Any, Any] | None, calendar: Calendar | None
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """The adoptions of a window; what lies outside is never looked at."""
    if window is None:
        return rows, ()
    try:
        first, last = window
    except (TypeError, ValueError) as error:
        raise PlanError(f"window is {window!r}; it is a pair: its first and its last time.") from error
    if calendar is None:
        ends = [_number(first), _number(last)]
    else:
        at = np.array([calendar.index(first, "window"), calendar.index(last, "window", last=True)])
        ends = [float(one) for one in calendar.clock(at)]
    if ends[0] > ends[1]:
        raise PlanError("The window ends before it begins.")
    inside = rows.filter(pl.col("time").is_between(ends[0], ends[1]))
    out = rows.height - inside.height
    return inside, (
        (f"{counted(out, 'adoption')} outside the window {noun(out, 'is', 'are')} not used",) if out else ()
    )


def _number(given: Any) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise PlanError(f"window holds {given!r}; times are numbers here.")
    return float(given)
