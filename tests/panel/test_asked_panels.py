"""The panels that questions put to a case ask for."""

from __future__ import annotations

import polars as pl
import pytest

import diffuscope
from diffuscope import MethodError
from diffuscope.panel import chronology, panel_of
from diffuscope.records import Analysis


@pytest.fixture(scope="module")
def founding():
    return diffuscope.read_case("asean-smart-cities")


def asked(case, name):
    analysis = next(one for one in case.analyses if one.id == name)
    return analysis, panel_of(case.tables, analysis, case.waves)


def test_the_founding_case_has_five_events_in_sixty_state_years(founding):
    _, panel = asked(founding, "smart-cities")
    assert (panel.table().height, panel.table()["event"].sum()) == (60, 5)


@pytest.mark.parametrize("name", ["smart-cities", "membership"])
def test_panel_and_chronology_agree_on_who_was_left_to_adopt(founding, name):
    analysis, panel = asked(founding, name)
    told = chronology(analysis, founding.table("adoptions"), founding.waves)
    lost = panel.ledger.filter(pl.col("rule").str.contains("only to have adopted|span")).height
    first = panel.table().filter(pl.col("spell") == 1).select("unit", "policy").n_unique()
    assert told.at_risk_after_first == first + lost


def test_what_a_wave_finds_first_is_no_event(founding):
    _, panel = asked(founding, "focus-areas")
    rows = panel.table()
    assert rows["period"].unique().sort().to_list() == ["2023", "2024", "2025"]
    assert rows["gap"].is_between(0.5, 1.5).all()
    assert panel.ledger.height > 0


def tables(*rows, **units):
    schema = dict.fromkeys(("unit", "policy", "time", "time_latest", "until"), pl.String)
    frame = pl.DataFrame(rows, schema=schema, orient="row").with_row_index("_row", offset=2)
    who = {"unit": ["a", "b", "c"], "entered": [None] * 3, "left": [None] * 3} | units
    return {"adoptions": frame, "units": pl.DataFrame(who, schema_overrides=dict.fromkeys(who, pl.String))}


QUESTION = Analysis(id="q", question="Why?", policies=("p",), units=("a", "b", "c"))


def test_dates_entry_and_sources_are_those_of_the_case():
    told = tables(
        ("z", "p", "1999", None, None), ("a", "p", "2001-05", "2001-07", None), ("b", "p", None, None, None),
        ("c", "p", "2003", None, None), ("c", "other", "2000", None, None), entered=[None, None, "2002-02"],
    )  # fmt: skip
    panel = panel_of(told, QUESTION, {})
    assert panel.table().select("unit", "time", "event", "duration").rows() == [
        ("a", 2000, 0, 1), ("a", 2001, 1, 2), ("c", 2002, 0, 3), ("c", 2003, 1, 4),
    ]  # fmt: skip
    assert panel.ledger.select("unit", "row").rows() == [("b", 4), ("z", 2)]


def test_a_question_without_adoptions_has_no_panel():
    with pytest.raises(MethodError, match="is known"):
        panel_of(tables(("a", "other", "2000", None, None)), QUESTION, {})
    with pytest.raises(MethodError, match="has no `adoptions`"):
        panel_of({}, QUESTION, {})
