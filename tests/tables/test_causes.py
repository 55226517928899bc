"""Causes before consequences: totals and shifted rows are told once, and nothing follows from them."""

from __future__ import annotations

import pytest
from raws import POLICIES, UNITS, one, place, problems, raw

from diffuscope.case.delimited import read_delimited

HEADING = "unit,policy,time,source"


def adoptions(*rows):
    table = raw("adoptions", "\n".join((HEADING, "vnm,plan,2015,p", *rows)))
    return problems(raw("units", UNITS), raw("policies", POLICIES), table)


@pytest.mark.parametrize(
    "word", ["Total", "TOTAL:", "Grand total", "Sub-total", "Jumlah", "Tổng cộng", "รวม"]
)
def test_a_total_under_a_table_is_told_once(word):
    found = one(adoptions(f"{word},,5,"))
    assert place(found) == ("adoptions.csv", 3, "unit", word)
    assert found.rule == "total-row"
    assert "total" in found.message
    assert not {"delete", "remove"} & set(found.fix.split())


def test_a_whole_row_of_that_name_is_a_record():
    assert [problem.rule for problem in adoptions("Total,plan,2015,p")] == ["unknown-id"]


def test_other_problems_of_other_rows_stay():
    assert {problem.rule for problem in adoptions("Total,,5,", "sgp,,2016,p")} == {
        "total-row",
        "missing-value",
    }


def ties(*rows):
    data = "\n".join(("layer,sender,receiver,weight,start,source", *rows)).encode()
    table, found = read_delimited(data, "ties", "ties.csv")
    return [*found, *problems(raw("units", UNITS), table)]


def test_a_decimal_comma_that_parts_a_row_is_told_with_the_number_to_write():
    found = one(ties("advice,vnm,sgp,0,8,2005,m", "advice,sgp,vnm,1,2005,m"))
    assert place(found) == ("ties.csv", 2, "source", "0,8")
    assert found.rule == "ragged-row"
    assert found.fix == "write 0.8"


def test_another_row_with_too_many_cells_is_told_alone():
    found = one(ties("advice,vnm,sgp,nobody,knows,2005,m,n"))
    assert (found.rule, found.row) == ("ragged-row", 2)
    assert "8 cells" in found.message


def test_a_row_with_too_few_cells_is_told_alone():
    assert [problem.rule for problem in ties("advice,vnm")] == ["ragged-row"]
