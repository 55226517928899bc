"""What is known when somebody's workbook is read: units, areas, waves, and words in every language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from diffuscope.case.headings import HEADING
from diffuscope.register.language import headings, statuses
from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.raw import ROW, RawTable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a workbook is read against.

    Attributes
    ----------
    wave : str
        The wave that is open.
    waves : mapping of str to str
        Every wave and its reference date.
    units, areas : RawTable
        As tables of a case.
    words : mapping of str to mapping of str to str
        By column, what is written and what it means.
    headings : mapping of str to str
        Headings in every language, and the sender's own.
    sheet : str
        The sheet in which the sender keeps projects; empty: found by its headings.
    row : int or None
        Row of its headings, where the sender's column map says it.
    states : mapping of str to str
        The member that reports for each member, by code.
    """

    wave: str
    waves: Mapping[str, str]
    units: RawTable
    areas: RawTable
    words: Mapping[str, Mapping[str, str]]
    headings: Mapping[str, str]
    states: Mapping[str, str]
    sheet: str = ""
    row: int | None = None


def context_of(wave: Any, sender: Any = None, *, near: tuple[Any, Collection[str]] | None = None) -> Context:
    """What is known of the network now, and of how a sender writes.

    Parameters
    ----------
    wave : Wave
    sender : Member, optional
    near : (Member, collection of str), optional
        Of the members this one with its cities, and whoever is called so, alone: one row of a large network
        is read against some hundred names instead of thousands. By default all.
    """
    from diffuscope.register.models import Area, ColumnMap, Organisation, Wave, Word

    members = list(_members(near).select_related("state").order_by("position", "id"))
    actors = [*members, *Organisation.objects.filter(retired=False).order_by("position", "id")]
    own = ColumnMap.objects.filter(sender=sender, retired=False).last() if sender is not None else None
    words = _words(Word.objects.filter(retired=False, sender__isnull=True))
    if sender is not None:
        for column, said in _words(Word.objects.filter(retired=False, sender=sender)).items():
            words[column] = {**words.get(column, {}), **said}
    words["status"] = {**statuses(), **words.get("status", {})}
    areas = Area.objects.filter(retired=False)
    heads = {**headings(), **words.pop(HEADING, {})}
    return Context(
        wave=wave.code,
        waves=dict(Wave.objects.filter(retired=False).values_list("code", "reference")),
        units=_raw("units", [_unit(one) for one in actors]),
        areas=_raw("areas", [{"area": one.area, "sub_area": one.sub_area} for one in areas]),
        words=words,
        headings=heads,
        states={one.code: (one.state or one).code for one in members},
        sheet="" if own is None else own.sheet,
        row=None if own is None else own.headings,
    )


def _members(near: tuple[Any, Collection[str]] | None) -> Any:
    from django.db.models import Q

    from diffuscope.register.models import Member

    rows = Member.objects.filter(retired=False)
    if near is None:
        return rows
    member, names = near
    return rows.filter(Q(pk=member.pk) | Q(state=member) | Q(name__any_of=names) | Q(code__any_of=names))


def _words(rows: Iterable[Any]) -> dict[str, dict[str, str]]:
    words: dict[str, dict[str, str]] = {}
    for one in rows:
        words.setdefault(one.column, {})[one.written] = one.means
    return words


def _unit(one: Any) -> dict[str, Any]:
    cells = {
        name: getattr(one, name)
        for name in ("name", "aliases", "kind", "role", "parent", "geonames", "source")
    }
    return {"unit": one.code, **cells}


def _raw(table: str, rows: Sequence[Mapping[str, Any]]) -> RawTable:
    """Rows as a table of text, as a file would hold it."""
    names = [name for name in CATALOGUE[table].names if rows and name in rows[0]]
    cells = pl.DataFrame(
        [pl.Series(name, [str(row[name] or "") or None for row in rows], dtype=pl.String) for name in names]
    )
    numbers = pl.int_range(2, cells.height + 2, dtype=pl.UInt32, eager=True).alias(ROW)
    return RawTable(name=table, file=f"register › {table}", cells=cells.with_columns(numbers))
