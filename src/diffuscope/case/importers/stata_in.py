"""A frame from a Stata file: dates and periods, labels of values, extended missing values."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from diffuscope.case.importers.frame_read import FrameRead
from diffuscope.case.importers.value_labels import labelled
from diffuscope.records.extras import library
from diffuscope.records.phrases import counted, listed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FORMAT = re.compile(r"%-?(?:t([dcCmqhywb])|(d))")
"""Display formats of dates: ``%td``, ``%tm`` and so on; ``%d`` is how old versions write ``%td``."""
EPOCH = date(1960, 1, 1)
MONTHS = {"m": 1, "q": 3, "h": 6}
"""Months of a period."""
LEAP_SECONDS = (
    *("1972-06", "1972-12", "1973-12", "1974-12", "1975-12", "1976-12", "1977-12", "1978-12", "1979-12"),
    *("1981-06", "1982-06", "1983-06", "1985-06", "1987-12", "1989-12", "1990-12", "1992-06", "1993-06"),
    *("1994-06", "1995-12", "1997-06", "1998-12", "2005-12", "2008-12", "2012-06", "2015-06", "2016-12"),
)
"""Months at whose ends a second was inserted (IERS Bulletin C), which ``%tC`` counts and ``%tc`` does not."""


def read_stata(file: Path, columns: Sequence[str] | None = None, *, codes: bool = False) -> FrameRead:
    """The table of a `.dta` file.

    Days are dates, ``%tc`` and ``%tC`` days or times of day, months ``1990-07``, quarters ``1990-Q3``, half
    years ``1990-H2``, years whole numbers, and weeks the day on which Stata's week begins.

    Parameters
    ----------
    file : Path
    columns : sequence of str, optional
        Those to read.
    codes : bool
        Keep codes where values have labels.
    """
    pyreadstat = library("pyreadstat", "formats", f"`{file.name}`, a file of Stata,")
    wanted = None if columns is None else list(columns)
    table, meta = pyreadstat.read_dta(
        file, usecols=wanted, disable_datetime_conversion=True, user_missing=True, output_format="pandas"
    )
    formats, kinds = dict(meta.original_variable_types), dict(meta.readstat_variable_types)
    columns_read, notes = [], []
    for name in table.columns:
        labels = dict(meta.variable_value_labels.get(name, {}))
        if kinds.get(name) == "string":
            texts = [None if value is None or value == "" else str(value) for value in table[name]]
            columns_read.append(pl.Series(name, texts, dtype=pl.String))
            continue
        values, caveats = _without_missing(name, table[name].tolist(), labels)
        kind = FORMAT.match(formats.get(name) or "")
        if kind:
            values, more = _dated(values, kind[1] or kind[2])
        else:
            values, more = labelled(values, labels, codes=codes) if labels else (values, [])
        notes += [*caveats, *more]
        columns_read.append(values)
    told_labels = {name: text for name, text in meta.column_names_to_labels.items() if text}
    return FrameRead(pl.DataFrame(columns_read), notes, told_labels)


def _without_missing(name: str, held: list[Any], labels: dict[Any, str]) -> tuple[pl.Series, list[str]]:
    """Numbers without the values .a to .z, which mean that, and why, something is missing."""
    signs = [value for value in held if isinstance(value, str)]
    numbers = pl.Series(name, [None if isinstance(one, str) else one for one in held], dtype=pl.Float64)
    values = _whole(numbers.fill_nan(None))
    if not signs:
        return values, []
    reasons = sorted(set(signs))
    meant = listed(f".{sign} ({labels[sign]})" if sign in labels else f".{sign}" for sign in reasons)
    many = counted(len(signs), "cell")
    return values, [
        f"column `{name}`: {many} with an extended missing value, {meant}: missing; the reason is not kept."
    ]


def _whole(values: pl.Series) -> pl.Series:
    """Stata has one kind of missing for all numbers; whole ones with gaps come as decimals."""
    if values.dtype.is_float():
        held = values.drop_nulls()
        if len(held) and held.is_finite().all() and (held % 1 == 0).all() and (held.abs() < 2**53).all():
            return values.cast(pl.Int64)
    return values


def _dated(values: pl.Series, kind: str) -> tuple[pl.Series, list[str]]:
    if kind == "b" or not values.dtype.is_numeric():
        return values, [
            f"column `{values.name}` counts days of a business calendar, which the file does not hold; "
            "its numbers are kept."
        ]
    if kind == "y":
        return values.cast(pl.Int64), []
    read = _READERS[kind]
    try:
        dates = [None if value is None else read(value) for value in values.to_list()]
    except (OverflowError, ValueError):
        return values, [f"column `{values.name}` has a time beyond the calendar; its numbers are kept."]
    dated = pl.Series(values.name, dates)
    if (
        kind in "cC"
        and len(dated.drop_nulls())
        and (dated.drop_nulls().dt.time() == datetime.min.time()).all()
    ):
        dated = dated.dt.date()
    week = f"column `{values.name}`: a week is the day on which it begins." if kind == "w" else ""
    return dated, [week] if week else []


def _period(value: float, months: int, letter: str) -> str:
    year, place = divmod(int(value), 12 // months)
    if not 0 <= 1960 + year <= 9999:
        raise ValueError
    return f"{1960 + year:04d}-{letter}{place + 1:0{2 if months == 1 else 1}d}"


def _week(value: float) -> date:
    """First day of a week of Stata: 52 a year, the first from 1 January on."""
    year, place = divmod(int(value), 52)
    return date(1960 + year, 1, 1) + timedelta(days=7 * place)


def _moment(value: float) -> datetime:
    return datetime(1960, 1, 1) + timedelta(milliseconds=value)


def _moment_with_leap_seconds(value: float) -> datetime:
    for at, _ in enumerate(LEAP_SECONDS):
        if value < _inserted(at):
            return _moment(value - 1000 * at)
    return _moment(value - 1000 * len(LEAP_SECONDS))


def _inserted(at: int) -> float:
    """When the second after a leap second begins, in milliseconds as ``%tC`` counts them."""
    year, month = map(int, LEAP_SECONDS[at].split("-"))
    following = date(year + month // 12, month % 12 + 1, 1)
    return 1000.0 * ((following - EPOCH).days * 86_400 + at + 1)


_READERS: dict[str, Any] = {
    "d": lambda value: EPOCH + timedelta(days=int(value)),
    "c": _moment,
    "C": _moment_with_leap_seconds,
    "m": lambda value: _period(value, 1, ""),
    "q": lambda value: _period(value, 3, "Q"),
    "h": lambda value: _period(value, 6, "H"),
    "w": _week,
}
