"""What a message says of numbers as people write them: what stands there, and the number to write."""

from __future__ import annotations

import pytest

from diffuscope.tables.columns import Column
from diffuscope.tables.number_words import number_wording
from diffuscope.tables.wording import unreadable

WEIGHT = Column(name="weight", kind="number", description="")
CHANCE = Column(name="chance", kind="probability", description="")


@pytest.mark.parametrize(
    ("value", "decimal", "there", "write"),
    [
        ("1.234.567", ".", "a point between thousands", "write 1234567"),
        ("1,234,567", ".", "a comma between thousands", "write 1234567"),
        ("1 234", ".", "a blank between thousands", "write 1234"),
        ("1\u00a0234", ".", "a blank between thousands", "write 1234"),
        ("1'234", ".", "an apostrophe between thousands", "write 1234"),
        ("1 234,5", ".", "a blank and a comma", "write 1234.5"),
        ("1.234,5", ".", "a point and a comma", "write 1234.5"),
        ("1,234.5", ".", "a comma and a point", "write 1234.5"),
        ("0,8", ".", "a comma", "write 0.8"),
        (",8", ".", "a comma", "write 0.8"),
        ("-12,37", ".", "a comma", "write -12.37"),
        ("1234,567", ".", "a comma", "write 1234.567"),
        (
            "1,200",
            ".",
            "may separate thousands or decimals",
            "write 1200 if the sign separates thousands, 1.200 if",
        ),
        (
            "17.518",
            ",",
            "may separate thousands or decimals",
            "write 17518 if the sign separates thousands, 17,518 if",
        ),
        ("1.5", ",", "a point", "write 1,5"),
        ("$1,200", ".", "a currency sign", "write 1200 if the sign separates thousands, 1.200 if"),
        ("€ 12.5", ".", "a currency sign", "write 12.5"),
        ("12 €", ".", "a currency sign", "write 12"),
        ("\u22125", ".", "a dash", "write -5"),
        ("(5)", ".", "in brackets", "write -5 if it is negative, otherwise 5"),
        ("5*", ".", "a remark", "write 5, and put the remark into `note`"),
        ("5?", ".", "a remark", "write 5, and put the remark into `note`"),
        ("29%", ".", "a percentage", "write 29 where percentages are meant, 0.29 where shares are"),
        ("33,3 %", ".", "a percentage", "write 33.3 where percentages are meant, 0.333 where shares are"),
    ],
)
def test_what_stands_there_and_what_to_write(value, decimal, there, write):
    told = unreadable(WEIGHT, value, decimal)
    assert there in told.message
    assert told.meant.startswith(write)
    assert value not in told.message  # it may be private
    assert not any(digits in told.fix for digits in ("234", "518", "37", "29"))
    assert "semicolon" not in told.fix


def test_the_percentage_of_a_probability_has_one_reading():
    assert unreadable(CHANCE, "80%", ".").meant == "write 0.8"


@pytest.mark.parametrize("value", ["<5", "~5", "> 1,200"])
def test_a_bound_is_not_turned_into_a_number(value):
    told = unreadable(WEIGHT, value, ".")
    assert told.meant is None
    assert "leave the cell empty" in told.fix


@pytest.mark.parametrize(
    "value", ["in restauro", "1,2,3", "1.2.3", "(5", "5)", "", "12abc", "1 23 4,,5", "%"]
)
def test_what_is_no_number_at_all_is_given_none(value):
    assert number_wording(WEIGHT, value, ".") is None
    assert unreadable(WEIGHT, value, ".").meant is None


@pytest.mark.parametrize("value", ["12, 14", "12. 14", "2018 2019", "12' 30", "1.234 567", "3 14"])
def test_two_numbers_in_a_cell_are_not_made_one(value):
    found = unreadable(WEIGHT, value, ".")
    assert found.meant is None
    assert found.fix.startswith("write only digits")
