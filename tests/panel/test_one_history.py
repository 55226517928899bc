"""One adoption history: panel and chronology account for the same rows, for the same true reasons."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from verify.drawn import examples

from diffuscope.panel import chronology, impute_dates, panel_of, person_period, without_launch
from diffuscope.panel.spans import (
    BEFORE_ENTRY,
    BEFORE_WINDOW,
    BY_THEN,
    EARLY,
    LATE,
    NOT_A_UNIT,
    REPEATED,
    STRADDLES_END,
    STRADDLES_START,
    UNKNOWN,
)
from diffuscope.records import Analysis

UNITS = ("a", "b", "c", "d", "e")
OUTSIDE = "x"
OPENS, CLOSES = 2000, 2010
COLUMNS = dict.fromkeys(("unit", "policy", "time", "time_latest", "confidence"), pl.String)
QUESTION = Analysis(
    id="a", question="?", policies=("p", "q"), units=UNITS, period="year", window=(str(OPENS), str(CLOSES))
)
years = st.integers(1996, 2014)
dated = st.dictionaries(
    st.tuples(st.sampled_from((*UNITS, OUTSIDE)), st.sampled_from(("p", "q"))),
    st.none() | years,
    min_size=1,
)
stays = st.dictionaries(st.sampled_from(UNITS), st.tuples(st.none() | years, st.none() | years))


def table(rows: list[tuple[str, str, str | None, str | None]]) -> pl.DataFrame:
    frame = pl.DataFrame([(*row, None) for row in rows], schema=COLUMNS, orient="row")
    return frame.with_columns(pl.int_range(2, pl.len() + 2, dtype=pl.UInt32).alias("_row"))


def tables_of(adopted, there) -> dict[str, pl.DataFrame]:
    rows = [(unit, policy, None if at is None else str(at), None) for (unit, policy), at in adopted.items()]
    stay = [(unit, *_in_order(*there.get(unit, (None, None)))) for unit in UNITS]
    schema = {"unit": pl.String, "entered": pl.String, "left": pl.String}
    return {"adoptions": table(rows), "units": pl.DataFrame(stay, schema=schema, orient="row")}


def _in_order(entered: int | None, left: int | None) -> tuple[str | None, str | None]:
    if entered is not None and left is not None and left < entered:
        entered, left = left, entered
    return None if entered is None else str(entered), None if left is None else str(left)


def why_no_event(unit: str, policy: str, at: int | None, adopted, units: pl.DataFrame) -> str | None:
    """The rules of a risk set, one row at a time."""
    if unit == OUTSIDE:
        return NOT_A_UNIT
    if at is None:
        return UNKNOWN
    _, entered, left = units.row(by_predicate=pl.col("unit") == unit)
    entry, exit_ = int(entered or 0), int(left or 9999)
    first = min(one for (_, other), one in adopted.items() if other == policy and one is not None)
    if at < entry:
        return BEFORE_ENTRY
    if at < OPENS:
        return BEFORE_WINDOW
    if at <= first:
        return EARLY
    return LATE if at > min(CLOSES, exit_) else None


@settings(max_examples=examples(20), deadline=None)
@given(dated, stays)
def test_every_adoption_is_an_event_or_in_the_ledger_for_its_true_reason(adopted, there):
    tables = tables_of(adopted, there)
    panel = panel_of(tables, QUESTION, {})
    reasons = {
        row: why_no_event(unit, policy, at, adopted, tables["units"])
        for row, ((unit, policy), at) in enumerate(adopted.items(), start=2)
    }
    told = panel.ledger.drop_nulls("row")
    assert dict(told.select("row", "rule").iter_rows()) == {
        row: rule for row, rule in reasons.items() if rule is not None
    }
    events = panel.table().filter(pl.col("event") == 1).select("unit", "policy", "time")
    assert sorted(events.select("unit", "policy").iter_rows()) == sorted(
        pair for row, pair in enumerate(adopted, start=2) if reasons[row] is None
    )
    found = chronology(QUESTION, tables["adoptions"], {}, tables=tables)
    launched = sum(1 for spell in found.order if spell.launch and reasons[spell.place.row] is None)
    assert (found.events_after_launch or 0) + launched == events.height
    assert found.adoptions + sum(left.count for left in found.left_out) == len(adopted)
    left_out = {row for left in found.left_out for row in left.rows}
    assert left_out == {row for row, rule in reasons.items() if rule in (NOT_A_UNIT, UNKNOWN, LATE)}


def test_a_panel_warns_where_its_end_is_nobodys_date():
    laws = pl.DataFrame({"unit": ["a", "b", "c"], "time": [2001, 2003, None]})
    assert any("the last date of any adoption" in note for note in person_period(laws).notes)
    stated = person_period(laws, censor=2005)
    assert not any("the last date of any adoption" in note for note in stated.notes)


def test_drawn_dates_do_not_depend_on_names():
    laws = pl.DataFrame(
        {
            "unit": ["a", "b", "c", "d"],
            "time": [2001, 2003, 2002, 2005],
            "time_latest": [2001, 2009, 2010, 2008],
        }
    )
    names = {"a": "z", "b": "y", "c": "x", "d": "w"}
    renamed = laws.with_columns(pl.col("unit").replace(names))
    one, other = (impute_dates(person_period(frame), seed=3) for frame in (laws, renamed[[3, 1, 0, 2]]))
    order = ["unit", "time"]
    for here, there in zip(one, other, strict=True):
        rows = here.table().with_columns(pl.col("unit").replace(names)).sort(order)
        assert rows.equals(there.table().sort(order))


@pytest.mark.parametrize(("launch", "events"), [("90 days", 3), ("1 month", 4)])
def test_without_its_launch_a_panel_keeps_the_other_events(launch, events):
    rows = [("a", "p", "2000", None), ("b", "p", "2001-01-10", None), ("c", "p", "2001-03-10", None)]
    rows += [("d", "p", "2004-05-01", None), ("e", "p", "2006-01-01", None), ("f", "p", "2007-01-01", None)]
    question = Analysis(id="a", question="?", policies=("p",), units=tuple("abcdefg"), launch=launch)
    tables = {"adoptions": table(rows)}
    panel = panel_of(tables, question, {})
    found = chronology(question, tables["adoptions"], {}, tables=tables)
    kept = without_launch(panel, found)
    assert int(panel.table()["event"].sum()) == 5
    assert int(kept.table()["event"].sum()) == events
    assert found.events_after_launch == events


class Told(NamedTuple):
    """What a row of `adoptions` says: earliest and latest year, the year in which it was repealed."""

    unit: str
    policy: str
    earliest: int | None
    latest: int | None
    until: int | None


@st.composite
def told_rows(draw):
    unit, policy = draw(st.sampled_from((*UNITS, OUTSIDE))), draw(st.sampled_from(("p", "q")))
    kind = draw(st.sampled_from(("year", "year", "range", "by then", "undated")))
    at, wide = draw(years), draw(st.integers(1, 5))
    earliest = at if kind in ("year", "range") else None
    latest = {"year": at, "range": at + wide, "by then": at, "undated": None}[kind]
    ended = latest is not None and draw(st.booleans())
    return Told(unit, policy, earliest, latest, latest + draw(st.integers(0, 4)) if ended else None)


def adoptions_of(rows: list[Told]) -> pl.DataFrame:
    def text(year):
        return None if year is None else str(year)

    given = [(one.unit, one.policy, text(one.earliest), text(one.latest), text(one.until)) for one in rows]
    schema = dict.fromkeys(("unit", "policy", "time", "time_latest", "until"), pl.String)
    frame = pl.DataFrame(given, schema=schema, orient="row").with_columns(confidence=pl.lit(None, pl.String))
    return frame.with_columns(pl.int_range(2, pl.len() + 2, dtype=pl.UInt32).alias("_row"))


def reasons_by_hand(rows: list[Told], units: pl.DataFrame, origin: str) -> dict[int, str | None]:
    """Why each row is no event, one row after the other in the order of dates; None where it is one."""
    far = 10**6
    order = sorted(range(len(rows)), key=lambda at: (rows[at].latest or far, rows[at].earliest or -far, at))
    lasting: dict[tuple[str, str], int] = {}
    kept: list[tuple[int, int]] = []
    found: dict[int, str | None] = {}
    for at in order:
        one = rows[at]
        ended = lasting.get((one.unit, one.policy))
        if ended is not None and (one.earliest is None or one.earliest <= ended):
            found[at] = REPEATED
            if one.latest is not None:  # the adoption lasts as long as any of its rows
                lasting[one.unit, one.policy] = max(ended, far if one.until is None else one.until)
            continue
        lasting[one.unit, one.policy] = far if one.until is None else one.until
        kept.append((at, -far if ended is None else ended))
    for at, ended in kept:
        found[at] = _reason(rows[at], ended, units, _origin([rows[own] for own, _ in kept], rows[at], origin))
    return found


def _origin(kept: list[Told], one: Told, origin: str) -> int:
    dated = [each for each in kept if each.policy == one.policy and each.latest is not None]
    if not dated:
        return 10**6
    if origin == "after first":
        return min(each.latest for each in dated) + 1
    return min(each.latest + 1 if each.earliest is None else each.earliest for each in dated)


def _reason(one: Told, ended: int, units: pl.DataFrame, origin: int) -> str | None:
    if one.unit == OUTSIDE:
        return NOT_A_UNIT
    if one.latest is None:
        return UNKNOWN
    _, entered, left = units.row(by_predicate=pl.col("unit") == one.unit)
    entry, last = int(entered or 0), min(int(left or 9999), CLOSES)
    first = max(origin, entry, OPENS, ended + 1)
    if one.latest < first:
        return BEFORE_ENTRY if one.latest < entry else BEFORE_WINDOW if one.latest < OPENS else EARLY
    if one.earliest is None:
        return BY_THEN
    if one.earliest < first:
        return STRADDLES_START
    if one.earliest > last:
        return LATE
    return STRADDLES_END if one.latest > last else None


@settings(max_examples=examples(20), deadline=None)
@given(st.lists(told_rows(), min_size=1, max_size=14), stays, st.sampled_from(("after first", "first")))
def test_ranges_repeals_and_stated_origins_are_accounted_for(rows, there, origin):
    policies = pl.DataFrame({"policy": ["p", "q"], "origin": [origin, origin]})
    tables = tables_of({}, there) | {"adoptions": adoptions_of(rows), "policies": policies}
    expected = {at + 2: why for at, why in reasons_by_hand(rows, tables["units"], origin).items()}
    panel = panel_of(tables, QUESTION, {})
    assert dict(panel.ledger.drop_nulls("row").select("row", "rule").iter_rows()) == {
        row: why for row, why in expected.items() if why is not None
    }
    events = [row for row, why in expected.items() if why is None]
    assert int(panel.table()["event"].sum()) == len(events)
    found = chronology(QUESTION, tables["adoptions"], {}, tables=tables)
    launched = {spell.place.row for spell in found.order if spell.launch}
    assert (found.events_after_launch or 0) + len(launched & set(events)) == len(events)


@settings(max_examples=examples(15), deadline=None)
@given(st.lists(told_rows(), min_size=1, max_size=14), st.sampled_from(("after first", "first")))
def test_waves_account_for_every_row_in_panel_and_chronology_alike(rows, origin):
    question = Analysis(id="a", question="?", policies=("p", "q"), units=UNITS, period="wave")
    policies = pl.DataFrame({"policy": ["p", "q"], "origin": [origin, origin]})
    tables = tables_of({}, {}) | {"adoptions": adoptions_of(rows), "policies": policies}
    waves = {"w1": "2001", "w2": "2004", "w3": "2007", "w4": "2011"}
    panel = panel_of(tables, question, waves)
    told = panel.ledger.drop_nulls("row")["row"].to_list()
    events = int(panel.table()["event"].sum())
    assert len(told) == len(set(told))
    assert events + len(told) == len(rows)
    found = chronology(question, tables["adoptions"], waves, tables=tables)
    assert (found.events_after_launch or 0) <= events
    if not events:
        assert not found.events_after_launch
