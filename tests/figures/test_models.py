"""Figures of models: estimates, hazards, curves, calibration."""

from __future__ import annotations

import math

import polars as pl
import pytest
from drawn import HOSTILE, checked, expressions, picture, rows, texts, words

from diffuscope.figures.calibration import calibration, wilson
from diffuscope.figures.coefficients import coefficients
from diffuscope.figures.curves import adoption_curves
from diffuscope.figures.hazard import hazard_by_duration
from diffuscope.figures.hazard_and_curve import pace

TABLE = pl.DataFrame(
    {
        "term": ["(intercept)", "coercion", "learning", "gone"],
        "estimate": [-3.0, 0.8, -0.4, float("nan")],
        "ci_low": [-4.0, 0.2, -math.inf, 0.0],
        "ci_high": [-2.0, 1.4, 0.1, 0.0],
    }
)
BASELINE = pl.DataFrame(
    {
        "duration": [1, 2, 3],
        "hazard": [0.05, 0.08, 0.06],
        "ci_low": [0.02, 0.05, 0.01],
        "ci_high": [0.11, 0.12, 0.2],
        "rows": [60, 50, 40],
        "events": [3, 4, 2],
    }
)
CURVES = pl.DataFrame(
    {
        "policy": ["a", "a", "b", "b", "lone"],
        "duration": [1, 2, 1, 2, 1],
        "adopted": [0.1, 0.3, 0.2, 0.5, 0.9],
        "ci_low": [0.05, 0.2, 0.1, 0.4, 0.8],
        "ci_high": [0.2, 0.4, 0.3, 0.6, 1.0],
    }
)
HAZARDS = pl.DataFrame(
    {
        "duration": [1, 2, 3],
        "at_risk": [60, 50, 40],
        "events": [3, 4, 0],
        "hazard": [0.05, 0.08, 0.0],
        "model": [0.04, 0.06, None],
        "ci_low": [0.02, 0.05, None],
        "ci_high": [0.11, 0.12, None],
    }
)
CURVE = pl.DataFrame(
    {
        "duration": [1, 2, 3],
        "observed": [0.05, 0.126, 0.126],
        "adopted": [0.05, 0.14, 0.178],
        "ci_low": [0.02, 0.07, 0.08],
        "ci_high": [0.11, 0.21, 0.37],
    }
)
BINS = pl.DataFrame(
    {
        "predicted": [0.02, 0.05, 0.2],
        "observed": [0.0, 0.06, 0.15],
        "events": [0, 6, 15],
        "rows": [100, 100, 100],
    }
)
FIGURES = {
    "coefficients": lambda: coefficients(TABLE),
    "hazard": lambda: hazard_by_duration(BASELINE),
    "curves": lambda: adoption_curves(CURVES, by="policy"),
    "calibration": lambda: calibration(BINS),
    "pace": lambda: pace(HAZARDS, CURVE),
}


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("width", [360, 720])
def test_each_keeps_what_every_figure_keeps_and_fits_the_width(name, width):
    figure = FIGURES[name]()
    checked(figure)
    assert figure.name == name
    assert int(picture(figure, width=width).get("width")) == width


def test_estimates_stand_in_order_without_the_intercept():
    spec = checked(coefficients(TABLE))
    drawn = [row for row in rows(spec) if "reach" in row]
    assert {(row["text"], row["estimate"]) for row in drawn} == {("coercion", 0.8), ("learning", -0.4)}
    assert all(math.isfinite(row["ci_low"]) for row in drawn), "an end at infinity reaches the edge"
    assert {"coercion", "learning"} <= set(texts(picture(coefficients(TABLE), width=720)))
    assert "coercion: 0.8 (0.2 to 1.4). learning: −0.4 (no end to 0.1)." in coefficients(TABLE).alt


def test_ratios_stand_where_their_logarithms_are_and_are_told_as_ratios():
    figure = coefficients(TABLE, "odds", measure="ratio")
    drawn = {row["text"]: row for row in rows(checked(figure)) if "reach" in row}
    assert drawn["coercion"]["estimate"] == 0.8, "steps are equal factors"
    # exp(0.8) = 2.2255, exp(0.2) = 1.2214, exp(1.4) = 4.0552
    assert (drawn["coercion"]["shown"], drawn["coercion"]["reach"]) == ("2.23", "1.22 to 4.06")
    assert drawn["learning"]["reach"] == "no end to 1.11"
    shown = set(texts(picture(figure, width=720)))
    assert {"1", "2", "3", "times the odds"} <= shown
    far = coefficients(TABLE.with_columns(pl.col("ci_high") + 9.5), "odds", measure="ratio")
    assert {"1", "10", "1,000"} <= set(texts(picture(far, width=720)))
    assert "above 9,999" in far.alt


def test_effects_are_told_in_points_with_their_sign():
    effects = TABLE.with_columns(pl.col("estimate", "ci_low", "ci_high") * 10)
    figure = coefficients(effects, "percentage points", measure="points")
    assert "coercion: +8.0 (+2.0 to +14.0)." in figure.alt
    assert "give both values" not in figure.caption
    told = effects.with_columns(start=pl.lit(0.1), stop=pl.lit(0.25))
    figure = coefficients(told, "percentage points", measure="points")
    assert "coercion, from 0.1 to 0.25: +8.0 (+2.0 to +14.0)." in figure.alt
    assert "give both values" in figure.caption
    assert "percentage points" in texts(picture(figure, width=720))


def test_the_caption_counts_what_was_drawn():
    # coercion .2 to 1.4, learning without an end to .1, gone without a finite estimate
    caption = coefficients(TABLE).caption
    assert "1 of 2 bars crosses the line at zero" in caption
    assert "1 bar has no end and reaches the edge" in caption
    assert "Not drawn: 1 row without a finite estimate." in caption
    clear = coefficients(TABLE.slice(1, 1)).caption
    for absent in ("crosses", "no end", "Not drawn", "Fainter"):
        assert absent not in clear
    assert "The line at zero means no difference." in clear
    cut = coefficients(TABLE, "odds", measure="ratio", more=3).caption
    assert "1 of 2 bars crosses the line at one" in cut
    assert "1 row without a finite estimate and 3 rows for lack of room" in cut


def test_an_unknown_end_of_a_bar_is_not_drawn_and_counted():
    """The search for the end of a profile interval can fail; NaN is no number that a page can read."""
    table = pl.DataFrame({"term": ["near"], "estimate": [0.5], "ci_low": [math.nan], "ci_high": [0.8]})
    figure = coefficients(table)
    [bar] = [row for row in rows(checked(figure)) if "reach" in row]
    assert (bar["ci_low"], bar["ci_high"], bar["reach"]) == (0.5, 0.8, "unknown to 0.8")
    assert "1 bar has an end that is unknown and not drawn." in figure.caption


def test_the_pace_holds_what_was_seen_and_what_a_model_says_each_on_its_own_scale():
    figure = pace(HAZARDS, CURVE, "years")
    drawn = [row for row in rows(checked(figure)) if "observed" in row]
    seen = {(row["duration"], row["observed"], row["seen"]) for row in drawn if "of" in row["seen"]}
    assert seen == {(1, 0.05, "5% (3 of 60)"), (2, 0.08, "8% (4 of 50)"), (3, 0.0, "0% (0 of 40)")}
    assert {row["middle"] for row in drawn} == {0.04, 0.06, None, 0.05, 0.14, 0.178}
    for width in (340, 720):
        shown = texts(picture(figure, width=width))
        assert {"1", "2", "3", "0%", "Adopted by then"} <= set(shown)
        assert shown.count("years at risk") == 1
    assert "At 3: 0% (0 of 40). Adopted after 3 years: 13%; by the model 18% (8% to 37%)." in figure.alt
    assert "Lines are predictions of the model" in figure.caption


def test_the_pace_without_a_model_has_dots_alone():
    nothing = [pl.lit(None, pl.Float64).alias(name) for name in ("ci_low", "ci_high")]
    hazards = HAZARDS.with_columns(*nothing, model=pl.lit(None, pl.Float64))
    figure = pace(hazards, CURVE.with_columns(*nothing, adopted=pl.lit(float("nan"))))
    drawn = [row for row in rows(checked(figure)) if "observed" in row]
    assert {row["middle"] for row in drawn} == {None}
    assert "model" not in figure.caption + figure.alt
    picture(figure)


def test_a_model_that_knows_one_time_draws_no_line():
    known = pl.col("duration") == 3
    lone = CURVE.with_columns(pl.when(known).then(pl.col("adopted")), pl.when(known).then(pl.col("ci_high")))
    figure = pace(HAZARDS.with_columns(model=pl.lit(None, pl.Float64)), lone)
    assert "Lines" not in figure.caption
    assert '"area"' not in words(checked(figure))


def test_a_term_asked_again_stands_below_it():
    again = pl.concat([TABLE.head(2), TABLE.slice(1, 1).with_columns(term=pl.lit("without Viet Nam"))])
    figure = coefficients(again.with_columns(again=pl.Series([False, False, True])))
    drawn = [row for row in rows(checked(figure)) if "reach" in row]
    assert [row["text"] for row in sorted(drawn, key=lambda row: row["y"])][::2] == [
        "coercion", "without Viet Nam"
    ]  # fmt: skip
    assert "Fainter names" in figure.caption
    assert "Fainter" not in coefficients(TABLE).caption
    assert "without Viet Nam" in texts(picture(figure, width=720))


def test_hazards_and_their_bands_are_those_of_the_frame():
    drawn = [row for row in rows(checked(hazard_by_duration(BASELINE))) if "middle" in row]
    found = {(row["duration"], row["middle"], row["ci_low"], row["ci_high"], row["seen"]) for row in drawn}
    assert found == {
        (1, 0.05, 0.02, 0.11, "3 of 60"),
        (2, 0.08, 0.05, 0.12, "4 of 50"),
        (3, 0.06, 0.01, 0.2, "2 of 40"),
    }


def test_curves_have_names_and_a_group_with_one_time_has_none():
    figure = adoption_curves(CURVES, by="policy")
    shown = texts(picture(figure, width=720))
    assert {"a", "b"} <= set(shown)
    assert "lone" not in shown
    assert "b: 0.50 after 2 periods (0.40 to 0.60). a: 0.30 after 2 periods" in figure.alt
    many = pl.concat([CURVES.head(2).with_columns(policy=pl.lit(f"p{at}")) for at in range(9)])
    assert "3 groups that end lower are left out" in adoption_curves(many, by="policy").caption


def test_calibration_has_the_line_of_what_was_said():
    spec = checked(calibration(BINS))
    line = sorted(row["ci_low"] for row in rows(spec) if row.get("group") == "line")
    assert line[0] == 0
    first = next(row for row in rows(spec) if row.get("shown") == "0.000")
    assert first["ci_high"] == pytest.approx(wilson(0, 100)[1])
    assert wilson(0, 100)[1] == pytest.approx(1.959963984540054**2 / (100 + 1.959963984540054**2))


def test_nothing_to_show_is_no_figure():
    assert coefficients(TABLE.head(1)) is None
    assert hazard_by_duration(BASELINE.head(1)) is None
    assert adoption_curves(CURVES.tail(1), by="policy") is None
    assert calibration(BINS.head(1)) is None
    assert pace(HAZARDS, CURVE.head(1)) is None
    assert pace(HAZARDS.head(1), CURVE) is None


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_stay_data(text):
    for make, frame in (
        (coefficients, TABLE.with_columns(term=pl.col("term") + text)),
        (
            lambda frame: adoption_curves(frame, by="policy"),
            CURVES.with_columns(policy=pl.col("policy") + text),
        ),
    ):
        figure = make(frame)
        spec = checked(figure)
        assert text.strip()[:30] not in words(spec)
        usual = TABLE.tail(3) if make is coefficients else CURVES
        column = "term" if make is coefficients else "policy"
        long = usual.with_columns((pl.col(column) + "w" * 40).alias(column))
        assert {*expressions(spec)} <= {*expressions(checked(make(usual))), *expressions(checked(make(long)))}
        picture(figure)
