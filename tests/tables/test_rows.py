"""What each row must keep by itself: values that must be there, rules over its cells, keys."""

from __future__ import annotations

import pytest
from raws import DOCUMENTS, POLICIES, UNITS, one, place, problems, raw

ADOPTIONS = "unit,policy,time,time_latest,until,tier,source\n"
EVIDENCE = (
    "id,coder,analysis,mechanism,criterion,document,paraphrase,cluster,"
    "direction,p_if_true,p_if_false,band,searched\n"
    "e1,k,a,learning,L-a,report,It says so.,c,"
)


def adoptions(rows: str):
    return problems(raw("units", UNITS), raw("policies", POLICIES), raw("adoptions", ADOPTIONS + rows))


def evidence(cells: str):
    return problems(raw("documents", DOCUMENTS), raw("evidence", EVIDENCE + cells), analyses=("a",))


def test_a_sound_table_has_no_problems():
    assert adoptions("vnm,plan,2018,2019,2021,,p. 1\nsgp,plan,,2016,,adopted,p. 2\njpn,law,,,,,p. 3\n") == []
    assert evidence("for,.8,.4,,") == []


def test_a_missing_value_is_told_where_it_is_missing():
    found = one(adoptions("vnm,plan,2018,,,,\n"))
    assert place(found) == ("adoptions.csv", 2, "source", None)
    assert (found.rule, found.level) == ("missing-value", "error")
    assert found.fix.startswith("fill in `source`: Where the fact was found")


def test_an_empty_row_is_told_once_and_breaks_no_other_rule():
    found = one(adoptions("vnm,plan,2018,,,,p. 1\n,,,,,,\nsgp,plan,2018,,,,p. 1\n"))
    assert (found.rule, found.row, found.value) == ("empty-row", 3, None)


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        ("vnm,plan,2018,2017,,,p", "time_latest", "2017"),
        ("vnm,plan,2018-03,2018-02-28,,,p", "time_latest", "2018-02-28"),
        ("vnm,plan,2018,,2017-12-31,,p", "until", "2017-12-31"),
    ],
)
def test_dates_out_of_order(row, column, value):
    found = one(adoptions(row + "\n"))
    assert place(found) == ("adoptions.csv", 2, column, value)
    assert found.rule == "dates-in-order"
    assert found.fix == f"put the later date in `{column}`"


def test_order_inside_one_interval_is_unknown_and_not_told():
    assert adoptions("vnm,plan,2018-06,2018,2018,,p\nsgp,plan,2018,2018-01-01,,,p\n") == []


@pytest.mark.parametrize(
    ("rows", "row", "other"),
    [
        ("vnm,plan,2018,,,,p\nvnm,plan,2018,,,,q\n", 3, 2),
        ("vnm,plan,2018,,,,p\nsgp,plan,2018,,,,p\nvnm,plan,2018.0,,2020,,q\n", 4, 2),
        ("vnm,plan,,,,,p\nvnm,plan,,,,,q\n", 3, 2),
    ],
)
def test_a_repeated_key_names_both_rows(rows, row, other):
    found = one(adoptions(rows))
    assert (found.rule, found.row, found.column) == ("repeated-key", row, "unit")
    assert f"repeats row {other}:" in found.message
    assert found.value.startswith("vnm · plan · (empty) · ")


def test_tiers_of_one_year_are_rows_of_their_own():
    assert adoptions("vnm,plan,2018,,,announced,p\nvnm,plan,2018,,,in force,p\n") == []


def test_tables_without_a_key_may_repeat_rows():
    text = "partner,recipient,kind,source\njpn,vnm,training,p\njpn,vnm,training,p\n"
    assert problems(raw("units", UNITS), raw("support", text)) == []


@pytest.mark.parametrize(
    ("time", "level"), [("1066", "warning"), ("2500", "warning"), ("1600", None), ("2199", None)]
)
def test_dates_far_from_our_time_warn(time, level):
    found = adoptions(f"vnm,plan,{time},,,,p\n")
    assert [problem.level for problem in found] == ([] if level is None else [level])
    assert all(place(problem) == ("adoptions.csv", 2, "time", time) for problem in found)


@pytest.mark.parametrize(
    ("cells", "rule", "column"),
    [
        ("for,,,,", "weight-given", "p_if_true"),
        ("for,.8,,,", "weight-given", "p_if_true"),
        ("for,.8,.2,strong,", "weight-given-once", "band"),
        ("absent,.8,.2,,", "absence-needs-search", "searched"),
        ("absent,,,strong,.5", "absence-needs-chances", "band"),
        ("for,.2,.8,,", "direction-fits-chances", "direction"),
        ("against,.8,.2,,", "direction-fits-chances", "direction"),
    ],
)
def test_rules_of_evidence(cells, rule, column):
    found = one(evidence(cells))
    assert (found.rule, found.row, found.column) == (rule, 2, column)
    assert found.fix


@pytest.mark.parametrize("cells", ["for,.5,.5,,", "against,.2,.8,,", "absent,.2,.8,,1", "for,,,very strong,"])
def test_sound_evidence(cells):
    assert evidence(cells) == []


def test_a_rule_says_nothing_where_a_cell_it_needs_cannot_be_read():
    found = one(evidence("for,high,.2,,"))
    assert (found.rule, found.column) == ("bad-number", "p_if_true")
    found = one(evidence("absent,.8,.2,,much"))
    assert (found.rule, found.column) == ("bad-number", "searched")
    found = one(adoptions("vnm,plan,2018,soon,,,p\nvnm,plan,2018,,2019,,p\n"))
    assert (found.rule, found.row) == ("bad-date", 2)


@pytest.mark.parametrize(
    ("table", "text", "rule", "column"),
    [
        ("ties", "layer,sender,receiver,weight,source\nx,vnm,vnm,1,p\n", "not-itself", "receiver"),
        ("ties", "layer,sender,receiver,weight,source\nx,vnm,sgp,-1,p\n", "not-negative", "weight"),
        ("support", "partner,recipient,kind,source\njpn,jpn,aid,p\n", "not-itself", "recipient"),
        (
            "support",
            "partner,recipient,kind,amount,source\njpn,vnm,aid,5,p\n",
            "value-needs-another",
            "amount",
        ),
        (
            "support",
            "partner,recipient,kind,amount,currency,source\njpn,vnm,aid,-5,dollars,p\n",
            "currency-code",
            "currency",
        ),
        ("events", "event,name,kind,start,end\ne,E,visit,2019,2018\n", "dates-in-order", "end"),
    ],
)
def test_rules_of_links(table, text, rule, column):
    found = one(problems(raw("units", UNITS), raw(table, text)))
    assert (found.file, found.row, found.rule, found.column) == (f"{table}.csv", 2, rule, column)


def test_a_place_needs_both_numbers():
    found = one(problems(raw("units", "unit,name,kind,role,lat,lon\na,A,city,adopter,1.35,\n")))
    assert (found.rule, found.column, found.value) == ("value-needs-another", "lat", "1.35")
    found = one(problems(raw("units", "unit,name,kind,role,lat\na,A,city,adopter,1.35\n")))
    assert (found.rule, found.column, found.fix) == (
        "value-needs-another",
        "lat",
        "fill in `lon`, or leave `lat` empty",
    )


def test_a_table_of_no_rows_is_sound():
    assert problems(raw("units", "unit,name,kind,role\n")) == []


@pytest.mark.parametrize(
    ("cells", "rule", "column", "level"),
    [
        ("budget\n5", "value-needs-another", "budget", "error"),
        ("currency\nTHB", "value-needs-another", "currency", "error"),
        ("budget,currency\n5,baht", "currency-code", "currency", "error"),
        ("budget,currency\n5,thb", "currency-code", "currency", "error"),
        ("budget,currency\n-5,THB", "out-of-bounds", "budget", "error"),
        ("start,end\n2020,2019", "dates-in-order", "end", "error"),
        ("start_planned,end_planned\n2020-05,2020-04", "dates-in-order", "end_planned", "error"),
        ("percent_complete\n101", "out-of-bounds", "percent_complete", "error"),
        ("percent_complete\n0.45", "percent-not-share", "percent_complete", "warning"),
        ("percent_complete\n80", "status-and-percent", "percent_complete", "warning"),
    ],
)
def test_rules_of_projects(cells, rule, column, level):
    heads, values = cells.split("\n")
    text = (
        f"wave,unit,title,status,status_basis,link_basis,source,{heads}\n"
        f"w1,vnm;sgp,T,completed,reported,not linked,p,{values}\n"
    )
    found = [
        one
        for one in problems(raw("units", UNITS), raw("projects", text), waves=("w1",))
        if one.column == column
    ]
    assert [(one.rule, one.level) for one in found][:1] == [(rule, level)]


def test_a_revision_of_support_is_an_amount_below_zero():
    text = "partner,recipient,kind,amount,currency,source\njpn,vnm,aid,-5,USD,p\n"
    assert problems(raw("units", UNITS), raw("support", text)) == []


def test_each_actor_of_a_joint_project_must_exist():
    text = (
        "wave,unit,title,status,status_basis,link_basis,source\n"
        "w1,vnm; singapur,T,ongoing,reported,not linked,p\n"
    )
    found = one(problems(raw("units", UNITS), raw("projects", text), waves=("w1",)))
    assert (found.rule, found.column, found.value) == ("unknown-id", "unit", "singapur")
