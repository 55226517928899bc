"""Projects that go on under another id: renamed, split, merged or replaced."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import polars as pl

from diffuscope.records.work_bounds import PREDECESSORS, refuse_beyond

if TYPE_CHECKING:
    from collections.abc import Mapping


def ancestors(prepared: pl.DataFrame, until: int) -> dict[str, frozenset[str]]:
    """Every project that others precede, with all of those, however many steps back.

    Parameters
    ----------
    prepared : polars.DataFrame
        From `monitoring.waves.prepared`.
    until : int
        The place of the last wave that is looked at; a later row says nothing yet.

    Returns
    -------
    dict of str to frozenset of str
        By `member`.

    Raises
    ------
    MethodError
        If there are more pairs than are looked at.
    """
    rows = prepared.filter(pl.col("succeeds").list.len() > 0, pl.col("k") <= until)
    direct: dict[str, set[str]] = defaultdict(set)
    for member, succeeds in rows.select("member", "succeeds").iter_rows():
        direct[member].update(succeeds)
    predecessors: dict[str, frozenset[str]] = {}
    pairs = 0
    for member in direct:
        predecessors[member] = frozenset(_all_before(member, direct))
        pairs += len(predecessors[member])
        refuse_beyond(PREDECESSORS, pairs)
    return predecessors


def _all_before(member: str, direct: Mapping[str, set[str]]) -> set[str]:
    predecessors: set[str] = set()
    waiting = list(direct[member])
    # transitive closure; each project is visited once, so that a circle ends
    while waiting:
        one = waiting.pop()
        if one not in predecessors:
            predecessors.add(one)
            waiting += direct.get(one, ())
    return predecessors - {member}


def successions(prepared: pl.DataFrame, until: int) -> pl.DataFrame:
    """Each pair of a project and one that precedes it, however many steps back.

    Parameters
    ----------
    prepared : polars.DataFrame
        From `monitoring.waves.prepared`.
    until : int
        The place of the last wave that is looked at.

    Returns
    -------
    polars.DataFrame
        `member` and `before`.
    """
    pairs = [
        (member, one) for member, ones in sorted(ancestors(prepared, until).items()) for one in sorted(ones)
    ]
    return pl.DataFrame(pairs, schema={"member": pl.String, "before": pl.String}, orient="row")
