"""What questions on the dates of a case are answered with, and which are refused."""

from __future__ import annotations

import polars as pl
import pytest
from histories import estimates, history, studied, told
from spread import case, tables

from diffuscope import read_case
from diffuscope.errors import CaseError
from diffuscope.result import to_json
from diffuscope.study import case_problems

pytestmark = pytest.mark.usefixtures("without_safeguards")


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


def test_a_case_without_adoptions_is_not_said_to_name_no_policies():
    refused = history(case(without=("adoptions",))).refused
    assert "The case has no `adoptions`" in refused
    assert "names no policies" not in refused


def test_a_covariate_that_is_never_known_is_named_where_it_leaves_no_rows():
    before = tables()["attributes"].unique(["unit", "variable"]).with_columns(time=pl.lit("1901"))
    of = history(case(attributes=before, covariates=["wealth"], lags={"wealth": 0}))
    assert "`wealth` is unknown in every row" in of.estimates[0].refused


def test_the_reason_of_the_dates_counts_adoptions_of_a_lower_tier():
    source = tables()["adoptions"]
    few = source.with_columns(
        tier=pl.when(pl.int_range(pl.len()) == 0).then(None).otherwise(pl.lit("announced"))
    )
    reason = studied(case(adoptions=few)).chronology[0].reason
    assert reason.startswith("Only one adoption is dated")
    assert reason.endswith(f"{few.height - 1} adoptions below the tier `adopted` do not count.")


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
    assert "No unit is listed that could have adopted" in founding["membership"].refused
    assert founding["membership"].exposures == founding["membership"].estimates == ()
    focus = estimates(founding["focus-areas"])
    assert focus["plans"].refused is not None
    # 26 cities looked at in every wave: 18 events less those of cities looked at later
    assert (focus["first-26"].rows, focus["first-26"].events) == (270, 12)
    assert focus["first-26"].model == "cloglog"
