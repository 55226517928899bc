"""Time at risk: a cubic, a spline or levels, each with what defines it."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from made_panels import panel

from diffuscope.errors import MethodError
from diffuscope.models import event_history
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


def test_levels_join_neighbours_until_each_has_an_event_and_a_row_without():
    duration = np.array([1, 1, 2, 2, 3, 3, 4, 4, 5, 5.0])
    event = np.array([0, 1, 0, 0, 1, 0, 1, 0, 0, 0.0])
    basis = duration_basis("dummies", duration, event)
    assert basis.knots == (1, 2, 4)  # 2 has no event of its own and joins 3; 5 joins 4
    assert basis.names() == ["duration 2–3", "duration 4 on"]


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
