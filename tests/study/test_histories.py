"""What the dates of a case alone say: panels, exposures that stand or are refused, models by rule."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from scipy.interpolate import CubicSpline
from spread import case, tables

from diffuscope import read_case
from diffuscope.errors import CaseError
from diffuscope.result import to_json
from diffuscope.study import case_problems, run_study


@pytest.fixture(autouse=True)
def _without_safeguards(monkeypatch):
    """What models are put to, and what such data could show, is tried elsewhere and takes seconds."""
    monkeypatch.setattr("diffuscope.safeguards.run_safeguards.checks", tuple)
    monkeypatch.setattr("diffuscope.safeguards.witness.detectable_odds_ratio", lambda *_: None)


studied = run_study


def history(made):
    return studied(made).histories[0]


def told(result, name):
    frame = result.frames[name]
    return pl.DataFrame(frame.rows, schema=list(frame.columns), orient="row", infer_schema_length=None)


def exposures(of):
    return {one.name: one for one in of.exposures}


def estimates(of):
    return {one.id: one for one in of.estimates}


def ties(rows, layer="information", **more):
    frame = pl.DataFrame(rows, schema=["sender", "receiver"], orient="row")
    return frame.with_columns(layer=pl.lit(layer), weight=pl.lit(1.0), source=pl.lit("s"), **more)


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
    assert any("so few stays unsure" in warning for warning in main.warnings)
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


# What is refused


def refused(**changes):
    return {one.name: one.refused for one in history(case(**changes)).exposures}


def test_a_mechanism_without_ties_is_refused_by_name():
    assert refused()["coercion"].startswith(
        "The case has no ties between these units that may bear coercion: "
    )


def test_learning_is_silent_without_outcomes_and_stands_beside_the_plain_share_with_them():
    of = exposures(history(case()))
    assert "completion is not success" in of["learning"].refused
    assert "information" not in of
    source = tables()
    outcomes = source["adoptions"].with_columns(
        value=pl.int_range(pl.len()).cast(pl.Float64) % 7, better=pl.lit("lower")
    )
    of = history(case(outcomes=outcomes.drop("confidence")))
    seen = exposures(of)
    assert (seen["learning"].refused, seen["information"].refused) == (None, None)
    assert seen["learning"].form == "mean success"
    assert seen["learning"].max <= 0  # less is better
    assert of.estimates[0].formula == "adopted ~ emulation + learning + information + global_share"


def test_ties_known_only_after_the_first_adoption_are_refused():
    late = ties([("t001", "t002"), ("t002", "t003")], start=pl.lit("2005"))
    words = history(case(ties=late, layers={"neighbours": ["information"]}))
    assert "after the first adoption" in exposures(words)["information"].refused


def test_ties_dated_one_by_one_count_from_their_date_on():
    late = pl.concat(
        [
            ties([("t001", "t003"), ("t005", "t003"), ("t001", "t005")], start=pl.lit("2003")),
            ties([("t005", "t002"), ("t007", "t004")], start=pl.lit("2006")),
        ]
    )
    result = studied(case(ties=late, layers={"neighbours": ["information"]}))
    near = exposures(result.histories[0])["information"]
    assert near.refused is None
    assert any("after the first adoption" in note for note in near.notes)
    rows = told(result, "panel_q")
    # a tie of 2003 is known when that year is over, and felt a year later
    assert rows.filter(pl.col("time") <= 2003)["information"].drop_nulls().is_empty()
    assert (
        rows.filter(pl.col("unit") == "t002", pl.col("time") <= 2006)["information"].drop_nulls().is_empty()
    )


def test_ties_computed_from_adoptions_are_refused():
    bad = ties([("t001", "t002"), ("t002", "t003")], derived_from=pl.lit("adoptions"))
    words = exposures(history(case(ties=bad, layers={"neighbours": ["information"]})))
    assert "which they are to explain" in words["information"].refused


def test_ties_alike_between_all_are_refused():
    names = [f"t{at:03}" for at in range(12)]
    even = ties([(one, other) for one in names for other in names if one != other])
    words = exposures(history(case(towns=12, ties=even, layers={"neighbours": ["information"]})))
    assert "everybody is tied to everybody alike" in words["information"].refused


def test_rivals_that_are_everybody_are_no_competition():
    rng = np.random.default_rng(1)
    names = [f"t{at:03}" for at in range(60)]
    rows = [(one, other) for one in names for other in names if one != other]
    weights = pl.Series("weight", 1 + 0.01 * rng.random(len(rows)))
    near = ties(rows, layer="similarity").with_columns(weights)
    words = exposures(history(case(towns=60, ties=near)))
    assert "cannot be called competition" in words["competition"].refused


def test_a_sender_of_whom_nothing_is_known_is_left_out_and_named():
    source = tables()
    actors = pl.concat(
        [
            source["units"],
            pl.DataFrame(
                {"unit": ["x", "p"], "name": ["X", "P"], "kind": "state", "role": ["source", "promoter"]}
            ),
        ]
    )
    more = pl.concat([source["ties"], ties([("x", "t001"), ("p", "t002")]).select(source["ties"].columns)])
    asked = {"layers": {"neighbours": ["information"]}}
    plain = history(case(**asked))
    of = history(case(units=actors, ties=more, **asked))
    near = exposures(of)["information"]
    assert near.refused is None
    assert any("`x`" in note for note in near.notes)
    assert near.mean == pytest.approx(exposures(plain)["information"].mean)


def test_promoters_push_where_wanting_counts():
    source = tables()
    actors = pl.concat(
        [
            source["units"],
            pl.DataFrame({"unit": ["bank"], "name": ["B"], "kind": "bank", "role": ["promoter"]}),
        ]
    )
    owing = ties([("bank", "t001"), ("bank", "t002")], layer="dependence").with_columns(
        weight=pl.Series([0.2, 0.7])
    )
    of = exposures(history(case(units=actors, ties=owing)))["coercion"]
    assert (of.refused, of.min, of.max, of.form) == (None, 0.2, 0.7, "sum")


# The panel always comes back


def test_the_panel_comes_back_where_nothing_can_be_estimated():
    result = studied(case(without=("ties", "attributes")))
    (of,) = result.histories
    assert (of.refused, of.rows > 0, of.events > 0) == (None, True, True)
    assert "nothing to estimate" in of.estimates[0].refused
    assert told(result, "panel_q").height == of.rows
    assert told(result, "hazard_q")["events"].sum() == of.events
    assert set(result.tables["panel_q"].columns) == set(result.frames["panel_q"].columns)


def test_every_adoption_is_an_event_or_accounted_for():
    of = history(case(window=["2003", "2010"]))
    assert of.events + sum(row.count for row in of.left_out if row.rows) <= tables()["adoptions"].height
    dated = [int(when) for when in tables()["adoptions"]["time"]]
    assert of.events == sum(2003 <= when <= 2010 for when in dated)


def test_a_launch_leaves_no_risk_set():
    source = tables()
    same = source["adoptions"].with_columns(time=pl.lit("2004"))
    of = history(case(adoptions=same))
    assert of.refused.startswith("There is no risk set. ")
    assert [row.count for row in of.left_out] == [same.height]


def test_a_question_without_policies_has_no_panel():
    assert "names no policies" in history(case(policies=[])).refused


# The question asked otherwise


def test_dates_of_low_confidence_are_set_aside_without_being_asked():
    made = case(covariates=["wealth"])
    result = studied(made)
    main, sure = result.histories[0].estimates
    rows = told(result, "panel_q").drop_nulls(["emulation", "wealth"])
    low = tables()["adoptions"].filter(pl.col("confidence") == "low")["unit"]
    kept = rows.filter(~pl.col("unit").is_in(low.to_list()))
    assert (sure.id, sure.rows, sure.events) == ("sure_dates", kept.height, kept["event"].sum())
    assert main.rows > sure.rows
    assert f"Without the {main.events - sure.events} adoptions" in sure.description


def test_a_repetition_changes_what_it_says_and_nothing_else():
    again = [
        {"id": "late", "says": "Later.", "window": ["2005", "2015"]},
        {"id": "few", "says": "Some towns.", "units": [f"t{at:03}" for at in range(0, 160, 2)]},
        {"id": "bare", "says": "No wealth.", "covariates": []},
        {"id": "firm", "says": "Sure.", "without_confidence": "low"},
        {"id": "near", "says": "Near.", "formula": "adopted ~ emulation + wealth", "model": "cloglog"},
    ]
    result = studied(case(covariates=["wealth"], repeat=again))
    found = estimates(result.histories[0])
    assert list(found) == ["main", "late", "few", "bare", "firm", "near"]
    rows = told(result, "panel_q").drop_nulls(["emulation", "wealth"])
    assert found["late"].rows == rows.filter(pl.col("time") >= 2005).height
    assert (
        found["few"].units
        == rows.filter(pl.col("unit").str.slice(1).cast(pl.Int64) % 2 == 0)["unit"].n_unique()
    )
    assert found["bare"].formula == "adopted ~ emulation"
    assert found["bare"].timed
    assert (found["near"].model, found["near"].rows) == ("cloglog", found["main"].rows)
    assert found["main"] == history(case(covariates=["wealth"])).estimates[0]


# What is asked wrongly


@pytest.mark.parametrize(
    ("changes", "rule", "value", "says"),
    [
        ({"layers": {"learning": "infomation"}}, "unknown-layer", "infomation", "`information`"),
        (
            {"layers": {"neighbours": ["shared-religio"]}},
            "unknown-layer",
            "shared-religio",
            "`shared-religion`",
        ),
        ({"layers": {"emulaton": "shared-religion"}}, "unknown-mechanism", "emulaton", "`emulation`"),
        ({"lags": {"emulaton": 2}}, "unknown-mechanism", "emulaton", "`emulation`"),
        ({"layers": {"coercion": "information"}}, "layer-bears-nothing", "information", "neighbours"),
        ({"formula": "adopted ~ emulaton"}, "bad-formula", "adopted ~ emulaton", "emulation"),
        ({"formula": "adopted ~ open('x')"}, "bad-formula", "adopted ~ open('x')", "not allowed"),
        (
            {"repeat": [{"id": "x", "says": "y", "layers": {"learning": "infomation"}}]},
            "unknown-layer",
            "infomation",
            "`information`",
        ),
    ],
)
def test_what_is_asked_wrongly_is_told_before_anything_runs(changes, rule, value, says):
    made = case(**changes)
    (problem,) = case_problems(made)
    assert (problem.level, problem.rule, problem.value) == ("error", rule, value)
    assert says in problem.fix + problem.message
    with pytest.raises(CaseError):
        studied(made)


def test_layers_are_not_looked_for_in_tables_that_are_wrong():
    source = tables()
    bad = source["ties"].with_columns(weight=pl.lit("x"))
    problems = case_problems(case(ties=bad, layers={"learning": "infomation"}))
    assert "unknown-layer" not in {problem.rule for problem in problems}


# Contracts


def test_neither_the_order_of_rows_nor_the_names_of_units_matter():
    source = tables(60)
    first = studied(case(towns=60, covariates=["wealth"])).histories[0]
    turned = {name: table.reverse() for name, table in source.items()}
    again = studied(case(towns=60, covariates=["wealth"], **turned)).histories[0]
    names = dict(zip(source["units"]["unit"], reversed(source["units"]["unit"].to_list()), strict=True))
    columns = ("unit", "sender", "receiver")
    renamed = {
        name: table.with_columns(pl.col(one).replace(names) for one in columns if one in table.columns)
        for name, table in source.items()
    }
    other = studied(case(towns=60, covariates=["wealth"], **renamed)).histories[0]
    for found in (again, other):
        assert (found.rows, found.events) == (first.rows, first.events)
        for one, two in zip(first.estimates, found.estimates, strict=True):
            assert [c.estimate for c in one.coefficients] == pytest.approx(
                [c.estimate for c in two.coefficients], abs=1e-8
            )


def test_words_of_private_documents_stay_out_of_histories_and_panels():
    source = tables(60)
    documents = pl.DataFrame({"document": ["d"], "title": ["The Hidden Memorandum"], "share": ["private"]})
    quoting = source["ties"].with_columns(source=pl.lit("the hidden memorandum, p. 3"))
    again = [{"id": "x", "says": "As The Hidden Memorandum has it.", "lag": 2}]
    asked = {"layers": {"neighbours": ["information"]}, "repeat": again}
    made = case(towns=60, documents=documents, ties=quoting, **asked)
    text = to_json(studied(made)).decode().lower()
    assert "hidden memorandum" not in text
    assert "a private document, p. 3" in text


def test_models_are_not_imported_where_no_panel_exists():
    import subprocess
    import sys

    told = (
        "import sys, diffuscope.study\nassert 'diffuscope.models' not in sys.modules, 'imported at start'\n"
    )
    subprocess.run([sys.executable, "-c", told], check=True)


# The founding case


@pytest.fixture
def founding(founding_result):
    return {one.analysis: one for one in founding_result.histories}


def test_three_strict_programmes_precede_the_network():
    adoptions = read_case("asean-smart-cities").table("adoptions")
    strict = adoptions.filter(pl.col("policy") == "strict-programme")
    assert strict.filter(pl.col("time") < "2018-04-28")["unit"].sort().to_list() == ["IDN", "SGP", "THA"]


def test_the_founding_case_is_answered_honestly(founding):
    smart = founding["smart-cities"]
    refused = {one.name: one.refused for one in smart.exposures}
    # trade of 2012 and exports of 2013 precede the first programme, of 2014
    assert refused["coercion"] is refused["competition"] is refused["emulation"] is None
    assert "completion is not success" in refused["learning"]
    models = {one.mechanism: one for one in smart.models}
    # every state has partners, exports and a socio-cultural tie: none of the five events is lost
    assert smart.events == 5
    for name in ("coercion", "competition", "emulation", "neighbours"):
        assert (models[name].tested.events, models[name].silence) == (5, None)
        assert models[name].coefficient.ci_low < 0 < models[name].coefficient.ci_high
    assert "Nobody is listed who could have adopted" in founding["membership"].refused
    assert founding["membership"].exposures == founding["membership"].estimates == ()
    focus = estimates(founding["focus-areas"])
    assert focus["plans"].refused is not None
    # 26 cities looked at in every wave: 18 events less those of cities looked at later
    assert (focus["first-26"].rows, focus["first-26"].events) == (270, 12)
    assert focus["first-26"].model == "cloglog"
