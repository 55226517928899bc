"""Which project of an earlier wave a new row may be: candidates with a reason, for a person to confirm.

Nothing is linked here. A row without `project` is met with earlier projects of its own units under a title
alike, of units whose name is nearly the same, and, where exactly one row and one project are left over, under
a title in another language. Whoever writes what is offered, one offer for each row, never breaks a rule of
the register: a project is offered to one row of a wave as the same, and to others as one that was split.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from diffuscope.monitoring.candidates import Candidate, Known, Row, known_before, rows_of
from diffuscope.monitoring.renamed import left_over, near_units
from diffuscope.monitoring.titles import ALMOST, likeness, title_similarity, words
from diffuscope.records.work_bounds import NAMES_OF_UNITS, TITLES, Allowance

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

ALIKE = 0.45
"""Titles less alike than this are not offered."""
OFFERED = 3
"""Candidates for one row."""
COMPARED = 40
"""Earlier titles compared letter by letter with one new title; those that share most words."""
EVENLY = 0.05
"""Rows whose titles are alike to an earlier one within this may be its parts."""
COLUMNS = {
    "wave": pl.String,
    "row": pl.Int64,
    "unit": pl.String,
    "title": pl.String,
    "column": pl.String,
    "project": pl.String,
    "earlier_wave": pl.String,
    "earlier_row": pl.Int64,
    "earlier_unit": pl.String,
    "earlier_title": pl.String,
    "score": pl.Float64,
    "reason": pl.String,
}


def links_to_confirm(
    prepared: pl.DataFrame, units: pl.DataFrame | None = None, left: Sequence[Allowance] = ()
) -> pl.DataFrame:
    """Rows of a register that may be a project of an earlier wave under another title, or of another unit.

    Parameters
    ----------
    prepared : polars.DataFrame
        From `monitoring.waves.prepared`.
    units : polars.DataFrame, optional
        The table of the case, typed, for names of units that are nearly the same.
    left : sequence of Allowance, optional
        Of `allowances`; they count the rows that are left out, as there is too much to compare.

    Returns
    -------
    polars.DataFrame
        A row per candidate, best first within each new row: `wave`, `row`, `unit`, `title`, `column` and
        `project` (what to write, and where: `project` if it is the same, `succeeds` if it is a part of
        it), `earlier_wave`, `earlier_row`, `earlier_unit`, `earlier_title`, `score` (how alike the titles
        are; 1: the same) and `reason` in words. A project that the later wave already shows under its own
        link is no candidate, and a row that says what it succeeds asks for none.
    """
    rows = prepared.filter(pl.col("k").is_not_null()).sort("k", "_row")
    unlinked = pl.col("project").is_null() & (pl.col("succeeds").list.len().fill_null(0) == 0)
    new, linked = rows.filter(unlinked), rows.filter(pl.col("project").is_not_null())
    if new.is_empty() or linked.is_empty():
        return pl.DataFrame(schema=COLUMNS)
    titles, names = left or allowances()
    candidates: list[tuple[Row, list[Candidate]]] = []
    for k, rows_of_wave in sorted(_by_wave(rows_of(new)).items()):
        known = known_before(linked, k)
        offers = {row.row: _by_title(row, known.of_units(row.units), titles) for row in rows_of_wave}
        for row, candidate in near_units(rows_of_wave, known, rows, units, names):
            offers[row.row] = _together(offers[row.row], candidate)
        for row, candidate in left_over(rows_of_wave, known, offers):
            offers[row.row] = [candidate]
        candidates += _without_clash([(row, offers[row.row]) for row in rows_of_wave])
    return pl.DataFrame(list(_table_rows(candidates)), schema=COLUMNS, orient="row")


def allowances() -> tuple[Allowance, Allowance]:
    """What may be compared at most: titles of one unit, and names of units."""
    return Allowance(TITLES), Allowance(NAMES_OF_UNITS)


def _by_wave(rows: Iterable[Row]) -> dict[int, list[Row]]:
    rows_by_wave: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        rows_by_wave[row.k].append(row)
    return rows_by_wave


def _by_title(row: Row, earlier: Sequence[Known], left: Allowance) -> list[Candidate]:
    """The most alike of the projects of the row's own units."""
    if not left.takes(len(earlier)):
        return []
    mine = words(row.title)
    shared: Counter[int] = Counter({at: len(mine & other.words) for at, other in enumerate(earlier)})
    scored = []
    for at, _ in shared.most_common(COMPARED):
        other = earlier[at]
        score = title_similarity(row.title, other.row.title)
        if score < 1 and row.area is not None and row.area == other.row.area:
            score = min(ALMOST, score + 0.05)
        if score >= ALIKE:
            scored.append(Candidate(other, round(score, 3), ""))
    return [
        one._replace(reason=f"{likeness(row.title, one.known.row.title)}; {_areas(row, one.known.row)}")
        for one in sorted(scored, key=_best_first)[:OFFERED]
    ]


def _areas(row: Row, other: Row) -> str:
    if row.area is None or other.area is None:
        return "the area of one of the two is not known"
    return "the same area" if row.area == other.area else "another area"


def _together(offers: list[Candidate], candidate: Candidate) -> list[Candidate]:
    if any(one.known.project == candidate.known.project for one in offers):
        return offers
    return sorted([*offers, candidate], key=_best_first)[:OFFERED]


def _best_first(candidate: Candidate) -> tuple[float, str]:
    return -candidate.score, candidate.known.project


def _without_clash(offers: Sequence[tuple[Row, list[Candidate]]]) -> list[tuple[Row, list[Candidate]]]:
    """One wave's offers, of which one for each row can be written without one project standing in two rows.

    Each project goes as the same to the row it is most alike to, its own units' rows first. A row that has
    no such offer is offered it as a part; so are several rows of its own units that are alike to it in the
    same measure. A row is never offered both, for two rows could then each be the same as, and a part of,
    what the other is.
    """
    taker: dict[str, int | None] = {}
    for project, claims in _claims(offers).items():
        best = claims[0]
        even = [one for one in claims if best.own and one.own and best.score - one.score < EVENLY]
        taker[project] = best.row if len(even) < 2 else None
    kept = []
    for row, candidates in offers:
        same = [one for one in candidates if taker[one.known.project] == row.row]
        parts = [one._replace(column="succeeds", reason=_part(one, taker)) for one in candidates]
        kept.append((row, same or parts))
    return kept


class _Claim(NamedTuple):
    """A row to which a project is offered: how alike, which row, and whether of the project's own units."""

    score: float
    row: int
    own: bool


def _claims(offers: Sequence[tuple[Row, list[Candidate]]]) -> dict[str, list[_Claim]]:
    """For each project the rows it is offered to, the best first."""
    claims_by_project: dict[str, list[_Claim]] = defaultdict(list)
    for row, candidates in offers:
        for one in candidates:
            own = bool(set(row.units) & set(one.known.row.units))
            claims_by_project[one.known.project].append(_Claim(one.score, row.row, own))
    for claims in claims_by_project.values():
        claims.sort(key=lambda claim: (not claim.own, -claim.score, claim.row))
    return claims_by_project


def _part(candidate: Candidate, taker: dict[str, int | None]) -> str:
    row = taker[candidate.known.project]
    if row is None:
        return f"{candidate.reason}; other rows of this wave are equally similar: it may have been split"
    return f"{candidate.reason}; row {row} is more similar: this may be a part of it"


def _table_rows(offers: Iterable[tuple[Row, list[Candidate]]]) -> Iterator[tuple[object, ...]]:
    for row, candidates in offers:
        for one in candidates:
            other = one.known.row
            yield (
                *(row.wave, row.row, ";".join(row.units), row.title, one.column, one.known.project),
                *(other.wave, other.row, ";".join(other.units), other.title, one.score, one.reason),
            )
