"""What must reach no output: the words, names and places of private documents and passages.

They keep their weight. Everything a study puts into a result passes through here.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from diffuscope.case.model import ROW
from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.places import PRIVATE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diffuscope.case import Case
    from diffuscope.records import Problem

HIDDEN = "a private document"
FREE_TEXT = ("text", "path", "url")
"""Kinds of columns that may quote anything; ids, dates and choices of public rows stay as they are."""
_DOCUMENT_WORDS = ("document", "title", "path", "url")
_PASSAGE_WORDS = ("paraphrase",)
# A document's author, a passage's locator, cluster or coder stand in their own rows only, and these are left
# out whole; the same words elsewhere ("World Bank", "p. 12") speak of something public.


@dataclass(frozen=True)
class Private:
    """The private part of a case.

    Attributes
    ----------
    documents : frozenset of str
        Ids of private documents.
    words : frozenset of str
        Whatever names or quotes them.
    rows : frozenset of (str, int)
        Table and row of everything private: the documents themselves, whatever any table says of them, and
        the likelihoods of their passages.
    passages : int
        Coded passages, counted once however many coders read them.
    """

    documents: frozenset[str]
    words: frozenset[str]
    rows: frozenset[tuple[str, int]]
    passages: int

    @classmethod
    def of(cls, case: Case) -> Private:
        """The private part of one case."""
        documents = case.table("documents").filter(_not_public())
        ids = frozenset(documents["document"].drop_nulls().to_list())
        found = {name: case.table(name).filter(_speaks_of(name, ids)) for name in CATALOGUE}
        # What one coder keeps private of a passage, another must not give away.
        passages = found["evidence"]["id"].drop_nulls().unique().to_list()
        evidence = case.table("evidence").filter(
            pl.col("id").is_in(passages) | pl.col(ROW).is_in(found["evidence"][ROW].to_list())
        )
        likelihoods = case.table("likelihoods").filter(pl.col("evidence").is_in(passages))
        found |= {"evidence": evidence, "likelihoods": likelihoods}
        words = _words(documents, _DOCUMENT_WORDS) | _words(evidence, _PASSAGE_WORDS)
        rows = {(name, row) for name, frame in found.items() for row in frame[ROW].to_list()}
        return cls(ids, words, frozenset(rows), evidence["id"].n_unique())

    @property
    def left_out(self) -> dict[str, int]:
        """How many rows of each table are private."""
        return dict(sorted(Counter(table for table, _ in self.rows).items()))

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        if not self.words:
            return None
        longest_first = sorted(self.words, key=lambda word: (-len(word), word))
        listed = "|".join(map(re.escape, longest_first))
        return re.compile(rf"(?<!\w)(?:{listed})(?!\w)", re.IGNORECASE)

    def scrub(self, text: str) -> str:
        """The text with everything private taken out, however it is capitalised."""
        return text if self._pattern is None else self._pattern.sub(HIDDEN, text)

    def scrub_frame(self, name: str, frame: pl.DataFrame) -> pl.DataFrame:
        """The public rows of a table, in whose free text nothing private is named or quoted."""
        hidden = [row for table, row in self.rows if table == name]
        return self.scrub_texts(name, frame.filter(~pl.col(ROW).is_in(hidden)))

    def scrub_texts(self, name: str, frame: pl.DataFrame) -> pl.DataFrame:
        """All rows of a table, in whose free text nothing private is named or quoted."""
        lowered = [word.lower() for word in self.words]
        for column in CATALOGUE[name].columns if lowered else ():
            if column.kind in FREE_TEXT:
                # Few cells name a document, so only those are read letter by letter.
                texts = frame[column.name]
                named = texts.filter(texts.str.to_lowercase().str.contains_any(lowered)).unique().to_list()
                frame = frame.with_columns(
                    pl.col(column.name).replace({text: self.scrub(text) for text in named})
                )
        return frame

    def scrub_problems(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """The problems, without what stands in the row, or may be read from it, where it is private."""
        return tuple(self._scrub_problem(problem) for problem in problems)

    def _scrub_problem(self, problem: Problem) -> Problem:
        if (problem.table, problem.row) in self.rows:
            # What was worded as private already keeps its advice; other advice may draw on the value.
            kept = problem.value is None or problem.value == PRIVATE
            return msgspec.structs.replace(
                problem,
                value=None,
                message=f"A private row breaks the rule `{problem.rule}` in column `{problem.column}`.",
                mend=self.scrub(problem.mend) if kept else "mend the cell; what stands there is not shown",
            )
        return msgspec.structs.replace(
            problem,
            value=problem.value and self.scrub(problem.value),
            message=self.scrub(problem.message),
            mend=self.scrub(problem.mend),
        )


def _not_public() -> pl.Expr:
    # An empty `share` was filled with its default; one that cannot be read must not leak.
    return pl.col("share").is_null() | (pl.col("share") == "private")


def _speaks_of(name: str, documents: frozenset[str]) -> pl.Expr:
    columns = CATALOGUE[name].columns
    of_document = pl.any_horizontal(
        pl.col(ROW).is_null(),  # never so; a bare False would have no length of its own
        *(pl.col(c.name).is_in(list(documents)) for c in columns if c.refers_to == "documents.document"),
        *(_not_public() for c in columns if c.name == "share"),
    )
    return of_document.fill_null(value=False)


def _words(frame: pl.DataFrame, columns: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word for column in columns for word in frame[column].drop_nulls().to_list())
