"""Adoptions and windows from a panel of zeros and ones, or from a table with a column of dates per policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import polars as pl

from diffuscope.errors import CaseError
from diffuscope.importing.parts import ADOPTIONS, Part
from diffuscope.importing.times import counting_of, dated, no_times, times_of
from diffuscope.panel import adoptions_from_panel
from diffuscope.panel.adoptions import refusal
from diffuscope.panel.periods import dates_of, first_date, last_date, numbered, written
from diffuscope.records.phrases import counted, noun

if TYPE_CHECKING:
    from diffuscope.importing.source_file import SourceFile
    from diffuscope.importing.times import Counting, Times
    from diffuscope.panel.periods import Grain


def of_panel(source: SourceFile, policies: tuple[str, ...], times: Times) -> Part:
    """What a panel says: who adopted when, and from when to when each unit was watched."""
    frame, columns = source.frame, source.columns
    grain = _one_grain(times, columns.time or "", source.name)
    places = {f"policy {at}": name for at, name in enumerate(policies)}
    plain = pl.DataFrame(
        {"unit": source.units(), "time": numbered(times.text, grain)}
        | {place: frame[name] for place, name in places.items()}
    )
    plain = plain.with_columns(_status(source, plain, place, name) for place, name in places.items())
    try:
        history = adoptions_from_panel(plain, unit="unit", time="time", policies=places)
    except CaseError as error:
        raise _of_file(error, source) from error
    first, last = int(plain["time"].min()), int(plain["time"].max())  # type: ignore[arg-type]
    units = _windows(source, plain, pl.DataFrame(history.units), list(places), (first, last))
    adopted = _adopted(pl.DataFrame(history.adoptions), units)
    adoptions = adopted.with_columns(
        *dates_of(adopted, grain),
        source=pl.format("{}, column {}", pl.lit(source.name), pl.col("policy")),
    )
    windows = units.select(
        "unit", first_date(written(units["entered"], grain)), last_date(written(units["left"], grain))
    )
    named = source.named_units().join(windows, "unit", "left")
    bounds = written(pl.Series([first, last]), grain)
    tables = {"units": named, "adoptions": adoptions.select(ADOPTIONS)}
    return Part(tables=tables, grain=grain, window=(bounds[0], bounds[1]), counted=times.counted)


def _of_file(error: CaseError, source: SourceFile) -> CaseError:
    """What is wrong with a panel, at the file and column that it came from."""
    called = {"unit": source.columns.unit, "time": source.columns.time}
    problems = [
        msgspec.structs.replace(
            one, file=source.name, table=None, column=called.get(one.column or "", one.column)
        )
        for one in error.problems
    ]
    return refusal(problems, f"`{source.name}`") if problems else error


def of_years(source: SourceFile, policies: tuple[str, ...]) -> Part:
    """What a table with a row per unit says, whose columns of policies hold dates."""
    unit, settings = source.units(), source.settings
    if unit.drop_nulls().is_duplicated().any():
        twice = unit.filter(unit.is_duplicated()).drop_nulls()[0]
        raise CaseError(
            f"`{source.name}`: `{twice}` has several rows. Fix: keep one row for each unit, or name the "
            "column of the year: --time COLUMN"
        )
    tables, grains = [], set()
    counting = _counting(source, policies)
    for policy in policies:
        column = dated(source.frame[policy], settings.never)
        times = times_of(column, counting)
        if times is None and column.null_count() < len(column):
            raise no_times(source.name, policy, column.drop_nulls())
        if times is not None:
            grains.add(times.grain)
            latest = times.text.set(~times.of_months, None)
            rows = pl.DataFrame(
                {"unit": unit, "time": first_date(times.text), "time_latest": last_date(latest)}
            ).drop_nulls("time")
            written_in = pl.lit(f"{source.name}, column {policy}")
            tables.append(rows.with_columns(policy=pl.lit(policy), source=written_in))
    empty = pl.DataFrame(schema=dict.fromkeys(ADOPTIONS, pl.String))
    adoptions = pl.concat([empty, *tables], how="diagonal").select(ADOPTIONS)
    units = source.named_units()
    return Part(
        tables={"units": units, "adoptions": adoptions}, grain=grains.pop() if len(grains) == 1 else None
    )


def _counting(source: SourceFile, policies: tuple[str, ...]) -> Counting | None:
    """How the numbers in columns of policies are read: the first period is the lowest of any of them."""
    if source.settings.first_year is None:
        return None
    never = source.settings.never
    numbers = [dated(source.frame[name], never).cast(pl.Float64, strict=False) for name in policies]
    return counting_of(pl.concat(one.rename("times") for one in numbers), source.settings.first_year)


def _one_grain(times: Times, column: str, file: str) -> Grain:
    if times.grain is None or times.text.null_count():
        at = times.text.is_null().arg_true()
        why = f"row {at[0] + 2} has none" if len(at) else "some are years, others months or days"
        raise CaseError(f"`{file}`, column `{column}`: every row of a panel needs a time of one kind; {why}. "
                        "Fix: write every time as 2018, or every one as 2018-07.")  # fmt: skip
    return times.grain


def _status(source: SourceFile, plain: pl.DataFrame, place: str, name: str) -> pl.Series:
    """A column of a policy in which 1 stands as long as the policy does."""
    own = plain[place]
    readable = own.dtype.is_numeric() or own.dtype in (pl.Boolean, pl.Null)
    if not readable:
        number = own.cast(pl.String).str.strip_chars().cast(pl.Float64, strict=False)
        own = number.alias(place) if number.null_count() == own.null_count() else own
    if not own.dtype.is_numeric() and own.dtype not in (pl.Boolean, pl.Null):
        return own
    rows = pl.DataFrame({"unit": plain["unit"], "time": plain["time"], "own": own.cast(pl.Float64)})
    rows = rows.with_row_index("at").sort("unit", "time")
    after = rows.with_columns(
        next=pl.col("own").shift(-1).over("unit"), last=pl.col("own").shift(1).over("unit")
    )
    back = after.filter((pl.col("own") == 1) & (pl.col("next") == 0)).height
    stays = after.filter((pl.col("own") == 1) & (pl.col("last") == 1)).height
    if source.settings.coding is None and back and not stays:
        raise CaseError(
            f"`{source.name}`, column `{name}`: every 1 stands alone, and 0 follows it "
            f"{counted(back, 'time')}. Is it 1 only in the period of the adoption, or was each adoption "
            'repealed at once? Fix: say in the map coding = "event" or coding = "status".'
        )
    if source.settings.coding != "event":
        if back:
            ended = f"Where 0 follows 1 the policy ended: {counted(back, 'time')}."
            source.decide(name, ended, 'say in the map: coding = "event"')
        return own.alias(place)
    source.decide(name, "1 marks the period of the adoption, which then stays.", 'coding = "status"')
    held = rows.with_columns(pl.col("own").fill_null(0.0).cum_max().over("unit").alias("had"))
    status = pl.when(pl.col("had") == 1).then(1.0).otherwise(pl.col("own"))
    return held.with_columns(status.alias(place)).sort("at")[place]


def _adopted(adoptions: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    """Adoptions alone: without pairs never seen to adopt, and those that are open from some time on."""
    left = units.select("unit", end=pl.col("open"))
    rows = adoptions.join(left, "unit", "left")
    adopted = (
        pl.col("time").is_not_null() | pl.col("time_latest").is_not_null() | pl.col("until").is_not_null()
    )
    unsure = pl.col("time").is_not_null() & (pl.col("time_latest") == pl.col("end"))
    return rows.filter(adopted & ~unsure.fill_null(value=False)).drop("end").sort("policy", "unit", "time")


def _windows(
    source: SourceFile, plain: pl.DataFrame, units: pl.DataFrame, places: list[str], bounds: tuple[int, int]
) -> pl.DataFrame:
    """Units with when they were watched: empty where it is as long as the panel."""
    known = [
        plain.filter(pl.col(place).is_not_null()).group_by("unit").agg(pl.col("time").max().alias(place))
        for place in places
    ]
    ends = units.rename({"left": "end"})
    for one in known:
        ends = ends.join(one, "unit", "left")
    had = [
        plain.filter(pl.col(place).cast(pl.Float64) == 1).select("unit").unique()["unit"].implode()
        for place in places
    ]
    done = pl.all_horizontal(pl.col("unit").is_in(one) for one in had)
    until = pl.min_horizontal(pl.col(place).fill_null(pl.col("entered") - 1) for place in places)
    lost = ends.with_columns(until=until, done=done)
    gone = lost.filter(~pl.col("done") & (pl.col("until") < pl.col("end")))
    if gone.height:
        names = ", ".join(gone["unit"].sort().head(5))
        statement = (
            f"{counted(gone.height, 'unit')} ({names}) {noun(gone.height, 'is', 'are')} watched until a "
            "policy's cells become empty."
        )
        source.decide(None, statement, "fill the cells, or import each policy by itself")
    watched = pl.when(~pl.col("done") & (pl.min_horizontal("until", "end") < bounds[1])).then(
        pl.min_horizontal("until", "end")
    )
    return lost.select(
        "unit",
        entered=pl.when(pl.col("entered") > bounds[0]).then("entered"),
        left=watched,
        open=pl.col("end") + 1,
    )
