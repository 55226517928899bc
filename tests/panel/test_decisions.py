"""Joint decisions: what was decided together never exposes each other, by hand."""

from __future__ import annotations

import polars as pl
import pytest

from diffuscope import add_exposure, dyad_period, event_history
from diffuscope.panel import chronology, impute_dates, person_period
from diffuscope.records import Analysis

COLUMNS = ("unit", "time", "time_latest", "decision")
# b, c and d carry out one directive in 2002, 2004 and 2005; a, e and f decide alone, g never does
ROWS = [
    ("a", 2001, None, None),
    ("b", 2002, None, "directive"),
    ("c", 2004, None, "directive"),
    ("d", 2005, None, "directive"),
    ("e", 2003, None, None),
    ("f", 2006, None, None),
    ("g", None, None, None),
]
TIES = pl.DataFrame(
    [
        ("b", "c"),
        ("e", "c"),
        ("c", "d"),
        ("a", "d"),
        ("b", "f"),
        ("c", "f"),
        ("d", "f"),
        ("b", "g"),
        ("a", "g"),
    ],
    schema=["sender", "receiver"],
    orient="row",
).with_columns(weight=pl.lit(1.0))


def frame(*rows, columns=COLUMNS) -> pl.DataFrame:
    return pl.DataFrame(
        list(rows),
        schema=dict.fromkeys(columns[:1], pl.String)
        | dict.fromkeys(columns[1:3], pl.Int64)
        | {"decision": pl.String},
        orient="row",
    )


def seen(panel, unit: str) -> dict[int, float]:
    return dict(panel.table().filter(pl.col("unit") == unit).select("time", "near").iter_rows())


def test_who_decided_together_never_exposes_each_other():
    panel = add_exposure(person_period(frame(*ROWS), censor=2006), TIES, name="near")
    # c is tied to b (directive, 2002) and e (2003): only e counts, from 2004 on
    assert seen(panel, "c") == {2002: 0.0, 2003: 0.0, 2004: 0.5}
    # d is tied to c (directive, 2004) and a (2001): a counts, c never
    assert seen(panel, "d") == {2002: 0.5, 2003: 0.5, 2004: 0.5, 2005: 0.5}
    # f decides alone and sees all three as they come: 2002, 2004, 2005
    assert seen(panel, "f") == {2002: 0.0, 2003: 1 / 3, 2004: 1 / 3, 2005: 2 / 3, 2006: 1.0}
    assert seen(panel, "g") == {2002: 0.5, 2003: 1.0, 2004: 1.0, 2005: 1.0, 2006: 1.0}
    apart = add_exposure(person_period(frame(*ROWS).drop("decision"), censor=2006), TIES, name="near")
    assert seen(apart, "c")[2004] == 1.0
    assert seen(apart, "d")[2005] == 1.0


def test_at_no_lag_those_of_one_date_do_not_expose_each_other_either():
    rows = [
        ("a", 2001, None, None),
        ("b", 2003, None, "law"),
        ("c", 2003, None, "law"),
        ("g", None, None, None),
    ]
    ties = pl.DataFrame({"sender": ["b", "b"], "receiver": ["c", "g"], "weight": 1.0})
    panel = add_exposure(person_period(frame(*rows), censor=2004), ties, name="near", lag=0)
    assert seen(panel, "c") == {2002: 0.0, 2003: 0.0}
    assert seen(panel, "g") == {2002: 0.0, 2003: 1.0, 2004: 1.0}


def test_units_exchanged_still_do_not_see_those_they_decided_with():
    panel = add_exposure(person_period(frame(*ROWS), censor=2006), TIES, name="near")
    spec = panel.history.exposures[0]
    whole = spec.inputs(panel.table(), panel.history)
    units = list(whole.layer.units)
    order = [units.index(name) for name in units]
    # c and g exchange their ties: c then hears b and a, of whom b decided with it
    order[units.index("c")], order[units.index("g")] = units.index("g"), units.index("c")
    import numpy as np

    values, _ = whole.values(np.array(order))
    many = whole.exchanged(np.array([order, list(range(len(units)))]))
    rows = panel.table().with_columns(near=pl.Series(values))
    own = dict(rows.filter(pl.col("unit") == "c").select("time", "near").iter_rows())
    assert own == {2002: 0.5, 2003: 0.5, 2004: 0.5}
    assert np.allclose(many[0], values, equal_nan=True)
    assert np.allclose(many[1], panel.table()["near"].to_numpy(), equal_nan=True)


def test_no_pair_follows_another_that_decided_with_it():
    pairs = dyad_period(person_period(frame(*ROWS), censor=2006)).table()
    among = pairs.filter(pl.col("receiver").is_in(list("bcd")) & pl.col("sender").is_in(list("bcd")))
    assert among.is_empty()
    assert pairs.filter(pl.col("receiver") == "f", pl.col("sender") == "b")["time"].to_list() == [
        2003,
        2004,
        2005,
        2006,
    ]


def test_ranges_of_one_decision_are_drawn_as_one_date():
    rows = [
        ("z", 1990, None, None),
        ("a", 2001, 2006, "x"),
        ("b", 2004, 2009, "x"),  # 2004 to 2006 is what both can mean
        ("c", 2003, 2008, "y"),
        ("d", 2005, 2005, "y"),  # so c is of 2005, too
        ("e", 2001, 2002, "w"),
        ("f", 2005, 2006, "w"),  # nothing in common: each from its own, by one chance
        ("g", 2001, 2004, None),
    ]
    drawn = impute_dates(person_period(frame(*rows), censor=2010), seed=4, draws=60)
    dates = [dict(one.history.spells.select("unit", "earliest").iter_rows()) for one in drawn]
    assert {one["a"] for one in dates} == {2004, 2005, 2006}
    assert all(one["a"] == one["b"] for one in dates)
    assert {(one["c"], one["d"]) for one in dates} == {(2005, 2005)}
    assert {(one["e"], one["f"]) for one in dates} == {(2001, 2005), (2002, 2006)}
    assert {one["g"] for one in dates} == {2001, 2002, 2003, 2004}


def test_errors_cluster_on_who_decides():
    rows = [*ROWS, ("h", 2004, None, "other"), ("i", 2005, None, "other"), ("j", 2003, None, "alone")]
    panel = person_period(frame(*rows), censor=2007)
    deciders = dict(panel.table().select("unit", "decider").unique().iter_rows())
    assert deciders == {
        "b": "decision directive", "c": "decision directive", "d": "decision directive",
        "h": "decision other", "i": "decision other", "e": "e", "f": "f", "g": "g", "j": "j",
    }  # fmt: skip
    fit = event_history("adopted ~ time", panel)
    assert dict(fit.clusters) == {"decider": 6}
    assert dict(event_history("adopted ~ time", panel, cluster="unit").clusters) == {"unit": 9}
    assert "decider" not in person_period(frame(*rows).drop("decision")).table().columns


def test_decisions_that_share_a_unit_are_one_cluster():
    two = frame(*ROWS).with_columns(policy=pl.lit("p"))
    more = frame(("d", 2003, None, "second"), ("f", 2004, None, "second"), ("a", 2001, None, None))
    panel = person_period(pl.concat([two, more.with_columns(policy=pl.lit("q"))]), censor=2007)
    deciders = dict(panel.table().select("unit", "decider").unique().iter_rows())
    assert {unit for unit, name in deciders.items() if name == "decision directive"} == set("bcdf")


# Chronology


def dates(*rows) -> pl.DataFrame:
    told = [(unit, "p", when, None, None, None, decision, None) for unit, when, decision in rows]
    columns = ("unit", "policy", "time", "time_latest", "until", "tier", "decision", "confidence")
    made = pl.DataFrame(told, schema=dict.fromkeys(columns, pl.String), orient="row")
    return made.with_columns(pl.int_range(2, pl.len() + 2, dtype=pl.UInt32).alias("_row"))


def asked(*units: str) -> Analysis:
    return Analysis(id="q", question="?", policies=("p",), units=units)


def test_chronology_counts_no_ordered_pair_within_a_decision():
    rows = [
        ("a", "2001", None),
        ("b", "2002", "x"),
        ("c", "2004", "x"),
        ("d", "2004", None),
        ("e", "2004", "x"),
    ]
    found = chronology(asked(*"abcdef"), dates(*rows), {})
    # of ten pairs: a before four, b before d, c and d as well as d and e alike; b, c and e together (3 pairs)
    assert (found.pairs_ordered, found.pairs_same, found.pairs_unknown, found.pairs_total) == (5, 5, 0, 10)
    alone = chronology(asked(*"abcdef"), dates(*[(unit, when, None) for unit, when, _ in rows]), {})
    assert (alone.pairs_ordered, alone.pairs_same) == (7, 3)


@pytest.mark.parametrize(("last", "testable"), [("x", False), (None, True)])
def test_one_decision_leaves_nothing_to_explain(last, testable):
    rows = [("a", "2001", "x"), ("b", "2004", "x"), ("c", "2009", last)]
    found = chronology(asked(*"abcd"), dates(*rows), {})
    assert found.testable is testable
    if not testable:
        assert "All 3 adoptions were decided together, so none of them follows another." in found.reason
