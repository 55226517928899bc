"""Probit: statsmodels, closed forms, and the first lotteries of American states."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from made_panels import panel, two_by_two
from test_spid_policies import BORDERS, SPID, STATES

from diffuscope.errors import PlanError
from diffuscope.models import (
    adoption_curve,
    average_marginal_effects,
    event_history,
    pooled_history,
    predicted_hazard,
)
from diffuscope.models.likelihood.links import (
    hazard,
    hazard_derivative,
    likelihood_contributions,
    predictor,
    predictor_change,
)
from diffuscope.models.refit import fit_batch

NORMAL = NormalDist()
FORMULA = "adopted ~ coercion + gdp"


@pytest.fixture(scope="module")
def rows():
    return panel(600).with_columns(gdp=pl.col("gdp").log())


def test_two_by_two_has_its_closed_form():
    fit = event_history("event ~ x", two_by_two(), link="probit", cluster=None)
    low, high = NORMAL.inv_cdf(5 / 60), NORMAL.inv_cdf(12 / 40)
    assert fit.coefficients == pytest.approx([low, high - low], rel=1e-9)
    assert fit.loglik == pytest.approx(-41.6447311, abs=5e-8)
    effects = average_marginal_effects(fit, two_by_two())
    assert effects["effect"].to_list() == pytest.approx([12 / 40 - 5 / 60], rel=1e-9)


def test_contributions_keep_their_digits_where_the_hazard_is_zero_or_one():
    eta = np.array([-38.0, -9.0, -0.5, 0.5, 9.0, 38.0])
    own = likelihood_contributions("probit", eta, np.ones(6))
    # far below, log Φ(η) is -η²/2 - log(-η√2π) + log(1 - 1/η² + 3/η⁴), and φ/Φ is -η(1 + 1/η² - 2/η⁴ …)
    far = -(38.0**2) / 2 - math.log(38 * math.sqrt(2 * math.pi)) + math.log1p(-(38.0**-2) + 3 * 38.0**-4)
    assert own.loglik[0] == pytest.approx(far, rel=1e-10)
    assert own.score[0] == pytest.approx(38 * (1 + 38.0**-2 - 2 * 38.0**-4), rel=1e-8)
    mirrored = likelihood_contributions("probit", -eta, np.zeros(6))
    assert mirrored.loglik == pytest.approx(own.loglik, rel=1e-12)
    assert mirrored.score == pytest.approx(-own.score, rel=1e-12)
    beyond = likelihood_contributions("probit", np.array([-1e4, 1e4]), np.array([0, 1]))
    assert np.isfinite(beyond.score).all()
    assert (beyond.weight >= 0).all()


def test_derivatives_are_those_of_the_hazard():
    eta, step = np.linspace(-4, 4, 33), 1e-5
    slope = (hazard("probit", eta + step) - hazard("probit", eta - step)) / (2 * step)
    assert hazard_derivative("probit", eta) == pytest.approx(slope, abs=1e-9)
    assert hazard("probit", np.array([predictor("probit", 0.3)])) == pytest.approx([0.3])


def test_odds_multiplied_from_a_hazard():
    rise = predictor_change("probit", math.log(3), 0.2)
    after = NORMAL.cdf(NORMAL.inv_cdf(0.2) + rise)
    assert after / (1 - after) == pytest.approx(3 * 0.25)
    assert predictor_change("logit", 0.7, 0.2) == predictor_change("cloglog", 0.7, 0.2) == 0.7


def test_clustered_errors_are_those_of_statsmodels(rows):
    x = sm.add_constant(rows.select("coercion", "gdp").to_numpy())
    groups = rows["unit"].str.strip_prefix("u").cast(pl.Int64).to_numpy()
    other = sm.Probit(rows["event"].to_numpy(), x).fit(
        disp=0, tol=1e-12, cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False}
    )
    fit = event_history(FORMULA, rows, link="probit", cluster="unit")
    count = fit.clusters[0][1]
    assert fit.coefficients == pytest.approx(other.params, rel=1e-7)
    assert fit.std_errors == pytest.approx(other.bse * np.sqrt(count / (count - 1)), rel=1e-6)


def test_predictions_effects_curves_and_refits(rows):
    fit = event_history(FORMULA, rows, link="probit", cluster=None)
    other = sm.Probit(rows["event"].to_numpy(), sm.add_constant(rows.select("coercion", "gdp").to_numpy()))
    theirs = other.fit(disp=0, tol=1e-12)
    assert predicted_hazard(fit, rows)["hazard"].to_numpy() == pytest.approx(theirs.predict(), rel=1e-7)
    slopes = average_marginal_effects(fit, rows, change="slope").sort("column")
    assert slopes["effect"].to_numpy() == pytest.approx(theirs.get_margeff(at="overall").margeff, rel=1e-5)
    assert fit.covariance == pytest.approx(theirs.cov_params(), rel=1e-6)
    assert fit.loglik == pytest.approx(theirs.llf, rel=1e-10)
    first = theirs.predict()[rows["duration"].to_numpy() == 1].mean()
    assert adoption_curve(fit, rows)["adopted"][0] == pytest.approx(first, rel=1e-7)
    x = np.column_stack([np.ones(600), rows["coercion"], rows["gdp"]])
    batch = fit_batch(x[:, [0, 2]], (x[:, 1][None],), rows["event"].to_numpy().astype(float), link="probit")
    assert batch.coefficients[0][[0, 2, 1]] == pytest.approx(fit.coefficients, rel=1e-6)


def test_the_likelihood_that_is_sampled_is_the_one_that_is_maximised():
    jax_numpy = pytest.importorskip("jax.numpy")
    from diffuscope.models.likelihood.nuts import _loglik

    eta, y = np.array([-3.0, -0.4, 0.2, 2.5]), np.array([0.0, 1.0, 0.0, 1.0])
    sampled = np.asarray(_loglik("probit", jax_numpy.asarray(eta), y))
    assert sampled == pytest.approx(likelihood_contributions("probit", eta, y).loglik, rel=1e-5)


@pytest.mark.parametrize("fitted", [event_history, pooled_history])
def test_an_unknown_link_is_refused(fitted, rows):
    seed = {"seed": 1} if fitted is pooled_history else {}
    with pytest.raises(PlanError, match="'logit', 'cloglog', 'probit'"):
        fitted("adopted ~ coercion", rows, link="log", **seed)


@pytest.mark.skipif(not SPID.exists(), reason="the lotteries of American states are not here")
@pytest.mark.parametrize(
    ("until", "link", "expected"),
    [
        (1986, "probit", (936, 27, -2.14731, 0.10989, 0.39984, 0.07981, -110.859)),
        (1986, "logit", (936, 27, -4.05897, None, 0.81511, 0.15905, -111.536)),
        (1993, "probit", (1066, 36, None, None, 0.28124, 0.05438, -144.890)),
    ],
)
def test_lotteries_follow_those_of_neighbours(until, link, expected):
    """Berry & Berry's question on the dates of Boehmke & Skinner: neighbours that have one."""
    fit = event_history("event ~ near", lotteries(until), link=link, cluster=None)
    (constant, near), (constant_error, error) = fit.coefficients, fit.std_errors
    found = (fit.rows, fit.events, constant, constant_error, near, error, fit.loglik)
    for mine, theirs, within in zip(found, expected, (0, 0, 5e-6, 5e-6, 5e-6, 5e-6, 5e-4), strict=True):
        assert theirs is None or mine == pytest.approx(theirs, abs=within)


def lotteries(until: int) -> pl.DataFrame:
    """A row per state and year from 1964 on until it has a lottery; `near`, contiguous states with one."""
    spelt = dict(pl.read_csv(STATES).select("state", "name").rows())
    adopted = dict(
        pl.read_csv(SPID).filter(pl.col("policy") == "lott").select("statenam", "adopt_year").rows()
    )
    states = [name for name in spelt.values() if name != "District of Columbia"]
    near: dict[str, set[str]] = {name: set() for name in spelt.values()}
    for one, other in (
        pl.read_csv(BORDERS).filter(pl.col("note").is_null()).select("state_a", "state_b").rows()
    ):
        near[spelt[one]].add(spelt[other])
        near[spelt[other]].add(spelt[one])
    rows = [
        (year, int(adopted.get(state) == year), sum(adopted.get(one, 9999) < year for one in near[state]))
        for state in states
        for year in range(1964, until + 1)
        if adopted.get(state, 9999) >= year
    ]
    return pl.DataFrame(rows, schema=["time", "event", "near"], orient="row")
