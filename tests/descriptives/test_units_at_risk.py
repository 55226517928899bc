"""Who could adopt: units named beside the adoptions, islands, and layers in which every path is one step."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from diffuscope import MethodError, PlanError, adoption_rates, diffusion_network, layer_from_frame, moran
from diffuscope.ties.similarity import similarity
from diffuscope.ties.structural_equivalence import structural_equivalence

LAWS = pl.DataFrame({"unit": ["a", "b", "c"], "time": [2000, 2001, 2002]})


def test_units_without_a_row_count_as_never_adopting():
    found = adoption_rates(LAWS, units=["a", "b", "c", "d", "e"])
    assert found.hazard.tolist() == pytest.approx([0, 1 / 4, 1 / 3])
    assert found.share.tolist() == pytest.approx([1 / 5, 2 / 5, 3 / 5])
    assert found.notes == ()
    network = diffusion_network(LAWS, pl.DataFrame({"sender": ["a"], "receiver": ["d"]}), units=list("abcd"))
    assert network.times.toa.tolist() == [1, 2, 3, 0]


def test_where_all_adopted_others_may_be_missing():
    found = adoption_rates(LAWS)
    assert found.notes == ("3 of 3 units adopted: if some never did, name all in `units`",)
    never = pl.concat([LAWS, pl.DataFrame({"unit": ["d"], "time": [None]}, schema=LAWS.schema)])
    assert adoption_rates(never).notes == ()
    with pytest.raises(PlanError, match="`c` is in the adoptions, but not among the units"):
        adoption_rates(LAWS, units=["a", "b"])


def test_islands_are_left_out_of_moran_and_named():
    """A path of four, values 1 to 4: I is 1/3, with or without two units that have no tie."""
    ends = {"sender": ["a", "b", "b", "c", "c", "d"], "receiver": ["b", "a", "c", "b", "d", "c"]}
    layer = layer_from_frame(pl.DataFrame(ends), units=["a", "x", "b", "c", "d", "y"])
    found = moran([1.0, 70.0, 2.0, 3.0, 4.0, -9.0], layer, row_normalized=False)
    assert (found.value, found.units, found.islands) == (pytest.approx(1 / 3), 4, ("x", "y"))
    assert (found.expected, found.sd) == (pytest.approx(-1 / 3), pytest.approx(0.4216370, abs=5e-8))
    kept = moran([1.0, 70.0, 2.0, 3.0, 4.0, -9.0], layer, row_normalized=False, keep_islands=True)
    assert (kept.units, kept.expected, kept.islands) == (6, pytest.approx(-1 / 5), ())


def test_positions_where_every_path_is_one_step():
    """1 and 4 both name 2 and 3: two pairs in one position each, which stand apart."""
    ties = pl.DataFrame({"sender": ["u2", "u3", "u2", "u3"], "receiver": ["u1", "u1", "u4", "u4"]})
    layer = layer_from_frame(ties, units=["u1", "u2", "u3", "u4"])
    found = structural_equivalence(layer).snapshots[0][1].toarray()
    assert found == pytest.approx(np.eye(4)[[3, 2, 1, 0]], abs=1e-12)


@pytest.mark.parametrize("measure", ["cosine", "euclid", "finger-kreinin"])
def test_one_column_does_not_make_units_alike(measure):
    with pytest.raises(MethodError, match="there is one column"):
        similarity([[1.0], [50.0], [3.0]], ["a", "b", "c"], measure=measure)
