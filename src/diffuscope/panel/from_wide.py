"""Panels as people keep them, 0 or 1 by country and year, or a year of adoption per policy, to adoptions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

import polars as pl

from diffuscope.panel.adoptions import refusal
from diffuscope.panel.native_frames import ROW, called, ids, need, polars_of, with_rows
from diffuscope.panel.periods import (
    dates_of,
    first_date,
    grain_of,
    last_date,
    numbered,
    one_spelling,
    waves_of,
    written,
)
from diffuscope.records import Problem
from diffuscope.records.native_tables import as_kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from diffuscope.panel.native_frames import Frame
    from diffuscope.panel.periods import Grain
    from diffuscope.records.native_tables import Kind

WHAT = "The panel"
KEYS = ("unit", "policy")


@dataclass(frozen=True)
class Observed:
    """Adoptions, observation windows and covariates read from a wide panel.

    Attributes
    ----------
    adoptions : frame
        unit, policy, time, time_latest, until, `source` (the column of the panel) and `status`: `adopted`,
        `not adopted`, or `unknown` where the last cells of a unit are empty. For `person_period`, and for
        `case_from_frames`, which takes the rows of adopters.
    units : frame
        unit; from a panel by time also `entered` and `left`, the first and last time with a row.
    covariates : frame or None
        unit, time if there is one, and the remaining columns: for `add_covariates`.
    waves : dict of str to str, or None
        Of a panel by quarters or half years: each of them, and its last day. For `period="wave"` with
        `person_period`.
    """

    adoptions: Frame = field(repr=False)
    units: Frame = field(repr=False)
    covariates: Frame | None = field(repr=False)
    waves: dict[str, str] | None = field(repr=False, default=None)

    def __repr__(self) -> str:
        """How many rows there are of what, in one line."""
        parts = {"adoptions": self.adoptions, "units": self.units, "covariates": self.covariates}
        rows = ", ".join(f"{name}: {len(part):,}" for name, part in parts.items() if part is not None)
        return f"<Observed: {rows}>"


def adoptions_from_panel(
    panel: Frame,
    *,
    unit: str,
    policies: Sequence[str] | Mapping[str, str],
    time: str | None = None,
    never: Iterable[float] = (),
) -> Observed:
    """Adoptions from a panel of countries: 0 or 1 by country and year, or a year of adoption per country.

    Parameters
    ----------
    panel : pandas, Polars or Arrow table
    unit : str
        Column that names the country, state or city.
    policies : sequence of str, or mapping of str to str
        Columns that say whether, or when, each policy was adopted; a mapping gives policies other names.
    time : str, optional
        Column of the time, in a panel with a row per unit and time: years (whole numbers), months
        (``1990-07``), quarters (``1990-Q3``, ``1990q3``, ``Q3 1990``) or half years (``1990-H2``). Policy
        columns then hold 1 from the adoption on as long as it lasts, else 0. Without it, there is a row per
        unit, and policy columns hold the year of adoption.
    never : iterable of number
        Years that stand for "never", such as 9999; empty does so anyway.

    Returns
    -------
    Observed
        A unit that has a policy in its first row adopted by then. Where 0 turns to 1 across empty cells or
        missing years, the date is the range between. Where the last cells of a unit are empty, its adoption
        is open from then on, so that it is watched until then only. A quarter is dated by its months: time is
        its first, `time_latest` its last. A column called `unit` or `time` beside the named one becomes the
        covariate `own_unit` or `own_time`.

    Raises
    ------
    CaseError
        If a unit has two rows for one year, or a policy column holds anything but 0, 1 and empty; every such
        row.
    PlanError
        If a column is lacking.

    Examples
    --------
    >>> import polars as pl
    >>> years = pl.DataFrame({"ccode": [2, 2, 2], "year": [1990, 1991, 1993], "law": [0, 0, 1], "gdp": 5})
    >>> seen = adoptions_from_panel(years, unit="ccode", time="year", policies=["law"])
    >>> seen.adoptions.rows()
    [('2', 'law', 1992, 1993, None, 'the panel, column law', 'adopted')]
    >>> seen.units.rows(), seen.covariates.columns
    ([('2', 1990, 1993)], ['unit', 'time', 'gdp'])
    """
    frame, kind = polars_of(panel, WHAT)
    names = dict(policies) if isinstance(policies, Mapping) else {name: name for name in policies}
    need(frame, (unit, *names, *([time] if time else [])), WHAT)
    frame = with_rows(frame).with_columns(ids(frame[unit]).alias(unit))
    named = {unit: "unit"} | ({time: "time"} if time else {})
    own = _beside(frame, named)
    frame, names = called(frame, own | named), {own.get(name, name): policy for name, policy in names.items()}
    _refuse(frame["unit"].is_null(), frame, "unit", "missing-value", _NO_UNIT)
    if time is None:
        return _of_years(frame, names, kind, tuple(never))
    grain = _grain(frame)
    observed = _of_status(_by_time(_by_number(frame, grain)), names)
    return _dated(observed, grain, kind)


def _beside(frame: pl.DataFrame, named: Mapping[str, str]) -> dict[str, str]:
    """New names for columns that are called as the unit or the time will be, and are neither."""
    taken = {*frame.columns, *named.values()}
    own = {}
    for name in named.values():
        if name in frame.columns and name not in named:
            own[name] = next(one for one in _numbered(f"own_{name}") if one not in taken)
            taken.add(own[name])
    return own


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}_{at}" for at in count(2))


def _of_years(frame: pl.DataFrame, names: dict[str, str], kind: Kind, never: tuple[float, ...]) -> Observed:
    """A row per unit, years in the columns of policies."""
    _refuse(frame["unit"].is_duplicated(), frame, "unit", "repeated-row", _TWICE_UNIT)
    signs = [float(sign) for sign in never]
    adoption_rows = []
    for column, name in names.items():
        adopts = ~pl.col(column).cast(pl.Float64, strict=False).is_in(signs).fill_null(value=False)
        time = pl.when(adopts).then(column)
        status = pl.when(time.is_null()).then(pl.lit("not adopted")).otherwise(pl.lit("adopted"))
        source = pl.lit(f"the panel, column {column}").alias("source")
        rows = frame.select(
            "unit", pl.lit(name).alias("policy"), time.alias("time"), source, status.alias("status"), ROW
        )
        adoption_rows.append(rows)
    adoptions = pl.concat(adoption_rows, how="vertical_relaxed")
    rest = [name for name in frame.columns if name not in (*names, ROW)]
    covariates = as_kind(frame.select(rest), kind) if len(rest) > 1 else None
    return Observed(as_kind(adoptions, kind), as_kind(frame.select("unit"), kind), covariates)


def _grain(frame: pl.DataFrame) -> Grain:
    """How fine the times of a panel are: years, unless all are text of one finer kind."""
    if frame["time"].dtype != pl.String:
        return "year"
    grain = grain_of(one_spelling(frame["time"].str.strip_chars()))
    return "year" if grain in (None, "day") else grain


def _by_number(frame: pl.DataFrame, grain: Grain) -> pl.DataFrame:
    """The panel with its months, quarters or half years counted by whole numbers."""
    if grain == "year" or frame["time"].null_count():
        return frame
    return frame.with_columns(numbered(one_spelling(frame["time"].str.strip_chars()), grain))


def _dated(observed: Observed, grain: Grain, kind: Kind) -> Observed:
    """What was observed, with dates in place of numbers of months, quarters or half years."""
    adoptions, units, facts = observed.adoptions, observed.units, observed.covariates
    waves = None
    if grain != "year":
        ends = written(pl.Series([units["entered"].min(), units["left"].max()]), grain)
        waves = waves_of(ends[0], ends[1]) or None
        adoptions = adoptions.with_columns(dates_of(adoptions, grain))
        units = units.with_columns(
            first_date(written(units["entered"], grain)), last_date(written(units["left"], grain))
        )
        facts = facts if facts is None else facts.with_columns(first_date(written(facts["time"], grain)))
    covariates = None if facts is None else as_kind(facts, kind)
    return Observed(as_kind(adoptions, kind), as_kind(units, kind), covariates, waves)


def _of_status(frame: pl.DataFrame, names: dict[str, str]) -> Observed:
    spans = frame.group_by("unit").agg(entered=pl.col("time").min(), left=pl.col("time").max()).sort("unit")
    adoption_rows = [
        _turns(_status(frame, column), name, spans).with_columns(_source(column))
        for column, name in names.items()
    ]
    adoptions = pl.concat(adoption_rows).sort("policy", "unit", "time", "time_latest")
    adoptions = adoptions.select(pl.exclude("status"), "status")
    rest = [name for name in frame.columns if name not in ("unit", "time", *names, ROW)]
    return Observed(adoptions, spans, frame.select("unit", "time", *rest) if rest else None)


def _source(column: str) -> pl.Expr:
    """Where an adoption was found."""
    return pl.lit(f"the panel, column {column}").alias("source")


def _by_time(frame: pl.DataFrame) -> pl.DataFrame:
    times = frame["time"]
    numeric = times.dtype.is_numeric()
    whole = (
        times.cast(pl.Float64, strict=False) % 1 == 0
        if numeric
        else pl.repeat(False, frame.height, eager=True)
    )
    _refuse(~whole.fill_null(value=False), frame, "time", "bad-date", _NO_YEAR)
    frame = frame.with_columns(pl.col("time").cast(pl.Int64)).sort("unit", "time")
    _refuse(frame.select("unit", "time").is_duplicated(), frame, "time", "repeated-row", _TWICE_YEAR)
    return frame


def _status(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """Units by time with the status known: 0 or 1."""
    held = frame[column]
    readable = held.dtype.is_numeric() or held.dtype in (pl.Boolean, pl.Null)
    status = held.cast(pl.Float64, strict=False).fill_nan(None)
    invalid = ~status.is_in([0.0, 1.0]) & status.is_not_null() if readable else held.is_not_null()
    _refuse(invalid.fill_null(value=False), frame, column, "bad-value", _NO_STATUS)
    return frame.select("unit", "time", status.alias("status")).drop_nulls("status")


def _turns(known: pl.DataFrame, policy: str, spans: pl.DataFrame) -> pl.DataFrame:
    """Where 0 turns to 1, and 1 to 0 again; what is open at the end; who was never seen to adopt."""
    # the row before is the last known one, however many empty cells lie between
    before = known.with_columns(
        was=pl.col("status").shift(1).over("unit"), seen=pl.col("time").shift(1).over("unit")
    )
    turned = before.filter(pl.col("status") != pl.col("was").fill_null(0.0))
    turned = turned.with_columns(
        until=pl.when(pl.col("status").shift(-1).over("unit") == 0).then(
            pl.col("time").shift(-1).over("unit")
        )
    ).filter(pl.col("status") == 1)
    # 0 in one row and 1 in the next of a later year: adopted in between, interval-censored
    latest = pl.when((pl.col("seen") + 1 < pl.col("time")) | pl.col("seen").is_null()).then("time")
    begun = pl.when(pl.col("seen").is_not_null()).then(pl.col("seen") + 1)
    adopted = turned.select("unit", time=begun, time_latest=latest, until="until")
    last = spans.join(
        known.group_by("unit").agg(pl.col("time").max(), pl.col("status").last()), "unit", "left"
    )
    # the last cells are empty: it may have adopted since, so it is censored where the record stops
    lost = last.filter((pl.col("status").fill_null(0.0) == 0) & pl.col("time").ne_missing(pl.col("left")))
    lost = lost.select(
        "unit",
        time=pl.coalesce(pl.col("time") + 1, "entered"),
        time_latest=pl.col("left") + 1,
        until=pl.lit(None, pl.Int64),
    )
    turns = pl.concat(
        [adopted.with_columns(status=pl.lit("adopted")), lost.with_columns(status=pl.lit("unknown"))]
    )
    never = spans.join(turns, "unit", "anti").select(
        "unit", *(pl.lit(None, pl.Int64).alias(n) for n in TIMES), pl.lit("not adopted").alias("status")
    )
    return pl.concat([turns, never]).select("unit", pl.lit(policy).alias("policy"), *TIMES, "status")


TIMES = ("time", "time_latest", "until")


def _refuse(wrong: pl.Series, frame: pl.DataFrame, column: str, rule: str, words: tuple[str, str]) -> None:
    at = wrong.arg_true()
    if not len(at):
        return
    values = frame[column].gather(at).cast(pl.String, strict=False)
    problems = [
        Problem(
            level="error", rule=rule, message=words[0], fix=words[1], table="panel", row=row, column=column,
            value=value,
        )
        for row, value in zip(frame[ROW].gather(at), values, strict=True)
    ]  # fmt: skip
    raise refusal(problems, "The panel")


_NO_UNIT = ("A row names no unit.", "give it a name, or remove the row")
_TWICE_UNIT = ("A unit has two rows.", "keep one, or name the column of the year")
_TWICE_YEAR = ("A unit has two rows for one year.", "keep one")
_NO_YEAR = (
    "This is not a year, month, quarter or half year, or others of the column are of another kind.",
    "write every time as 2018, every one as 2018-07, or every one as 2018-Q3",
)
_NO_STATUS = (
    "The value of a policy must be 0, 1 or empty.",
    "write 1 from the year of adoption on, 0 before, and leave it empty if unknown",
)
