"""What such data could have shown: against a simulation of its own, which shares no code with it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from scipy.optimize import minimize
from scipy.special import chdtrc

import diffuscope
from diffuscope.models import event_history, firth
from diffuscope.panel.exposure_history import ExposureSpec, exposure_inputs
from diffuscope.panel.exposures import add_exposure
from diffuscope.safeguards.engine import detectable as module
from diffuscope.safeguards.engine.check import SafeguardOptions
from diffuscope.safeguards.engine.detectable import RATIOS, detectable_odds_ratio
from diffuscope.safeguards.engine.placebo_exposure import observed_panel
from diffuscope.safeguards.tested_model import TestedExposure, TestedModel
from diffuscope.ties import Layer

OPTIONS = SafeguardOptions(workers=1)
YEARS = 5


def asked(adopted, ties, fitted=firth, years=YEARS, form="share"):
    """Whether units at risk from the year after the first adoption on follow those they are tied to."""
    units = tuple(f"u{at:02d}" for at in range(len(adopted)))
    laws = pl.DataFrame({"unit": units, "time": [None if at is None else 2000 + at for at in adopted]})
    panel = diffuscope.person_period(laws, censor=2000 + years, undated="never")
    layer = Layer(name="ties", units=units, weights=ties)
    panel = add_exposure(panel, layer, name="seen", form=form)
    seen = exposure_inputs(layer, panel.table(), panel.history, ExposureSpec(form=form))
    fit = fitted("adopted ~ seen", panel)
    return TestedModel(panel, fit, (TestedExposure(column="seen", mechanism=None, inputs=seen),))


def rare():
    """Ten units, one of which adopted before the others were at risk; three more do: 41 rows, 3 events."""
    ties = (np.random.default_rng(3).random((10, 10)) < 0.35).astype(float)
    np.fill_diagonal(ties, 0.0)
    ties[ties.sum(axis=1) == 0, 0] = 1.0
    return asked([0, 2, 4, 5, *[None] * 6], ties), ties


def width_of(question):
    low, high = np.quantile(question.refitter.complete.rows["seen"].to_numpy(), (0.1, 0.9))
    return high - low


# By hand


def spread_by_hand(ties, intercept, effect, rng, years=YEARS):
    """Rows of one world, as exposure and event: the first unit had adopted before."""
    has = np.zeros(len(ties), dtype=bool)
    has[0] = True
    share, x, y = ties / ties.sum(axis=1)[:, None], [], []
    for _ in range(years):
        seen = share @ has
        new = (rng.random(len(ties)) < 1 / (1 + np.exp(-intercept - effect * seen))) & ~has
        x += seen[~has].tolist()
        y += new[~has].tolist()
        has |= new
    return np.array(x), np.array(y, dtype=float)


def penalised(beta, x, y):
    """Minus the logistic log-likelihood and Jeffreys' prior (Firth 1993)."""
    eta = x @ beta
    p = 1 / (1 + np.exp(-eta))
    weight = x * np.sqrt(p * (1 - p))[:, None]
    return -(y @ eta - np.logaddexp(0, eta).sum() + 0.5 * np.linalg.slogdet(weight.T @ weight)[1])


def shown_by_hand(x, y):
    """Whether the penalised likelihood-ratio test is significant at 5 %, with a slope above zero.

    Both likelihoods have the prior of the full model (Heinze & Schemper 2002).
    """
    design = np.column_stack([np.ones_like(x), x])
    full = minimize(penalised, [-2.0, 0.0], args=(design, y), method="Nelder-Mead")
    null = minimize(lambda a: penalised(np.array([a[0], 0.0]), design, y), [-2.0], method="Nelder-Mead")
    return bool(2 * (null.fun - full.fun) > 3.841459 and full.x[1] > 0)


def power_by_hand(ties, effect, events, worlds, seed=11):
    """Share of worlds that show an effect, with as many events on average."""
    low, high = -15.0, 5.0
    for _ in range(14):
        middle = (low + high) / 2
        rng = np.random.default_rng(seed)
        mean = np.mean([spread_by_hand(ties, middle, effect, rng)[1].sum() for _ in range(200)])
        low, high = (low, middle) if mean > events else (middle, high)
    rng = np.random.default_rng(seed + 1)
    drawn = (spread_by_hand(ties, (low + high) / 2, effect, rng) for _ in range(worlds))
    return np.mean(
        [shown_by_hand(x, y) if 0 < y.sum() < len(y) and np.ptp(x) > 0 else False for x, y in drawn]
    )


# The package's


@pytest.fixture(scope="module")
def founding():
    question, ties = rare()
    assert (question.fit.rows, question.fit.events) == (41, 3)
    return question, ties


def power(question, ratio, width, options=OPTIONS):
    return module._power(question, "seen", math.log(ratio) / width, options)


def test_the_rule_of_thumb_misleads_where_events_are_few(founding):
    """exp(2.8 · error) promises power of 80 %; on such data it is near half, and 80 % is far away."""
    question, _ = founding
    width = width_of(question)
    thumb = math.exp(2.8 * float(question.fit.std_errors[1]) * width)
    assert 10 < thumb < 30
    assert power(question, thumb, width) < 0.68
    found = detectable_odds_ratio(question, "seen", width, OPTIONS)
    assert found > 3 * thumb


def test_power_is_that_of_a_simulation_by_hand(founding):
    """Within 3 standard errors of both."""
    question, ties = founding
    effect = math.log(20) / width_of(question)
    one, two = module._power(question, "seen", effect, OPTIONS), power_by_hand(ties, effect, 3, 80)
    assert one == pytest.approx(two, abs=3 * math.sqrt(0.25 / module.WORLDS + 0.25 / 80))


def test_without_an_effect_a_test_at_five_percent_shows_one_in_forty():
    """Half of the false alarms are above zero."""
    ties = (np.random.default_rng(1).random((60, 60)) < 0.08).astype(float)
    np.fill_diagonal(ties, 0.0)
    times = [0, *(1 + at % 5 for at in range(30)), *[None] * 29]
    question = asked(times, ties, event_history)
    found = module._power(question, "seen", 0.0, OPTIONS)
    assert found <= 0.025 + 3 * math.sqrt(0.025 * 0.975 / module.WORLDS)


def test_as_many_adopt_on_average_as_did(founding):
    question, ties = founding
    for effect in (0.0, 9.0):
        coefficients = question.fit.coefficients.copy()
        coefficients[1] = effect
        found = module._with_as_many_events(question, coefficients, 0)
        assert found[1] == effect
        rng = np.random.default_rng(2)
        events = [spread_by_hand(ties, found[0], effect, rng)[1].sum() for _ in range(500)]
        # calibrated with 50 worlds, counted in 500: standard errors of either mean
        assert np.mean(events) == pytest.approx(3, abs=3 * np.std(events) * math.sqrt(1 / 50 + 1 / 500))


def test_where_all_adopted_they_are_at_risk_as_long_on_average():
    """Any high intercept would let all adopt: at once, so that nothing could be shown."""
    ties = (np.random.default_rng(2).random((25, 25)) < 0.2).astype(float)
    np.fill_diagonal(ties, 0.0)
    question = asked([0, *(1 + at % 6 for at in range(24))], ties, event_history, years=8)
    assert question.refitter.complete.y.sum() == 24
    coefficients = module._with_as_many_events(question, question.fit.coefficients, 0)
    assert abs(coefficients[0] - question.fit.coefficients[0]) < 2
    rng = np.random.default_rng(2)
    rows = [len(spread_by_hand(ties, *coefficients, rng, years=8)[0]) for _ in range(500)]
    error = np.std(rows) * math.sqrt(1 / 50 + 1 / 500)
    assert np.mean(rows) == pytest.approx(question.fit.rows, abs=3 * error)
    assert detectable_odds_ratio(question, "seen", width_of(question), OPTIONS) in RATIOS


@pytest.mark.parametrize("fitted", [firth, event_history])
def test_units_of_the_exposure_do_not_matter(fitted):
    """Tons or kilograms: the odds ratio over the contrast is the same."""
    ties = (np.random.default_rng(3).random((20, 20)) < 0.25).astype(float)
    np.fill_diagonal(ties, 0.0)
    times = [0, *(1 + at % 5 for at in range(11)), *[None] * 8]
    one, other = (asked(times, ties * many, fitted, form="sum") for many in (1.0, 1024.0))
    found = module._power(one, "seen", 1.0, OPTIONS)
    assert 0.05 < found < 0.95
    assert module._power(other, "seen", 1.0 / 1024, OPTIONS) == found


def test_where_power_falls_again_the_least_ratio_that_is_shown_is_found(monkeypatch):
    """By maximum likelihood, large effects separate events and nothing is estimated."""
    powers = dict(zip(RATIOS, (0.1, 0.3, 0.5, 0.7, 0.85, 0.7, 0.5, 0.3, 0.1), strict=True))
    monkeypatch.setattr(
        module, "_power", lambda *given: powers[min(RATIOS, key=lambda at: abs(math.log(at) - given[2]))]
    )
    ties = np.roll(np.eye(20), 1, axis=1)
    question = asked([0, *(1 + at % 5 for at in range(11)), *[None] * 8], ties, event_history)
    assert detectable_odds_ratio(question, "seen", 1.0, OPTIONS) == 10.0


@pytest.mark.parametrize("first", range(len(RATIOS) + 1))
def test_the_least_ratio_with_enough_power_is_found(monkeypatch, founding, first):
    monkeypatch.setattr(
        module, "_power", lambda *given: 0.8 if given[2] >= math.log([*RATIOS, 1e9][first]) - 1e-9 else 0.79
    )
    assert detectable_odds_ratio(founding[0], "seen", 1.0, OPTIONS) == [*RATIOS, math.inf][first]


def test_the_width_of_the_contrast_scales_the_ratio(monkeypatch, founding):
    """An odds ratio of 20 over a contrast of ¼ is a coefficient of ln 20 · 4."""
    tried = []
    monkeypatch.setattr(module, "_power", lambda *given: tried.append(given[2]) or 0.9)
    detectable_odds_ratio(founding[0], "seen", 0.25, OPTIONS)
    assert tried[-1] == pytest.approx(math.log(1.5) * 4)


def test_a_model_that_cannot_be_run_forward_has_none(founding):
    question, _ = founding
    alone = replace(question, panel=replace(question.panel, history=None))
    assert alone.not_simulable is not None
    assert detectable_odds_ratio(alone, "seen", 1.0, OPTIONS) is None


def test_processes_change_nothing(founding):
    question, _ = founding
    width = width_of(question)
    assert power(question, 20, width) == power(question, 20, width, SafeguardOptions(workers=2))


@pytest.mark.parametrize("fitted", [firth, event_history])
def test_a_held_coefficient_leaves_the_penalty_of_all_columns(fitted):
    """As the penalised likelihood-ratio test of one fit has it (Heinze & Schemper 2002)."""
    ties = np.roll(np.eye(20), 1, axis=1) + np.roll(np.eye(20), 4, axis=1)
    question = asked([0, *(1 + at % 5 for at in range(11)), *[None] * 8], ties, fitted)
    panel = observed_panel(question)
    free, held = (panel.design.refit(panel.values, panel.y, mask=panel.mask, held=at) for at in (None, 1))
    assert held.coefficients[0, 1] == 0.0
    rise = 2 * (free.loglik - held.loglik)[0]
    assert rise == pytest.approx(
        2 * (question.refitter.max_loglik() - question.refitter.max_loglik([1])), abs=1e-6
    )
    if fitted is firth:
        assert question.fit.p[1] == pytest.approx(float(chdtrc(1, rise)), abs=1e-6)
