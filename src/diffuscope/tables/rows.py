"""Rules that each row keeps by itself: values that must be there, rules over its cells, keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from diffuscope.records.phrases import in_code
from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.date_words import BUDDHIST_YEARS
from diffuscope.tables.places import Wording, of_rows
from diffuscope.tables.raw import ROW
from diffuscope.tables.typed import lost_cells

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from diffuscope.records import Problem
    from diffuscope.tables.columns import Column, Rule
    from diffuscope.tables.raw import RawTable

UNLIKELY_BEFORE = "1600"
UNLIKELY_FROM = "2200"


def check_rows(raw: RawTable, frame: pl.DataFrame, dates: Sequence[str] = ()) -> list[Problem]:
    """Rows of one table that lack a value, break one of its rules, or repeat another row.

    Dates between those of `dates`, which the settings give, are meant.

    A rule or key says nothing of a row in which a cell it needs could not be read: that value is unknown.
    """
    table = CATALOGUE[raw.name]
    blank = _blank_rows(raw)
    problems = of_rows(raw, table.columns[0].name, blank.with_columns(value=_no_text()), _always(_EMPTY_ROW))
    for column in table.columns:
        problems += _missing(raw, column, blank)
        if column.kind == "date":
            problems += _unlikely(raw, column, frame, dates)
    filled = frame.join(blank, on=ROW, how="anti", maintain_order="left") if blank.height else frame
    unread = _unread(raw, frame)
    return problems + _rules(raw, filled, unread) + _repeated(raw, filled, unread)


_EMPTY_ROW = Wording("empty-row", "The row is empty.", "delete the row")


def _always(wording: Wording) -> Callable[[str | None], Wording]:
    return lambda _: wording


def _no_text() -> pl.Expr:
    return pl.lit(None, dtype=pl.String())


def _blank_rows(raw: RawTable) -> pl.DataFrame:
    names = [name for name in raw.cells.columns if name != ROW]
    if not names or any(raw.cells[name].null_count() == 0 for name in names):
        return raw.cells.select(ROW).clear()
    return raw.cells.filter(pl.all_horizontal(pl.col(names).is_null())).select(ROW)


def _missing(raw: RawTable, column: Column, blank: pl.DataFrame) -> list[Problem]:
    name = column.name
    if not column.required or name not in raw.cells.columns or not raw.cells[name].null_count():
        return []
    rows = raw.cells.filter(pl.col(name).is_null()).select(ROW, pl.col(name).alias("value"))
    wording = Wording("missing-value", f"`{name}` has no value.", f"fill in `{name}`: {column.description}")
    return of_rows(raw, name, rows.join(blank, on=ROW, how="anti"), _always(wording))


def _unlikely(raw: RawTable, column: Column, frame: pl.DataFrame, dates: Sequence[str]) -> list[Problem]:
    name = column.name
    # Text dates sort as dates do, so the earliest and the latest answer for all.
    first, last = frame[name].min(), frame[name].max()
    if first is None or (str(first) >= UNLIKELY_BEFORE and str(last) < UNLIKELY_FROM):
        return []
    buddhist = (pl.col(name) >= BUDDHIST_YEARS[0]) & (pl.col(name) < BUDDHIST_YEARS[1])  # told as that
    unlikely = (pl.col(name) < UNLIKELY_BEFORE) | ((pl.col(name) >= UNLIKELY_FROM) & ~buddhist)
    if dates:  # waves that stand for counted periods lie where no other dates do
        unlikely &= ~pl.col(name).is_between(pl.lit(min(dates)), pl.lit(max(dates)))
    rows = frame.filter(unlikely).select(ROW, pl.col(name).alias("value"))
    wording = Wording("unlikely-date", f"`{name}` is before 1600 or after 2199.", "check the year")
    return of_rows(raw, name, rows, _always(wording), level="warning")


def _unread(raw: RawTable, frame: pl.DataFrame) -> dict[str, pl.Series]:
    """Rows in which a cell could not be read, by column."""
    lost = {name: lost_cells(raw, name, frame) for name in frame.columns if name != ROW}
    unread = {name: raw.cells.filter(cells)[ROW] for name, cells in lost.items() if cells is not None}
    for name in {name for _, name in raw.told_cells}:
        reported = pl.Series([row for row, column in raw.told_cells if column == name], dtype=pl.UInt32)
        unread[name] = pl.concat([unread[name], reported]) if name in unread else reported
    return unread


def _readable(frame: pl.DataFrame, unread: dict[str, pl.Series], needed: Iterable[str]) -> pl.DataFrame:
    lost = [unread[name] for name in needed if name in unread]
    return frame.filter(~pl.col(ROW).is_in(pl.concat(lost).implode())) if lost else frame


def _rules(raw: RawTable, frame: pl.DataFrame, unread: dict[str, pl.Series]) -> list[Problem]:
    rules = [rule for rule in CATALOGUE[raw.name].rules if _can_break(rule, frame)]
    if not rules or not frame.height:
        return []
    broken = frame.select(rule.broken().fill_null(False).alias(str(at)) for at, rule in enumerate(rules))
    problems: list[Problem] = []
    for at, rule in enumerate(rules):
        if broken[str(at)].any():
            needed = rule.broken().meta.root_names()
            rows = _readable(frame.filter(broken[str(at)]), unread, needed).select(ROW)
            wording = Wording(rule.name, f"The row breaks a rule: {rule.says}.", rule.fix)
            problems += of_rows(
                raw, rule.column, _with_value(raw, rows, rule.column), _always(wording), rule.level
            )
    return problems


def _can_break(rule: Rule, frame: pl.DataFrame) -> bool:
    # Dates in order: nothing to compare where the later column is empty throughout.
    return rule.name != "dates-in-order" or frame[rule.column].null_count() < frame.height


def _with_value(raw: RawTable, rows: pl.DataFrame, column: str) -> pl.DataFrame:
    if column not in raw.cells.columns:
        return rows.with_columns(value=_no_text())
    cells = raw.cells.select(ROW, pl.col(column).alias("value"))
    return rows.join(cells, on=ROW, how="left", maintain_order="left")


def _repeated(raw: RawTable, frame: pl.DataFrame, unread: dict[str, pl.Series]) -> list[Problem]:
    table = CATALOGUE[raw.name]
    needed = [name for name in table.key if table.column(name).required]
    if not table.key or any(name not in raw.cells.columns for name in needed):
        return []
    key = [name for name in table.key if name in raw.cells.columns]
    known = _readable(frame, unread, key).drop_nulls(needed)
    # Equal keys have equal hashes, so as many hashes as rows means no key twice; the dear test comes after.
    if known.select(key).hash_rows().n_unique() == known.height:
        return []
    parts = [pl.col(name).cast(pl.String).fill_null("(empty)") for name in key]
    twice = (
        known.select(ROW, *key)
        .with_columns(
            pl.col(ROW).first().over(key).alias("other"), pl.concat_str(parts, separator=" · ").alias("value")
        )
        .filter(pl.col(ROW) != pl.col("other"))
    )
    listed = in_code(key)
    wording = Wording(
        "repeated-key",
        f"The row repeats row {{other}}: {listed} {'is' if len(key) == 1 else 'are'} the same.",
        "correct the value that should differ between the two rows; if they mean the same, keep one",
    )
    return of_rows(raw, key[0], twice, _always(wording))
