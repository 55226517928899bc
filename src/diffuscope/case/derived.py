"""Adoptions that the register of projects shows: since when a unit has projects in the area of a policy.

A wave says when somebody looked, not when it happened: what is first seen in a wave was adopted after the
last look that surely did not find it, and by this one.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from diffuscope.tables.dates import last_day
from diffuscope.tables.raw import ROW

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

BEGUN, LISTED = "begun", "listed"
COMPLETED = "completed"
HAS_BEGUN = ("ongoing", COMPLETED)
NOT_BEGUN = ("planning",)
CARRIED = "carried forward"
NIL = "nil"
RETURNED = ("received", NIL)
"""States of a return by which a unit without rows is known to have none."""
JUDGED = "judged"
"""How `status_basis` begins where a status is a judgement."""
SHOWN = 5
"""Rows of projects that a derived adoption names."""


class Derived(NamedTuple):
    """One adoption as the register shows it.

    Attributes
    ----------
    unit, policy : str
    first : date or None
        The day after the last look that surely did not find it; None: it was there by the first.
    last : date
        The look that found it.
    until : date or None
        The first look that surely does not find it any more. What was completed does not end by leaving the
        list, unless being listed is what is asked.
    rows : tuple of int
        Rows of `projects` that show it first.
    source : str or None
        Where the first of them is from.
    judged : bool
        Whether the status of each of them is a judgement, where the status decides.
    """

    unit: str
    policy: str
    first: date | None
    last: date
    until: date | None
    rows: tuple[int, ...]
    source: str | None
    judged: bool = False


class _Observed(NamedTuple):
    """Rows of one unit in one area and wave: those that count, and whether any may count or not."""

    rows: tuple[int, ...]
    unsure: bool
    source: str | None
    judged: bool
    completed: bool


def derived_adoptions(
    policies: pl.DataFrame,
    projects: pl.DataFrame,
    waves: Mapping[str, str],
    returns: pl.DataFrame | None = None,
    units: pl.DataFrame | None = None,
) -> list[Derived]:
    """The adoptions of all policies that name an area, or a sub-area, of the register.

    Parameters
    ----------
    policies : polars.DataFrame
        policy, area, sub_area, area_counts.
    projects : polars.DataFrame
        unit (an id, or a list of ids), wave, area, sub_area, status, status_basis, source, `_row`.
    waves : mapping of str to str
        Date of each wave.
    returns : polars.DataFrame, optional
        wave, unit, state: a unit without projects whose return was received, or nil, has none; one whose
        return is not received is unknown, whatever its rows lack.
    units : polars.DataFrame, optional
        unit, parent: where rows of a state are carried forward, so are those of its units that have no return
        of their own.

    Returns
    -------
    list of Derived
        A unit without rows in a wave is unknown then, so that the range grows over it; so is one with a row
        whose area, or whose beginning, is not told.
    """
    derivable = policies.drop_nulls(["policy", "area"])
    looks = _looks_of(waves)
    if derivable.is_empty() or projects.is_empty() or not looks:
        return []
    if isinstance(projects.schema["unit"], pl.List):
        projects = projects.explode("unit")
    rows = projects.filter(pl.col("wave").is_in(list(looks))).drop_nulls("unit")
    known = _carried(rows, returns, units) | _nothing_in(units, returns) | _returned(returns)
    adoptions: list[Derived] = []
    for policy, area, sub_area, counts in derivable.select(
        "policy", "area", "sub_area", "area_counts"
    ).iter_rows():
        own = rows.filter(pl.col("area") == area)
        own = own if sub_area is None else own.filter(pl.col("sub_area") == sub_area)
        observed = _observed(own, listed=counts == LISTED)
        whole = _whole(rows, "area" if sub_area is None else "sub_area")
        for unit in sorted({unit for unit, _ in observed}):
            adoptions += _spells(unit, policy, looks, observed, whole | known)
    return adoptions


def _looks_of(waves: Mapping[str, str]) -> dict[str, date]:
    """Waves in the order of their last day."""
    table = pl.DataFrame({"wave": list(waves), "when": list(waves.values())}, schema_overrides=_TEXT)
    days = table.select("wave", last_day(pl.col("when")).alias("day")).drop_nulls().sort("day", "wave")
    return dict(days.iter_rows())


def _returned(returns: pl.DataFrame | None) -> dict[tuple[str, str], bool]:
    """Whether the absence of rows of a unit and wave is known to mean that there are none."""
    if returns is None:
        return {}
    returned = returns.drop_nulls(["unit", "wave", "state"]).select("unit", "wave", "state")
    return {(unit, wave): state in RETURNED for unit, wave, state in returned.iter_rows()}


def _nothing_in(units: pl.DataFrame | None, returns: pl.DataFrame | None) -> dict[tuple[str, str], bool]:
    """Units of a state that has nothing to report, and the wave: they have none, whatever came before."""
    if returns is None or units is None:
        return {}
    nothing = returns.filter(pl.col("state") == NIL).select(parent="unit", wave="wave")
    below = units.drop_nulls("parent").select("unit", "parent").join(nothing, on="parent")
    return dict.fromkeys(below.select("unit", "wave").iter_rows(), True)


def _carried(
    rows: pl.DataFrame, returns: pl.DataFrame | None, units: pl.DataFrame | None
) -> dict[tuple[str, str], bool]:
    """Units and waves whose rows are carried forward by the return of their state: they are no fresh look."""
    if returns is None or units is None:
        return {}
    above = units.drop_nulls("parent").select("unit", "parent")
    stale = returns.filter(pl.col("state") == CARRIED).select(parent="unit", wave="wave")
    carried = rows.select("unit", "wave").unique().join(above, on="unit").join(stale, on=["parent", "wave"])
    return dict.fromkeys(carried.select("unit", "wave").iter_rows(), False)


def _observed(own: pl.DataFrame, *, listed: bool) -> dict[tuple[str, str], _Observed]:
    counts = pl.lit(value=True) if listed else pl.col("status").is_in(HAS_BEGUN)
    unsure = pl.lit(value=False) if listed else ~pl.col("status").is_in([*HAS_BEGUN, *NOT_BEGUN])
    marked = own.with_columns(_counts=counts, _unsure=unsure.fill_null(value=True)).sort(ROW)
    judged = pl.col("status_basis").str.to_lowercase().str.starts_with(JUDGED).fill_null(value=False)
    grouped = marked.group_by("unit", "wave").agg(
        pl.col(ROW).filter("_counts"),
        pl.col("_unsure").any(),
        pl.col("source").filter("_counts").first(),
        (judged.filter("_counts").all() & pl.lit(not listed)).alias("_judged"),
        ((pl.col("status") == COMPLETED).any() & pl.lit(not listed)).alias("_completed"),
    )
    return {(unit, wave): _Observed(tuple(rows), *more) for unit, wave, rows, *more in grouped.iter_rows()}


def _whole(rows: pl.DataFrame, column: str) -> dict[tuple[str, str], bool]:
    """Units and waves with rows, and whether each of these tells its area."""
    complete = rows.group_by("unit", "wave").agg(pl.col(column).is_not_null().all())
    return {(unit, wave): whole for unit, wave, whole in complete.iter_rows()}


def _spells(
    unit: str,
    policy: str,
    looks: Mapping[str, date],
    observed: Mapping[tuple[str, str], _Observed],
    whole: Mapping[tuple[str, str], bool],
) -> Iterator[Derived]:
    """Adoptions of one unit and policy, from one look to the next."""
    absent: date | None = None
    begun: Derived | None = None
    completed = False  # then a later list without it does not undo it
    for wave, day in looks.items():
        here = observed.get((unit, wave))
        if here is not None and here.rows:
            if begun is None:
                first = None if absent is None else absent + timedelta(days=1)
                begun = Derived(unit, policy, first, day, None, here.rows, here.source, here.judged)
            completed = completed or here.completed
        elif completed:
            continue
        elif whole.get((unit, wave), False) and not (here is not None and here.unsure):
            if begun is not None:
                yield begun._replace(until=day)
            absent, begun = day, None
    if begun is not None:
        yield begun


def derived_rows(adoptions: list[Derived], after: int) -> pl.DataFrame:
    """Derived adoptions as rows of the table `adoptions`, numbered after its last row."""
    return pl.DataFrame(
        [
            {
                "unit": one.unit,
                "policy": one.policy,
                "time": None if one.first is None else one.first.isoformat(),
                "time_latest": one.last.isoformat(),
                "until": None if one.until is None else one.until.isoformat(),
                "basis": "judged" if one.judged else "reported",
                "source": _source(one),
                "note": NOTE,
                ROW: after + at,
            }
            for at, one in enumerate(adoptions, start=1)
        ]
    )


NOTE = "Derived from the register of projects."


def written_adoptions(adoptions: pl.DataFrame) -> pl.DataFrame:
    """Rows that somebody wrote; the others follow from `projects` again, also when those have changed."""
    return adoptions.filter(pl.col("note").ne_missing(NOTE))


def _source(one: Derived) -> str:
    rows = ", ".join(map(str, one.rows[:SHOWN])) + (" …" if len(one.rows) > SHOWN else "")
    named = f"projects row {rows}" if len(one.rows) == 1 else f"projects rows {rows}"
    return named if one.source is None else f"{named}; {one.source}"


_TEXT = {"wave": pl.String, "when": pl.String}
