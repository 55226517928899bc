"""Delimited text as people have it: every row keeps its number, nothing is shifted, nothing guessed."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made import place, text
from verify.drawn import examples

from diffuscope.case import delimited, limits, scan
from diffuscope.case.delimited import read_delimited
from diffuscope.case.refusal import Unreadable
from diffuscope.case.scan import layout
from diffuscope.tables.check import check_tables

HEAD = ("unit", "name", "kind", "role")
ROWS = (HEAD, ("hn", "Hà Nội, the capital", "city", "adopter"), ("sg", 'The "Lion" City', "city", "adopter"))


def read(content: str | bytes, table: str = "units"):
    data = content if isinstance(content, bytes) else content.encode()
    return read_delimited(data, table, f"{table}.csv")


def rows_of(content: str | bytes, table: str = "units") -> list[tuple[object, ...]]:
    raw, problems = read(content, table)
    assert problems == []
    return raw.cells.rows()


def refused(content: str | bytes, table: str = "units") -> Unreadable:
    with pytest.raises(Unreadable) as told:
        read(content, table)
    return told.value


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_every_dialect_reads_alike(delimiter, end, encoding):
    assert rows_of(text(ROWS, delimiter, end).encode(encoding)) == [(*ROWS[1], 2), (*ROWS[2], 3)]


def test_a_hint_for_excel_is_no_row():
    assert rows_of("sep=;\r\n" + text(ROWS, ";")) == [(*ROWS[1], 2), (*ROWS[2], 3)]


def test_rows_are_numbered_as_a_spreadsheet_numbers_them():
    raw, problems = read('unit,name\n"a","A\n\nB"\n\n,\nb,B\n   ,\t\n\n,,,\n')
    assert problems == []
    assert raw.cells.rows() == [("a", "A\n\nB", 2), (None, None, 3), (None, None, 4), ("b", "B", 5)]


def test_blank_lines_before_the_headings_are_counted():
    assert rows_of("\n,,\nunit,name,\na,A,\n") == [("a", "A", 4)]


def test_blanks_around_cells_are_nothing():
    assert rows_of(" unit ,name\u00a0\n\u00a0 a\t,  \n") == [("a", None, 2)]


def test_columns_without_heading_and_content_are_dropped():
    raw, problems = read("unit,,name,,\na,,A,,\nb,,B\n")
    assert raw.cells.columns == ["unit", "name", "_row"]
    assert problems == []


@pytest.mark.parametrize(
    ("content", "rule", "column"),
    [
        ("unit,,name\na,x,A\n", "no-heading", "B"),
        ("unit,name,unit\na,A,b\n", "repeated-column", "unit"),
        ("unit,name,_row\na,A,7\n", "reserved-column", "_row"),
    ],
)
def test_columns_that_cannot_be_read_are_told(content, rule, column):
    raw, (problem,) = read(content)
    assert raw.cells.select("unit", "name", "_row").rows() == [("a", "A", 2)]
    assert (problem.rule, *place(problem)) == (rule, "units.csv", 1, column, None)


def test_ragged_rows_are_told_and_stay_in_place():
    raw, problems = read(
        "unit,name,kind,role\na,A,city,adopter\nb,B, the second,city,adopter\nc,C\nd,D,city,adopter,,,\n"
        f"e,E,city,adopter{',' * 40}x\n"
    )
    assert [(problem.rule, problem.row) for problem in problems] == [("ragged-row", at) for at in (3, 6, 4)]
    assert "5 cells, more" in problems[0].message
    assert "2 cells, fewer" in problems[2].message
    assert all(problem.value is None for problem in problems)  # the cells may be private
    assert raw.cells["unit"].to_list() == ["a", "b", "c", "d", "e"]
    assert raw.cells["_row"].to_list() == [2, 3, 4, 5, 6]


def test_thousands_of_ragged_rows_are_counted():
    _, problems = read("unit,name\n" + "a\n" * 3_000)
    assert sum(problem.count for problem in problems) == 3_000
    assert len(problems) <= 501


def test_marks_inside_a_cell_are_letters():
    assert rows_of('unit,name\na,5" pipe\nb,"x, y"\n') == [("a", '5" pipe', 2), ("b", "x, y", 3)]
    _, (problem,) = read('unit,name\na, "x, y"\n')
    assert (problem.rule, problem.row) == ("ragged-row", 2)


@pytest.mark.parametrize(
    ("content", "rule", "row"),
    [
        ('unit,name\na,A\nb,"B\nc,C\n', "unclosed-quotation-mark", 3),
        ('unit,name\na,A\nb,"B" or not\n', "stray-quotation-mark", 3),
        ('unit,name\na,"A\nA"\nb,"B\nc,"C"\n', "stray-quotation-mark", 3),
        ("", "empty-file", None),
        ("\n\n \n", "empty-file", None),
        ("\n" * 30 + "unit,name" + ",x" * 20 + "\n", "empty-file", None),
        ("unit|name|kind|role\na|A|B|C\n", "bad-delimiter", 1),
        (b"PK\x03\x04" + b"x" * 50, "bad-encoding", None),
        (text(ROWS).encode("utf-16-le"), "bad-encoding", None),
        (text(ROWS).encode("utf-32"), "bad-encoding", None),
        (b"\xff\xfeu\0n", "bad-encoding", None),
        (b"\xff\xfeu\0n\0\0", "bad-encoding", None),
    ],
)
def test_what_cannot_be_parted_is_refused_with_its_row(content, rule, row):
    told = refused(content)
    assert (told.wording.rule, told.row) == (rule, row)
    assert told.wording.fix


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_another_encoding_is_refused_with_the_cell_and_how_to_save(end):
    content = text([HEAD, ("a", "A", "x", "y"), ("b", "Bến Tré", "x", "é"), ("c", "é", "", "")], end=end)
    told = refused(content.replace("ế", "e").encode("cp1252"))
    assert (told.wording.rule, told.row, told.column, told.count) == ("bad-encoding", 3, "name", 2)
    assert "CSV UTF-8" in told.wording.fix
    assert "Tr" not in told.wording.message  # it may be private


def test_another_encoding_is_found_across_pieces(monkeypatch):
    from diffuscope.case import encoding

    monkeypatch.setattr(encoding, "PIECE", 7)
    good = text([HEAD, *((f"u{at}", "Hà Nội ếếếế 𝔸", "x", "y") for at in range(20))])
    assert encoding.utf8(good.encode()) == good.encode()
    broken = good.encode().replace(b"u13", b"u\xe913")
    assert refused(broken).row == 15


def test_nul_bytes_reach_the_check_of_cells():
    raw, problems = read("unit,name,kind,role\na\0,A,city,adopter\n")
    assert problems == []
    _, found = check_tables([raw])
    assert [(problem.rule, problem.row, problem.value) for problem in found] == [("damaged-text", 2, "a␀")]


@pytest.mark.parametrize(
    ("delimiter", "weights", "decimal"),
    [
        (";", ["0,5", "2"], ","),
        ("\t", ["12,25", "1000"], ","),
        (";", ["1,500", "2,25"], ","),
        (";", ["0.5", "2"], "."),
        (";", ["1,500", "2,000"], "."),
        (";", ["1,5", "2.5"], "."),
        (";", ["1", "2"], "."),
        (",", ["1.500", "2.000"], "."),
    ],
)
def test_the_decimal_sign_is_the_one_that_can_be_no_other(delimiter, weights, decimal):
    rows = [("layer", "sender", "receiver", "weight"), *(("x", "a", f"b{w}", w) for w in weights)]
    raw, problems = read(text(rows, delimiter), "ties")
    assert raw.decimal == decimal
    assert problems == []


def test_decimal_commas_become_numbers_unless_points_are_decimal_too():
    raw, _ = read("unit;name;kind;role;lat;lon\na;A;city;adopter;21,03;105,85\nb;B;city;adopter;1.5;2.5\n")
    frames, found = check_tables([raw])
    assert frames["units"]["lat"].to_list() == [None, 1.5]
    assert [(problem.rule, problem.row) for problem in found] == [("ambiguous-number", 2)] * 2
    raw, _ = read("unit;name;kind;role;lat;lon\na;A;city;adopter;21,03;105,85\n")
    frames, found = check_tables([raw])
    assert found == []
    assert frames["units"].select("lat", "lon").row(0) == (21.03, 105.85)


def test_thousands_or_decimals_is_asked_not_guessed():
    rows = [("partner", "recipient", "kind", "amount", "currency"), ("a", "b", "aid", "1.500", "EUR")]
    _, (problem,) = read(text(rows, ";"), "support")
    assert (problem.rule, *place(problem)) == ("ambiguous-number", "support.csv", 2, "amount", "1.500")
    assert read(text([*rows, ("a", "b", "aid", "2.25", "EUR")], ";"), "support")[1] == []
    assert read("unit;name;lat;lon\na;A;13.756;100.502\n")[1] == []  # a latitude cannot be 13,756


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_number_with_two_points_shows_what_one_point_may_mean(delimiter):
    rows = [
        ("layer", "sender", "receiver", "weight"),
        ("x", "a", "b", "23.824"),
        ("x", "b", "c", "1.234.567"),
    ]
    _, (problem,) = read(text(rows, delimiter), "ties")
    assert (problem.rule, *place(problem)) == ("ambiguous-number", "ties.csv", 2, "weight", "23.824")
    assert "as it does in another number" in problem.message
    assert problem.fix.startswith("write 23824 if the point separates thousands")


@pytest.mark.parametrize("table", ["units", "nonsense"])
def test_a_table_of_any_name_can_be_read(table):
    raw, problems = read("a,b\n1,2\n", table)
    assert (raw.cells.rows(), problems) == ([("1", "2", 2)], [])


@pytest.mark.parametrize(
    ("limit", "content", "rule"),
    [
        ("RECORD_BYTES", "unit,name\na," + "x" * 100 + "\n", "too-long"),
        ("COLUMNS", "unit,name" + ",x" * 100 + "\n", "too-many-columns"),
        ("CELLS", "unit,name\n" + "a,b\n" * 100, "too-many-cells"),
        ("CELLS", "\n" * 100, "too-many-cells"),
        ("ODD_TEXT_BYTES", 'unit,name\na,5" x\n' + "a,b\n" * 100, "stray-quotation-mark"),
    ],
)
def test_sizes_beyond_measure_are_refused(monkeypatch, limit, content, rule):
    read_it = content
    monkeypatch.setattr(limits, limit, 50)
    assert refused(read_it).wording.rule == rule


def test_a_line_that_never_ends_is_refused_while_it_is_read(monkeypatch):
    monkeypatch.setattr(limits, "RECORD_BYTES", 10)
    assert delimited.watch_lines(b"abc\nde", 0) == 2
    assert delimited.watch_lines(b"fgh", 2) == 5
    with pytest.raises(Unreadable):
        delimited.watch_lines(b"ijklmnop\n", 5)


LETTERS = st.sampled_from(["a", "é", " ", ",", "\n", "\r\n", '"', '""', ',"', '",', '"\n'])


@given(st.lists(LETTERS, max_size=14).map("".join), st.sampled_from([1, 2, 3, 64]))
@settings(max_examples=examples(150), deadline=None)
def test_measured_rows_are_those_of_the_standard_library(content, piece):
    known, scan.PIECE = scan.PIECE, piece
    try:
        measured = layout(content.encode(), ",")
    finally:
        scan.PIECE = known
    if measured.stray_quotes:
        return
    rows = list(csv.reader(io.StringIO(content, newline=""), strict=True))
    assert measured.cells.tolist() == [max(1, len(row)) for row in rows]
    lines = content.encode()
    assert measured.longest <= len(lines)


@given(st.lists(LETTERS, max_size=14).map("".join))
@settings(max_examples=examples(150), deadline=None)
def test_the_fast_parser_and_the_slow_one_agree(content):
    data = content.encode()
    if layout(data, ",").stray_quotes or not data:
        return
    fast, counts = delimited._parsed(data, ",")
    slow, again = delimited._parsed_slowly(data, ",")
    assert np.array_equal(counts, again)
    empty = [[cell or None for cell in row] for row in fast.rows()]
    assert empty == [[cell or None for cell in row] for row in slow[:, : fast.width].rows()]


CELL = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8) | st.sampled_from(
    ['"', '""', "a\nb", "a\r\nb", ",", ";", "\t", "1,5", "-", "'", "#", "\\", "\ufeff"]
)


@given(
    st.lists(st.tuples(CELL, CELL, CELL), max_size=8),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
@settings(max_examples=examples(80), deadline=None)
def test_whatever_is_written_is_read_back(rows, delimiter, end, quoting, encoding):
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerows([("unit", "name", "note"), *rows])
    raw, problems = read(out.getvalue().encode(encoding))
    stripped = [tuple(strip(cell) or None for cell in row) for row in rows]
    while stripped and not any(stripped[-1]):
        stripped.pop()
    assert problems == []
    assert raw.cells.rows() == [(*row, at) for at, row in enumerate(stripped, start=2)]


def strip(cell: str) -> str:
    return cell.strip()
