"""Tiers: an event is the first date at which a unit reaches the tier that counts, by hand."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from verify.drawn import examples

from diffuscope import case_from_frames
from diffuscope.errors import CaseError, PlanError
from diffuscope.panel import chronology, impute_dates, panel_of, person_period
from diffuscope.panel.spans import EARLY, LOWER_TIER, REPEATED
from diffuscope.records import Analysis

COLUMNS = ("unit", "time", "tier")
# a announces in 2001 and adopts in 2003; b implements in 2005 and never says when it adopted; c announces
# only; d does nothing; e adopts in 2006, and what it brings in force in 2008 is no second adoption
ROWS = [
    ("a", 2001, "announced"),
    ("a", 2003, "adopted"),
    ("b", 2005, "implemented"),
    ("c", 2004, "announced"),
    ("d", None, None),
    ("e", 2006, "adopted"),
    ("e", 2008, "in force"),
]


def frame(*rows, columns=COLUMNS) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=list(columns), orient="row")


def events(panel) -> list[tuple]:
    return panel.table().filter(pl.col("event") == 1).select("unit", "time").sort("unit").rows()


def ledger(panel) -> dict[int, str]:
    return dict(panel.ledger.drop_nulls("row").select("row", "rule").iter_rows())


@pytest.mark.parametrize(
    ("tier", "first", "expected", "why"),
    [
        ("announced", 2001, [("b", 2005), ("c", 2004), ("e", 2006)], {2: EARLY, 3: REPEATED, 8: REPEATED}),
        ("adopted", 2003, [("b", 2005), ("e", 2006)], {2: LOWER_TIER, 3: EARLY, 5: LOWER_TIER, 8: REPEATED}),
        (
            "in force",
            2005,
            [("e", 2008)],
            {2: LOWER_TIER, 3: LOWER_TIER, 4: EARLY, 5: LOWER_TIER, 7: LOWER_TIER},
        ),
    ],
)
def test_an_event_is_the_first_date_of_the_tier_or_a_higher_one(tier, first, expected, why):
    panel = person_period(frame(*ROWS), tier=tier, censor=2009)
    assert events(panel) == expected
    assert ledger(panel) == why
    # whoever is of a lower tier could still adopt: everybody but the first, from the year after it
    assert set(panel.units) == set("abcde")
    at_risk = panel.table().filter(pl.col("time") == first + 1)["unit"].to_list()
    assert len(at_risk) == 4


def test_an_empty_tier_is_that_of_the_question_and_is_said():
    rows = frame(("a", 2001, "adopted"), ("b", 2003, None), ("c", 2004, "announced"))
    assert events(person_period(rows, censor=2005)) == [("b", 2003)]
    high = person_period(rows, tier="implemented", origin=2000, censor=2005)
    assert events(high) == [("b", 2003)]
    assert "1 adoption has no tier: it counts as `implemented`, the tier of the question." in high.notes
    assert person_period(rows.drop("tier"), censor=2005).notes == ()


def test_of_several_rows_the_first_date_is_that_of_the_lowest_tier_and_no_later_than_any():
    columns = ("unit", "time", "time_latest", "until", "tier")
    rows = frame(
        ("z", 1990, None, None, "adopted"),
        ("a", 2001, 2008, None, "adopted"),
        ("a", 2004, None, None, "implemented"),  # so it adopted by 2004
        ("b", 2005, None, 2007, "adopted"),
        (
            "b",
            2003,
            2006,
            2009,
            "in force",
        ),  # it cannot be in force before it is adopted; it lasts until 2009
        columns=columns,
    )
    panel = person_period(rows, censor=2012)
    spells = {
        unit: (earliest, latest, until)
        for unit, earliest, latest, until in panel.history.spells.select(
            "unit", "earliest", "latest", "until"
        ).iter_rows()
    }
    assert spells == {"z": (1990, 1990, None), "a": (2001, 2004, None), "b": (2005, 2005, 2009)}
    drawn = {events(one)[0] for one in impute_dates(panel, seed=1)}
    assert drawn == {("a", year) for year in range(2001, 2005)}


def test_tiers_of_ones_own_and_tiers_that_are_none():
    rows = frame(("a", 2001, "mooted"), ("a", 2003, "law"), ("b", 2004, "law"))
    own = person_period(rows, tier="law", tiers=("mooted", "law"))
    assert events(own) == [("b", 2004)]
    with pytest.raises(CaseError) as told:
        person_period(rows, tier="law", tiers=("draft", "law"))
    assert [(one.rule, one.row, one.value) for one in told.value.problems] == [("bad-choice", 2, "mooted")]
    with pytest.raises(PlanError, match="tier is 'bill'"):
        person_period(rows, tier="bill", tiers=("mooted", "law"))


def test_a_unit_that_only_announced_is_known_not_to_have_adopted():
    from diffuscope import add_exposure

    rows = frame(("a", 2001, "adopted"), ("b", 2004, "adopted"), ("x", 2000, "announced"), ("c", None, None))
    ties = pl.DataFrame({"sender": ["a", "x", "b", "x"], "receiver": ["b", "b", "c", "c"], "weight": 1.0})
    panel = add_exposure(person_period(rows, units=["a", "b", "c"], censor=2005), ties, name="near")
    assert panel.table().filter(unit="b")["near"].to_list() == [0.5, 0.5, 0.5]
    assert panel.table().filter(unit="c")["near"].to_list() == [0.0, 0.0, 0.0, 0.5]


# Chronology and panel of a case


def asked(tier: str) -> Analysis:
    return Analysis(id="q", question="?", policies=("p",), units=tuple("abcde"), tier=tier)


def table() -> pl.DataFrame:
    rows = [
        (unit, "p", None if time is None else str(time), None, None, tier, None, None)
        for unit, time, tier in ROWS
        if time is not None
    ]
    columns = ("unit", "policy", "time", "time_latest", "until", "tier", "decision", "confidence")
    made = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
    return made.with_columns(pl.int_range(2, pl.len() + 2, dtype=pl.UInt32).alias("_row"))


@pytest.mark.parametrize(
    ("tier", "order", "left_out"),
    [
        ("announced", [("a", "2001"), ("c", "2004"), ("b", "2005"), ("e", "2006")], {"second": (3, 7)}),
        ("adopted", [("a", "2003"), ("b", "2005"), ("e", "2006")], {"lower": (2, 5), "second": (7,)}),
        ("in force", [("b", "2005"), ("e", "2008")], {"lower": (2, 3, 5, 6)}),
    ],
)
def test_chronology_and_panel_read_the_same_history(tier, order, left_out):
    found = chronology(asked(tier), table(), {})
    assert [(spell.unit, spell.first[:4]) for spell in found.order] == order
    words = {
        "lower": "of a lower tier than the one that counts",
        "second": "a second date of an adoption already counted",
    }
    assert {one.reason: one.rows for one in found.left_out} == {
        words[kind]: rows for kind, rows in left_out.items()
    }
    panel = panel_of({"adoptions": table()}, asked(tier), {})
    assert {unit for unit, _ in events(panel)} == {unit for unit, _ in order[1:]}
    assert found.never == 5 - len(order)


def test_where_nothing_reached_the_tier_the_dates_say_so():
    only = table().filter(pl.col("tier") == "announced")
    found = chronology(asked("adopted"), only, {})
    assert found.testable is None
    assert "No adoption has reached the tier `adopted` (2 rows are of a lower one)" in found.reason
    assert [(one.count, one.rows) for one in found.left_out] == [(2, (2, 5))]


def test_statistics_of_a_spread_count_what_was_adopted():
    from diffuscope import innovativeness
    from diffuscope.descriptives.toa_matrix import toa_matrix

    found = toa_matrix(frame(*ROWS))
    assert dict(zip(found.units, found.toa.tolist(), strict=True)) == {
        "a": 1,
        "b": 3,
        "c": 0,
        "d": 0,
        "e": 4,
    }
    walker = innovativeness(frame(*ROWS).with_columns(policy=pl.lit("p")))
    assert dict(zip(walker.units, walker.walker.round(3).tolist(), strict=True)) == {
        "a": 1.0, "b": 0.333, "c": 0.0, "d": 0.0, "e": 0.0,
    }  # fmt: skip


# The case door and the panel agree

years = st.integers(2000, 2006)
row = st.tuples(
    st.sampled_from(("a", "b")),
    st.none() | years,
    st.none() | st.integers(0, 2),
    st.none() | st.integers(0, 3),
    st.sampled_from((None, "announced", "adopted", "implemented")),
)


@settings(max_examples=examples(30), deadline=None)
@given(st.lists(row, min_size=1, max_size=5, unique=True), st.sampled_from(("year", "day")))
def test_what_the_check_accepts_the_panel_accepts(rows, period):
    told = [
        (
            unit, "p", at and str(at), None if at is None or later is None else str(at + later),
            None if at is None or lasts is None else str(at + (later or 0) + lasts), tier, "s",
        )
        for unit, at, later, lasts, tier in rows
    ]  # fmt: skip
    columns = ("unit", "policy", "time", "time_latest", "until", "tier", "source")
    adoptions = pl.DataFrame(told, schema=dict.fromkeys(columns, pl.String), orient="row")
    units = pl.DataFrame({"unit": ["a", "b"], "name": ["A", "B"], "kind": "city", "role": "adopter"})
    policies = pl.DataFrame({"policy": ["p"], "name": ["P"]})
    case = case_from_frames(units=units, policies=policies, adoptions=adoptions)
    overlaps = {one.row for one in case.errors if one.rule == "overlapping-spells"}
    repeats = {one.row for one in case.errors if one.rule == "repeated-key"}
    assert len(case.errors) == len(overlaps) + len(repeats)
    try:
        person_period(case.table("adoptions"), period=period, undated="unknown", tier="announced")
        refused = set()
    except CaseError as error:
        refused = {one.row for one in error.problems}
    if not repeats:
        assert refused == overlaps
