"""What a mechanism says of one unit is what the operator says of all; and neighbours bear no name."""

from __future__ import annotations

import math

import numpy as np
import pytest

from diffuscope.errors import PlanError
from diffuscope.mechanisms import mechanisms
from diffuscope.ties import Layer, exposure
from diffuscope.ties.one_unit import disagreement

every_mechanism = pytest.mark.parametrize("mechanism", mechanisms().values(), ids=lambda found: found.name)
UNITS = tuple("abcdefgh")


def by_one_unit(mechanism, ties, state, success):
    """A unit and a period at a time, from mappings."""
    values = np.full(state.shape, math.nan)
    results = {
        unit: None if math.isnan(result) else result for unit, result in zip(UNITS, success, strict=True)
    }
    for row in range(len(UNITS)):
        own = {UNITS[at]: float(ties[row, at]) for at in np.flatnonzero(ties[row])}
        for period in range(1, state.shape[1]):
            seen = [None if math.isnan(value) else float(value) for value in state[:, period - 1]]
            found = mechanism.exposure(own, dict(zip(UNITS, seen, strict=True)), results)
            values[row, period] = math.nan if found is None else found
    return values


@every_mechanism
@pytest.mark.parametrize("seed", range(5))
def test_the_plain_form_and_the_sparse_operator_agree(mechanism, seed):
    rng = np.random.default_rng(seed)
    ties = rng.random((8, 8)) * (rng.random((8, 8)) < 0.4)
    np.fill_diagonal(ties, 0)
    ties[3] = 0
    degrees = rng.random((8, 5)) if mechanism.acts == "preference" else rng.random((8, 5)) < 0.4
    state = degrees.astype(float)
    if seed % 2:
        state[5, 2:] = math.nan  # not known from then on
    success = rng.normal(size=8)
    success[1] = math.nan
    words = {"success": success} if mechanism.form == "mean success" else {}
    layer = Layer(name="any", units=UNITS, weights=ties)
    found = exposure(layer, state, form=mechanism.form, **words).values
    expected = by_one_unit(mechanism, ties, state, success)
    assert np.isfinite(expected[:, 1:]).any()
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@every_mechanism
def test_a_bare_neighbour_share_never_bears_its_name(mechanism):
    for name in ("distance", "contiguity", "nearest-3", "land-border", "everybody", "shared-region"):
        near = Layer(name=name, units=("a", "b"), weights=[[0, 1], [1, 0]])
        with pytest.raises(PlanError, match="mechanism not identified"):
            mechanism.refuse_bare(near)
    renamed = Layer(
        name=mechanism.layers[0], units=("a", "b"), weights=[[0, 1], [1, 0]], derived_from=("units.lat",)
    )
    with pytest.raises(PlanError, match=f"cannot be called {mechanism.name}"):
        mechanism.refuse_bare(renamed)


@every_mechanism
def test_it_is_borne_by_its_own_ties_and_by_no_rival_s(mechanism):
    for name in (mechanism.layers[0], f"{mechanism.layers[0]}-of-1990"):
        mechanism.refuse_bare(Layer(name=name, units=("a", "b"), weights=[[0, 1], [1, 0]]))
    for rival in mechanism.rivals:
        other = mechanisms()[rival].layers[0]
        with pytest.raises(PlanError, match=f"can carry {mechanism.name}"):
            mechanism.refuse_bare(Layer(name=other, units=("a", "b"), weights=[[0, 1], [1, 0]]))


@every_mechanism
def test_the_probe_finds_no_fault_in_those_of_the_package(mechanism):
    mechanism.refuse_disagreement()


def a_share_without_its_denominator(ties, adopted, _success):
    if not ties or any(adopted[sender] is None for sender in ties):
        return None
    return sum(tie for sender, tie in ties.items() if adopted[sender])


def unknown_as_zero(ties, adopted, _success):
    return sum(tie for one, tie in ties.items() if adopted[one]) / sum(ties.values()) if ties else None


def success_of_all(ties, adopted, success):
    known = [(tie, success[one]) for one, tie in ties.items() if success[one] is not None]
    return sum(tie * own for tie, own in known) / sum(tie for tie, _ in known) if known else None


def broken(ties, adopted, success):
    return ties["nobody"]


@pytest.mark.parametrize(
    ("one_unit", "form", "says"),
    [
        (a_share_without_its_denominator, "share", "on a made network it gives"),
        (unknown_as_zero, "share", "the form nothing"),
        (success_of_all, "mean success", "on a made network"),
        (broken, "share", "KeyError"),
    ],
)
def test_the_probe_finds_what_is_not_its_form(one_unit, form, says):
    assert says in disagreement(one_unit, form)


def test_a_sum_is_found_to_be_a_sum():
    assert disagreement(a_share_without_its_denominator, "sum") is None


def test_an_exposure_of_its_own_is_called():
    def most(ties, adopted, _success):
        return max(tie for one, tie in ties.items() if adopted[one]) if any(map(adopted.get, ties)) else 0.0

    layer = Layer(name="any", units=("a", "b", "c"), weights=[[0, 2, 5], [0, 0, 0], [1, 0, 0]])
    found = exposure(layer, [[0, 0, 1], [0, 1, 1], [0, 0, 1]], form=most)
    assert found.form == "own"
    np.testing.assert_array_equal(
        found.values, [[math.nan, 0, 2], [math.nan, math.nan, math.nan], [math.nan, 0, 0]]
    )
    assert found.isolates.tolist() == [False, True, False]
