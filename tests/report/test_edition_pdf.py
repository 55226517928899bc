"""A PDF of an edition, really set: what it says, how it is laid out, and that text stays text."""

from __future__ import annotations

import io
import re
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import polars as pl
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from edition_towns import ROWS, towns
from monitored import founding

from diffuscope.errors import PlanError
from diffuscope.records.quoting import typst_data
from diffuscope.report.edition.build import build
from diffuscope.report.edition.contents import Row, cells_of
from diffuscope.report.edition.pdf import pdf

pytest.importorskip("typst", reason="Typst (the extra `pdf`) is not installed")
pypdf = pytest.importorskip("pypdf")

HOSTILE = (
    '#read("/etc/passwd")',
    "#panic(1) $x^2$ *bold* _em_ `raw`",
    "\\ backslash \\u{41} @ref <label> // no comment",
    '"); #eval("1") [#(',
    "= Heading - list + enum / term: ~ --- 1. https://example.org",
    '#import "@preview/x:1.0.0": * <script>&amp;',
)
NAMES = ("Đà Nẵng – Thành phố Hồ Chí Minh", "Übersee Ærø Łódź", "São Tomé", "Кострома", "Ηράκλειο")


@cache
def made(which: str) -> bytes:
    return pdf(build(founding(), which))


def read(content: bytes):
    return pypdf.PdfReader(io.BytesIO(content))


def close(text: str) -> str:
    """Text without the spaces, in which lines are broken."""
    return re.sub(r"[\s\u200b]+", "", text)


def text_of(content: bytes) -> str:
    return close(" ".join(page.extract_text() for page in read(content).pages))


@pytest.mark.parametrize("which", ["public", "working"])
def test_every_line_of_every_table_and_every_sentence_stands_in_it(which):
    edition, told = build(founding(), which), text_of(made(which))
    assert close(edition.title) in told
    lines = [line for part in edition.parts for table in part.tables for line in cells_of(table)]
    assert len(lines) > 300
    assert [line for line in lines if close("".join(line)) not in told] == []
    words = [
        one for part in edition.parts for one in (*part.says, *part.notes, *(g.title for g in part.groups))
    ]
    words += [point for part in edition.parts for group in part.groups for point in group.points]
    pages = re.sub(r"ThediffusionofsmartcitiesinASEAN·2025\d+/\d+", "", told)
    assert [one for one in words if close(one) not in pages] == []


def test_pages_have_numbers_bookmarks_and_links():
    paper, edition = read(made("public")), build(founding())
    count = len(paper.pages)
    assert [
        close(page.extract_text()).endswith(f"{at}/{count}") for at, page in enumerate(paper.pages, 1)
    ] == ([True] * count)
    marks = [one.title for one in paper.outline if not isinstance(one, list)]
    assert marks == [part.title for part in edition.parts]
    links = [one.get_object() for one in paper.pages[0]["/Annots"]]
    assert len(links) == len(edition.parts)
    assert not any("/URI" in (link.get("/A") or {}) for link in links)
    assert paper.metadata.title == edition.title


def test_wide_tables_stand_on_pages_on_their_side_and_the_public_edition_needs_none():
    def on_their_side(which):
        return [page.mediabox.width > page.mediabox.height for page in read(made(which)).pages]

    assert not any(on_their_side("public"))
    found = on_their_side("working")
    assert any(found)
    assert not found[0]
    first = found.index(True)
    assert "Ongoing and planned projects" in read(made("working")).pages[first].extract_text()


def test_a_country_is_named_again_on_each_page_that_its_cities_run_over():
    pages = [page.extract_text() for page in read(made("public")).pages]
    run_on = [page for page in pages[1:] if page.startswith("Country City Area")]
    (changes,) = [part for part in build(founding()).parts if part.id == "changes"]
    countries = tuple(group.title for group in changes.groups)
    assert run_on
    assert all(page.split("\n", 1)[1].startswith(countries) for page in run_on)


def test_a_wave_from_which_most_returns_are_missing_is_set():
    """Of sixty cities one sent a line: heads without lines follow each other over more than a page."""
    edition = build(founding(), "public")
    parts = [replace(part, tables=tuple(map(with_heads_alone, part.tables))) for part in edition.parts]
    told = text_of(pdf(replace(edition, parts=tuple(parts))))
    assert all(close(f"Alone {at} end") in told for at in range(60))


def with_heads_alone(table):
    if table.name != "countries":
        return table
    first = table.rows[0]
    alone = [
        Row((f"Alone {at} end" if at % 9 == 0 else "", *first.cells[1:]), 1 if at % 9 == 0 else 3)
        for at in range(60)
    ]
    alone = [
        replace(row, cells=(row.cells[0], f"Alone {at} end", *row.cells[2:])) for at, row in enumerate(alone)
    ]
    return replace(table, rows=(*alone, *table.rows))


def hostile(*titles: str):
    rows = [*ROWS, *(("2025", f"p{at}", "ash", title, "Water", "ongoing") for at, title in enumerate(titles))]
    columns = ("wave", "project", "unit", "title", "area", "status")
    projects = pl.DataFrame(rows, schema=list(columns), orient="row").with_columns(
        status_basis=pl.lit("reported"), link_basis=pl.lit("exact title"), source=pl.lit("mail")
    )
    return towns(projects=projects, title=titles[0])


def test_markup_stays_text():
    edition = build(hostile(*HOSTILE))
    told = text_of(pdf(edition))
    assert [title for title in HOSTILE if close(title) not in told] == []


def test_a_language_that_is_none_and_a_long_word_are_set():
    word = "x" * 300
    edition = build(hostile(word))
    told = text_of(pdf(replace(edition, language='"#panic()')))
    assert word in told


def test_letters_of_other_scripts_are_set():
    told = text_of(pdf(build(hostile(*NAMES))))
    assert [name for name in NAMES if close(name) not in told] == []


def test_letters_that_no_font_has_are_named_and_never_printed_as_boxes():
    # of the third plane of Unicode, which no font has that systems come with
    with pytest.raises(PlanError, match="letters of Cjk: \N{CJK UNIFIED IDEOGRAPH-31000}"):
        pdf(build(hostile("\N{CJK UNIFIED IDEOGRAPH-31000} Ash")))


def test_the_same_edition_gives_the_same_bytes():
    assert pdf(build(founding())) == made("public")


def test_data_hold_nothing_but_letters_of_ascii():
    assert typst_data(["Đ", "\u2028", "#"]).isascii()
