"""Whether the founding case says what its sources say: recounted from the sources, not from the case.

The sources are not part of the package; where they are absent, only the inner checks run.
"""

from __future__ import annotations

import csv
import math
import re
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CASE = ROOT / "src" / "diffuscope" / "cases" / "asean-smart-cities"
SHARED = ROOT.parent / "shared"
PAPER = SHARED / "paper" / "bustamante-2025.txt"
with_sources = pytest.mark.skipif(not PAPER.is_file(), reason="the sources are not here")

WAVES = ("2022", "2023", "2024", "2025")
PUBLIC_SAFETY = "Public Safety, City Surveillance & Crime Prevention"
AREA = {
    "civic_social": "Civic & Social",
    "health_wellbeing": "Health & Well-Being",
    "safety_security": "Safety & Security",
    "quality_environment": "Quality Environment",
    "built_infrastructure": "Built Infrastructure",
    "industry_innovation": "Industry & Innovation",
}

# methods.md F.6: id, cluster, criteria, direction, chance under the mechanism, chance under the rival.
FIRST_CODING = """
C1 c1 C-a;C-b for .95 .70
C2 c1 C-c;C-d for .80 .50
C5 c1 C-e for .99 .95
C6 c1 C-d against .50 .60
C3 c2 C-f absent .875 .125
C4 c3 C-f against .25 .70
K1 k1 K-c for .90 .75
K2 k1 K-c for .85 .60
K3 k2 K-a;K-b absent .75 .125
K5 k2 K-d absent .50 .125
K4 k3 K-b;K-f against .20 .70
L1 l1 L-a;L-d3 for .85 .35
L2 l1 L-d3 for .90 .60
L3 l1 L-d3 for .80 .60
L4 l1 L-d1 for .50 .35
L5 l2 L-b;L-c absent .6875 .125
L6 l3 L-c for .70 .50
L7 l4 T for .60 .50
M1 m1 M-c for .90 .55
M2 m1 M-c for .60 .50
M3 m2 M-b for .70 .45
M7 m2 M-a for .90 .80
M4 m3 M-c against .40 .60
M6 m3 M-c against .40 .60
M5 m4 M-a absent .6875 .1875
"""
MECHANISM = {"C": "coercion", "K": "competition", "L": "learning", "M": "emulation"}
# methods.md F.6: sum of dB without discount, sum at rho = .3, and its posterior.
POSTERIOR = {
    "learning": (7.66, 5.52, 0.781),
    "emulation": (-0.92, -0.79, 0.455),
    "competition": (-8.42, -8.13, 0.133),
    "coercion": (-6.49, -6.98, 0.167),
}


def case(table: str) -> list[dict[str, str]]:
    with (CASE / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def source(name: str) -> list[dict[str, str]]:
    with (SHARED / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def published(**where: str) -> list[dict[str, str]]:
    """Printed figures with exactly these values; a column not named must be empty."""
    named = ("document", "quantity", "unit", "area", "sub_area", "status", "wave", "locator")
    free = {"locator"} - set(where)
    return [
        row
        for row in case("published")
        if all(row[column] == where.get(column, "") for column in named if column not in free)
    ]


def decibans(row: dict[str, str]) -> float:
    p1, p0 = float(row["p_if_true"]), float(row["p_if_false"])
    if row["direction"] == "absent":
        s = float(row["searched"])
        p1, p0 = 1 - s * p1, 1 - s * p0
    return 10 * math.log10(p1 / p0)


def pooled(weights: list[float], kept: float) -> float:
    """One cluster: positive and negative weights apart, each by size, each next one discounted once more."""
    sides = ([w for w in weights if w > 0], [w for w in weights if w < 0])
    return sum(w * kept**k for side in sides for k, w in enumerate(sorted(side, key=abs, reverse=True)))


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


# ---------------------------------------------------------------- figures of the paper


def paper_lines() -> list[str]:
    # The plain text writes \\$ for a sign of currency.
    return PAPER.read_text(encoding="utf-8").replace("\\$", "$").split("\n")


def lines_of(locator: str) -> str:
    """The lines a locator such as ``L219; L221–L227`` points to."""
    lines, text = paper_lines(), []
    for part in locator.split(";"):
        match = re.search(r"L(\d+)(?:–L?(\d+))?", part)
        assert match, locator
        text += lines[int(match[1]) - 1 : int(match[2] or match[1])]
    return "\n".join(text)


@with_sources
def test_every_percentage_of_the_papers_tables_stands_as_printed():
    tables = paper_lines()[220:292]
    printed = Counter(re.findall(r"\d+(?:\.\d+)? ?%", "\n".join(tables)))
    ours = Counter(
        row["printed"]
        for row in case("published")
        if row["document"] == "bustamante-2025" and row["quantity"] == "share"
    )
    assert ours == printed
    assert sum(printed.values()) == 12 + 60


def test_figures_that_cannot_be_true_stand_as_printed():
    def status(unit, wave):
        rows = [
            row
            for row in case("published")
            if (row["document"], row["quantity"], row["unit"], row["wave"])
            == ("bustamante-2025", "share", unit, wave)
        ]
        return {row["status"]: row["printed"] for row in rows}

    cambodia = {"completed": "14.29%", "ongoing": "71.43%", "planning": "60%"}
    assert status("KHM", "2022") == cambodia
    for wave in ("2022", "2023"):
        assert status("MYS", wave) == {"completed": "67.67%", "ongoing": "0%", "planning": "33.33%"}
    (caption,) = published(document="bustamante-2025", quantity="caption-year", wave="2023")
    assert caption["value"] == "2022"


@with_sources
def test_every_figure_of_the_paper_stands_in_the_line_it_names():
    for row in case("published"):
        if row["document"] == "bustamante-2025":
            assert row["printed"] in lines_of(row["locator"]), row


@with_sources
def test_the_papers_lists_by_state():
    def parts(label):
        # Our transcription keeps as one what the reports have as one sub-area.
        return (
            [PUBLIC_SAFETY] if label in ("Public Safety", "City Surveillance & Crime Prevention") else [label]
        )

    ours = {
        (row["wave"], row["unit"], row["area"], row["sub_area"])
        for row in case("published")
        if row["quantity"] == "listed" and row["unit"]
    }
    theirs = {
        (row["year"], row["iso3"], row["area"], label)
        for row in source("paper/country_areas")
        for label in parts(row["subarea"])
    }
    assert ours == theirs


def test_what_is_listed_twice_stands_twice():
    counts = Counter(
        (row["wave"], row["unit"], row["sub_area"])
        for row in case("published")
        if row["quantity"] == "listed" and row["unit"]
    )
    twice = {key for key, count in counts.items() if count > 1}
    assert twice == {
        ("2022", "MMR", "Culture & Heritage"),
        ("2022", "MMR", "Governance"),
        ("2023", "KHM", "Mobility & Transportation"),
        ("2023", "MMR", "Clean Environment"),
        ("2023", "MMR", "Resource Access & Management"),
    }


@with_sources
def test_the_papers_cities():
    for wave in ("2022", "2023"):
        ours = {
            row["unit"]
            for row in case("published")
            if row["quantity"] == "listed-city" and row["wave"] == wave
        }
        assert ours == {slug(row["city"]) for row in source("paper/cities")}


def test_a_printed_number_is_its_value_and_its_decimals():
    for row in case("published"):
        digits = re.search(r"\d+(?:\.(\d+))?", row["printed"])
        assert row["decimals"].isdigit()
        if row["quantity"] in ("share", "projects", "cities", "caption-year"):
            assert float(digits[0]) == float(row["value"])
            assert len(digits[1] or "") == int(row["decimals"])
        elif row["quantity"].startswith("listed"):
            assert (row["value"], row["decimals"]) == ("1", "0")


# ---------------------------------------------------------------- words that must match


def test_areas_and_documents_are_declared():
    areas = {(row["area"], row["sub_area"]) for row in case("areas")}
    documents = {row["document"] for row in case("documents")}
    assert len([area for area, sub_area in areas if not sub_area]) == 6
    for table in ("projects", "published", "claims"):
        for row in case(table):
            if row["area"]:
                assert (row["area"], row["sub_area"]) in areas, row
    for row in case("projects") + case("areas"):
        for part in row["source"].split("; "):
            assert re.split(r"[, ]", part)[0] in documents, row


def test_framework_has_its_parts():
    kinds = Counter(row["kind"] for row in case("framework"))
    expected = {"outcome": 3, "urban system": 2, "focus area": 6, "enabler": 2, "sector": 8}
    assert {kind: kinds[kind] for kind in expected} == expected
    items = {row["item"] for row in case("framework")}
    assert all(row["parent"] in items for row in case("framework") if row["parent"])
    framework = {row["item"] for row in case("framework") if row["kind"] == "sub-area"}
    assert framework == {row["sub_area"] for row in case("areas") if row["sub_area"]}


@with_sources
def test_locators_of_the_paper_exist():
    last = len(paper_lines())
    for table in ("evidence", "claims", "framework", "author_verdicts", "published"):
        for row in case(table):
            if row["document"] == "bustamante-2025":
                assert lines_of(row["locator"]).strip(), row
            for number in re.findall(r"L(\d+)", row["locator"]):
                assert 1 <= int(number) <= last


@with_sources
def test_no_sentence_is_copied():
    def shingles(text):
        words = re.findall(r"\w+", unicodedata.normalize("NFKC", text).lower())
        return {" ".join(words[at : at + 8]) for at in range(len(words) - 7)}

    copied = shingles(PAPER.read_text(encoding="utf-8"))
    for title in (row["title"] for row in case("documents")):
        copied -= shingles(title)
    ours = [
        (table, row[column])
        for table, columns in {
            "evidence": ("paraphrase", "note"),
            "claims": ("paraphrase", "note"),
            "framework": ("item",),
            "author_verdicts": ("wording",),
            "areas": ("note",),
            "documents": ("note",),
            "published": ("note",),
            "projects": ("note", "status_basis"),
        }.items()
        for row in case(table)
        for column in columns
    ]
    assert [(table, text) for table, text in ours if shingles(text) & copied] == []


# ---------------------------------------------------------------- evidence


def test_evidence_is_the_first_coding_and_nothing_else():
    ours = {
        (
            row["id"],
            row["mechanism"],
            row["cluster"],
            row["criterion"],
            row["direction"],
            float(row["p_if_true"]),
            float(row["p_if_false"]),
        )
        for row in case("evidence")
        if row["analysis"] == "smart-cities"
    }
    expected = set()
    for line in FIRST_CODING.split("\n"):
        if line:
            name, cluster, criterion, direction, p1, p0 = line.split()
            mechanism = MECHANISM[name[0]]
            expected.add((name, mechanism, cluster, criterion, direction, float(p1), float(p0)))
    assert ours == expected


def test_evidence_has_one_coder_one_rival_and_names_no_unit():
    rows = [row for row in case("evidence") if row["analysis"] == "smart-cities"]
    assert {(row["coder"], row["rival"], row["share"], row["unit"]) for row in rows} == {
        ("coder-1", "the same decisions without this mechanism", "public", "")
    }
    assert {row["searched"] for row in rows if row["direction"] == "absent"} == {"0.8"}
    assert {row["id"] for row in rows if row["definition"]} == {"C3", "C4"}
    assert {row["definition"] for row in rows if row["id"] in ("C3", "C4")} == {"narrow"}


@pytest.mark.parametrize(("mechanism", "oracle"), POSTERIOR.items())
def test_evidence_gives_the_published_posteriors(mechanism, oracle):
    clusters = defaultdict(list)
    for row in case("evidence"):
        if (row["analysis"], row["mechanism"]) == ("smart-cities", mechanism):
            clusters[row["cluster"]].append(decibans(row))
    plain = sum(sum(weights) for weights in clusters.values())
    discounted = sum(pooled(weights, 0.7) for weights in clusters.values())
    total, discounted_total, posterior = oracle
    assert plain == pytest.approx(total, abs=0.006)
    assert discounted == pytest.approx(discounted_total, abs=0.006)
    assert 1 / (1 + 10 ** (-discounted / 10)) == pytest.approx(posterior, abs=0.0006)


def test_evidence_of_the_reports_stays_under_its_own_questions():
    found = Counter(row["analysis"] for row in case("evidence"))
    assert set(found) == {"smart-cities", "focus-areas", "sub-areas"}
    for row in case("evidence"):
        if row["analysis"] != "smart-cities":
            assert row["document"] in {"me-2022", "me-2023", "me-2024", "me-2025"}
            assert row["note"]
    assert len({row["id"] for row in case("evidence")}) == len(case("evidence"))


@with_sources
def test_what_the_reports_show_of_further_areas():
    """The counts that the focus-area evidence quotes, from the panel."""
    rows = [row for row in source("ascn/projects_panel") if row["area"]]
    joined = {}
    first = {}
    for row in sorted(rows, key=lambda row: row["year"]):
        joined.setdefault(row["city"], row["year"])
        first.setdefault((row["city"], row["area"]), row["year"])
    state = {row["city"]: row["iso3"] for row in rows}
    further = {key: wave for key, wave in first.items() if wave > joined[key[0]]}
    assert len(further) == 18
    assert len({city for city, _ in further}) == 12

    follows = [
        1
        for (city, area), wave in further.items()
        if any(
            other != city and state[other] == state[city] and theirs == area and since < wave
            for (other, theirs), since in first.items()
        )
    ]
    assert len(follows) == 13
    finished = Counter((int(row["year"]) + 1, row["area"]) for row in rows if row["status"] == "completed")
    assert sum(not finished[int(wave), area] for (_, area), wave in further.items()) == 8
    singapore = {area for (city, area) in first if city == "Singapore"}
    assert sum(area in singapore for _, area in further) == 8
    still_open = [
        (city, area)
        for city, since in joined.items()
        if since < "2025"
        for area in AREA.values()
        if first.get((city, area), "9999") > since
    ]
    assert len(still_open) == 112
    assert sum(area in singapore for _, area in still_open) == 39
    sets = defaultdict(set)
    for row in rows:
        sets[row["year"], row["city"]].add(row["area"])
    for wave, cities, distinct in (("2022", 26, 14), ("2025", 35, 21)):
        of_wave = [frozenset(areas) for (year, _), areas in sets.items() if year == wave]
        assert (len(of_wave), len(set(of_wave))) == (cities, distinct)
        assert of_wave.count(frozenset(sets[wave, "Singapore"])) == 1


@with_sources
def test_what_the_reports_show_of_sub_areas():
    """The counts that the sub-area evidence quotes, from exhibit 3."""
    first = {}
    for row in source("ascn/country_subarea_counts"):
        key = (row["iso3"], AREA[row["area_id"]], row["subarea"])
        first[key] = min(first.get(key, "9999"), row["year"])
    new = {key: wave for key, wave in first.items() if wave != "2022"}
    assert len(new) == 20
    follows = [
        1
        for (state, _, sub_area), wave in new.items()
        if any(
            other != state and theirs == sub_area and since < wave
            for (other, _, theirs), since in first.items()
        )
    ]
    assert len(follows) == 15
    assert sum(area == "Industry & Innovation" for _, area, _ in new) == 7
    assert sum(wave in ("2023", "2024") for wave in new.values()) == 14
    singapore = {sub_area for state, _, sub_area in first if state == "SGP"}
    assert sum(state != "SGP" and sub_area in singapore for state, _, sub_area in new) == 5


def test_author_concludes_that_all_four_were_at_work():
    found = {row["mechanism"]: row["verdict"] for row in case("author_verdicts")}
    assert found == dict.fromkeys(MECHANISM.values(), "at work")


# ---------------------------------------------------------------- claims


def test_claims_cover_the_papers_statements_about_its_tables():
    claims = {
        (
            row["kind"],
            row["unit"],
            row["sub_area"] or row["area"],
            row["from_wave"],
            row["to_wave"],
            row["value"],
        )
        for row in case("claims")
    }
    assert {
        ("total", "", "", "", "2021", "65"),
        ("total", "", "", "", "2022", "77"),
        ("total", "", "", "", "2023", "86"),
        ("total", "", "", "", "2018", "26"),
        ("rises", "", "", "2021", "2022", ""),
        ("rises", "", "", "2022", "2023", ""),
        ("adds", "BRN", "Mobility & Transportation", "2022", "2023", ""),
        ("adds", "KHM", "Mobility & Transportation", "2022", "2023", ""),
        ("adds", "MMR", "Clean Environment", "2022", "2023", ""),
        ("adds", "THA", "Tourism", "2022", "2023", ""),
        ("drops", "MYS", "Culture & Heritage", "2022", "2023", ""),
        ("all completed", "SGP", "", "", "2023", "100"),
        ("all completed", "PHL", "", "", "2023", "100"),
        ("all completed", "IDN", "", "", "2022", "100"),
        ("all completed", "IDN", "", "", "2023", "100"),
    } <= claims
    by_area = {row["area"]: row["kind"] for row in case("claims") if row["area"] and not row["sub_area"]}
    rising = {"Civic & Social", "Industry & Innovation"}
    assert by_area == {area: "rises" if area in rising else "falls" for area in AREA.values()}
    unchanged = {row["unit"] for row in case("claims") if row["kind"] == "unchanged"}
    assert unchanged == {"IDN", "LAO", "PHL", "SGP", "VNM"}
