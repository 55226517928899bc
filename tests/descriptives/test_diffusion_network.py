"""Diffusion network: one place turns adoptions and ties into periods and matrices."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from diffuscope.descriptives.diffusion_network import Snapshot, diffusion_network
from diffuscope.descriptives.options import one_of, seeded, whole_number
from diffuscope.errors import PlanError
from diffuscope.ties import Layer, layer_from_frame

LAWS = pl.DataFrame({"unit": ["a", "b", "c", "d"], "time": [2001, 2003, 2004, None]})
TIES = pl.DataFrame({"sender": ["a", "b"], "receiver": ["c", "c"], "weight": [1.0, 3.0]})


def changing(units=("a", "b", "c", "d")):
    """Ties from 2000 on, others from 2003 on."""
    none = np.zeros((len(units), len(units)))
    first, later = none.copy(), none.copy()
    first[units.index("b"), units.index("a")] = 1
    later[units.index("c"), units.index("b")] = 2
    return Layer(name="seen", units=units, weights=(("2000", first), ("2003", later)))


def test_periods_count_from_the_first_adoption():
    times = diffusion_network(LAWS, TIES).times
    assert times.units == ("a", "b", "c", "d")
    assert times.toa.tolist() == [1, 3, 4, 0]
    assert (times.last, times.names(times.toa)) == (4, [2001, 2003, 2004, None])
    assert diffusion_network(LAWS, TIES, censor=2003).times.toa.tolist() == [1, 3, 0, 0]


def test_ties_that_do_not_change_are_one_snapshot_of_all_periods():
    [snapshot] = diffusion_network(LAWS, TIES).snapshots
    assert snapshot.receivers.tolist() == [2, 2]
    assert snapshot.senders.tolist() == [0, 1]
    assert snapshot.weights(True).tolist() == [1.0, 3.0]
    assert snapshot.weights(False).tolist() == [1.0, 1.0]
    assert snapshot.within(4)[:2] == (1, 4)


def test_ties_that_change_hold_from_the_period_of_their_date_to_the_next():
    network = diffusion_network(LAWS, changing())
    # known from 2000 on, which is before the first period, and replaced from the third period (2003) on
    assert [one[:2] for one in network.watched_snapshots()] == [(1, 2), (3, 4)]
    before, after = network.watched_snapshots()
    assert (before.receivers.tolist(), before.senders.tolist()) == ([1], [0])
    assert (after.receivers.tolist(), after.senders.tolist()) == ([2], [1])
    assert [one[:2] for one in diffusion_network(LAWS, changing(), censor=2002).watched_snapshots()] == [
        (1, 2)
    ]


def test_a_snapshot_outside_of_what_is_watched_is_none():
    none = changing().snapshots[0][1]
    assert Snapshot(5, 9, none).within(4) is None
    assert Snapshot(-3, 0, none).within(4) is None
    assert Snapshot(-3, 2, none).within(4)[:2] == (1, 2)


@pytest.mark.parametrize("ties", [changing(("d", "c", "b", "a")), layer_from_frame(TIES)])
def test_a_layer_in_another_order_or_of_fewer_units_is_put_into_that_of_the_adoptions(ties):
    network = diffusion_network(LAWS, ties)
    assert network.layer.units == network.layer.senders == network.times.units


def test_ties_of_units_without_an_adoption_row_are_refused():
    strange = pl.DataFrame({"sender": ["a"], "receiver": ["x"]})
    for ties in (strange, layer_from_frame(strange)):
        with pytest.raises(PlanError, match=r"1 unit in the ties \(`x`\)"):
            diffusion_network(LAWS, ties)


def test_a_statistic_of_units_carries_what_was_noted_of_adoptions_and_ties():
    network = diffusion_network(LAWS, layer_from_frame(TIES).noted(["1 tie was left out"]), censor=2003)
    found = network.unit_statistic("s", np.zeros(4), [None] * 4, ["beside"])
    assert found.adopted == (2001, 2003, None, None)
    assert found.notes[1:] == ("1 tie was left out", "beside")
    assert "1 unit adopted after the last period" in found.notes[0]


@pytest.mark.parametrize("value", [0, -1, 1.0, True, "2", None])
def test_whole_numbers(value):
    with pytest.raises(PlanError, match=r"lag is .*; it must be a whole number of at least 1\."):
        whole_number("lag", value, 1)
    assert whole_number("lag", np.int64(3), 1) == 3


def test_choices_and_seeds():
    one_of("over", "last", ("mean", "first", "last"))
    with pytest.raises(PlanError, match=r"over is 'all'; it must be 'mean', 'first' or 'last'\."):
        one_of("over", "all", ("mean", "first", "last"))
    with pytest.raises(PlanError, match="seed"):
        seeded(1.5, "x")
    assert seeded(1, "x").random() == seeded(1, "x").random() != seeded(1, "y").random()
