"""The range of each probability, from records and from a frame made by hand."""

from __future__ import annotations

import polars as pl
import pytest
from drawn import HOSTILE, checked, expressions, picture, rows, texts, warnings, words

from diffuscope.figures.posterior_robustness import lines_of, robustness, robustness_frame
from diffuscope.records import EvidenceDetail, EvidenceItem, Finding, Posterior

DETAILS = pl.DataFrame(
    [
        ("learning", "headline", "as weighed", 0.7),
        ("learning", "leave one out", "without L1", 0.62),
        ("learning", "leave one out", "without L5", 0.82),
        ("learning", "prior", "prior 0.1", 0.21),
        ("coercion", "headline", "as weighed", 0.11),
        ("coercion", "coder noise", "5 % point", 0.05),
        ("coercion", "coder noise", "95 % point", 0.3),
        ("orphan", "prior", "no headline", 0.5),
    ],
    schema=["mechanism", "kind", "setting", "p"],
    orient="row",
)


def posterior(setting, p):
    return Posterior(setting=setting, decibans=0.0, p=p)


def finding(mechanism="learning", items=1, **changes):
    item = EvidenceItem(
        id="L1", mechanism=mechanism, criteria=("L-a",), direction="for", decibans=1.0,
        cluster="c", share="public", coders=1,
    )  # fmt: skip
    detail = EvidenceDetail(
        p=0.7,
        decibans=3.7,
        by_rho=(posterior("rho = 0", 0.85), posterior("rho = 1", 0.58)),
        by_prior=(posterior("prior 0.25", 0.44),),
        leave_one_out=(posterior("without L1", 0.62),),
        leave_one_source_out=(posterior("without report", 0.5),),
        noise=(0.4, 0.9),
        tipping=(1.0, -1.0),
        caps=(),
        failed=(),
        criteria=(),
        items=(item,) * items,
        **changes,
    )
    return Finding(
        witness="evidence", body="evidence", analysis="a", mechanism=mechanism, stance="leaning for",
        reason="", evidence=detail,
    )  # fmt: skip


LINES = (0.15, 0.35, 0.7, 0.9)


def test_every_setting_of_the_record_is_a_row():
    made = robustness_frame(
        [
            finding(
                other_definition=posterior("broad", 0.52),
                by_searched=(posterior("searched = 0.25", 0.66),),
                one_cluster_per_document=posterior("one cluster per document", 0.6),
            )
        ]
    )
    assert made.rows() == [
        ("learning", "headline", "as weighed", 0.7),
        ("learning", "leave one out", "without L1", 0.62),
        ("learning", "leave one source out", "without report", 0.5),
        ("learning", "clustering", "rho = 0", 0.85),
        ("learning", "clustering", "rho = 1", 0.58),
        ("learning", "clustering", "one cluster per document", 0.6),
        ("learning", "search", "searched = 0.25", 0.66),
        ("learning", "coder noise", "5 % point", 0.4),
        ("learning", "coder noise", "95 % point", 0.9),
        ("learning", "prior", "prior 0.25", 0.44),
        ("learning", "broad reading", "broad", 0.52),
    ]


def test_mechanisms_without_passages_are_passed_over():
    bare = finding("coercion", items=0)
    silent = Finding(
        witness="event history",
        body="statistics",
        analysis="a",
        mechanism="learning",
        stance="silent",
        reason="",
    )
    assert robustness_frame([bare, silent]).is_empty()
    assert robustness(robustness_frame([bare, silent])) is None


def test_every_answer_is_a_dot_and_every_row_its_range():
    spec = checked(robustness(DETAILS))
    dots = {(row["mechanism"], row["setting"], row["p"]) for row in rows(spec) if "setting" in row}
    expected = DETAILS.filter((pl.col("kind") != "headline") & (pl.col("mechanism") != "orphan"))
    assert dots == set(expected.select("mechanism", "setting", "p").iter_rows())
    ranges = {
        (row["text"], row["low"], row["high"])
        for row in rows(spec)
        if isinstance(row.get("low"), float) and "y" in row
    }
    assert ranges == {
        ("one passage out", 0.62, 0.82), ("other priors", 0.21, 0.21), ("coder error", 0.05, 0.3),
    }  # fmt: skip


def test_the_grounds_change_at_the_lines_of_the_result_and_have_names():
    figure = robustness(DETAILS, LINES)
    zones = {
        (tuple(row["text"]), row["low"], row["high"])
        for row in rows(checked(figure))
        if "middle" in row and "y" not in row and "top" not in row
    }
    assert zones == {
        (("against",), 0.0, 0.15),
        (("leaning", "against"), 0.15, 0.35),
        (("open",), 0.35, 0.7),
        (("leaning", "for"), 0.7, 0.9),
        (("for",), 0.9, 1.0),
    }
    assert {"0.15", "0.35", "0.7", "0.9", "open"} <= set(texts(picture(figure, width=720)))
    assert "Background colours change at" in figure.caption


def test_without_lines_no_ground_says_what_a_probability_is_called():
    figure = robustness(DETAILS)
    assert not [row for row in rows(checked(figure)) if isinstance(row.get("text"), list)]
    assert "background" not in figure.caption.lower()
    assert {"0", "0.5", "1"} <= set(texts(picture(figure, width=720)))


def test_the_lines_are_those_the_findings_carry():
    assert lines_of([finding(lines=LINES), finding("coercion", lines=LINES)]) == LINES
    assert lines_of([finding()]) == ()
    assert lines_of([finding(lines=LINES), finding("coercion", lines=(0.1, 0.2, 0.3, 0.4))]) == ()
    assert lines_of([]) == ()


def test_the_caption_asks_what_the_rows_ask_and_no_more():
    asked = {
        "leave one out": "one passage left out",
        "leave one source out": "one document left out",
        "clustering": "linked passages",
        "search": "a search finds",
        "coder noise": "coders who err",
        "prior": "before the evidence",
        "broad reading": "read broadly",
    }
    for kind, says in asked.items():
        one = pl.DataFrame(
            [("learning", "headline", "as weighed", 0.7), ("learning", kind, "x", 0.6)],
            schema=DETAILS.schema,
            orient="row",
        )
        caption = robustness(one).caption
        assert [other for other in asked.values() if other in caption] == [says]
    assert "repeats the calculation" not in robustness(DETAILS.filter(pl.col("kind") == "headline")).caption


def test_probabilities_are_told_to_one_decimal():
    shown = texts(picture(robustness(DETAILS), width=720))
    assert {"0.7", "0.1", "Learning", "Coercion"} <= set(shown)
    assert not {"0.70", "0.11"} & set(shown)


def test_the_alternative_text_gives_ranges_without_the_priors():
    text = robustness(DETAILS).alt
    assert "Learning: 0.7 (0.6 to 0.8 in 2 other settings)." in text
    assert "Coercion: 0.1 (0.1 to 0.3 in 2 other settings)." in text
    sure = DETAILS.with_columns(p=pl.col("p") * 1e-3)
    assert "Learning: below 0.01 (below 0.01 in 2 other settings)." in robustness(sure).alt


def test_mechanisms_keep_their_order():
    def heads(details):
        found = {
            row["text"]: row["y"]
            for row in rows(checked(robustness(details)))
            if "shown" in row and "of" in row and "foot" in row
        }
        return sorted(found, key=found.get)

    assert heads(DETAILS) == ["Learning", "Coercion"]
    assert heads(DETAILS.reverse()) == ["Coercion", "Learning"]


@pytest.mark.parametrize("width", [360, 720, 1200])
def test_it_fits_the_width(width):
    assert int(picture(robustness(DETAILS), width=width).get("width")) == width


def test_nothing_weighed_is_nothing_to_draw():
    assert robustness(DETAILS.clear()) is None
    assert robustness(DETAILS.filter(pl.col("kind") != "headline")) is None


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_stay_data(text):
    hostile = DETAILS.with_columns(setting=pl.lit(text), mechanism=pl.col("mechanism") + text)
    figure = robustness(hostile, LINES)
    spec = checked(figure)
    assert expressions(spec) == expressions(checked(robustness(DETAILS, LINES)))
    assert text.strip()[:30] not in words(spec)
    picture(figure)


def test_the_grammar_finds_nothing_odd(capfd):
    assert warnings(robustness(DETAILS), capfd) == ""
    assert warnings(robustness(DETAILS, LINES), capfd) == ""
