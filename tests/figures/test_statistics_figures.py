"""Figures of diffusion statistics: adopters, thresholds, infectiousness and susceptibility."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from drawn import HOSTILE, checked, expressions, picture, rows, texts, words

from diffuscope.figures.adopters import adopter_curve
from diffuscope.figures.influence import influence_plot
from diffuscope.figures.thresholds import threshold_plot
from diffuscope.figures.time_axis import when

RATES = pl.DataFrame(
    {
        "period": [2001, 2002, 2003, 2004],
        "new": [1, 0, 3, 2],
        "cumulative": [1, 1, 4, 6],
        "share": [0.125, 0.125, 0.5, 0.75],
    }
)
THRESHOLDS = pl.DataFrame(
    {
        "unit": ["a", "b", "c", "d", "e"],
        "adopted": [2001, 2003, 2003, 2004, None],
        "threshold": [None, 0.5, 0.5, 0.0, None],
    }
)
INFECTS = pl.DataFrame({"unit": ["a", "b", "c", "d"], "infectiousness": [0.0, 0.4, 0.2, None]})
TAKES = pl.DataFrame({"unit": ["a", "b", "c", "d"], "susceptibility": [0.0, 0.0, 1.0, None]})
FIGURES = {
    "adopters": lambda: adopter_curve(RATES, pl.Series([1.2, 1.5, 1.7, 1.1])),
    "thresholds": lambda: threshold_plot(THRESHOLDS),
    "influence": lambda: influence_plot(INFECTS, TAKES),
}


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("width", [360, 720])
def test_each_keeps_what_every_figure_keeps_and_fits_the_width(name, width):
    figure = FIGURES[name]()
    checked(figure)
    assert figure.name == name
    assert int(picture(figure, width=width).get("width")) == width


def test_adopters_are_those_of_the_frame():
    figure = adopter_curve(RATES)
    drawn = {(row["at"], row["count"], row["share"]) for row in rows(checked(figure)) if "count" in row}
    assert drawn == {(2001, 1, 0.125), (2002, 0, 0.125), (2003, 3, 0.5), (2004, 2, 0.75)}
    assert "Most units adopted in 2003 (3). In the end 6 had adopted, 75% of all." in figure.alt
    assert "thin line" not in figure.caption
    assert "thin line" in FIGURES["adopters"]().caption
    assert {"2001", "2004"} <= set(texts(picture(figure, width=720)))
    assert adopter_curve(RATES.head(1)) is None


def test_thresholds_share_dots_and_stand_against_all_who_had_adopted():
    figure = threshold_plot(THRESHOLDS)
    spec = checked(figure)
    dots = {(row["at"], row["level"], row["many"], row["who"]) for row in rows(spec) if "who" in row}
    assert dots == {(2003, 0.5, "2", "b and c"), (2004, 0.0, "1", "d")}
    line = sorted((row["at"], row["level"]) for row in rows(spec) if "who" not in row and "level" in row)
    assert line == [(2001, 0.0), (2003, 0.2), (2004, 0.6)]
    assert "1 adopter without a known threshold is left out" in figure.caption
    assert "3 adopters: mean 0.33, median 0.50. Threshold 0, before any of their senders: 1." in figure.alt
    assert threshold_plot(THRESHOLDS.filter(pl.col("threshold").is_null())) is None


def test_influence_counts_who_does_both():
    figure = influence_plot(INFECTS, TAKES)
    dots = {(row["x"], round(row["y"], 9), row["who"]) for row in rows(checked(figure)) if "who" in row}
    assert dots == {(0.0, 0.0, "a"), (0.0, 0.4, "b"), (1.0, 0.2, "c")}
    assert (
        "3 adopters. Both follow at once and are followed at once: 1. Only followed at once: 1. "
        "Only follow at once: 0. Neither: 1." in figure.alt
    )
    assert influence_plot(INFECTS.tail(1), TAKES) is None
    flat = influence_plot(INFECTS.with_columns(infectiousness=pl.lit(0.0)), TAKES)
    picture(flat)


def test_months_days_and_names_have_their_places():
    months = when(["2018-01", "2018-03", "2019-01", None])
    first, second, last = months.places.values()
    assert (second - first) / (last - first) == pytest.approx(59 / 365)
    days = when([dt.date(2020, 1, 2), dt.date(2020, 1, 1)])
    assert list(days.places) == [dt.date(2020, 1, 1), dt.date(2020, 1, 2)]
    assert list(when(["second", "first"]).places.items()) == [("second", 0.0), ("first", 1.0)]
    named = RATES.with_columns(period=pl.Series(["2018-01", "2018-02", "2018-03", "2018-04"]))
    assert {"2018-01", "2018-04"} <= set(texts(picture(adopter_curve(named), width=360)))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_stay_data(text):
    period = pl.Series([f"{text}{at}" for at in range(4)])
    unit = pl.Series([f"{text}{at}" for at in range(5)])
    four = {"unit": unit[:4]}
    named = RATES.with_columns(period=pl.Series(list("wxyz")))
    for figure, plain in (
        (adopter_curve(RATES.with_columns(period=period)), adopter_curve(named)),
        (threshold_plot(THRESHOLDS.with_columns(unit=unit)), threshold_plot(THRESHOLDS)),
        (influence_plot(INFECTS.with_columns(**four), TAKES.with_columns(**four)), FIGURES["influence"]()),
    ):
        spec = checked(figure)
        assert text.strip()[:30] not in words(spec)
        assert expressions(spec) == expressions(checked(plain))
        picture(figure)
