"""The global adoption share and time at risk, against counts by hand."""

from __future__ import annotations

import polars as pl
import pytest

from diffuscope import person_period
from diffuscope.errors import PlanError
from diffuscope.panel import add_global_share, add_time_at_risk
from diffuscope.panel.global_share import enters_at_different_dates

LAWS = pl.DataFrame({"unit": ["a", "b", "c", "d"], "time": [2001, 2003, 2004, None]})


def shares(panel, unit):
    rows = add_global_share(panel).table().filter(pl.col("unit") == unit).sort("policy", "time")
    return rows["global_share"].to_list()


def test_the_share_counts_adoptions_up_to_the_end_of_the_year_before():
    # d in 2002, 2003, 2004, 2005: a had it (1 of 4) · a · a, b (b adopts in 2003) · a, b, c
    assert shares(person_period(LAWS, censor=2005), "d") == [0.25, 0.25, 0.5, 0.75]


def test_a_repeal_lowers_it():
    laws = LAWS.with_columns(until=pl.Series([2003, None, None, None]))
    # a ends its adoption in 2003, so from 2004 on b alone has it, then b and c
    assert shares(person_period(laws, censor=2005), "d") == [0.25, 0.25, 0.25, 0.5]


def test_each_policy_has_its_own():
    laws = pl.concat(
        [LAWS.with_columns(policy=pl.lit("one")),
         pl.DataFrame({"unit": ["a", "b", "c", "d"], "time": [2002, 2002, 2004, None], "policy": "two"})]
    )  # fmt: skip
    assert shares(person_period(laws, censor=2004), "d") == [0.25, 0.25, 0.5, 0.5, 0.5]


def test_a_date_that_is_not_known_is_neither_an_adopter_nor_none():
    laws = pl.DataFrame({"unit": [*"abcd", "e"], "time": [2001, 2003, 2003, None, None],
                         "time_latest": [None, None, 2005, None, None]})  # fmt: skip
    panel = person_period(laws, censor=2006, units=[*"abcde"])
    # c adopted between 2003 and 2005: at the end of 2003 and 2004 it is one of nobody
    assert shares(panel, "e") == pytest.approx([1 / 5, 1 / 5, 2 / 4, 2 / 4, 3 / 5])


def test_one_adoption_without_a_date_does_not_silence_the_rest():
    panel = person_period(LAWS.vstack(pl.DataFrame({"unit": ["e"], "time": [None]}, schema=LAWS.schema)),
                          undated="unknown", censor=2004)  # fmt: skip
    rows = add_global_share(panel).table()
    assert rows["global_share"].null_count() == 0


def test_outsiders_are_not_among_all():
    panel = person_period(LAWS, units=["b", "c", "d"], censor=2005)
    assert shares(panel, "d") == pytest.approx([0, 0, 1 / 3, 2 / 3])


def test_time_at_risk_counts_from_entry_whenever_the_window_opens():
    units = pl.DataFrame({"unit": [*"abcd"], "entered": [None, None, 2003, 2004]})
    panel = add_time_at_risk(person_period(LAWS.with_columns(time=pl.Series([2001, 2005, 2006, None])),
                                           units=units, window=(2004, 2006)))  # fmt: skip
    rows = panel.table().sort("unit", "time")
    assert rows.select("unit", "period", "time_at_risk").rows() == [
        ("b", 2004, 3), ("b", 2005, 4),
        ("c", 2004, 2), ("c", 2005, 3), ("c", 2006, 4),
        ("d", 2004, 1), ("d", 2005, 2), ("d", 2006, 3),
    ]  # fmt: skip
    assert enters_at_different_dates(rows)


def test_where_all_enter_alike_it_is_the_panel_s_duration():
    rows = add_time_at_risk(person_period(LAWS, censor=2005)).table()
    assert rows["time_at_risk"].to_list() == rows["duration"].to_list()
    assert not enters_at_different_dates(rows)


def test_it_is_added_once_and_to_panels_alone():
    panel = add_global_share(person_period(LAWS))
    with pytest.raises(PlanError, match="already"):
        add_global_share(panel)
