"""A question is asked again at the next lower and the next higher tier of which the case has rows."""

from __future__ import annotations

import polars as pl
import pytest
import spread
from test_mechanism_models import told

from diffuscope import case_from_frames
from diffuscope.records import Specification
from diffuscope.study.repetitions import asked_otherwise


def tiered(tiers: dict[int, str | None], **asked):
    """Towns with the tier of every so manieth adoption."""
    made = spread.tables()
    held = [None] * made["adoptions"].height
    for step, tier in tiers.items():
        for at in range(0, len(held), step):
            held[at] = tier
    made["adoptions"] = made["adoptions"].with_columns(pl.Series("tier", held, dtype=pl.String))
    return case_from_frames(analyses=[spread.QUESTION | {"covariates": ["wealth"]} | asked], **made)


def estimates(case) -> dict[str, tuple[int, str]]:
    history = told(case).history
    return {
        one.id: (one.events, one.description)
        for one in history.estimates
        if one.id.startswith(("main", "tier", "low"))
    }


def events(case, *counted: str | None) -> int:
    """Adoptions after the first year that any of them has, by hand."""
    rows = case.table("adoptions")
    own = rows.filter(pl.col("tier").is_in([one for one in counted if one]) | pl.col("tier").is_null())
    return own.filter(pl.col("time") > own["time"].min(), pl.col("time") <= "2015").height


TIERS = {1: "adopted", 3: "announced", 4: "in force"}
LOW = {"id": "low", "says": "What was announced, too.", "tier": "announced"}


def test_the_next_lower_and_the_next_higher_tier_are_asked_too():
    case = tiered(TIERS)
    found = estimates(case)
    assert list(found) == ["main", "tier_announced", "tier_in_force"]
    assert found["main"][0] == events(case, "adopted", "in force")
    assert found["tier_announced"][0] == events(case, "announced", "adopted", "in force")
    assert found["tier_announced"][1].startswith(
        "Adoptions that only reached `announced` also count as events."
    )
    assert found["tier_in_force"][0] == events(case, "in force")
    assert found["tier_in_force"][1].startswith("Only adoptions that reached `in force` count as events.")
    assert len({many for many, _ in found.values()}) == 3


@pytest.mark.parametrize(
    ("tiers", "asked", "ids"),
    [
        ({1: "adopted"}, {}, ["main"]),
        ({1: None}, {}, ["main"]),
        # nothing is of the question's own tier, so a higher one leaves the same rows
        ({1: "in force"}, {}, ["main"]),
        ({1: "in force", 3: "announced"}, {"tier": "in force"}, ["main", "tier_announced"]),
        (TIERS, {"tier": "announced"}, ["main", "tier_adopted"]),
        # the case asks it already
        (
            TIERS,
            {"repeat": [{"id": "low", "says": "x", "tier": "announced"}]},
            ["main", "tier_in_force", "low"],
        ),
    ],
)
def test_only_a_tier_that_changes_something_is_asked_and_once(tiers, asked, ids):
    assert list(estimates(tiered(tiers, **asked))) == ids


def test_a_repetition_may_name_its_tier():
    question = tiered(TIERS).analyses[0]
    assert asked_otherwise(question, Specification(id="r", says="s", tier="announced")).tier == "announced"
    assert asked_otherwise(question, Specification(id="r", says="s")).tier == "adopted"


def test_an_adoption_of_a_lower_tier_puts_no_date_in_doubt():
    from diffuscope.panel import panel_of
    from diffuscope.study.panels import drop_low_confidence

    made = spread.tables(40)
    rows = made["adoptions"].with_columns(tier=pl.lit("adopted"), confidence=pl.lit("high"))
    early = rows.head(20).with_columns(
        tier=pl.lit("announced"), confidence=pl.lit("low"), time=pl.lit("1999")
    )
    made["adoptions"] = pl.concat([rows, early])
    case = case_from_frames(analyses=[spread.QUESTION], **made)
    panel = panel_of(case.tables, case.analyses[0], {})
    assert drop_low_confidence(panel, case.table("adoptions"), "low")[1:] == (0, 0)


def not_testable(**asked):
    """Towns that all adopted on one day, as two thirds announced it in other years."""
    made = spread.tables()
    towns = made["adoptions"]["unit"].unique(maintain_order=True)
    announced = made["adoptions"].with_columns(tier=pl.lit("announced"))
    adopted = announced.unique("unit", keep="first", maintain_order=True).with_columns(
        time=pl.lit("2015-06-30"), tier=pl.lit("adopted")
    )
    ever = pl.col("unit").is_in(towns.implode())
    made["units"] = made["units"].with_columns(
        kind=pl.when(ever).then(pl.lit("town")).otherwise(pl.lit("village"))
    )
    made["adoptions"] = pl.concat([announced, adopted])
    return case_from_frames(analyses=[spread.QUESTION | asked], **made)


def test_a_question_that_is_not_testable_is_asked_at_another_tier_all_the_same():
    case = not_testable(tier="adopted", window=["1990", "2015"])
    history = told(case).history
    assert history.refused.startswith("There is no risk set.")
    main, lower = history.estimates
    assert (main.id, main.refused) == ("main", history.refused)
    assert (lower.id, lower.refused) == ("tier_announced", None)
    announced = case.table("adoptions").filter(pl.col("tier") == "announced")["time"]
    assert lower.events == (announced > announced.min()).sum(), "first adopters are no events"
    assert lower.coefficients
    assert history.rows == 0, "the question itself has no rows"


def test_a_repetition_whose_dates_rule_diffusion_out_too_is_refused_with_its_reason():
    low = {"id": "low", "says": "What was announced, too.", "tier": "announced", "window": ["2015", "2015"]}
    same = {"id": "same", "says": "Without doubt.", "without_confidence": "low"}
    case = not_testable(tier="adopted", window=["1990", "2015"], repeat=[low, same])
    by_id = {one.id: one for one in told(case).history.estimates}
    assert list(by_id) == ["main", "tier_announced", "low"], "the same rows are not asked for again"
    assert by_id["low"].refused.startswith("There is no risk set.")
