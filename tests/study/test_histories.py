"""What the dates of a case alone say: panels, exposures and models by rule."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from histories import exposures, history, studied, told
from scipy.interpolate import CubicSpline
from spread import case, tables

pytestmark = pytest.mark.usefixtures("without_safeguards")


# The model, against another program


def test_the_main_model_is_that_of_statsmodels_on_the_panel_that_is_shown():
    result = studied(case(covariates=["wealth"], errors="none"))
    main = result.histories[0].estimates[0]
    assert main.formula == "adopted ~ emulation + wealth"
    assert (main.model, main.timed) == ("logit", True)
    rows = told(result, "panel_q").drop_nulls(["emulation", "wealth"])
    time = natural_spline(rows["time"].to_numpy(), rows.filter(pl.col("event") == 1)["time"].to_numpy())
    x = np.column_stack([np.ones(rows.height), rows["emulation"], rows["wealth"], time])
    fit = sm.Logit(rows["event"].to_numpy(), x).fit(disp=0, tol=1e-12, maxiter=100)
    own = main.coefficients
    assert [one.term for one in own][:3] == ["(intercept)", "emulation", "wealth"]
    assert len(own) == 6
    assert [one.estimate for one in own[1:3]] == pytest.approx(list(fit.params[1:3]), abs=1e-6)
    assert [one.std_error for one in own[1:3]] == pytest.approx(list(fit.bse[1:3]), abs=1e-6)
    assert main.loglik == pytest.approx(fit.llf, abs=1e-8)
    assert (main.rows, main.events) == (rows.height, rows["event"].sum())


def natural_spline(time, at_events):
    """Natural cubic splines of calendar time by another way: interpolation of unit values at the knots.

    Four knots at the 5th, 35th, 65th and 95th percentile of the events, straight beyond the outer ones. The
    four add up to 1, so one goes.
    """
    knots = np.quantile(at_events, [0.05, 0.35, 0.65, 0.95])
    inner = CubicSpline(knots, np.eye(4), bc_type="natural")
    low, high = (inner(end) + np.outer(time - end, inner(end, 1)) for end in (knots[0], knots[-1]))
    inside = inner(np.clip(time, knots[0], knots[-1]))
    below, above = (time < knots[0])[:, None], (time > knots[-1])[:, None]
    return np.where(below, low, np.where(above, high, inside))[:, 1:]


def test_effects_are_changes_of_the_mean_chance():
    result = studied(case(covariates=["wealth"], errors="none"))
    main = result.histories[0].estimates[0]
    rows = told(result, "panel_q").drop_nulls(["emulation", "wealth"])
    wealth = next(one for one in main.coefficients if one.term == "wealth")
    low, high = np.quantile(rows["wealth"].to_numpy(), [0.1, 0.9])
    assert (wealth.effect_from, wealth.effect_to) == pytest.approx((low, high))
    assert wealth.effect_low < wealth.effect < wealth.effect_high
    assert 0 < wealth.effect < 0.5
    assert next(one for one in main.coefficients if one.term == "(intercept)").effect is None


def test_covariates_and_exposures_are_those_of_the_year_before():
    result = studied(case(covariates=["wealth"]))
    source = tables()
    rows = told(result, "panel_q")
    one = rows.filter(pl.col("unit") == rows["unit"][0]).sort("time")
    wealth = source["attributes"].filter(
        pl.col("unit") == one["unit"][0], pl.col("variable") == "wealth", pl.col("time") != "2015"
    )
    known = dict(zip(wealth["time"], wealth["value"], strict=True))
    assert one["wealth"].to_list() == [float(known[str(when - 1)]) for when in one["time"]]
    region = dict(
        source["attributes"].filter(pl.col("variable") == "largest_religion").select("unit", "value").rows()
    )
    year = {unit: int(when) for unit, when in source["adoptions"].select("unit", "time").rows()}
    unit = one["unit"][0]
    peers = [other for other in region if other != unit and region[other] == region[unit]]
    ahead = [sum(year.get(other, 9999) <= when - 1 for other in peers) / len(peers) for when in one["time"]]
    assert one["emulation"].to_list() == pytest.approx(ahead)


def test_a_longer_lag_is_of_its_mechanism_alone():
    result = studied(case(lags={"emulation": 3}, covariates=["wealth"]))
    assert exposures(result.histories[0])["emulation"].lag == 3
    short = told(studied(case(covariates=["wealth"])), "panel_q").select("unit", "time", "emulation")
    both = told(result, "panel_q").join(
        short.with_columns(pl.col("time") + 2).rename({"emulation": "sooner"}), on=["unit", "time"]
    )
    assert both.height > 100
    assert both["emulation"].to_list() == both["sooner"].to_list()


# Which model, and what it says of itself


def test_few_events_take_firth_and_say_so():
    made = case(towns=14, covariates=["wealth"])
    main = history(made).estimates[0]
    assert main.model == "Firth logit"
    assert f"{main.events} events for 4 coefficients are fewer than 20 each" in main.description
    assert any("such estimates remain uncertain" in warning for warning in main.warnings)
    assert main.control in main.description
    assert f"as {main.events} events are fewer than the 120 that a spline of time needs" in main.control


def test_separation_takes_firth_and_names_the_column():
    source = tables()
    rich = set(source["adoptions"]["unit"])
    flag = pl.DataFrame(
        {
            "unit": source["units"]["unit"],
            "time": pl.Series([None] * 160, dtype=pl.String),
            "variable": "told",
            "value": [str(int(one in rich)) for one in source["units"]["unit"]],
            "source": "s",
        }
    )
    attributes = pl.concat([source["attributes"], flag])
    main = history(case(attributes=attributes, covariates=["told"])).estimates[0]
    assert main.model == "Firth logit"
    assert "separated" in main.description
    assert "`told`" in main.description
    asked = history(case(attributes=attributes, covariates=["told"], model="logit")).estimates[0]
    assert asked.refused is not None
    assert "separated" in asked.refused


def test_the_model_and_errors_that_are_asked_for_are_taken():
    main = history(case(model="cloglog", errors="unit", covariates=["wealth"])).estimates[0]
    assert (main.model, [name for name, _ in main.clusters]) == ("cloglog", ["unit"])
    assert "as the question asks" in main.description
    assert history(case(model="probit", covariates=["wealth"])).estimates[0].model == "probit"
    assert history(case(model="firth", covariates=["wealth"])).estimates[0].model == "Firth logit"


def test_the_course_in_time_and_levels_of_policies_are_as_asked():
    dummies = history(case(duration="dummies", covariates=["wealth"])).estimates[0]
    assert any(one.term.startswith("duration") for one in dummies.coefficients)
    none = history(case(duration="none", policy_effects="none", covariates=["wealth"])).estimates[0]
    assert [one.term for one in none.coefficients] == ["(intercept)", "emulation", "wealth", "global_share"]
    assert "as the question asks for no curve of time" in none.description


def test_a_formula_may_name_mechanisms_covariates_and_neighbours():
    asked = case(
        formula="adopted ~ emulation + exp(wealth) + information", layers={"neighbours": ["information"]}
    )
    of = history(asked)
    assert [one.term for one in of.estimates[0].coefficients][:4] == [
        "(intercept)",
        "emulation",
        "exp(wealth)",
        "information",
    ]
    near = exposures(of)["information"]
    assert (near.mechanism, near.refused) == (None, None)
    assert {one.term: one.mechanism for one in of.estimates[0].coefficients}["emulation"] == "emulation"


def test_a_formula_that_names_what_is_refused_is_told_why():
    main = history(case(formula="adopted ~ coercion + wealth")).estimates[0]
    assert main.refused.startswith("`coercion` cannot enter the model: The case has no ties")


def test_scripts_name_the_panel_that_is_written():
    main = history(case(covariates=["wealth"])).estimates[0]
    assert "../tables/panel-q.csv" in main.r_script
    assert "../tables/panel-q.csv" in main.stata_script
