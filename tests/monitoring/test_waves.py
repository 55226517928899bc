"""Totals, counts, shares, changes and candidate links, counted by hand."""

from __future__ import annotations

import polars as pl
import pytest

from diffuscope.errors import PlanError
from diffuscope.monitoring.change import changes, movements
from diffuscope.monitoring.links import links_to_confirm
from diffuscope.monitoring.waves import counts, prepared, totals
from register import UNITS, WAVES, register

PROJECTS = register(
    ("w1", "bus", "c1", "Bus lanes", "Transport", "planning"),  # row 2
    ("w1", "bin", "c1", "Smart bins", "Environment", "ongoing"),
    ("w1", "cam", "c2", "Cameras", "Safety", "ongoing"),
    ("w1", None, "c3", "Library", None, "undetermined"),  # row 5
    ("w2", "bus", "c1", "Bus lanes", "Transport", "ongoing"),
    ("w2", "bin", "c1", "Waste bins", "Safety", "planning"),  # moved back, and to another area
    ("w2", "hub", "c2", "Data hub", "Industry", "planning"),  # row 8
    ("w2", None, "c3", "Library of the city", None, "ongoing"),
    row6="status",
    row7="link",
)
READY = prepared(PROJECTS, UNITS, WAVES)


def one(frame: pl.DataFrame, **where: str | None) -> dict[str, object]:
    found = frame.filter(pl.col(name).eq_missing(pl.lit(value)) for name, value in where.items())
    assert found.height == 1, found
    return found.row(0, named=True)


def test_totals_per_wave():
    found = totals(READY, WAVES)
    assert found["wave"].to_list() == ["w1", "w2"]
    first = one(found, wave="w1")
    assert (first["projects"], first["units"], first["date"]) == (4, 3, "2022")
    assert (first["planning"], first["ongoing"], first["completed"], first["undetermined"]) == (1, 2, 0, 1)
    assert (first["judged"], one(found, wave="w2")["judged"]) == (0, 1)


def test_counts_and_shares():
    found = counts(READY)
    transport = one(found, wave="w2", dimension="area", name="Transport", status=None)
    assert (transport["projects"], transport["share"], transport["sure"]) == (1, 25.0, 0)
    state = one(found, wave="w1", dimension="state", name="s1", status=None)
    assert (state["projects"], state["share"]) == (3, 75.0)
    ongoing = one(found, wave="w1", dimension="state", name="s1", status="ongoing")
    assert ongoing["projects"] == 2
    assert ongoing["share"] == 66.67  # two decimals, as reports print them
    # a unit without a parent stands for itself; rows without an area are counted under none
    assert one(found, wave="w1", dimension="state", name="c3", status=None)["projects"] == 1
    areas = found.filter((pl.col("dimension") == "area") & pl.col("status").is_null())
    assert areas.filter(pl.col("wave") == "w1")["projects"].sum() == 3
    assert found.filter(pl.col("dimension") == "sub-area").is_empty()


def test_what_became_of_each_project():
    found = movements(READY, "w1", "w2")
    assert found.height == 6
    bus = one(found, project="bus")
    assert (bus["change"], bus["status_before"], bus["status"], bus["judged"]) == (
        "moved on", "planning", "ongoing", True,
    )  # fmt: skip
    bins = one(found, project="bin")
    assert (bins["change"], bins["area_before"], bins["area"], bins["judged"]) == (
        "moved back", "Environment", "Safety", True,
    )  # fmt: skip
    assert (bins["row_before"], bins["row"]) == (3, 7)
    assert one(found, project="cam")["change"] == "left"
    assert one(found, project="hub")["change"] == "entered"
    assert sorted(found.filter(pl.col("unit") == "c3")["change"]) == ["entered", "left"]


def test_changes_with_and_without_judgement():
    found = changes(movements(READY, "w1", "w2"))
    overall = {
        row["change"]: (row["projects"], row["sure"]) for row in found.to_dicts() if row["area"] is None
    }
    assert overall == {"entered": (2, 2), "left": (2, 2), "moved on": (1, 0), "moved back": (1, 0)}
    assert one(found, area="Safety", change="moved back")["projects"] == 1
    assert one(found, area="Safety", change="left")["projects"] == 1


def test_a_status_nobody_knows_is_no_standstill():
    rows = prepared(
        register(("w1", "a", "c1", "A", "X", "ongoing"), ("w2", "a", "c1", "A", "X", "undetermined")),
        UNITS,
        WAVES,
    )
    assert movements(rows, "w1", "w2")["change"].to_list() == ["unknown"]


def test_waves_are_asked_for_by_their_names():
    with pytest.raises(PlanError, match=r"no wave `w9`; it has w1, w2"):
        movements(READY, "w1", "w9")


def test_candidates_come_from_the_same_unit_and_earlier_waves():
    rows = register(
        ("w1", "bus", "c1", "Bus lanes for the centre", "Transport", "planning"),
        ("w1", "cam", "c2", "Bus lanes for the centre", "Transport", "planning"),  # another unit
        ("w2", None, "c1", "Bus lanes in the city centre", "Transport", "ongoing"),  # row 4
        ("w2", None, "c1", "Solar roofs", "Energy", "planning"),
        ("w1", None, "c1", "Bus lanes", "Transport", "planning"),  # same wave: nothing earlier
    )
    found = links_to_confirm(prepared(rows, UNITS, WAVES))
    assert found.select("row", "project", "earlier_wave", "earlier_row").rows() == [(4, "bus", "w1", 2)]
    only = found.row(0, named=True)
    assert 0.7 < only["score"] <= 1
    assert only["reason"] == "shares the words bus, centre, lanes; the same area"


def test_a_project_linked_in_that_wave_is_no_candidate():
    rows = register(
        ("w1", "bus", "c1", "Bus lanes", "Transport", "planning"),
        ("w2", "bus", "c1", "Bus lanes", "Transport", "ongoing"),
        ("w2", None, "c1", "Bus lanes", "Transport", "planning"),
        ("w3", None, "c1", "Bus lanes", None, "planning"),  # row 5
    )
    found = links_to_confirm(prepared(rows, UNITS, WAVES))
    assert found.select("row", "project", "earlier_wave", "score").rows() == [(5, "bus", "w2", 1.0)]
    assert "the same title" in found["reason"][0]


def test_a_register_without_open_rows_has_no_candidates():
    rows = register(("w1", "a", "c1", "A", "X", "ongoing"))
    found = links_to_confirm(prepared(rows, UNITS, WAVES))
    assert found.is_empty()
    assert "reason" in found.columns
