"""Whether the founding case carries what the paper prints: figures, lists and locators, each in its line."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from asean import AREA, PAPER, PUBLIC_SAFETY, case, published, slug, source, with_sources

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
