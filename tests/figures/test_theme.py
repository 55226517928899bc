"""Colours that can be read: contrast by the formula of the Web Content Accessibility Guidelines 2.1."""

from __future__ import annotations

import pytest

from diffuscope.figures.theme import PALETTES, SMALL, config

every_theme = pytest.mark.parametrize("theme", list(PALETTES))


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_formula_itself():
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@every_theme
def test_texts_can_be_read(theme):
    colours = PALETTES[theme]
    pairs = {
        "ink": (colours.ink, colours.paper),
        "quiet": (colours.quiet, colours.paper),
        **{f"tone {name}": (colours.ink, ground) for name, ground in colours.tones.items()},
        **{f"zone {ground}": (colours.ink, ground) for ground in colours.zones},
        **{
            f"number on {name}": (colours.paper, getattr(colours, name))
            for name in ("adopted", "meeting", "support")
        },
    }
    assert {name: round(contrast(*pair), 2) for name, pair in pairs.items() if contrast(*pair) < 4.5} == {}


@every_theme
def test_marks_stand_out_from_the_paper(theme):
    colours = PALETTES[theme]
    names = ("favour", "against", "absent", "adopted", "meeting", "support")
    low = {name: contrast(getattr(colours, name), colours.paper) for name in names}
    assert {name: value for name, value in low.items() if value < 3} == {}


@every_theme
def test_levels_of_a_map_keep_their_order_in_grey(theme):
    colours = PALETTES[theme]
    for scale in (colours.levels, colours.ramp):
        shades = [luminance(colour) for colour in scale]
        assert shades in (sorted(shades), sorted(shades, reverse=True))
    assert contrast(colours.levels[0], colours.levels[2]) > 3


@every_theme
def test_no_text_is_tiny(theme):
    sizes = []

    def walk(node):
        if isinstance(node, dict):
            sizes.extend(value for key, value in node.items() if key.lower().endswith("fontsize"))
            for child in node.values():
                walk(child)

    walk(config(theme))
    assert min(sizes) >= SMALL >= 11


def test_both_themes_know_the_same_styles():
    assert set(config("light")["style"]) == set(config("dark")["style"])
