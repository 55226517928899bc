"""Why a cell cannot be read, under which rule, and how to write it instead."""

from __future__ import annotations

import pytest

from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.wording import UNKNOWN, unreadable


def told(table: str, column: str, value: str, decimal: str = ".") -> tuple[str, str]:
    wording = unreadable(CATALOGUE[table].column(column), value, decimal)
    return wording.rule, wording.meant or wording.fix


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("2018-07-08 00:00:00", "2018-07-08"),
        ("2018-07-08T12:30:00Z", "2018-07-08"),
        ("2018-7-8", "2018-07-08"),
        ("2018/07/08", "2018-07-08"),
        ("2018.7", "2018-07"),
        ("25/12/2018", "2018-12-25"),
        ("12/25/2018", "2018-12-25"),
        ("25.12.2018", "2018-12-25"),
        ("7/7/2018", "2018-07-07"),
        ("7/2018", "2018-07"),
    ],
)
def test_dates_with_one_reading_are_spelt_out(value, meant):
    rule, fix = told("adoptions", "time", value)
    assert rule == "bad-date"
    assert fix.startswith(f"write {meant} ")


@pytest.mark.parametrize(
    "value", ["7/8/2018", "08.07.2018", "30/02/2018", "2018-02-30", "31/31/2018", "13/2999"]
)
def test_dates_with_two_readings_or_none_are_not_guessed(value):
    rule, fix = told("adoptions", "time", value)
    assert rule == "bad-date"
    assert "2018-07" not in fix.replace("e.g. 2018, 2018-07 or 2018-07-08", "")
    assert not fix.startswith("write 2")


def test_days_off_the_calendar_and_day_numbers_are_called_so():
    assert "correct the day" in told("adoptions", "time", "2018-02-30")[1]
    assert "day number" in told("adoptions", "time", "43289")[1]


@pytest.mark.parametrize("value", sorted(UNKNOWN))
@pytest.mark.parametrize(("table", "column"), [("adoptions", "time"), ("outcomes", "value")])
def test_words_for_unknown_are_answered_with_the_empty_cell(table, column, value):
    assert told(table, column, value.upper())[1] == "leave the cell empty where the value is unknown"


@pytest.mark.parametrize(
    ("value", "decimal", "rule"),
    [
        ("1,234", ".", "ambiguous-number"),
        ("1,5", ".", "ambiguous-number"),
        ("1.234.567,8", ".", "ambiguous-number"),
        ("1 234", ".", "ambiguous-number"),
        ("1'234", ".", "ambiguous-number"),
        ("1.5", ",", "ambiguous-number"),
        ("1.234,5", ",", "ambiguous-number"),
        ("45 %", ".", "bad-number"),
        ("USD 5", ".", "bad-number"),
        ("5m", ".", "bad-number"),
        ("1e999", ".", "out-of-bounds"),
    ],
)
def test_numbers_that_cannot_be_known_are_not_guessed(value, decimal, rule):
    assert told("outcomes", "value", value, decimal)[0] == rule


def test_bounds_are_said():
    assert told("units", "lat", "123") == ("out-of-bounds", "write a number from -90 to 90")
    assert told("published", "decimals", "10") == ("out-of-bounds", "write a number from 0 to 9")
    assert told("published", "decimals", "1.5") == ("bad-number", "write a whole number")
    assert told("published", "decimals", "1e0") == ("out-of-bounds", "write the number in plain digits")
    assert told("evidence", "searched", "1.5") == ("out-of-bounds", "write a share between 0 and 1")
    assert told("evidence", "p_if_true", "90")[1].endswith("such as 0.9 for 90 %")
    assert told("evidence", "p_if_true", "1") == ("out-of-bounds", "write a chance between .01 and .99")


def test_choices_are_listed_and_the_nearest_is_offered():
    assert told("units", "role", "Adopter") == ("bad-choice", "write `adopter`")
    assert told("units", "role", "promotor") == ("bad-choice", "write `promoter`")
    assert told("units", "role", "king")[1] == "write one of `adopter`, `promoter`, `source`, `other`"
    message = unreadable(CATALOGUE["units"].column("role"), "king", ".").message
    assert all(f"`{role}`" in message for role in ("adopter", "promoter", "source", "other"))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Not started", "planning"),
        ("Under implementation", "ongoing"),
        ("done", "completed"),
        ("Stalled", "on hold"),
    ],
)
def test_another_word_for_a_status_is_offered_and_never_one_spelt_like_it(written, meant):
    rule, fix = told("projects", "status", written)
    assert rule == "bad-choice"
    assert fix.endswith(f"; `{meant}`, if that is meant"), "`Not started` is no misspelt `not stated`"
    assert told("projects", "status", "not statd") == ("bad-choice", "write `not stated`")


@pytest.mark.parametrize(
    ("table", "column", "value", "rule", "says"),
    [
        ("units", "unit", "a;b", "bad-id", "add one row"),
        ("units", "unit", "a\nb", "bad-id", "one line"),
        ("units", "unit", "a" * 201, "bad-id", "short id"),
        ("units", "aliases", ";", "bad-id", "leave the cell empty"),
        ("units", "aliases", "a\tb", "bad-id", "semicolons"),
        ("units", "aliases", "a" * 201, "bad-id", "short ids"),
        ("units", "note", "a" * 100_001, "too-long", "shorten it"),
        ("documents", "path", "../x", "bad-path", "documents/report.pdf"),
        ("documents", "path", "a" * 100_001, "too-long", "shorten it"),
        ("documents", "url", "asean.org", "bad-url", "https://"),
        ("units", "name", "a\x00", "damaged-text", "UTF-8"),
    ],
)
def test_every_kind_has_its_rule_and_its_fix(table, column, value, rule, says):
    found, fix = told(table, column, value)
    assert found == rule
    assert says in fix


@pytest.mark.parametrize("value", ["25/12/2018", "plant", "90", "a;b", "1,5", "\x00", "../plant", "43289"])
def test_no_words_but_the_meant_ones_draw_on_the_value(value):
    """What a private row may show: `fix` and `message` never hold the value or its reading."""
    for table in CATALOGUE.values():
        for column in table.columns:
            wording = unreadable(column, value, ".")
            for text in (wording.message, wording.fix):
                assert "plant" not in text
                assert "2018-12-25" not in text
                assert "90 %" not in text
