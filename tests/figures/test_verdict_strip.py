"""Verdicts at a glance."""

from __future__ import annotations

from typing import get_args

import polars as pl
import pytest
from drawn import HOSTILE, checked, expressions, picture, rows, texts, warnings, words

from diffuscope.figures.theme import PALETTES
from diffuscope.figures.verdicts import ANALYSES_AT_MOST, TONES, verdict_strip
from diffuscope.records import VerdictName

VERDICTS = pl.DataFrame(
    [
        ("one", "learning", "weak", "at work"),
        ("one", "coercion", "not shown", None),
        ("two", "coercion", "supported by one body", None),
        ("two", "learning", "not testable", None),
    ],
    schema=["analysis", "mechanism", "verdict", "author"],
    orient="row",
)
ORDER = ["learning", "coercion"]


def cells(spec):
    return [row for row in rows(spec) if "verdict" in row]


def test_every_verdict_has_its_cell():
    spec = checked(verdict_strip(VERDICTS, ORDER, {"one": "Why did it spread?"}))
    placed = {
        (row["analysis"], int(row["left"]), row["mechanism"], row["verdict"], *row["author"])
        for row in cells(spec)
    }
    assert placed == {
        ("one", 0, "learning", "weak", "author: at work"),
        ("one", 1, "coercion", "not shown"),
        ("two", 0, "learning", "not testable"),
        ("two", 1, "coercion", "supported by one body"),
    }


def test_a_broad_reading_that_says_something_else_stands_with_the_verdict():
    broad = VERDICTS.with_columns(broad=pl.Series(["leaning for", None, None, None]))
    figure = verdict_strip(broad, ORDER)
    assert "learning weak (broadly: leaning for, author: at work)" in figure.alt
    assert "the broad reading" in figure.caption
    for width in (300, 1200):
        assert "broadly:" in " ".join(texts(picture(figure, width=width)))
    assert "broad" not in verdict_strip(VERDICTS, ORDER).caption + verdict_strip(VERDICTS, ORDER).alt


def test_words_of_five_columns_keep_to_their_cells_on_a_phone():
    five = ["coercion", "competition", "emulation", "learning", "neighbours"]
    verdicts = pl.DataFrame(
        [("one", name, "not testable", "at work") for name in five], schema=VERDICTS.schema, orient="row"
    )
    for row in cells(checked(verdict_strip(verdicts, five))):
        # a cell is 60 pixels wide on a phone of 300, a bold letter of 12 about 7
        assert max(len(line) for line in row["text"]) <= 60 / 7


def test_analyses_stand_below_each_other_in_their_order():
    spec = checked(verdict_strip(VERDICTS, ORDER))
    tops = {row["analysis"]: (row["top"], row["foot"]) for row in cells(spec)}
    assert tops["one"][0] < tops["one"][1] < tops["two"][0]


def test_every_verdict_of_the_rule_has_a_ground():
    assert set(TONES) == set(get_args(VerdictName))
    for colours in PALETTES.values():
        assert set(TONES.values()) == set(colours.tones)


@pytest.mark.parametrize("width", [360, 1200])
def test_a_reader_sees_questions_verdicts_and_authors(width):
    root = picture(verdict_strip(VERDICTS, ORDER, {"one": "Why did it spread?"}), width=width)
    said = " ".join(texts(root)).replace("supported by one body", "supportedby one body")
    for text in (
        "Why did it spread?",
        "two",
        "weak",
        "supportedby one body",
        "author:",
        "at work",
        "learning",
    ):
        assert text in said, text
    assert int(root.get("width")) == width


def test_the_alternative_text_says_them_all():
    text = verdict_strip(VERDICTS, ORDER, {"one": "Why?"}).alt
    assert text == (
        "Verdicts on 2 questions. Why?: learning weak (author: at work); coercion not shown. "
        "two: coercion supported by one body; learning not testable."
    )


def test_many_analyses_are_cut_and_owned_up_to():
    many = pl.concat(
        [
            VERDICTS.with_columns(analysis=pl.lit(f"a{number:02}")).head(1)
            for number in range(ANALYSES_AT_MOST + 2)
        ]
    )
    figure = verdict_strip(many, ORDER)
    assert {row["analysis"] for row in cells(checked(figure))} == {
        f"a{number:02}" for number in range(ANALYSES_AT_MOST)
    }
    assert "Not drawn: 2 further questions." in figure.caption


def test_no_verdict_is_nothing_to_draw():
    assert verdict_strip(VERDICTS.clear(), ORDER) is None
    assert verdict_strip(VERDICTS, []) is None


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_stay_data(text):
    figure = verdict_strip(VERDICTS.with_columns(author=pl.lit(text)), ORDER, {"one": text, "two": text})
    spec = checked(figure)
    assert expressions(spec) == expressions(checked(verdict_strip(VERDICTS, ORDER)))
    assert text.strip()[:30] not in words(spec)
    picture(figure)


def test_the_grammar_finds_nothing_odd(capfd):
    assert warnings(verdict_strip(VERDICTS, ORDER), capfd) == ""
