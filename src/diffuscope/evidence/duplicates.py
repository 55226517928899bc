"""Duplicate records: one document registered twice, one passage coded twice under different ids.

What is there twice must not count as two sources or two passages, whoever entered it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from diffuscope.tables.places import Wording, of_rows
from diffuscope.tables.raw import ROW, RawTable
from diffuscope.tables.suggest import bare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diffuscope.records import Problem

_SAME_PASSAGE = ("analysis", "mechanism", "source", "place")


def sources(documents: pl.DataFrame) -> dict[str, str]:
    """The id under which each document counts: documents registered twice count under the first id.

    Parameters
    ----------
    documents : polars.DataFrame
        The table of that name. Two rows are one document if they have the same file, the same address, or
        the same title, author and year, apart from case, blanks and signs.

    Returns
    -------
    dict of str to str
        Of every id; the first in order of the alphabet, so that no order of rows matters.
    """
    first: dict[str, str] = {}
    home: dict[str, str] = {}
    for document in sorted(documents["document"].drop_nulls().unique()):
        home[document] = document
    for row in documents.drop_nulls("document").sort("document", ROW).iter_rows(named=True):
        for mark in _marks(row):
            # union-find: documents that share any mark are one, also through a third; the first id in
            # alphabetical order is the root
            mine, other = _root(home, row["document"]), _root(home, first.setdefault(mark, row["document"]))
            home[max(mine, other)] = min(mine, other)
    return {document: _root(home, document) for document in home}


def _root(home: dict[str, str], document: str) -> str:
    while home[document] != document:
        home[document] = home[home[document]]  # the next one who asks walks half the way
        document = home[document]
    return document


def _marks(row: dict[str, object]) -> Iterator[str]:
    """By what a document is known again."""
    for name in ("path", "url"):
        if row[name]:
            yield f"{name} {str(row[name]).strip().rstrip('/')}"
    if row["title"]:
        words = (bare(str(row[name] or "")) for name in ("title", "author", "year"))
        yield f"title {' '.join(words)}"


def counted_once(passages: pl.DataFrame, known: dict[str, str]) -> pl.DataFrame:
    """Add `source`, the document as it counts, and `repeats`, whether a passage is another one again.

    Parameters
    ----------
    passages : polars.DataFrame
        Passages, from `passages`.
    known : dict of str to str
        From `sources`.

    Returns
    -------
    polars.DataFrame
        Passages of one analysis and mechanism with the same document and locator are one passage: of these
        the weightiest counts (of equals, the one that speaks against; then the one that stands first).
    """
    passages = passages.with_columns(source=pl.col("document").replace(known), place=_place("criteria"))
    best = passages.sort(
        pl.col("decibans").abs().round(9),
        pl.col("decibans"),
        pl.col("rows").list.min(),
        descending=[True, False, False],
    )
    kept = best.filter(pl.col("place").is_null() | pl.struct(_SAME_PASSAGE).is_first_distinct())
    return passages.with_columns(repeats=~pl.col("id").is_in(kept["id"].implode())).drop("place")


def _place(criteria: str) -> pl.Expr:
    """Where a passage stands, apart from case, blanks and signs; null where nobody said.

    What was searched for in vain stands nowhere: two absences over the same pages are one only if they are
    about the same criteria.
    """
    place = pl.col("locator").map_elements(bare, return_dtype=pl.String)
    absent = pl.concat_str(place, pl.col(criteria).list.sort().list.join(";"), separator=" absent ")
    known = place.str.len_chars() > 0
    return pl.when(known & (pl.col("direction") == "absent")).then(absent).when(known).then(place)


def repeated_documents(raw: RawTable) -> list[Problem]:
    """Documents that are registered under two ids."""
    known = sources(raw.cells)
    rows = raw.cells.drop_nulls("document").with_columns(source=pl.col("document").replace(known))
    rows = rows.sort(ROW).with_columns(other=pl.col(ROW).first().over("source"))
    repeated = rows.filter(pl.col(ROW) != pl.col("other")).unique(
        "document", keep="first", maintain_order=True
    )
    first = rows.unique("source", keep="first")["document"]
    repeated = repeated.filter(~pl.col("document").is_in(first.implode()))
    wording = Wording(
        "document-twice",
        "Row {other} registers the same document (same file, same address, or same title, author and year). "
        "The two count as one document.",
        "use one of the two ids in every table, or correct the row if it is another document",
    )
    return of_rows(
        raw, "document", repeated.select(ROW, "other", value="document"), lambda _: wording, "warning"
    )


def repeated_passages(raw: RawTable, documents: pl.DataFrame) -> list[Problem]:
    """Passages that are coded under two ids: the same place of the same document, for one mechanism."""
    known = sources(documents)
    rows = raw.cells.drop_nulls(["id", "document", "locator"]).sort(ROW)
    rows = rows.with_columns(source=pl.col("document").replace(known), place=_place("criterion"))
    first = rows.drop_nulls("place").with_columns(
        other=pl.col(ROW).first().over(_SAME_PASSAGE), kept=pl.col("id").first().over(_SAME_PASSAGE)
    )
    repeated = first.filter(pl.col("id") != pl.col("kept"))
    wording = Wording(
        "passage-twice",
        "Row {other} codes the same place of the same document for this mechanism under another id. The "
        "passage is counted once, with the coding that weighs most.",
        "give both rows the same `id` if it is one passage, or state in `locator` where each of the two is",
    )
    return of_rows(
        raw, "locator", repeated.select(ROW, "other", value="locator"), lambda _: wording, "warning"
    )
