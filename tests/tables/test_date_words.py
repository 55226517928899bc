"""Dates as people write them: the one that is meant, the era it counts in, and what is not a date."""

from __future__ import annotations

import pytest
from raws import POLICIES, UNITS, place, problems, raw

from diffuscope.tables.date_words import date_meant, unreadable_date


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("30 September 2025", "2025-09-30"),
        ("September 30, 2025", "2025-09-30"),
        ("30th Sept. 2025", "2025-09-30"),
        ("March 2022", "2022-03"),
        ("1-Jan-2020", "2020-01-01"),
        ("17 Agustus 2019", "2019-08-17"),
        ("มกราคม 2566", "2023-01"),
        ("1 ม.ค. 2566", "2023-01-01"),
        ("ngày 2 tháng 9 năm 2025", "2025-09-02"),
        ("tháng 9 2025", "2025-09"),
        ("31/12/2561", "2018-12-31"),
        ("๒๕๖๖", "2023"),
        ("มกราคม ๒๕๖๖", "2023-01"),
        ("๒๐๒๓", "2023"),
        ("2018/07", "2018-07"),
        ("01/03/2022", None),
        ("31 February 2020", None),
        ("spring 2020", None),
        ("12/37/2018", None),
        ("March", None),
    ],
)
def test_the_date_that_is_meant(value, meant):
    assert date_meant(value) == meant


@pytest.mark.parametrize("value", ["มกราคม 2566", "31/12/2561", "๒๕๖๖", "1 ม.ค. 2566"])
def test_a_date_of_the_buddhist_era_is_named_as_one(value):
    assert "Buddhist era" in unreadable_date("time", value).message
    assert "Buddhist era" not in unreadable_date("time", "January 2023").message


@pytest.mark.parametrize(("value", "write"), [("2018*", "2018"), ("2019?", "2019"), ("~2018-07", "2018-07")])
def test_a_remark_beside_a_date_goes_to_the_note(value, write):
    told = unreadable_date("time", value)
    assert told.meant == f"write {write}, and put the meaning of the sign into `note`"


@pytest.mark.parametrize(("serial", "day"), [("42736", "2017-01-01"), ("44562", "2022-01-01")])
def test_a_day_number_is_told_with_its_day(serial, day):
    assert day in unreadable_date("time", serial).meant


def adoptions(*years):
    rows = [f"{unit},plan,{year},p" for unit, year in zip(("vnm", "sgp", "hanoi"), years, strict=False)]
    table = raw("adoptions", "\n".join(("unit,policy,time,source", *rows)))
    return raw("units", UNITS), raw("policies", POLICIES), table


def test_buddhist_years_throughout_are_named_with_the_year_they_mean():
    found = problems(*adoptions("2558", "2559-03", "2562-01-31"))
    assert [place(one) for one in found] == [
        ("adoptions.csv", 2, "time", "2558"),
        ("adoptions.csv", 3, "time", "2559-03"),
        ("adoptions.csv", 4, "time", "2562-01-31"),
    ]
    assert {(one.level, one.rule) for one in found} == {("warning", "buddhist-era")}
    assert [one.fix for one in found] == ["write 2015", "write 2016-03", "write 2019-01-31"]


def test_two_eras_together_are_an_error_of_the_buddhist_ones():
    found = problems(*adoptions("2015", "2559"))
    assert [(one.level, one.rule, one.row) for one in found] == [("error", "buddhist-era", 3)]


@pytest.mark.parametrize(
    ("year", "rule"), [("2300", "unlikely-date"), ("2700", "unlikely-date"), ("2199", None)]
)
def test_other_far_years_are_unlikely(year, rule):
    assert [one.rule for one in problems(*adoptions(year))] == ([rule] if rule else [])
