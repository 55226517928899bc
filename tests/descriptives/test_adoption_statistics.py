"""Adoption curves, categories and innovativeness: by hand, and beside netdiffuseR where it means the same."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from medical_innovation import doctors, needs_reference, nominations, peer

from diffuscope.descriptives import (
    adopter_categories,
    adoption_rates,
    diffusion_network,
    innovativeness,
    thresholds,
)
from diffuscope.errors import CaseError, MethodError, PlanError
from diffuscope.panel import person_period

LAWS = pl.DataFrame({"unit": ["a", "b", "c", "d", "e"], "time": [2001, 2003, 2003, 2006, None]})


def test_rates_and_hazards_by_hand():
    found = adoption_rates(LAWS)
    assert found.periods == (2001, 2002, 2003, 2004, 2005, 2006)
    assert found.new.tolist() == [1, 0, 2, 0, 0, 1]
    assert found.share.tolist() == [0.2, 0.2, 0.6, 0.6, 0.6, 0.8]
    assert found.rate.tolist() == [0, 0, 2, 0, 0, 1 / 3]
    assert found.hazard.tolist() == [0, 0, 0.5, 0, 0, 0.5]
    assert found.table().columns == ["period", "new", "cumulative", "share", "rate", "at_risk", "hazard"]


def test_the_last_period_watched_can_be_said():
    found = adoption_rates(LAWS, censor=2004)
    assert found.new.tolist() == [1, 0, 2, 0]
    assert found.notes == ("1 unit adopted after the last period and counts as not yet",)
    assert adoption_rates(LAWS, censor=2008).new.tolist() == [1, 0, 2, 0, 0, 1, 0, 0]


def test_months_dates_and_waves_are_counted_as_asked():
    months = pl.DataFrame({"unit": ["a", "b"], "time": ["2018-11", "2019-01"]})
    assert adoption_rates(months, period="month").periods == ("2018-11", "2018-12", "2019-01")
    assert adoption_rates(months).periods == (2018, 2019)
    waves = pl.DataFrame({"unit": ["a", "b"], "time": ["second", "first"]})
    found = adoption_rates(waves, period="wave", waves=["first", "second"])
    assert (found.periods, found.new.tolist()) == (("first", "second"), [1, 1])


@pytest.mark.parametrize("kind", [pl.DataFrame.to_pandas, pl.DataFrame.to_arrow, pl.DataFrame.lazy])
def test_frames_of_any_kind_give_the_same(kind):
    assert adoption_rates(kind(LAWS)).table().equals(adoption_rates(LAWS).table())
    assert pd.api.types.is_float_dtype(LAWS.to_pandas()["time"]), "pandas makes floats of years with gaps"


@needs_reference
def test_cumulative_adoption_rate_and_hazard_are_those_of_netdiffuser():
    found = adoption_rates(doctors()).table()
    theirs = peer("cumadopt")
    assert found["new"].to_list() == [11, 9, 9, 11, 11, 11, 13, 7, 4, 1, 5, 3, 3, 4, 4, 2, 1, 16]
    assert found["cumulative"].to_list() == theirs["num"].to_list()
    np.testing.assert_allclose(found["share"], theirs["prop"], rtol=1e-12)
    np.testing.assert_allclose(found["rate"], theirs["rate"], rtol=1e-9)
    np.testing.assert_allclose(found["hazard"], peer("hazard")["hazard"], rtol=1e-9)
    watched = adoption_rates(doctors(never=18)).table()
    expected = [0, .0789, .0857, .1146, .1294, .1486, .2063, .1400, .0930, .0256, .1316, .0909, .1, .1481,
                .1739, .1053, .0588]  # fmt: skip
    np.testing.assert_allclose(watched["hazard"], expected, atol=5e-5)


@pytest.mark.parametrize(
    ("frame", "error", "words"),
    [
        (pl.DataFrame({"unit": ["a", "a"], "time": [2001, None]}), CaseError, "again"),
        (pl.DataFrame({"unit": ["a", "a"], "time": [2001, 2002]}), CaseError, "again"),
        (pl.DataFrame({"unit": ["a"], "time": ["soon"]}), CaseError, "soon"),
        (
            pl.DataFrame({"unit": [None], "time": [2001]}, schema_overrides={"unit": pl.String}),
            CaseError,
            "no id",
        ),
        (pl.DataFrame({"unit": ["a"], "time": [None]}), MethodError, "No unit adopted"),
        (
            pl.DataFrame({"unit": ["a"], "time": [2001], "time_latest": [2003]}),
            MethodError,
            "spans several periods",
        ),
        (
            pl.DataFrame({"unit": ["a"], "time": [None], "time_latest": [2003]}),
            MethodError,
            "spans several periods",
        ),
        (pl.DataFrame({"unit": ["a"], "time": [2001], "until": [2003]}), PlanError, "ended"),
        (pl.DataFrame({"unit": ["a", "b"], "policy": ["x", "y"], "time": [1, 2]}), PlanError, "2 policies"),
        (pl.DataFrame({"unit": ["a"]}), PlanError, "`time`"),
        ("laws", PlanError, "table is needed"),
    ],
)
def test_what_has_no_meaning_is_refused_in_words(frame, error, words):
    with pytest.raises(error, match=words):
        adoption_rates(frame)


@needs_reference
def test_categories_are_those_of_netdiffuser_everywhere():
    theirs = peer("classify")
    found = adopter_categories(doctors())
    np.testing.assert_allclose(found.cuts, [2.48045, 7.976, 13.47155], atol=5e-6)
    assert found.categories == tuple(name.lower() for name in theirs["toa"])
    assert found.counts()["late majority"] == 23
    # netdiffuseR gives isolates a threshold of 0; ours is unknown, so that one is made for the comparison
    same = thresholds(diffusion_network(doctors(), nominations()), lag=0, weighted=False, keep_first=True)
    same.values[np.isnan(same.values)] = 0.0
    told = [name.lower().replace("thresh.", "threshold") for name in theirs["thr"]]
    assert list(adopter_categories(same).categories) == told


def test_a_time_on_a_cut_belongs_above_it_as_in_netdiffuser():
    """R: findInterval(c(1, 2, 3), c(-Inf, 1, 2, 3, Inf)) is 2 3 4, and netdiffuseR's `classify` calls it."""
    found = adopter_categories(pl.DataFrame({"unit": ["a", "b", "c", "d"], "time": [1, 2, 3, None]}))
    assert found.cuts == (1, 2, 3)
    assert found.categories == ("early majority", "late majority", "laggards", "non-adopters")


def test_a_time_on_a_cut_that_is_rounded_belongs_above_it():
    times = [1, 1, 1, 1, 4, 4, 4, 4, 7, 7, 7, 7]  # mean 4; sd is the root of 72 / 11
    found = adopter_categories(pl.DataFrame({"unit": [f"u{at}" for at in range(12)], "time": times}))
    assert found.categories == ("early adopters",) * 4 + ("late majority",) * 4 + ("laggards",) * 4


def test_innovators_are_split_off_two_deviations_early():
    times = [1, *[20] * 30, *[21] * 30]
    laws = pl.DataFrame({"unit": [f"u{at}" for at in range(61)], "time": times})
    mean, sd = np.mean(times), np.std(times, ddof=1)
    found = adopter_categories(laws, classes=5)
    np.testing.assert_allclose(found.cuts, [mean - 2 * sd, mean - sd, mean, mean + sd])
    assert found.categories[0] == "innovators"
    assert adopter_categories(laws).categories[0] == "early adopters"
    assert found.table()["category"].to_list() == list(found.categories)


def test_thresholds_that_are_unknown_have_no_category():
    ties = pl.DataFrame({"sender": ["a", "b", "b", "a"], "receiver": ["b", "c", "d", "d"]})
    found = adopter_categories(thresholds(diffusion_network(LAWS, ties)))
    assert found.categories[0] is None, "adopted first"
    assert found.categories[4] == "non-adopters"
    with pytest.raises(PlanError, match="four classes"):
        adopter_categories(thresholds(diffusion_network(LAWS, ties)), classes=5)


def test_nothing_to_cut_is_refused():
    with pytest.raises(MethodError, match="there are no classes"):
        adopter_categories(pl.DataFrame({"unit": ["a", "b"], "time": [2001, 2001]}))


MANY = pl.DataFrame(
    {
        "unit": ["a", "b", "c", "b", "a", "a", "b"],
        "policy": ["x", "x", "x", "y", "y", "z", "z"],
        "time": [2000, 2001, 2004, 2010, 2020, 2015, 2015],
    }
)


def test_walkers_score_by_hand():
    found = innovativeness(MANY)
    # x: a 0, b 1/4, c 1; y: b 0, a 1, c never 1; z tells nobody early from late
    np.testing.assert_allclose(found.walker, [1 - 0.5, 1 - 0.125, 0.0])
    assert found.notes == (
        "1 policy adopted in one period is left out of Walker's score",
        "3 of 3 units adopted: if some never did, name all in `units`",
    )


def test_the_rate_is_adoptions_for_each_policy_period_at_risk():
    """At risk from the first adoption by anybody through the own: x from 2000, y from 2010, z from 2015."""
    found = innovativeness(MANY)
    # a: x 1, y 11, z 1 year; b: x 2, y 1, z 1; c: x 5, y 11 and z 6, both without adopting
    assert found.at_risk.tolist() == [13, 4, 22]
    assert found.rate.tolist() == [3 / 13, 3 / 4, 1 / 22]
    later = innovativeness(MANY, window=(2002, 2015))
    # in 2002-2015 x and y and z are there; a and b have x already
    assert later.open.tolist() == [2, 2, 3]
    assert later.adopted.tolist() == [1, 2, 1]
    assert later.at_risk.tolist() == [7, 2, 10]
    nobody = innovativeness(MANY, units=["a", "b", "c"], window=(1990, 1995))
    assert np.isnan(nobody.rate).all()
    assert nobody.table()["rate"].null_count() == 3


def test_the_rate_is_events_over_rows_of_the_panel_that_begins_with_the_first_adoption():
    panel = person_period(MANY, origin="first", censor=2020, entry={"c": 2003}).table()
    counts = panel.group_by("unit").agg(pl.len(), pl.col("event").sum()).sort("unit")
    found = innovativeness(MANY, entry={"c": 2003})
    assert found.at_risk.tolist() == counts["len"].to_list()
    assert found.adopted.tolist() == counts["event"].to_list()


def test_before_its_entry_a_unit_is_not_at_risk():
    found = innovativeness(MANY, entry={"c": 2012})
    # x was adopted before entry; y 2012-2020 and z 2015-2020
    assert (found.adopted[2], found.at_risk[2], found.rate[2]) == (0, 15, 0.0)
    assert "1 adoption before the unit's entry is not in the rate" in found.notes
    assert found.walker.tolist() == innovativeness(MANY).walker.tolist()


def test_rates_count_who_has_entered():
    """Six units; d enters in 2004, e adopted before its entry in 2005."""
    laws = pl.DataFrame({"unit": list("abcdef"), "time": [2001, 2003, 2003, 2005, 2004, None]})
    found = adoption_rates(laws, entry={"d": 2004, "e": 2005})
    # at risk: a b c f, b c f, b c f, then d f in 2004 and 2005
    assert found.at_risk.tolist() == [4, 3, 3, 2, 2]
    assert found.hazard.tolist() == [0, 0, 2 / 3, 0, 1 / 2]
    assert found.cumulative.tolist() == [1, 1, 3, 4, 5], "who adopted before entry is an adopter"
    assert found.notes == ("1 unit adopted before entry and is not in the hazard",)
    assert adoption_rates(laws).at_risk.tolist() == [6, 5, 5, 3, 2]


def test_who_never_adopted_is_never_early():
    found = innovativeness(MANY, units=["a", "b", "c", "never"])
    assert found.walker[3] == 0
    assert found.rate[3] == 0
    with pytest.raises(PlanError, match="`c` adopted"):
        innovativeness(MANY, units=["a", "b"])
    with pytest.raises(PlanError, match="`policy`"):
        innovativeness(LAWS)
