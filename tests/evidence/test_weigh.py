"""Weights of single traces, against published values and hand-worked ones."""

from __future__ import annotations

import numpy as np
import pytest

from diffuscope.errors import MethodError
from diffuscope.evidence.weigh import kinds_of_test, weigh, weight_if_absent, weight_if_found


@pytest.mark.parametrize(
    ("ratio", "weight"), [(1.5, 1.761), (2, 3.010), (3, 4.771), (4, 6.021), (30, 14.771)]
)
def test_weights_of_seen_traces(ratio, weight):
    assert float(weight_if_found(np.float64(0.9), np.float64(0.9 / ratio))) == pytest.approx(weight, abs=5e-4)


@pytest.mark.parametrize(("searched", "weight"), [(0, 0), (0.5, -1.996), (0.75, -3.641), (1, -6.532)])
def test_absence_weighs_as_much_as_was_searched(searched, weight):
    found = weight_if_absent(np.float64(0.8), np.float64(0.1), np.float64(searched))
    assert float(found) == pytest.approx(weight, abs=5e-4)


def test_no_clue_weighs_more_than_twenty_decibans():
    extremes = np.array([0.01, 0.99])
    strongest = np.concatenate(
        [weight_if_found(extremes, extremes[::-1]), weight_if_absent(extremes, extremes[::-1], np.ones(2))]
    )
    assert np.abs(strongest).max() == pytest.approx(10 * np.log10(99))
    assert np.abs(strongest).max() < 20


@pytest.mark.parametrize(
    ("true", "false", "name"),
    [
        (0.60, 0.50, "straw in the wind"),
        (0.95, 0.70, "hoop"),
        (0.99, 0.95, "hoop"),  # exactly 1/5 if absent
        (0.30, 0.05, "smoking gun"),
        (0.50, 0.10, "smoking gun"),  # exactly 5 if weight_if_found
        (0.95, 0.05, "doubly decisive"),
        # likelier without the mechanism: the test is the absence, and the mechanism fails it
        (0.05, 0.30, "hoop"),
        (0.70, 0.95, "smoking gun"),
        (0.05, 0.95, "doubly decisive"),
        (0.40, 0.60, "straw in the wind"),
    ],
)
def test_names_of_tests_follow_from_the_chances(true, false, name):
    assert kinds_of_test(np.array([true]), np.array([false])).tolist() == [name]


@pytest.mark.parametrize(
    ("band", "weight"), [("none", 0), ("weak", 3), ("moderate", 6), ("strong", 10), ("very strong", 20)]
)
@pytest.mark.parametrize(("direction", "sign"), [("for", 1), ("against", -1)])
def test_bands_weigh_by_direction_and_are_not_classified(coded, band, weight, direction, sign):
    found = weigh(coded({"id": "L1", "criterion": "L-a", "band": band, "direction": direction}))
    assert found["decibans"].to_list() == [sign * weight]
    assert found["test"].to_list() == [None]


def test_a_search_that_never_was_is_no_observation(coded):
    absent = {"criterion": "L-b", "direction": "absent", "chances": ".8/.1"}
    found = weigh(coded({"id": "L1", "searched": 0.0, **absent}, {"id": "L2", "searched": 0.1, **absent}))
    assert found["looked"].to_list() == [False, True]
    assert found["decibans"][0] == 0


def test_an_absence_can_speak_for_a_mechanism(coded):
    row = {"id": "L1", "criterion": "L-b", "direction": "absent", "chances": ".1/.8", "searched": 1.0}
    assert weigh(coded(row))["decibans"][0] == pytest.approx(6.532, abs=5e-4)


def test_a_passage_without_weight_is_refused(coded):
    with pytest.raises(MethodError, match="has no weight"):
        weigh(coded({"id": "L1", "criterion": "L-a"}))
