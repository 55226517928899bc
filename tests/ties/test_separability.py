"""What cannot be told apart is said with its number, or refused by name."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from statsmodels.stats.outliers_influence import variance_inflation_factor

from diffuscope import add_exposure, person_period
from diffuscope.errors import MethodError, PlanError
from diffuscope.ties import exposure, separability
from diffuscope.ties.meetings import co_attendance
from diffuscope.ties.places import nearest
from diffuscope.ties.separability import absorbed_share, refuse_competition, refuse_even
from diffuscope.ties.similarity import similarity


@pytest.fixture
def rows():
    rng = np.random.default_rng(4)
    base = rng.normal(size=(3, 200))
    columns = {"learning": base[0], "emulation": base[0] + 0.5 * base[1], "coercion": base[2]}
    unit, period = rng.integers(12, size=200), rng.integers(9, size=200)
    return columns, unit, period


def test_numbers_are_those_of_other_programs(rows):
    columns, unit, period = rows
    found = separability(columns, unit, period)
    table = np.column_stack(list(columns.values()))
    expected = np.corrcoef(table.T)
    assert found.correlations["learning", "emulation"] == pytest.approx(expected[0, 1], abs=1e-12)
    design = sm.add_constant(table)
    for at, name in enumerate(columns):
        assert found.inflation[name] == pytest.approx(variance_inflation_factor(design, at + 1), rel=1e-9)
        dummies = np.column_stack([np.eye(12)[unit], np.eye(9)[period][:, 1:]])
        assert found.absorbed[name] == pytest.approx(sm.OLS(table[:, at], dummies).fit().rsquared, abs=1e-9)


def test_what_goes_together_is_told(rows):
    columns, unit, period = rows
    found = separability(columns, unit, period)
    assert found.correlations["learning", "emulation"] > 0.8
    assert len(found.warnings) == 1
    assert found.warnings[0].startswith("`learning` and `emulation` correlate at 0.8")
    assert not found.separable
    assert separability({"one": columns["learning"], "two": columns["coercion"]}, unit, period).separable
    table = found.table()
    assert table["exposure"].to_list() == list(columns)
    assert table["r_learning"].to_list()[0] == 1


def test_what_the_others_determine_and_what_fixed_effects_absorb(rows):
    columns, unit, period = rows
    twice = columns | {"sum": columns["learning"] + columns["coercion"]}
    found = separability(twice, unit, period)
    assert found.inflation["sum"] == np.inf
    assert any("inflate the variance of `sum` inf times" in warning for warning in found.warnings)
    fixed = separability({"wealth": unit * 2.0 + period}, unit, period)
    assert fixed.absorbed["wealth"] == pytest.approx(1)
    assert "units and periods account for 100 % of `wealth`" in fixed.warnings[0]


def test_rows_with_an_unknown_are_not_compared(rows):
    columns, unit, period = rows
    holed = {name: column.copy() for name, column in columns.items()}
    holed["learning"][:50] = np.nan
    found = separability(holed, unit, period)
    assert found.rows == 150
    kept = {name: column[50:] for name, column in columns.items()}
    assert found.correlations == separability(kept, unit[50:], period[50:]).correlations


def test_a_channel_without_variation_is_refused_by_name(rows):
    columns, unit, period = rows
    with pytest.raises(MethodError, match="`meetings` has no variation"):
        separability(columns | {"meetings": np.full(200, 0.3)}, unit, period)
    with pytest.raises(MethodError, match="no rows"):
        separability({"meetings": np.full(200, np.nan)}, unit, period)
    with pytest.raises(PlanError, match="unit and period"):
        separability(columns)
    with pytest.raises(PlanError, match="shapes"):
        separability(columns | {"short": np.ones(3)}, unit, period)


def test_a_meeting_of_everybody_tells_nobody_apart():
    events = pl.DataFrame({"event": ["summit", "visit"], "start": ["2018", "2019"]})
    all_there = pl.DataFrame({"event": ["summit"] * 3, "unit": ["a", "b", "c"]})
    with pytest.raises(MethodError, match="`co-attendance` has no variation"):
        refuse_even(co_attendance(all_there, events, ("a", "b", "c")))
    some = pl.concat([all_there, pl.DataFrame({"event": ["visit"] * 2, "unit": ["a", "b"]})])
    refuse_even(co_attendance(some, events, ("a", "b", "c")))


def test_rivals_who_are_everybody_are_not_called_competition():
    rng = np.random.default_rng(2)
    adopted = rng.integers(30, size=(60, 1)) <= np.arange(20)
    everybody = adopted.mean(axis=0)
    lag = np.concatenate([[np.nan], everybody[:-1]])
    alike = similarity(10 + rng.random((60, 8)), tuple(map(str, range(60))), nearest=None)
    with pytest.raises(MethodError, match=r"correlates at (0\.99|1\.00).*cannot be called competition"):
        refuse_competition("rivals", exposure(alike, adopted).values, lag)
    few = similarity(rng.random((60, 8)), tuple(map(str, range(60))), nearest=2)
    refuse_competition("rivals", exposure(few, adopted).values, lag)


def test_a_panel_says_itself_what_its_exposures_are():
    rng = np.random.default_rng(5)
    names = [f"u{at}" for at in range(25)]
    laws = pl.DataFrame({"unit": names, "time": rng.integers(2000, 2012, 25)})
    pairs = [(a, b) for a in names for b in names if a != b]
    panel = person_period(laws, origin=2000, censor=2011)
    for name, chance in (("advice", 0.1), ("trade", 0.3), ("everybody", 1.0)):
        tied = [pair for pair in pairs if rng.random() < chance]
        ties = pl.DataFrame(tied, schema=["sender", "receiver"], orient="row")
        panel = add_exposure(panel, ties, name=name)
    found = separability(panel)
    rows = panel.table()
    by_hand = separability(
        {name: rows[name].to_numpy() for name in ("advice", "trade")},
        rows["unit"], rows["time"], everybody=rows["everybody"].to_numpy(),
    )  # fmt: skip
    assert found.names == ("advice", "trade")
    assert found.correlations == by_hand.correlations
    assert found.everybody == by_hand.everybody
    assert found.everybody["trade"] > found.everybody["advice"]  # the more ties, the closer to all
    with pytest.raises(PlanError, match="a panel that has some, or columns by name"):
        separability(rows)


def test_a_panel_takes_no_channel_that_is_everybody():
    rng = np.random.default_rng(7)
    names = [f"u{at:02}" for at in range(40)]
    laws = pl.DataFrame({"unit": names, "time": rng.integers(2000, 2015, 40)})
    panel = person_period(laws, origin=2000, censor=2014)
    summit = pl.DataFrame({"event": "summit", "unit": names})
    met = co_attendance(summit, pl.DataFrame({"event": ["summit"], "start": ["1999"]}), names)
    with pytest.raises(MethodError, match="`co-attendance` has no variation"):
        add_exposure(panel, met, name="meetings")
    share = add_exposure(panel, met, name="everybody").table()
    had = share.group_by("period").agg(pl.col("everybody").n_unique())
    assert had["everybody"].max() == 1  # all at risk see the same, which is why
    near = nearest(names, rng.uniform(-60, 60, 40), rng.uniform(-90, 90, 40), 3)
    with pytest.raises(PlanError, match=r"mechanism not identified\) and cannot be called learning"):
        add_exposure(panel, near, name="learning")
    assert add_exposure(panel, near).exposures == ("nearest_3",)  # as a formula can write it
    alike = similarity(10 + rng.random((40, 8)), names, nearest=None)
    with pytest.raises(MethodError, match=r"correlates at (0\.9[5-9]|1\.00).*cannot be called competition"):
        add_exposure(panel, alike, name="competition")
    assert add_exposure(panel, alike, name="alike").exposures == ("alike",)
    few = similarity(rng.random((40, 8)), names, nearest=2)
    assert add_exposure(panel, few, name="competition").exposures == ("competition",)


def test_tables_of_units_by_periods_need_no_codes():
    rng = np.random.default_rng(1)
    table = rng.random((5, 6))
    table[:, 0] = np.nan
    found = separability({"x": table}, everybody=np.arange(6.0))
    unit, period = (codes.ravel() for codes in np.indices((5, 6)))
    assert found.absorbed["x"] == separability({"x": table.ravel()}, unit, period).absorbed["x"]
    assert found.everybody["x"] == pytest.approx(
        np.corrcoef(table[:, 1:].ravel(), np.tile(np.arange(1, 6), 5))[0, 1]
    )
    assert absorbed_share([3, 3], ["a", "b"], [1, 1]) == 1
