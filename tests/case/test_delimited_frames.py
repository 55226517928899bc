"""Frames from delimited text as people have it: parted, encoded and written in many ways."""

from __future__ import annotations

import logging

import polars as pl
import pytest

from diffuscope import CaseError, PlanError, adoptions_from_panel, read_frame

ROWS = [(2, 1990, 0, 1.5), (2, 1991, 1, 2.5), (20, 1990, 0, 3.25), (20, 1991, 0, None)]
EUROPEAN = "ccode;year;law;gdp\r\n2;1990;0;1,5\r\n2;1991;1;2,5\r\n20;1990;0;3,25\r\n20;1991;0;\r\n"
TABS = "ccode\tyear\tlaw\tgdp\n2\t1990\t0\t1.5\n2\t1991\t1\t2.5\n20\t1990\t0\t3.25\n20\t1991\t0\tNA\n"
HINTED = "sep=;\r\n" + EUROPEAN


def written(folder, data, name="panel.csv"):
    file = folder / name
    file.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8"))
    return file


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\xef\xbb\xbf" + EUROPEAN.encode(), "panel.csv"),
        (EUROPEAN.encode("utf-16"), "panel.csv"),
        (HINTED.encode(), "panel.csv"),
        (EUROPEAN.replace("\r\n", "\r").encode(), "panel.txt"),
        (TABS.encode(), "panel.tsv"),
        (TABS.encode("utf-16"), "panel.txt"),
        (TABS.replace("\t", ",").encode(), "panel.csv"),
    ],
)
def test_however_it_is_saved_the_panel_is_the_same(tmp_path, data, name):
    found = read_frame(written(tmp_path, data, name))
    assert found.columns == ["ccode", "year", "law", "gdp"]
    assert found.rows() == ROWS
    assert found.schema["ccode"] == pl.Int64
    assert found.schema["gdp"] == pl.Float64


def test_ids_with_leading_zeros_are_two_units(tmp_path):
    text = "unit,year,law\n01001,2015,0\n01001,2016,1\n1001,2015,0\n1001,2016,0\n"
    found = read_frame(written(tmp_path, text))
    assert found["unit"].to_list() == ["01001", "01001", "1001", "1001"]
    seen = adoptions_from_panel(found, unit="unit", time="year", policies=["law"])
    assert sorted(seen.adoptions.select("unit", "time").rows()) == [("01001", 2016), ("1001", None)]


def test_numbers_longer_than_a_machine_counts_stay_text(tmp_path):
    found = read_frame(written(tmp_path, "id,n\n12345678901234567890,1\n2,2\n"))
    assert found["id"].to_list() == ["12345678901234567890", "2"]


def test_another_code_page_is_never_guessed_but_can_be_named(tmp_path):
    file = written(tmp_path, "town;law\nÉvry;1\n".encode("cp1252"))
    with pytest.raises(CaseError, match=r"row 2.*UTF-8.*encoding="):
        read_frame(file)
    assert read_frame(file, encoding="cp1252").rows() == [("Évry", 1)]
    with pytest.raises(PlanError, match="encoding"):
        read_frame(file, encoding="latin-nowhere")
    with pytest.raises(CaseError, match="not written in ascii"):
        read_frame(file, encoding="ascii")


def test_a_point_that_may_part_thousands_is_asked_about(tmp_path):
    file = written(tmp_path, "unit;gdp\na;1.500\nb;2.750\n")
    with pytest.raises(CaseError, match=r"row 2.*thousands or decimals"):
        read_frame(file)
    assert read_frame(file, decimal=".")["gdp"].to_list() == [1.5, 2.75]


def test_a_column_that_a_few_words_make_text_is_told(tmp_path, caplog):
    body = "".join(f"u{at},{at}\n" for at in range(9))
    file = written(tmp_path, "unit,gdp\n" + body + "u9,n/a\n")
    with caplog.at_level(logging.WARNING, logger="diffuscope"):
        found = read_frame(file)
    assert found.schema["gdp"] == pl.String
    assert "`gdp` is text: 1 cell of 10" in caplog.text
    assert "`n/a` in row 11" in caplog.text


def test_truth_and_missing_as_r_writes_them(tmp_path):
    found = read_frame(written(tmp_path, '"unit","law","x"\n"a",TRUE,NaN\n"b",NA,-1e3\n"c",FALSE,Inf\n'))
    assert found.rows() == [("a", True, None), ("b", None, -1000.0), ("c", False, float("inf"))]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,a\n1,2\n", "heading"),
        ("a,b\n1,2,3\n", "row 2.*more than there are headings"),
        ('a,b\n"1,2\n', "never closed"),
        ("", "empty"),
    ],
)
def test_damaged_text_is_refused_with_its_place(tmp_path, text, words):
    with pytest.raises(CaseError, match=words):
        read_frame(written(tmp_path, text))


def test_a_column_without_a_heading_is_left_out_and_told(tmp_path, caplog):
    with caplog.at_level(logging.WARNING, logger="diffuscope"):
        found = read_frame(written(tmp_path, '"","unit"\n"1","a"\n'))
    assert found.columns == ["unit"]
    assert "no heading" in caplog.text
