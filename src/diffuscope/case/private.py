"""What must reach no output: the words, names and places of private documents and passages.

They keep their weight. Their rows are left out of everything that is shown; and one walk over all text of a
finished result takes out whatever still names or quotes them, however it is spelt.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import polars as pl

from diffuscope.case.fingerprint import fingerprint, fingerprints
from diffuscope.case.model import ROW
from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.places import PRIVATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from diffuscope.case import Case
    from diffuscope.records import Problem

Walked = TypeVar("Walked")
HIDDEN = "a private document"
FREE_TEXT = ("text", "path", "url")
"""Kinds of columns that may quote anything; ids, dates and choices of public rows stay as they are."""
NAMES = {"documents": ("document", "title", "path", "url"), "evidence": ("id", "paraphrase")}
"""Columns of private rows whose words are private wherever they stand."""
VOCABULARY = frozenset(
    {"analysis", "mechanism", "hypothesis", "quantity", "kind", "wave", "from_wave", "to_wave"}
)
"""Columns whose ids are words of diffuscope or of the settings: a mechanism stays one though all passages on
it are private."""
SHORTEST, LONG, PREFIX = 4, 12, 30
"""Letters and digits of a word that is looked for inside texts: at least; at least where other columns than
`NAMES` hold it, unless it is several words; and of a longer one, how many give it away where a text is cut
short."""


CUT = r"(?:[\W_]*\w+(?=…))?"
"""What is left of a word at which a text was cut short."""


@dataclass(frozen=True)
class Private:
    """The private part of a case.

    Attributes
    ----------
    documents : frozenset of str
        Ids of private documents.
    words : frozenset of str
        Whatever names or quotes them, inside a text.
    cells : frozenset of str
        What is private only where it is a text by itself, such as ``p. 12`` or the name of a coder.
    public : frozenset of str
        Ids of something public, which stay though they may be spelt like a private word.
    rows : frozenset of (str, int)
        Table and row of everything private: the documents themselves, whatever any table says of them, and
        the likelihoods of their passages.
    passages : int
        Coded passages, counted once however many coders read them.
    """

    documents: frozenset[str] = field(repr=False)
    words: frozenset[str] = field(repr=False)
    cells: frozenset[str] = field(repr=False)
    public: frozenset[str] = field(repr=False)
    rows: frozenset[tuple[str, int]] = field(repr=False)
    passages: int

    @classmethod
    def of(cls, case: Case) -> Private:
        """The private part of one case."""
        documents = case.table("documents").filter(_not_public())
        ids = frozenset(documents["document"].drop_nulls().to_list())
        # most tables of a case have no row, and a query of each takes longer than the rest of a small case
        private_rows = {
            name: table.filter(_speaks_of(name, ids)) if (table := case.table(name)).height else table
            for name in CATALOGUE
        }
        evidence = private_rows["evidence"]
        if evidence.height:
            # What one coder keeps private of a passage, another must not give away.
            passages = evidence["id"].drop_nulls().unique().to_list()
            evidence = case.table("evidence").filter(
                pl.col("id").is_in(passages) | pl.col(ROW).is_in(evidence[ROW].to_list())
            )
            likelihoods = case.table("likelihoods").filter(pl.col("evidence").is_in(passages))
            private_rows |= {"evidence": evidence, "likelihoods": likelihoods}
        rows = frozenset((name, row) for name, frame in private_rows.items() for row in frame[ROW].to_list())
        if not rows:
            return cls(ids, frozenset(), frozenset(), frozenset(), rows, 0)
        words, cells = _words(private_rows, _public_texts(case, private_rows))
        return cls(ids, words, cells, _public_ids(case, private_rows), rows, evidence["id"].n_unique())

    @property
    def left_out(self) -> dict[str, int]:
        """How many rows of each table are private."""
        return dict(sorted(Counter(table for table, _ in self.rows).items()))

    @cached_property
    def _by_start(self) -> dict[str, set[str]]:
        """Words by their first letters and digits, without which in a text none of them stands there."""
        words_by_start: dict[str, set[str]] = defaultdict(set)
        for word in self.words:
            words_by_start[_squeeze(word)[:PREFIX]].add(_fold(word))
        return dict(words_by_start)

    def _pattern(self, starts: Iterable[str]) -> re.Pattern[str]:
        """What finds the words that begin so; all words in one pattern take their number times the text."""
        words = {word for start in starts for word in self._by_start[start]}
        longest_first = sorted(words, key=lambda word: (-len(word), word))
        return re.compile(rf"(?<!\w)(?:{'|'.join(map(_spelt, longest_first))})(?!\w)", re.IGNORECASE)

    @cached_property
    def _alone(self) -> frozenset[str]:
        return frozenset(_squeeze(text) for text in self.cells)

    def scrub(self, text: str) -> str:
        """The text with everything private taken out, however it is capitalised and spaced."""
        return self._scrubbed([text]).get(text, text) if self.words or self.cells else text

    def _scrubbed(self, texts: Iterable[str]) -> dict[str, str]:
        """Those of some texts that name something private, without it."""
        scrubbed: dict[str, str] = {}
        squeezed = {text: _squeeze(text) for text in {*texts} - self.public}
        if self._by_start:
            # few texts name a document, and few documents, so only those are looked for letter by letter
            series = pl.Series(list(squeezed.values()), dtype=pl.String)
            named = series.str.extract_many(sorted(self._by_start), overlapping=True)
            patterns: dict[frozenset[str], re.Pattern[str]] = {}
            for text, starts in zip(squeezed, named.to_list(), strict=True):
                if starts:
                    own = frozenset(starts)
                    if own not in patterns:
                        patterns[own] = self._pattern(own)
                    plain = _fold(text)
                    cleaned = patterns[own].sub(HIDDEN, plain)
                    if cleaned != plain:
                        scrubbed[text] = cleaned
        return scrubbed | {text: HIDDEN for text, own in squeezed.items() if own and own in self._alone}

    def scrub_all(self, record: Walked) -> Walked:
        """A record, of records, without anything private in any text of it.

        Parameters
        ----------
        record : record, tuple, dict or text, of records …
            Such as a finished result. Ids of something public stay as they are.
        """
        changed = self._scrubbed(_texts(record)) if self.words or self.cells else {}
        scrubbed: Walked = _replaced(record, changed) if changed else record
        return scrubbed

    def public_hashes(self, case: Case) -> dict[str, str]:
        """Hash of each table without its private rows: from a hash of all rows, a cell could be guessed."""
        hidden = {table for table, _ in self.rows}
        public = {name: self._public(name, case.table(name)) for name in hidden & case.tables.keys()}
        return {**case.hashes, **fingerprints(public)}

    def public_sha256(self, case: Case) -> str:
        """Hash of a case without its private rows: the same whatever stands in them.

        Words of the network are no part of it: they change how a report is worded, and what they are read as
        stands in the tables.
        """
        return fingerprint(self.public_hashes(case), case.analyses, case.waves)

    def _public(self, name: str, frame: pl.DataFrame) -> pl.DataFrame:
        hidden = [row for table, row in self.rows if table == name]
        return frame.filter(~pl.col(ROW).is_in(hidden)) if hidden else frame

    def scrub_frame(self, name: str, frame: pl.DataFrame) -> pl.DataFrame:
        """The public rows of a table, in whose free text nothing private is named or quoted."""
        return self.scrub_texts(name, self._public(name, frame))

    def scrub_texts(self, name: str, frame: pl.DataFrame) -> pl.DataFrame:
        """All rows of a table, in whose free text nothing private is named or quoted."""
        for column in CATALOGUE[name].columns if self.words or self.cells else ():
            if column.kind in FREE_TEXT:
                changed = self._scrubbed(frame[column.name].drop_nulls().unique().to_list())
                if changed:
                    frame = frame.with_columns(pl.col(column.name).replace(changed))
        return frame

    def naming(self, name: str, frame: pl.DataFrame) -> Iterator[tuple[str, list[int]]]:
        """Columns in which public rows of a table name or quote something private, each with these rows."""
        public = self._public(name, frame)
        for column in CATALOGUE[name].columns if self.words or self.cells else ():
            if column.kind in FREE_TEXT:
                changed = self._scrubbed(public[column.name].drop_nulls().unique().to_list())
                if changed:
                    yield column.name, public.filter(pl.col(column.name).is_in(list(changed)))[ROW].to_list()

    def scrub_problems(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """The problems, without what stands in the row, or may be read from it, where it is private."""
        return tuple(self._scrub_problem(problem) for problem in problems)

    def _scrub_problem(self, problem: Problem) -> Problem:
        if (problem.table, problem.row) in self.rows:
            # What was worded as private already keeps its advice; other advice may draw on the value.
            kept = problem.value is None or problem.value == PRIVATE
            return msgspec.structs.replace(
                problem,
                value=PRIVATE if problem.value == PRIVATE else None,
                key=None,
                message=f"A private row breaks the rule `{problem.rule}` in column `{problem.column}`.",
                fix=self.scrub(problem.fix) if kept else "fix the cell; its content is private and not shown",
            )
        return self.scrub_all(problem)


def _fold(text: str) -> str:
    """The text without signs that cannot be seen, in the composed form of its letters."""
    visible = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    return unicodedata.normalize("NFC", visible)


def _squeeze(text: str) -> str:
    """Letters and digits of a text alone, whatever their case."""
    return re.sub(r"[\W_]+", "", _fold(text).casefold())


def _spelt(word: str) -> str:
    """A pattern for a word with any signs, or none, between its parts; a long one may be cut short."""
    parts = re.findall(r"[^\W_]+", word)
    if len(_squeeze(word)) <= PREFIX:
        return r"[\W_]*".join(map(re.escape, parts))
    letters, rest = 0, []
    for at, part in enumerate(parts):
        letters += len(part)
        rest = parts[at + 1 :]
        if letters >= PREFIX:
            break
    first = r"[\W_]*".join(map(re.escape, parts[: len(parts) - len(rest)]))
    return first + "".join(rf"(?:[\W_]*{re.escape(part)}" for part in rest) + ")?" * len(rest) + CUT


def _words(
    private_rows: Mapping[str, pl.DataFrame], public: frozenset[str]
) -> tuple[frozenset[str], frozenset[str]]:
    """Words of private rows that are looked for inside texts, and those that are private by themselves."""
    words: set[str] = set()
    cells: set[str] = set()
    for name, frame in private_rows.items():
        for column in CATALOGUE[name].columns:
            if column.refers_to or column.kind not in ("id", *FREE_TEXT) or column.name in VOCABULARY:
                continue
            named = column.name in NAMES.get(name, ())
            for text in frame[column.name].drop_nulls().unique().to_list():
                if not named and (_squeeze(text) in public or not any(map(str.isalpha, text))):
                    continue  # a number by itself gives nothing away, and may be that of any row
                cells.add(text)
                words |= {one for one in _ways(text, column.kind) if _telling(one, named=named)}
    return frozenset(words), frozenset(cells)


def _ways(text: str, kind: str) -> Iterator[str]:
    """A text, and of a path also the name of the file, with and without its ending."""
    yield text
    if kind in ("path", "url"):
        yield PurePosixPath(text).name
        yield PurePosixPath(text).stem


def _telling(text: str, *, named: bool) -> bool:
    """Whether a word says enough to be looked for inside other texts."""
    squeezed = _squeeze(text)
    if len(squeezed) < SHORTEST or not any(letter.isalpha() for letter in squeezed):
        return False
    several = len(re.findall(r"[^\W\d_]{2,}", text)) > 1
    return named or several or len(squeezed) >= LONG


def _public_rows(case: Case, private_rows: Mapping[str, pl.DataFrame]) -> Iterator[tuple[str, pl.DataFrame]]:
    for name, frame in case.tables.items():
        yield name, frame.filter(~pl.col(ROW).is_in(private_rows[name][ROW].to_list()))


def _public_texts(case: Case, private_rows: Mapping[str, pl.DataFrame]) -> frozenset[str]:
    """Whatever a cell of a public row says by itself: the author, coder or page of something public too."""
    return frozenset(
        _squeeze(text)
        for name, frame in _public_rows(case, private_rows)
        for column in CATALOGUE[name].columns
        if frame.schema[column.name] == pl.String
        for text in frame[column.name].drop_nulls().unique().to_list()
    )


def _public_ids(case: Case, private_rows: Mapping[str, pl.DataFrame]) -> frozenset[str]:
    """Ids of what is public."""
    questions = (name for one in case.analyses for name in (one.id, *(each.id for each in one.repeat)))
    of_rows = (
        text
        for name, frame in _public_rows(case, private_rows)
        for column in CATALOGUE[name].columns
        if column.kind in ("id", "choice") and frame.schema[column.name] == pl.String
        for text in frame[column.name].drop_nulls().unique().to_list()
    )
    return frozenset((case.id, *questions, *case.waves, *CATALOGUE, *of_rows))


def _texts(record: Any) -> Iterator[str]:
    """Every text in a record, wherever it stands."""
    if isinstance(record, str):
        yield record
    elif isinstance(record, msgspec.Struct):
        for name in record.__struct_fields__:
            yield from _texts(getattr(record, name))
    elif isinstance(record, Mapping):
        for key, value in record.items():
            yield from _texts(key)
            yield from _texts(value)
    elif isinstance(record, tuple | list):
        for one in record:
            yield from _texts(one)


def _replaced(record: Any, changed: Mapping[str, str]) -> Any:
    if isinstance(record, str):
        return changed.get(record, record)
    if isinstance(record, msgspec.Struct):
        fields = {name: getattr(record, name) for name in record.__struct_fields__}
        other = {name: _replaced(value, changed) for name, value in fields.items()}
        return msgspec.structs.replace(record, **{k: v for k, v in other.items() if v is not fields[k]})
    if isinstance(record, Mapping):
        return {_replaced(key, changed): _replaced(value, changed) for key, value in record.items()}
    if isinstance(record, tuple | list):
        return type(record)(_replaced(one, changed) for one in record)
    return record


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
