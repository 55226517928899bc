"""Weights of ties in dyads: whose, of when, and where nothing is known."""

from __future__ import annotations

import polars as pl

from diffuscope.panel import add_exposure, dyad_period, person_period
from diffuscope.panel.dyad_ties import tie_weights

LAWS = pl.DataFrame(
    {"unit": ["a", "b", "c", "d"], "time": [2001, 2002, None, None]},
    schema_overrides={"time": pl.Int64},
)
ROWS = ["receiver", "sender", "period"]


def weights(ties: pl.DataFrame) -> list[tuple]:
    panel = add_exposure(person_period(LAWS, censor=2003), ties, name="advice")
    dyads = dyad_period(panel).table()
    (exposure,) = panel.history.exposures
    return [
        (*row, weight)
        for row, weight in zip(
            dyads.select(ROWS).iter_rows(), tie_weights(dyads, panel.history, exposure), strict=True
        )
    ]


def test_the_weight_is_that_of_the_sender_on_the_receiver_and_0_where_they_have_no_tie():
    ties = pl.DataFrame({"sender": ["a", "b", "a"], "receiver": ["b", "c", "c"], "weight": [2.0, 3.0, 0.5]})
    known = {row[:2]: row[3] for row in weights(ties) if row[0] != "d"}
    assert known == {("b", "a"): 2.0, ("c", "a"): 0.5, ("c", "b"): 3.0}
    # the tie runs one way: nothing is said of b acting on a, and d acts on nobody
    ties = pl.DataFrame({"sender": ["d", "b"], "receiver": ["b", "c"], "weight": [1.0, 1.0]})
    known = {row[:2]: row[3] for row in weights(ties) if row[0] != "d"}
    assert known == {("b", "a"): 0.0, ("c", "a"): 0.0, ("c", "b"): 1.0}


def test_of_a_receiver_without_any_tie_nothing_is_known():
    ties = pl.DataFrame({"sender": ["a", "b"], "receiver": ["b", "c"], "weight": [1.0, 1.0]})
    assert {row[3] for row in weights(ties) if row[0] == "d"} == {None}


def test_ties_are_those_of_the_period_that_the_receiver_could_see():
    dated = pl.DataFrame(
        {
            "sender": ["a", "b", "d"],
            "receiver": ["c", "c", "b"],
            "weight": [1.0, 5.0, 1.0],
            "start": ["2000", "2002", "2000"],
            "end": ["2001", None, None],
        }
    )
    own = {row[1:3]: row[3] for row in weights(dated) if row[0] == "c"}
    # in 2002 c saw the ties of 2001, in 2003 those of 2002, when that to a was over
    assert own == {("a", 2002): 1.0, ("a", 2003): 0.0, ("b", 2003): 5.0}
