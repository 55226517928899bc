"""Which table a sheet or file stands for: named like it, named like it with something after, or declared."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from diffuscope.case.values import shown
from diffuscope.records.phrases import in_code
from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.suggest import Names, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.case.settings import Check

SHEETS = "sheets"
"""The part of the settings that says which sheet is which table."""
KEYS = ("table", "headings")
LOWEST = 1_000
"""Row in which headings can be declared to stand."""
TABLES = Names((name, name) for name in CATALOGUE)
_AFTER = re.compile(r"[\s_\-.,;:(\[–—/]|\d")


class Stands(NamedTuple):
    """The table that a sheet or file stands for.

    Attributes
    ----------
    table : str
    sure : bool
        Whether it is named like the table itself, or declared; else its headings must be those of the table.
    headings : int or None
        Row of the headings as a spreadsheet shows it, where it is declared.
    """

    table: str
    sure: bool
    headings: int | None = None


class Declared(NamedTuple):
    """What the settings say of sheets of some name."""

    pattern: str
    table: str
    headings: int | None


def stands_for(name: str, declared: Sequence[Declared] = ()) -> Stands | None:
    """The table that a sheet, or a file without its ending, stands for; None where it names none.

    >>> stands_for("Projects (2)"), stands_for("projects_thailand").table, stands_for("projections")
    (Stands(table='projects', sure=False, headings=None), 'projects', None)
    """
    own = name.strip().casefold()
    for one in declared:
        if fnmatchcase(own, one.pattern.strip().casefold()):
            return Stands(one.table, sure=True, headings=one.headings)
    exact = TABLES.exact(name)
    if exact:
        return Stands(exact, sure=True)
    # the longest first, for one table's name may begin with another's
    for table in sorted(CATALOGUE, key=len, reverse=True):
        for spelt in (table, table.replace("_", " "), table.replace("_", "-")):
            if own.startswith(spelt) and _AFTER.match(own[len(spelt) :]):
                return Stands(table, sure=False)
    return None


def declared_sheets(says: object) -> tuple[Declared, ...]:
    """What `[sheets]` declares, as far as it can be read; `check_sheets` tells the rest."""
    if not isinstance(says, Mapping):
        return ()
    declared = []
    for name, given in says.items():
        table = given.get("table") if isinstance(given, Mapping) else given
        row = given.get("headings") if isinstance(given, Mapping) else None
        if isinstance(table, str) and table in CATALOGUE:
            declared.append(Declared(str(name), table, row if _is_row(row) else None))
    return tuple(declared)


def check_sheets(check: Check) -> None:
    """What is wrong with `[sheets]`."""
    given = check.get((SHEETS,))
    if given is None:
        return
    if not isinstance(given, Mapping):
        fix = 'write `[sheets]` on a line of its own and below it `"M&E 2025" = "projects"`'
        check.add(
            (SHEETS,),
            "bad-setting",
            "`sheets` does not list sheets and their tables.",
            fix,
            value=shown(given),
        )
        return
    for name, says in given.items():
        key = (SHEETS, str(name))
        if isinstance(says, Mapping):
            check.keys(key, KEYS, says, "A sheet")
        table = says.get("table") if isinstance(says, Mapping) else says
        if not isinstance(table, str) or table not in CATALOGUE:
            meant = nearest(table, CATALOGUE) if isinstance(table, str) else None
            fix = f"write `{meant}`" if meant else f"write one of {in_code(CATALOGUE)}"
            check.add(key, "unknown-table", "A case has no such table.", fix, value=shown(table))
        row = says.get("headings") if isinstance(says, Mapping) else None
        if row is not None and not _is_row(row):
            fix = "write the number that the spreadsheet shows beside the headings, such as 6"
            check.add(
                (*key, "headings"),
                "bad-setting",
                "`headings` is not the number of a row.",
                fix,
                value=shown(row),
            )


def _is_row(given: object) -> bool:
    return isinstance(given, int) and not isinstance(given, bool) and 0 < given <= LOWEST
