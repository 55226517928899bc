"""Rows of a register as links are sought between them, and the projects that were known before a wave."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from diffuscope.monitoring.titles import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

COLUMNS = ("k", "wave", "_row", "units", "title", "area", "sub_area", "partner", "budget", "currency")
DATES = ("start_planned", "start", "end_planned", "end")


class Row(NamedTuple):
    """One row of the register."""

    k: int
    wave: str
    row: int
    units: tuple[str, ...]
    title: str
    area: str | None
    sub_area: str | None
    partners: frozenset[str]
    budget: tuple[float, str] | None
    dates: tuple[str | None, ...]


class Known(NamedTuple):
    """A project that an earlier wave shows, by its latest row."""

    project: str
    row: Row
    words: frozenset[str]


class Candidate(NamedTuple):
    """A project that a row may be, or may be a part of, and why."""

    known: Known
    score: float
    reason: str
    column: str = "project"


class Projects:
    """Projects that waves before one show and that one does not.

    Parameters
    ----------
    known : sequence of Known
    previous : int
        The place of the last wave before; -1 where there is none.
    """

    def __init__(self, known: Sequence[Known], previous: int) -> None:
        self.all = known
        self.previous = previous

    def of_units(self, units: Iterable[str]) -> list[Known]:
        """The projects of any of these units, each once."""
        projects = {one.project: one for unit in units for one in self._by_unit.get(unit, ())}
        return list(projects.values())

    def elsewhere(self, row: Row) -> bool:
        """Whether a project of another unit has the title of a row."""
        named = self._units_by_title.get(row.title.casefold()) or set()
        return bool(named - set(row.units))

    @cached_property
    def _by_unit(self) -> dict[str, list[Known]]:
        projects: dict[str, list[Known]] = defaultdict(list)
        for one in self.all:
            for unit in one.row.units:
                projects[unit].append(one)
        return dict(projects)

    @cached_property
    def _units_by_title(self) -> dict[str, set[str]]:
        units: dict[str, set[str]] = defaultdict(set)
        for one in self.all:
            units[one.row.title.casefold()].update(one.row.units)
        return dict(units)


def known_before(linked: pl.DataFrame, k: int) -> Projects:
    """Projects that waves before a wave show, each by its latest row, without those that the wave shows.

    Parameters
    ----------
    linked : polars.DataFrame
        Prepared rows with an id, in the order of waves and rows.
    k : int
        The place of the wave.
    """
    current = linked.filter(pl.col("k") == k)
    gone_on = current["project"].to_list()
    gone_on += current["succeeds"].explode(empty_as_null=True).drop_nulls().to_list()
    before = linked.filter(pl.col("k") < k)
    previous = before["k"].max()
    earlier = before.filter(~pl.col("project").is_in(gone_on))
    latest = earlier.unique("project", keep="last", maintain_order=True)
    pairs = zip(latest["project"], rows_of(latest), strict=True)
    known = [Known(project, row, words(row.title)) for project, row in pairs]
    return Projects(known, previous if isinstance(previous, int) else -1)


def rows_of(prepared: pl.DataFrame) -> Iterator[Row]:
    """Rows of a prepared register."""
    for cells in prepared.select(*COLUMNS, *DATES).iter_rows():
        k, wave, row, units, title, area, sub_area, partner, budget, currency, *dates = cells
        money = None if budget is None or currency is None else (budget, currency)
        partners = frozenset(partner or ())
        yield Row(
            k, wave, row, tuple(units or ()), title or "", area, sub_area, partners, money, tuple(dates)
        )
