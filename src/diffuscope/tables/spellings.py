"""Free vocabularies: two spellings of one word are one word, and that is told.

Kinds, coders, clusters, variables, layers and groups are names that a case chooses. `Town` beside `town`
would drop units out of a question, and `Coder-1` beside `coder-1` would count one coder as two. Areas,
indicators, quantities and categories of `attributes` are such names, too. Ids that a table declares
stay apart; a warning names those that look alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from diffuscope.records import Problem
from diffuscope.records.phrases import counted
from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.places import Wording, of_rows, private_rows, shorten
from diffuscope.tables.raw import ROW
from diffuscope.tables.variables import measures

if TYPE_CHECKING:
    from diffuscope.tables.raw import RawTable

FREE = (
    "kind", "coder", "cluster", "variable", "layer", "group", "decision", "derived_from", "indicator",
    "quantity",
)  # fmt: skip
"""Columns with words that the case chooses; what is no id, such as the kind of a meeting, is free text."""
FREE_TEXT = ("area", "sub_area", "topic")
"""Columns of text that a case counts by; areas that `areas` declares are read as those before."""
DECLARED = {"units": "unit", "policies": "policy", "events": "event"}
"""Ids that look alike are told, but stay two."""
IGNORED = r"[\s_\-\x{2010}-\x{2015}\p{Cf}\p{Cc}]"
"""Blanks, hyphens and characters that nobody sees."""
UNSEEN = r"[\s\p{Cf}\p{Cc}]"
"""Blanks and characters that nobody sees: `AA-` and `AA` are two categories."""
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
        free = (column.name in FREE and column.kind == "id") or (
            column.name in FREE_TEXT and column.kind == "text"
        )
        if not free or frame[column.name].null_count() == frame.height:
            continue
        frame, spellings = _one_spelling_of(raw, frame, column.name)
        problems += spellings
    if raw.name == "attributes":
        frame, spellings = _categories(raw, frame)
        problems += spellings
    return frame, [*problems, *_similar_ids(raw, frame)]


def _one_spelling_of(
    raw: RawTable, frame: pl.DataFrame, name: str, rows: pl.Expr | None = None
) -> tuple[pl.DataFrame, list[Problem]]:
    """One column with each word in one spelling; with `rows`, of these rows, as categories."""
    rows_read = frame if rows is None else frame.filter(rows)
    spelt = _spellings(rows_read, name, exact=rows is not None)
    if spelt.is_empty():
        return frame, []
    written = dict(spelt.select("word", "best").iter_rows())
    now = pl.col(name).replace(written)
    made = frame.with_columns(now if rows is None else pl.when(rows).then(now).otherwise(name))
    return made, _spelling_problems(raw, rows_read, name, spelt)


def _categories(raw: RawTable, frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Problem]]:
    """Categories of `attributes`, those of each variable by themselves."""
    named = [name for name, measure in measures(frame).items() if measure == "categories"]
    problems: list[Problem] = []
    among = frame.filter(pl.col("variable").is_in(named))
    if among.is_empty() or _spellings(among, "value", exact=True).is_empty():
        return frame, problems
    for name in named:
        frame, spellings = _one_spelling_of(raw, frame, "value", pl.col("variable") == name)
        problems += spellings
    return frame, problems


def _similar_ids(raw: RawTable, frame: pl.DataFrame) -> list[Problem]:
    """Ids that differ in case, blanks and characters that nobody sees alone, and may be one."""
    name = DECLARED.get(raw.name)
    if name is None:
        return []
    spelt = _spellings(frame, name, exact=True)
    other = dict(spelt.filter(pl.col("word") != pl.col("best")).select("word", "best").iter_rows())
    rows = frame.select(ROW, pl.col(name).alias("value")).filter(pl.col("value").is_in(list(other)))

    def word(value: str | None) -> Wording:
        best = shorten(other.get(value or "", ""))
        message = f"`{shorten(value or '')}` looks like `{best}`, and counts as a different id."
        return Wording("looks-like", message, "use one id for one thing, or make the two different")

    return of_rows(raw, name, rows, word, level="warning")


def _spellings(frame: pl.DataFrame, name: str, *, exact: bool = False) -> pl.DataFrame:
    """Words with another spelling beside them, each with the best one; columns `word`, `best`.

    With `exact`, hyphens and a plural s make another word.
    """
    words = (
        frame.lazy()
        .select(pl.col(name).alias("word"), ROW)
        .drop_nulls("word")
        .group_by("word")
        .agg(pl.len().alias("n"), pl.col(ROW).min().alias("first"))
        .collect()
    )
    # Normalising is dear and changes nothing in ASCII.
    plain = words["word"].str.len_bytes().sum() == words["word"].str.len_chars().sum()
    composed = pl.col("word") if plain else pl.col("word").str.normalize("NFKC")
    ignored = UNSEEN if exact else r"[\s_-]" if plain else IGNORED
    folded = composed.str.to_lowercase().str.replace_all(ignored, "")
    keyed = words.lazy().with_columns(pl.when(folded == "").then("word").otherwise(folded).alias("folded"))
    if not exact:
        # a final s is a plural's only where the word without it stands in the column, too
        singular = pl.col("folded").str.strip_suffix("s")
        plural = pl.col("folded").str.len_chars() >= SHORTEST_PLURAL
        plural &= singular.is_in(pl.col("folded").implode())
        keyed = keyed.with_columns(pl.when(plural).then(singular).otherwise("folded").alias("folded"))
    several = keyed.filter(pl.len().over("folded") > 1).sort("n", "first", descending=[True, False]).collect()
    if several.is_empty():
        return several.select("word", "folded", best="word")
    return several.select("word", "folded", pl.col("word").first().over("folded").alias("best"))


def _spelling_problems(raw: RawTable, frame: pl.DataFrame, name: str, spelt: pl.DataFrame) -> list[Problem]:
    shown = frame.filter(~pl.col(ROW).is_in(list(private_rows(raw))))
    spelt_rows = (
        shown.select(pl.col(name).alias("word"), ROW)
        .join(spelt, on="word")
        .group_by("best", "word")
        .agg(pl.len().alias("n"), pl.col(ROW).min().alias("first"))
        .sort("best", "first")
    )
    problems: list[Problem] = []
    groups = spelt_rows.filter(pl.len().over("best") > 1).partition_by("best", maintain_order=True)
    for group in groups[:TOLD]:
        best = str(group["best"][0])
        others = group.filter(pl.col("word") != best)
        listed = ", ".join(_spelt(word, n) for word, n in group.select("word", "n").iter_rows())
        message = f"One word is spelled in {group.height} ways: {listed}; read as `{shorten(best)}`."
        if len(groups) > TOLD and len(problems) == TOLD - 1:
            message += f" The same is true of {counted(len(groups) - TOLD, 'more word')}."
        problems.append(
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
    return problems


def _spelt(word: str, count: int) -> str:
    """A spelling with how often it stands; invisible characters are mentioned."""
    visible = "".join(letter for letter in word if letter.isprintable() or letter.isspace())
    unseen = "" if visible == word else ", with invisible characters"
    return f"`{shorten(visible)}` ({count:,}{unseen})"
