"""Data frames that R wrote: its days, moments, labels, factors and missing values."""

from __future__ import annotations

import logging
import shutil
import subprocess
from datetime import date, datetime

import pytest

from diffuscope import CaseError, PlanError, adoptions_from_panel, read_frame

R = """
x <- data.frame(ccode = c("01001", "1001"), year = c(1990L, NA), law = c(0L, 1L))
x$date <- as.Date(c("1990-07-01", NA))
x$whole <- structure(c(7486L, NA), class = "Date")
x$midnight <- as.POSIXct(c("2018-07-02 00:00:00", "2018-07-03 00:00:00"), tz = "Asia/Bangkok")
x$moment <- as.POSIXct(c("2018-07-02 10:30:00", NA), tz = "Asia/Bangkok")
x$broken <- as.POSIXlt(c("2018-07-02 10:00:00", NA), tz = "UTC")
haven <- c("haven_labelled", "vctrs_vctr", "double")
x$regime <- structure(c(1, NA), labels = c(Democracy = 1, Autocracy = 2), class = haven, label = "Regime")
x$yes <- structure(c(0, 1), labels = c(No = 0, Yes = 1), class = haven)
x$two <- structure(c(1, 2), labels = c(Other = 1, Other = 2), class = haven)
x$level <- factor(c("low", NA))
x$ok <- c(TRUE, NA)
x$text <- c(NA, "NA")
x$gdp <- c(1.5, NaN)
saveRDS(x, "x.rds")
y <- data.frame(unit = "a")
z <- 1:3
save(x, y, z, file = "two.rda")
save(y, z, file = "one.RData")
saveRDS(list(first = x, second = y), "list.rds")
saveRDS(list(only = y, note = "text"), "single.rds")
named <- data.frame(law = c(0, 1), row.names = c("Laos", "Viet Nam"))
saveRDS(named, "named.rds")
y$cells <- I(list(1:3))
saveRDS(y, "nested.rds")
bits <- writeBin(c(1L, 2097152L, 0L, NA), raw(), endian = "little")
wide <- data.frame(id = readBin(bits, "double", 2, endian = "little"))
class(wide$id) <- "integer64"
saveRDS(wide, "wide.rds")
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Files that R wrote."""
    if shutil.which("Rscript") is None:
        pytest.skip("Rscript is not installed")
    folder = tmp_path_factory.mktemp("r")
    (folder / "make.R").write_text(R, encoding="utf-8")
    done = subprocess.run(["Rscript", "make.R"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def test_each_class_is_what_r_shows(folder):
    found = read_frame(folder / "x.rds")
    assert {name: found[name].to_list() for name in found.columns} == {
        "ccode": ["01001", "1001"],
        "year": [1990, None],
        "law": [0, 1],
        "date": [date(1990, 7, 1), None],
        "whole": [date(1990, 7, 1), None],
        "midnight": [date(2018, 7, 2), date(2018, 7, 3)],
        "moment": [datetime(2018, 7, 2, 10, 30), None],
        "broken": [datetime(2018, 7, 2, 10), None],
        "regime": ["Democracy", None],
        "yes": [0, 1],
        "two": ["Other (1)", "Other (2)"],
        "level": ["low", None],
        "ok": [True, None],
        "text": [None, "NA"],
        "gdp": [1.5, None],
    }
    assert read_frame(folder / "x.rds", codes=True)["regime"].to_list() == [1, None]


def test_a_labelled_0_or_1_is_an_adoption(folder):
    found = read_frame(folder / "x.rds", columns={"ccode": "unit", "law": "year", "yes": "yes"})
    seen = adoptions_from_panel(found, unit="unit", time="year", policies=["yes"])
    assert seen.adoptions.height == 2


def test_of_several_data_frames_one_is_named(folder):
    with pytest.raises(PlanError, match=r"`x`, `y`.*object"):
        read_frame(folder / "two.rda")
    with pytest.raises(PlanError, match="no data frame `z`; it has `x`, `y`"):
        read_frame(folder / "two.rda", object="z")
    assert read_frame(folder / "two.rda", object="y").rows() == [("a",)]
    assert read_frame(folder / "one.RData").rows() == [("a",)]
    with pytest.raises(PlanError, match="`first`, `second`"):
        read_frame(folder / "list.rds")
    assert read_frame(folder / "list.rds", object="second").rows() == [("a",)]
    assert read_frame(folder / "single.rds").rows() == [("a",)]


def test_whole_numbers_of_64_bits_are_those_numbers(folder):
    assert read_frame(folder / "wide.rds")["id"].to_list() == [2**53 + 1, None]


def test_names_of_rows_are_told_where_they_are_left_out(folder, caplog):
    with caplog.at_level(logging.WARNING, logger="diffuscope"):
        assert read_frame(folder / "named.rds").columns == ["law"]
    assert "rows have names, the first `Laos`" in caplog.text


def test_a_cell_that_holds_a_list_is_named(folder):
    with pytest.raises(CaseError, match="`cells` holds a list"):
        read_frame(folder / "nested.rds")
