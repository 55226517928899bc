"""Waves and windows count in the era of the tables, or are told."""

from __future__ import annotations

import pytest
from made import ADOPTIONS, SETTINGS, one, rules, write

from diffuscope.case import read_case

THAI = (ADOPTIONS[0], ("sg", "plan", "2557", "p. 1"), ("hn", "plan", "2561-07", "p. 2"))


def test_a_case_in_buddhist_years_throughout_is_warned_of(tmp_path):
    settings = SETTINGS.replace('"2014", "2023"', '"2557", "2566"').replace('"2022-12"', '"2565-12"')
    settings = settings.replace('"2023-12"', '"2566-12"')
    case = read_case(write(tmp_path / "case", settings, adoptions=THAI))
    assert {(problem.level, problem.rule) for problem in case.problems} == {("warning", "buddhist-era")}
    assert [problem.fix for problem in case.problems if problem.file == "case.toml"] == [
        "write 2022-12", "write 2023-12", "write 2014", "write 2023",
    ]  # fmt: skip


@pytest.mark.parametrize("old", ['"2014", "2023"', '"2022-12"'])
def test_a_window_or_wave_of_the_other_era_is_an_error(tmp_path, old):
    new = {'"2014", "2023"': '"2014", "2566"', '"2022-12"': '"2565-12"'}[old]
    case = read_case(write(tmp_path / "case", SETTINGS.replace(old, new)))
    assert one(case, "buddhist-era").level == "error"
    assert rules(case) == ["buddhist-era"]


def test_tables_in_another_era_than_the_window_are_an_error(tmp_path):
    case = read_case(write(tmp_path / "case", adoptions=THAI))
    assert [(one.level, one.rule, one.row) for one in case.problems] == [
        ("error", "buddhist-era", 2),
        ("error", "buddhist-era", 3),
    ]


def test_the_date_of_a_wave_in_words_is_told_and_nothing_follows_from_it(tmp_path):
    heading = "wave,project,unit,title,status,status_basis,link_basis,source"
    projects = f"{heading}\n2022,a,hn,A,ongoing,reported,exact title,s\n"
    settings = SETTINGS.replace('"2022-12"', '"30 September 2022"')
    case = read_case(write(tmp_path / "case", settings, projects=projects))
    assert rules(case) == ["bad-date"]
    assert one(case, "bad-date").fix == 'write "2022-09-30"'
