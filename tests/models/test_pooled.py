"""Random intercepts and coefficients: a posterior known exactly, what is refused, and what is told.

What draws is skipped where the extra `bayes` is not installed.
"""

from __future__ import annotations

import re
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from made_panels import panel
from scipy.special import expit, logsumexp

from diffuscope.errors import PlanError
from diffuscope.models import event_history, pooled_history
from diffuscope.models.inference.diagnostics import few_groups, poor_mixing, small_sample_bias

with_numpyro = pytest.mark.skipif(find_spec("numpyro") is None, reason="the extra `bayes` is not installed")

EVENTS, ROWS = [0, 1, 2, 4, 5, 9, 14, 22, 30, 3, 6, 11], [20, 30, 25, 40, 20, 60, 40, 50, 45, 70, 15, 33]


def counted() -> pl.DataFrame:
    """Twelve policies with known counts, from none to two thirds, so that their intercepts differ."""
    parts = [
        pl.DataFrame({"policy": f"p{at:02d}", "event": [1] * events + [0] * (rows - events)})
        for at, (events, rows) in enumerate(zip(EVENTS, ROWS, strict=True))
    ]
    return pl.concat(parts)


def exact() -> dict[str, tuple[float, float]]:
    """Posterior mean and standard deviation of the intercept and of the spread, by quadrature over both."""
    events, rows = np.array(EVENTS), np.array(ROWS)
    share = events.sum() / rows.sum()
    start = np.log(share / (1 - share))
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    beta, spread = np.linspace(-4, 1.5, 221), np.linspace(0.005, 4, 240)
    b, s = np.meshgrid(beta, spread, indexing="ij")
    log = -0.5 * ((b - start) / 2.5) ** 2 - 0.5 * s**2
    for happened, whole in zip(events, rows, strict=True):
        eta = b[..., None] + s[..., None] * nodes
        inner = happened * eta - whole * np.logaddexp(0, eta)
        log = log + logsumexp(inner, axis=-1, b=weights)
    mass = np.exp(log - log.max())
    mass /= mass.sum()
    moments = {}
    for name, value in (("intercept", b), ("spread", s)):
        mean = float((mass * value).sum())
        moments[name] = (mean, float(np.sqrt((mass * (value - mean) ** 2).sum())))
    return moments


@pytest.fixture(scope="module")
def fit():
    return pooled_history("adopted ~ 1", counted(), seed=4, draws=2000, chains=2)


@with_numpyro
def test_the_posterior_is_the_one_that_quadrature_gives(fit):
    known = exact()
    mean, sd = known["intercept"]
    assert fit.coefficients[0] == pytest.approx(mean, abs=0.1 * sd)
    assert fit.std_errors[0] == pytest.approx(sd, rel=0.1)
    mean, sd = known["spread"]
    assert fit.sd[0] == pytest.approx(mean, abs=0.1 * sd)
    assert fit.drawn[:, 1].std() == pytest.approx(sd, rel=0.1)
    assert fit.warnings == ()
    assert fit.table()["rhat"].max() < 1.01


@with_numpyro
def test_groups_are_drawn_towards_the_average(fit):
    own = fit.by_group()
    assert own["policy"].to_list() == [f"p{at:02d}" for at in range(12)]
    raw = (np.array(EVENTS) + 1e-9) / np.array(ROWS)
    alone, average = np.log(raw / (1 - raw)), fit.coefficients[0]
    pooled = own["estimate"].to_numpy()
    apart = np.abs(alone - average) > 0.5
    assert apart.sum() == 10
    assert (np.abs(pooled - average) < np.abs(alone - average))[apart].all()
    assert np.corrcoef(pooled[1:], alone[1:])[0, 1] > 0.97
    assert np.isfinite(pooled[0])  # a policy without an event
    assert ((own["ci_low"] < own["estimate"]) & (own["estimate"] < own["ci_high"])).all()


@with_numpyro
def test_a_coefficient_that_differs_between_groups_on_any_scale():
    rng = np.random.default_rng(12)
    policy = np.repeat(np.arange(10), 150)
    x, slope = rng.normal(3, 2, 1500), np.where(np.arange(10) < 5, -0.6, 0.6)
    event = rng.random(1500) < expit(-1 + slope[policy] * (x - 3))
    frame = pl.DataFrame({"policy": [f"p{at}" for at in policy], "x": x, "event": event.astype(int)})
    one = pooled_history("adopted ~ x", frame, random=["x"], seed=1, draws=500, chains=2)
    own = one.by_group().filter(term="x")["estimate"].to_numpy()
    assert (np.sign(own) == np.sign(slope)).all()
    assert own == pytest.approx(slope, abs=0.35)
    assert 0.4 < one.sd[1] < 1.1
    assert one.table()["term"].to_list() == [
        "(intercept)", "x", "sd of (intercept) by policy", "sd of x by policy"
    ]  # fmt: skip
    scaled = frame.with_columns(x=pl.col("x") * 100)
    other = pooled_history("adopted ~ x", scaled, random=["x"], seed=1, draws=500, chains=2)
    assert other.sd[1] * 100 == pytest.approx(one.sd[1], rel=0.15)
    assert other.sd[0] == pytest.approx(one.sd[0], rel=0.3, abs=0.1)
    told = one.summary()
    for words in ("pooled logit: adopted ~ x", "1,500 rows", "10 groups by policy", "sd of x by policy"):
        assert words in told


@with_numpyro
def test_the_other_link_and_gaps_are_those_of_a_fit_without_groups():
    """Where groups do not differ, the common coefficients are those of the plain model."""
    rng = np.random.default_rng(2)
    frame = panel(4000, policies=20).with_columns(gap=pl.Series(rng.integers(1, 4, 4000)))
    plain = event_history("adopted ~ coercion", frame, link="cloglog", cluster=None)
    pooled = pooled_history("adopted ~ coercion", frame, link="cloglog", seed=3, draws=400, chains=2)
    assert pooled.design.offset == plain.offset == "ln(gap)"
    assert pooled.coefficients == pytest.approx(plain.coefficients, abs=0.35 * plain.std_errors.min())
    assert pooled.std_errors[1] == pytest.approx(plain.std_errors[1], rel=0.15)
    assert pooled.sd[0] < 0.25


@with_numpyro
def test_the_same_seed_gives_the_same_draws():
    one, two, other = (
        pooled_history("adopted ~ 1", counted(), seed=seed, draws=100, chains=2) for seed in (7, 7, 8)
    )
    assert np.array_equal(one.drawn, two.drawn)
    assert not np.array_equal(one.drawn, other.drawn)
    assert any("effective draws" in told for told in one.warnings)


@with_numpyro
def test_what_cannot_be_trusted_says_so():
    few = counted().filter(pl.col("policy") < "p03").with_columns(
        x=pl.when(pl.col("event") == 1).then(1.0).otherwise((pl.int_range(pl.len()) % 2).cast(pl.Float64))
    )  # fmt: skip
    told = " ".join(pooled_history("adopted ~ x", few, seed=1, draws=100, chains=2).warnings)
    for words in ("3 events for 2 coefficients", "3 groups by policy", "separated by `x`"):
        assert words in told
    assert "firth" not in told


@with_numpyro
def test_the_page_shows_what_its_code_prints(capsys):
    """Of draws, as many digits as another machine may give: names and sizes exactly, numbers nearly."""
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "pooled.md").read_text(encoding="utf-8")
    code, shown = (re.search(rf"^```{kind}\n(.*?)^```", page, re.S | re.M)[1] for kind in ("python", "text"))
    exec(compile(code, "pooled.md", "exec"), {})
    printed = capsys.readouterr().out
    number = r"-?\d[\d,]*\.?\d*"
    assert re.sub(number, "#", printed).split() == re.sub(number, "#", shown).split()
    one, other = (
        [float(each.replace(",", "")) for each in re.findall(number, text.partition("term ")[2])]
        for text in (printed, shown)
    )
    assert one == pytest.approx(other, abs=0.08)


def test_words_for_draws_that_do_not_stand_for_the_posterior():
    fine = np.array([1.0, 1.009]), np.array([400.0, 4000.0])
    assert list(poor_mixing(*fine, 0)) == []
    assert "R-hat up to 1.320" in next(poor_mixing(np.array([1.0, 1.32]), fine[1], 0))
    assert "R-hat up to nan" in next(poor_mixing(np.array([1.0, np.nan]), fine[1], 0))
    assert "only 61 effective draws" in next(poor_mixing(fine[0], np.array([61.0, 900]), 0))
    assert "diverged in 3 transitions" in next(poor_mixing(*fine, 3))
    assert list(few_groups("policy", 10)) == list(small_sample_bias([])) == []


def test_without_numpyro_the_extra_is_named(monkeypatch):
    for name in ("jax", "numpyro", "numpyro.infer"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(PlanError, match=r"numpyro, which is not installed.*'diffuscope\[bayes\]'"):
        pooled_history("adopted ~ coercion", panel(300), seed=1)


@pytest.mark.parametrize(
    ("formula", "options", "words"),
    [
        ("adopted ~ coercion", {"random": ["gdp"]}, "random names `gdp`.*`coercion`"),
        ("adopted ~ 0 + coercion", {}, "remove `0` or `-1`"),
        ("adopted ~ coercion", {"link": "cauchit"}, "cauchit"),
        ("adopted ~ coercion", {"by": "village"}, "village"),
        ("adopted ~ coercion", {"by": "one"}, "there is only one group"),
        ("adopted ~ coercion", {"chains": 1}, "two chains"),
    ],
)
def test_what_is_refused(formula, options, words):
    frame = panel(300).with_columns(one=pl.lit("same"))
    with pytest.raises(PlanError, match=words):
        pooled_history(formula, frame, seed=1, **options)


def test_event_history_says_where_random_effects_are():
    with pytest.raises(PlanError, match="pooled_history"):
        event_history("adopted ~ coercion", panel(300), policy_effects="random")
