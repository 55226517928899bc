"""Risk sets by rule: random histories against the rule asked one unit and period at a time."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from histories_made import RANGE

from diffuscope import person_period

# What every panel has to keep


def random_history(seed=3, units=25, policies=4, spells=True):
    """Many kinds of rows: dated, spans, by then, never, repealed and adopted again."""
    rng = np.random.default_rng(seed)
    rows = []
    for policy in range(policies):
        for unit in range(units):
            kind, at = rng.integers(6), int(rng.integers(1990, 2015))
            name = (f"u{unit:02}", f"p{policy}")
            rows += {
                0: [(*name, None, None, None)],
                1: [(*name, at, at + int(rng.integers(0, 4)), None)],
                2: [(*name, None, at, None)],
                3: [(*name, at, None, at + 2), (*name, at + 6, None, None)],
            }.get(int(kind), [(*name, at, None, None)])
    return pl.DataFrame(rows, schema=["unit", "policy", *RANGE[1:], "until"], orient="row")


OPTIONS = [
    {},
    {"origin": "first", "ranges": "censor"},
    {"window": (1998, 2010), "undated": "unknown"},
    {"censor": "last", "entry": {"u01": 2000, "u02": 2005}, "exit": {"u03": 2001}},
    {"units": [f"u{at:02}" for at in range(3, 20)], "policies": ["p0", "p2"]},
]


@pytest.mark.parametrize("options", OPTIONS)
def test_every_adoption_is_an_event_or_at_risk_or_in_the_ledger(options):
    adopted = random_history().with_row_index("_row", offset=2)
    panel = person_period(adopted, **options)
    rows = panel.table()
    listed = panel.ledger.drop_nulls("row")
    assert listed["row"].n_unique() == listed.height
    never = adopted.filter(pl.all_horizontal(pl.col("time", "time_latest").is_null()))
    watched = never.join(rows.filter(spell=1), on=["unit", "policy"], how="semi")
    assert rows["event"].sum() + listed.height + watched.height == adopted.height
    assert set(listed["row"]).isdisjoint(watched["_row"].cast(pl.Int64))


@pytest.mark.parametrize("options", OPTIONS)
def test_every_unit_and_policy_is_in_the_panel_or_the_ledger(options):
    panel = person_period(random_history(), **options)
    asked = options.get("policies", ["p0", "p1", "p2", "p3"])
    pairs = {(unit, policy) for unit in panel.units for policy in asked}
    at_risk = set(panel.table().select("unit", "policy").iter_rows())
    listed = set(panel.ledger.select("unit", "policy").iter_rows())
    assert pairs <= at_risk | listed


@pytest.mark.parametrize("options", OPTIONS)
def test_rows_are_those_of_the_rule_asked_one_at_a_time(options):
    """The risk set of methods B.1 by a loop over units, policies and periods, for exact dates."""
    adopted = random_history().filter(pl.col("until").is_null(), pl.col("time").is_not_null())
    adopted = adopted.drop("time_latest").unique(["unit", "policy"]).sort("policy", "unit")
    panel = person_period(adopted, **options)
    when = dict(zip(adopted.select("unit", "policy").iter_rows(), adopted["time"], strict=True))
    expected = []
    opens, closes = options.get("window", (0, max(when.values())))
    for policy in options.get("policies", sorted({policy for _, policy in when})):
        own = [time for (_, name), time in when.items() if name == policy]
        origin = min(own) + (options.get("origin") != "first")
        ends = max(own) if options.get("censor") == "last" else closes
        for unit in panel.units:
            start = max(origin, opens, options.get("entry", {}).get(unit, 0))
            for time in range(start, min(ends, options.get("exit", {}).get(unit, 9999)) + 1):
                adopts = when.get((unit, policy), 9999)
                if adopts >= time:
                    expected.append((unit, policy, time, int(adopts == time)))
    assert sorted(panel.table().select("unit", "policy", "time", "event").iter_rows()) == sorted(expected)


@pytest.mark.parametrize("options", OPTIONS[:4])
def test_renaming_and_reordering_change_nothing(options):
    adopted = random_history()
    names = {name: f"z{99 - at}" for at, name in enumerate(adopted["unit"].unique().sort())}
    renamed = adopted.with_columns(pl.col("unit").replace(names)).sample(fraction=1, shuffle=True, seed=1)
    changed = {
        key: {names[name]: time for name, time in value.items()} if isinstance(value, dict) else value
        for key, value in options.items()
    }
    order = ["policy", "unit", "time", "spell"]
    ours = person_period(adopted, **options).table().with_columns(pl.col("unit").replace(names)).sort(order)
    assert person_period(renamed, **changed).table().sort(order).equals(ours)


@pytest.mark.parametrize("until", [1995, 2000, 2005, 2010])
def test_the_future_is_invisible(until):
    adopted = random_history().filter(pl.col("until").is_null())
    rng = np.random.default_rng(until)
    later = (pl.col("time") > until) & (pl.col("time_latest").is_null() | (pl.col("time_latest") > until))
    moved = adopted.with_columns(
        time=pl.when(later)
        .then(pl.lit(until) + 1 + pl.Series(rng.integers(0, 9, adopted.height)))
        .otherwise("time"),
        time_latest=pl.when(later).then(None).otherwise("time_latest"),
    )
    now, then = (
        person_period(frame, censor=2030, ranges="censor").table().filter(pl.col("time") <= until)
        for frame in (adopted, moved)
    )
    assert now.height > 50
    assert now.equals(then)
