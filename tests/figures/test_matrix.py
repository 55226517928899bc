"""Criteria and passages, drawn from a case small enough to check by eye."""

from __future__ import annotations

import polars as pl
import pytest
from drawn import HOSTILE, checked, expressions, picture, rows, texts, warnings, words

from diffuscope.figures.evidence_by_criterion import AT_MOST, evidence_matrix

CRITERIA = pl.DataFrame(
    [
        ("learning", "L-a", "Exposure to others' choices.", "necessary", 3.0, 2),
        ("learning", "L-b", "A change of belief.", "necessary", -4.0, 1),
        ("learning", "T", "An adoption by others came before.", "diffusion", None, 0),
        ("emulation", "M-d", "Results do not account for it better.", "discriminating", -1.5, 1),
    ],
    schema=["mechanism", "criterion", "text", "role", "decibans", "items"],
    orient="row",
)


def item(name, mechanism, criteria, direction, decibans, **more):
    return {
        "id": name,
        "mechanism": mechanism,
        "criteria": criteria,
        "direction": direction,
        "decibans": decibans,
        "test": None,
        "paraphrase": f"what {name} shows",
        "document": "report",
        "locator": "p. 1",
        **more,
    }


ITEMS = pl.DataFrame(
    [
        item("L1", "learning", ["L-a"], "for", 2.0),
        item("L2", "learning", ["L-a"], "for", 4.5, paraphrase=None, document=None, locator=None),
        item("L3", "learning", ["L-a", "L-b"], "absent", -3.0),
        item("M1", "emulation", ["M-d"], "against", -1.5),
    ]
)
ORDER = ["learning", "emulation"]


def dots(spec):
    return [row for row in rows(spec) if "slot" in row and "says" in row and "y2" not in row]


def test_every_passage_stands_on_every_criterion_it_names():
    spec = checked(evidence_matrix(CRITERIA, ITEMS, ORDER))
    y = {row["criterion"]: row["y"] for row in rows(spec) if "says" in row and row.get("criterion")}
    placed = {(row["id"], row["y"]): row for row in dots(spec)}
    assert set(placed) == {
        ("L1", y["L-a"]), ("L2", y["L-a"]), ("L3", y["L-a"]), ("L3", y["L-b"]), ("M1", y["M-d"]),
    }  # fmt: skip
    assert {(row["id"], row["weight"], row["direction"]) for row in dots(spec)} == {
        ("L1", 2.0, "speaks for"),
        ("L2", 4.5, "speaks for"),
        ("L3", -3.0, "looked for, not found"),
        ("M1", -1.5, "speaks against"),
    }


def test_passages_for_come_first_the_heaviest_leading():
    spec = checked(evidence_matrix(CRITERIA, ITEMS, ORDER))
    slots = {row["id"]: row["slot"] for row in dots(spec)}
    assert slots == {"L2": 0, "L1": 1, "L3": 2, "M1": 0}


def test_one_passage_on_two_criteria_is_joined():
    spec = checked(evidence_matrix(CRITERIA, ITEMS, ORDER))
    joined = {(row["id"], row["y"], row["y2"]) for row in rows(spec) if "y2" in row and row["y2"] is not None}
    assert {name for name, _, _ in joined} == {"L3"}


def test_bars_are_the_weights_of_the_criteria_and_none_is_not_zero():
    spec = checked(evidence_matrix(CRITERIA, ITEMS, ORDER))
    bars = {(row["mechanism"], row["criterion"]): row["weight"] for row in rows(spec) if row.get("zero") == 0}
    assert bars == {("learning", "L-a"): 3.0, ("learning", "L-b"): -4.0, ("emulation", "M-d"): -1.5}
    bare = {row["criterion"] for row in rows(spec) if row.get("text") == "no evidence"}
    assert bare == {"T"}


def test_directions_differ_in_shape_as_well_as_in_colour():
    spec = checked(evidence_matrix(CRITERIA, ITEMS, ORDER))
    shapes = [layer["encoding"]["shape"] for layer in spec["layer"] if "shape" in layer.get("encoding", {})]
    assert len(shapes) == 1
    assert len(set(shapes[0]["scale"]["range"])) == len(shapes[0]["scale"]["domain"]) == 3


def test_a_reader_sees_criteria_roles_and_sides():
    shown = texts(picture(evidence_matrix(CRITERIA, ITEMS, ORDER), width=1000))
    said = " ".join(shown)
    for words_of in (
        "L-a Exposure to others' choices.",
        "necessary",
        "precondition",
        "speaks for",
        "Learning",
        "L3",
    ):
        assert words_of in said
    assert "weight of evidence" in said


@pytest.mark.parametrize("width", [360, 720, 1200])
def test_it_fits_the_width(width):
    assert int(picture(evidence_matrix(CRITERIA, ITEMS, ORDER), width=width).get("width")) == width


def test_private_passages_have_no_words_but_a_place():
    spec = checked(evidence_matrix(CRITERIA, ITEMS, ORDER))
    private = next(row for row in dots(spec) if row["id"] == "L2")
    assert (private["says"], private["source"]) == ("words kept private", "")


def test_criteria_may_come_joined_by_semicolons():
    joined = ITEMS.with_columns(pl.col("criteria").list.join(";"))
    assert checked(evidence_matrix(CRITERIA, joined, ORDER)) == checked(
        evidence_matrix(CRITERIA, ITEMS, ORDER)
    )


def test_of_many_passages_the_weightiest_are_drawn_and_the_rest_is_owned_up_to():
    many = pl.DataFrame(
        [item(f"P{number}", "learning", ["L-a"], "for", float(number)) for number in range(1, AT_MOST + 6)]
    )
    figure = evidence_matrix(CRITERIA, many, ORDER)
    drawn = {row["id"] for row in dots(checked(figure))}
    assert drawn == {f"P{number}" for number in range(6, AT_MOST + 6)}
    assert "Not drawn: 5 passages" in figure.caption
    assert f"{AT_MOST + 5} passages" in figure.alt


def test_the_caption_tells_the_symbols_that_stand_and_no_others():
    said = {"for": "a disc", "against": "a square", "absent": "an empty diamond"}
    for direction, symbol in said.items():
        alone = pl.DataFrame([item("L1", "learning", ["L-a"], direction, 2.0)])
        caption = evidence_matrix(CRITERIA, alone, ORDER).caption
        assert [other for other in said.values() if other in caption] == [symbol]
        assert "A line joins" not in caption, "one passage on one criterion"
    caption = evidence_matrix(CRITERIA, ITEMS, ORDER).caption
    assert all(symbol in caption for symbol in said.values())
    assert "A line joins" in caption
    assert "“No evidence” means" in caption, "no passage bears on T"
    assert (
        "“No evidence” means"
        not in evidence_matrix(CRITERIA.filter(pl.col("items") > 0), ITEMS, ORDER).caption
    )


def test_the_caption_names_the_faint_lines_that_are_drawn():
    # 10 ** .3 = 2, 10 ** .6 = 4, 10 ** 1 = 10
    assert "at odds of 2 and 4 to 1" in evidence_matrix(CRITERIA, ITEMS, ORDER).caption
    strong = CRITERIA.with_columns(decibans=pl.col("decibans") * 3)
    assert "at odds of 2, 4 and 10 to 1" in evidence_matrix(strong, ITEMS, ORDER).caption
    for criteria, expected in ((CRITERIA, {0, 3, 6}), (strong, {0, 3, 6, 10})):
        spec = checked(evidence_matrix(criteria, ITEMS, ORDER))
        assert {abs(row["guide"]) for row in rows(spec) if "guide" in row} == expected


def test_passages_that_name_no_criterion_drawn_are_owned_up_to():
    lost = pl.concat([ITEMS, pl.DataFrame([item("L9", "learning", ["X-z"], "for", 1.0)])])
    assert "1 passage that names no criterion" in evidence_matrix(CRITERIA, lost, ORDER).caption
    assert "Not drawn" not in evidence_matrix(CRITERIA, ITEMS, ORDER).caption


def test_the_source_counts_passages_and_documents_that_may_be_named():
    caption = evidence_matrix(CRITERIA, ITEMS, ORDER).caption
    assert "Source: 4 coded passages from 1 document, 1 of them from a source that is not shown." in caption


def test_nothing_coded_is_nothing_to_draw():
    assert evidence_matrix(CRITERIA, ITEMS.clear(), ORDER) is None
    assert evidence_matrix(CRITERIA, ITEMS, ["coercion"]) is None
    assert evidence_matrix(CRITERIA, ITEMS, []) is None


def test_the_alternative_text_counts():
    text = evidence_matrix(CRITERIA, ITEMS, ORDER).alt
    assert "Learning: 3 passages (2 for, 0 against, 1 absent) on 3 criteria. No passage on: T." in text
    assert "Emulation: 1 passage (0 for, 1 against, 0 absent) on 1 criterion." in text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_stay_data(text):
    calm = evidence_matrix(CRITERIA, ITEMS, ORDER)
    criteria = CRITERIA.with_columns(text=pl.lit(text))
    items = ITEMS.with_columns(paraphrase=pl.lit(text), document=pl.lit(text), id=pl.col("id") + text[:3])
    figure = evidence_matrix(criteria, items, ORDER)
    spec = checked(figure)
    assert expressions(spec) == expressions(checked(calm))
    assert text.strip()[:30] not in words(spec)
    picture(figure)


def test_hostile_names_of_mechanisms_stay_data():
    name = "a.b['x']\"; alert(1)"
    figure = evidence_matrix(
        CRITERIA.with_columns(mechanism=pl.lit(name)), ITEMS.with_columns(mechanism=pl.lit(name)), [name]
    )
    assert "alert" not in words(checked(figure))
    picture(figure)


def test_rows_in_another_order_give_the_same_figure():
    again = evidence_matrix(CRITERIA, ITEMS.reverse(), ORDER)
    assert checked(again) == checked(evidence_matrix(CRITERIA, ITEMS, ORDER))


def test_the_grammar_finds_nothing_odd(capfd):
    assert warnings(evidence_matrix(CRITERIA, ITEMS, ORDER), capfd) == ""
