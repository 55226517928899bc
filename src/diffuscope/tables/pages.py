"""From the declaration of a table to the page that explains it to the person who fills it in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.records.phrases import in_code, lower_first, upper_first
from diffuscope.tables.check import OVER_SEVERAL_ROWS

if TYPE_CHECKING:
    from diffuscope.tables.columns import Column, Kind, Table

WRITTEN: dict[Kind, str] = {
    "id": "a short name, at most 200 characters, without semicolons or line breaks",
    "ids": "several ids, separated by semicolons",
    "text": "any text, at most 100,000 characters",
    "number": "digits, with a point before decimals (a decimal comma in files separated by semicolons or "
    "tabs)",
    "integer": "a whole number",
    "probability": "a chance between .01 and .99: no certainties",
    "fraction": "a share between 0 and 1",
    "date": "`YYYY`, `YYYY-MM` or `YYYY-MM-DD`; it means any day of that time, and the order within it is "
    "unknown",
    "choice": "one of the words listed",
    "path": "a file inside the case folder, written with forward slashes",
    "url": "a whole web address, beginning with https:// or http://",
}
"""How a cell of each kind is written."""


def table_page(table: Table) -> str:
    """How to fill in one table of a case: what a row is, every column, and the rules.

    Parameters
    ----------
    table : Table
        A table of the catalogue.

    Returns
    -------
    str
        The page in Markdown. Links to other tables expect their pages beside this one, as ``units.md``.

    Examples
    --------
    >>> from diffuscope.tables.catalogue import CATALOGUE
    >>> print(table_page(CATALOGUE["likelihoods"]).splitlines()[2])
    A row is the chance of one trace under one hypothesis, for the main-driver mode.
    """
    blocks = [
        f"# {table.name}",
        f"A row is {table.a_row_is}.",
        _key(table),
        "\n".join(["| column | kind | meaning |", "|---|---|---|", *map(_row, table.columns)]),
        *_rules(table),
        _kinds(table),
    ]
    return "\n\n".join(blocks) + "\n"


def _key(table: Table) -> str:
    if not table.key:
        return "Rows need no key: two may be equal."
    names = in_code(table.key)
    return f"No two rows share {names}." if len(table.key) == 1 else f"No two rows share all of {names}."


def _row(column: Column) -> str:
    name = f"`{column.name}`" if column.required else f"`{column.name}`?"
    return f"| {name} | {_kind(column)} | {_cell(column.description)} |"


def _kind(column: Column) -> str:
    if column.kind == "choice":
        listed = in_code(column.choices)
        return listed if column.default is None else f"{listed} (empty: `{column.default}`)"
    words: list[str] = [column.kind]
    if column.unit is not None:
        words.append(f"in {column.unit}")
    if column.minimum is not None or column.maximum is not None:
        words.append(_span(column.minimum, column.maximum))
    if column.refers_to is not None:
        other = column.refers_to.partition(".")[0]
        words.append(f"of [{other}]({other}.md)")
    return " ".join(words)


def _span(low: float | None, high: float | None) -> str:
    if high is None:
        return f"from {low:g}"
    return f"up to {high:g}" if low is None else f"from {low:g} to {high:g}"


def _cell(text: str) -> str:
    return text.replace("|", r"\|")


def _rules(table: Table) -> list[str]:
    rules = [f"- {upper_first(rule.says)}." for rule in table.rules]
    # These rules are code, not data; the first line of each says what it finds.
    over_rows = OVER_SEVERAL_ROWS.get(table.name, ())
    rules += [f"- Warning or error: {_first_line(check.__doc__)}" for check in over_rows]
    return ["## Rules", "\n".join(rules)] if rules else []


def _first_line(docstring: str | None) -> str:
    line = (docstring or "").splitlines()[0]
    return lower_first(line)


def _kinds(table: Table) -> str:
    met = [kind for kind in WRITTEN if kind in {column.kind for column in table.columns}]
    lines = "\n".join(f"- {kind}: {WRITTEN[kind]}." for kind in met)
    return f"## How cells are written\n\nA question mark marks a column that may be empty.\n\n{lines}"
