"""One operator: hand-worked values, random cases done one unit at a time, and what it must never do."""

from __future__ import annotations

import math

import numpy as np
import pytest

from diffuscope.errors import MethodError, PlanError
from diffuscope.ties import Layer, exposure

NODES = ("one", "two", "three", "four")
TIES = np.array([[0, 1, 1, 0], [0, 0, 1, 0], [1, 0, 0, 1], [1, 0, 0, 0]], dtype=float)
TOA = np.array([3, 1, 2, 4])
ADOPTED = TOA[:, None] <= np.arange(1, 5)
SHARE = np.array([[0.5, 1, 1, 1], [0, 1, 1, 1], [0, 0, 0.5, 1], [0, 0, 1, 1]])
"""Same-period share exposure of methods.md A.0, worked by hand."""
SUCCESS = np.array([1.0, 2.0, 3.0, 4.0])
nan = math.nan


def layer(weights=TIES, **words) -> Layer:
    return Layer(name="advice", units=NODES, weights=weights, **words)


def test_same_period_shares_are_those_worked_by_hand():
    found = exposure(layer(), ADOPTED, lag=0)
    np.testing.assert_allclose(found.values, SHARE)
    assert "simultaneity" in found.notes[0]


def test_a_lag_shifts_them_and_leaves_the_first_period_unknown():
    found = exposure(layer(), ADOPTED)
    assert np.isnan(found.values[:, 0]).all()
    np.testing.assert_allclose(found.values[:, 1:], SHARE[:, :-1])
    assert (found.notes, found.lag, found.form, found.layer) == ((), 1, "share", "advice")


def test_attribute_shares_and_the_other_direction():
    found = exposure(layer(), ADOPTED, form="attribute share", success=SUCCESS, lag=0)
    np.testing.assert_allclose(found.values[:, 1], [1, 1, 0, 0])
    turned = exposure(layer(TIES.T), ADOPTED, lag=0)
    np.testing.assert_allclose(turned.values[:, 1], [0.5, 0, 0.5, 1])


def test_mean_success_is_over_seen_adopters_whose_success_is_known():
    found = exposure(layer(), ADOPTED, form="mean success", success=SUCCESS, lag=0)
    np.testing.assert_allclose(found.values[0], [2, 2.5, 2.5, 2.5])
    np.testing.assert_allclose(found.values[1], [nan, 3, 3, 3])  # nobody seen has adopted: no mean, not 0
    part = exposure(layer(), ADOPTED, form="mean success", success=[1, nan, 3, 4], lag=0)
    np.testing.assert_allclose(part.values[0], [nan, 3, 3, 3])


def test_ties_that_change_are_those_in_force_before():
    changing = layer((("2018-07", TIES), ("2020", TIES.T)))
    found = exposure(changing, ADOPTED, periods=["2017", "2018", "2019", "2020"])
    old, new = (exposure(layer(ties), ADOPTED).values for ties in (TIES, TIES.T))
    assert np.isnan(found.values[:, :2]).all()  # 2018 is decided by what was known in 2017: nothing
    np.testing.assert_allclose(found.values[:, 2:], old[:, 2:])
    later = exposure(changing, ADOPTED, periods=["2018", "2019", "2020", "2021"])
    np.testing.assert_allclose(later.values[:, 1:3], old[:, 1:3])
    np.testing.assert_allclose(later.values[:, 3], new[:, 3])
    assert later.isolates.shape == (4, 4)


def test_ties_known_later_explain_nothing_before():
    found = exposure(layer(known_from="2019"), ADOPTED, periods=[2017, 2018, 2019, 2020])
    assert np.isnan(found.values[:, :3]).all()
    np.testing.assert_allclose(found.values[:, 3], SHARE[:, 2])
    with pytest.raises(PlanError, match="give `periods`"):
        exposure(layer(known_from="2019"), ADOPTED)


def one_at_a_time(ties, adopted, *, form, success, lag, decay, cumulative):
    """The same by its formula, a unit, a period and a sender at a time."""
    receivers, periods = len(ties), adopted.shape[1]
    out = np.full((receivers, periods), nan)
    for i in range(receivers):
        for t in range(lag, periods):
            seen, top, below, whole = t - lag, 0.0, 0.0, 0.0
            for j in range(adopted.shape[0]):
                counts = 0.0
                if adopted[j, seen]:
                    since = next(k for k in range(seen, -1, -1) if k == 0 or not adopted[j, k - 1])
                    counts = 1.0 if decay is None else math.exp(-decay * (seen - since))
                    if not cumulative and since != seen:
                        counts = 0.0
                weight = 1.0 if success is None else success[j, seen if success.shape[1] > 1 else 0]
                whole += ties[i, j] * (weight if form == "attribute share" else 1)
                if form == "mean success" and math.isnan(weight):
                    continue
                top += ties[i, j] * counts * weight
                below += ties[i, j] * counts
            if not any(ties[i]) or whole == 0 or (form == "mean success" and below == 0):
                continue
            divisor = {"sum": 1.0, "mean success": below}.get(form, whole)
            out[i, t] = top / divisor
    return out


@pytest.mark.parametrize("form", ["share", "sum", "attribute share", "mean success"])
@pytest.mark.parametrize("monotone", [True, False])
@pytest.mark.parametrize(("decay", "cumulative"), [(None, True), (0.3, True), (None, False)])
def test_the_operator_is_its_formula_on_random_cases(form, monotone, decay, cumulative):
    rng = np.random.default_rng(len(form) + monotone)
    for lag in (0, 1, 3):
        ties = rng.random((9, 9)) * (rng.random((9, 9)) < 0.35)
        np.fill_diagonal(ties, 0)
        ties[2] = 0
        adopted = rng.random((9, 6)) < 0.3
        if monotone:
            adopted = np.maximum.accumulate(adopted, axis=1)
        for columns in (1, 6):
            success = rng.random((9, columns)) if form != "share" else None
            if form == "mean success":
                success[4] = nan
            named = Layer(name="any", units=tuple("abcdefghi"), weights=ties)
            words = {"form": form, "success": success, "lag": lag, "decay": decay, "cumulative": cumulative}
            found = exposure(named, adopted, **words)
            expected = one_at_a_time(ties, adopted, **words)
            np.testing.assert_allclose(found.values, expected, rtol=1e-12, atol=1e-14)
            assert found.isolates[2, ...].reshape(-1)[-6 + lag :].all()


def test_an_isolate_is_missing_and_flagged_never_zero():
    ties = TIES.copy()
    ties[1] = 0
    for form in ("share", "sum", "mean success", "attribute share"):
        found = exposure(layer(ties), ADOPTED, form=form, success=SUCCESS)
        assert np.isnan(found.values[1]).all()
        assert found.isolates.tolist() == [False, True, False, False]


def test_a_table_of_exposures_names_units_and_periods():
    ties = TIES.copy()
    ties[1] = 0
    found = exposure(layer(ties), ADOPTED).table()
    assert found.columns == ["unit", "period", "exposure", "isolate"]
    assert found.rows()[:3] == [("one", 1, None, False), ("one", 2, 0.5, False), ("one", 3, 1.0, False)]
    assert found.rows()[5] == ("two", 2, None, True)
    shown = repr(exposure(layer(ties), ADOPTED))
    assert shown == "<Exposure advice: share, lag 1, 4 units, 4 periods, 7 of 16 not known>"
    assert exposure(layer(), ADOPTED, periods=[2001, 2002, 2003, 2004]).table()["period"].max() == 2004


def test_unknown_stays_unknown_for_whoever_is_tied_to_it():
    adopted = ADOPTED.astype(float)
    adopted[2, 1] = nan  # whether three had adopted in period 2
    found = exposure(layer(), adopted, lag=0).values
    assert np.isnan(found[:2, 1]).all()
    keep = np.ones_like(SHARE, dtype=bool)
    keep[:2, 1] = False
    np.testing.assert_allclose(found[keep], SHARE[keep])
    part = exposure(layer(), ADOPTED, form="sum", success=[1, 2, nan, 4], lag=0).values
    np.testing.assert_allclose(part[0], [2, nan, nan, nan])  # three counts only once it has adopted


def test_the_future_is_invisible():
    changed = ADOPTED.copy()
    changed[:, 2:] = True
    before, after = (exposure(layer(), seen).values for seen in (ADOPTED, changed))
    np.testing.assert_array_equal(before[:, :3], after[:, :3])
    assert not np.array_equal(before[:, 3], after[:, 3])


def test_renaming_and_reordering_units_changes_nothing():
    order = [2, 0, 3, 1]
    named = Layer(name="advice", units=tuple(f"u{at}" for at in order), weights=TIES[np.ix_(order, order)])
    found = exposure(named, ADOPTED[order]).values
    np.testing.assert_array_equal(found, exposure(layer(), ADOPTED).values[order])


def test_promoters_act_and_are_not_acted_on():
    aid = Layer(name="aid", units=("poor", "rich"), senders=("donor", "bank"), weights=[[0.5, 0.25], [0, 0]])
    wants = np.array([[0.0, 1.0, 1.0], [0.0, 0.5, 0.5]])  # how strongly each promotes the policy
    found = exposure(aid, wants, form="sum")
    np.testing.assert_allclose(found.values, [[nan, 0, 0.625], [nan, nan, nan]])
    assert found.isolates.tolist() == [False, True]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"lag": -1}, "whole number"),
        ({"lag": True}, "whole number"),
        ({"lag": 4}, "needs more than 4 periods"),
        ({"form": "mean"}, "it must be one of"),
        ({"form": "mean success"}, "needs `success`"),
        ({"success": [1, 2]}, "shape"),
        ({"decay": -1}, "not below 0"),
        ({"decay": 1, "cumulative": False}, "nothing decays"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(words, says):
    with pytest.raises(PlanError, match=says):
        exposure(layer(), ADOPTED, **words)


def test_adoptions_are_checked_and_named():
    with pytest.raises(PlanError, match="4 senders"):
        exposure(layer(), ADOPTED[:3])
    with pytest.raises(PlanError, match=r"of object. From a frame of adoptions, make a panel"):
        exposure(layer(), np.array([["a", 2001]], dtype=object))
    with pytest.raises(MethodError, match=r"`three` in period 2 is 3"):
        exposure(layer(), ADOPTED + 2 * (np.arange(16).reshape(4, 4) == 9))
    with pytest.raises(PlanError, match="degrees"):
        exposure(layer(), ADOPTED * 0.5, decay=0.1)
    with pytest.raises(MethodError, match="`two` is infinite"):
        exposure(layer(), ADOPTED, success=[1, math.inf, 1, 1])
    with pytest.raises(PlanError, match="are not in rising order"):
        exposure(layer(known_from="2019"), ADOPTED, periods=[2019, 2018, 2017, 2016])
    with pytest.raises(PlanError, match="the periods are not"):
        exposure(layer(known_from="2019"), ADOPTED, periods=[1, 2, 3, 4])
