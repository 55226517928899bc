"""What every figure can become: a specification for the page, SVG and PNG for papers."""

from __future__ import annotations

import struct
import xml.etree.ElementTree as ET

import altair as alt
import pytest
from drawn import picture, rows, texts

from diffuscope.figures import Figure, to_png, to_spec, to_svg
from diffuscope.figures.theme import PALETTES


def figure(**changes):
    words = alt.Chart(alt.InlineData(values=[{"x": 1, "text": "one"}])).mark_text(style="quiet")
    bars = alt.Chart(alt.InlineData(values=[{"x": 1}])).mark_bar()
    chart = alt.LayerChart(
        layer=[bars.encode(x="x:Q"), words.encode(x="x:Q", text="text:N")], width="container", height=50
    )
    given = {
        "name": "one",
        "title": "One & <two>",
        "caption": "A bar.",
        "alt": 'One bar, "x" < 2.',
        "chart": chart,
    }
    return Figure(**given | changes)


def test_the_page_gets_data_inside_and_the_width_of_its_container():
    spec = to_spec(figure())
    assert spec["width"] == "container"
    assert sorted(rows(spec), key=len) == [{"x": 1}, {"x": 1, "text": "one"}]
    assert spec["config"]["style"]["quiet"]["color"] == PALETTES["light"].quiet


def test_dark_differs_from_light_by_its_configuration_alone():
    light, dark = to_spec(figure()), to_spec(figure(), "dark")
    assert light.pop("config") != dark.pop("config")
    assert light == dark


@pytest.mark.parametrize("width", [360, 720, 1200])
def test_a_still_has_the_width_that_was_asked_for(width):
    root = picture(figure(), width=width)
    assert int(root.get("width")) == width


def test_a_still_says_in_words_what_it_shows():
    root = ET.fromstring(to_svg(figure()))
    title, description = root[0], root[1]
    assert root.get("role") == "img"
    assert (title.tag.rpartition("}")[2], title.text) == ("title", "One & <two>")
    assert (description.tag.rpartition("}")[2], description.text) == ("desc", 'One bar, "x" < 2.')


def test_a_form_of_its_own_for_print_is_what_is_drawn():
    still = figure().chart.copy()
    still.layer[1].data = alt.InlineData(values=[{"x": 1, "text": "printed"}])
    drawn = figure(still=still)
    assert "printed" in texts(picture(drawn))
    assert "printed" not in str(to_spec(drawn))


def test_png_has_the_pixels_that_were_asked_for():
    png = to_png(figure(), scale=2, width=300)
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">I", png[16:20])[0] == 600


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_paper_of_a_still_is_its_themes(theme):
    assert PALETTES[theme].paper in to_svg(figure(), theme)


def test_the_same_figure_gives_the_same_bytes():
    assert to_svg(figure()) == to_svg(figure())
    assert to_spec(figure()) == to_spec(figure())
