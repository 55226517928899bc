"""From settings and raw tables to a checked case, whatever they were read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import polars as pl

from diffuscope.case.eras import buddhist_settings, dates_of_settings
from diffuscope.case.model import Case, short_name
from diffuscope.case.private import Private
from diffuscope.case.private_named import public_texts_that_name
from diffuscope.case.questions import resolve_questions
from diffuscope.case.reconcile import with_register
from diffuscope.case.settings import Settings, Written, check_settings
from diffuscope.case.tiers import unknown_tiers
from diffuscope.case.words import may_be_own_word, table_words
from diffuscope.case.workbook_words import in_sheets
from diffuscope.records.joined_rows import at_own_places, taken_at_own_places
from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.check import check_tables
from diffuscope.tables.grouping import sort_problems
from diffuscope.tables.keys import with_keys
from diffuscope.tables.places import Wording, of_rows
from diffuscope.tables.raw import ROW
from diffuscope.tables.read_as import read_as
from diffuscope.tables.refer import WAVES
from diffuscope.tables.tiers import TIERS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from diffuscope.records import FrozenQuestions, Problem, ReadAs
    from diffuscope.records.labels import Words
    from diffuscope.tables.raw import RawTable

GROUPED_BY = {"units": ("unit", "kind", "role"), "policies": ("policy", "group")}
"""Columns by which a question names several units or policies."""


def assemble(
    written: Written | None,
    raws: Sequence[RawTable],
    *,
    name: str = "case",
    problems: Sequence[Problem] = (),
    refused: Collection[str] = (),
    has_file: Callable[[str], bool] | None = None,
    frozen: FrozenQuestions | None = None,
) -> Case:
    """The case that settings and tables make, with everything that is wrong with them.

    Parameters
    ----------
    written : Written or None
        The settings; None where they could not be read, which `problems` says already.
    raws : sequence of RawTable
        The tables as they stand in their files.
    name : str
        What the case is called if it does not say; its id is made from this.
    problems : sequence of Problem
        What was found wrong before.
    refused : collection of str
        Tables that are there but could not be read; nothing is concluded from their absence.
    has_file : callable, optional
        Whether the case holds the file of a relative path. Without it, paths of documents are not looked up.

    frozen : FrozenQuestions, optional
        The questions that were frozen before.

    Raises
    ------
    CaseError
        If the case was written in a newer format.
    """
    settings, wrong = _settings(written, name)
    all_problems = [*problems, *wrong]
    raws, frames, meant, wrong = _as_meant(raws, settings, *_named(settings, written, raws))
    all_problems += [problem for problem in wrong if not _of_refused(problem, refused)]
    all_problems += buddhist_settings(settings, written, frames)
    files = {raw.name: raw for raw in reversed(raws) if raw.name in frames}
    frames, named, differing = with_register(frames, files, settings.waves, refused)
    all_problems += differing
    analyses, readings, wrong = resolve_questions(
        settings, written or Written(says={}), frames, refused, meant.words
    )
    all_problems += [problem for problem in wrong if not _follows(problem, all_problems)]
    all_problems += _of_cells(files, frames, None if written is None else settings, has_file)
    case = Case(
        id=settings.id, title=settings.title, licence=settings.licence, language=settings.language,
        description=settings.description, cite=settings.cite, analyses=analyses, waves=settings.waves,
        tiers=settings.tiers, tables=frames, words=meant.words, frozen=frozen,
        files={table: raw.file for table, raw in files.items()} | named,
        settings_file=None if written is None else written.file,
    )  # fmt: skip
    return replace(
        case,
        problems=_public_problems(case, all_problems),
        read_as=meant.public(Private.of(case), readings),
    )


def _named(
    settings: Settings, written: Written | None, raws: Sequence[RawTable]
) -> tuple[list[str], list[str]]:
    """Analyses and waves that tables may name: all, where the settings are unknown."""
    if written is None:
        return _all_named(raws, "analysis"), _all_named(raws, "wave")
    return [one.id for one in settings.questions], _waves(settings, written)


def _follows(problem: Problem, problems: Iterable[Problem]) -> bool:
    """Whether a question only names what a cell that cannot be read would have said, such as a role."""
    cells = GROUPED_BY.get(problem.column or "", ()) if problem.rule == "unknown-id" else ()
    return any(
        one.level == "error" and one.table == problem.column and one.column in cells for one in problems
    )


def _public_problems(case: Case, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems as they may be told, with the public texts that name something private."""
    private = Private.of(case)
    keyed = with_keys(problems, case.tables)
    public = at_own_places((*private.scrub_problems(keyed), *public_texts_that_name(private, case)))
    return tuple(sort_problems(in_sheets(public, case.settings_file, case.tables)))


class _Meant(NamedTuple):
    """What people write for what, and where that was taken."""

    words: Words
    readings: list[ReadAs]

    def public(self, private: Private, more: Sequence[ReadAs]) -> tuple[ReadAs, ...]:
        """What was taken, without what must not be shown."""
        return tuple(
            msgspec.structs.replace(one, written=private.scrub(one.written), means=private.scrub(one.means))
            for one in (*taken_at_own_places(self.readings), *more)
        )


def _as_meant(
    raws: Sequence[RawTable], settings: Settings, policies: Sequence[str], waves: Sequence[str]
) -> tuple[list[RawTable], dict[str, pl.DataFrame], _Meant, list[Problem]]:
    """The tables with every word read as what it means, raw and checked."""
    words, wrong = table_words(raws, settings.words)
    read, readings, unclear = read_as(raws, words, waves)
    frames, broken = check_tables(read, policies, waves, dates_of_settings(settings))
    # a cell of two readings is not what its column expects either: the cause is told, not the consequence
    unclear_cells = {(one.table, one.row, one.column) for one in unclear}
    rest = [may_be_own_word(one) for one in broken if (one.table, one.row, one.column) not in unclear_cells]
    readings = [*(one for raw in raws for one in raw.read_as), *readings]
    return read, frames, _Meant(words, readings), [*wrong, *unclear, *rest]


def _of_cells(
    files: Mapping[str, RawTable],
    frames: Mapping[str, pl.DataFrame],
    settings: Settings | None,
    has_file: Callable[[str], bool] | None,
) -> list[Problem]:
    """Cells that name what only the settings, or the files, of the case can have."""
    problems: list[Problem] = []
    if settings is not None and "adoptions" in files:
        problems += unknown_tiers(files["adoptions"], frames["adoptions"], settings.tiers)
    if has_file is not None and "documents" in files:
        problems += _absent_files(files["documents"], frames["documents"], has_file)
    return problems


def checked_settings(
    written: Written | None, raws: Sequence[RawTable], name: str
) -> tuple[Settings, tuple[Sequence[str], Sequence[str]]]:
    """The settings of a case, and the analyses and waves that its tables may name."""
    settings, _ = _settings(written, name)
    return settings, _named(settings, written, raws)


def _settings(written: Written | None, name: str) -> tuple[Settings, list[Problem]]:
    if written is None:
        return _unknown_settings(name), []
    return check_settings(written, short_name(name))


def _unknown_settings(name: str) -> Settings:
    return Settings(
        id=short_name(name),
        title=name,
        licence="",
        language="en",
        description="",
        cite="",
        waves={},
        tiers=TIERS,
        questions=(),
    )


def _waves(settings: Settings, written: Written) -> list[str]:
    """Waves that the settings name; where a date cannot be read, that is told, and no row of the wave."""
    named = written.says.get("waves")
    undated = [str(name) for name in named] if isinstance(named, Mapping) else []
    return list(dict.fromkeys([*settings.waves, *undated]))


def _all_named(raws: Sequence[RawTable], column: str) -> list[str]:
    """Every analysis or wave that a table names: where the settings are unknown, none of them is wrong."""
    columns = WAVES if column == "wave" else (column,)
    return [
        value
        for raw in raws
        for name in columns
        if name in raw.cells.columns
        for value in raw.cells[name].drop_nulls().unique().to_list()
    ]


def _of_refused(problem: Problem, refused: Collection[str]) -> bool:
    """Whether a problem only says that a table is missing which is there, but could not be read."""
    if problem.rule != "missing-table" or problem.table is None or problem.column is None:
        return False
    refers_to = CATALOGUE[problem.table].column(problem.column).refers_to or ""
    return refers_to.partition(".")[0] in refused


def _absent_files(raw: RawTable, frame: pl.DataFrame, has_file: Callable[[str], bool]) -> list[Problem]:
    listed = frame.select(ROW, pl.col("path").alias("value")).drop_nulls()
    absent = listed.filter(pl.Series([not has_file(path) for path in listed["value"]], dtype=pl.Boolean))
    wording = Wording(
        "missing-file",
        "The case holds no such file.",
        "put the file there, correct `path`, or clear it if the document is not kept with the case",
    )
    return of_rows(raw, "path", absent, lambda _: wording)
