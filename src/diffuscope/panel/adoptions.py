"""Who adopted what, and when at the earliest and at the latest: adoption spells from a frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from diffuscope.errors import CaseError
from diffuscope.panel.calendar import BEFORE_ALL
from diffuscope.panel.frames import ROW, ids, need, with_rows
from diffuscope.records import Problem

if TYPE_CHECKING:
    from diffuscope.panel.calendar import Calendar

POLICY = "policy"
TIMES = ("time", "time_latest", "until")
SPELL = ("unit", POLICY, "lo", "hi", "until", "first", "last", ROW)
"""Columns of a frame of adoption spells."""
WHAT = "The frame of adoptions"


def spells_of(adoptions: pl.DataFrame, calendar: Calendar, *, lenient: bool = False) -> pl.DataFrame:
    """Adoption spells, in numbers of periods and in days.

    Parameters
    ----------
    adoptions : polars.DataFrame
        Columns `unit` and `time`; `policy`, `time_latest` and `until` if there are any.
    calendar : Calendar
    lenient : bool
        Whether adoptions of one unit and policy may overlap, as where a case dates several tiers of one
        adoption; `repeats_apart` then takes the later rows out.

    Returns
    -------
    polars.DataFrame
        unit, policy, `lo` and `hi` (first and last period in which it may have adopted; `lo` is `BEFORE_ALL`
        where only "by then" is known, both null where it never adopted), `until` (period in which it ended,
        null while it lasts), `first` and `last` (the same as `lo` and `hi` in days; null where times are
        whole numbers or names, and `first` where only "by then" is known), `_row`; ordered by policy, unit
        and time.

    Raises
    ------
    CaseError
        If times cannot be read or are out of order, an id is missing, or adoptions of one unit and policy
        overlap; with every such row.
    """
    frame = with_rows(adoptions)
    problems: list[Problem] = []
    policy = ids(frame[POLICY]) if POLICY in frame.columns else pl.repeat(POLICY, frame.height, eager=True)
    spells = pl.DataFrame({ROW: frame[ROW], "unit": ids(frame["unit"]), POLICY: policy})
    for column in ("unit", POLICY):
        problems += _rows_of(spells, spells[column].is_null(), "missing-value", column, _NO_ID)
    for column, name in zip(TIMES, ("hi", "latest", "until"), strict=True):
        if column not in frame.columns:
            spells = spells.with_columns(pl.lit(None, pl.Int64).alias(name))
            continue
        first, last, bad = calendar.intervals(frame[column])
        problems += _rows_of(spells, bad, "bad-date", column, _NO_DATE, frame[column])
        begins = [first.alias("lo")] if column == "time" else []
        spells = spells.with_columns(*begins, last.alias(name))
    spells = _ordered(spells.with_columns(_days(frame, calendar)))
    problems += _order(spells, lenient=lenient)
    if problems:
        raise refusal(problems)
    return spells.select(*SPELL)


def _days(frame: pl.DataFrame, calendar: Calendar) -> list[pl.Series]:
    """First and last day of each adoption."""
    first, last = calendar.days(frame["time"])
    if "time_latest" in frame.columns:
        _, latest = calendar.days(frame["time_latest"])
        last = latest.zip_with(latest.is_not_null(), last)
    return [first.alias("first"), last.alias("last")]


def times_of(adoptions: pl.DataFrame) -> list[pl.Series]:
    """The columns of a frame of adoptions that hold times."""
    need(adoptions, ("unit", "time"), WHAT)
    return [adoptions[name] for name in TIMES if name in adoptions.columns]


def _ordered(spells: pl.DataFrame) -> pl.DataFrame:
    by_then = pl.col("lo").is_null() & pl.col("latest").is_not_null()
    return spells.with_columns(
        lo=pl.when(by_then).then(pl.lit(BEFORE_ALL, pl.Int64)).otherwise("lo"),
        hi=pl.coalesce("latest", "hi"),
        early=pl.col("latest") < pl.col("lo"),
    ).sort(POLICY, "unit", "hi", "lo", ROW, nulls_last=True)


def repeats_apart(spells: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Spells without those that begin while an earlier one of the same unit and policy lasts; and these.

    What is there already cannot be adopted again: such a row dates another stage of the same adoption, or
    repeats it.
    """
    several = spells.with_row_index("_at").filter(pl.len().over(POLICY, "unit") > 1)
    lasts: dict[tuple[str, str], int | None] = {}
    repeated: list[int] = []
    # one after the other: whether a row counts depends on which row before it did
    for at, unit, policy, lo, until in several.select("_at", "unit", POLICY, "lo", "until").iter_rows():
        pair = (unit, policy)
        ended = lasts.get(pair)
        if pair in lasts and (ended is None or lo is None or lo <= ended):
            repeated.append(at)
        else:
            lasts[pair] = until
    return spells[sorted({*range(spells.height)} - {*repeated})], spells[repeated]


def _order(spells: pl.DataFrame, *, lenient: bool) -> list[Problem]:
    """Rows that contradict themselves or the row before them."""
    same = (pl.col("unit") == pl.col("unit").shift(1)) & (pl.col(POLICY) == pl.col(POLICY).shift(1))
    ended = pl.col("until").shift(1)
    # leniently, what ended by a date and began nobody knows when is an adoption without a date
    unknown = BEFORE_ALL if lenient else 2**40
    told = spells.with_columns(
        ends_early=pl.col("until") < pl.col("lo").fill_null(unknown),
        overlaps=(same & (ended.is_null() | pl.col("lo").is_null() | (pl.col("lo") <= ended))).fill_null(
            value=False
        ),
    )
    found = _rows_of(spells, told["early"].fill_null(value=False), "order", "time_latest", _LATEST)
    found += _rows_of(spells, told["ends_early"].fill_null(value=False), "order", "until", _UNTIL)
    if lenient:
        return found
    return found + _rows_of(spells, told["overlaps"], "repeated-adoption", "time", _TWICE)


def _rows_of(  # noqa: PLR0917 the fields of a problem, in order
    spells: pl.DataFrame,
    wrong: pl.Series,
    rule: str,
    column: str,
    words: tuple[str, str],
    values: pl.Series | None = None,
) -> list[Problem]:
    at = wrong.arg_true()
    rows = spells[ROW].gather(at).to_list()
    told = [None] * len(rows) if values is None else values.gather(at).cast(pl.String).to_list()
    names = spells["unit"].gather(at).to_list()
    return [
        Problem(
            level="error",
            rule=rule,
            message=words[0].format(unit=name or "a unit"),
            mend=words[1],
            table="adoptions",
            row=row,
            column=column,
            value=value,
        )
        for row, value, name in zip(rows, told, names, strict=True)
    ]


def refusal(problems: list[Problem], what: str = "Adoptions") -> CaseError:
    """The error that tells all problems, the first of them in words."""
    first = problems[0]
    more = "" if len(problems) == 1 else f" (and {len(problems) - 1} more)"
    place = f"row {first.row}, `{first.column}`" if first.row is not None else f"`{first.column}`"
    value = "" if first.value is None else f" ({first.value})"
    return CaseError(f"{what}, {place}{value}: {first.message} Mend: {first.mend}{more}.", problems)


_NO_ID = ("An adoption has no id here.", "name it, or take the row out")
_NO_DATE = (
    "This is no time that can be read.",
    "write a date as 2018, 2018-07 or 2018-07-08, or a whole number; leave never empty",
)
_LATEST = ("{unit} has a latest time before its earliest.", "exchange the two")
_UNTIL = ("{unit} ends its adoption before it begins.", "mend `until` or `time`")
_TWICE = (
    "{unit} adopts the same policy again while its first adoption lasts.",
    "keep one row, or say in `until` when the first adoption ended",
)
