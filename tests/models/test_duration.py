"""Time at risk: a cubic, a spline or levels, each with what defines it."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from made_panels import panel

from diffuscope.errors import MethodError
from diffuscope.models import adoption_curve, baseline_hazard, event_history, predicted_hazard
from diffuscope.models.design.duration_dependence import Basis, duration_basis


def test_the_cubic_is_the_same_curve_as_raw_powers_and_far_better_conditioned():
    frame = panel()
    t = frame["duration"].to_numpy() / 10
    raw = np.column_stack([np.ones(t.size), frame["coercion"], t, t**2, t**3])
    other = sm.Logit(frame["event"].to_numpy(), raw).fit(disp=0, tol=1e-12)
    ours = event_history("adopted ~ coercion", frame, duration="cubic", cluster=None)
    assert ours.loglik == pytest.approx(other.llf, rel=1e-9)
    assert ours.coefficients[1] == pytest.approx(other.params[1], rel=1e-7)
    assert ours.names[2:] == ("duration P1", "duration P2", "duration P3")
    powers = frame.with_columns(t=t, tt=t**2, ttt=t**3)
    plain = event_history("adopted ~ coercion + t + tt + ttt", powers, cluster=None)
    assert plain.condition_number > 50 * ours.condition_number


def test_the_cubic_is_legendre():
    at = np.linspace(1, 15, 7)
    columns = Basis("cubic", 1, 15).columns(at)
    for degree, column in enumerate(columns, start=1):
        expected = np.polynomial.legendre.legval((at - 8) / 7, [0] * degree + [1])
        assert column == pytest.approx(expected, abs=1e-12)


def test_the_spline_is_cubic_between_knots_and_straight_beyond():
    basis = Basis("spline", 0, 20, (3.0, 7.0, 11.0, 16.0))
    for outside in (np.linspace(-5, 3, 9), np.linspace(16, 30, 9)):
        for column in basis.columns(outside):
            assert np.diff(column, 2) == pytest.approx(0, abs=1e-9)
    for knot in basis.knots:  # value, slope and curvature are continuous there
        step = 1e-4
        for side in basis.columns(knot + step * np.array([-2.0, -1, 0, 1, 2])):
            left, right = side[0] - 2 * side[1] + side[2], side[2] - 2 * side[3] + side[4]
            assert left / step**2 == pytest.approx(right / step**2, abs=1e-2)


def remission() -> pl.DataFrame:
    """Weeks in remission of 42 children, 21 on placebo: Freireich et al. 1963, as Cox 1972 prints them."""
    placebo = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
    treated = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    spells = [(weeks, 1, 1) for weeks in placebo] + [(weeks, 1, 0) for weeks in treated]
    spells += [(weeks, 0, 0) for weeks in censored]
    rows = [
        (f"u{at}", week, int(ended and week == weeks), given)
        for at, (weeks, ended, given) in enumerate(spells)
        for week in range(1, weeks + 1)
    ]
    return pl.DataFrame(rows, schema=["unit", "duration", "event", "placebo"], orient="row")


def test_durations_without_events_are_left_out_and_said():
    frame = remission()
    with_events = frame.filter(pl.col("event") == 1)["duration"].unique().sort()
    fit = event_history("event ~ placebo", frame, link="cloglog", duration="dummies", cluster=None)
    # glm in R and statsmodels, with a dummy for each of the 17 weeks in which a remission ended
    assert fit.coefficients[1] == pytest.approx(1.658664, abs=2e-6)
    told = frame.filter(pl.col("duration").is_in(with_events.implode()))
    dummies = np.column_stack(
        [told["placebo"], *(told["duration"].to_numpy() == one for one in with_events)]
    ).astype(float)
    family = sm.families.Binomial(sm.families.links.CLogLog())
    other = sm.GLM(told["event"].to_numpy(), dummies, family=family).fit(tol=1e-12)
    assert (fit.coefficients[1], fit.loglik) == pytest.approx((other.params[0], other.llf), rel=1e-6)
    assert fit.names[2:5] == ("duration 2", "duration 3", "duration 4")
    reason, count = fit.left_out[0]
    assert reason.startswith("no event at the duration, so its own level is infinite: `9`, `14`, `18`")
    assert (fit.rows, count) == (told.height, frame.height - told.height)
    # what is left out has no hazard of its own, rather than that of a neighbour
    assert baseline_hazard(fit, frame)["duration"].to_list() == with_events.to_list()
    assert predicted_hazard(fit, frame).height == told.height


def test_durations_with_events_alone_are_left_out_and_said():
    duration = np.repeat([1, 2, 3, 4], 10)
    event = np.array([1] * 3 + [0] * 7 + [1] * 10 + [0] * 10 + [1] * 5 + [0] * 5)
    frame = pl.DataFrame({"duration": duration, "event": event, "x": np.arange(40) % 7})
    fit = event_history("event ~ x", frame, duration="dummies", cluster=None)
    assert [count for _, count in fit.left_out] == [10, 10]
    assert fit.left_out[1][0] == "only events at the duration, so its own level is infinite: `2`"
    assert fit.names == ("(intercept)", "x", "duration 4")


def test_the_curve_is_one_from_where_everybody_adopts():
    """With dummies alone the hazards are the shares: 0.3, 1 at duration 2; and 0 at 3 of the other frame."""
    event = np.array([1] * 3 + [0] * 7 + [1] * 10 + [1] * 5 + [0] * 5 + [1] * 2 + [0] * 8)
    frame = pl.DataFrame({"duration": np.repeat([1, 2, 3, 4], 10), "event": event})
    fit = event_history("event ~ 1", frame, duration="dummies", cluster=None)
    curve = adoption_curve(fit, frame)
    assert curve["duration"].to_list() == [1, 2, 3, 4]
    assert curve["adopted"].to_list() == pytest.approx([0.3, 1, 1, 1])
    assert curve["ci_low"].to_list() == [curve["ci_low"][0]] * 4
    assert curve["ci_high"].to_list()[1:] == [1, 1, 1]
    quiet = frame.with_columns(event=pl.when(pl.col("duration") == 2).then(0).otherwise("event"))
    fit = event_history("event ~ 1", quiet, duration="dummies", cluster=None)
    assert adoption_curve(fit, quiet)["adopted"].to_list() == pytest.approx([0.3, 0.3, 0.65, 0.72])
    # of a duration that it never saw the model says nothing: the curve ends before it
    unseen = quiet.with_columns(pl.col("duration").replace(3, 9))
    assert adoption_curve(fit, unseen)["duration"].to_list() == [1, 2, 4]


def test_a_curve_keeps_what_rows_with_undefined_terms_are_left_out_beside():
    event = np.array([1] * 3 + [0] * 7 + [1] * 10 + [1] * 5 + [0] * 5)
    x = np.where(np.arange(30) % 10 == 9, 0.0, 1.0 + np.arange(30) % 4)
    frame = pl.DataFrame({"duration": np.repeat([1, 2, 3], 10), "event": event, "x": x})
    fit = event_history("event ~ log(x)", frame, duration="dummies", cluster=None)
    assert fit.design.basis.always == (2.0,)
    assert adoption_curve(fit, frame.filter(pl.col("x") > 0))["adopted"].to_list()[1:] == [1, 1]


@pytest.mark.parametrize("form", ["cubic", "spline", "dummies"])
def test_expressions_for_other_programs_say_the_same(form):
    frame = panel()
    duration = frame["duration"].to_numpy().astype(float)
    basis = duration_basis(form, duration, frame["event"].to_numpy())
    for text, column in zip(basis.expressions(), basis.columns(duration), strict=True):
        value = eval(text.replace("^", "**"), {"duration": duration})
        assert value == pytest.approx(column, abs=1e-10)


def test_too_few_durations_are_refused():
    frame = pl.DataFrame({"event": [0, 1] * 20, "x": np.arange(40) % 7, "duration": [1, 2] * 20})
    with pytest.raises(MethodError, match="needs at least 4 different durations"):
        event_history("event ~ x", frame, duration="cubic", cluster=None)
    with pytest.raises(MethodError, match="three different durations"):
        event_history("event ~ x", frame, duration="spline", cluster=None)
