"""Text cells become the values they stand for, or a problem; never another value."""

from __future__ import annotations

import unicodedata

import polars as pl
import pytest
from raws import raw

from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.raw import ROW
from diffuscope.tables.typed import dtype_of, empty, typed


def one_cell(table: str, column: str, cell: str, decimal: str = "."):
    """What one cell reads as, and the problems told of it."""
    cells = pl.DataFrame({column: [cell], ROW: [2]}, schema={column: pl.String, ROW: pl.UInt32})
    frame, problems = typed(raw(table, "x").__class__(name=table, file="f", cells=cells, decimal=decimal))
    return frame[column].to_list()[0], problems


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("1.35", 1.35),
        ("+1.35", 1.35),
        (".5", 0.5),
        ("-6.2", -6.2),
        ("7.", 7.0),
        ("1e-2", 0.01),
        ("2E+1", 20.0),
        ("0", 0.0),
    ],
)
def test_numbers_as_people_write_them(cell, number):
    assert one_cell("units", "lat", cell) == (number, [])


@pytest.mark.parametrize(
    "cell",
    [
        "1,5",
        "1 000",
        "12%",
        "ten",
        "nan",
        "inf",
        "1e999",
        "0x10",
        "1_000",
        "٣",
        "--1",
        "1.2.3",
        "e5",
        ".",
        "½",
    ],
)
def test_what_is_no_number_is_told_and_stays_unknown(cell):
    value, problems = one_cell("outcomes", "value", cell)
    assert value is None
    assert [(p.row, p.column, p.value, p.level) for p in problems] == [(2, "value", cell, "error")]


def test_decimal_commas_only_where_the_file_is_written_so():
    assert one_cell("units", "lat", "1,35", ",") == (1.35, [])
    assert one_cell("units", "lat", "-0,5", ",") == (-0.5, [])
    value, problems = one_cell("units", "lat", "1.35", ",")
    assert value is None
    assert problems[0].rule == "ambiguous-number"
    value, problems = one_cell("outcomes", "value", "1.234,5", ",")
    assert value is None
    assert problems[0].rule == "ambiguous-number"


@pytest.mark.parametrize(
    ("table", "column", "cell", "value"),
    [
        ("framework", "order", "3", 3),
        ("framework", "order", "3.0", 3),
        ("framework", "order", "-2", -2),
        ("framework", "order", "+2", 2),
        ("framework", "order", "3.5", None),
        ("framework", "order", "99999999999999999999", None),
        ("published", "decimals", "9", 9),
        ("published", "decimals", "10", None),
        ("published", "decimals", "-1", None),
        ("likelihoods", "p", "0.01", 0.01),
        ("likelihoods", "p", "0.99", 0.99),
        ("likelihoods", "p", "0.999", None),
        ("likelihoods", "p", "0", None),
        ("likelihoods", "p", "90", None),
        ("evidence", "searched", "0", 0.0),
        ("evidence", "searched", "1", 1.0),
        ("evidence", "searched", "1.01", None),
        ("units", "lat", "90", 90.0),
        ("units", "lat", "90.01", None),
        ("units", "lon", "-180", -180.0),
        ("units", "lon", "-181", None),
    ],
)
def test_bounds_are_allowed_and_what_lies_beyond_is_told(table, column, cell, value):
    found, problems = one_cell(table, column, cell)
    assert found == value
    assert len(problems) == (value is None)


@pytest.mark.parametrize(
    ("cell", "date"),
    [
        ("2018", "2018"),
        ("2018.0", "2018"),
        ("2018-07", "2018-07"),
        ("2018-07-08", "2018-07-08"),
        ("2020-02-29", "2020-02-29"),
        ("1000", "1000"),
        ("2999-12-31", "2999-12-31"),
    ],
)
def test_dates_of_three_grains(cell, date):
    assert one_cell("adoptions", "time", cell) == (date, [])


@pytest.mark.parametrize(
    "cell",
    [
        *("2019-02-29", "2018-02-30", "2018-13", "2018-00", "2018-7", "8.7.2018", "2018-07-08T00:00"),
        *("0999", "3000", "43289", "2018.5", "c. 2018", "20180708", "2018-07-", "２０１８"),
    ],
)
def test_what_is_no_date_is_told_and_stays_unknown(cell):
    value, problems = one_cell("adoptions", "time", cell)
    assert value is None
    assert [(p.rule, p.value) for p in problems] == [("bad-date", cell)]


def test_ids_of_numbers_lose_the_point_zero_of_spreadsheets():
    assert one_cell("units", "unit", "7.0") == ("7", [])
    assert one_cell("units", "unit", "7.5") == ("7.5", [])
    assert one_cell("units", "unit", "007") == ("007", [])
    assert one_cell("units", "unit", "7,0", ",") == ("7", [])
    assert one_cell("attributes", "value", "7.0") == ("7.0", []), "text stays as it is written"


@pytest.mark.parametrize(
    "cell", ["a;b", "a\tb", "a\nb", "a\u2028b", "a\x00b", "a\x85b", "a\u202eb", "a" * 201]
)
def test_an_id_is_one_short_word_on_one_line(cell):
    value, problems = one_cell("units", "unit", cell)
    assert value is None
    assert len(problems) == 1


def test_ids_count_letters_not_bytes():
    thai = "ก" * 200  # 600 bytes
    assert one_cell("units", "unit", thai) == (thai, [])
    assert one_cell("units", "aliases", f"{thai};b") == ([thai, "b"], [])


def test_several_ids_are_a_list():
    assert one_cell("evidence", "criterion", "L-a; L-b ;;L-c;") == (["L-a", "L-b", "L-c"], [])
    for cell in (";", " ; ;", f"a;{'b' * 201}", "a;b\nc", "a;\x00"):
        value, problems = one_cell("evidence", "criterion", cell)
        assert value is None
        assert len(problems) == 1


def test_text_keeps_lines_and_loses_nothing():
    assert one_cell("units", "note", 'two\nlines, "quoted"; =1+1') == ('two\nlines, "quoted"; =1+1', [])
    value, problems = one_cell("units", "note", "a" * 100_001)
    assert (value, problems[0].rule) == (None, "too-long")
    assert problems[0].value == "a" * 79 + "…"
    assert one_cell("units", "note", "é" * 100_000)[1] == []


@pytest.mark.parametrize("letter", ["\x00", "\x1b", "\x7f", "\x9f", "\u202e", "\u2066", "\ufeff"])
def test_characters_nobody_types_are_told(letter):
    value, problems = one_cell("units", "name", f"a{letter}b")
    assert (value, problems[0].rule) == (None, "damaged-text")
    assert letter not in problems[0].value


@pytest.mark.parametrize(
    ("cell", "sound"),
    [
        ("documents/report.pdf", True),
        ("a b/ü.pdf", True),
        ("v1..2/x", True),
        ("/etc/passwd", False),
        ("../x", False),
        ("a/../x", False),
        ("a/..", False),
        ("C:\\x", False),
        ("c:x", False),
        ("a\\b", False),
        ("~/x", False),
        ("a\nb", False),
    ],
)
def test_paths_stay_inside_the_case(cell, sound):
    value, problems = one_cell("documents", "path", cell)
    assert (value == cell, problems == []) == (sound, sound)


@pytest.mark.parametrize(
    ("cell", "sound"),
    [
        ("https://asean.org/x?a=1#b", True),
        ("http://x", True),
        ("asean.org", False),
        ("javascript:alert(1)", False),
        ("https://a b", False),
        ('https://a"onclick', False),
        ("https://<x>", False),
        ("file:///x", False),
    ],
)
def test_addresses_are_web_addresses(cell, sound):
    value, problems = one_cell("documents", "url", cell)
    assert (value == cell, problems == []) == (sound, sound)


def test_two_ways_to_type_a_letter_are_one():
    decomposed = unicodedata.normalize("NFD", "Hà Nội")
    assert decomposed != "Hà Nội"
    assert one_cell("units", "name", decomposed) == ("Hà Nội", [])
    assert one_cell("units", "unit", decomposed) == ("Hà Nội", [])
    assert one_cell("units", "aliases", f"{decomposed};b") == (["Hà Nội", "b"], [])


def test_an_empty_choice_reads_as_its_default_and_an_unreadable_one_does_not():
    frame, problems = typed(raw("documents", "document,title,share\na,A,\nb,B,private\nc,C,privat\n"))
    assert frame["share"].to_list() == ["public", "private", None]
    assert [(p.row, p.column) for p in problems] == [(4, "share")]
    frame, problems = typed(raw("adoptions", "unit,policy,tier\na,p,in force\nb,p,\n"))
    assert frame["tier"].to_list() == ["in force", None], "the question says what an empty tier counts as"
    assert frame["basis"].to_list() == ["reported", "reported"], "a column that is not there is empty"
    assert frame["confidence"].to_list() == [None, None], "unknown stays unknown where nothing is declared"
    assert problems == []


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_declared_column_is_there_with_its_type(name):
    table = CATALOGUE[name]
    frame, problems = typed(raw(name, "stray\nx\ny\n"))
    assert problems == []
    assert frame.schema == empty(name).schema
    assert frame.columns == [*table.names, ROW]
    assert frame[ROW].to_list() == [2, 3]
    assert [frame.schema[column.name] for column in table.columns] == [
        dtype_of(c.kind) for c in table.columns
    ]


def test_no_row_is_lost_whatever_stands_in_it():
    text = "unit,policy,time\n" + "\n".join(f"u{at},p,{'x' * (at % 7)}" for at in range(2000))
    frame, problems = typed(raw("adoptions", text))
    assert frame.height == 2000
    assert sum(problem.count for problem in problems) == sum(at % 7 > 0 for at in range(2000))


@pytest.mark.parametrize(
    ("cell", "status"),
    [
        ("on hold", "on hold"),
        ("on_hold", "on hold"),
        ("On-hold", "on hold"),
        ("ON  HOLD", "on hold"),
        ("Not Stated", "not stated"),
        ("not_stated", "not stated"),
    ],
)
def test_a_choice_of_several_words_may_be_joined_by_other_signs(cell, status):
    assert one_cell("projects", "status", cell) == (status, [])


@pytest.mark.parametrize("cell", ["hold", "onhold", "on hold!", "Ongoing", "on-going"])
def test_other_words_are_no_choice(cell):
    value, (problem,) = one_cell("projects", "status", cell)
    assert (value, problem.rule) == (None, "bad-choice")
