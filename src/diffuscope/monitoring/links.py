"""Which project of an earlier wave a new row may be: candidates with a reason, for a person to confirm.

Nothing is linked here. A row without `project` gets the most alike titles of its own unit's earlier rows.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable

ALIKE = 0.45
"""Titles less alike than this are not offered."""
ALMOST = 0.99
"""Only the same title scores 1."""
OFFERED = 3
"""Candidates for one row."""
COMPARED = 40
"""Earlier titles compared letter by letter with one new title; those that share most words."""
COLUMNS = {
    "wave": pl.String,
    "row": pl.Int64,
    "unit": pl.String,
    "title": pl.String,
    "project": pl.String,
    "earlier_wave": pl.String,
    "earlier_row": pl.Int64,
    "earlier_title": pl.String,
    "score": pl.Float64,
    "reason": pl.String,
}
_LITTLE = ("a", "an", "and", "at", "for", "from", "in", "of", "on", "or", "the", "to", "with")
_FILLER = frozenset((*_LITTLE, "project", "programme", "program", "phase", "smart", "city"))


class _Known(NamedTuple):
    project: str
    wave: str
    row: int
    title: str
    area: str | None
    words: frozenset[str]


def links_to_confirm(prepared: pl.DataFrame) -> pl.DataFrame:
    """Rows of a register that may be a project of an earlier wave under another title.

    Parameters
    ----------
    prepared : polars.DataFrame
        From `monitoring.waves.prepared`.

    Returns
    -------
    polars.DataFrame
        A row per candidate, best first within each new row: `wave`, `row`, `unit`, `title`, `project`,
        `earlier_wave`, `earlier_row`, `earlier_title`, `score` (1: the same title) and `reason` in words. A
        project that the later wave already shows under its own link is no candidate.
    """
    rows = prepared.filter(pl.col("k").is_not_null()).sort("k", "_row")
    unlinked = rows.filter(pl.col("project").is_null())
    if unlinked.is_empty():
        return pl.DataFrame(schema=COLUMNS)
    linked = rows.filter(
        pl.col("project").is_not_null() & pl.col("unit").is_in(unlinked["unit"].unique().implode())
    )
    taken = set(linked.select("wave", "project").iter_rows())
    known: dict[str, list[tuple[int, _Known]]] = defaultdict(list)
    for unit, k, *told in linked.select("unit", "k", "project", "wave", "_row", "title", "area").iter_rows():
        project, wave, row, title, area = told
        known[unit].append((k, _Known(project, wave, row, title or "", area, words(title or ""))))
    found = []
    new = unlinked.select("unit", "k", "wave", "_row", "title", "area")
    for unit, k, wave, row, title, area in new.iter_rows():
        earlier = [other for at, other in known[unit] if at < k and (wave, other.project) not in taken]
        for score, other in _best(title or "", area, earlier):
            reason = _reason(title or "", area, other)
            found.append(
                (wave, row, unit, title, other.project, other.wave, other.row, other.title, score, reason)
            )
    return pl.DataFrame(found, schema=COLUMNS, orient="row")


def words(title: str) -> frozenset[str]:
    """The words of a title that tell projects apart, without case, accents and signs.

    >>> sorted(words("Smart Bus Fleet – Phase 2"))
    ['2', 'bus', 'fleet']
    """
    plain = unicodedata.normalize("NFKD", title).casefold()
    return frozenset(word for word in re.findall(r"\w+", plain) if word not in _FILLER)


def _best(title: str, area: str | None, earlier: Iterable[_Known]) -> list[tuple[float, _Known]]:
    mine = words(title)
    latest: dict[str, _Known] = {}
    for other in earlier:
        latest[other.project] = other  # later rows come later, so the latest title of a project stays
    shared: Counter[str] = Counter({name: len(mine & other.words) for name, other in latest.items()})
    scored = []
    for name, _ in shared.most_common(COMPARED):
        other = latest[name]
        score = _alike(title, mine, other)
        if score < 1 and area is not None and area == other.area:
            score = min(ALMOST, score + 0.05)
        if score >= ALIKE:
            scored.append((round(score, 3), other))
    return sorted(scored, key=lambda pair: (-pair[0], pair[1].project))[:OFFERED]


def _alike(title: str, mine: frozenset[str], other: _Known) -> float:
    if title.casefold() == other.title.casefold():
        return 1.0
    letters = SequenceMatcher(None, title.casefold(), other.title.casefold(), autojunk=False).ratio()
    either = mine | other.words
    in_words = len(mine & other.words) / len(either) if either else 0.0
    return min(ALMOST, max(letters, in_words))


def _reason(title: str, area: str | None, other: _Known) -> str:
    if title.casefold() == other.title.casefold():
        said = "the same title"
    else:
        shared = sorted(words(title) & other.words)
        said = f"shares the words {', '.join(shared)}" if shared else "a title spelt alike"
    if area is None or other.area is None:
        return f"{said}; the area of one of the two is not known"
    return f"{said}; {'the same area' if area == other.area else 'another area'}"
