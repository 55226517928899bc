"""Whether the registers of the founding case say what its sources say: recounted from the sources.

The sources are not part of the package; where they are absent, only the inner checks run.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict

import pytest
from asean import AREA, case, published, slug, source, with_sources

# ---------------------------------------------------------------- projects


def test_projects_by_wave():
    found = Counter(row["wave"] for row in case("projects"))
    assert found == {"2018": 53, "2022": 77, "2023": 86, "2024": 108, "2025": 134}


def test_cities_by_wave():
    cities = defaultdict(set)
    for row in case("projects"):
        cities[row["wave"]].add(row["unit"])
    found = {wave: len(units) for wave, units in cities.items()}
    assert found == {"2018": 26, "2022": 26, "2023": 26, "2024": 31, "2025": 35}


@pytest.mark.parametrize(
    ("wave", "completed", "ongoing", "planning", "undetermined"),
    [("2022", 2, 56, 15, 4), ("2023", 2, 64, 13, 7), ("2024", 11, 75, 12, 10), ("2025", 18, 104, 6, 6)],
)
def test_status_counted_from_rows(wave, completed, ongoing, planning, undetermined):
    found = Counter(row["status"] for row in case("projects") if row["wave"] == wave)
    expected = {
        "completed": completed,
        "ongoing": ongoing,
        "planning": planning,
        "undetermined": undetermined,
    }
    assert found == expected


def test_plans_of_2018_have_neither_area_nor_status():
    plans = [row for row in case("projects") if row["wave"] == "2018"]
    assert {(row["area"], row["sub_area"], row["status"]) for row in plans} == {("", "", "not stated")}
    assert Counter(Counter(row["unit"] for row in plans).values()) == {2: 25, 3: 1}


@with_sources
def test_every_project_row_stands_once():
    def facts(rows, columns):
        return Counter(tuple(row[column].strip() for column in columns) for row in rows)

    panel = [{**row, "city": slug(row["city"])} for row in source("ascn/projects_panel")]
    assert facts(case("projects"), ("wave", "unit", "title", "area", "status")) == facts(
        panel, ("year", "city", "project_title", "area", "status")
    )


@with_sources
def test_links_join_the_same_rows_and_say_why():
    ours, theirs = defaultdict(list), defaultdict(list)
    for row, panel in zip(case("projects"), source("ascn/projects_panel"), strict=True):
        assert (row["wave"], row["title"]) == (panel["year"], panel["project_title"].strip())
        ours[row["project"]].append((row["wave"], row["unit"], row["title"]))
        theirs[panel["project_id"]].append((row["wave"], row["unit"], row["title"]))
        judged = panel["id_basis"].startswith("linked by judgement")
        assert (row["link_basis"] == "judged") is judged
    assert sorted(ours.values()) == sorted(theirs.values())
    for row in case("projects"):
        assert (row["link_basis"] == "not linked") is (len(ours[row["project"]]) == 1)
        if row["link_basis"] == "exact title":
            assert len({title for _, _, title in ours[row["project"]]}) == 1


@with_sources
def test_source_names_the_report_the_number_and_the_page():
    for row, panel in zip(case("projects"), source("ascn/projects_panel"), strict=True):
        if row["wave"] == "2018":
            assert row["source"] == f"scap-2018, priority project {panel['source'].rsplit(' ', 1)[1]}"
        else:
            letter = panel["list"].removeprefix("M&E ")
            page = re.search(r"pdf p\.(\d+)", panel["source"]).group(1)
            assert row["source"] == f"me-{row['wave']}, appendix {letter} no. {panel['no']}, p. {page}"


def test_a_status_says_whether_it_is_a_judgement():
    for row in case("projects"):
        basis = row["status_basis"].split(":", 1)[0]
        assert (basis == "undetermined") is (row["status"] == "undetermined")
        assert basis in {
            "reported",
            "reported by city and area",
            "judged",
            "undetermined",
            "not stated in the action plan",
        }
    assert sum(row["status_basis"].startswith("judged") for row in case("projects")) == 4


@with_sources
def test_a_partner_is_named_by_the_report_of_that_wave_for_that_city():
    known = {row["unit"] for row in case("units")}
    named = defaultdict(str)
    for row in source("ascn/partner_city_support_me_reports"):
        named[row["year"], slug(row["city"])] += f" {row['partner'].lower()}"
    words = {"bmbf": "german federal ministry of education and research"}
    for row in case("projects"):
        for partner in filter(None, row["partner"].split(";")):
            assert partner in known
            if row["wave"] == "2018":  # named by a source of 2020 that the note gives
                assert "martinus-2020" in row["note"]
            else:
                assert words.get(partner, partner) in named[row["wave"], row["unit"]]


# ---------------------------------------------------------------- figures of the reports


@with_sources
def test_areas_by_exhibit_and_by_appendix():
    listed = Counter((row["wave"], row["area"]) for row in case("projects"))
    for row in source("ascn/area_shares_2022_2025"):
        wave, area = row["year"], AREA[row["area_id"]]
        assert listed[wave, area] == int(row["n_appendix"])
        where = {"document": f"me-{wave}", "wave": wave, "area": area}
        for locator, column in (
            ("exhibit 2", "n_exhibit2"),
            ("exhibit 3", "n_exhibit3"),
            ("appendix", "n_appendix"),
        ):
            (figure,) = published(quantity="projects", locator=locator, **where)
            assert figure["printed"] == figure["value"] == row[column]
        (share,) = published(quantity="share", locator="exhibit 1", **where)
        assert share["printed"] == row["share_pct_printed_exhibit1"]


@pytest.mark.parametrize(
    ("wave", "total", "completed", "ongoing", "planning"),
    [
        ("2022", 77, 2, 58, 17),
        ("2023", 86, 2, 67, 17),
        ("2024", 108, 11, 81, 16),
        ("2025", 134, 18, 108, 8),
    ],
)
def test_totals_as_the_reports_have_them(wave, total, completed, ongoing, planning):
    where = {"document": f"me-{wave}", "quantity": "projects", "wave": wave}
    assert [row["value"] for row in published(**where)] == [str(total)]
    found = [published(status=status, **where)[0]["value"] for status in ("completed", "ongoing", "planning")]
    assert found == [str(completed), str(ongoing), str(planning)]


@with_sources
def test_states_by_status():
    for row in source("ascn/country_status_counts"):
        where = {"document": f"me-{row['year']}", "wave": row["year"], "unit": row["iso3"]}
        (total,) = published(quantity="projects", locator="exhibit 3", **where)
        assert total["value"] == row["n_projects"]
        counts = published(quantity="projects", locator="exhibit 2", status=row["status"], **where)
        assert [count["value"] for count in counts] == [row["n_status_exhibit2"]][
            : int(row["n_status_exhibit2"])
        ]
        shares = published(quantity="share", locator="exhibit 3", status=row["status"], **where)
        assert [share["printed"] for share in shares] == list(filter(None, [row["pct_printed_exhibit3"]]))


@with_sources
def test_sub_areas_by_state_and_icons_by_city():
    ours = Counter(
        (row["wave"], row["unit"], row["area"], row["sub_area"] or row["status"], row["value"])
        for row in case("published")
        if row["document"] != "bustamante-2025" and row["unit"] and row["area"]
    )
    theirs = Counter(
        (row["year"], row["iso3"], AREA[row["area_id"]], row["subarea"], row["n_projects"])
        for row in source("ascn/country_subarea_counts")
    )
    theirs += Counter(
        (row["year"], slug(row["city"]), AREA[row["area_id"]], row["status"], row["n_projects"])
        for row in source("ascn/city_area_status_counts")
    )
    assert ours == theirs
