"""Whether the tables of a case are right, each by itself and all together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.causes import total_rows, without_consequences
from diffuscope.tables.eras import buddhist_years, mixed_eras
from diffuscope.tables.grouping import sort_problems
from diffuscope.tables.header import check_header
from diffuscope.tables.history import circular_parents, overlapping_spells, shared_names
from diffuscope.tables.places import Wording, of_table
from diffuscope.tables.refer import check_references
from diffuscope.tables.rows import check_rows
from diffuscope.tables.spellings import one_spelling
from diffuscope.tables.states_then import states_of_another_time
from diffuscope.tables.suggest import nearest
from diffuscope.tables.typed import typed
from diffuscope.tables.variables import odd_values

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import polars as pl

    from diffuscope.records import Problem
    from diffuscope.tables.raw import RawTable

OVER_SEVERAL_ROWS: dict[str, tuple[Callable[[RawTable, pl.DataFrame], list[Problem]], ...]] = {
    "units": (circular_parents, shared_names),
    "attributes": (odd_values,),
    "adoptions": (overlapping_spells,),
}


def check_tables(
    raws: Sequence[RawTable],
    analyses: Sequence[str] = (),
    waves: Sequence[str] = (),
    dates: Sequence[str] = (),
) -> tuple[dict[str, pl.DataFrame], list[Problem]]:
    """What the tables of a case say, and every place where they cannot be right.

    Parameters
    ----------
    raws : sequence of RawTable
        The tables of one case, as they stand in their files.
    analyses, waves : sequence of str
        Ids that `case.toml` declares; the columns `analysis` and `wave` must hold one of them.
    dates : sequence of str
        Of waves and windows that `case.toml` gives: they count in the era in which the tables do, and no
        date between them is unlikely.

    Returns
    -------
    dict of str to polars.DataFrame
        One typed frame per table, every row kept; a cell that cannot be read is null.
    list of Problem
        Everything found, sorted: errors first, then by file, row and column. Beyond 500 rows of one column
        and rule the others are counted in one problem.
    """
    tables: dict[str, RawTable] = {}
    frames: dict[str, pl.DataFrame] = {}
    problems: list[Problem] = []
    unread: dict[str, list[Problem]] = {}
    for raw in raws:
        if raw.name not in CATALOGUE:
            problems.append(_unknown_table(raw))
        elif raw.name in tables:
            problems.append(_twice(raw, tables[raw.name]))
        else:
            tables[raw.name] = raw
            read, unread[raw.name] = typed(raw)
            frames[raw.name], spelt = one_spelling(raw, read)
            problems += check_header(raw) + spelt
    mixed = mixed_eras(frames, dates)
    totals = {name: total_rows(raw) for name, raw in tables.items()}
    for name, raw in tables.items():
        wrong = [*unread[name], *check_rows(raw, frames[name], dates)]
        wrong += buddhist_years(raw, frames[name], mixed=mixed)
        wrong += check_references(raw, frames, analyses, waves)
        for check in OVER_SEVERAL_ROWS.get(name, ()):
            wrong += check(raw, frames[name])
        if name == "adoptions" and "units" in frames:
            wrong += states_of_another_time(raw, frames[name], frames["units"])
        problems += totals[name] + without_consequences(raw, wrong, totals[name])
    return frames, sort_problems(problems)


def _unknown_table(raw: RawTable) -> Problem:
    meant = nearest(raw.name, CATALOGUE)
    wording = Wording(
        "unknown-table",
        "A case does not have such a table; it is not read.",
        f"rename it to `{meant}`"
        if meant
        else f"give it the name of the right table; the tables are {', '.join(CATALOGUE)}",
    )
    return of_table(raw, wording, row=None)


def _twice(raw: RawTable, other: RawTable) -> Problem:
    wording = Wording(
        "table-twice",
        f"The table `{raw.name}` was already read from `{other.file}`; this one is not read.",
        "put all rows into one of the two",
    )
    return of_table(raw, wording, row=None)
