"""Free vocabularies: two spellings of one word are one word, and that is told.

Kinds, coders, clusters, variables, layers and groups are names that a case chooses. `Town` beside `town`
would drop units out of a question, and `Coder-1` beside `coder-1` would count one coder as two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from diffuscope.records import Problem
from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.places import private_rows, shorten
from diffuscope.tables.raw import ROW

if TYPE_CHECKING:
    from diffuscope.tables.raw import RawTable

FREE = ("kind", "coder", "cluster", "variable", "layer", "group")
"""Columns with words that the case chooses; what is no id, such as the kind of a meeting, is free text."""
IGNORED = r"[\s_\-\x{2010}-\x{2015}\p{Cf}\p{Cc}]"
"""Blanks, hyphens and characters that nobody sees."""
APART = "different words must differ in more than capitals, spaces, hyphens or a plural s"
SHORTEST_PLURAL = 5
TOLD = 50
"""Words told one by one for a column."""


def one_spelling(raw: RawTable, frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Problem]]:
    """A table in which each word of a free vocabulary has one spelling: the commonest, or else the first.

    Words are one if they differ in case, blanks, hyphens, invisible characters or a plural *s* alone.

    Returns
    -------
    polars.DataFrame
    list of Problem
        A warning for each word with several spellings, with how often each stands. Nothing of private rows.
    """
    problems: list[Problem] = []
    for column in CATALOGUE[raw.name].columns:
        if column.name not in FREE or column.kind != "id" or frame[column.name].null_count() == frame.height:
            continue
        spelt = _spellings(frame, column.name)
        if spelt.is_empty():
            continue
        problems += _told(raw, frame, column.name, spelt)
        written = dict(spelt.select("word", "best").iter_rows())
        frame = frame.with_columns(pl.col(column.name).replace(written))
    return frame, problems


def _spellings(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """Words with another spelling beside them, each with the best one; columns `word`, `best`."""
    cells = frame[name]
    # Normalising is dear and changes nothing in ASCII.
    plain = bool((cells.str.len_bytes() == cells.str.len_chars()).all())
    composed = pl.col("word") if plain else pl.col("word").str.normalize("NFKC")
    folded = composed.str.to_lowercase().str.replace_all(r"[\s_-]" if plain else IGNORED, "")
    words = (
        frame.select(pl.col(name).alias("word"), ROW)
        .drop_nulls("word")
        .group_by("word")
        .agg(pl.len().alias("n"), pl.col(ROW).min().alias("first"))
        .with_columns(pl.when(folded == "").then("word").otherwise(folded).alias("folded"))
    )
    singular = pl.col("folded").str.strip_suffix("s")
    plural = (pl.col("folded").str.len_chars() >= SHORTEST_PLURAL) & singular.is_in(words["folded"].implode())
    words = words.with_columns(pl.when(plural).then(singular).otherwise("folded").alias("folded"))
    several = words.filter(pl.len().over("folded") > 1).sort("n", "first", descending=[True, False])
    return several.select("word", "folded", pl.col("word").first().over("folded").alias("best"))


def _told(raw: RawTable, frame: pl.DataFrame, name: str, spelt: pl.DataFrame) -> list[Problem]:
    shown = frame.filter(~pl.col(ROW).is_in(list(private_rows(raw))))
    seen = (
        shown.select(pl.col(name).alias("word"), ROW)
        .join(spelt, on="word")
        .group_by("best", "word")
        .agg(pl.len().alias("n"), pl.col(ROW).min().alias("first"))
        .sort("best", "first")
    )
    found: list[Problem] = []
    groups = seen.filter(pl.len().over("best") > 1).partition_by("best", maintain_order=True)
    for group in groups[:TOLD]:
        best = str(group["best"][0])
        others = group.filter(pl.col("word") != best)
        listed = ", ".join(f"`{shorten(word)}` ({n:,})" for word, n in group.select("word", "n").iter_rows())
        message = f"One word is spelled in {group.height} ways: {listed}; read as `{shorten(best)}`."
        if len(groups) > TOLD and len(found) == TOLD - 1:
            message += f" The same is true of {len(groups) - TOLD:,} more words."
        found.append(
            Problem(
                level="warning",
                rule="read-as",
                message=message,
                fix=f"write `{shorten(best)}` throughout; {APART}",
                file=raw.file,
                table=raw.name,
                row=int(others["first"][0]) if others.height else int(group["first"][0]),
                column=name,
                value=shorten(str(others["word"][0])) if others.height else None,
                count=max(int(others["n"].sum()), 1),
            )
        )
    return found
