"""Dates known as ranges of several periods: drawn, fitted to each draw, combined by Rubin's rules."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from scipy.stats import t as student
from spread import case, tables

from diffuscope.case.private import Private
from diffuscope.study.channels import Layers
from diffuscope.study.history import history_of
from diffuscope.study.panels import exposed
from diffuscope.study.witnesses import dates_of

TERMS = ["emulation", "wealth", "global_share"]


def ranged(every=4, **changes):
    """The made case, with every so-many-th adoption known to within three years."""
    adoptions = tables()["adoptions"].with_columns(
        time_latest=pl.when(pl.int_range(pl.len()) % every == 1, pl.col("time").cast(pl.Int64) <= 2013)
        .then((pl.col("time").cast(pl.Int64) + 2).cast(pl.String))
        .otherwise(None)
    )
    return case(adoptions=adoptions, covariates=["wealth"], errors="none", **changes)


def told(made, seed=0):
    asked = made.analyses[0]
    return history_of(made, asked, dates_of(made, asked), Layers(made), Private.of(made), seed=seed)


@pytest.fixture(scope="module")
def plain():
    """The made case with some dates as ranges, and its history by the first seed."""
    made = ranged(model="logit", duration="none")
    return made, told(made)


@pytest.fixture(scope="module")
def every_draw(plain):
    """Rows of the panel of that history, as it is tested and as its dates are drawn."""
    made, _ = plain
    found = exposed(made, made.analyses[0], Layers(made), ["wealth"], 0)
    return [panel.table() for panel in (found.panel, *found.draws)]


def by_hand(estimates, variances):
    """Rubin 1987: mean, total variance, the share of it between draws, and the end of the 95 % interval."""
    many, own = len(estimates), np.asarray(estimates)
    between = (1 + 1 / many) * own.var(ddof=1)
    whole = np.mean(variances) + between
    degrees = (many - 1) * (whole / between) ** 2
    return own.mean(), whole, between / whole, own.mean() - student.ppf(0.975, degrees) * whole**0.5


def test_the_estimate_is_that_of_rubin_s_rules_over_twenty_fits_of_another_program(plain, every_draw):
    main = plain[1].history.estimates[0]
    fits = []
    for rows in every_draw:
        known = rows.drop_nulls(TERMS)
        x = np.column_stack([np.ones(known.height), *(known[name] for name in TERMS)])
        fits.append(sm.Logit(known["event"].to_numpy(), x).fit(disp=0, tol=1e-12, maxiter=100))
    assert main.draws == len(fits) == 20
    shares = []
    for at, name in enumerate(TERMS, start=1):
        own = next(one for one in main.coefficients if one.term == name)
        middle, whole, share, low = by_hand(
            [fit.params[at] for fit in fits], [fit.bse[at] ** 2 for fit in fits]
        )
        assert (own.estimate, own.std_error) == pytest.approx((middle, whole**0.5), abs=1e-6)
        assert own.between == pytest.approx(share, abs=1e-6)
        assert own.ci_low == pytest.approx(low, abs=1e-5)
        shares.append(share)
    assert main.between >= max(shares) - 1e-6
    assert "drawn 20 times" in main.description
    assert "Rubin" in main.interval


def test_few_events_are_combined_too():
    made = ranged(every=2, window=["2000", "2004"])
    main = told(made).history.estimates[0]
    assert (main.model, main.draws) == ("Firth logit", 20)
    own = next(one for one in main.coefficients if one.mechanism == "emulation")
    assert own.ci_low < own.estimate < own.ci_high
    assert 0 < own.between < 1
    assert own.effect_low < own.effect < own.effect_high


def test_each_mechanism_and_each_repetition_is_combined():
    again = [{"id": "late", "says": "From 2004 on.", "window": ["2004", "2015"]}]
    history = told(ranged(repeat=again)).history
    (own,) = history.models
    assert own.tested.draws == 20
    assert {one.id: one.draws for one in history.estimates} == {"main": 20, "sure_dates": 20, "late": 20}
    late = next(one for one in history.estimates if one.id == "late")
    term = next(one for one in late.coefficients if one.mechanism == "emulation")
    assert next(one for one in own.repeated if one.id == "late").ci_low == term.ci_low


def test_what_is_put_to_the_test_is_the_first_draw(plain, every_draw):
    _, found = plain
    question = found.questions["emulation"]
    assert question.panel.table().equals(every_draw[0])
    assert found.frames["panel_q"].equals(question.panel.table())
    assert question.fit.coefficients[1] != found.history.models[0].coefficient.estimate
    assert any("known as ranges" in note for note in found.history.notes)


def test_the_same_seed_draws_the_same_dates_and_another_others(plain):
    made, found = plain
    one = found.history.estimates[0].coefficients
    same, other = (told(made, seed).history.estimates[0].coefficients for seed in (0, 1))
    assert one == same
    assert one != other


def test_dates_that_are_known_are_not_drawn():
    main = told(case(covariates=["wealth"])).history.estimates[0]
    assert (main.draws, main.between) == (None, None)
    assert all(one.between is None for one in main.coefficients)
