"""Pairs with an opportunity to emulate, and spans of a counting process, worked by hand."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from diffuscope import (
    MethodError,
    PlanError,
    add_covariates,
    counting_process,
    dyad_period,
    person_period,
)

PAIR = ("receiver", "sender", "time", "event")


def laws(*rows, columns=("unit", "time")):
    return pl.DataFrame(rows, schema=list(columns), orient="row", strict=False)


def test_a_pair_is_kept_where_the_sender_has_what_the_receiver_lacks():
    pairs = dyad_period(person_period(laws(("a", 1), ("b", 2), ("c", 3), ("d", None))))
    assert pairs.table().select(PAIR).rows() == [
        ("b", "a", 2, 1),
        ("c", "a", 2, 0), ("c", "a", 3, 1), ("c", "b", 3, 1),
        ("d", "a", 2, 0), ("d", "a", 3, 0), ("d", "b", 3, 0),
    ]  # fmt: skip


def test_adopters_in_one_period_never_emulate_each_other():
    pairs = dyad_period(person_period(laws(("a", 1), ("b", 2), ("c", 2))))
    assert pairs.table().select(PAIR).rows() == [("b", "a", 2, 1), ("c", "a", 2, 1)]


def test_a_repealed_policy_is_nothing_to_emulate():
    adopted = laws(("a", 1, 3), ("b", 2, None), ("c", 6, None), columns=("unit", "time", "until"))
    pairs = dyad_period(person_period(adopted)).table()
    # a has it at the end of 1 and 2; it is gone by the end of 3
    assert pairs.filter(receiver="c", sender="a")["time"].to_list() == [2, 3]
    # after repeal a is at risk again and could follow b
    assert pairs.filter(receiver="a", sender="b")["time"].to_list() == [4, 5, 6]


def test_all_pairs_stay_only_when_asked_and_with_a_warning():
    panel = person_period(laws(("a", 1), ("b", 2), ("c", 3)))
    pairs = dyad_period(panel, conditional=False)
    table = pairs.table()
    assert table.height == 2 * panel.table().height
    kept = table.filter("opportunity").drop("opportunity")
    assert kept.sort(PAIR).equals(dyad_period(panel).table().sort(PAIR))
    assert table.filter(~pl.col("opportunity"))["event"].sum() == 0
    assert any("Boehmke" in note for note in pairs.notes)


@pytest.mark.parametrize("seed", range(3))
def test_pairs_are_those_of_the_rule_asked_one_at_a_time(seed):
    rng = np.random.default_rng(seed)
    rows = [
        (f"u{u}", f"p{p}", int(rng.integers(1, 9))) for u in range(8) for p in range(3) if rng.random() < 0.7
    ]
    adopted = laws(*rows, columns=("unit", "policy", "time"))
    panel = person_period(adopted, units=[f"u{u}" for u in range(8)], censor=9)
    when = {(unit, policy): time for unit, policy, time in rows}
    expected = [
        (receiver, sender, policy, time, event)
        for receiver, policy, time, event in panel.table()
        .select("unit", "policy", "time", "event")
        .iter_rows()
        for sender in panel.units
        if when.get((sender, policy), 99) < time
    ]
    found = dyad_period(panel).table().select("receiver", "sender", "policy", "time", "event")
    assert sorted(found.iter_rows()) == sorted(expected)


def test_what_is_known_of_senders_comes_lagged_beside_what_is_known_of_receivers():
    known = pl.DataFrame({"unit": ["a", "a", "b", "b"], "time": [1, 2, 1, 2], "gdp": [1.0, 2.0, 10.0, 20.0]})
    panel = add_covariates(person_period(laws(("a", 1), ("b", 3))), known)
    pairs = dyad_period(panel, senders=known).table()
    assert pairs.select("time", "gdp", "sender_gdp").rows() == [(2, 10.0, 1.0), (3, 20.0, 2.0)]


def test_pairs_that_cannot_be_made_are_refused():
    panel = person_period(laws(("a", 1), ("b", 2)))
    pairs = dyad_period(panel)
    with pytest.raises(PlanError, match="paired only once"):
        dyad_period(pairs)
    with pytest.raises(MethodError, match="opportunity"):
        dyad_period(person_period(laws(("a", 2)), units=["a", "b"], origin="first"))


def test_spans_last_while_nothing_changes():
    panel = person_period(laws(("a", 2000), ("b", 2004), ("c", None)))
    known = pl.DataFrame({"unit": ["b"] * 4, "year": range(2000, 2004), "left": [0, 0, 1, 1]})
    spans = counting_process(add_covariates(panel, known)).table()
    assert spans.columns == ["unit", "policy", "spell", "start", "stop", "event", "left"]
    assert spans.drop("policy", "spell").rows() == [
        ("b", 0, 2, 0, 0), ("b", 2, 4, 1, 1), ("c", 0, 4, 0, None),
    ]  # fmt: skip


def test_spans_keep_late_entry_repeal_long_rows_and_uneven_waves():
    columns = ("unit", "time", "time_latest", "until")
    adopted = laws(("a", 2000, None, None), ("b", 2002, None, 2003), ("b", 2006, 2008, None), columns=columns)
    spans = counting_process(person_period(adopted)).table()
    assert spans.select("spell", "start", "stop", "event").rows() == [(1, 0, 2, 1), (2, 3, 8, 1)]
    waves = person_period(laws(("a", 2022), ("b", 2025)), period="wave", waves=[2022, 2023, 2025])
    assert counting_process(waves).table().select("start", "stop", "event").rows() == [(0.0, 3.0, 1)]


def test_spans_of_pairs_keep_events_and_time_at_risk():
    rng = np.random.default_rng(4)
    rows = [(f"u{at}", int(rng.integers(1, 20)) if at % 3 else None) for at in range(30)]
    pairs = dyad_period(person_period(laws(*rows)))
    spans = counting_process(pairs).table()
    whole = pairs.table()
    assert spans["event"].sum() == whole["event"].sum()
    assert (spans["stop"] - spans["start"]).sum() == whole["gap"].sum()
    assert spans.height == whole.select("receiver", "sender").n_unique()
    with pytest.raises(PlanError, match="already"):
        counting_process(counting_process(pairs))
