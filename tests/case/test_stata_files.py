"""Stata files: dates and periods, labels, extended missing values."""

from __future__ import annotations

import logging
import struct
from datetime import date, datetime

import pandas as pd
import polars as pl
import pyreadstat
import pytest

from diffuscope import adoptions_from_panel, read_frame
from diffuscope.case.importers.frames_in import frame_with_notes

DAY = 86_400_000
JULY = 11_139
"""1 July 1990 in days from 1 January 1960."""


def written(folder, columns, **options):
    file = folder / "made.dta"
    pyreadstat.write_dta(pd.DataFrame(columns), file, **options)
    return file


@pytest.mark.parametrize(
    ("form", "value", "meant"),
    [
        ("%td", JULY, date(1990, 7, 1)),
        ("%tdD_m_Y", JULY, date(1990, 7, 1)),
        ("%d", -1, date(1959, 12, 31)),
        ("%tm", 366, "1990-07"),
        ("%tm", -1, "1959-12"),
        ("%tq", 122, "1990-Q3"),
        ("%th", 61, "1990-H2"),
        ("%ty", 1990, 1990),
        ("%tw", 30 * 52 + 26, date(1990, 7, 2)),
        ("%tc", JULY * DAY, date(1990, 7, 1)),
        ("%tc", JULY * DAY + 36_000_000, datetime(1990, 7, 1, 10)),
        # 15 leap seconds were inserted from June 1972 to December 1989
        ("%tC", JULY * DAY + 15_000, date(1990, 7, 1)),
        ("%tC", 0, date(1960, 1, 1)),
    ],
)
def test_dates_and_periods_are_what_stata_shows(tmp_path, form, value, meant):
    file = written(tmp_path, {"x": [float(value), None]}, variable_format={"x": form})
    assert read_frame(file)["x"].to_list() == [meant, None]


def test_a_business_calendar_keeps_its_numbers_and_is_told(tmp_path):
    file = written(tmp_path, {"x": [5.0]}, variable_format={"x": "%tbnyse"})
    found = frame_with_notes(file)
    assert found.frame["x"].to_list() == [5]
    assert "business calendar" in found.notes[0]


LABELS = {
    "law": {0: "No", 1: "Yes"},
    "regime": {1: "Democracy", 2: "Anocracy", 3: "Autocracy"},
    "dup": {1: "Other", 2: "Other", 3: "Third"},
    "years": {99: "99 and more"},
}
PANEL = {
    "ccode": [2.0, 2.0, 20.0],
    "year": [1990.0, 1991.0, 1990.0],
    "law": [0.0, 1.0, 0.0],
    "regime": [1.0, 3.0, None],
    "dup": [1.0, 2.0, 3.0],
    "years": [4.0, 99.0, 7.0],
}


def test_labels_are_text_and_a_labelled_0_or_1_is_an_adoption(tmp_path):
    file = written(tmp_path, PANEL, variable_value_labels=LABELS)
    found = read_frame(file)
    assert found["regime"].to_list() == ["Democracy", "Autocracy", None]
    assert found["law"].to_list() == [0, 1, 0]
    assert found["years"].to_list() == [4, 99, 7], "a number without a label is no word"
    seen = adoptions_from_panel(found, unit="ccode", time="year", policies=["law"])
    assert ("2", 1991) in seen.adoptions.select("unit", "time").rows()


def test_two_codes_with_one_label_stay_two_and_are_told(tmp_path, caplog):
    file = written(tmp_path, PANEL, variable_value_labels=LABELS)
    with caplog.at_level(logging.WARNING, logger="diffuscope"):
        found = read_frame(file)
    assert found["dup"].to_list() == ["Other (1)", "Other (2)", "Third"]
    assert "the codes 1 and 2 share the label `Other`" in caplog.text


def test_codes_are_kept_where_they_are_asked_for(tmp_path):
    found = read_frame(written(tmp_path, PANEL, variable_value_labels=LABELS), codes=True)
    assert found["regime"].to_list() == [1, 3, None]
    assert found["dup"].to_list() == [1, 2, 3]


def test_only_columns_that_are_read_are_told_about(tmp_path):
    file = written(tmp_path, PANEL, variable_value_labels=LABELS, column_labels={"law": "Has the law"})
    found = frame_with_notes(file, columns={"ccode": "unit", "law": "adopted"})
    assert found.notes == []
    assert found.labels == {"adopted": "Has the law"}


def test_extended_missing_values_are_missing_and_told(tmp_path):
    file = written(
        tmp_path,
        {"regime": [1.0, "a", "z", 2.0], "gdp": [1.5, "b", None, 2.0]},
        missing_user_values={"regime": ["a", "z"], "gdp": ["b"]},
        variable_value_labels={"regime": {1: "Yes", 2: "Perhaps", "a": "Not asked"}},
    )
    found = frame_with_notes(file)
    assert found.frame["regime"].to_list() == ["Yes", None, None, "Perhaps"]
    assert found.frame["gdp"].to_list() == [1.5, None, None, 2.0]
    assert ".a (Not asked) and .z" in found.notes[0]
    assert "`gdp`: 1 cell" in found.notes[1]


def test_text_of_one_letter_is_no_missing_value(tmp_path):
    found = read_frame(written(tmp_path, {"grade": ["a", "", "b"]}))
    assert found["grade"].to_list() == ["a", None, "b"]
    assert found.schema["grade"] == pl.String


def test_a_time_beyond_the_calendar_keeps_its_number(tmp_path):
    file = written(tmp_path, {"x": [4e9, 1.0]}, variable_format={"x": "%td"})
    found = frame_with_notes(file)
    assert found.frame["x"].to_list() == [4e9, 1.0]
    assert "beyond the calendar" in found.notes[0]


def test_a_file_that_is_cut_short_is_refused(tmp_path):
    from diffuscope import CaseError

    whole = written(tmp_path, {"x": [1.0]}).read_bytes()
    (tmp_path / "cut.dta").write_bytes(whole[: len(whole) // 2] + struct.pack("<I", 7))
    with pytest.raises(CaseError, match="damaged"):
        read_frame(tmp_path / "cut.dta")
