"""Ties that people bring as a table: sender, receiver, weight, and perhaps from when to when."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from scipy import sparse

from diffuscope.errors import CaseError, PlanError
from diffuscope.records import Problem
from diffuscope.records.native_tables import polars_frame
from diffuscope.records.phrases import counted, in_code
from diffuscope.ties.dates import COUNTED, FIRST_DATE, moment
from diffuscope.ties.layer import Layer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

ROW, UNDATED = "_row", "_undated"
ALWAYS, NEVER = -1, 2**31


def layer_from_frame(
    ties: Any,
    name: str = "ties",
    *,
    units: Sequence[str] | None = None,
    senders: Sequence[str] | None = None,
    known_from: str | None = None,
    unit_of_measure: str | None = None,
    source: str | None = None,
    derived_from: Sequence[str] = (),
) -> Layer:
    """A layer from a table with a tie a row: the sender acts on the receiver.

    Parameters
    ----------
    ties : pandas, Polars or Arrow table
        Columns `sender` and `receiver`; `weight` if ties differ in strength; `start` and `end` if they are
        dated, or `time` if they were asked for in waves. A receiver without sender and weight is a unit
        without ties.
    name : str
    units : sequence of str, optional
        Receivers; all that the table names otherwise, senders included. Ties of others are left out, which
        a note tells.
    senders : sequence of str, optional
        Those who act; the units otherwise.
    known_from, unit_of_measure, source, derived_from
        As for `Layer`.

    Returns
    -------
    Layer
        Dated ties change in time: a tie holds from the end of `start` to the end of `end`, and one that holds
        in two rows at a time weighs both. Ties of a wave hold until the next wave replaces them
        all; those of the last wave are carried on, and whatever looks at them later says so (`last_wave`).
        Times in which no tie at all holds count as not measured.

    Raises
    ------
    CaseError
        If an id or weight is missing or wrong, a unit acts on itself, or a tie stands there twice; with
        every such row.
    PlanError
        If a column is lacking.

    Examples
    --------
    >>> import polars as pl
    >>> trade = pl.DataFrame({"sender": ["b", "c"], "receiver": ["a", "a"], "weight": [3.0, 1.0]})
    >>> layer_from_frame(trade, "trade").weights.toarray()[0].tolist()
    [0.0, 3.0, 1.0]
    """
    frame, last_wave = _read(ties)
    problems = _problems(frame)
    if problems:
        first = problems[0]
        raise CaseError(
            f"Ties, row {first.row}, `{first.column}`: {first.message} Fix: {first.fix}.", problems
        )
    pairs = frame.filter(pl.col("sender").is_not_null())
    named = pl.concat([frame["receiver"], pairs["sender"]]).unique()
    rows = tuple(units) if units is not None else tuple(sorted(named.to_list()))
    columns = tuple(senders) if senders is not None else rows
    kept = pairs.filter(pl.col("receiver").is_in(rows) & pl.col("sender").is_in(columns))
    away = pairs.height - kept.height
    weights, since = _matrices(kept, rows, columns)
    return Layer(
        name=name,
        units=rows,
        senders=columns,
        weights=weights,
        known_from=known_from or since,
        unit_of_measure=unit_of_measure,
        source=source,
        derived_from=tuple(derived_from),
        notes=(_away(away),) if away else (),
        last_wave=last_wave,
    )


def _away(count: int) -> str:
    return counted(
        count,
        "tie to or from an actor outside the units was left out",
        "ties to or from actors outside the units were left out",
    )


def _read(ties: Any) -> tuple[pl.DataFrame, str | None]:
    """The columns that matter, typed: ids as text, weights as numbers, dates as moments; the last wave."""
    frame = _polars(ties)
    for column in ("sender", "receiver"):
        if column not in frame.columns:
            raise PlanError(
                f"The ties lack the column `{column}`: the sender acts on the receiver. Rename the right "
                f"column; they have {in_code(frame.columns) or 'none'}."
            )
    last_wave = _last_wave(frame)
    frame = _waves(frame)
    row = _rows(frame)
    unweighted = pl.repeat(1.0, frame.height, eager=True)
    weight = _numbers(frame["weight"]) if "weight" in frame.columns else unweighted
    columns = {
        ROW: row,
        "sender": _ids(frame["sender"]),
        "receiver": _ids(frame["receiver"]),
        "weight": weight,
    }
    for column, otherwise in (("start", ALWAYS), ("end", NEVER)):
        if column not in frame.columns:
            columns[column] = pl.repeat(otherwise, frame.height, dtype=pl.Int64, eager=True)
            continue
        dates = _ids(frame[column])
        days = {text: moment(text, f"The `{column}` of a tie") for text in dates.drop_nulls().unique()}
        columns[column] = pl.Series([days.get(text, otherwise) for text in dates.to_list()], dtype=pl.Int64)
    lone = columns["sender"].is_null() & (weight.is_null() if "weight" in frame.columns else True)
    return pl.DataFrame(columns | {"lone": lone, "undated": frame[UNDATED]}), last_wave


def _last_wave(frame: pl.DataFrame) -> str | None:
    """The last of the waves in which ties were measured; None where they have none."""
    if "time" not in frame.columns:
        return None
    waves = _ids(frame["time"]).drop_nulls().unique().to_list()
    return max(waves, key=lambda wave: moment(wave, "The time of a wave"), default=None)


def _waves(frame: pl.DataFrame) -> pl.DataFrame:
    """Ties asked for in waves, each from its wave to the next; which rows have no wave."""
    if "time" not in frame.columns:
        return frame.with_columns(pl.lit(value=False).alias(UNDATED))
    if {"start", "end"} & set(frame.columns):
        raise PlanError(
            "The ties have `time` as well as `start` or `end`. Keep either waves (`time`) "
            "or spans (`start`, `end`)."
        )
    wave = _ids(frame["time"])
    ends = until_next(wave.to_list())
    end = pl.Series([ends.get(at) for at in wave.to_list()], dtype=pl.String)
    return frame.with_columns(wave.alias("start"), end.alias("end"), wave.is_null().alias(UNDATED))


def until_next(waves: Iterable[str | None]) -> dict[str | None, str | None]:
    """When each wave ends: just before the next; the last does not."""
    named = sorted({wave for wave in waves if wave}, key=lambda wave: moment(wave, "The time of a wave"))
    ends: dict[str | None, str | None] = dict.fromkeys(named)
    for wave, following in pairwise(named):
        before = moment(following, "The time of a wave") - 1
        ends[wave] = str(before) if before < COUNTED else date.fromordinal(before).isoformat()
    return ends


def read_ids(table: Any, columns: Sequence[str]) -> pl.DataFrame:
    """Some columns of a table as text, and in `_row` the row a spreadsheet shows."""
    frame = _polars(table)
    for column in columns:
        if column not in frame.columns:
            raise PlanError(f"The table lacks the column `{column}`; it has {', '.join(frame.columns)}.")
    return pl.DataFrame({ROW: _rows(frame)} | {column: _ids(frame[column]) for column in columns})


def _polars(table: Any) -> pl.DataFrame:
    try:
        return polars_frame(table)[0]
    except TypeError as error:
        raise PlanError(f"A pandas, Polars or Arrow table is needed, not {type(table).__name__}.") from error


def _rows(frame: pl.DataFrame) -> pl.Series:
    if ROW in frame.columns:
        return frame[ROW].cast(pl.Int64)
    return pl.int_range(2, frame.height + 2, dtype=pl.Int64, eager=True)


def _ids(column: pl.Series) -> pl.Series:
    """Ids as text: 1001 and 1001.0 are both ``1001``; empty and NaN are null. Of times, the day counts."""
    if column.dtype.is_temporal():
        return column.cast(pl.Date).cast(pl.String)
    if column.dtype.is_float():
        whole = column.fill_nan(None)
        if (whole.drop_nulls() % 1 == 0).all():
            column = whole.cast(pl.Int64)
    text = column.cast(pl.String).str.strip_chars()
    return text.set(text == "", None)


def _numbers(column: pl.Series) -> pl.Series:
    """Weights as numbers; NaN and what is not a number are null."""
    return column.cast(pl.Float64, strict=False).fill_nan(None)


def _problems(frame: pl.DataFrame) -> list[Problem]:
    lone = pl.col("lone")
    pair = ["sender", "receiver", "start", "end"]
    rules = (
        ("missing-value", "receiver", pl.col("receiver").is_null(), "A tie has no receiver.", "name it"),
        ("missing-value", "time", pl.col("undated"), "A tie has no time.", "give its wave"),
        ("missing-value", "sender", pl.col("sender").is_null() & ~lone, "A tie has no sender.", "name it"),
        (
            "bad-number", "weight", ~lone & pl.col("weight").is_null(),
            "A tie has no weight that is a number.", "give it, or leave the row out if there is no tie",
        ),
        (
            "negative", "weight", (pl.col("weight") < 0) | pl.col("weight").is_infinite(),
            "A weight is below 0 or infinite.", "give the strength of the tie",
        ),
        (
            "same", "sender", pl.col("sender") == pl.col("receiver"),
            "A unit acts on itself.", "remove the row: a unit is not exposed to its own adoption",
        ),
        (
            "repeated", "receiver", pl.struct(pair).is_duplicated() & ~lone,
            "The same tie is in two rows.", "keep one, or add up the weights",
        ),
    )  # fmt: skip
    problems = []
    for rule, column, wrong, message, fix in rules:
        shown = pl.lit(None).alias(column) if column == "time" else pl.col(column)
        for row, value in frame.filter(wrong.fill_null(value=False)).select(ROW, shown).iter_rows():
            text = None if value is None else str(value)
            problems.append(
                Problem(
                    level="error", rule=rule, message=message, fix=fix, table="ties", row=row,
                    column=column, value=text,
                )
            )  # fmt: skip
    return problems


def _matrices(ties: pl.DataFrame, rows: tuple[str, ...], columns: tuple[str, ...]) -> tuple[Any, str | None]:
    """One matrix and the date from which it is known, or dated matrices."""
    receivers, acting = (
        ties[end].replace_strict(pl.Series(names), pl.int_range(len(names), eager=True)).to_numpy()
        for end, names in (("receiver", rows), ("sender", columns))
    )
    weights, start, end = (ties[name].to_numpy() for name in ("weight", "start", "end"))

    def held(at: int) -> sparse.csr_array:
        """Ties that hold at a moment."""
        on = (start <= at) & (end >= at)
        return sparse.csr_array((weights[on], (receivers[on], acting[on])), shape=(len(rows), len(columns)))

    # the set of ties changes only where one starts, or the day after one ends
    edges = np.unique(np.concatenate([start, end[end < NEVER] + 1])).astype(np.int64)
    if len(edges) <= 1:
        since = None if not len(edges) or edges[0] == ALWAYS else _written(int(edges[0]), edges)
        return held(int(edges[0]) if len(edges) else 0), since
    return tuple((_written(int(at), edges), held(int(at))) for at in edges), None


def _written(at: int, edges: NDArray[np.int64]) -> str:
    """A moment as a layer names it."""
    if at == ALWAYS:
        return "0" if edges.max() <= COUNTED else FIRST_DATE
    return str(at) if at <= COUNTED else date.fromordinal(at).isoformat()
