"""Whatever can be declared right is found right; whatever is broken in it is found; no row is ever lost."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st
from strategies import ANALYSES, KEEP, KINDS, WAVES, Drawn, cases
from verify.drawn import examples

from diffuscope.records import Problem
from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.check import check_tables
from diffuscope.tables.columns import Column

few = settings(
    max_examples=examples(12),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def check(drawn: Drawn, raws=None):
    """What is found; every row must be there, whatever stands in it."""
    frames, problems = check_tables(raws or drawn.raws(), ANALYSES, WAVES)
    assert {name: frame.height for name, frame in frames.items()} == {
        name: len(rows) for name, rows in drawn.tables.items()
    }
    for problem in problems:
        assert problem.message
        assert problem.fix
        assert problem.file == f"{problem.table}.csv"
    return frames, problems


def errors(problems: list[Problem]) -> list[tuple[str | None, int | None, str | None]]:
    return [(problem.table, problem.row, problem.column) for problem in problems if problem.level == "error"]


def test_every_kind_and_every_rule_can_be_drawn():
    declared = {column.kind for table in CATALOGUE.values() for column in table.columns}
    assert declared <= set(KINDS)
    assert {rule.name for table in CATALOGUE.values() for rule in table.rules} == set(KEEP)


@few
@given(cases())
def test_what_is_right_has_no_errors_and_keeps_its_values(drawn):
    frames, problems = check(drawn)
    assert errors(problems) == []
    for name, rows in drawn.tables.items():
        for column in CATALOGUE[name].columns:
            read = frames[name][column.name].to_list()
            assert read == [value_of(column, row.get(column.name)) for row in rows], column.name


@settings(few, max_examples=examples(2))
@given(cases(names=tuple(CATALOGUE)))
def test_all_tables_together(drawn):
    assert errors(check(drawn)[1]) == []
    assert list(drawn.tables) == list(CATALOGUE)


def value_of(column: Column, cell: str | None) -> object:
    """What a sound cell stands for."""
    if cell is None:
        return column.default
    if column.kind in ("number", "probability", "fraction"):
        return float(cell)
    if column.kind == "integer":
        return int(cell)
    if column.kind == "ids":
        return [name.strip() for name in cell.split(";") if name.strip()]
    return unicodedata.normalize("NFC", cell)


# --- faults that are planted, and must be found where they are

DAMAGE = ["\x00", "\x07", "\x1b", "\x7f", "\u202e", "\ufeff", "\ufffd"]


@st.composite
def a_place(draw: st.DrawFn, drawn: Drawn, wanted) -> tuple[str, int, Column]:
    """A filled cell, in a column of the wanted sort."""
    places = [
        (name, at, column)
        for name, rows in drawn.tables.items()
        for at, row in enumerate(rows)
        for column in CATALOGUE[name].columns
        if column.name in row and wanted(CATALOGUE[name], column)
    ]
    assume(places)
    return draw(st.sampled_from(places))


def is_strict(_, column: Column) -> bool:
    return column.kind not in ("id", "ids", "text", "path")


FAULTS = {
    "a needed cell is empty": (lambda _, column: column.required, lambda cell, draw: None),
    "a cell holds odd text": (is_strict, lambda cell, draw: draw(st.sampled_from(["§", "n/a", "=1+1"]))),
    "a cell holds a character nobody types": (
        lambda *_: True,
        lambda cell, draw: cell[: len(cell) // 2] + draw(st.sampled_from(DAMAGE)) + cell[len(cell) // 2 :],
    ),
    "an id leads nowhere": (
        lambda _, column: column.refers_to or column.name in ("analysis", "wave", "from_wave", "to_wave"),
        lambda cell, draw: f"{cell} zzz",
    ),
    "an id is several": (lambda _, column: column.kind == "id", lambda cell, draw: f"{cell};{cell}"),
    "a path leads out": (lambda _, column: column.kind == "path", lambda cell, draw: f"../{cell}"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
@settings(few, max_examples=examples(8))
@given(data=st.data())
def test_a_fault_in_a_cell_is_found_there(fault, data):
    wanted, plant = FAULTS[fault]
    tables = sorted(name for name, table in CATALOGUE.items() if any(wanted(table, c) for c in table.columns))
    drawn = data.draw(cases(names=(data.draw(st.sampled_from(tables)),)))
    name, at, column = data.draw(a_place(drawn, wanted))
    planted = plant(drawn.tables[name][at][column.name], data.draw)
    note(f"{name}, row {at + 2}, {column.name}: {planted!r}")
    if planted is None:
        del drawn.tables[name][at][column.name]
        assume(drawn.tables[name][at])
    else:
        drawn.tables[name][at][column.name] = planted
    _, problems = check(drawn)
    assert (name, at + 2, column.name) in errors(problems)


@settings(few, max_examples=examples(8))
@given(data=st.data())
def test_a_repeated_row_is_found(data):
    keyed = sorted(name for name, table in CATALOGUE.items() if table.key)
    drawn = data.draw(cases(names=(data.draw(st.sampled_from(keyed)),)))
    name = data.draw(
        st.sampled_from([name for name, rows in drawn.tables.items() if rows and CATALOGUE[name].key])
    )
    at = data.draw(st.integers(0, len(drawn.tables[name]) - 1))
    drawn.tables[name].append(dict(drawn.tables[name][at]))
    _, problems = check(drawn)
    (found,) = [problem for problem in problems if problem.rule == "repeated-key"]
    assert (found.table, found.row) == (name, len(drawn.tables[name]) + 1)
    assert f"row {at + 2}:" in found.message


@settings(few, max_examples=examples(8))
@given(data=st.data())
def test_a_renamed_column_is_found(data):
    drawn = data.draw(cases())
    name = data.draw(st.sampled_from(sorted(drawn.tables)))
    old = data.draw(st.sampled_from([column.name for column in CATALOGUE[name].columns if column.required]))
    new = data.draw(st.sampled_from([old.upper() + " ", f"{old}s", f"my {old}", "zzz", "", "\x00"]))
    columns = drawn.columns[name]
    columns[columns.index(old)] = new
    for row in drawn.tables[name]:
        if old in row:
            row[new] = row.pop(old)
    _, problems = check(drawn)
    told = [p for p in problems if (p.table, p.row) == (name, 1)]
    assert any(f"`{old}`" in f"{p.message}{p.fix}" and p.level == "error" for p in told)


@settings(few, max_examples=examples(8))
@given(data=st.data())
def test_columns_under_each_others_names_do_no_harm(data):
    drawn = data.draw(cases())
    name = data.draw(st.sampled_from(sorted(drawn.tables)))
    columns = drawn.columns[name]
    renamed = dict(zip(columns, data.draw(st.permutations(columns)), strict=True))
    drawn.tables[name] = [
        {renamed[column]: cell for column, cell in row.items()} for row in drawn.tables[name]
    ]
    check(drawn)


@settings(few, max_examples=examples(15))
@given(data=st.data())
def test_any_text_anywhere_does_no_harm(data):
    """Never a traceback, never a lost row, and every cell is either read or told."""
    name = data.draw(st.sampled_from(list(CATALOGUE)))
    columns = data.draw(st.lists(st.sampled_from(CATALOGUE[name].names), unique=True, min_size=1))
    cell = (
        st.none()
        | st.text(min_size=1, max_size=8)
        | st.sampled_from(["2018", "1.5", "a;b", ";", "public", "1e999"])
    )
    rows = data.draw(st.lists(st.fixed_dictionaries(dict.fromkeys(columns, cell)), max_size=6))
    drawn = Drawn(tables={name: rows}, columns={name: columns})
    frames, problems = check(drawn)
    told = {(problem.row, problem.column) for problem in problems}
    for at, row in enumerate(rows):
        for column in columns:
            lost = row[column] is not None and frames[name][column][at] is None
            assert not lost or (at + 2, column) in told
