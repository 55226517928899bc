"""Exposures in a panel: worked by hand, published, and what they have to keep."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse

from diffuscope import (
    CaseError,
    MethodError,
    PlanError,
    add_exposure,
    event_history,
    impute_dates,
    person_period,
)
from diffuscope.ties.layer import Layer

REFERENCE = Path(__file__).parents[3] / "shared" / "data" / "reference"
FOUR = ("1", "2", "3", "4")
TIES = pl.DataFrame(
    {"receiver": ["1", "1", "2", "3", "3", "4"], "sender": ["2", "3", "3", "1", "4", "1"]}
)  # rows of [[0,1,1,0],[0,0,1,0],[1,0,0,1],[1,0,0,0]]
TOA = pl.DataFrame({"unit": FOUR, "time": [3, 1, 2, 4]})


def toa(years):
    return TOA.with_columns(pl.Series("time", years))


def values(panel, name="seen", **which):
    return panel.table().filter(**which)[name].to_list()


def layer(weights=None, **words):
    matrix = (
        np.array([[0, 1, 1, 0], [0, 0, 1, 0], [1, 0, 0, 1], [1, 0, 0, 0]]) if weights is None else weights
    )
    return Layer(name="seen", units=FOUR, weights=sparse.csr_array(matrix), **words)


def exposed(ties=TIES, name="seen", adoptions=TOA, origin=1, **words):
    return add_exposure(person_period(adoptions, origin=origin), ties, name=name, **words)


def test_exposure_is_the_share_of_ties_to_those_who_had_adopted_before():
    panel = exposed()
    # contemporaneous rows (.5,1,1,1), (0,1,1,1), (0,0,.5,1), (0,0,1,1), one period later
    assert values(panel, unit="1") == [0, 0.5, 1]
    assert values(panel, unit="2") == [0]
    assert values(panel, unit="3") == [0, 0]
    assert values(panel, unit="4") == [0, 0, 0, 1]
    assert panel.exposures == ("seen",)


def test_same_period_exposure_must_be_asked_for_and_says_so():
    panel = exposed(lag=0)
    assert values(panel, unit="1") == [0.5, 1, 1]
    assert any("contemporaneous" in note for note in panel.notes)
    assert values(exposed(lag=2), unit="1") == [0, 0, 0.5]


def test_a_layer_and_a_frame_of_ties_say_the_same():
    assert exposed(layer()).table().equals(exposed().table())
    as_pandas = add_exposure(person_period(TOA.to_pandas(), origin=1), TIES.to_pandas(), name="seen")
    assert isinstance(as_pandas.frame, pd.DataFrame)
    assert as_pandas.table()["seen"].to_list() == exposed().table()["seen"].to_list()


def test_weights_forms_and_new_adopters():
    weighed = TIES.with_columns(weight=pl.when(pl.col("sender") == "2").then(3.0).otherwise(1.0))
    assert values(exposed(weighed), unit="1") == [0, 0.75, 1]
    assert values(exposed(weighed, form="sum"), unit="1") == [0, 3, 4]
    assert values(exposed(cumulative=False), unit="1") == [0, 0.5, 0.5]
    assert values(exposed(decay=np.log(2)), unit="1") == pytest.approx([0, 0.5, 0.75])


def test_an_isolate_is_missing_and_flagged_or_zero_when_asked():
    ties = TIES.filter(pl.col("receiver") != "4")
    panel = exposed(ties)
    assert values(panel, unit="4") == [None] * 4
    assert panel.table().filter("isolate_seen")["unit"].unique().to_list() == ["4"]
    zero = exposed(ties, isolates="zero")
    assert values(zero, unit="4") == [0] * 4
    assert any("set to 0 in 4 rows" in note for note in zero.notes)


def test_who_repeals_no_longer_influences():
    adopted = pl.DataFrame({"unit": ["a", "b", "c"], "time": [1, 5, None], "until": [3, None, None]})
    ties = pl.DataFrame({"sender": ["a", "b"], "receiver": ["c", "c"]})
    panel = add_exposure(person_period(adopted, censor=7), ties, name="seen")
    # a has it at the end of 1 and 2, b from 5 on
    assert values(panel, unit="c") == [0.5, 0.5, 0, 0, 0.5, 0.5]


def test_a_date_that_may_be_past_or_not_leaves_exposure_unknown():
    adopted = pl.DataFrame({"unit": ["a", "b", "c"], "time": [1, 3, None], "time_latest": [None, 5, None]})
    ties = pl.DataFrame({"sender": ["a", "b", "c"], "receiver": ["c", "c", "a"]})
    panel = person_period(adopted, censor=7)
    seen = add_exposure(panel, ties, name="seen")
    assert values(seen, unit="c") == [0.5, 0.5, None, None, 1, 1]
    drawn = [add_exposure(one, ties, name="seen") for one in impute_dates(panel, seed=1)]
    assert {tuple(values(one, unit="c")) for one in drawn} == {
        (0.5, 0.5, 1, 1, 1, 1), (0.5, 0.5, 0.5, 1, 1, 1), (0.5, 0.5, 0.5, 0.5, 1, 1),
    }  # fmt: skip


def test_a_source_outside_the_panel_influences_and_a_promoter_pushes_throughout():
    adopted = pl.DataFrame({"unit": ["s", "a", "b"], "time": [1, 3, None]})
    ties = pl.DataFrame({"sender": ["s", "a", "bank"], "receiver": ["b", "b", "a"]})
    panel = person_period(adopted, units=["a", "b"], censor=4)
    with pytest.raises(PlanError, match="`bank`"):
        add_exposure(panel, ties, name="seen")
    seen = add_exposure(panel, ties, name="seen", promoters=["bank"])
    assert values(seen, unit="b") == [0.5, 0.5, 1]
    assert values(seen, unit="a") == [1, 1]


def test_policies_are_counted_apart():
    adopted = pl.DataFrame(
        {"unit": ["a", "b", "a", "b"], "policy": ["x", "x", "y", "y"], "time": [1, 3, 4, 2]}
    )
    ties = pl.DataFrame({"sender": ["a", "b"], "receiver": ["b", "a"]})
    panel = add_exposure(person_period(adopted, origin=1), ties, name="seen")
    assert values(panel, unit="b", policy="x") == [0, 1, 1]
    assert values(panel, unit="a", policy="y") == [0, 0, 1, 1]


def test_success_is_seen_as_late_as_adoption_and_unknown_until_then():
    success = pl.DataFrame({"unit": ["2", "3"], "time": [2, 3], "value": [5.0, 1.0]})
    panel = exposed(form="mean success", success=success, adoptions=toa([6, 1, 2, 4]))
    assert values(panel, unit="1") == [None, None, 5, 3, 3, 3]


def test_ties_that_change_are_those_of_the_period_before():
    none = np.zeros((4, 4))
    later = none.copy()
    later[0, 1:3] = 1
    adopted = toa([2005, 2001, 2004, 2002])
    changing = Layer(
        name="seen", units=FOUR, weights=(("2000", sparse.csr_array(none)), ("2003", sparse.csr_array(later)))
    )
    panel = exposed(changing, adoptions=adopted, origin=2001)
    # 2's adoption of 2001 reaches 1 only through the tie of 2003, seen in 2004
    assert values(panel, unit="1") == [None, None, None, 0.5, 1]


def test_ties_known_late_are_told_and_explain_nothing_before():
    adopted = toa([2003, 2001, 2002, 2004])
    late = exposed(adoptions=adopted, origin=2001, known_from="2002")
    assert values(late, unit="1") == [None, None, 1]
    assert any("after the first adoption (2001)" in note for note in late.notes)
    early = exposed(adoptions=adopted, origin=2001, known_from="2000")
    assert not any("first adoption" in note for note in early.notes)


@pytest.mark.parametrize("origin", ["adoptions", "policy"])
def test_ties_computed_from_what_they_are_to_explain_are_refused(origin):
    with pytest.raises(MethodError, match="the outcome they should explain"):
        exposed(layer(derived_from=("trade", origin)))
    exposed(layer(derived_from=("trade",)))


def test_a_layer_of_more_units_than_the_panel_keeps_their_influence():
    panel = add_exposure(person_period(TOA, units=["1", "4"], origin=1), layer())
    assert values(panel, unit="1") == [0, 0.5, 1]
    fewer = Layer(name="seen", units=("1",), senders=FOUR, weights=sparse.csr_array([[0, 1, 1, 0]]))
    panel = add_exposure(person_period(TOA, units=["1", "4"], origin=1), fewer)
    assert values(panel, unit="4") == [None] * 4
    assert panel.table().filter(unit="4")["isolate_seen"].all()


def test_ties_of_a_frame_hold_from_start_to_end():
    ties = pl.DataFrame(
        {"sender": ["2", "2"], "receiver": ["1", "3"], "start": ["2002", "2000"], "end": ["2003", None]}
    )
    panel = exposed(ties, adoptions=toa([2006, 2001, 2006, 2006]), origin=2001)
    # known by the end of 2002, over after 2003; seen a year later
    assert values(panel, unit="1") == [None, None, 1, 1, None, None]
    assert values(panel, unit="3") == [0, 1, 1, 1, 1, 1]


@pytest.mark.parametrize(
    ("ties", "words"),
    [
        (TIES.drop("sender"), "`sender`"),
        (TIES.with_columns(weight=pl.lit("strong")), "no weight"),
        (TIES.with_columns(weight=pl.lit(None, pl.Float64)), "no weight"),
        (pl.concat([TIES, TIES]), "two rows"),
        ("ties", "pandas, Polars or Arrow"),
    ],
)
def test_ties_that_cannot_be_read_are_refused(ties, words):
    with pytest.raises((CaseError, PlanError), match=words):
        exposed(ties)


def test_ties_that_say_nothing_are_refused():
    with pytest.raises(MethodError, match="in no row"):
        exposed(TIES.clear(), name="seen")
    with pytest.raises(MethodError, match="without variation"):
        exposed(TIES, adoptions=toa([3, 3, 3, 3]), origin=1)
    with pytest.raises(PlanError, match="already"):
        add_exposure(exposed(), TIES, name="seen")
    with pytest.raises(PlanError, match="needs a name"):
        exposed(name=None)


def random_panel(seed=2, units=15):
    rng = np.random.default_rng(seed)
    names = [f"u{at:02}" for at in range(units)]
    time = [int(rng.integers(1990, 2010)) if rng.random() < 0.8 else None for _ in names]
    pairs = [(a, b, float(rng.integers(1, 4))) for a in names for b in names if a != b and rng.random() < 0.3]
    ties = pl.DataFrame(pairs, schema=["sender", "receiver", "weight"], orient="row")
    return pl.DataFrame({"unit": names, "time": time}), ties


def test_exposure_is_that_of_the_rule_asked_one_row_at_a_time():
    adopted, ties = random_panel()
    when = dict(adopted.drop_nulls().iter_rows())
    panel = add_exposure(person_period(adopted), ties, name="seen")
    for unit, time, value in panel.table().select("unit", "time", "seen").iter_rows():
        own = ties.filter(receiver=unit)
        had = own.filter(
            pl.Series([when.get(sender, 9999) < time for sender in own["sender"]], dtype=pl.Boolean)
        )
        if own.is_empty():
            assert value is None
        else:
            assert value == pytest.approx(had["weight"].sum() / own["weight"].sum())


def test_renaming_changes_nothing():
    adopted, ties = random_panel()
    names = {name: f"z{99 - at}" for at, name in enumerate(adopted["unit"])}
    renamed = (
        adopted.with_columns(pl.col("unit").replace(names)),
        ties.with_columns(pl.col("sender", "receiver").replace(names)),
    )
    ours = add_exposure(person_period(adopted), ties, name="seen").table()
    theirs = add_exposure(person_period(renamed[0]), renamed[1], name="seen").table()
    ours = ours.with_columns(pl.col("unit").replace(names)).sort("unit", "time")
    assert ours.equals(theirs.sort("unit", "time"))


@pytest.mark.parametrize("until", [1995, 2000, 2005])
def test_the_future_is_invisible(until):
    adopted, ties = random_panel()
    moved = adopted.with_columns(time=pl.when(pl.col("time") > until).then(None).otherwise("time"))
    now, then = (
        add_exposure(person_period(one, censor=2012), ties, name="seen")
        .table()
        .filter(pl.col("time") <= until)
        for one in (adopted, moved)
    )
    assert now.height > 20
    assert now.equals(then)


@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference data are not here")
def test_medical_innovation_shows_no_contagion():
    """Months 2 to 17: exposure .11033 (.25991), constant -2.09542; with month effects -.09716 (.32512)."""
    toa = pl.read_csv(REFERENCE / "medInnovations_toa.csv")
    toa = toa.select(unit="id", time=pl.when(pl.col("toa") < 18).then("toa"))
    ties = pl.read_csv(REFERENCE / "medInnovations_edgelist.csv").select(sender="alter", receiver="ego")
    panel = person_period(toa, period="month", censor=17)
    panel = add_exposure(panel, ties, name="cohesion", isolates="zero")
    naive = event_history("event ~ cohesion", panel, cluster=None).table()
    assert naive["estimate"].to_list() == pytest.approx([-2.09542, 0.11033], abs=5e-6)
    assert naive["std_error"].to_list() == pytest.approx([0.16024, 0.25991], abs=5e-6)
    months = event_history("event ~ cohesion + C(time)", panel, cluster=None).table()
    assert months.filter(term="cohesion").select("estimate", "std_error").row(0) == pytest.approx(
        (-0.09716, 0.32512), abs=5e-6
    )


def test_dated_ties_where_nobody_adopted_are_refused_for_want_of_variation():
    """No first adoption to be late for, and no traceback either."""
    panel = person_period(toa([None] * 4), origin=2001, censor=2005)
    with pytest.raises(MethodError, match="`seen` is "):
        add_exposure(panel, TIES, name="seen", known_from="2000")


def test_ties_of_the_period_of_the_first_adoption_are_not_late():
    """Which came first is not known: they are no reason to refuse an exposure, and do not predate either."""
    same = exposed(adoptions=toa([2003, 2001, 2002, 2004]), origin=2001, known_from="2001")
    assert not any("first adoption" in note for note in same.notes)
