"""How one sender's own workbooks are read: sheet, row of the headings, and what headings and words mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.case.headings import HEADING
from diffuscope.errors import PlanError
from diffuscope.records.phrases import in_code
from diffuscope.register.database import opened, writing
from diffuscope.register.lookup import member_named, state_of
from diffuscope.register.rights import require
from diffuscope.register.write import act_of, add, change
from diffuscope.tables.catalogue import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def save_column_map(
    folder: str | Path,
    sender: str,
    *,
    person: str,
    columns: Mapping[str, str] | None = None,
    values: Mapping[str, Mapping[str, str]] | None = None,
    sheet: str = "",
    headings: int | None = None,
) -> None:
    """Say how a sender's own workbooks are to be read, now and in later years.

    Parameters
    ----------
    folder : str or Path
    sender : str
        A state; a city stands for its state.
    person : str
        Of the secretariat.
    columns : mapping of str to str, optional
        By heading as the sender writes it, the column that it means, such as ``{"Projet": "title"}``.
    values : mapping of str to mapping, optional
        By column, what the sender writes and what it means, such as ``{"status": {"en cours": "ongoing"}}``.
    sheet : str
        Name of the sheet with the projects; empty: found by its headings.
    headings : int, optional
        Row of the headings, as the spreadsheet shows it.

    Raises
    ------
    PlanError
        If a project has no such column, or a column does not take such a value.
    """
    words = {HEADING: dict(columns or {}), **{column: dict(said) for column, said in (values or {}).items()}}
    _refuse_unknown(words)
    with opened(folder), writing():
        from diffuscope.register.models import ColumnMap, Word

        act = act_of(person)
        require(act, "write")
        member = state_of(member_named(sender))
        for column, said in words.items():
            for written, means in said.items():
                own = Word.objects.filter(
                    column=column, written=written, sender=member, retired=False
                ).first()
                if own is None:
                    add(act, [Word(column=column, written=written, means=means, sender=member)])
                else:
                    change(act, own, {"means": means})
        if sheet or headings is not None:
            place = ColumnMap.objects.filter(sender=member, retired=False).last()
            if place is None:
                add(act, [ColumnMap(sender=member, sheet=sheet, headings=headings)])
            else:
                change(act, place, {"sheet": sheet or place.sheet, "headings": headings or place.headings})


def _refuse_unknown(words: Mapping[str, Mapping[str, str]]) -> None:
    table = CATALOGUE["projects"]
    meant = [*words, *words[HEADING].values()]
    unknown = [name for name in meant if name not in table.names and name != HEADING]
    if unknown:
        raise PlanError(f"A project has no column `{unknown[0]}`; columns are {in_code(table.names)}.")
    for column, said in words.items():
        choices = table.column(column).choices if column != HEADING else ()
        wrong = [means for means in said.values() if choices and means not in choices]
        if wrong:
            raise PlanError(f"`{column}` does not take `{wrong[0]}`; it takes {in_code(choices)}.")
