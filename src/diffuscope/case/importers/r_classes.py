"""Classes of R's vectors as Python has them: days, moments, labelled codes, large whole numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MISSING_INTEGER64 = np.iinfo(np.int64).min


@dataclass(frozen=True)
class Labelled:
    """Codes with labels, as the packages haven and labelled keep them."""

    values: Any
    labels: dict[Any, str]


def constructors() -> Any:
    """For each class that is read as more than what it is made of, the function that makes it."""
    from rdata import conversion

    kept: dict[str, Any] = {name: conversion.DEFAULT_CLASS_MAP[name] for name in ("factor", "ordered")}
    return kept | {
        "data.frame": _frame,
        "Date": _days,
        "POSIXct": _moments,
        "POSIXlt": _broken_down,
        "integer64": _wide,
        "haven_labelled": _labelled,
        "labelled": _labelled,
    }


def _frame(held: Any, attributes: Mapping[str, Any]) -> Any:
    """A data frame of pandas; labels of codes are in `attrs["labels"]` by column."""
    from rdata.conversion import dataframe_constructor

    if not isinstance(held, dict):  # a frame without columns has no names
        return dataframe_constructor(held, attributes)
    labels = {name: one.labels for name, one in held.items() if isinstance(one, Labelled)}
    plain = {name: one.values if isinstance(one, Labelled) else one for name, one in held.items()}
    frame = dataframe_constructor(plain, attributes)
    frame.attrs["labels"] = labels
    return frame


def _objects(values: list[Any]) -> Any:
    import pandas as pd

    return pd.Series(values, dtype=object).array


def _each(held: Any, read: Callable[[float], Any]) -> Any:
    numbers = np.ma.filled(np.ma.array(held, dtype=np.float64), np.nan).ravel()
    try:
        return _objects([read(one) if np.isfinite(one) else None for one in numbers.tolist()])
    except (OverflowError, ValueError):
        return NotImplemented  # beyond the calendar: it stays the number that it is


def _days(held: Any, _: Mapping[str, Any]) -> Any:
    return _each(held, lambda days: date(1970, 1, 1) + timedelta(days=int(np.floor(days))))


def _moments(held: Any, attributes: Mapping[str, Any]) -> Any:
    """Moments as the clock of their own zone shows them; those of no zone as in UTC."""
    zone = _zone(attributes.get("tzone"))
    return _day_where_midnight(
        _each(held, lambda at: (EPOCH + timedelta(seconds=at)).astimezone(zone).replace(tzinfo=None))
    )


def _broken_down(held: Any, _: Mapping[str, Any]) -> Any:
    """Moments as a list of years, months, days and so on."""
    parts = [_numbers(held[name]) for name in ("year", "mon", "mday", "hour", "min", "sec")]
    moments: list[datetime | None] = []
    for row in np.broadcast(*parts):
        if not np.isfinite(row).all():
            moments.append(None)
            continue
        year, month, day, hour, minute, second = row
        first = datetime(1900 + int(year), 1 + int(month), 1)
        passed = timedelta(days=day - 1, hours=hour, minutes=minute, seconds=second)
        moments.append(first + passed)
    return _day_where_midnight(_objects(moments))


def _numbers(held: Any) -> Any:
    return np.ma.filled(np.ma.array(held, dtype=np.float64), np.nan).ravel()


def _day_where_midnight(moments: Any) -> Any:
    if moments is NotImplemented:
        return moments
    held = [one for one in moments if one is not None]
    if held and all(one.time() == time(0) for one in held):
        return _objects([None if one is None else one.date() for one in moments])
    return moments


def _zone(held: Any) -> Any:
    named = str(next(iter(np.asarray(held, dtype=object).ravel()), "") or "") if held is not None else ""
    try:
        return ZoneInfo(named) if named else UTC
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def _wide(held: Any, _: Mapping[str, Any]) -> Any:
    """Whole numbers of 64 bits, which the package bit64 keeps in the bits of decimals."""
    numbers = np.ascontiguousarray(np.asarray(held, dtype=np.float64)).view(np.int64)
    import pandas as pd

    return pd.array([None if one == MISSING_INTEGER64 else one for one in numbers.tolist()], dtype="Int64")


def _labelled(held: Any, attributes: Mapping[str, Any]) -> Any:
    value_labels = attributes.get("labels")
    names = getattr(value_labels, "coords", {}).get("dim_0") if value_labels is not None else None
    if names is None:
        return NotImplemented
    codes = np.asarray(getattr(value_labels, "values", value_labels), dtype=object).tolist()
    labels = {
        code: str(label)
        for code, label in zip(codes, np.asarray(names.values, dtype=object).tolist(), strict=True)
        if code == code  # noqa: PLR0124 a label of a missing value
    }
    return Labelled(getattr(held, "values", held), labels)
