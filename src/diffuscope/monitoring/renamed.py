"""Links that titles do not show: a city under a name nearly the same, a title in another language."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from diffuscope.monitoring.candidates import Candidate, Known, Projects, Row
from diffuscope.monitoring.near_names import LETTERS, NearNames
from diffuscope.monitoring.titles import likeness, title_similarity
from diffuscope.monitoring.waves import by_unit
from diffuscope.records.work_bounds import NAMES_OF_UNITS, Allowance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

ALIKE = 0.45
"""Titles less alike than this are not offered, under a unit that came while another went."""


# --- units whose name is nearly the same


def near_units(
    wave_rows: Sequence[Row],
    known: Projects,
    rows: pl.DataFrame,
    units: pl.DataFrame | None,
    left: Allowance | None = None,
) -> Iterator[tuple[Row, Candidate]]:
    """Projects of units whose name is nearly that of the row's unit.

    Offered is the same title; and a title that is alike, where the unit came with this wave and the other was
    gone with it.

    Parameters
    ----------
    wave_rows : sequence of Row
        Rows of one wave that have no link.
    known : Projects
        What earlier waves show and this one does not.
    rows : polars.DataFrame
        The whole register, prepared.
    units : polars.DataFrame or None
        The table of the case, typed.
    left : Allowance, optional
        How much may still be compared; counts the rows that are left out.

    Yields
    ------
    tuple of (Row, Candidate)
    """
    if units is None or not wave_rows:
        return
    left = Allowance(NAMES_OF_UNITS) if left is None else left
    k = wave_rows[0].k
    here = set(by_unit(rows.filter(pl.col("k") == k))["unit"])
    before = set(by_unit(rows.filter(pl.col("k") < k))["unit"])
    names = NearNames(units, sorted(before), left)
    for row in wave_rows:
        moved = not before & set(row.units)
        near = names.near(row.units) if moved or known.elsewhere(row) else ()
        if near is None:
            continue
        same = [one for one in known.of_units(near) if one.row.title.casefold() == row.title.casefold()]
        gone = known.of_units(unit for unit in near if unit not in here) if moved else []
        others = {one.project: one for one in (*same, *gone) if not set(row.units) & set(one.row.units)}
        if not left.takes(LETTERS * len(others)):
            continue
        for other in others.values():
            score = round(title_similarity(row.title, other.row.title), 3)
            if score >= ALIKE:
                reason = (
                    f"{likeness(row.title, other.row.title)}; {names.described(row.units, other.row.units)}"
                )
                yield row, Candidate(other, score, reason)


# --- titles in another language


class _Same(NamedTuple):
    """What a row and an earlier project have in common where their titles have nothing."""

    what: str
    of: Callable[[Row], object]


SAME = (
    _Same("", lambda _: ()),
    _Same("the same partners", lambda row: row.partners or None),
    _Same("the same budget", lambda row: row.budget),
    _Same("the same dates", lambda row: row.dates if any(row.dates) else None),
)
"""What may single out one row and one project among several of one unit and area; None: not known."""


def left_over(
    wave_rows: Sequence[Row], known: Projects, offers: Mapping[int, Sequence[Candidate]]
) -> Iterator[tuple[Row, Candidate]]:
    """Rows and earlier projects of one unit and area of which exactly one of each is left, or is alike.

    A title in another language shares no words with the earlier one. Where one row of a unit and area, of the
    sub-area too where both name one, has nothing offered, and one earlier project of that unit and area is
    neither
    shown again nor offered to another row, the row may be that project; also where partners, budget or
    dates single out one on either side.

    Parameters
    ----------
    wave_rows : sequence of Row
        Rows of one wave that have no link.
    known : Projects
        What earlier waves show and this one does not.
    offers : mapping of int to sequence of Candidate
        What is offered already, by row.

    Yields
    ------
    tuple of (Row, Candidate)
    """
    offered = {one.known.project for candidates in offers.values() for one in candidates}
    news = {row.row: row for row in wave_rows if not offers[row.row] and row.area is not None}
    left = [one for one in known.all if one.row.k == known.previous and one.project not in offered]
    olds = {one.project: one for one in left}
    for finer in (True, False):
        for same in SAME:
            for row, one in _only_pairs(list(news.values()), list(olds.values()), same, finer=finer):
                if row.row in news and one.project in olds:
                    del news[row.row], olds[one.project]
                    yield (
                        row,
                        Candidate(
                            one, round(title_similarity(row.title, one.row.title), 3), _why(same, finer)
                        ),
                    )


def _only_pairs(
    news: Sequence[Row], olds: Sequence[Known], same: _Same, *, finer: bool
) -> Iterator[tuple[Row, Known]]:
    rows: dict[object, list[Row]] = defaultdict(list)
    ones: dict[object, list[Known]] = defaultdict(list)
    for row in news:
        for key in _keys(row, same, finer=finer):
            rows[key].append(row)
    for one in olds:
        for key in _keys(one.row, same, finer=finer):
            ones[key].append(one)
    for shared, rows_alike in rows.items():
        if len(rows_alike) == 1 and len(ones.get(shared, ())) == 1:
            row, one = rows_alike[0], ones[shared][0]
            # a sub-area on both sides must be the same one
            if finer or row.sub_area is None or one.row.sub_area is None:
                yield row, one


def _keys(row: Row, same: _Same, *, finer: bool) -> Iterator[tuple[object, ...]]:
    value = same.of(row)
    if value is None or row.area is None or (finer and row.sub_area is None):
        return
    for unit in row.units:
        yield unit, row.area, row.sub_area if finer else None, value


def _why(same: _Same, finer: bool) -> str:
    where = "sub-area" if finer else "area"
    if same.what:
        return f"{same.what} in the same {where}, unlike any other here; the titles may be in two languages"
    return (
        f"the only row of this {where} without a link, and the only project there that this wave does not "
        "show again; the titles may be in two languages"
    )
