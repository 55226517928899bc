"""The short version for Word: the same words and numbers, pictures with their words, the same bytes again."""

from __future__ import annotations

import re
import sys
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import docx
import msgspec
import pytest
from docx.oxml.ns import qn

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests" / "report"), str(ROOT / "tests" / "e2e")]
from monitored import check, example, founding  # noqa: E402
from test_private import leaks, plant  # noqa: E402

from diffuscope.case import new_case, read_case  # noqa: E402
from diffuscope.report import write_report  # noqa: E402
from diffuscope.report.figures import draw  # noqa: E402
from diffuscope.report.names import Names  # noqa: E402
from diffuscope.report.word import SHOWN, word  # noqa: E402
from diffuscope.study import run_study  # noqa: E402


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return example(tmp_path_factory.mktemp("register") / "towns")


@pytest.fixture(scope="module")
def small_drawn(small):
    return draw(small, Names(small), files=True)


def read(content):
    return docx.Document(BytesIO(content))


def words(document):
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def table(document, caption):
    """The table below a caption."""
    at = next(
        paragraph._p
        for paragraph in document.paragraphs
        if re.match(rf"Table \d+\. {caption}", paragraph.text)
    )
    below = next(following for following in at.itersiblings() if following.tag == qn("w:tbl"))
    found = next(table for table in document.tables if table._tbl is below)
    return [[cell.text for cell in row.cells] for row in found.rows]


def test_totals_changes_and_lists_are_those_of_the_register(small, small_drawn):
    document = read(word(small, Names(small), small_drawn))
    headings = [part.text for part in document.paragraphs if part.style.name == "Heading 1"]
    assert headings == ["The register", "Partners", "Printed figures, checked", "Statements, checked"]
    assert table(document, "Projects by wave and status")[-1] == [
        "2025", "6", "4", "5 of 5", "2 (33 %)", "2 (33 %)", "2 (33 %)", "0", "0",
    ]  # fmt: skip
    assert table(document, "Projects that changed")[-1] == [
        "2024 → 2025",
        "3",
        "2 (1)",
        "3 (2)",
        "0",
        "0",
        "0",
    ]  # one that left was linked, and one that moved on was classed, by a judgement
    assert [row[0] for row in table(document, "Left")[1:]] == ["Flood gauges", "Safe cycling to school"]
    assert [row[-1] for row in table(document, "Rows that may be")[1:]] == [
        "cedar-cycle",
        "succeeds: cedar-cycle",
    ]
    assert "Accepted by the example: the report counts the two cycling projects as one." in words(document)


def test_differences_are_cut_and_the_rest_is_said(small, small_drawn):
    result = founding()
    document = read(word(result, Names(result), ()))
    differ = table(document, "Where printed and computed values differ")
    assert len(differ) == 1 + SHOWN
    assert differ[1][1:3] == ["0%", "100"]
    assert "57 more rows are in tables/audit.csv, next to the report." in words(document)
    by_document = {row[0]: row for row in table(document, "Checks by document")[1:]}
    assert by_document["Christian Bryan S. Bustamante 2025"][1:3] == ["no", "21"]
    assert len(table(document, "Statements of documents")) == 1 + 31
    exact = msgspec.structs.replace(small, audit=tuple(check(at) for at in range(SHOWN)))
    assert "more rows are in tables/audit.csv" not in words(read(word(exact, Names(exact), small_drawn)))


def test_verdicts_stand_beside_the_authors(make_result):
    result = make_result()
    document = read(word(result, Names(result), ()))
    assert [row[1] for row in table(document, "The answer in short")[1:]] == ["weak", *["not shown"] * 3]
    first = table(document, "National programme")
    assert [row[0] for row in first[1:]] == ["Learning", "Coercion", "Competition", "Emulation"]
    assert first[1][2] == "at work"
    assert "The register" not in [part.text for part in document.paragraphs]


def test_pictures_have_their_words(small, small_drawn):
    document = read(word(small, Names(small), small_drawn))
    told = {figure.title: figure.alt for figure in small_drawn if figure.section == "register"}
    shown = {
        shape._inline.docPr.get("title"): shape._inline.docPr.get("descr") for shape in document.inline_shapes
    }
    assert shown == told
    assert len(shown) == 2
    room = document.sections[0].page_width - 2 * document.sections[0].left_margin
    assert all(shape.width <= room * 1.001 and shape.height <= room * 1.3 for shape in document.inline_shapes)
    captions = [part.text for part in document.paragraphs if part.text.startswith("Figure ")]
    assert [caption.split(".")[0] for caption in captions] == ["Figure 1", "Figure 2"]


def test_a_figure_that_failed_is_left_out(small, small_drawn):
    broken = tuple(replace(figure, failed="too large") for figure in small_drawn)
    assert len(read(word(small, Names(small), broken)).inline_shapes) == 0


def test_headers_stand_on_every_page_and_lines_are_where_word_wants_them(small, small_drawn):
    order = ["tblStyle", "tblW", "jc", "tblInd", "tblBorders", "shd", "tblLayout", "tblCellMar", "tblLook"]
    for found in read(word(small, Names(small), small_drawn)).tables:
        assert found.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        tags = [child.tag.partition("}")[2] for child in found._tbl.tblPr]
        assert tags == sorted(tags, key=order.index)
        assert "tblBorders" in tags


def test_the_same_result_gives_the_same_bytes(small, small_drawn):
    first = word(small, Names(small), small_drawn)
    assert first == word(small, Names(small), small_drawn)
    with zipfile.ZipFile(BytesIO(first)) as made:
        assert {entry.date_time for entry in made.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert made.namelist()[0] == "[Content_Types].xml"
        about = made.read("docProps/core.xml").decode()
    assert small.run.time[:16] in about


def test_text_from_files_stays_text(small):
    nasty = "<w:p/>&lt;\x00\x1b\ufffe\u202e two\nlines =1+1"
    rows = (check(1, description=nasty, printed=nasty, document=nasty, locator=nasty, known=nasty),)
    case = msgspec.structs.replace(small.case, title=nasty)
    claim = msgspec.structs.replace(small.claims[0], paraphrase=nasty, document=nasty)
    result = msgspec.structs.replace(small, audit=rows, claims=(claim,), case=case)
    text = words(read(word(result, Names(result), ())))
    assert "<w:p/>&lt; two lines =1+1" in text
    assert not {"\x00", "\x1b", "\ufffe", "\u202e"} & set(text)


def test_it_is_written_when_it_is_asked_for(small, tmp_path):
    write_report(small, tmp_path / "out", docx=True)
    assert read((tmp_path / "out" / "report.docx").read_bytes()).paragraphs[0].text == small.case.title
    write_report(small, tmp_path / "out")
    assert not (tmp_path / "out" / "report.docx").exists()


def test_nothing_private_is_in_it(tmp_path):
    new_case(tmp_path / "case")
    plant(tmp_path / "case")
    (tmp_path / "case" / "plant").mkdir()
    (tmp_path / "case" / "plant" / "memo.pdf").write_bytes(b"%PDF-1.4")
    result = run_study(read_case(tmp_path / "case"))
    content = word(result, Names(result), draw(result, Names(result), files=True))
    with zipfile.ZipFile(BytesIO(content)) as made:
        assert leaks({name: made.read(name).decode("utf-8", "replace") for name in made.namelist()}) == []
