"""Cases drawn from the declarations: tables whose every cell, key, rule and reference is right.

A new kind of column needs a strategy here, and a new rule a way to keep it; both are asked for by name.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

import polars as pl
from hypothesis import strategies as st

from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.columns import Column, Rule, Table
from diffuscope.tables.raw import ROW, RawTable
from diffuscope.tables.tiers import COUNTS, TIER, TIERS
from diffuscope.tables.typed import bounds

Row = dict[str, str]
"""The filled cells of a row."""

ANALYSES = ("analysis-1", "städte")
WAVES = ("2022", "wave-2")
LETTERS = st.characters(
    exclude_categories=["Cs", "Cc", "Cf", "Co", "Cn", "Zl", "Zp"], exclude_characters="\ufffd"
)


def _sound(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


words = st.text(LETTERS, min_size=1, max_size=12).map(_sound).filter(bool)
ids = words.map(lambda text: text.replace(";", ".")).filter(lambda text: not text.endswith(".0"))
texts = st.one_of(
    words,
    st.sampled_from(
        [
            "=1+1",
            "-",
            "+x",
            "@y",
            '"',
            "'",
            "a,b;c\td",
            "two\nlines",
            "two\r\nlines",
            "NA",
            "0",
            "1.0",
            "{other}",
        ]
    ),
    st.tuples(words, words).map("\n".join),
)
dates = st.dates(min_value=date(1600, 1, 1), max_value=date(2199, 12, 31))
grains = st.tuples(dates.map(str), st.sampled_from([4, 7, 10])).map(lambda drawn: drawn[0][: drawn[1]])


def _numbers(column: Column) -> st.SearchStrategy[str]:
    low, high = bounds(column)
    if column.kind == "integer":
        return st.integers(
            int(low) if low is not None else -(2**53), int(high) if high is not None else 2**53
        ).map(str)
    return st.floats(low, high, allow_nan=False, allow_infinity=False).map(repr)


KINDS: dict[str, Callable[[Column], st.SearchStrategy[str]]] = {
    "id": lambda _: ids,
    "ids": lambda _: st.lists(ids, min_size=1, max_size=3).map(";".join),
    "text": lambda _: texts,
    "number": _numbers,
    "integer": _numbers,
    "probability": _numbers,
    "fraction": _numbers,
    "date": lambda _: grains,
    "choice": lambda column: st.sampled_from(column.choices),
    "path": lambda _: st.sampled_from(["documents/a.pdf", "ü b.txt"]),
    "url": lambda _: st.sampled_from(["https://example.org/a?b=c", "http://例え.jp/"]),
}


# --- rules over a row: how each is kept


def _other(rule: Rule) -> str:
    (other,) = set(rule.broken().meta.root_names()) - {rule.column}
    return other


def _ordered(row: Row, rule: Rule) -> None:
    early = _other(rule)
    if rule.column in row and early in row and row[rule.column] < row[early]:
        row[rule.column], row[early] = row[early], row[rule.column]


def _needs(row: Row, rule: Rule) -> None:
    if _other(rule) not in row:
        row.pop(rule.column, None)


def _not_itself(row: Row, rule: Rule) -> None:
    if rule.column in row and row[rule.column] == row[_other(rule)]:
        row.clear()


def _not_negative(row: Row, rule: Rule) -> None:
    if rule.column in row:
        row[rule.column] = row[rule.column].removeprefix("-")


def _currency(row: Row, rule: Rule) -> None:
    if rule.column in row:
        row[rule.column] = "THB"


def _percent(row: Row, rule: Rule) -> None:
    if row.get("status") == "completed":
        row.pop(rule.column, None)


def _either(row: Row, rule: Rule) -> None:
    if rule.column not in row and _other(rule) not in row:
        row[_other(rule)] = "a report, p. 1"


def _weight(row: Row, _: Rule) -> None:
    if row["direction"] == "absent" or "band" not in row:
        row.pop("band", None)
        row.setdefault("p_if_true", "0.5")
        row.setdefault("p_if_false", "0.5")
        row.setdefault("searched", "0.5")
    else:
        row.pop("p_if_true", None)
        row.pop("p_if_false", None)


def _direction(row: Row, _: Rule) -> None:
    if "p_if_true" in row and row["direction"] != "absent":
        low, high = sorted([row["p_if_true"], row["p_if_false"]], key=float)
        row["p_if_true"], row["p_if_false"] = (high, low) if row["direction"] == "for" else (low, high)


KEEP: dict[str, Callable[[Row, Rule], None]] = {
    "dates-in-order": _ordered,
    "value-needs-another": _needs,
    "not-itself": _not_itself,
    "not-negative": _not_negative,
    "currency-code": _currency,
    "status-and-percent": _percent,
    "percent-not-share": lambda row, rule: row.pop(rule.column, None),
    "one-of-two-needed": _either,
    "weight-given": _weight,
    "weight-given-once": _weight,
    "absence-needs-search": _weight,
    "absence-needs-chances": _weight,
    "direction-fits-chances": _direction,
}


# --- tables and cases


@dataclass
class Drawn:
    """The tables of a case, as rows of text."""

    tables: dict[str, list[Row]] = field(default_factory=dict)
    columns: dict[str, list[str]] = field(default_factory=dict)

    def raw(self, name: str) -> RawTable:
        rows, columns = self.tables[name], self.columns[name]
        cells = {column: [row.get(column) for row in rows] for column in columns}
        frame = pl.DataFrame(cells, schema=dict.fromkeys(columns, pl.String))
        numbers = pl.int_range(2, len(rows) + 2, dtype=pl.UInt32, eager=True).alias(ROW)
        return RawTable(name=name, file=f"{name}.csv", cells=frame.with_columns(numbers))

    def raws(self) -> list[RawTable]:
        return [self.raw(name) for name in self.tables]


def needed_by(names: Iterable[str]) -> list[str]:
    """These tables and all they refer to, in the order of the catalogue."""
    wanted = set(names)
    while True:
        columns = [column for name in wanted for column in CATALOGUE[name].columns]
        more = {column.refers_to.partition(".")[0] for column in columns if column.refers_to} - wanted
        if not more:
            return [name for name in CATALOGUE if name in wanted]
        wanted |= more


@st.composite
def cases(draw: st.DrawFn, names: tuple[str, ...] | None = None, min_rows: int = 1) -> Drawn:
    """A case of these tables, or of any few, and of all they refer to."""
    if names is None:
        names = tuple(draw(st.sets(st.sampled_from(list(CATALOGUE)), min_size=1, max_size=3)))
    drawn = Drawn()
    for name in needed_by(names):
        table = CATALOGUE[name]
        rows: list[Row] = []
        for _ in range(draw(st.integers(min_rows, 4))):
            row = draw(_rows(table, drawn, rows))
            for _ in range(2):  # one rule may undo another
                for rule in table.rules:
                    if row:
                        KEEP[rule.name](row, rule)
            if row and not _repeats(table, row, rows):
                rows.append(row)
        filled = [
            column.name
            for column in table.columns
            if column.required or any(column.name in row for row in rows)
        ]
        drawn.tables[name] = rows
        drawn.columns[name] = draw(st.permutations(filled))
    return drawn


@st.composite
def _rows(draw: st.DrawFn, table: Table, drawn: Drawn, above: list[Row]) -> Row:
    row = {}
    for column in table.columns:
        known = _known(table, column, drawn, above)
        if known == [] or not (column.required or draw(st.booleans())):
            if column.required:
                return {}
            continue
        if known is None:
            row[column.name] = draw(KINDS[column.kind](column))
        elif column.kind == "ids":
            row[column.name] = ";".join(draw(st.lists(st.sampled_from(known), min_size=1, max_size=3)))
        else:
            row[column.name] = draw(st.sampled_from(known))
    return row


def _known(table: Table, column: Column, drawn: Drawn, above: list[Row]) -> list[str] | None:
    """What a column may name; None where it may hold anything."""
    if column.name == "analysis":
        return list(ANALYSES)
    if column.name == TIER:
        return list(TIERS)
    if column.name in ("wave", "from_wave", "to_wave"):
        return list(WAVES)
    if column.refers_to is None:
        return None
    other, _, key = column.refers_to.partition(".")
    return [row[key] for row in (above if other == table.name else drawn.tables[other])]


def _repeats(table: Table, row: Row, above: list[Row]) -> bool:
    # Adoptions of one actor may not overlap either, so one spell of each is enough.
    key = ("unit", "policy", "tier") if table.name == "adoptions" else table.key
    if not key:
        return False

    def named(other: Row) -> list[object]:
        return [_meant(table.column(name), other.get(name)) for name in key]

    return any(named(row) == named(other) for other in above)


def _meant(column: Column, cell: str | None) -> object:
    if cell is None:
        # beside other rows an empty tier reads as adopted
        return COUNTS if column.name == TIER else column.default
    return float(cell) if column.kind in ("number", "integer", "probability", "fraction") else cell
