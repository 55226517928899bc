"""What ids are called, and where in the report a row of the case can be looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from diffuscope.records.joined_rows import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diffuscope.records import Analysis, Place
    from diffuscope.result import Result

ROW = "_row"
SHOWN_ROWS = 1000
"""Rows of one table that the page holds; longer tables go on in their CSV file."""

ONLY_IN_FILES = ("published",)
"""Tables of the case whose rows the page does not hold: what they say stands in it in another form."""


class Link(NamedTuple):
    """Where something stands: words, and an address inside the report or its folder."""

    text: str
    href: str


class Names:
    """Names of units, policies and documents of one result, and places of its rows.

    Parameters
    ----------
    result : Result
    """

    def __init__(self, result: Result) -> None:
        self._files = result.case.files
        self._units = {str(row["unit"]): str(row["name"]) for row in rows(result, "units")}
        self._policies = {str(row["policy"]): str(row["name"]) for row in rows(result, "policies")}
        self._documents = {str(row["document"]): _short(row) for row in rows(result, "documents")}
        self._document_rows = {str(row["document"]): row[ROW] for row in rows(result, "documents")}
        self._shown = {
            (name, row[-1])
            for name, frame in result.frames.items()
            if frame.columns[-1:] == (ROW,) and name not in ONLY_IN_FILES
            for row in (frame.rows or ())[:SHOWN_ROWS]
        }
        self._shown |= {
            (place.table, place.row)
            for finding in result.findings
            if finding.evidence
            for item in finding.evidence.items
            for place in item.places
        }
        self._shown |= {
            ("author_verdicts", verdict.author.place.row) for verdict in result.verdicts if verdict.author
        }
        self._shown |= {(place.table, place.row) for claim in result.claims for place in claim.rows[:1]}

    def unit(self, id_: str) -> str:
        """What an actor is called."""
        return self._units.get(id_, id_)

    def policy(self, id_: str) -> str:
        """What a policy is called."""
        return self._policies.get(id_, id_)

    def document(self, id_: str | None) -> Link | None:
        """A source in short, with its place in the list of sources; None where it is private or not named."""
        if id_ is None:
            return None
        row = self._document_rows.get(id_)
        return Link(self._documents.get(id_, id_), "#documents" if row is None else f"#documents-{row}")

    def place(self, place: Place) -> Link:
        """File and row of a fact, leading to the row as the report shows it."""
        return self.row(place.table, place.row, place.file)

    def row(self, table: str, row: int, file: str | None = None) -> Link:
        """A row of a table of the case."""
        shown = (table, row) in self._shown
        where, own = place_of(file or self._files.get(table, table), row)
        text = f"{where}, row {own}"
        return Link(text, f"#{table}-{row}" if shown else f"tables/{table}.csv")


def rows(result: Result, table: str) -> Iterator[dict[str, str | int | float | bool | None]]:
    """The public rows of a table of the case, as mappings; none where the result has no such table."""
    frame = result.frames.get(table)
    for row in (frame.rows or ()) if frame else ():
        yield dict(zip(frame.columns, row, strict=True)) if frame else {}


def spoken(analysis: Analysis) -> str:
    """An analysis by its id, as words."""
    return analysis.id.replace("-", " ").replace("_", " ")


def _short(row: dict[str, str | int | float | bool | None]) -> str:
    author, year, title = row.get("author"), row.get("year"), row.get("title")
    named = " ".join(str(part) for part in (author, year) if part)
    return named if author else " ".join(str(part) for part in (title, f"({year})" if year else None) if part)
