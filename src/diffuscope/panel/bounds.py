"""From when to when anybody could adopt: origins, ends, entry and exit, as numbers of periods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from diffuscope.errors import PlanError
from diffuscope.panel.adoptions import refusal
from diffuscope.panel.calendar import BEFORE_ALL
from diffuscope.panel.native_frames import ROW, ids, need, polars_of
from diffuscope.records import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diffuscope.panel.calendar import Calendar
    from diffuscope.records.arrays import Codes


FAR = 2**31
AFTER_FIRST, FIRST, LAST = "after first", "first", "last"


def chosen(name: str, choice: str, first: str, second: str) -> bool:
    """Whether the first of two choices was taken; a third is refused."""
    if choice not in (first, second):
        raise PlanError(f"{name} is {choice!r}; it is {first!r} or {second!r}.")
    return choice == first


@dataclass(frozen=True)
class Bounds:
    """Who could adopt from when to when, in numbers of periods, both ends included.

    Attributes
    ----------
    units, policies : tuple of str
    origin, censor : array of int, shape (P,)
        First and last period in which anybody is at risk of adopting each policy.
    entry, exit : array of int, shape (N,)
        First and last period of each unit.
    opens, closes : int
        First and last period of the window.
    collapse : bool
        Whether a date that spans periods makes one long row, instead of ending the unit's rows.
    since : {"origin", "spell"}
        What `duration` is counted from.
    end_stated : bool
        Whether somebody said when watching ends, instead of the last adoption.
    """

    units: tuple[str, ...]
    policies: tuple[str, ...]
    origin: Codes
    censor: Codes
    entry: Codes
    exit: Codes
    opens: int
    closes: int
    collapse: bool
    since: str
    end_stated: bool = True


def units_of(units: Any, spells: pl.DataFrame) -> tuple[tuple[str, ...], Any, Any]:
    """Ids of the units, and when they entered and left."""
    if units is None:
        return tuple(sorted(spells["unit"].unique())), None, None
    if isinstance(units, str | list | tuple | set | frozenset | dict | np.ndarray | pl.Series | Iterator):
        return _distinct(units, "unit"), None, None
    frame, _ = polars_of(units, "The frame of units")
    need(frame, ("unit",), "The frame of units")
    named = _distinct(ids(frame["unit"]), "unit")
    times = [
        dict(zip(named, frame[name].to_list(), strict=True)) if name in frame.columns else None
        for name in ("entered", "left")
    ]
    return named, times[0], times[1]


def _distinct(names: Iterable[Any], what: str) -> tuple[str, ...]:
    if isinstance(names, str):
        raise PlanError(f"Give a list of {what}s, not the single text {names!r}.")
    named = ids(pl.Series(list(names), strict=False))
    if not len(named) or named.null_count():
        raise PlanError(f"A {what} of the panel has no id." if len(named) else f"No {what} is named.")
    twice = named.filter(named.is_duplicated())
    if len(twice):
        raise PlanError(f"The {what} `{twice[0]}` is named twice.")
    return tuple(named)


def bounds_of(
    spells: pl.DataFrame,
    calendar: Calendar,
    units: tuple[str, ...],
    policies: Iterable[str] | None,
    *,
    window: tuple[Any, Any] | None,
    origin: Any,
    censor: Any,
    entry: Any,
    exit: Any,  # noqa: A002 the word beside entry
    collapse: bool,
    since: str,
) -> Bounds:
    """The bounds of a panel; arguments as for `person_period`, units and their entry and exit read."""
    chosen("since", since, "origin", "spell")
    named = tuple(sorted(spells["policy"].unique())) if policies is None else _distinct(policies, "policy")
    first, last = _window(calendar, window)
    starts = _origins(spells, calendar, named, origin)
    ends = _censors(spells, calendar, named, censor, last)
    _refuse_backward(starts, ends, named, origin, calendar)
    enters = times_by_name(entry, units, calendar, "unit", -FAR)
    leaves = times_by_name(exit, units, calendar, "unit", FAR, last=True)
    if calendar.period == "wave":
        # prevalent cases of the first wave are left-truncated: a unit is at risk from the wave after its
        # first
        enters = np.maximum(enters, 0) + 1  # what the first look finds was there before it
    stated = calendar.period == "wave" or last != FAR or _states_ends(censor, named)
    return Bounds(units, named, starts, ends, enters, leaves, first, last, collapse, since, stated)


def _states_ends(censor: Any, policies: tuple[str, ...]) -> bool:
    """Whether an end is given for every policy; ending each with its last adoption is a choice, too."""
    return censor is not None and (not isinstance(censor, Mapping) or set(policies) <= set(map(str, censor)))


def _window(calendar: Calendar, window: tuple[Any, Any] | None) -> tuple[int, int]:
    if window is not None and (not isinstance(window, tuple | list) or len(window) != 2):
        raise PlanError("`window` is a pair, first and last period; None means an open end.")
    opens, closes = (None, None) if window is None else window
    first = -FAR if opens is None else calendar.index(opens, "The window's start")
    last = FAR if closes is None else calendar.index(closes, "The window's end", last=True)
    if first > last:
        raise PlanError(f"The window ends ({closes}) before it begins ({opens}).")
    if calendar.period == "wave":
        first, last = max(first, 0), min(last, len(calendar.waves) - 1)
    return first, last


def _refuse_backward(
    starts: Codes, ends: Codes, policies: tuple[str, ...], origin: Any, calendar: Calendar
) -> None:
    given = [at for at in range(len(policies)) if starts[at] > ends[at] and _is_given(origin, policies[at])]
    if given:
        name = policies[given[0]]
        raise PlanError(
            f"The risk period of `{name}` would begin ({calendar.name(int(starts[given[0]]))}) after "
            f"watching ends ({calendar.name(int(ends[given[0]]))})."
        )


def _is_given(origin: Any, policy: str) -> bool:
    """Whether a time is given, instead of a rule that derives it."""
    given = origin.get(policy, AFTER_FIRST) if isinstance(origin, Mapping) else origin
    return not (isinstance(given, str) and given in (AFTER_FIRST, FIRST))


def _origins(spells: pl.DataFrame, calendar: Calendar, policies: tuple[str, ...], origin: Any) -> Codes:
    """First period at risk of each policy; a first adoption dated to a range is known by the range's end."""
    known = spells.filter(pl.col("latest").is_not_null())
    dated = pl.col("earliest") != BEFORE_ALL
    first_dates = known.group_by("policy").agg(
        # the period by which somebody surely had adopted: before it, perhaps nobody was there to follow
        after=pl.col("latest").min() + 1,
        first=pl.min_horizontal(
            pl.col("earliest").filter(dated).min(), pl.col("latest").filter(~dated).min() + 1
        ),
    )
    rule = dict(zip(first_dates["policy"], first_dates.to_dicts(), strict=True))
    origins = origin if isinstance(origin, Mapping) else dict.fromkeys(policies, origin)
    derived = [
        rule[name]["first" if origins.get(name) == FIRST else "after"] if name in rule else FAR
        for name in policies
    ]
    times = {
        name: time
        for name, time in origins.items()
        if not isinstance(time, str) or time not in (AFTER_FIRST, FIRST)
    }
    return times_by_name(times, policies, calendar, "policy", np.array(derived, dtype=np.int64))


def _censors(
    spells: pl.DataFrame, calendar: Calendar, policies: tuple[str, ...], censor: Any, closes: int
) -> Codes:
    """Last period watched of each policy."""
    if calendar.period == "wave" and censor is None:
        return np.full(len(policies), closes)
    ends = pl.max_horizontal("latest", "until")
    by_policy = dict(spells.group_by("policy").agg(ends.max().fill_null(-FAR)).iter_rows())
    own = np.array([by_policy.get(name, -FAR) for name in policies], dtype=np.int64)
    if isinstance(censor, str) and censor == LAST:
        return own
    # the same end for all policies: ending each with its own last adoption conditions on that event, and
    # inflates hazards
    common = np.full(len(policies), max(by_policy.values(), default=-FAR) if closes == FAR else closes)
    if censor is None:
        return common
    return times_by_name(censor, policies, calendar, "policy", common, last=True)


def times_by_name(
    given: Any,
    names: tuple[str, ...],
    calendar: Calendar,
    what: str,
    otherwise: int | Codes,
    *,
    last: bool = False,
) -> Codes:
    """Times of units or policies, by name, as numbers of periods; `otherwise` where none is given."""
    base = np.full(len(names), otherwise) if isinstance(otherwise, int) else otherwise.copy()
    if given is None:
        return base
    if not isinstance(given, Mapping):
        return np.full(len(names), calendar.index(given, f"The time given for each {what}", last=last))
    unlisted = sorted({str(name) for name in given} - set(names))
    if unlisted and what == "policy":
        raise PlanError(f"A time is given for `{unlisted[0]}`, which is not a {what} of the panel.")
    known = {str(name): time for name, time in given.items()}
    column = pl.Series([known.get(name) for name in names], strict=False)
    firsts, lasts, bad = calendar.intervals(column)
    if bad.any():
        at = bad.arg_true()[0]
        calendar.index(column[at], f"The time given for the {what} `{names[at]}`:")
    periods = (lasts if last else firsts).to_numpy()
    return np.where(np.isnan(periods), base, periods).astype(np.int64)


def refuse_early(spells: pl.DataFrame, bounds: Bounds) -> None:
    """Refuse adoptions before entry, telling every such row."""
    entry = pl.DataFrame({"unit": bounds.units, "entry": bounds.entry})
    early = spells.join(entry, on="unit").filter(pl.col("latest") < pl.col("entry")).sort(ROW)
    problems = [
        Problem(
            level="error",
            rule="adopted-before-entry",
            message=f"{unit} adopted before it entered.",
            fix="fix one of the two dates, or let strict=False leave it out",
            table="adoptions",
            row=row,
            column="time",
        )
        for unit, row in early.select("unit", ROW).iter_rows()
    ]
    if problems:
        raise refusal(problems)
