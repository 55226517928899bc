"""Dyads with opportunity, and partially pooled policies, as repetitions that a case asks for."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec

import numpy as np
import polars as pl
import pytest
from spread import QUESTION, tables
from test_mechanism_models import told

from diffuscope import case_from_frames
from diffuscope.models import PooledFit, event_history, pooled_history
from diffuscope.panel import add_covariates, add_global_share, dyad_period, panel_of
from diffuscope.records import Estimate
from diffuscope.report.names import Names
from diffuscope.report.page import page
from diffuscope.report.sections.fits import repetitions
from diffuscope.report.tables import out_tables
from diffuscope.report.tables.estimates import fits
from diffuscope.result import from_json, to_json
from diffuscope.study import run_study
from diffuscope.study.channels import Layers
from diffuscope.study.other_models import other_model
from diffuscope.study.panels import exposed
from diffuscope.study.pooled import pooled_record

TOWNS, POLICIES = 40, ["law", "plan", "rule"]
PAIRS = {"id": "pairs", "says": "Rows are dyads.", "rows": "dyads"}
PARTLY = {"id": "partly", "says": "Policies are partially pooled.", "pooling": "policy"}
numpyro = find_spec("numpyro") is not None


def frames() -> dict[str, pl.DataFrame]:
    """Forty towns and three policies, two of which follow the first a year and two years later."""
    made = tables(TOWNS)
    law = made["adoptions"].with_columns(pl.col("time").cast(pl.Int64))
    later = [
        law.with_columns(policy=pl.lit(name), time=(pl.col("time") + years).clip(2000, 2015).cast(pl.String))
        for years, name in enumerate(POLICIES)
    ]
    policies = pl.DataFrame({"policy": POLICIES, "name": POLICIES})
    return made | {"adoptions": pl.concat(later), "policies": policies}


def made(*repeat, frames=frames, **settings):
    question = QUESTION | {"policies": POLICIES, "covariates": ["wealth"], "repeat": list(repeat)} | settings
    return case_from_frames(id="made", title="Made", analyses=[question], **frames())


def estimates(case) -> dict[str, Estimate]:
    return {one.id: one for one in told(case).history.estimates}


@cache
def both():
    return estimates(made(PAIRS, PARTLY, layers={"neighbours": ["information"]}))


def by_hand(case) -> pl.DataFrame:
    """The dyads of the question, with the ties joined from their tables."""
    question = case.analyses[0]
    own = case.table("attributes").filter(pl.col("variable") == "wealth", pl.col("value").is_not_null())
    wealth = own.select("unit", "time", wealth=pl.col("value").cast(pl.Float64))
    panel = add_global_share(add_covariates(panel_of(case.tables, question, case.waves), wealth, lag=1))
    rows = dyad_period(panel, senders=wealth, lag=1).table()
    layers = Layers(case).among(question.units)[0]
    for column, name in {
        "tie_emulation": "shared-religion",
        "tie_information": "information",
    }.items():
        ties = layers[name].table().select("sender", "receiver", pl.col("weight").alias(column))
        has_ties = pl.col("receiver").is_in(ties["receiver"].unique().implode())
        rows = rows.join(ties, on=["sender", "receiver"], how="left", maintain_order="left")
        rows = rows.with_columns(pl.when(has_ties).then(pl.col(column).fill_null(0.0)).alias(column))
    return rows


def test_dyads_have_the_numbers_of_dyad_period_and_event_history():
    case = made(PAIRS, layers={"neighbours": ["information"]})
    record = both()["pairs"]
    formula = "adopted ~ tie_emulation + tie_information + wealth + sender_wealth + global_share"
    fit = event_history(formula, by_hand(case), cluster="dyads")
    assert (record.formula, record.model, record.refused) == (formula, "logit", None)
    assert (record.rows, record.events, record.clusters) == (
        fit.rows,
        fit.events,
        (("units of dyads", TOWNS),),
    )
    for name in ("estimate", "std_error", "p"):
        expected = {"estimate": fit.coefficients, "std_error": fit.std_errors, "p": fit.p}[name]
        assert [getattr(one, name) for one in record.coefficients] == pytest.approx(list(expected), rel=1e-9)
    terms = {one.term: one for one in record.coefficients}
    assert terms["tie_emulation"].mechanism == "emulation"
    assert (terms["sender_wealth"].lag, terms["tie_information"].mechanism) == (1, None)


def test_dyads_say_how_few_adoptions_their_events_are():
    record, main = both()["pairs"], both()["main"]
    assert f"{main.events} adoptions in {record.events:,} dyads" in record.description
    assert record.events > 5 * main.events
    assert any(f"{main.events} adoptions for 6 coefficients" in one for one in record.warnings)


@pytest.mark.skipif(numpyro, reason="the extra `bayes` is installed")
def test_without_the_extra_pooling_is_refused_by_its_name():
    assert "extra `bayes`" in both()["partly"].refused
    assert both()["partly"].coefficients == ()


@pytest.mark.skipif(not numpyro, reason="the extra `bayes` is not installed")
def test_pooled_policies_have_the_numbers_of_pooled_history():
    case = made(PARTLY, layers={"neighbours": ["information"]})
    record, question = both()["partly"], case.analyses[0]
    rows = exposed(case, question, Layers(case), ["wealth"]).panel.table()
    fit = pooled_history(record.formula, rows, seed=0)
    assert (record.model, record.rows, record.events, record.policies) == (
        "pooled logit",
        fit.rows,
        fit.events,
        3,
    )
    assert [one.estimate for one in record.coefficients] == pytest.approx(list(fit.coefficients), rel=1e-9)
    assert {one.p for one in record.coefficients} == {None}


def test_a_pooled_fit_becomes_a_record_with_its_own_numbers():
    case = made()
    panel = exposed(case, case.analyses[0], Layers(case), ["wealth"])
    formula = "adopted ~ emulation + wealth"
    like = event_history(formula, panel.panel.table())
    fit = PooledFit(
        model="pooled logit", formula=formula, outcome="event", by="policy", random=(), names=like.names,
        coefficients=np.array([-2.0, 1.5, 0.25]), std_errors=np.array([0.5, 0.75, 0.125]),
        ci_low=np.array([-3.0, 0.0, 0.0]), ci_high=np.array([-1.0, 3.0, 0.5]),
        above=np.array([0.0, 1.0, 1.0]),
        sd=np.array([0.8]), sd_low=np.array([0.5]), sd_high=np.array([1.2]), rows=like.rows,
        events=like.events, units=39, groups=tuple(POLICIES), left_out=(("`wealth` is missing", 2),),
        rhat=np.array([1.0, 1.002, 1.0, 1.004]), effective=np.full(4, 999.0), divergent=0, chains=4,
        draws=1000, seed=7, warnings=("Three groups.",), design=like.design, drawn=np.zeros((0, 4)),
        own=np.zeros((3, 1, 3)),
    )  # fmt: skip
    record = pooled_record(
        fit, panel, Estimate(id="partly", description="Pooled.", formula="", control="Time.")
    )
    assert [(one.term, one.mechanism, one.estimate, one.std_error, one.p) for one in record.coefficients] == [
        ("(intercept)", None, -2.0, 0.5, None),
        ("emulation", "emulation", 1.5, 0.75, None),
        ("wealth", None, 0.25, 0.125, None),
    ]
    assert (record.policies, record.rows, record.left_out) == (3, like.rows, (("`wealth` is missing", 2),))
    assert "0.800 (0.500 to 1.200)" in record.description
    assert "4 chains of 1,000 draws, seed 7; largest R-hat 1.004" in record.description
    assert record.warnings == ("Three groups.",)


def test_they_change_nothing_of_what_is_judged():
    """Not even where they take the settings of a repetition that is otherwise added by itself."""
    low = PAIRS | {"id": "low", "without_confidence": "low"}
    plain, more = told(made()), told(made(PAIRS, low, PARTLY))
    assert plain.history.models == more.history.models
    assert [one.id for one in plain.history.estimates] == ["main", "sure_dates"]
    assert [one.id for one in more.history.estimates] == ["main", "sure_dates", "pairs", "low", "partly"]
    assert more.history.estimates[:2] == plain.history.estimates
    pairs, fewer = more.history.estimates[2:4]
    assert fewer.events < pairs.events


def ranged() -> dict[str, pl.DataFrame]:
    """The same with a few dates that are known as ranges of three years."""
    made = frames()
    late = pl.when(pl.int_range(pl.len()) % 20 == 3).then((pl.col("time").cast(pl.Int64) + 2).cast(pl.String))
    return made | {"adoptions": made["adoptions"].with_columns(time_latest=late)}


@pytest.mark.parametrize(
    ("settings", "pairs", "partly"),
    [
        ({"model": "firth"}, "Firth's logit", "Firth's logit"),
        ({"covariates": [], "without": ("ties", "attributes")}, "No tie can be used", "nothing to estimate"),
        ({"window": ["2000", "2001"], "policies": ["law", "plan"]}, "below 5", "below 5"),
    ],
)
def test_what_cannot_be_fitted_is_refused_with_its_reason(settings, pairs, partly):
    without = settings.pop("without", ())
    kept = {name: table for name, table in frames().items() if name not in without}
    record = estimates(made(PAIRS, PARTLY, frames=lambda: kept, **settings))
    assert pairs in record["pairs"].refused
    assert partly in record["partly"].refused


def test_dates_known_as_ranges_are_combined_in_dyads_and_refused_where_policies_are_pooled():
    case = made(PAIRS, PARTLY, frames=ranged, policies=["law", "plan"], window=["2000", "2009"])
    (question,) = case.analyses
    panel = exposed(case, question, Layers(case), ["wealth"])
    pairs, partly = (other_model(case, question, panel, one, 0) for one in question.repeat)
    assert (pairs.refused, pairs.draws) == (None, 20)
    assert pairs.interval.startswith("Rubin's rules")
    assert all(one.between is not None for one in pairs.coefficients)
    assert "ranges" in partly.refused


@pytest.mark.usefixtures("without_safeguards")
def test_the_result_the_tables_and_the_page_show_them():
    result = from_json(to_json(run_study(made(PAIRS, PARTLY), parts=["mechanisms", "statistics"])))
    (history,) = result.histories
    shown = {row["id"]: row for row in repetitions(history)["rows"]}
    pairs = next(one for one in history.estimates if one.id == "pairs")
    assert shown["pairs"]["facts"] == f"logit, {pairs.events:,} events in {pairs.rows:,} rows"
    assert shown["pairs"]["says"] == "Rows are dyads."
    assert "Emulation: tie_emulation" in repetitions(history)["names"]
    assert [row[1] for row in fits(result).rows] == ["main", "sure_dates", "pairs", "partly"]
    text = page(result, Names(result), (), out_tables(result), "").decode()
    assert "Rows are dyads." in text
    assert "Emulation: tie_emulation" in text
    assert result.analyses[0].repeat[0].rows == "dyads"


def world(seed: int, towns: int = 30, years: int = 15) -> dict[str, pl.DataFrame]:
    """A hazard of logit(-2.5 + x) and nobody who follows anybody."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=towns)
    year = np.zeros(towns, dtype=int)
    for when in range(1, years + 1):
        new = (year == 0) & (rng.random(towns) < 1 / (1 + np.exp(2.5 - x)))
        year[new] = 2000 + when
    ids = [f"t{at:02}" for at in range(towns)]
    return {
        "units": pl.DataFrame({"unit": ids, "name": ids, "kind": "town", "role": "adopter"}),
        "policies": pl.DataFrame({"policy": ["law"], "name": ["A law"], "origin": ["2001"]}),
        "adoptions": pl.DataFrame(
            {
                "unit": [name for name, when in zip(ids, year, strict=True) if when],
                "policy": "law",
                "time": [str(when) for when in year if when],
                "source": "s",
            }
        ),
        "attributes": pl.DataFrame(
            {"unit": ids, "variable": "x", "value": [str(value) for value in x], "source": "s"}
        ),
    }


def test_where_nobody_follows_anybody_the_senders_covariate_says_nothing():
    """Boehmke 2009: over worlds the mean coefficient of the sender lies within .05 of zero."""
    senders, receivers = [], []
    for seed in range(6):
        frames_of = world(seed)
        settings = {"policies": ["law"], "covariates": ["x"], "window": ["2001", "2015"], "model": "logit"}
        record = estimates(made(PAIRS, frames=lambda own=frames_of: own, **settings))["pairs"]
        assert record.refused is None, record.refused
        terms = {one.term: one.estimate for one in record.coefficients}
        senders.append(terms["sender_x"])
        receivers.append(terms["x"])
    assert abs(np.mean(senders)) < 0.05
    assert np.mean(receivers) > 0.5
