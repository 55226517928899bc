"""Panels as people keep them become adoptions, and adoptions a risk set."""

from __future__ import annotations

import pandas as pd
import polars as pl
import pytest

from diffuscope import CaseError, PlanError, adoptions_from_panel, case_from_frames, person_period


def status(**columns):
    """Two units by year, 2000 to 2005; values of the first, then of the second."""
    years = list(range(2000, 2006))
    return pl.DataFrame({"country": ["A"] * 6 + ["B"] * 6, "year": years * 2, **columns})


def seen(frame, *policies):
    return adoptions_from_panel(frame, unit="country", time="year", policies=list(policies))


def spells(found):
    return found.adoptions.select("unit", "policy", "time", "time_latest", "until")


def test_an_adoption_is_where_0_turns_to_1_and_a_repeal_where_1_turns_to_0():
    frame = status(law=[0, 0, 1, 1, 0, 1, *[0] * 6])
    assert spells(seen(frame, "law")).rows() == [
        ("A", "law", 2002, None, 2004), ("A", "law", 2005, None, None), ("B", "law", None, None, None),
    ]  # fmt: skip


def test_what_is_there_in_the_first_row_was_adopted_by_then():
    frame = status(law=[1] * 6 + [0, 0, 0, 1, 1, 1])
    assert spells(seen(frame, "law")).rows() == [
        ("A", "law", None, 2000, None),
        ("B", "law", 2003, None, None),
    ]


def test_empty_cells_make_a_range_and_an_open_end_ends_the_watch():
    frame = status(law=[0, None, None, 1, 1, 1, 0, 0, 0, None, None, None])
    found = seen(frame, "law")
    assert spells(found).rows() == [("A", "law", 2001, 2003, None), ("B", "law", 2003, 2006, None)]
    rows = person_period(found.adoptions, units=found.units, origin=2000).table()
    assert rows.select("unit", "time", "event", "gap").rows() == [
        ("A", 2000, 0, 1), ("A", 2001, 1, 3), ("B", 2000, 0, 1), ("B", 2001, 0, 1), ("B", 2002, 0, 1),
    ]  # fmt: skip


def test_a_unit_never_seen_is_out_of_the_panel_and_in_the_ledger():
    frame = status(law=[0, 0, 1, 1, 1, 1, *[None] * 6])
    found = seen(frame, "law")
    panel = person_period(found.adoptions, units=found.units, origin=2000)
    assert panel.table()["unit"].unique().to_list() == ["A"]
    assert panel.ledger["unit"].to_list() == ["B"]


def test_the_risk_set_of_a_status_panel_is_the_panel_up_to_adoption():
    frame = status(law=[0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1], gdp=range(12))
    found = seen(frame, "law")
    panel = person_period(found.adoptions, units=found.units, origin=2000, covariates=found.covariates)
    kept = frame.filter(pl.col("law").cum_sum().over("country") <= 1)
    rows = panel.table()
    assert rows.select("unit", "time", "event").rows() == kept.select("country", "year", "law").rows()
    assert rows["gdp"].to_list() == [None, 0, 1, None, 6, 7, 8, 9]


def test_years_of_adoption_by_country_with_other_names_and_signs_for_never():
    frame = pd.DataFrame(
        {"ccode": [2, 20], "minwage": [1990, 9999], "lottery": [None, 1995.0], "east": [1, 0]},
    )
    found = adoptions_from_panel(
        frame, unit="ccode", policies={"minwage": "minimum wage", "lottery": "lottery"}, never=[9999]
    )
    assert isinstance(found.adoptions, pd.DataFrame)
    told = pl.from_pandas(found.adoptions).select("unit", "policy", "time")
    assert told.rows() == [
        ("2", "minimum wage", 1990), ("20", "minimum wage", None),
        ("2", "lottery", None), ("20", "lottery", 1995),
    ]  # fmt: skip
    assert list(found.covariates.columns) == ["unit", "east"]


@pytest.mark.parametrize(
    ("frame", "rule", "row"),
    [
        (status(law=[0, 0, 2] + [0] * 9), "bad-value", 4),
        (status(law=["no"] * 12), "bad-value", 2),
        (status(law=0).with_columns(year=pl.lit(2000)), "repeated-row", 2),
        (status(law=0).with_columns(year=pl.lit("2000")), "bad-date", 2),
        (status(law=0).with_columns(country=pl.lit(None, pl.String)), "missing-value", 2),
    ],
)
def test_every_mistake_names_its_row(frame, rule, row):
    with pytest.raises(CaseError) as told:
        seen(frame, "law")
    first = told.value.problems[0]
    assert (first.rule, first.row) == (rule, row)


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(PlanError, match="`tax`"):
        seen(status(law=0), "tax")


def a_case(found, units):
    return case_from_frames(
        units=pl.DataFrame(
            {"unit": units, "name": units, "kind": "state", "role": "adopter", "source": "gazette"}
        ),
        policies=pl.DataFrame({"policy": ["law"], "name": ["Law"], "source": ["gazette"]}),
        adoptions=found.adoptions,
    )


def test_the_adoptions_go_straight_into_a_case_and_who_never_adopted_stays_out():
    frame = status(law=[0, 0, 1, 1, 0, 1, *[0] * 6])
    case = a_case(seen(frame, "law"), ["A", "B"])
    assert case.problems == ()
    told = case.table("adoptions").select("unit", "policy", "time", "until", "source").rows()
    assert told == [
        ("A", "law", "2002", "2004", "the panel, column law"),
        ("A", "law", "2005", None, "the panel, column law"),
    ]


def test_by_then_stays_by_then_in_a_case_and_an_open_end_is_told():
    frame = status(law=[1] * 6 + [0, 0, 0, None, None, None])
    case = a_case(seen(frame, "law"), ["A", "B"])
    assert case.table("adoptions").select("unit", "time", "time_latest").rows() == [("A", None, "2000")]
    (problem,) = case.problems
    assert (problem.level, problem.rule) == ("warning", "unknown-adoption")
    assert problem.message.startswith("1 row ")


def test_years_of_adoption_go_straight_into_a_case():
    frame = pd.DataFrame({"ccode": ["A", "B"], "law": [1990, 9999]})
    found = adoptions_from_panel(frame, unit="ccode", policies=["law"], never=[9999])
    case = a_case(found, ["A", "B"])
    assert case.problems == ()
    assert case.table("adoptions").select("unit", "time").rows() == [("A", "1990")]


def test_columns_that_are_called_unit_or_time_beside_the_named_ones_are_covariates():
    panel = pl.DataFrame(
        {
            "ccode": [2, 2],
            "year": [1990, 1991],
            "law": [0, 1],
            "unit": ["u", "v"],
            "time": [7, 8],
            "own_time": 0,
        }
    )
    seen = adoptions_from_panel(panel, unit="ccode", time="year", policies=["law"])
    assert seen.adoptions.select("unit", "policy", "time").rows() == [("2", "law", 1991)]
    assert seen.covariates.columns == ["unit", "time", "own_unit", "own_time_2", "own_time"]
    assert seen.covariates.rows() == [("2", 1990, "u", 7, 0), ("2", 1991, "v", 8, 0)]
    odd = panel.with_columns(time=pl.col("law"))
    other = adoptions_from_panel(odd, unit="ccode", time="year", policies={"time": "law-2"})
    assert other.adoptions["policy"].to_list() == ["law-2"]
