"""Who could adopt: units named beside the adoptions, islands, and layers in which every path is one step."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from diffuscope import (
    MethodError,
    PlanError,
    adopter_categories,
    adoption_rates,
    bass,
    diffusion_network,
    innovativeness,
    layer_from_frame,
    moran,
    moran_by_period,
    thresholds,
    thresholds_by_policy,
)
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


def test_units_that_no_tie_names_are_islands():
    ties = pl.DataFrame(
        {"sender": ["a", "b", "b", "c", "c", "d"], "receiver": ["b", "a", "c", "b", "d", "c"]}
    )
    values = pl.DataFrame({"unit": ["a", "x", "b", "c", "d", "y"], "value": [1.0, 70.0, 2.0, 3.0, 4.0, -9.0]})
    found = moran(values, ties, row_normalized=False)
    assert (found.value, found.units, found.islands) == (pytest.approx(1 / 3), 4, ("x", "y"))
    with pytest.raises(PlanError, match="each unit has one value"):
        moran(values.filter(pl.col("unit") != "a"), ties)


def test_positions_where_every_path_is_one_step():
    """1 and 4 both name 2 and 3: two pairs in one position each, which stand apart."""
    ties = pl.DataFrame({"sender": ["u2", "u3", "u2", "u3"], "receiver": ["u1", "u1", "u4", "u4"]})
    layer = layer_from_frame(ties, units=["u1", "u2", "u3", "u4"])
    found = structural_equivalence(layer).snapshots[0][1].toarray()
    assert found == pytest.approx(np.eye(4)[[3, 2, 1, 0]], abs=1e-12)


def test_islands_are_left_out_in_each_period_and_named():
    """The path of four with adopters a and b, beside two units without ties: I is 1/3, as without them."""
    ends = {"sender": ["a", "b", "b", "c", "c", "d"], "receiver": ["b", "a", "c", "b", "d", "c"]}
    laws = pl.DataFrame({"unit": list("abcdxy"), "time": [2001, 2001, None, None, 2001, None]})
    network = diffusion_network(laws, pl.DataFrame(ends))
    found = moran_by_period(network, row_normalized=False).row(0, named=True)
    assert found["islands"] == ["x", "y"]
    assert (found["value"], found["expected"]) == (pytest.approx(1 / 3), pytest.approx(-1 / 3))
    kept = moran_by_period(network, row_normalized=False, keep_islands=True).row(0, named=True)
    assert (kept["islands"], kept["expected"]) == ([], pytest.approx(-1 / 5))


def test_a_unit_with_two_values_is_named_with_its_rows():
    values = pl.DataFrame({"unit": ["a", "b", "a", "c", "d"], "value": [1.0, 2.0, 3.0, 4.0, 5.0]})
    with pytest.raises(PlanError, match="`a` has 2 values, in rows 1 and 3: keep one"):
        moran(values, pl.DataFrame({"sender": ["a", "b", "c"], "receiver": ["b", "c", "d"]}))


def test_the_note_on_missing_units_is_everywhere():
    note = "3 of 3 units adopted: if some never did, name all in `units`"
    many = LAWS.with_columns(policy=pl.lit("p"))
    assert note in adopter_categories(LAWS).notes
    assert note in innovativeness(many).notes
    assert innovativeness(many, units=["a", "b", "c", "d"]).notes == ()
    never = pl.DataFrame({"unit": ["d"], "time": [None], "policy": ["p"]}, schema=many.schema)
    assert innovativeness(pl.concat([many, never])).notes == ()
    times = [at for at in range(1, 8) for _ in range(at)]
    laws = pl.DataFrame({"unit": [f"u{at}" for at in range(28)], "time": times})
    assert any("28 of 28" in note for note in bass(laws).notes)
    assert not any("28 of 28" in note for note in bass(laws, units=[f"u{at}" for at in range(40)]).notes)


def test_thresholds_of_each_policy_are_those_of_its_own_network():
    laws = pl.DataFrame(
        {
            "unit": ["a", "b", "c", "c", "b"],
            "policy": ["x", "x", "x", "y", "y"],
            "time": [2001, 2003, 2004, 2001, 2002],
        }
    )
    ties = pl.DataFrame({"sender": ["a", "b", "a", "c"], "receiver": ["c", "c", "b", "b"]})
    found = thresholds_by_policy(laws, ties)
    # by hand: b looks to a and c, c to a and b; in x, a comes first, in y, c
    assert found.select("policy", "unit", "threshold").rows() == [
        ("x", "a", None), ("x", "b", 0.5), ("x", "c", 1.0),
        ("y", "a", None), ("y", "b", 0.5), ("y", "c", None),
    ]  # fmt: skip
    own = laws.filter(pl.col("policy") == "y")
    alone = thresholds(diffusion_network(own, ties, units=["a", "b", "c"])).table()
    assert found.filter(pl.col("policy") == "y")["why"].to_list() == alone["why"].to_list()
    with pytest.raises(PlanError, match="lack the column `policy`"):
        thresholds_by_policy(LAWS, ties)
    with pytest.raises(PlanError, match="Nothing is known of the adoption"):
        thresholds_by_policy(laws, pl.DataFrame({"sender": ["zz"], "receiver": ["a"]}))


@pytest.mark.parametrize("measure", ["cosine", "euclid", "finger-kreinin"])
def test_one_column_does_not_make_units_alike(measure):
    with pytest.raises(MethodError, match="there is one column"):
        similarity([[1.0], [50.0], [3.0]], ["a", "b", "c"], measure=measure)
