"""Ties that predate adoption: dates of ties against dates of adoption, on either side of each border."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from asking import asking
from scipy import sparse

import diffuscope
from diffuscope.models import firth
from diffuscope.panel.exposure_history import ExposureSpec, exposure_inputs
from diffuscope.panel.exposures import add_exposure
from diffuscope.safeguards.checks.ties_predate import SAFEGUARD
from diffuscope.safeguards.tested_model import TestedExposure, TestedModel
from diffuscope.ties import Layer

ties_predate = asking(SAFEGUARD)
UNITS = tuple("abcdef")
MATRIX = sparse.csr_array(
    [[0, 1, 0, 0, 0, 1], [1, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0], [0, 0, 1, 0, 0, 0], [0, 0, 0, 1, 0, 0],
     [1, 0, 0, 0, 0, 0]], dtype=float,
)  # fmt: skip
"""A row is a receiver, a column a sender."""


def asked(times, known_from=None, weights=MATRIX, **panelled):
    laws = pl.DataFrame({"unit": list(UNITS), "time": times})
    return seen_in(
        laws, Layer(name="advice", units=UNITS, weights=weights, known_from=known_from), **panelled
    )


def seen_in(laws, layer, **panelled):
    panel = diffuscope.person_period(laws, undated="never", **panelled)
    panel = add_exposure(panel, layer, name="seen", isolates="zero")
    seen = exposure_inputs(layer, panel.table(), panel.history, ExposureSpec())
    fit = firth("adopted ~ seen", panel)
    return TestedModel(panel, fit, (TestedExposure(column="seen", mechanism=None, inputs=seen),))


def passed(*given, **how):
    found = ties_predate(asked(*given, **how), "seen")
    assert found.applies
    return found.passed


YEARS = [2003, 2001, 2003, 2004, None, None]
MONTHS = ["2003-05", "2003-02", "2003-04", "2003-06", None, None]


@pytest.mark.parametrize(
    ("since", "wanted"),
    [
        ("1990", True),
        ("2000", True),
        ("2000-12-31", True),
        # of the year of the first adoption: which came first is not known
        ("2001-01-01", None),
        ("2001-06", None),
        ("2001", None),
        ("2001-12-31", None),
        ("2002-01-01", False),
        ("2002", False),
    ],
)
def test_years(since, wanted):
    assert passed(YEARS, since, censor=2006) is wanted


@pytest.mark.parametrize(
    ("since", "wanted"),
    [("2003-01", True), ("2003-01-31", True), ("2003-02", None), ("2003-02-01", None), ("2003-03", False)],
)
def test_months(since, wanted):
    assert passed(MONTHS, since, period="month", censor="2003-09") is wanted


@pytest.mark.parametrize(("since", "wanted"), [("2", True), ("3", None), ("4", False)])
def test_numbered_periods(since, wanted):
    assert passed([5, 3, 5, 6, None, None], since, censor=8) is wanted


@pytest.mark.parametrize(
    ("since", "wanted"), [("1999", True), ("2000", None), ("2002", None), ("2003", False)]
)
def test_a_first_adoption_known_as_a_range_may_be_its_first_day(since, wanted):
    latest = [None, "2002", None, None, None, None]
    times = ["2003", "2000", "2004", "2004", None, None]
    laws = pl.DataFrame({"unit": list(UNITS), "time": times, "time_latest": latest})
    layer = Layer(name="advice", units=UNITS, weights=MATRIX, known_from=since)
    assert ties_predate(seen_in(laws, layer, censor=2006), "seen").passed is wanted


@pytest.mark.parametrize(("since", "wanted"), [("1990", None), ("2001", None), ("2002", False)])
def test_who_had_adopted_by_then_may_have_at_any_time_before(since, wanted):
    laws = pl.DataFrame(
        {"unit": list(UNITS), "time": ["2003", None, "2004", "2004", None, None],
         "time_latest": [None, "2001", None, None, None, None]}
    )  # fmt: skip
    layer = Layer(name="advice", units=UNITS, weights=MATRIX, known_from=since)
    assert ties_predate(seen_in(laws, layer, censor=2006), "seen").passed is wanted


@pytest.mark.parametrize(("since", "wanted"), [("1999", None), ("2003-06", None), ("2004", False)])
def test_of_waves_nobody_knows_when_those_of_the_first_adopted(since, wanted):
    """Whoever adopts by the first look may have done so at any time before."""
    laws = pl.DataFrame({"unit": list(UNITS), "time": ["w2", "w1", "w3", "w3", None, None]})
    waves = {"w1": "2003-12-31", "w2": "2006-12-31", "w3": "2009-12-31", "w4": "2012-12-31"}
    layer = Layer(name="advice", units=UNITS, weights=MATRIX, known_from=since)
    question = seen_in(laws, layer, period="wave", waves=waves, censor="w4")
    assert ties_predate(question, "seen").passed is wanted


@pytest.mark.parametrize(
    ("since", "wanted"), [("2003", True), ("2004", None), ("2006", None), ("2007", False)]
)
def test_of_later_waves_ties_of_the_look_before_predate(since, wanted):
    laws = pl.DataFrame({"unit": list(UNITS), "time": ["w3", "w2", "w4", "w4", None, None]})
    waves = {"w1": "2003-12-31", "w2": "2006-12-31", "w3": "2009-12-31", "w4": "2012-12-31"}
    layer = Layer(name="advice", units=UNITS, weights=MATRIX, known_from=since)
    question = seen_in(laws, layer, period="wave", waves=waves, censor="w4")
    assert ties_predate(question, "seen").passed is wanted


def test_ties_without_a_date_hold_throughout():
    found = ties_predate(asked(YEARS, censor=2006), "seen")
    assert found.passed
    assert "hold throughout" in found.description


def test_ties_that_change_are_known_from_their_first_measurement():
    early, late = MATRIX, sparse.csr_array(MATRIX.T)
    for first, wanted in (("2000", True), ("2001", None), ("2002", False)):
        assert passed(YEARS, weights=((first, early), ("2004", late)), censor=2006) is wanted


def test_what_is_told_names_ties_and_dates():
    assert ties_predate(asked(YEARS, "2000", censor=2006), "seen").description == (
        "The ties `advice` are known from 2000 on: before the first adoption."
    )
    assert (
        "after the first adoption (2001)"
        in ties_predate(asked(YEARS, "2002", censor=2006), "seen").description
    )
    same = ties_predate(asked(YEARS, "2001", censor=2006), "seen")
    assert "which came first is unknown" in same.description


def test_without_a_history_the_first_adoption_is_not_known():
    question = asked(YEARS, "1990", censor=2006)
    found = ties_predate(replace(question, panel=replace(question.panel, history=None)), "seen")
    assert (found.applies, found.passed) == (True, None)
