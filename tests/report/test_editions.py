"""Editions of a network's report: what the public one holds and leaves out."""

from __future__ import annotations

import io
import re
import sys
from html import unescape
from pathlib import Path

import openpyxl
import polars as pl
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from edition_towns import every_text, table, towns
from monitored import founding

from diffuscope import write_edition
from diffuscope.cli import main
from diffuscope.errors import PlanError
from diffuscope.report.edition.build import build
from diffuscope.report.edition.pdf import as_data
from diffuscope.report.edition.write import content


def test_areas_without_projects_stand_as_zero():
    head, *rows = table(build(towns()), "areas")
    assert head == ("Area", "Projects", "Planning", "On-going", "Completed", "On hold")
    assert rows[0] == ("Water", "1 (25 %)", "0 (0 %)", "0 (0 %)", "0 (0 %)", "1 (100 %)")
    assert rows[1] == ("Smart Mobility", "2 (50 %)", "0 (0 %)", "2 (100 %)", "0 (0 %)", "0 (0 %)")
    assert rows[2] == ("Energy", "0 (0 %)", "0", "0", "0", "0")
    assert rows[3][:2] == ("no area named", "1 (25 %)")
    assert rows[4] == ("All", "4", "0 (0 %)", "2 (50 %)", "1 (25 %)", "1 (25 %)")


def test_countries_cities_areas_and_statuses_are_one_table_and_silence_is_no_zero():
    head, *rows = table(build(towns()), "countries")
    assert head[:4] == ("Negara", "City", "Area", "Projects")
    assert rows == [
        ("North", "", "", "4 (100 %)", "0 (0 %)", "2 (50 %)", "1 (25 %)", "1 (25 %)"),
        ("North", "Ash", "", "4 (100 %)", "0 (0 %)", "2 (50 %)", "1 (25 %)", "1 (25 %)"),
        ("North", "Ash", "Water", "1 (25 %)", "0 (0 %)", "0 (0 %)", "0 (0 %)", "1 (100 %)"),
        ("North", "Ash", "Smart Mobility", "2 (50 %)", "0 (0 %)", "2 (100 %)", "0 (0 %)", "0 (0 %)"),
        ("North", "Ash", "no area named", "1 (25 %)", "0 (0 %)", "0 (0 %)", "1 (100 %)", "0 (0 %)"),
        ("South", "", "", "1 (25 %)", "0 (0 %)", "1 (100 %)", "0 (0 %)", "0 (0 %)"),
        ("South", "Cedar", "", "1 (25 %)", "0 (0 %)", "1 (100 %)", "0 (0 %)", "0 (0 %)"),
        ("South", "Cedar", "Smart Mobility", "1 (100 %)", "0 (0 %)", "1 (100 %)", "0 (0 %)", "0 (0 %)"),
        ("All", "", "", "4", "0 (0 %)", "2 (50 %)", "1 (25 %)", "1 (25 %)"),
    ]


def test_a_city_that_sent_nothing_is_named_without_a_number():
    returns = pl.DataFrame({"wave": ["2025"], "unit": ["birch"], "state": ["silent"], "source": ["mail"]})
    edition = build(towns(returns=returns))
    assert ("North", "Birch", "No return", *("–",) * 5) in table(edition, "countries")
    assert table(edition, "response")[-1] == ("All", "3", "2 (67 %)", "0", "0", "1")
    nil = build(towns(returns=returns.with_columns(state=pl.lit("nil"))))
    assert ("North", "Birch", "Nothing to report", "0 (0 %)", *("0",) * 4) in table(nil, "countries")


def test_what_changed_is_told_by_country():
    (part,) = [part for part in build(towns()).parts if part.id == "changes"]
    assert part.title == "Apa yang berubah"
    told = {group.title: group.points for group in part.groups}
    assert told["North"][:2] == (
        "Projects: 1 → 4",
        "New (3): =Pumps() (Ash; Completed); Resting (Ash; On hold); River link <b> (Ash, Cedar; On-going)",
    )
    assert "Moved on (1): Bus lanes (Ash; Planning → On-going)" in told["North"]
    assert "No longer listed (1): Flood gauges (Cedar; On-going)" in told["South"]


def test_heads_of_groups_are_where_a_reader_sees_them():
    (shown,) = [
        one
        for run in as_data(build(towns()))["runs"]
        for part in run["parts"]
        for one in part["tables"]
        if one["head"][1:4] == ("City", "Area", "Projects")
    ]
    heads = [(row["level"], row["cells"][row["head"]]) for row in shown["rows"] if row["level"]]
    assert heads == [(1, "North"), (3, "Ash"), (1, "South"), (3, "Cedar"), (2, "All")]


def test_appendices_hold_every_project_once():
    edition = build(towns())
    assert [row[2] for row in table(edition, "open")[1:]] == ["Bus lanes", "River link <b> (joint)"]
    assert [row[2] for row in table(edition, "completed")[1:]] == ["=Pumps()"]
    assert [row[2] for row in table(edition, "other")[1:]] == ["Resting"]


@pytest.mark.parametrize("ending", [".html", ".docx", ".xlsx"])
def test_working_columns_stay_in_the_working_edition(ending):
    result = towns()
    public, working = (
        every_text(ending, content(build(result, which), ending)) for which in ("public", "working")
    )
    for word in ("SECRETSOURCE", "WORKINGNOTE", "judged: by a photo", "Status basis"):
        assert word not in public
        assert word in working
    assert "Statuses that are judged" in public


def test_the_page_runs_nothing_and_shows_text_as_text():
    page = content(build(towns()), ".html").decode()
    assert "script-src 'none'" in unescape(page)
    assert "<script" not in page
    assert not re.search(r"(src|href)=\"(?!#)", page)
    assert "River link &lt;b&gt;" in page
    assert '<html lang="id">' in page


def test_the_workbook_has_a_summary_with_numbers():
    book = openpyxl.load_workbook(io.BytesIO(content(build(towns()), ".xlsx")))
    assert book.sheetnames[0] == "Summary"
    assert {"Countries and cities, 2025", "Focus areas, 2025", "Status, 2025"} <= set(book.sheetnames)
    areas = [[cell.value for cell in row] for row in book["Focus areas, 2025"].iter_rows(max_row=3)]
    assert areas[0][:5] == ["Area", "Projects", "Projects, %", "Planning", "Planning, %"]
    assert areas[2][:3] == ["Smart Mobility", 2, 50]
    sheet = book["Completed projects, 2025"]
    assert (sheet["C2"].value, sheet["C2"].data_type) == ("=Pumps()", "s")


def test_the_summary_sheet_holds_tables_and_the_words_stand_on_their_own():
    book = openpyxl.load_workbook(io.BytesIO(content(build(towns()), ".xlsx")))
    summary = [
        [cell for cell in row if cell is not None] for row in book["Summary"].iter_rows(values_only=True)
    ]
    assert ["Projects: 1 → 4"] not in [row[1:] for row in summary]
    assert ["Smart Mobility", 2, 50, 0, 0, 2, 100, 0, 0, 0, 0] in summary
    assert (
        max(len(str(row[0])) for row in summary if len(row) > 1) < 40
    )  # long texts run on, none is squeezed
    words = [list(row) for row in book["Apa yang berubah"].iter_rows(values_only=True)]
    assert ["North", "Projects: 1 → 4"] in words


# --- an earlier wave, sub-areas


def test_an_earlier_wave_is_reported_as_it_was():
    edition = build(towns(), wave="2024")
    assert edition.subtitle == "Public edition · 2024 (30 September 2024)"
    assert edition.parts[0].says == ("2024: Projects: 2 · Cities: 2 · Negara: 2",)
    assert table(edition, "status")[1:] == [
        ("Planning", "1 (50 %)"),
        ("On-going", "1 (50 %)"),
        ("Completed", "0 (0 %)"),
        ("All", "2"),
    ]
    held = {one.name for part in edition.parts for one in part.tables}
    assert "reports" not in held  # there was none before
    assert "changes" not in {part.id for part in edition.parts}
    assert [row[2] for row in table(edition, "open")[1:]] == ["Bus lanes", "Flood gauges"]
    # the network's report of 2023 counts 86 projects, that of 2022 77
    counts = {row[0]: row[4] for row in table(build(founding(), wave="2023"), "reports")[1:]}
    assert counts == {"2018": "53", "2022": "77", "2023": "86"}


def test_meetings_after_an_earlier_wave_are_left_out():
    told = [row[0] for row in table(build(founding(), wave="2022"), "meetings")[1:]]
    assert "5th annual meeting" in told  # 30 August 2022; the report is of 21 September
    assert "6th annual meeting" not in told


def test_a_wave_that_is_none_is_refused_and_the_file_is_named_after_it(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PlanError, match="no wave `2019`; its waves are 2024, 2025"):
        write_edition(towns(), wave="2019")
    assert write_edition(towns(), wave="2024").name == "towns-public-2024.html"
    with pytest.raises(SystemExit) as left:
        main(["report", "asean-smart-cities", "--wave", "2023", "--out", "old.html"])
    assert left.value.code == 0
    assert "The public edition" in capsys.readouterr().out
    assert "Public edition · 2023 (14 August 2023)" in (tmp_path / "old.html").read_text(encoding="utf-8")


def test_counts_and_changes_say_on_how_many_returns_they_rest():
    edition = build(founding())
    parts = {part.id: part for part in edition.parts}
    assert parts["overview"].says[0].endswith("Returns received: 35 / 37")
    points = {group.title: group.points for group in parts["changes"].groups}
    # two of the six cities of Indonesia sent nothing in 2025; two were no members in 2024
    assert "Returns received: 4 / 4 → 4 / 6" in points["Indonesia"]
    assert not any("Returns received" in point for point in points["Thailand"])
