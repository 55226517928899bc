"""The audit: every printed figure beside what the register gives, and every document beside itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from diffuscope.monitoring.audit.figures import against_printed_counts, against_register, captions
from diffuscope.monitoring.audit.lists import lists_of_cities, lists_of_sub_areas
from diffuscope.monitoring.audit.places import against_source, sums, two_places
from diffuscope.monitoring.audit.printed import printed
from diffuscope.monitoring.audit.shares import rows_of_shares, share_rows
from diffuscope.monitoring.audit.whole import reconstructed

if TYPE_CHECKING:
    from diffuscope.monitoring.returns import Returns
    from diffuscope.records import AuditRow

WORST_FIRST = ("differs", "incomplete", "ambiguous", "not checkable", "confirmed")

__all__ = ["audit"]


def audit(
    published: pl.DataFrame,
    prepared: pl.DataFrame,
    units: pl.DataFrame,
    areas: pl.DataFrame,
    returns: Returns,
    *,
    file: str = "published.csv",
) -> tuple[AuditRow, ...]:
    """Every check of what documents print about a programme.

    Parameters
    ----------
    published, units, areas : polars.DataFrame
        Tables of the case, typed.
    prepared : polars.DataFrame
        Project rows, from `monitoring.waves.prepared`.
    returns : Returns
        Who reported in which wave.
    file : str
        Where `published` stands, for reference.

    Returns
    -------
    tuple of AuditRow
        Differences first; then by document, wave and kind.
    """
    if published.is_empty():
        return ()
    figures = printed(published, units, prepared, returns, file)
    named = areas["area"].drop_nulls().unique(maintain_order=True).to_list()
    rows = share_rows(figures, named)
    parents = dict(units.filter(pl.col("parent").is_not_null()).select("unit", "parent").iter_rows())
    checks = [
        *rows_of_shares(figures, rows),
        *against_source(figures),
        *captions(figures),
        *lists_of_sub_areas(figures),
        *lists_of_cities(figures, prepared),
        *two_places(figures),
        *sums(figures, named, parents),
        *against_printed_counts(figures),
        *reconstructed(figures, rows),
        *against_register(figures, published, prepared, rows),
    ]
    return tuple(sorted(checks, key=_order))


def _order(row: AuditRow) -> tuple[object, ...]:
    about = (row.unit, row.area, row.sub_area, row.status, row.locator)
    return (
        WORST_FIRST.index(row.outcome),
        row.own,
        row.document,
        row.wave or "",
        row.kind,
        *(value or "" for value in about),
        row.id,
    )
