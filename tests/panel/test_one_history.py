"""One adoption history: panel and chronology account for the same rows, for the same true reasons."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diffuscope.panel import chronology, impute_dates, panel_of, person_period, without_launch
from diffuscope.panel.spans import BEFORE_ENTRY, BEFORE_WINDOW, EARLY, LATE, NOT_A_UNIT, UNKNOWN
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


@settings(max_examples=150, deadline=None)
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
