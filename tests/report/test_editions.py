"""Editions of a network's report: what the public one holds and leaves out, in the network's own words."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from html import unescape
from pathlib import Path

import docx
import openpyxl
import polars as pl
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from monitored import founding
from test_our_figures import UNITS, WAVES

from diffuscope import write_edition
from diffuscope.case import case_from_frames
from diffuscope.cli import main
from diffuscope.errors import PlanError
from diffuscope.records.labels import LABELS
from diffuscope.report.edition.build import build
from diffuscope.report.edition.contents import text
from diffuscope.report.edition.pdf import as_data
from diffuscope.report.edition.write import content
from diffuscope.study import run_study

WORDS = pl.DataFrame(
    {
        "column": ["status", "area", "label", "label"],
        "written": ["On-going", "Smart Mobility", "Negara", "Apa yang berubah"],
        "means": ["ongoing", "Transport", "Country", "Changes since the last report"],
    }
)
ROWS = [  # wave, project, units, title, area, status
    ("2024", "bus", "ash", "Bus lanes", "Transport", "planning"),
    ("2024", "gauge", "cedar", "Flood gauges", "Water", "ongoing"),
    ("2025", "bus", "ash", "Bus lanes", "Smart mobility", "On-going"),
    ("2025", "link", "ash; cedar", "River link <b>", "Transport", "on going"),
    ("2025", "pump", "ash", "=Pumps()", None, "Completed"),
    ("2025", "rest", "ash", "Resting", "Water", "on-hold"),
]


def towns(**more: object):
    """Ash and Cedar report in 2025, Birch does not."""
    columns = ("wave", "project", "unit", "title", "area", "status")
    projects = pl.DataFrame(ROWS, schema=list(columns), orient="row").with_columns(
        status_basis=pl.col("project").replace_strict({"pump": "judged: by a photo"}, default="reported"),
        link_basis=pl.lit("exact title"),
        source=pl.lit("SECRETSOURCE"),
        note=pl.lit("WORKINGNOTE"),
    )  # fmt: skip
    asked = {
        "id": "towns", "title": "Towns", "language": "id", "waves": WAVES, "units": UNITS, "words": WORDS,
        "projects": projects, "areas": pl.DataFrame({"area": ["Water", "Transport", "Energy"]}),
    }  # fmt: skip
    return run_study(case_from_frames(**{**asked, **more}), parts=("monitoring",))


def table(edition, name: str) -> list[tuple[str, ...]]:
    found = next(one for part in edition.parts for one in part.tables if one.name == name)
    return [found.head, *(tuple(map(text, row.cells)) for row in found.rows)]


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


def every_text(name: str, made: bytes) -> str:
    if name == ".html":
        return made.decode()
    with zipfile.ZipFile(io.BytesIO(made)) as packed:
        return " ".join(packed.read(one).decode(errors="replace") for one in packed.namelist())


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


def with_sub_areas():
    columns = ("wave", "unit", "title", "area", "sub_area", "status")
    rows = [
        ("2025", "ash", "Bus lanes", "Transport", "Buses", "ongoing"),
        ("2025", "ash", "Night buses", "Transport", "Buses", "completed"),
        ("2025", "cedar", "Cycle paths", "Transport", "Cycling", "ongoing"),
        ("2025", "cedar", "River link", "Transport", None, "ongoing"),
        ("2025", "ash", "Pumps", "Water", "Floods", "planning"),
    ]
    projects = pl.DataFrame(rows, schema=list(columns), orient="row").with_columns(
        status_basis=pl.lit("reported"), link_basis=pl.lit("not linked"), source=pl.lit("mail")
    )
    areas = pl.DataFrame(
        {
            "area": ["Water", "Transport", "Transport", "Energy"],
            "sub_area": ["Floods", "Buses", "Cycling", None],
        }
    )
    own = pl.DataFrame({"column": ["sub_area"], "written": ["Bus services"], "means": ["Buses"]})
    return towns(projects=projects, areas=areas, words=own)


def test_sub_areas_stand_below_their_areas():
    head, *rows = table(build(with_sub_areas()), "sub-areas")
    assert head == ("Area", "Sub-area", "Projects", "Planning", "Ongoing", "Completed")
    assert rows == [
        ("Water", "", "1 (20 %)", "1 (100 %)", "0 (0 %)", "0 (0 %)"),
        ("Water", "Floods", "1 (20 %)", "1 (100 %)", "0 (0 %)", "0 (0 %)"),
        ("Transport", "", "4 (80 %)", "0 (0 %)", "3 (75 %)", "1 (25 %)"),
        ("Transport", "Bus services", "2 (40 %)", "0 (0 %)", "1 (50 %)", "1 (50 %)"),
        ("Transport", "Cycling", "1 (20 %)", "0 (0 %)", "1 (100 %)", "0 (0 %)"),
        ("Transport", "no sub-area named", "1 (20 %)", "–", "–", "–"),
        ("Energy", "", "0 (0 %)", "0", "0", "0"),
        ("All", "", "5", "1 (20 %)", "3 (60 %)", "1 (20 %)"),
    ]
    assert table(build(with_sub_areas()), "completed")[1][3:] == ("Transport", "Bus services", "Completed")


def test_each_area_is_told_in_words_with_its_sub_areas_and_cities():
    (part,) = [part for part in build(with_sub_areas()).parts if part.id == "areas"]
    told = {group.title: group.points for group in part.groups}
    assert told["Transport"] == (
        "Projects: 4 (80 %); Ongoing (3), Completed (1)",
        "Sub-areas: Bus services (2), Cycling (1)",
        "Cities (2): Ash (2), Cedar (2)",
    )
    assert told["Energy"] == ("Projects: 0 (0 %)",)


# --- in the network's own words


VIETNAMESE = {
    "Project": "Dự án", "City": "Thành phố", "Countries": "Quốc gia", "September": "tháng 9",
    "hosted by": "chủ trì:", "Changes since the last report": "Thay đổi", "New": "Mới", "In short": "Tóm tắt",
}  # fmt: skip


def test_what_is_told_in_words_is_in_the_network_s_words():
    own = pl.DataFrame({"column": "label", "written": list(VIETNAMESE.values()), "means": list(VIETNAMESE)})
    statuses = pl.DataFrame({"column": ["status"], "written": ["Đang thực hiện"], "means": ["ongoing"]})
    more = WORDS.filter(pl.col("column") != "label")
    edition = build(towns(words=pl.concat([own, statuses, more]), language="vi"))
    assert edition.subtitle.endswith("2025 (30 tháng 9 2025)")
    # one word for one and several: the language declares it once
    assert edition.parts[0].says == ("2025: Dự án: 4 · Thành phố: 2 · Quốc gia: 2",)
    (part,) = [part for part in edition.parts if part.id == "changes"]
    (north, _) = part.groups
    assert north.points[:2] == (
        "Dự án: 1 → 4",
        "Mới (3): =Pumps() (Ash; Completed); Resting (Ash; On hold); "
        "River link <b> (Ash, Cedar; Đang thực hiện)",
    )
    assert table(edition, "countries")[0][:2] == ("Quốc gia", "Thành phố")


def test_every_label_of_an_edition_can_be_put_into_other_words():
    own = pl.DataFrame({"written": [f"⟦{at}⟧" for at in range(len(LABELS))], "means": LABELS})
    words = pl.concat([WORDS.head(2), own.select(pl.lit("label").alias("column"), "written", "means")])
    returns = pl.DataFrame(
        {
            "wave": ["2025"] * 2,
            "unit": ["birch", "ash"],
            "state": ["silent", "carried_forward"],
            "source": "mail",
        }
    )
    edition = build(towns(words=words, returns=returns))
    said = [edition.subtitle, edition.summary, *(part.title for part in edition.parts)]
    said += [note for part in edition.parts for note in part.notes]
    said += [
        one for part in edition.parts for table in part.tables for one in (*table.notes, *table.head[:4])
    ]
    statuses = {"Planning", "On-going", "Completed", "On hold"}
    assert [one for one in said if "⟦" not in one and one not in statuses] == []


def test_a_public_edition_can_be_in_the_network_s_words_to_the_last_word():
    own = [("label", f"⟦{at}⟧", label) for at, label in enumerate(LABELS)]
    statuses = ("planning", "ongoing", "completed", "on hold")
    own += [("status", f"⟦{status}⟧", status) for status in statuses]
    own += [("area", "smart mobility", "Transport")]
    words = pl.DataFrame(own, schema=["column", "written", "means"], orient="row")
    rows = [(*row[:4], row[4] and row[4].replace("Smart mobility", "Transport"), row[5]) for row in ROWS]
    rows = [(*row[:5], {"On-going": "ongoing", "on going": "ongoing"}.get(row[5], row[5])) for row in rows]
    columns = ("wave", "project", "unit", "title", "area", "status")
    projects = pl.DataFrame(rows, schema=list(columns), orient="row").with_columns(
        status_basis=pl.lit("judged: by a photo"), link_basis=pl.lit("exact title"), source=pl.lit("mail"),
        partner=pl.lit("birch"),
    )  # fmt: skip
    returns = pl.DataFrame(
        {
            "wave": ["2025"] * 2,
            "unit": ["birch", "ash"],
            "state": ["silent", "carried_forward"],
            "source": "m",
        }
    )
    events = pl.DataFrame(
        {"event": ["e"], "name": ["NAME"], "kind": ["KIND"], "start": ["2025-03-01"], "end": ["2025-04-02"],
         "place": ["PLACE"], "host": ["ash"]}
    )  # fmt: skip
    edition = build(towns(words=words, projects=projects, returns=returns, events=events))
    assert {"partners", "meetings", "response", "changes"} <= {part.id for part in edition.parts}
    data = {"North", "South", "Ash", "Birch", "Cedar", "NAME", "KIND", "PLACE", "Water", "Energy"}
    data |= {"smart mobility", *(row[3] for row in ROWS)}
    known = re.compile("|".join(map(re.escape, sorted(data, key=len, reverse=True))))
    left = (re.sub("⟦[^⟧]*⟧", "", known.sub("", one)) for one in every_word(edition))
    assert [one for one in left if re.search("[A-Za-z]", one)] == []


def every_word(edition):
    yield from (edition.subtitle, edition.summary)
    for part in edition.parts:
        yield from (part.title, *part.says, *part.notes)
        for group in part.groups:
            yield from (group.title, *group.points)
        for one in part.tables:
            yield from (
                one.caption,
                *one.head,
                *one.notes,
                *(text(cell) for row in one.rows for cell in row.cells),
            )


def test_a_pdf_is_set_from_texts_alone_or_what_it_needs_is_said():
    edition = build(towns())
    data = as_data(edition)
    assert data["language"] == "id"
    shown = [table for run in data["runs"] for part in run["parts"] for table in part["tables"]]
    assert all(
        len(row["cells"]) == len(one["head"]) == len(one["widths"]) for one in shown for row in one["rows"]
    )
    try:
        import typst  # noqa: F401
    except ImportError:
        with pytest.raises(PlanError, match=r"pip install 'diffuscope\[pdf\]'"):
            content(edition, ".pdf")
    else:
        assert content(edition, ".pdf").startswith(b"%PDF-")


# --- templates


def template(path: Path) -> Path:
    paper = docx.Document()
    paper.sections[0].header.paragraphs[0].text = "THE NETWORK"
    paper.styles["Heading 1"].font.name = "Georgia"
    paper.add_paragraph("Old text of the template")
    paper.save(path)
    return path


def test_a_template_gives_styles_and_header_and_not_its_text(tmp_path):
    made = write_edition(towns(), tmp_path / "out.docx", template=template(tmp_path / "t.docx"))
    paper = docx.Document(made)
    assert paper.sections[0].header.paragraphs[0].text == "THE NETWORK"
    assert paper.styles["Heading 1"].font.name == "Georgia"
    written = [paragraph.text for paragraph in paper.paragraphs]
    assert written[:2] == ["Towns", "Public edition · 2025 (30 September 2025)"]
    assert "Old text of the template" not in written
    assert [table for table in paper.tables if table.cell(0, 0).text == "Negara"]


def test_wide_tables_stand_on_pages_on_their_side_below_the_template_s_header(tmp_path):
    paper_of = template(tmp_path / "t.docx")
    letterhead = docx.Document(paper_of)
    letterhead.sections[0].different_first_page_header_footer = True
    letterhead.sections[0].first_page_header.paragraphs[0].text = "LETTERHEAD"
    letterhead.save(paper_of)
    made = write_edition(founding(), tmp_path / "out.docx", edition="working", template=paper_of)
    paper = docx.Document(made)
    upright, *_, last = paper.sections
    assert len(paper.sections) > 1
    assert upright.page_width < upright.page_height
    assert last.page_width > last.page_height
    assert last.header.paragraphs[0].text == "THE NETWORK"
    assert upright.different_first_page_header_footer
    assert not last.different_first_page_header_footer
    for at, section in enumerate(paper.sections):
        room = section.page_width - section.left_margin - section.right_margin
        for one in within(section):
            assert sum(column.width for column in one.columns) <= room * 1.001, at


def within(section):
    return [one for one in section.iter_inner_content() if hasattr(one, "rows")]


def test_the_public_document_stands_upright_and_keeps_its_rows_whole():
    paper = docx.Document(io.BytesIO(content(build(founding()), ".docx")))
    assert [section.page_width < section.page_height for section in paper.sections] == [True]
    rows = [row for one in paper.tables for row in one.rows]
    assert all(row._tr.trPr.xpath("w:cantSplit") for row in rows)
    heads = [row for row in rows if row._tr.trPr.xpath("w:tblHeader")]
    assert len(heads) == len(paper.tables)


def changed(path: Path, made: Path, **parts: bytes | None) -> Path:
    """A template with parts replaced or added; slashes are written as two underscores."""
    named = {name.replace("__", "/").replace("_dot_", "."): data for name, data in parts.items()}
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in named:
                new.writestr(name, old.read(name))
        for name, data in named.items():
            new.writestr(name, data)
    return made


BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
LOADS = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="r1" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
    b'Target="http://example.org/evil.dotm" TargetMode="External"/></Relationships>'
)


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ({"word__vbaProject_dot_bin": b"x"}, "macros"),
        ({"word__styles_dot_xml": BOMB}, "entities"),
        ({"word___rels__settings_dot_xml_dot_rels": LOADS}, "elsewhere"),
        ({"word__big_dot_xml": b" " * 70_000_000}, "larger than 60 MB"),
        ({"word__document_dot_xml": b"<broken"}, "cannot be opened"),
    ],
)
def test_hostile_templates_are_refused_and_nothing_is_written(tmp_path, parts, why):
    bad = changed(template(tmp_path / "t.docx"), tmp_path / "bad.docx", **parts)
    with pytest.raises(PlanError, match=why):
        write_edition(towns(), tmp_path / "out.docx", template=bad)
    assert {path.name for path in tmp_path.iterdir()} == {"t.docx", "bad.docx"}


def test_files_that_are_no_template_are_refused(tmp_path):
    (tmp_path / "t.docx").write_bytes(b"no zip")
    for name, why in (("t.docx", "no Word document"), ("none.docx", "no template")):
        with pytest.raises(PlanError, match=why):
            write_edition(towns(), tmp_path / "out.docx", template=tmp_path / name)
    with pytest.raises(PlanError, match="is for Word"):
        write_edition(towns(), tmp_path / "out.html", template=tmp_path / "t.docx")


# --- where it is written


def test_no_file_is_replaced_and_the_ending_says_what_is_written(tmp_path):
    kept = tmp_path / "report.docx"
    kept.write_text("mine")
    with pytest.raises(PlanError, match="exists"):
        write_edition(towns(), kept)
    assert kept.read_text() == "mine"
    for name in ("report", "report.odt"):
        with pytest.raises(PlanError, match="ends in none of"):
            write_edition(towns(), tmp_path / name)


def test_a_result_that_counts_no_register_is_refused(tmp_path):
    from factory import result

    with pytest.raises(PlanError, match="no register"):
        write_edition(result(), tmp_path / "out.html")


def test_the_same_result_gives_the_same_bytes():
    one = founding()
    for ending in (".html", ".docx", ".xlsx"):
        assert content(build(one), ending) == content(build(one), ending), ending


def test_the_command_prints_an_edition_from_a_case_and_from_a_result(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for words, name in (
        (["report", "asean-smart-cities", "--edition", "public"], "asean-smart-cities-public.html"),
        (["report", "asean-smart-cities", "--edition", "working", "--out", "w.xlsx"], "w.xlsx"),
    ):
        with pytest.raises(SystemExit) as left:
            main(words)
        assert left.value.code == 0
        assert name in capsys.readouterr().out
        assert (tmp_path / name).is_file()
    page = (tmp_path / "asean-smart-cities-public.html").read_text(encoding="utf-8")
    assert all(area in page for area in ("Health &amp; Well-Being", "Safety &amp; Security"))
    from diffuscope.result import to_files

    for name, made in to_files(founding()).items():
        (tmp_path / name).write_bytes(made)
    with pytest.raises(SystemExit) as left:
        main(["report", "result.json", "--edition", "public", "--out", "again.html"])
    assert left.value.code == 0
    assert len((tmp_path / "again.html").read_text(encoding="utf-8")) == len(page)
