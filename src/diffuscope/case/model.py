"""A case as the rooms see it: checked, typed tables and the questions put to them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from diffuscope.errors import PlanError, refuse_other
from diffuscope.records.notebook import folded
from diffuscope.records.phrases import counted, in_code
from diffuscope.records.plain_names import is_plain_name
from diffuscope.tables.tiers import TIERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from diffuscope.records import Analysis, FrozenQuestions, Problem, ReadAs

ROW = "_row"
"""Name of the column that keeps the row a spreadsheet shows (the header is row 1)."""
_SHORT_NAME = re.compile(r"\w[\w.-]{0,79}")


def is_short_name(text: str) -> bool:
    """Whether a text can name a case or a question: letters, digits, `-`, `_` and `.`, 80 at most.

    Reports and folders are named after cases, so an id may not lead anywhere else.

    >>> is_short_name("smart-cities"), is_short_name("../smart")
    (True, False)
    """
    return _SHORT_NAME.fullmatch(text) is not None and is_plain_name(text)


def short_name(text: str) -> str:
    """The id of a case that has none of its own, made from the name of its folder.

    >>> short_name("My case (2)"), short_name("//"), short_name("con")
    ('My-case-2', 'case', 'case-con')
    """
    plain = re.sub(r"\.\.+", ".", re.sub(r"[^\w.]+", "-", text)).strip("-._")[:80] or "case"
    return plain if is_plain_name(plain) else f"case-{plain}"[:80]


ITS_PLACE = "its file and sheet"
"""What a source that was filled in is called where each of several files is its own."""


def _spelt(group: Sequence[ReadAs]) -> str:
    """One spelling, in one file or in several."""
    first = group[0]
    if len(group) == 1:
        return first.says
    means = first.means.replace(first.file, ITS_PLACE).partition(", row ")[0]
    how = f"{first.how}; " if first.how else ""
    return (
        f"{first.table}, {first.column}: `{first.written}` is read as `{means}` "
        f"({how}{len(group):,} files or sheets)"
    )


@dataclass(frozen=True, kw_only=True, repr=False)
class Case:
    """Case: the tables and questions about one spread, read and checked.

    Attributes
    ----------
    id, title, licence, language, description, cite : str
        From `case.toml`; `cite` is empty where the case does not say how it wants to be cited.
    analyses : tuple of Analysis
        The questions put to the case; units written as a kind are already spelled out.
    waves : mapping of str to str
        Reporting waves and the date of each.
    tiers : tuple of str
        How far an adoption can have gone, lowest first; the column `adoptions.tier` holds these.
    tables : mapping of str to polars.DataFrame
        One typed frame per table of the catalogue that the case has, each with every declared column (null
        where the case lacks it), `ids` columns as lists, and the column `_row`. Rows with errors are kept.
    files : mapping of str to str
        The file or sheet each table came from, relative to the case folder.
    problems : tuple of Problem
        Everything that was found wrong, sorted; errors and warnings.
    words : mapping of str to mapping of str to str
        The network's own words: by column, what is written and what it means.
    read_as : tuple of ReadAs
        Cells that were written otherwise than a column expects, and taken as their one reading.
    frozen : FrozenQuestions or None
        The questions as they were frozen, where they were; no part of `sha256`.
    settings_file : str or None
        Where the settings stand: `case.toml`, or a sheet; None where there are none.
    sha256 : str
        Hash of the content of the tables and questions; does not depend on file names, row order, dialect or
        the network's own words. Computed when first asked for. A result holds that of the public rows.
    hashes : mapping of str to str
        The same of each table by itself.
    """

    id: str
    title: str
    licence: str = ""
    language: str = "en"
    description: str = ""
    cite: str = ""
    analyses: tuple[Analysis, ...] = ()
    waves: Mapping[str, str] = field(default_factory=dict)
    tiers: tuple[str, ...] = TIERS
    tables: Mapping[str, pl.DataFrame]
    files: Mapping[str, str]
    problems: tuple[Problem, ...] = ()
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    read_as: tuple[ReadAs, ...] = ()
    frozen: FrozenQuestions | None = None
    settings_file: str | None = None

    def __repr__(self) -> str:
        """The id and how much there is of it; nothing private."""
        rows = sum(table.height for table in self.tables.values())
        return (
            f"Case({self.id!r}, tables={len(self.tables)}, rows={rows}, questions={len(self.analyses)}, "
            f"problems={len(self.problems)})"
        )

    def _repr_html_(self) -> str:
        """Its questions and how many rows each table has, as a notebook shows them."""
        questions = folded(repr(self), ("question", ""), ((one.id, one.question) for one in self.analyses))
        rows = ((name, f"{table.height:,}") for name, table in self.tables.items())
        return questions + folded(counted(len(self.tables), "table"), ("table", "rows"), rows)

    def table(self, name: str) -> pl.DataFrame:
        """The table of that name; empty, with all its columns, where the case has none.

        Raises
        ------
        PlanError
            If no case can have a table of that name.
        """
        if name in self.tables:
            return self.tables[name]
        from diffuscope.tables.catalogue import CATALOGUE
        from diffuscope.tables.typed import empty

        if name not in CATALOGUE:
            raise PlanError(f"A case has no table `{name}`; its tables are {in_code(CATALOGUE)}.")
        return empty(name)

    def scan(self, name: str) -> pl.LazyFrame:
        """The same table, lazily."""
        return self.table(name).lazy()

    @cached_property
    def sha256(self) -> str:
        """Hash of the content of the tables and questions."""
        from diffuscope.case.fingerprint import fingerprint

        return fingerprint(self.hashes, self.analyses, self.waves)

    @cached_property
    def hashes(self) -> Mapping[str, str]:
        """Hash of the content of each table."""
        from diffuscope.case.fingerprint import fingerprints

        return fingerprints(self.tables)

    def read_as_lines(self, most: int = 20) -> list[str]:
        """What was read as what, a line each; those beyond `most` are counted.

        What several files or sheets spell alike is one line.
        """
        alike: dict[tuple[str, ...], list[ReadAs]] = {}
        for one in self.read_as:
            means = one.means.replace(one.file, ITS_PLACE)  # a source that was filled in names each file
            alike.setdefault((one.table, one.column, one.written, means.partition(", row ")[0]), []).append(
                one
            )
        lines = [_spelt(group) for group in list(alike.values())[:most]]
        left = len(alike) - most
        return [*lines, f"{left:,} more spellings"] if left > 0 else lines

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that stop a run."""
        return tuple(problem for problem in self.problems if problem.level == "error")


def refuse_no_case(case: object) -> None:
    """Refuse what is not a case, such as its name or its folder."""
    refuse_other(case, Case, "read it with `read_case`, or make it with `case_from_frames`")
