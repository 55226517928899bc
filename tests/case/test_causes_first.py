"""Of a table that cannot be read, and of cells that cannot, nothing is told that only follows from them."""

from __future__ import annotations

from made import UNITS, rules, text, write

from diffuscope.case import read_case
from diffuscope.study import case_problems, group_problems


def told(folder):
    return [(problem.rule, problem.table) for problem in case_problems(read_case(folder))]


def test_a_table_of_units_that_cannot_be_read_is_told_alone(tmp_path):
    folder = write(tmp_path / "case", units=text(UNITS).encode("utf-16-le"))
    (problem,) = told(folder)
    assert problem[1] == "units"


def test_roles_that_cannot_be_read_leave_no_question_without_units(tmp_path):
    units = [UNITS[0], *((*row[:3], "taker", *row[4:]) for row in UNITS[1:])]
    assert set(told(write(tmp_path / "case", units=units))) == {("bad-choice", "units")}


def test_a_kind_that_nobody_has_is_still_told(tmp_path):
    units = [UNITS[0], *((*row[:2], "village", *row[3:]) for row in UNITS[1:])]
    assert "unknown-id" in rules(read_case(write(tmp_path / "case", units=units)))


def test_each_unknown_name_is_shown_and_none_bears_the_fix_of_another(tmp_path):
    names = ("Aa", "Bb", "Cc", "Dd", "Ee", "Ha Noi", "Burma", "Siam")
    adoptions = [("unit", "policy", "time", "source"), *((name, "plan", "2015", "p") for name in names)]
    case = read_case(write(tmp_path / "case", adoptions=adoptions))
    found = group_problems(case.problems)
    assert [(one.written, one.means) for one in case.read_as] == [("Ha Noi", "hn")]
    assert sum(problem.count for problem in found) == len(names) - 1
    fixes = {problem.value: problem.fix for problem in found}
    assert fixes["Burma"].startswith("add a row to `units` for Myanmar (MMR)")
    assert fixes["Siam"].startswith("add a row to `units` for Thailand (THA)")
    shown = " ".join(f"{problem.value} {problem.message}" for problem in found)
    assert all(name in shown for name in names if name != "Ha Noi")
