"""Maps of cases anywhere: what is drawn where, and what each unit had when."""

from __future__ import annotations

import json

import polars as pl
import pytest
from drawn import HOSTILE, checked, expressions, picture, rows, texts, warnings, words

from diffuscope.figures.atlas import POSITIONS_AT_MOST, atlas_of
from diffuscope.figures.map import adoption_map

UNITS = ("unit", "name", "kind", "lat", "lon", "aliases")
ADOPTED = ("unit", "policy", "time", "time_latest", "until")


def units(*given):
    wide = [row + (None,) * (len(UNITS) - len(row)) for row in given]
    schema = dict.fromkeys(UNITS, pl.String) | {"lat": pl.Float64, "lon": pl.Float64}
    return pl.DataFrame(wide, schema=schema, orient="row")


def adoptions(*given):
    wide = [row + (None,) * (len(ADOPTED) - len(row)) for row in given]
    return pl.DataFrame(wide, schema=dict.fromkeys(ADOPTED, pl.String), orient="row")


STATES = units(
    ("SGP", "Singapore", "state", 1.29, 103.85),
    ("thailand", "Thailand", "state"),
    ("vn", "Viet Nam", "state", None, None, "VNM"),
    ("IDN", "Indonesia", "state"),
    ("nowhere", "Nowhere Land", "state"),
)
DATES = adoptions(
    ("SGP", "p", "2014-11-24"),
    ("thailand", "p", "2015", "2017"),
    ("vn", "p", None, "2016"),
    ("IDN", "p", "2015", None, "2017-05"),
)


def drawn(**changes):
    return adoption_map(**{"units": STATES, "adoptions": DATES} | changes)


def places(spec):
    return {row["unit"]: row for row in rows(spec) if "levels" in row}


def test_levels_are_what_is_sure_at_the_end_of_each_year():
    spec = checked(drawn())
    periods = next(row["labels"] for row in rows(spec) if set(row) == {"labels"})
    assert periods == ["2014", "2015", "2016", "2017"]
    levels = {unit: row["levels"] for unit, row in places(spec).items()}
    assert levels == {
        "SGP": [2, 2, 2, 2],
        "thailand": [0, 1, 1, 2],
        "vn": [1, 1, 2, 2],
        "IDN": [0, 2, 2, 0],
    }
    assert places(spec)["thailand"]["says"] == ["none on record", "perhaps", "perhaps", "adopted"]


def test_judgements_are_marked():
    judged = DATES.with_columns(basis=pl.Series(["reported", "judged", None, "assumed"]))
    figure = drawn(adoptions=judged)
    dates = {unit: row["dates"] for unit, row in places(checked(figure)).items()}
    assert dates == {
        "SGP": "p 2014-11-24",
        "thailand": "p between 2015 and 2017 (judged)",
        "vn": "p by 2016",
        "IDN": "p 2015 (assumed)",
    }
    assert "4 adoptions of this case, 2 of them judged, assumed or simulated" in figure.caption
    assert "judged" not in drawn().caption


def test_the_slider_runs_through_the_years_and_the_checkbox_switches_boundaries():
    params = {param["name"]: param for param in checked(drawn())["params"]}
    assert params["period"]["value"] == 2017
    bind = params["period"]["bind"]
    assert (bind["input"], bind["min"], bind["max"], bind["step"]) == ("range", 2014, 2017, 1)
    assert params["boundaries"]["bind"]["input"] == "checkbox"
    assert params["boundaries"]["value"] is True
    off = {param["name"]: param for param in checked(drawn(boundaries=False))["params"]}
    assert off["boundaries"]["value"] is False


def test_every_index_of_the_slider_is_in_the_data():
    spec = checked(drawn())
    steps = 2017 - 2014 + 1
    assert all(len(row["levels"]) == len(row["says"]) == steps for row in places(spec).values())
    assert any("datum.levels[period - 2014]" in text for text in expressions(spec))


def test_boundaries_can_be_left_out_of_print():
    def border(figure):
        return [node for node in picture(figure).iter() if node.get("stroke") == "#8a939d" and node.get("d")]

    with_them, without = border(drawn()), border(drawn(boundaries=False))
    assert [node for node in with_them if node.get("opacity") != "0"]
    assert [node for node in without if node.get("opacity") != "0"] == []


def test_a_very_small_country_is_a_shape_and_a_point():
    spec = checked(drawn())
    shapes = {row["unit"] for row in rows(spec) if row.get("type") == "Feature" and "unit" in row}
    points = {row["unit"] for row in rows(spec) if "x" in row and "unit" in row}
    assert shapes == {"SGP", "thailand", "vn", "IDN"}
    assert points == {"SGP"}


def test_what_has_no_place_is_named():
    figure = drawn()
    assert "Not on the map: without shape or coordinates: Nowhere Land." in figure.caption
    assert "Map of 4 units." in figure.alt


def test_the_note_on_boundaries_and_the_origin_of_the_shapes_are_printed():
    caption = drawn().caption
    assert "Natural Earth" in caption
    assert "disputed" in caption
    assert "switched off" in caption


@pytest.mark.parametrize("policies", [{"p": "P"}, {"p": "P", "q": "Q"}])
def test_the_caption_tells_colours_by_the_legend_which_is_true_in_light_and_in_dark(policies):
    caption = drawn(policies=policies).caption
    assert not {"darker", "lighter"} & set(caption.lower().split())
    assert "in the colour of “adopted”" in caption or "along the legend" in caption


def test_waves_are_steps_with_their_names():
    waves = {"first look": "2014-12-31", "second": "2016", "third": "2017-06-30"}
    spec = checked(drawn(waves=waves))
    assert next(row["labels"] for row in rows(spec) if set(row) == {"labels"}) == list(waves)
    assert places(spec)["IDN"]["levels"] == [0, 2, 0]
    period = next(param for param in spec["params"] if param["name"] == "period")
    assert (period["bind"]["min"], period["bind"]["max"], period["value"]) == (1, 3, 3)


def test_waves_before_anything_was_seen_are_left_out():
    spec = checked(drawn(waves={"2010": "2010", "2014": "2014", "2017": "2017"}))
    assert next(row["labels"] for row in rows(spec) if set(row) == {"labels"}) == ["2014", "2017"]


CITIES = units(
    ("a", "Ay", "city", 1.0, 103.0), ("b", "Bee", "city", 5.0, 110.0), ("c", "Cee", "city", -3.0, 106.0)
)
AREAS = adoptions(
    ("a", "x", None, "2022"),
    ("a", "y", "2022", "2023"),
    ("b", "x", "2023"),
    ("b", "x", "2024"),
    ("c", "z"),
    ("other", "x", "2022"),
)


def test_several_policies_are_counted():
    figure = adoption_map(CITIES, AREAS, policies={"x": "Ex", "y": "Why", "z": "Zed"})
    levels = {unit: row["levels"] for unit, row in places(checked(figure)).items()}
    assert levels == {"a": [1, 2, 2], "b": [0, 1, 1], "c": [0, 0, 0]}
    assert places(checked(figure))["a"]["says"] == ["1 of 3, perhaps 1 more", "2 of 3", "2 of 3"]
    assert places(checked(figure))["c"]["dates"] == "Zed date unknown"
    assert "Source: 5 adoptions" in figure.caption


def test_what_changes_is_printed_side_by_side():
    figure = adoption_map(CITIES, AREAS, policies={"x": "Ex", "y": "Why", "z": "Zed"})
    shown = texts(picture(figure))
    assert {"2022", "2023", "2024"} <= set(shown)


def test_a_state_of_a_federation_is_not_the_country_of_its_name():
    federation = units(
        ("GA", "Georgia", "state", 32.7, -83.3),
        ("OH", "Ohio", "state", 40.4, -82.8),
        ("TX", "Texas", "state", 31.5, -99.3),
    )
    atlas = atlas_of(federation)
    assert all(place.point and not place.rings for place in atlas.places)
    # by its letters Colorado would be Colombia; its coordinates say otherwise
    assert not atlas_of(units(("COL", "Colorado", "state", 39.0, -105.5))).places[0].rings


def test_places_of_every_kind_are_in_view():
    for given in (STATES, CITIES, units(("FJI", "Fiji", "state"), ("WSM", "Samoa", "state"))):
        atlas = atlas_of(given)
        left, top, right, bottom = atlas.frame.around
        for place in atlas.places:
            assert 0 <= place.middle[0] <= 1000
            assert 0 <= place.middle[1] <= atlas.frame.down
            for ring in (ring for polygon in place.rings for ring in polygon):
                assert ring[0] == ring[-1]
                assert all(left - 1 <= x <= right + 1 and top - 1 <= y <= bottom + 1 for x, y in ring)


@pytest.mark.parametrize(
    "codes",
    [
        ("SGP", "IDN", "VNM", "MMR", "PHL"),
        ("USA", "CAN", "RUS", "AUS", "ZAF", "CHL", "NOR"),
        ("FJI", "TON", "WSM"),
    ],
)
def test_any_case_keeps_its_share_of_a_report_small(codes):
    given = units(*((code, code, "state") for code in codes))
    figure = adoption_map(given, adoptions(*((code, "p", "2014") for code in codes)))
    spec = checked(figure)
    assert len(json.dumps(spec, ensure_ascii=False, separators=(",", ":"))) < 300_000
    atlas = atlas_of(given)
    outlines = [ring for place in atlas.places for polygon in place.rings for ring in polygon]
    outlines += [ring for polygon in atlas.land for ring in polygon] + atlas.borders
    assert sum(map(len, outlines)) <= POSITIONS_AT_MOST
    picture(figure)


@pytest.mark.parametrize("width", [360, 1200])
def test_it_fits_the_width(width):
    from dataclasses import replace

    figure = replace(drawn(), still=None)
    assert int(picture(figure, width=width).get("width")) == width


def test_nothing_placed_or_dated_is_nothing_to_draw():
    assert drawn(adoptions=DATES.clear()) is None
    assert drawn(adoptions=adoptions(("SGP", "p"))) is None
    assert drawn(units=units(("x", "Ex", "state"))) is None
    assert drawn(units=STATES.clear()) is None


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_stay_data(text):
    figure = adoption_map(
        CITIES.with_columns(name=pl.lit(text), unit=pl.col("unit") + text),
        AREAS.with_columns(unit=pl.col("unit") + text, policy=pl.lit(text)),
    )
    spec = checked(figure)
    assert text.strip()[:30] not in words(spec)
    calm = adoption_map(CITIES, AREAS.with_columns(policy=pl.lit("p")))
    assert expressions(spec) == expressions(checked(calm))
    picture(figure)


def test_the_same_case_gives_the_same_map():
    assert checked(drawn()) == checked(drawn())
    assert checked(drawn(adoptions=DATES.reverse())) == checked(drawn())


def test_the_grammar_finds_nothing_odd(capfd):
    assert warnings(drawn(), capfd) == ""
    assert warnings(adoption_map(CITIES, AREAS), capfd) == ""
