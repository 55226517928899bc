"""What spreadsheets do to a case: cells with formats, titles above the headings, sheets beside the tables."""

from __future__ import annotations

from .drafts import Draft, Mutant, Rng, one_of

ODD = (
    "percents", "dates in cells", "numbers as text", "empty sheets", "other sheets", "titles", "merged",
    "hidden", "comments", "formulas", "errors", "settings in sheets", "names in capitals",
)  # fmt: skip


def as_workbook(draft: Draft, rng: Rng) -> None:
    """The tables stand in one workbook, whose cells and sheets are odd in one to three ways."""
    draft.workbook = True
    draft.sheets |= {one_of(rng, ODD) for _ in range(int(rng.integers(1, 4)))}


def total_row(draft: Draft, rng: Rng) -> None:
    """A table ends with a row of totals."""
    tables = [name for name, rows in sorted(draft.tables.items()) if rows]
    table = one_of(rng, tables)
    columns = draft.columns(table)
    draft.tables[table].append({columns[0]: one_of(rng, ("Total", "Jumlah", "Sum:")), columns[-1]: "12"})


SHEETS: tuple[Mutant, ...] = (as_workbook, total_row)
