"""The world of the founding case, counted again from its sources: rows, adoptions and programmes."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

import pytest
from asean import case, source
from asean_world import FOUNDING, LOOKS, OURS, dates, first_sight, ids_by_name, of, with_sources

# ------------------------------------------------------------------------------------------ within the case


def test_every_row_names_its_documents():
    known = {row["document"] for row in case("documents")}
    for table in OURS:
        for number, row in enumerate(case(table), start=2):
            named = {re.split(r"[ ,]", part.strip())[0] for part in row["source"].split(";")}
            assert named <= known, (table, number, named - known)


def test_what_is_judged_says_why():
    for table in ("adoptions", "support"):
        assert all(row["note"] for row in case(table) if row["basis"] != "reported")
    shepherds = [row for row in case("attendance") if row["role"] == "shepherd"]
    elected_then = {"meeting-2019", "meeting-2021"}
    assert all(row["note"].startswith("Judged") for row in shepherds if row["event"] not in elected_then)


def test_nobody_stands_in_the_case_for_nothing():
    named = {row[end] for row in case("ties") for end in ("sender", "receiver")}
    named |= {row[end] for row in case("support") for end in ("partner", "recipient")}
    named |= {row["unit"] for table in ("attendance", "adoptions") for row in case(table)}
    named |= {row["host"] for row in case("events")} | {row["parent"] for row in case("units")}
    assert {row["unit"] for row in case("units")} <= named


def test_only_states_and_cities_of_the_region_adopt():
    units = {row["unit"]: row for row in case("units")}
    adopters = {unit for unit, row in units.items() if row["role"] == "adopter"}
    states = {unit for unit in adopters if units[unit]["kind"] == "state"}
    assert states == FOUNDING | {"TLS"}
    assert {units[unit]["parent"] for unit in adopters - states} == states
    assert {row["unit"] for row in case("adoptions")} <= adopters


def test_strict_and_broad_programmes_are_never_mixed():
    groups = {row["policy"]: row["group"] for row in case("policies")}
    assert groups["strict-programme"] != groups["broad-programme"]
    strict = {row["unit"] for row in of("strict-programme")}
    assert strict == {"SGP", "THA", "IDN", "VNM", "MYS", "PHL"}
    assert {row["unit"] for row in of("broad-programme")} == FOUNDING


def test_every_first_sight_lies_between_two_looks():
    looks = sorted(LOOKS.values())
    for row in of("area-") + of("sub-area-"):
        if row["time"]:
            between = [look for look in looks if row["time"] <= look <= row["time_latest"]]
            assert between == [row["time_latest"]], row
            assert row["time"] > looks[looks.index(between[0]) - 1], row


def test_shared_groups_and_borders_follow_from_the_attributes():
    held: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in case("attributes"):
        held[row["variable"]][row["unit"]].add(row["value"])
    for layer, variable in {
        "shared-official-language": "official_language",
        "shared-coloniser": "colonial_origin",
        "shared-religion": "largest_religion",
        "shared-archetype": "mgi_archetype",
    }.items():
        has = {unit: values - {"none"} for unit, values in held[variable].items()}
        expected = {(one, other) for one in has for other in has if one != other and has[one] & has[other]}
        rows = [row for row in case("ties") if row["layer"] == layer]
        assert {(row["sender"], row["receiver"]) for row in rows} == expected
        assert {row["derived_from"] for row in rows} == {"attributes"}
    counted: Counter[tuple[str, str]] = Counter()
    for layer in ("shared-official-language", "shared-coloniser", "shared-religion"):
        counted.update((row["sender"], row["receiver"]) for row in case("ties") if row["layer"] == layer)
    culture = [row for row in case("ties") if row["layer"] == "shared-culture"]
    assert {(row["sender"], row["receiver"]): float(row["weight"]) for row in culture} == counted
    assert {row["receiver"] for row in culture} >= FOUNDING
    units = {row["unit"] for row in case("units")}
    borders = {(row["sender"], row["receiver"]) for row in case("ties") if row["layer"] == "land-border"}
    assert borders == {(b, unit) for unit, others in held["land_border"].items() for b in others & units}


@pytest.mark.parametrize(
    ("analysis", "testable", "events", "baseline"),
    [
        # six strict programmes, Singapore 2014 to the Philippines 2023
        ("smart-cities", True, 6, 0),
        # 26 of 38 at the founding
        ("membership", False, 38, 0),
        # 101 pairs of city and area in the reports, 18 of them not there at the city's first look
        ("focus-areas", True, 18, 83),
        # 66 pairs of state and sub-area, 20 of them not there in 2022
        ("sub-areas", True, 20, 46),
    ],
)
def test_the_dates_can_tell_of_everything_but_membership(analysis, testable, events, baseline):
    from diffuscope.case import read_case
    from diffuscope.panel import chronology

    read = read_case("asean-smart-cities")
    question = next(one for one in read.analyses if one.id == analysis)
    found = chronology(question, read.table("adoptions"), read.waves)
    assert found.testable is testable
    assert (found.adoptions - found.baseline, found.baseline) == (events, baseline)
    assert found.left_out == ()
    if analysis == "membership":
        assert (found.modal_period, found.modal_count) == ("2018", 26)


def test_the_case_has_no_problem():
    from diffuscope.case import read_case
    from diffuscope.study import case_problems

    assert case_problems(read_case("asean-smart-cities")) == ()


# --------------------------------------------------------------------------------------- against the sources


@with_sources
def test_the_cities_are_the_network_s_with_their_state_place_and_year():
    ids = ids_by_name()
    units = {row["unit"]: row for row in case("units")}
    joined = {row["unit"]: row for row in of("ascn-membership")}
    year = {row["unit"]: row["value"] for row in case("attributes") if row["variable"] == "year_joined"}
    assert len(joined) == len(source("ascn/cities")) == 38
    for row in source("ascn/cities"):
        unit = units[ids[row["city"]]]
        assert (unit["parent"], unit["lat"], unit["lon"]) == (row["iso3"], row["lat"], row["lon"])
    for row in source("ascn/membership"):
        unit = ids[row["city"]]
        assert joined[unit]["time"][:4] == year[unit] == row["year_joined"]
    counts = Counter(row["time"][:4] for row in joined.values())
    assert counts == {"2018": 26, "2023": 3, "2024": 2, "2025": 6, "2026": 1}


@with_sources
def test_every_city_and_area_with_projects_is_one_adoption_with_the_right_range():
    ids, looked = ids_by_name(), {}
    waves: dict[tuple[str, str], set[str]] = defaultdict(set)
    first: dict[tuple[str, str, str], list[tuple[str, int]]] = defaultdict(list)
    for row in source("ascn/projects_panel"):
        if row["list"] == "SCAP":
            continue
        pair = (ids[row["city"]], "area-" + row["area_id"].replace("_", "-"))
        waves[pair].add(row["year"])
        first[(*pair, row["year"])].append((row["list"][-1], int(row["no"])))
        looked[pair[0]] = min(looked.get(pair[0], "9999"), row["year"])
    ours = {(row["unit"], row["policy"]): row for row in of("area-")}
    assert len(ours) == len(of("area-")) == 101
    assert ours.keys() == waves.keys()
    for pair, row in ours.items():
        assert dates(row) == first_sight(waves[pair], looked[pair[0]]), pair
        seen = min(waves[pair])
        assert row["source"].startswith(f"me-{seen}, appendix")
        assert cited(row["source"]) == sorted(first[(*pair, seen)]), pair


def cited(text: str) -> list[tuple[str, int]]:
    """Appendix and number of every project that a source names: `appendix A no. 1, 3–5, p. 22`."""
    found = []
    for appendix, numbers in re.findall(r"appendix ([AB]) no\. ([\d–, ]+), p\.", text):
        for part in numbers.split(", "):
            low, _, high = part.partition("–")
            found += [(appendix, number) for number in range(int(low), int(high or low) + 1)]
    return sorted(found)


@with_sources
def test_areas_that_moved_and_late_completions_are_marked():
    ids = ids_by_name()
    areas: dict[str, dict[str, str]] = defaultdict(dict)
    completed_first = set()
    for row in source("ascn/projects_panel"):
        if row["list"] == "SCAP":
            continue
        if not areas[row["project_id"]] and row["status"] == "completed":
            completed_first.add((ids[row["city"]], row["area_id"], row["year"]))
        areas[row["project_id"]][row["year"]] = row["area_id"]
    moved = {project: by_year for project, by_year in areas.items() if len(set(by_year.values())) > 1}
    assert len(moved) == 3
    ours = {(row["unit"], row["policy"][5:].replace("-", "_")): row for row in of("area-")}
    prefixes = {"SIN": "singapore", "SMD": "sumedang", "RYG": "rayong"}
    for project, by_year in moved.items():
        unit, last = prefixes[project[:3]], by_year[max(by_year)]
        row = ours[(unit, last)]
        if row["time"]:
            assert (row["basis"], row["confidence"]) == ("judged", "low")
            assert "elabelled" in row["note"]
    for unit, area, year in completed_first:
        row = ours[(unit, area)]
        if row["time_latest"] == LOOKS[year]:
            assert "completed" in row["note"], (unit, area)


@with_sources
def test_every_sub_area_of_a_state_is_one_adoption_with_the_right_range():
    waves: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in source("ascn/country_subarea_counts"):
        assert int(row["n_projects"]) > 0
        waves[(row["iso3"], f"{row['subarea']} projects")].add(row["year"])
    name = {row["policy"]: row["name"] for row in case("policies")}
    ours = {(row["unit"], name[row["policy"]]): row for row in of("sub-area-")}
    assert len(ours) == len(of("sub-area-")) == 66
    assert ours.keys() == waves.keys()
    for pair, row in ours.items():
        assert dates(row) == first_sight(waves[pair], "2022"), pair
        assert row["note"] or not row["time"], pair
    topics = {(row["name"], row["topic"]) for row in case("policies") if row["group"] == "sub-area"}
    area = {row["policy"][5:].replace("-", "_"): row["topic"] for row in case("policies")}
    assert topics == {
        (f"{row['subarea']} projects", area[row["area_id"]]) for row in source("ascn/country_subarea_counts")
    }


@with_sources
def test_areas_named_in_the_plans_are_those_of_the_plans():
    ids = ids_by_name()
    expected = {
        (ids[row["city"]], "plan-" + row["area_id"].replace("_", "-")): row["basis"].startswith("coder")
        for row in source("ascn/scap2018_city_focus_areas")
    }
    ours = {(row["unit"], row["policy"]): row["basis"] == "judged" for row in of("plan-")}
    assert ours == expected
    assert len(of("plan-")) == 76
    assert {row["time"] for row in of("plan-")} == {"2018-07-08"}


@with_sources
@pytest.mark.parametrize(("policy", "column"), [("strict-programme", "strict"), ("broad-programme", "broad")])
def test_national_programmes_hold_the_years_of_the_record(policy, column):
    ours = {row["unit"]: row for row in of(policy)}
    known = {
        row["iso3"]: row[f"{column}_year"]
        for row in source("ascn/national_adoption_event_times")
        if row[f"{column}_censored"] == "0"
    }
    assert ours.keys() == known.keys()
    for unit, year in known.items():
        row = ours[unit]
        assert row["time"][:4] <= year <= (row["time_latest"] or row["time"])[:4]
        assert row["time"][:4] == year


@with_sources
def test_exact_days_of_programmes_are_those_of_the_record():
    recorded = {(row["iso3"], row["date"]) for row in source("ascn/national_smart_city_programmes")}
    for row in of("broad-programme"):
        if not row["time_latest"]:
            assert (row["unit"], row["time"]) in recorded, row["unit"]
    sure = {row["unit"] for row in of("broad-programme") if row["confidence"] == "high"}
    assert sure == {"SGP", "IDN", "VNM", "MYS", "BRN"}
