"""The register drawn: every project is in one bar, states in a fixed order, what nobody knows apart."""

from __future__ import annotations

import re
from itertools import pairwise

import polars as pl
import pytest

from diffuscope.figures import to_spec, to_svg
from diffuscope.figures.register import AREAS_AT_MOST, WAVES_AT_MOST, area_bars, wave_bars
from diffuscope.figures.theme import PALETTES, config
from diffuscope.records.statuses import STATUSES

TOTALS = pl.DataFrame(
    {
        "wave": ["2018", "2022", "2025"],
        "planning": [0, 15, 6],
        "ongoing": [0, 56, 104],
        "completed": [0, 2, 18],
        "undetermined": [0, 4, 6],
        "not stated": [53, 0, 0],
    }
)
COUNTS = pl.DataFrame(
    [
        ("2022", "Water", "planning", 3),
        ("2022", "Water", "undetermined", 1),
        ("2025", "Water", "completed", 5),
        ("2025", "Roads", "ongoing", 2),
    ],
    schema=["wave", "name", "status", "projects"],
    orient="row",
)


def parts(figure):
    """Every part of every bar, by the status whose style draws it."""
    spec = to_spec(figure)
    found = []
    for layer in spec["layer"]:
        mark = layer["mark"]
        if mark["type"] == "rect" and "x" in layer.get("encoding", {}):
            values = layer["data"].get("values") or spec["datasets"][layer["data"]["name"]]
            found += [{**row, "style": mark["style"]} for row in values]
    return found


def test_every_project_stands_in_one_bar():
    drawn = parts(wave_bars(TOTALS))
    for row in TOTALS.iter_rows(named=True):
        own = {part["of"]: part["projects"] for part in drawn if part["wave"] == row["wave"]}
        assert own == {status: row[status] for status in STATUSES if row.get(status)}
    assert all(part["high"] - part["low"] == part["projects"] for part in drawn)


def test_states_follow_each_other_and_the_unknown_stands_apart():
    own = [part for part in parts(wave_bars(TOTALS)) if part["wave"] == "2022"]
    own.sort(key=lambda part: part["low"])
    assert [part["of"] for part in own] == ["planning", "ongoing", "completed", "undetermined"]
    gaps = [after["low"] - before["high"] for before, after in pairwise(own)]
    assert gaps[:2] == [0, 0]
    assert gaps[2] > 0


def test_a_bar_of_nothing_but_the_unknown_begins_at_the_line():
    (only,) = [part for part in parts(wave_bars(TOTALS)) if part["wave"] == "2018"]
    assert (only["low"], only["projects"], only["style"]) == (0, 53, "stage not stated")


def test_each_state_has_a_style_of_its_own_that_shows_without_colour():
    styles = {status: config()["style"][f"stage {status}"] for status in STATUSES}
    assert all(style["stroke"] for style in styles.values())
    dashes = [tuple(styles[status].get("strokeDash", ())) for status in STATUSES]
    assert dashes[:3] == [(), (), ()]
    assert len({*dashes[2:]}) == len(STATUSES) - 2
    assert len({style["color"] for style in list(styles.values())[:3]}) == 3


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", PALETTES)
def test_numbers_can_be_read_on_every_part(theme):
    palette = PALETTES[theme]
    planned, under_way, completed = palette.stages
    assert contrast(palette.ink, planned) >= 4.5
    assert contrast(palette.ink, under_way) >= 4.5
    assert contrast(palette.paper, completed) >= 4.5
    # without colour, neighbours still differ in lightness, and every part has an outline
    assert contrast(planned, under_way) >= 1.5
    assert contrast(under_way, completed) >= 2.5
    assert contrast(palette.quiet, palette.paper) >= 3


def test_the_words_hold_every_number():
    assert wave_bars(TOTALS).alt == (
        "Projects in each reporting wave. 2018: 53 projects (53 not stated). 2022: 77 projects (15 planned, "
        "56 under way, 2 completed and 4 undetermined). 2025: 134 projects (6 planned, 104 under way, "
        "18 completed and 6 undetermined)."
    )


def test_areas_share_one_scale_and_a_wave_without_projects_is_a_zero():
    figure = area_bars(COUNTS, ["2018", "2022", "2025"])
    ends = {part["high"] for part in parts(figure) if part["place"] == "Roads"}
    assert ends == {2}
    assert "Roads: 2022: 0 projects. 2025: 2 projects (2 under way)." in figure.alt
    assert "Rows of 2018 name no areas." in figure.caption
    domains = {
        tuple(layer["encoding"]["x"]["scale"]["domain"])
        for layer in to_spec(figure)["layer"]
        if "x" in layer.get("encoding", {})
    }
    assert len(domains) == 1


def test_many_areas_and_waves_are_cut_and_said():
    many = pl.DataFrame(
        [("w", f"Area {at:02}", "ongoing", at + 1) for at in range(20)],
        schema=["wave", "name", "status", "projects"],
        orient="row",
    )
    figure = area_bars(many, ["w"])
    drawn = {part["place"] for part in parts(figure)}
    assert drawn == {f"Area {at:02}" for at in range(20 - AREAS_AT_MOST, 20)}
    assert f"Not drawn: {20 - AREAS_AT_MOST} areas with fewer projects." in figure.caption
    long = pl.DataFrame({"wave": [f"w{at:02}" for at in range(14)], **dict.fromkeys(STATUSES, 1)})
    figure = wave_bars(long)
    assert len({part["wave"] for part in parts(figure)}) == WAVES_AT_MOST
    assert "Not drawn: 4 earlier waves." in figure.caption


def test_nothing_to_draw_is_no_figure():
    assert wave_bars(TOTALS.clear()) is None
    assert area_bars(COUNTS.clear(), ["2022"]) is None


def test_names_from_files_stay_text():
    hostile = COUNTS.with_columns(name=pl.lit("<script>alert(1)</script>&\x00"))
    svg = to_svg(area_bars(hostile, ["2022", "2025"]))
    assert "<script" not in svg
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;" in svg
    assert "\x00" not in svg
    assert re.search(r"<title>Projects by area and wave</title>", svg)
