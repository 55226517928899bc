"""Thresholds, infectiousness and susceptibility: published examples, work by hand, and netdiffuseR."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from medical_innovation import doctors, needs_reference, nominations, peer

from diffuscope.descriptives import diffusion_network, infectiousness, susceptibility, thresholds
from diffuscope.errors import PlanError
from diffuscope.ties import Layer


def toa(*times):
    return pl.DataFrame({"unit": [str(at + 1) for at in range(len(times))], "time": list(times)})


def looks(*pairs):
    """Ties from who looks to whom it looks at, as netdiffuseR writes them."""
    return pl.DataFrame({"receiver": [str(i) for i, _ in pairs], "sender": [str(j) for _, j in pairs]})


OF_FIVE = (toa(1, 4, 1, 2, 3), looks((5, 1), (5, 2), (5, 3), (5, 4)))
STAR = (toa(2, 1, 3, 4, 4), looks((2, 1), (3, 1), (4, 1), (5, 1)))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"window": 1}, 1 / 3),
        ({"window": 2}, 1 / 2),
        ({"window": 2, "discount": "exponential", "rate": 0.1}, (1 + 2 / 1.1) / (3 + 2 / 1.1)),
    ],
)
def test_susceptibility_of_five(options, expected):
    assert susceptibility(diffusion_network(*OF_FIVE), **options).values[4] == pytest.approx(
        expected, rel=1e-12
    )


@pytest.mark.parametrize(("window", "expected"), [(1, 1 / 3), (2, 1 / 2)])
def test_infectiousness_of_a_star(window, expected):
    assert infectiousness(diffusion_network(*STAR), window=window).values[0] == pytest.approx(
        expected, rel=1e-12
    )


def test_the_example_of_valente_and_others():
    laws = toa(1, 2, 5, 5, 3, 4, 5, 5)
    ties = looks((5, 1), (5, 2), (5, 3), (5, 4), (6, 5), (7, 5), (8, 5))
    np.testing.assert_allclose(
        infectiousness(diffusion_network(laws, ties)).values, [0, 1, 0, 0, 1 / 3, 0, 0, 0]
    )
    np.testing.assert_allclose(
        susceptibility(diffusion_network(laws, ties)).values, [0, 0, 0, 0, 1 / 2, 1, 0, 0]
    )


PEERS = [
    ("infection", infectiousness, {"normalized": True}),
    ("infection_raw", infectiousness, {}),
    ("infection_K3_r0.5", infectiousness, {"normalized": True, "window": 3}),
    ("infection_K3_expdisc", infectiousness, {"normalized": True, "window": 3, "discount": "exponential"}),
    ("susceptibility", susceptibility, {"normalized": True}),
    ("susceptibility_raw", susceptibility, {}),
]


@needs_reference
@pytest.mark.parametrize(("column", "measure", "options"), PEERS, ids=[name for name, _, _ in PEERS])
def test_they_are_those_of_netdiffuser_where_everybody_adopts(column, measure, options):
    found = measure(diffusion_network(doctors(), nominations()), **options)
    np.testing.assert_allclose(found.values, peer("nodes")[column], rtol=1e-12, atol=1e-14)


@needs_reference
def test_thresholds_are_those_of_netdiffuser_where_units_have_ties():
    for lag, column in ((0, "threshold"), (1, "threshold_lag1")):
        found = thresholds(
            diffusion_network(doctors(), nominations()), lag=lag, weighted=False, keep_first=True
        )
        theirs = peer("nodes")[column].to_numpy()
        tied = np.array([why is None for why in found.why])
        seen = tied & (doctors()["time"].to_numpy() > lag)
        np.testing.assert_allclose(found.values[seen], theirs[seen], rtol=1e-12)
        assert (~tied).sum() == 11
    same = thresholds(diffusion_network(doctors(), nominations()), lag=0, weighted=False, keep_first=True)
    assert (same.known, same.mean) == (114, pytest.approx(0.6206140350877193, rel=1e-12))


# Where netdiffuseR departs from its own formulas, and is not followed


def test_never_adopters_are_nobodys_example():
    """netdiffuseR counts them among the earlier adopters: 1/3 here."""
    laws, ties = toa(1, None, None, 2), looks((4, 1), (4, 2), (4, 3))
    assert susceptibility(diffusion_network(laws, ties)).values[3] == 1


def test_infectiousness_rests_on_the_ties_of_the_period_before():
    """netdiffuseR takes those of the period after: 0 and 1 here."""
    tie, none = Layer(name="t", units=("1", "2"), weights=[[0, 0], [1, 0]]).weights, np.zeros((2, 2))
    laws = toa(1, 2)
    early = Layer(name="early", units=("1", "2"), weights=(("1", tie), ("2", none)))
    late = Layer(name="late", units=("1", "2"), weights=(("1", none), ("2", tie)))
    assert infectiousness(diffusion_network(laws, early)).values[0] == 1
    assert infectiousness(diffusion_network(laws, late)).values[0] == 0
    assert susceptibility(diffusion_network(laws, late)).values[1] == 1, (
        "who follows looks in the period itself"
    )


def test_first_adopters_have_no_threshold_unless_asked_for():
    """netdiffuseR's manual says so too; its code keeps them."""
    laws, ties = toa(1, 1, 2), looks((1, 2), (2, 1), (3, 1), (3, 2))
    assert np.isnan(thresholds(diffusion_network(laws, ties), lag=0).values[:2]).all()
    assert "first period" in thresholds(diffusion_network(laws, ties)).why[0]
    assert thresholds(diffusion_network(laws, ties), lag=0, keep_first=True).values.tolist() == [1, 1, 1]


def test_isolates_have_no_threshold():
    """netdiffuseR says 0."""
    found = thresholds(diffusion_network(toa(1, 2, 3), looks((2, 1))))
    assert found.table()["why"].to_list()[2] == "has no ties to anybody"
    assert found.table()["threshold"].to_list() == [None, 1.0, None]


def test_a_unit_looks_before_it_acts():
    """netdiffuseR looks in the same period by default, so that units that adopt together expose each "
    "other."""
    laws, ties = toa(1, 2, 2), looks((2, 3), (2, 1), (3, 2))
    assert thresholds(diffusion_network(laws, ties)).values[1:].tolist() == [0.5, 0.0]
    together = thresholds(diffusion_network(laws, ties), lag=0)
    assert together.values[1:].tolist() == [1.0, 1.0]
    assert any("lag 0" in note for note in together.notes)


# By hand


def test_weights_count_where_asked():
    laws = toa(1, 2, 3, 4)
    ties = looks((3, 1), (3, 4), (4, 2), (4, 3)).with_columns(weight=pl.Series([3.0, 1.0, 1.0, 4.0]))
    assert thresholds(diffusion_network(laws, ties)).values[2] == 0.75
    assert thresholds(diffusion_network(laws, ties), weighted=False).values[2] == 0.5
    assert susceptibility(diffusion_network(laws, ties), weighted=True).values[3] == pytest.approx(4 / 5)
    assert susceptibility(diffusion_network(laws, ties)).values[3] == pytest.approx(1 / 2)


def plain(laws, ties, window, weights, which):
    """The formulas of the docstring, loop by loop."""
    units, times = laws["unit"].to_list(), laws["time"].to_list()
    when = dict(zip(units, times, strict=True))
    pairs = set(zip(ties["receiver"], ties["sender"], strict=True))
    found = []
    for i in units:
        if when[i] is None:
            found.append(np.nan)
            continue
        top = below = 0.0
        for k in range(1, window + 1):
            for j in units:
                if when[j] is None or j == i:
                    continue
                if which == "I" and (j, i) in pairs:
                    top += (when[j] == when[i] + k) / weights[k - 1]
                    below += (when[j] >= when[i] + k) / weights[k - 1]
                if which == "S" and (i, j) in pairs:
                    top += (when[j] == when[i] - k) / weights[k - 1]
                    below += (when[j] <= when[i] - k) / weights[k - 1]
        found.append(top / below if below else 0.0)
    return found


@pytest.mark.parametrize("seed", range(3))
def test_they_are_what_the_formulas_say(seed):
    rng = np.random.default_rng(seed)
    times = [
        None if chance < 0.2 else int(at)
        for chance, at in zip(rng.random(25), rng.integers(1, 9, 25), strict=True)
    ]
    laws = toa(*times)
    pairs = {(int(i), int(j)) for i, j in rng.integers(1, 26, size=(120, 2)) if i != j}
    ties = looks(*sorted(pairs))
    for window in (1, 3):
        weights = [1.5**k for k in range(window)]
        options = {"window": window, "discount": "exponential"}
        np.testing.assert_allclose(
            infectiousness(diffusion_network(laws, ties), **options).values,
            plain(laws, ties, window, weights, "I"),
            rtol=1e-12,
        )
        np.testing.assert_allclose(
            susceptibility(diffusion_network(laws, ties), **options).values,
            plain(laws, ties, window, weights, "S"),
            rtol=1e-12,
        )


def test_normalised_by_how_many_adopt_around():
    laws, ties = STAR
    # of those who look to 1, one adopts a period later, as one of all; then two, as two of all
    assert infectiousness(diffusion_network(laws, ties), normalized=True).values[0] == pytest.approx(1 / 3)
    assert infectiousness(diffusion_network(laws, ties), window=2, normalized=True).values[
        0
    ] == pytest.approx(1 / 2 / (1 + 2 / 2))


def test_results_show_themselves_in_a_line():
    assert repr(thresholds(diffusion_network(*OF_FIVE))) == "<threshold of 1 of 5 units, mean 0.75>"
    held = repr(diffusion_network(*OF_FIVE))
    assert held.startswith("<DiffusionNetwork: ")
    assert len(held) < 150
    assert repr(thresholds(diffusion_network(toa(1, None), looks((2, 1))))) == "<threshold of 0 of 2 units>"


def test_names_are_only_names():
    rename = {str(at): f"city {9 - at}" for at in range(1, 6)}
    laws, ties = (
        frame.with_columns(pl.col(*(set(frame.columns) - {"time"})).replace(rename)) for frame in OF_FIVE
    )
    for measure in (susceptibility, infectiousness, thresholds):
        found, same = (measure(diffusion_network(*each)) for each in ((laws, ties), OF_FIVE))
        np.testing.assert_array_equal(found.values, same.values)


def test_ties_that_change_hold_from_their_date_on():
    one, other = (
        Layer(name="t", units=("1", "2", "3"), weights=w).weights
        for w in ([[0] * 3, [0] * 3, [1, 0, 0]], [[0] * 3, [0] * 3, [0, 1, 0]])
    )
    layer = Layer(name="t", units=("1", "2", "3"), weights=(("2001", one), ("2004", other)))
    laws = pl.DataFrame({"unit": ["1", "2", "3"], "time": [2001, 2009, 2003]})
    assert thresholds(diffusion_network(laws, layer)).values[2] == 1
    later = laws.with_columns(time=pl.Series([2001, 2009, 2006]))
    assert thresholds(diffusion_network(later, layer)).values[2] == 0
    unknown = Layer(name="t", units=("1", "2", "3"), weights=one, known_from="2008")
    assert thresholds(diffusion_network(laws, unknown)).why[2] == "adopted before the ties were known"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"window": 0}, "window"),
        ({"discount": "none"}, "discount"),
        ({"rate": -1.0}, "rate"),
        ({"window": True}, "window"),
    ],
)
def test_options_that_make_no_sense_are_refused(options, words):
    with pytest.raises(PlanError, match=words):
        susceptibility(diffusion_network(*OF_FIVE), **options)


def test_ties_of_somebody_unknown_are_refused():
    with pytest.raises(PlanError, match=r"1 unit in the ties \(`6`\)"):
        thresholds(diffusion_network(OF_FIVE[0], looks((1, 6))))
    with pytest.raises(PlanError, match="lag"):
        thresholds(diffusion_network(*OF_FIVE), lag=-1)
