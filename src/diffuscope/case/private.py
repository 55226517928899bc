"""What must reach no output: the words, names and places of private documents and passages.

They keep their weight. Everything a study puts into a result passes through here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diffuscope.case import Case
    from diffuscope.records import Problem

HIDDEN = "a private document"
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
        Table and row of everything private.
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
        documents = case.table("documents").filter(pl.col("share") == "private")
        ids = frozenset(documents["document"].drop_nulls().to_list())
        evidence = case.table("evidence").filter(
            (pl.col("share") == "private") | pl.col("document").is_in(list(ids))
        )
        verdicts = case.table("author_verdicts").filter(pl.col("document").is_in(list(ids)))
        words = _words(documents, _DOCUMENT_WORDS) | _words(evidence, _PASSAGE_WORDS)
        rows = {
            (name, row)
            for name, frame in (
                ("documents", documents),
                ("evidence", evidence),
                ("author_verdicts", verdicts),
            )
            for row in frame["_row"].to_list()
        }
        return cls(ids, words, frozenset(rows), evidence["id"].n_unique())

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        if not self.words:
            return None
        longest_first = sorted(self.words, key=lambda word: (-len(word), word))
        return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")

    def scrub(self, text: str) -> str:
        """The text with everything private taken out."""
        return text if self._pattern is None else self._pattern.sub(HIDDEN, text)

    def scrub_frame(self, name: str, frame: pl.DataFrame) -> pl.DataFrame:
        """The public rows of a table; a cell that names something private is emptied of it."""
        hidden = [row for table, row in self.rows if table == name]
        frame = frame.filter(~pl.col("_row").is_in(hidden))
        if self._pattern is None:
            return frame
        text = [column for column, kind in frame.schema.items() if kind == pl.String]
        return frame.with_columns(
            pl.col(column).map_elements(self.scrub, return_dtype=pl.String) for column in text
        )

    def scrub_problems(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """The problems, without the cell's content where its row is private."""
        return tuple(self._scrub_problem(problem) for problem in problems)

    def _scrub_problem(self, problem: Problem) -> Problem:
        if (problem.table, problem.row) in self.rows:
            return msgspec.structs.replace(
                problem,
                value=None,
                message=f"A private row breaks the rule `{problem.rule}` in column `{problem.column}`.",
                mend=self.scrub(problem.mend),
            )
        return msgspec.structs.replace(
            problem,
            value=problem.value and self.scrub(problem.value),
            message=self.scrub(problem.message),
            mend=self.scrub(problem.mend),
        )


def _words(frame: pl.DataFrame, columns: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word for column in columns for word in frame[column].drop_nulls().to_list())
