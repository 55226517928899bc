"""What the ties of a case alone say: exposures that stand, and those that are refused, by name."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from histories import exposures, history, refused, studied, ties, told
from spread import case, tables

pytestmark = pytest.mark.usefixtures("without_safeguards")


# What is refused


def test_a_mechanism_without_ties_is_refused_by_name():
    assert refused()["coercion"].startswith(
        "The case has no ties between these units that can carry coercion: "
    )


def test_learning_is_silent_without_outcomes_and_stands_beside_the_plain_share_with_them():
    of = exposures(history(case()))
    assert "completion is not success" in of["learning"].refused
    assert "information" not in of
    source = tables()
    outcomes = source["adoptions"].with_columns(
        value=pl.int_range(pl.len()).cast(pl.Float64) % 7, better=pl.lit("lower")
    )
    of = history(case(outcomes=outcomes.drop("confidence")))
    seen = exposures(of)
    assert (seen["learning"].refused, seen["information"].refused) == (None, None)
    assert seen["learning"].form == "mean success"
    assert seen["learning"].max <= 0  # less is better
    assert of.estimates[0].formula == "adopted ~ emulation + learning + information + global_share"


def test_ties_known_only_after_the_first_adoption_are_refused():
    late = ties([("t001", "t002"), ("t002", "t003")], start=pl.lit("2005"))
    words = history(case(ties=late, layers={"neighbours": ["information"]}))
    assert "after the first adoption" in exposures(words)["information"].refused


def test_ties_dated_one_by_one_count_from_their_date_on():
    late = pl.concat(
        [
            ties([("t001", "t003"), ("t005", "t003"), ("t001", "t005")], start=pl.lit("2003")),
            ties([("t005", "t002"), ("t007", "t004")], start=pl.lit("2006")),
        ]
    )
    result = studied(case(ties=late, layers={"neighbours": ["information"]}))
    near = exposures(result.histories[0])["information"]
    assert near.refused is None
    assert any("after the first adoption" in note for note in near.notes)
    rows = told(result, "panel_q")
    # a tie of 2003 is known when that year is over, and felt a year later
    assert rows.filter(pl.col("time") <= 2003)["information"].drop_nulls().is_empty()
    assert (
        rows.filter(pl.col("unit") == "t002", pl.col("time") <= 2006)["information"].drop_nulls().is_empty()
    )


def test_ties_computed_from_adoptions_are_refused():
    bad = ties([("t001", "t002"), ("t002", "t003")], derived_from=pl.lit("adoptions"))
    words = exposures(history(case(ties=bad, layers={"neighbours": ["information"]})))
    assert "the outcome they should explain" in words["information"].refused


def test_ties_alike_between_all_are_refused():
    names = [f"t{at:03}" for at in range(12)]
    even = ties([(one, other) for one in names for other in names if one != other])
    words = exposures(history(case(towns=12, ties=even, layers={"neighbours": ["information"]})))
    assert "all units are tied to all others equally" in words["information"].refused


def test_rivals_that_are_everybody_are_no_competition():
    rng = np.random.default_rng(1)
    names = [f"t{at:03}" for at in range(60)]
    rows = [(one, other) for one in names for other in names if one != other]
    weights = pl.Series("weight", 1 + 0.01 * rng.random(len(rows)))
    near = ties(rows, layer="similarity").with_columns(weights)
    words = exposures(history(case(towns=60, ties=near)))
    assert "cannot be called competition" in words["competition"].refused


def test_a_sender_of_whom_nothing_is_known_is_left_out_and_named():
    source = tables()
    actors = pl.concat(
        [
            source["units"],
            pl.DataFrame(
                {"unit": ["x", "p"], "name": ["X", "P"], "kind": "state", "role": ["source", "promoter"]}
            ),
        ]
    )
    more = pl.concat([source["ties"], ties([("x", "t001"), ("p", "t002")]).select(source["ties"].columns)])
    asked = {"layers": {"neighbours": ["information"]}}
    plain = history(case(**asked))
    of = history(case(units=actors, ties=more, **asked))
    near = exposures(of)["information"]
    assert near.refused is None
    assert any("`x`" in note for note in near.notes)
    assert near.mean == pytest.approx(exposures(plain)["information"].mean)


def test_promoters_push_where_wanting_counts():
    source = tables()
    actors = pl.concat(
        [
            source["units"],
            pl.DataFrame({"unit": ["bank"], "name": ["B"], "kind": "bank", "role": ["promoter"]}),
        ]
    )
    owing = ties([("bank", "t001"), ("bank", "t002")], layer="dependence").with_columns(
        weight=pl.Series([0.2, 0.7])
    )
    of = exposures(history(case(units=actors, ties=owing)))["coercion"]
    assert (of.refused, of.min, of.max, of.form) == (None, 0.2, 0.7, "sum")
