"""Variables of `attributes`: numeric if all but a few cells are numbers, and the few are told."""

from __future__ import annotations

import polars as pl
import pytest
from raws import UNITS, one, place, problems, raw

from diffuscope.tables.variables import measures

UNIT = ("vnm", "sgp", "hanoi", "jpn")


def attributes(values, *, measure="", decimal="."):
    parted = ";" if decimal == "," else ","
    heading = parted.join(("unit", "time", "variable", "value", "unit_of_measure", "source"))
    rows = [
        parted.join((UNIT[at % 4], str(2000 + at // 4), "internet", value, measure, "census"))
        for at, value in enumerate(values)
    ]
    return raw("attributes", "\n".join((heading, *rows)), decimal=decimal)


def found(values, **more):
    return problems(raw("units", UNITS), attributes(values, **more))


NUMBERS = [str(at + 0.5) for at in range(11)]


@pytest.mark.parametrize(
    ("odd", "rule", "says"),
    [
        ("29%", "bad-number", "write 29 where percentages are meant, 0.29 where shares are"),
        ("N/A", "bad-number", "leave the cell empty"),
        ("unknown", "bad-number", "leave the cell empty"),
        ("nan", "bad-number", "leave the cell empty"),
        ("inf", "bad-number", "only digits"),
        ("1e400", "out-of-bounds", "plain digits"),
        ("many", "bad-number", "only digits"),
        ("1_000", "bad-number", "only digits"),
    ],
)
def test_one_word_among_numbers_is_told_with_its_row(odd, rule, says):
    problem = one(found([*NUMBERS[:5], odd, *NUMBERS[5:]]))
    assert place(problem) == ("attributes.csv", 7, "value", odd)
    assert (problem.level, problem.rule) == ("error", rule)
    assert says in problem.fix
    assert "`category`" in problem.fix
    assert odd not in problem.message


def test_decimal_commas_throughout_are_told_with_the_number_to_write():
    told = found([f'"{at},5"' for at in range(6)])
    assert [problem.rule for problem in told] == ["ambiguous-number"] * 6
    assert "write 3.5" in told[3].fix


@pytest.mark.parametrize("words", [("red", "blue", "2A", "none"), ("1a", "2b", "3c", "x")])
def test_words_are_categories(words):
    assert found(words * 3) == []


def test_an_empty_value_is_unknown():
    assert found([*NUMBERS, ""]) == []
    assert found(["red", "", "blue"]) == []


def test_numbers_that_are_declared_names_are_categories():
    postcodes = ["01000", "02000", "2A004", "03100", "04100", "05100"]
    assert {problem.rule for problem in found(postcodes)} == {"bad-number"}
    assert found(postcodes, measure="category") == []


def test_a_word_for_unknown_is_told_among_categories():
    problem = one(found(["red", "blue", "n/a", "red"]))
    assert (problem.level, problem.rule, problem.row) == ("warning", "unknown-category", 4)


@pytest.mark.parametrize(
    ("values", "measure"),
    [
        (["1", "2", "3", "4", "x1"], "numbers"),
        (["1", "2", "3", "x1"], "mixed"),
        (["1", "a", "b"], "mixed"),
        (["n/a", "n/a", "1"], "numbers"),
        (["n/a", "?"], "categories"),
        (["1,5", "(5)", "−5", "1 234", "$1,200"], "numbers"),
        ([".5", "5.", "1e3", "+2"], "numbers"),
    ],
)
def test_how_a_variable_is_measured(values, measure):
    frame = pl.DataFrame(
        {"variable": ["v"] * len(values), "value": values, "unit_of_measure": [None] * len(values)},
        schema=dict.fromkeys(("variable", "value", "unit_of_measure"), pl.String),
    )
    assert measures(frame) == {"v": measure}


def test_of_no_rows_nothing_is_measured():
    assert measures(attributes([]).cells) == {}
