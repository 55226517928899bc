"""Who adopted what, and when at the earliest and at the latest: adoption spells from a frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from diffuscope.errors import CaseError
from diffuscope.panel.calendar import BEFORE_ALL
from diffuscope.panel.native_frames import ROW, ids, need, with_rows
from diffuscope.records import Problem
from diffuscope.tables.history import surely_overlapping
from diffuscope.tables.tiers import COUNTS, TIER, TIERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.panel.calendar import Calendar

POLICY = "policy"
TIMES = ("time", "time_latest", "until")
DECISION = "decision"
SPELL = ("unit", POLICY, "earliest", "latest", "until", "first", "last", TIER, DECISION, ROW)
"""Columns of a frame of adoption spells."""
WHAT = "The frame of adoptions"
DAYS, PERIODS = ("last", "ended_on"), ("latest", "ends")
"""Latest beginning and earliest end of a spell."""
NEVER = 2**40


def spells_of(
    adoptions: pl.DataFrame, calendar: Calendar, *, lenient: bool = False, undated: bool = False
) -> pl.DataFrame:
    """Adoption spells, in numbers of periods and in days.

    Parameters
    ----------
    adoptions : polars.DataFrame
        Columns `unit` and `time`; `policy`, `time_latest` and `until` if there are any.
    calendar : Calendar
    lenient : bool
        Whether nothing is said of overlaps: the table was checked already.
    undated : bool
        Whether a row without a date happened nobody knows when, instead of never.

    Returns
    -------
    polars.DataFrame
        unit, policy, `earliest` and `latest` (first and last period in which it may have adopted; `earliest`
        is `BEFORE_ALL` where only "by then" is known, both null where it never adopted), `until` (period in
        which it ended, null while it lasts), `first` and `last` (the same as `earliest` and `latest` in days;
        null where times are whole numbers or names, and `first` where only "by then" is known), `tier`,
        `decision`, `_row`; ordered by policy, unit and time. Several rows of one unit and policy may belong
        to one adoption: see `one_history`.

    Raises
    ------
    CaseError
        If times cannot be read or are out of order, an id is missing, or adoptions of one unit, policy and
        tier surely overlap; with every such row.
    """
    frame = with_rows(adoptions)
    problems: list[Problem] = []
    policy = ids(frame[POLICY]) if POLICY in frame.columns else pl.repeat(POLICY, frame.height, eager=True)
    spells = pl.DataFrame({ROW: frame[ROW], "unit": ids(frame["unit"]), POLICY: policy})
    for column in ("unit", POLICY):
        problems += problems_of(spells, spells[column].is_null(), "missing-value", column, _NO_ID)
    for column, name in zip(TIMES, ("latest", "at_latest", "until"), strict=True):
        if column not in frame.columns:
            nothing = [name, "ends"] if column == "until" else [name]
            spells = spells.with_columns(pl.lit(None, pl.Int64).alias(one) for one in nothing)
            continue
        first, last, bad = calendar.intervals(frame[column])
        problems += problems_of(spells, bad, "bad-date", column, _NO_DATE, frame[column])
        more = {"time": [first.alias("earliest")], "until": [first.alias("ends")]}
        spells = spells.with_columns(*more.get(column, []), last.alias(name))
    spells = _ordered(spells.with_columns(*_days(frame, calendar), *_words(frame)))
    problems += _order(spells, lenient=lenient)
    if not lenient:
        problems += _overlaps(spells, undated=undated)
    if problems:
        raise refusal(problems)
    return spells.select(*SPELL)


def _days(frame: pl.DataFrame, calendar: Calendar) -> list[pl.Series]:
    """First and last day of each adoption, and the first on which it can have ended."""
    first, last = calendar.days(frame["time"])
    if "time_latest" in frame.columns:
        _, latest = calendar.days(frame["time_latest"])
        last = latest.zip_with(latest.is_not_null(), last)
    ended = pl.Series("ended_on", [None] * frame.height, dtype=pl.Date)
    if "until" in frame.columns:
        ended = calendar.days(frame["until"])[0].alias("ended_on")
    return [first.alias("first"), last.alias("last"), ended]


def _words(frame: pl.DataFrame) -> list[pl.Series]:
    """Tier and decision of each adoption, where the frame has them."""
    nothing = pl.repeat(None, frame.height, dtype=pl.String, eager=True)
    tier = frame[TIER].cast(pl.String) if TIER in frame.columns else nothing
    decision = ids(frame[DECISION]) if DECISION in frame.columns else nothing
    return [tier.alias(TIER), decision.alias(DECISION)]


def times_of(adoptions: pl.DataFrame) -> list[pl.Series]:
    """The columns of a frame of adoptions that hold times."""
    need(adoptions, ("unit", "time"), WHAT)
    return [adoptions[name] for name in TIMES if name in adoptions.columns]


def _ordered(spells: pl.DataFrame) -> pl.DataFrame:
    by_then = pl.col("earliest").is_null() & pl.col("at_latest").is_not_null()
    return spells.with_columns(
        earliest=pl.when(by_then).then(pl.lit(BEFORE_ALL, pl.Int64)).otherwise("earliest"),
        latest=pl.coalesce("at_latest", "latest"),
        early=pl.col("at_latest") < pl.col("earliest"),
    ).sort(POLICY, "unit", "latest", "earliest", ROW, nulls_last=True)


def one_history(
    spells: pl.DataFrame, tiers: Sequence[str] = TIERS, tier: str = COUNTS
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Adoption history of each unit and policy: one spell for all rows that date the same adoption.

    What is there already cannot be adopted again: a row that may begin while an earlier one lasts dates the
    same adoption, such as another tier of it. No tier comes before a lower one, so the first date is that of
    the lowest tier, and no later than that of any other. The adoption lasts as long as any of its rows.

    Parameters
    ----------
    spells : polars.DataFrame
        From `spells_of`, of rows that count.
    tiers : sequence of str
        All tiers, lowest first.
    tier : str
        The one that counts, and that an empty tier stands for.

    Returns
    -------
    spells : polars.DataFrame
        With the row of the date that comes first.
    repeated : polars.DataFrame
        The other rows.
    """
    several = spells.with_row_index("_at").filter(pl.len().over(POLICY, "unit") > 1)
    if several.is_empty():
        return spells, spells.clear()
    rank = {name: at for at, name in enumerate(tiers)}
    kept: dict[tuple[str, str], tuple[int, int | None]] = {}
    change: dict[int, dict[str, Any]] = {}
    repeated: list[int] = []
    # one after the other: whether a row begins a spell depends on how long those before it last
    for row in several.iter_rows(named=True):
        at, pair = row["_at"], (row["unit"], row[POLICY])
        own, ended = kept.get(pair, (-1, None))
        if own < 0 or (ended is not None and row["earliest"] is not None and row["earliest"] > ended):
            kept[pair] = (at, row["until"])
            change[at] = row
            continue
        repeated.append(at)
        # tiers are reached in order: the lowest row dates when the tier that counts was first reached
        lower = rank.get(row[TIER] or tier, 0) < rank.get(change[own][TIER] or tier, 0)
        change[own] = _joined(change[own], row, lower=lower)
        kept[pair] = (own, change[own]["until"])
    settled = pl.DataFrame(list(change.values()), schema=several.schema).drop(ROW)
    joined = spells.with_row_index("_at").update(settled, on="_at", include_nulls=True).drop("_at")
    out = {*repeated}
    return joined[[at for at in range(spells.height) if at not in out]], spells[repeated]


def _joined(one: dict[str, Any], other: dict[str, Any], *, lower: bool) -> dict[str, Any]:
    """An adoption dated by two rows, the second no earlier; a row without a date says nothing.

    Where the second is of a lower tier, its earliest date may be the first.
    """
    if other["latest"] is None or one["latest"] is None:
        return one
    decision = one[DECISION] if one[DECISION] is not None else other[DECISION]
    ends = (one["until"], other["until"])
    # open in one of the rows is open for all: nobody recorded that it ended
    until = None if None in ends else max(ends)
    merged = one | {"until": until, DECISION: decision}
    if lower and other["earliest"] < one["earliest"]:
        merged |= {"earliest": other["earliest"], "first": other["first"], TIER: other[TIER]}
    return merged


def _overlaps(spells: pl.DataFrame, *, undated: bool) -> list[Problem]:
    """Rows that surely date an adoption again: by the same rule as the check of a case's tables."""
    named = spells.drop_nulls(["unit", POLICY]).with_columns(pl.col(TIER).fill_null(COUNTS))
    dated = pl.col("latest").is_not_null()
    in_days = named.filter(dated)["last"].null_count() == 0
    # in days where every row has them: two adoptions within one year need not overlap
    last, ended = (pl.col(name).to_physical().cast(pl.Int64) for name in (DAYS if in_days else PERIODS))
    scale = named.filter(dated).with_columns(_last=last, _ended=ended.fill_null(NEVER))
    overlapping = surely_overlapping(scale)[ROW].to_list()
    if not undated:
        # never and at some time cannot both be
        overlapping += named.filter(~dated & dated.any().over("unit", POLICY, TIER))[ROW].to_list()
    return problems_of(spells, spells[ROW].is_in(overlapping), "repeated-adoption", "time", _TWICE)


def _order(spells: pl.DataFrame, *, lenient: bool) -> list[Problem]:
    """Rows that contradict themselves."""
    # leniently, what ended by a date and began nobody knows when is an adoption without a date
    unknown = BEFORE_ALL if lenient else NEVER
    marked = spells.with_columns(ends_early=pl.col("until") < pl.col("earliest").fill_null(unknown))
    problems = problems_of(spells, marked["early"].fill_null(value=False), "order", "time_latest", _LATEST)
    return problems + problems_of(
        spells, marked["ends_early"].fill_null(value=False), "order", "until", _UNTIL
    )


def problems_of(  # noqa: PLR0917 the fields of a problem, in order
    spells: pl.DataFrame,
    wrong: pl.Series,
    rule: str,
    column: str,
    words: tuple[str, str],
    values: pl.Series | None = None,
) -> list[Problem]:
    """A problem for each row of a frame of adoptions that is wrong."""
    at = wrong.arg_true()
    rows = spells[ROW].gather(at).to_list()
    texts = [None] * len(rows) if values is None else values.gather(at).cast(pl.String).to_list()
    names = spells["unit"].gather(at).to_list()
    return [
        Problem(
            level="error",
            rule=rule,
            message=words[0].format(unit=name or "a unit"),
            fix=words[1],
            table="adoptions",
            row=row,
            column=column,
            value=value,
        )
        for row, value, name in zip(rows, texts, names, strict=True)
    ]


def refusal(problems: list[Problem], what: str = "Adoptions") -> CaseError:
    """The error that tells all problems, the first of them in words."""
    first = problems[0]
    more = "" if len(problems) == 1 else f" (and {len(problems) - 1} more)"
    place = f"row {first.row}, `{first.column}`" if first.row is not None else f"`{first.column}`"
    value = "" if first.value is None else f" ({first.value})"
    return CaseError(f"{what}, {place}{value}: {first.message} Fix: {first.fix}{more}.", problems)


_NO_ID = ("An adoption has no id in this column.", "give it a name, or remove the row")
_NO_DATE = (
    "This time cannot be read.",
    "write a date as 2018, 2018-07 or 2018-07-08, or a whole number; leave never empty",
)
_LATEST = ("{unit} has a latest time before its earliest.", "swap the two")
_UNTIL = ("{unit} ends its adoption before it begins.", "fix `until` or `time`")
_TWICE = (
    "{unit} adopts the same policy again before its first adoption ends.",
    "keep one row, or say in `until` when the first adoption ended",
)
