"""Whether the tables of a case are right, each by itself and all together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.tables.typed import typed

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from diffuscope.records import Problem
    from diffuscope.tables.raw import RawTable


def check_tables(
    raws: Sequence[RawTable], analyses: Sequence[str] = (), waves: Sequence[str] = ()
) -> tuple[dict[str, pl.DataFrame], list[Problem]]:
    """What the tables of a case say, and every place where they cannot be right."""
    frames: dict[str, pl.DataFrame] = {}
    problems: list[Problem] = []
    for raw in raws:
        frames[raw.name], found = typed(raw)
        problems += found
    return frames, problems
