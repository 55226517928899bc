"""What a workbook says that somebody sent: its rows, read by the rules of a case, and how they were read."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from diffuscope.case.build import assemble, checked_settings
from diffuscope.case.certain_fixes import certain_fixes
from diffuscope.case.headings import has_headings
from diffuscope.case.refusal import Unreadable
from diffuscope.case.sent_columns import with_sent_columns
from diffuscope.case.settings import Written
from diffuscope.case.workbook import Workbook
from diffuscope.records import ReadAs
from diffuscope.records.phrases import lower_first
from diffuscope.register.form import LISTS, SHEET
from diffuscope.register.joint import split_units
from diffuscope.register.language import means_yes, nothing_words, own_headings
from diffuscope.register.messages import Message
from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.raw import ROW, RawTable
from diffuscope.tables.read_as import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from diffuscope.case import Case
    from diffuscope.records import Problem
    from diffuscope.register.context import Context

TABLE = "projects"
HIDDEN = (SHEET, LISTS)
ALSO_NOTHING = frozenset({"nil", "nothingtoreport", "noprojects"})
MACROS = "vbaproject.bin"
LARGEST = 30_000_000
"""Bytes of one workbook that somebody sent: a state's largest has 0.2 MB."""


class Refused(Exception):  # noqa: N818 it is an answer to the sender, not a fault
    """A workbook that is not taken, and why.

    Parameters
    ----------
    why : Message
    """

    def __init__(self, why: Message) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, kw_only=True)
class SentRow:
    """One row as it was sent.

    Attributes
    ----------
    sheet : str
    row : int
        As the spreadsheet shows it.
    cells : mapping of str to str or None
        As they were typed, by column; only columns that the sheet has.
    values : mapping of str to value
        As they were read.
    problems : tuple of Problem
        Errors of the row.
    key, report, continues, question : str
        Key of the register, choice under *This year*, keys of other projects, and the question that the row
        answers; empty where there are none.
    """

    sheet: str
    row: int
    cells: Mapping[str, str | None]
    values: Mapping[str, Any]
    problems: tuple[Problem, ...]
    key: str = ""
    report: str = ""
    continues: str = ""
    question: str = ""

    @property
    def continued(self) -> list[str]:
        """Keys of the projects that it continues."""
        return [code.strip() for code in self.continues.split(";") if code.strip()]

    @property
    def number(self) -> int | None:
        """Number of the question that the row answers."""
        written = self.question.partition(":")[0].removeprefix("Q")
        return int(written) if written.isdecimal() and len(written) < 12 else None


class Sent(NamedTuple):
    """A workbook as it was read.

    Attributes
    ----------
    file : str
    about : mapping of str to str
        What the hidden sheet of a form says; empty in a workbook of the sender's own.
    rows : list of SentRow
    nothing : bool
        Whether it says that there is nothing to report.
    readings : list of ReadAs
    warnings : list of Problem
        Of the sheet as a whole.
    """

    file: str
    about: Mapping[str, str]
    rows: list[SentRow]
    nothing: bool
    readings: list[ReadAs]
    warnings: list[Problem]


def open_sent(data: bytes, file: str) -> Workbook:
    """A workbook that somebody sent, unless it is made to do harm.

    Raises
    ------
    Refused
        With the reason.
    """
    if not file.lower().endswith(".xlsx"):
        raise Refused(Message("refused-no-xlsx"))
    if len(data) > LARGEST:
        raise Refused(Message("refused-large", {"size": str(LARGEST // 1_000_000)}))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if any(name.lower().endswith(MACROS) for name in packed.namelist()):
                raise Refused(Message("refused-macros"))
        return Workbook(data, lambda _: True)
    except (zipfile.BadZipFile, NotImplementedError):
        raise Refused(Message("refused-damaged")) from None
    except Unreadable as error:
        raise Refused(Message("refused-unread", {"why": _as_reason(error.problem(file))})) from None


def about_sent(book: Workbook) -> dict[str, str]:
    """What the hidden sheet of a form says; empty where there is none."""
    if SHEET not in book.names:
        return {}
    return {row[0]: row[1] for row in book.rows(SHEET) if len(row) > 1 and row[0]}


def read_sent(
    book: Workbook, file: str, context: Context, *, base: Mapping[str, Mapping[str, str]] | None = None
) -> Sent:
    """The rows of a workbook.

    Parameters
    ----------
    book : Workbook
    file : str
        Its name.
    context : Context
    base : mapping of str to mapping, optional
        Of a form: by key, cells that mean what the register holds though they show it otherwise.

    Raises
    ------
    Refused
        If it holds no projects, or those of another wave.
    """
    about = about_sent(book)
    rows: list[SentRow] = []
    readings: list[ReadAs] = []
    warnings: list[Problem] = []
    nothing = False
    sheets = [name for name in book.names if name not in HIDDEN]
    try:
        for name in sheets:
            stands = book.rows(name)
            nothing = nothing or _says_nothing(stands)
            if _is_wanted(name, stands, context):
                table, wrong = book.table(
                    name,
                    TABLE,
                    f"{file} › {name}",
                    words=context.headings,
                    headings_in=context.row if context.sheet == name else None,
                )
                _refuse_other_wave(table, stands, context, formed=bool(about))
                read = _Sheet(name, *_own_columns(table), base or {}).read(context)
                rows += read.rows
                readings += read.readings
                warnings += [one for one in [*wrong, *read.warnings] if one.rule != "headings-lower"]
    except Unreadable as error:
        raise Refused(Message("refused-unread", {"why": _as_reason(error.problem(file))})) from None
    if not rows and not nothing and about:
        raise Refused(Message("refused-empty"))
    if not rows and not nothing:
        raise Refused(Message("refused-headings"))
    return Sent(file, about, rows, nothing, readings, warnings)


def read_row(
    cells: Mapping[str, str | None], own: Mapping[str, str], context: Context, form: str
) -> list[SentRow]:
    """One row that a form on a page sent, read by the rules of a workbook's row.

    Parameters
    ----------
    cells : mapping of str to str or None
        As they were typed, by column.
    own : mapping of str to str
        What only the register's forms have: key, report, continues, question.
    context : Context
    form : str
        What the form is called among the sources.
    """
    typed = pl.DataFrame([cells], schema=dict.fromkeys(cells, pl.String))
    table = RawTable(name=TABLE, file=form, cells=typed.with_columns(pl.lit(1, pl.UInt32).alias(ROW)))
    return _Sheet(form, table, {1: own}, {}).read(context).rows


def _is_wanted(name: str, rows: Sequence[Sequence[str]], context: Context) -> bool:
    if context.sheet:
        return name == context.sheet
    return has_headings(rows, TABLE, context.headings)


def _says_nothing(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a sheet says *nothing to report*: a yes beside those words, or the words alone."""
    filled = [[cell.strip() for cell in row if cell.strip()] for row in rows]
    for row in filled[:12]:
        if row and fold(row[0]) in nothing_words():
            return len(row) > 1 and means_yes(row[1])
    told = [row for row in filled if row and fold(row[0].rstrip(".!")) in nothing_words() | ALSO_NOTHING]
    return bool(told) and all(len(row) == 1 for row in told)


def _own_columns(table: RawTable) -> tuple[RawTable, dict[int, dict[str, str]]]:
    """The table without columns that only the register's workbooks have, and what those say by row."""
    names = {name: own_headings()[fold(name)] for name in table.cells.columns if fold(name) in own_headings()}
    own: dict[int, dict[str, str]] = {}
    for row in table.cells.select(ROW, *names).iter_rows(named=True):
        own[row[ROW]] = {names[name]: (row[name] or "").strip() for name in names}
    return replace(table, cells=table.cells.drop(list(names))), own


def _refuse_other_wave(
    table: RawTable, rows: Sequence[Sequence[str]], context: Context, *, formed: bool
) -> None:
    """A workbook of last year is not one of this year, however alike they look."""
    if formed:
        return
    others = [wave for wave in context.waves if wave != context.wave]
    if "wave" in table.cells.columns:
        named = set(table.cells["wave"].drop_nulls())
        if named and context.wave not in named:
            raise Refused(
                Message("refused-rows-of", {"waves": ", ".join(sorted(named)), "wave": context.wave})
            )
        return
    first = int(table.cells[ROW][0]) if table.cells.height else len(rows)
    above = " ".join(cell for row in rows[: max(first - 2, 0)] for cell in row)
    for place in (table.file, above):
        words = _words(place)
        if context.wave in words:
            return
        older = [wave for wave in others if wave in words]
        if older:
            raise Refused(Message("refused-title-of", {"older": older[0], "wave": context.wave}))


def _words(text: str) -> set[str]:
    return set(
        "".join(letter if letter.isalnum() or letter in "-." else " " for letter in text)
        .replace(".xlsx", "")
        .split()
    )


@dataclass
class _Sheet:
    """One sheet on its way from text to rows."""

    name: str
    table: RawTable
    own: Mapping[int, Mapping[str, str]]
    base: Mapping[str, Mapping[str, str]]

    def read(self, context: Context) -> _ReadSheet:
        """Its rows by the rules of a case: spellings of one reading are taken, all else is a problem."""
        present = [name for name in self.table.cells.columns if name in CATALOGUE[TABLE].names]
        typed_cells = {
            row[ROW]: {name: row[name] for name in present} for row in self.table.cells.iter_rows(named=True)
        }
        meant, split = split_units(self._with_base(), context.units)
        waved = meant.cells.with_columns(pl.lit(context.wave).alias("wave"))
        raw = replace(meant, cells=waved.select(*[one for one in waved.columns if one != ROW], ROW))
        raw = with_sent_columns(raw, [context.wave], sent=True)
        case = _assembled(raw, context)
        fixed: list[ReadAs] = []
        if any(one.table == TABLE for one in case.problems):
            raw, fixed = _with_certain_fixes(raw, context)
            case = _assembled(raw, context) if fixed else case
        rows, warnings = self._rows(case, typed_cells)
        read_as = [one for one in case.read_as if one.table == TABLE and one.file == raw.file]
        shown = [one for one in read_as if one.written != "(empty)"]
        return _ReadSheet(rows, [*split, *fixed, *shown], warnings)

    def _with_base(self) -> RawTable:
        """Cells that still show what the register wrote mean what it holds: an unknown status is empty."""
        if not self.base:
            return self.table
        cells = self.table.cells
        for name in ("status",):
            if name in cells.columns:
                texts = [
                    text if text is not None else self.base.get(self.own[row].get("key", ""), {}).get(name)
                    for text, row in cells.select(name, ROW).iter_rows()
                ]
                cells = cells.with_columns(pl.Series(name, texts, dtype=pl.String))
        return replace(self.table, cells=cells)

    def _rows(
        self, case: Case, typed_cells: Mapping[int, Mapping[str, str | None]]
    ) -> tuple[list[SentRow], list[Problem]]:
        errors: dict[int, list[Problem]] = {}
        general = []
        for one in case.problems:
            if one.table == TABLE and one.row is not None and one.row in typed_cells and one.level == "error":
                errors.setdefault(one.row, []).append(one)
            elif one.table == TABLE and one.rule != "below-table":
                general.append(one)
        broken = [one for one in general if one.level == "error" and one.row is None]
        rows = []
        for values in case.table(TABLE).iter_rows(named=True):
            at = values[ROW]
            own = self.own.get(at, {})
            cells = typed_cells.get(at, {})
            if not any(cells.values()) and not own.get("report"):
                continue  # an empty row between others, or one that only shows its key
            rows.append(
                SentRow(
                    sheet=self.name,
                    row=at,
                    cells=cells,
                    values=values,
                    problems=(*errors.get(at, []), *broken),
                    key=own.get("key", ""),
                    report=own.get("report", ""),
                    continues=own.get("continues", ""),
                    question=own.get("question", ""),
                )
            )
        return rows, [one for one in general if one.level == "warning"]


class _ReadSheet(NamedTuple):
    """Rows of one sheet, and what was read as what."""

    rows: list[SentRow]
    readings: list[ReadAs]
    warnings: list[Problem]


def _assembled(raw: RawTable, context: Context) -> Case:
    return assemble(_settings(context), [raw, context.units, context.areas], name=raw.file)


def _settings(context: Context) -> Written:
    says = {"format": 1, "id": "network", "title": "network", "licence": "none", "waves": dict(context.waves)}
    return Written(
        says={**says, "words": {name: dict(said) for name, said in context.words.items()}}, file=None
    )


def _with_certain_fixes(raw: RawTable, context: Context) -> tuple[RawTable, list[ReadAs]]:
    """Cells that can mean one thing only, such as 30.9.2026, written as what they mean."""
    # Units and areas are right already, and no fix of a date or a number depends on them.
    settings, _ = checked_settings(_settings(context), [raw], "network")
    fixes = certain_fixes([raw], settings, ((), list(context.waves)))
    said = []
    cells = raw.cells
    for name in {one.column for one in fixes} - {"status", "unit", "area", "sub_area", "partner"}:
        own = {one.row: one for one in fixes if one.column == name}
        texts = [own[row].new if row in own else text for text, row in cells.select(name, ROW).iter_rows()]
        cells = cells.with_columns(pl.Series(name, [text or None for text in texts], dtype=pl.String))
        said += [
            ReadAs(
                table=TABLE,
                column=name,
                file=raw.file,
                row=one.row,
                rows=1,
                written=one.old,
                means=one.new or "(unknown)",
            )
            for one in own.values()
        ]
    return replace(raw, cells=cells), said


def _as_reason(problem: Problem) -> str:
    message = problem.message.rstrip(".")
    return f"{lower_first(message)}; {problem.fix}"
