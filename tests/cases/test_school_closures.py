"""The case of school closures: a common shock, in which dates must not speak for any mechanism."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from diffuscope.case import read_case
from diffuscope.panel import chronology
from diffuscope.study import case_problems

CASE = Path(__file__).resolve().parents[2] / "src" / "diffuscope" / "cases" / "school-closures-2020"
LIBRARY = Path(__file__).resolve().parents[3] / "shared" / "data" / "library"
with_sources = pytest.mark.skipif(not LIBRARY.is_dir(), reason="the sources are not here")

LEVELS = {
    "recommended": "closing_recommended_or_more",
    "required for some": "closing_required_some_or_more",
    "required for all": "closing_required_all",
}
RECODED = {"ROM": "ROU", "ZAR": "COD", "YUG": "SRB", "TMP": "TLS", "PAL": "PSE", "RKS": "XKX"}


def table(name: str) -> list[dict[str, str]]:
    with (CASE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def source(name: str) -> list[dict[str, str]]:
    with (LIBRARY / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def ours(code: str) -> str:
    return RECODED.get(code, code)


def test_the_case_has_no_problem():
    assert case_problems(read_case("school-closures-2020")) == ()


def test_every_row_names_its_source():
    for name in ("units", "policies", "adoptions", "ties"):
        assert {row["source"].split(",")[0] for row in table(name)} <= {"oxcgrt", "cepii", "factbook-2019"}


@with_sources
def test_first_days_are_those_of_the_source():
    rows = source("oxcgrt_school_closing_first_dates")
    theirs = {
        (ours(row["state"]), tier): row[column]
        for row in rows
        for tier, column in LEVELS.items()
        if row[column]
    }
    assert {(row["unit"], row["tier"]): row["time"] for row in table("adoptions")} == theirs
    assert {row["unit"]: row["name"] for row in table("units")} == {
        ours(row["state"]): row["name"] for row in rows
    }


@with_sources
def test_exports_and_borders_are_those_of_the_sources():
    units = {row["unit"] for row in table("units")}
    sold = {
        (ours(row["partner"]), ours(row["state"])): (float(row["share_of_exports_pct"]), row["data_year"])
        for row in source("world_export_partners_factbook_2019")
    }
    beside = {
        ends
        for row in source("world_contiguity_colony_cepii")
        if row["contiguous"] == "1"
        for ends in (
            (ours(row["state_a"]), ours(row["state_b"])),
            (ours(row["state_b"]), ours(row["state_a"])),
        )
    }
    ties = table("ties")
    assert {
        (row["sender"], row["receiver"]): (float(row["weight"]), row["start"])
        for row in ties
        if row["layer"] == "export-share"
    } == {ends: sold[ends] for ends in sold if units >= {*ends}}
    assert {(row["sender"], row["receiver"]) for row in ties if row["layer"] == "contiguity"} == {
        ends for ends in beside if units >= {*ends}
    }


def test_no_grain_lets_the_dates_take_a_side():
    case = read_case("school-closures-2020")
    assert [one.period for one in case.analyses] == ["day", "wave", "month"]
    for analysis in case.analyses:
        dates = chronology(analysis, case.table("adoptions"), dict(case.waves), tables=case.tables)
        assert dates.testable is False or dates.silenced, analysis.id
        assert (dates.launch_count, dates.adoptions) == (182, 182)


def test_among_those_who_closed_nothing_is_testable():
    """Where nobody is listed who could have closed schools and did not, dates rule diffusion out."""
    case = read_case("school-closures-2020")
    closed = sorted({row["unit"] for row in table("adoptions") if row["tier"] == "required for some"})
    for analysis in case.analyses:
        asked = msgspec.structs.replace(analysis, units=tuple(closed))
        dates = chronology(asked, case.table("adoptions"), dict(case.waves), tables=case.tables)
        assert dates.testable is False, analysis.id


def test_levels_are_reached_in_order():
    days = {(row["unit"], row["tier"]): row["time"] for row in table("adoptions")}
    for unit in {unit for unit, _ in days}:
        known = [days[unit, tier] for tier in LEVELS if (unit, tier) in days]
        assert known == sorted(known), unit
    assert Counter(tier for _, tier in days) == {
        "recommended": 186, "required for some": 182, "required for all": 179,
    }  # fmt: skip
