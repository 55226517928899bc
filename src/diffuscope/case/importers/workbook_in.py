"""A frame from a sheet of a workbook: the stored values, under the headings below any title."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from diffuscope.case.headings import WITHIN
from diffuscope.case.importers.delimited_in import typed
from diffuscope.case.importers.frame_read import FrameRead
from diffuscope.case.raw_table import letter, tidy
from diffuscope.case.refusal import Unreadable
from diffuscope.case.workbook import Workbook
from diffuscope.errors import CaseError, PlanError
from diffuscope.records.phrases import counted, in_code
from diffuscope.tables.causes import TOTAL
from diffuscope.tables.raw import ROW

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from diffuscope.case.workbook_parts import Sheet

ENDINGS = (".xlsx",)


def read_workbook_frame(file: Path, sheet: str | None = None, headings: int | None = None) -> FrameRead:
    """The table of a sheet, each column whole numbers, numbers, truth or text.

    The headings stand in the first row with more than one filled cell, unless their row is named. Lines of
    text and totals below the last record are left out, with a note.

    Parameters
    ----------
    file : Path
    sheet : str, optional
        Its name, where several sheets hold something.
    headings : int, optional
        Row of the headings, as the spreadsheet shows it.
    """
    try:
        book = Workbook(file.read_bytes(), lambda _: True)
        name, rows = _sheet(book, file, sheet)
    except Unreadable as error:
        problem = error.problem(file.name)
        raise CaseError(
            f"`{file.name}`: {problem.message} Fix: {problem.fix}.", problems=(problem,)
        ) from error
    at = _headings(rows, headings, file)
    names = [cell.strip() for cell in rows[at]]
    last = _last_record(rows, at)
    part = book.sheet_notes(name).below(at + 1).above(last + 1)
    _refuse_unread(rows, names, (at, last), part, file)
    cells = pl.DataFrame(
        [
            pl.Series(f"column_{place}", [row[place] for row in rows[at + 1 : last + 1]], dtype=pl.String)
            for place in range(len(names))
        ]
    )
    raw, wrong = tidy(cells, names, table="", file=file.name, first_row=at + 2)
    if wrong:
        raise CaseError(f"`{file.name}`: {wrong[0].message} Fix: {wrong[0].fix}.", problems=tuple(wrong))
    notes, columns = _notes(rows, names, (at, last), part), []
    broken = {(place, row) for place, row, _ in part.errors}
    for column in raw.cells.columns:
        if column != ROW:
            lost = [(names.index(column), row) in broken for row in raw.cells[ROW].to_list()]
            series, note = typed(
                raw.cells[column].set(pl.Series(lost, dtype=pl.Boolean), None), ".", raw.cells[ROW]
            )
            columns.append(series)
            notes += [note] if note else []
    return FrameRead(pl.DataFrame(columns), notes)


def _sheet(book: Workbook, file: Path, sheet: str | None) -> tuple[str, list[list[str]]]:
    """The sheet that is named, or the only one that holds anything."""
    if sheet is not None and sheet not in book.names:
        raise PlanError(f"`{file.name}` has no sheet `{sheet}`; it has {in_code(book.names[:20])}.")
    held = {name: book.rows(name, truth=("true", "false")) for name in ([sheet] if sheet else book.names)}
    filled = [name for name, rows in held.items() if any(cell.strip() for row in rows for cell in row)]
    if not filled:
        raise CaseError(f"`{file.name}` holds no rows.")
    if len(filled) > 1:
        raise PlanError(
            f"`{file.name}` has several sheets, {in_code(filled[:20])}. Say which one to read: sheet = "
            f'"{filled[0]}".'
        )
    return filled[0], held[filled[0]]


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _headings(rows: Sequence[Sequence[str]], named: int | None, file: Path) -> int:
    """The row of the headings, counted from 0."""
    if named is not None:
        if not 1 <= named <= len(rows) or not _filled(rows[named - 1]):
            raise PlanError(f"`{file.name}`: row {named} holds no headings.")
        return named - 1
    wide = min(2, max(map(_filled, rows)))
    first = next((at for at, row in enumerate(rows[:WITHIN]) if _filled(row) >= wide), None)
    if first is None:
        raise PlanError(
            f"`{file.name}`: none of the first {WITHIN} rows fills two cells, as headings do. Say which row "
            "holds them: headings = 30."
        )
    return first


def _last_record(rows: Sequence[Sequence[str]], at: int) -> int:
    """The last row that is a record: below it stand totals, and lines of text apart from the table.

    A row with one filled cell that follows a record at once is one: a unit that never adopted has no date.
    """
    end = len(rows) - 1
    while end > at and (_filled(rows[end]) < min(2, _filled(rows[at])) or _is_total(rows[end])):
        end -= 1
    while end + 1 < len(rows) and _filled(rows[end + 1]) == 1 and not _is_total(rows[end + 1]):
        end += 1
    return end


def _is_total(row: Sequence[str]) -> bool:
    first = next((cell.strip() for cell in row if cell.strip()), "")
    return bool(pl.Series([first]).str.contains(TOTAL).item())


def _refuse_unread(
    rows: Sequence[Sequence[str]], names: Sequence[str], span: tuple[int, int], part: Sheet, file: Path
) -> None:
    """Refuse cells without a heading, whose headings may stand in another row, and cells without a value."""
    at, last = span
    for place, name in enumerate(names):
        below = next((row for row in range(at + 1, last + 1) if rows[row][place].strip()), None)
        if not name and below is not None:
            raise CaseError(
                f"`{file.name}`: row {at + 1} was read as the headings, but nothing stands there over column "
                f"{letter(place)}, which holds `{rows[below][place][:40]}` in row {below + 1}. Fix: name the "
                f"column; or, if the headings stand in another row, say which: headings = {at + 2}."
            )
    if part.never_computed:
        place, row = part.never_computed[0]
        many = counted(len(part.never_computed), "cell")
        raise CaseError(
            f"`{file.name}`: {many} without the value of its formula, the first {letter(place)}{row}. "
            "Fix: open the workbook in a spreadsheet program and save it."
        )


def _notes(
    rows: Sequence[Sequence[str]], names: Sequence[str], span: tuple[int, int], part: Sheet
) -> list[str]:
    """What was decided while reading, a sentence for each."""
    at, last = span
    notes = []
    above = sum(_filled(row) > 0 for row in rows[:at])
    if above:
        verb = "is" if above == 1 else "are"
        notes.append(
            f"the headings are in row {at + 1}; {counted(above, 'row')} of text above {verb} not read."
        )
    below = [row for row in range(last + 1, len(rows)) if _filled(rows[row])]
    if below:
        where = ", ".join(str(row + 1) for row in below[:8])
        notes.append(f"{counted(len(below), 'row')} of text or totals below the table, not read: {where}.")
    if part.errors:
        many = counted(len(part.errors), "cell")
        notes.append(f"{many} with an error of the spreadsheet, such as {part.errors[0][2]}: missing.")
    percent = sorted({place for place, _, _ in part.percents if place < len(names)})
    notes += [
        f"column `{names[place]}` shows percentages; the stored shares are read (0.45 where it shows 45%)."
        for place in percent
    ]
    hidden = sum(at < row <= last + 1 for row in part.hidden_rows)
    if hidden:
        notes.append(f"{counted(hidden, 'hidden row')} are read like the others.")
    return notes
