"""Thousands of problems alike are told as a few, and none is lost from the count."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from diffuscope.records import Problem
from diffuscope.tables.grouping import group_problems, sort_problems


def problem(row: int | None = 2, value: str | None = "x", **other) -> Problem:
    told = {"level": "error", "rule": "unknown-id", "message": "No such id.", "fix": "correct it"}
    place = {"file": "ties.csv", "table": "ties", "column": "sender"}
    return Problem(**{**told, **place, "row": row, "value": value, **other})


def test_errors_come_first_then_whole_files_then_file_row_and_column():
    found = [
        problem(9),
        problem(2, level="warning"),
        problem(2, file="a.csv"),
        problem(2, column="receiver"),
        problem(2),
        problem(None),
        problem(10),
    ]
    places = [(p.level, p.file, p.row, p.column) for p in sort_problems(found)]
    assert places == [
        ("error", "ties.csv", None, "sender"),
        ("error", "a.csv", 2, "sender"),
        ("error", "ties.csv", 2, "receiver"),
        ("error", "ties.csv", 2, "sender"),
        ("error", "ties.csv", 9, "sender"),
        ("error", "ties.csv", 10, "sender"),
        ("warning", "ties.csv", 2, "sender"),
    ]


def test_a_few_stay_as_they_are():
    found = [problem(row) for row in range(2, 7)]
    assert group_problems(reversed(found)) == found


def test_many_of_one_value_are_told_once_with_their_rows():
    (told,) = group_problems(problem(row) for row in range(2, 1002))
    assert (told.row, told.value, told.count) == (2, "x", 1000)
    assert told.message == "No such id. In 1,000 rows: 2, 3, 4, 5, 6, 7, 8, 9 …."


def test_the_commonest_values_are_told_and_the_rest_counted():
    often = [problem(row, f"v{row % 4}") for row in range(2, 42)]
    seldom = [problem(row, f"once-{row}") for row in range(100, 120)]
    told = group_problems([*seldom, *often])
    assert [(p.value, p.count) for p in told[:4]] == [("v2", 10), ("v3", 10), ("v0", 10), ("v1", 10)]
    assert sum(p.count for p in told) == 60
    assert len(told) == 6
    rest = told[-1]
    assert (rest.row, rest.count) == (101, 19)
    assert "19 values have this problem: `once-101`, `once-102`, `once-103`" in rest.message


def test_what_is_not_alike_is_told_apart():
    found = [problem(row, file=f"{name}.csv") for name in "ab" for row in range(2, 12)]
    found += [problem(row, rule="bad-id") for row in range(2, 12)]
    found += [problem(row, level="warning") for row in range(2, 12)]
    found += [problem(row, column="receiver") for row in range(2, 12)]
    assert [p.count for p in group_problems(found)] == [10] * 5


def test_stray_columns_are_told_by_column():
    found = [problem(1, None, column=f"c{at}", rule="unknown-column") for at in range(10)]
    assert len(group_problems(found)) == 10


places = st.builds(
    problem,
    row=st.none() | st.integers(1, 40),
    value=st.none() | st.sampled_from("abcdefgh"),
    column=st.sampled_from(["sender", "receiver", None]),
    level=st.sampled_from(["error", "warning"]),
    file=st.sampled_from(["ties.csv", "units.csv", None]),
    count=st.integers(1, 5),
)


@given(st.lists(places, max_size=60), st.integers(1, 6))
def test_counts_add_up_whatever_is_grouped(found, limit):
    told = group_problems(found, limit)
    assert sum(p.count for p in told) == sum(p.count for p in found)
    assert told == sort_problems(told)
    assert told == group_problems(list(reversed(found)), limit)
    assert {(p.level, p.file, p.column, p.rule) for p in told} == {
        (p.level, p.file, p.column, p.rule) for p in found
    }


def test_values_with_different_fixes_are_never_folded():
    found = [problem(row, f"v{row}", fix=f"write {row}") for row in range(2, 12)]
    told = group_problems(found)
    assert [(p.value, p.fix, p.count) for p in told] == [
        (f"v{row}", f"write {row}", 1) for row in range(2, 12)
    ]


def test_one_value_with_different_fixes_is_told_once_for_each():
    found = [problem(row, fix=f"see row {row % 2}") for row in range(2, 12)]
    assert [(p.fix, p.count) for p in group_problems(found)] == [("see row 0", 5), ("see row 1", 5)]


def test_of_very_many_fixes_the_last_are_counted_and_bear_no_other_ones():
    told = group_problems(problem(row, f"v{row}", fix=f"write {row}") for row in range(2, 502))
    assert len(told) == 26
    assert sum(p.count for p in told) == 500
    assert "its own fix" in told[-1].fix
