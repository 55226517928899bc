"""Figures of an effect over its range, and of many specifications."""

from __future__ import annotations

import polars as pl
import pytest
from drawn import HOSTILE, checked, expressions, picture, rows, texts, warnings, words

from diffuscope.figures.effect_range import RUG_AT_MOST, effect_range
from diffuscope.figures.specification_curve import specification_curve

CURVE = pl.DataFrame(
    {
        "value": [0.0, 0.25, 0.5, 0.75, 1.0],
        "estimate": [0.02, 0.03, 0.05, 0.08, 0.12],
        "ci_low": [0.01, 0.02, 0.03, 0.04, 0.05],
        "ci_high": [0.04, 0.05, 0.08, 0.15, 0.25],
    }
)
OBSERVED = pl.DataFrame({"value": [0.0, 0.2, 0.75], "rows": [50, 20, 5]})
KINDS = {"exposure": "share", "duration": "none"}
SPECIFICATIONS = pl.DataFrame(
    {
        "rank": [1, 2, 3, 4],
        "estimate": [-0.2, 0.4, 0.6, None],
        "ci_low": [-0.6, 0.1, -0.1, None],
        "ci_high": [0.2, 0.7, 1.3, None],
        "rows": [100, 100, 90, None],
        "missing": [None, None, None, "Events are separated by `gdp`."],
        "controls": [[], ["gdp"], ["gdp", "trade"], ["gdp"]],
        "model": ["logit", "cloglog", "logit", "cloglog"],
        "errors": ["unit", "unit", "none", "none"],
    }
).with_columns(pl.lit(value).alias(name) for name, value in KINDS.items())


def effect(**options):
    return effect_range(CURVE, OBSERVED, "neighbours", **options)


def curve(table=SPECIFICATIONS, controls=("gdp", "trade")):
    return specification_curve(table, "neighbours", controls)


@pytest.mark.parametrize(
    "figure", [effect(), effect(measure="slope"), curve()], ids=["hazard", "slope", "curve"]
)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [380, 720])
def test_figures_follow_their_width_in_both_themes(figure, theme, width, capfd):
    checked(figure)
    assert int(picture(figure, width=width, theme=theme).get("width")) == width
    assert warnings(figure, capfd) == ""


def test_nothing_is_drawn_beyond_the_observed_values():
    drawn = rows(checked(effect()))
    assert [row["value"] for row in drawn if "middle" in row] == [0.0, 0.25, 0.5, 0.75]
    assert [row["value"] for row in drawn if "many" in row] == [0.0, 0.2, 0.75]
    assert "from 0 to 0.75" in effect().alt
    assert effect_range(CURVE.filter(pl.col("value") > 0.75), OBSERVED, "x") is None


def test_a_rug_of_many_values_keeps_its_ends_and_its_rows():
    many = pl.DataFrame({"value": [at / 5000 for at in range(5001)], "rows": [1] * 5001})
    drawn = [row for row in rows(checked(effect_range(CURVE, many, "x"))) if "many" in row]
    assert len(drawn) <= RUG_AT_MOST + 1
    assert (drawn[0]["value"], drawn[-1]["value"]) == (0.0, 1.0)
    assert sum(int(row["many"]) for row in drawn) == 5001


def test_a_slope_has_a_line_at_zero_and_labels_stand_beside_the_curve():
    assert any("zero" in row for row in rows(checked(effect(measure="slope"))))
    assert not any("zero" in row for row in rows(checked(effect())))
    shown = set(texts(picture(effect())))
    assert {"neighbours", "chance of adopting in a period", "10.0%"} <= shown


def test_specifications_stand_in_order_with_their_choices():
    drawn = rows(checked(curve()))
    dots = [row for row in drawn if "reach" in row]
    assert [row["at"] for row in dots] == [1, 2, 3, 4]
    places = [row["y"] for row in dots[:3]]
    assert places == sorted(places, reverse=True), "a larger estimate stands higher"
    headings = [row["text"] for row in drawn if row.get("field") == ""]
    assert headings == ["Model", "Errors", "Controls"], "a choice of one is no choice"
    lines = {row["text"]: row["y"] for row in drawn if row.get("option")}
    chosen = {
        name: [row["at"] for row in drawn if "known" in row and row["y"] == y] for name, y in lines.items()
    }
    assert chosen == {
        "logit": [1, 3], "cloglog": [2, 4], "unit": [1, 2], "none": [3, 4], "gdp": [2, 3, 4], "trade": [3],
    }  # fmt: skip


def test_specifications_without_an_estimate_are_drawn_and_counted():
    [lost] = [row for row in rows(checked(curve())) if row.get("reason")]
    assert (lost["at"], lost["shown"], lost["reason"]) == (4, "none", "Events are separated by `gdp`.")
    assert "1 specification has no estimate" in curve().caption
    assert "in 4 specifications" in curve().alt
    assert "2 are above zero and 1 are not; 1 intervals leave zero out. 1 have no estimate." in curve().alt
    assert "90 to 100 rows" in curve().caption
    assert curve(SPECIFICATIONS.tail(1)) is None


def test_intervals_without_end_reach_the_edge_and_are_counted():
    endless = SPECIFICATIONS.with_columns(
        ci_high=pl.when(pl.col("rank") == 2).then(float("inf")).otherwise("ci_high")
    )
    drawn = {row["at"]: row for row in rows(checked(curve(endless))) if "reach" in row}
    assert drawn[2]["high"] == 0.0
    assert "1 interval goes on beyond the edge" in curve(endless).caption


def test_an_unknown_end_is_not_drawn_and_counted():
    """A search for the end of a profile interval can fail: 0.1 to ? lies above zero, ? to 1.3 does not."""
    nan = float("nan")
    lost = SPECIFICATIONS.with_columns(
        ci_high=pl.when(pl.col("rank") == 2).then(nan).otherwise("ci_high"),
        ci_low=pl.when(pl.col("rank") == 3).then(nan).otherwise("ci_low"),
    )
    drawn = {row["at"]: row for row in rows(checked(curve(lost))) if "reach" in row}
    assert (drawn[2]["reach"], drawn[3]["reach"]) == ("0.100 to unknown", "unknown to 1.300")
    assert (drawn[2]["high"], drawn[3]["low"]) == (drawn[2]["y"], drawn[3]["y"])
    assert "2 intervals have an unknown end" in curve(lost).caption
    assert "beyond the edge" not in curve(lost).caption
    assert "1 intervals leave zero out" in curve(lost).alt
    every = SPECIFICATIONS.with_columns(ci_low=pl.lit(nan), ci_high=pl.lit(nan))
    assert "0 intervals leave zero out" in curve(every).alt


@pytest.mark.parametrize("text", HOSTILE)
def test_names_stay_text(text):
    usual = expressions(checked(curve()))
    table = SPECIFICATIONS.with_columns(
        model=pl.when(pl.col("rank") == 1).then(pl.lit(text)).otherwise("model"), missing=pl.lit(text)
    )
    figure = specification_curve(table, text, [text])
    spec = checked(figure)
    assert expressions(spec) == usual
    assert text not in words({key: value for key, value in spec.items() if key != "layer"})
    picture(figure)
    picture(effect_range(CURVE, OBSERVED, text))
