"""The report shows what the statistics say of each mechanism, why, and every safeguard behind it."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from typing import get_args

import docx
import estimated
import factory
import msgspec
import openpyxl
import pytest
import tried
from test_report_page import HOSTILE, Page, read, written

from diffuscope.records import SafeguardName
from diffuscope.report.difference import Difference, compare
from diffuscope.report.names import Names
from diffuscope.report.sections.answer import MOST_WORDS, statistics_in_short
from diffuscope.report.sections.safeguards import ASKS, LEVEL, NEEDED, RULE
from diffuscope.report.word import word
from diffuscope.report.write import report_files
from diffuscope.safeguards import stance


@pytest.fixture(scope="module")
def page() -> Page:
    return read(tried.result())


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return report_files(tried.result())


# One rule in two rooms


def test_the_safeguards_that_decide_are_those_of_the_rule():
    assert NEEDED == stance.NEEDED
    assert LEVEL == stance.LEVEL
    assert all(name in dict(RULE)["for"] for name in stance.NEEDED)


def test_every_safeguard_says_what_it_asks():
    assert set(ASKS) == set(get_args(SafeguardName))


def test_the_printed_rule_has_a_row_for_every_stance_that_statistics_take():
    coefficient = msgspec.structs.replace(estimated.MAIN.coefficients[1], effect_high=0.01)
    taken = {
        (found.stance, found.silence)
        for trial, smallest in (
            (tried.FOR, None), (tried.LEANING, None), (tried.UNDECIDED, None), (tried.UNDECIDED, 5.0),
            (tried.REVERSED, None),
        )
        for found in [stance.judged(trial, coefficient, smallest)]
    }  # fmt: skip
    assert {f"{name}: {silence}" if silence else name for name, silence in taken} == {
        name for name, _ in RULE if name != "silent: no data"
    }


# The page


def test_stance_and_reason_come_before_channels_and_models(page):
    text = page.text("estimates")
    assert text.startswith("Estimates and safeguards An exposure coefficient by itself is no evidence")
    assert "Passing the safeguards is no clearance" in text
    assert "No verdict above rests" not in text
    assert "Learning for In 30 rows the coefficient of learning is 0.80." in text
    assert "Coercion silent: tested, inconclusive In 30 rows" in text
    assert text.index("Learning for In 30 rows") < text.index("Which channel each mechanism has")
    assert "#rule-statistics" in {attributes.get("href") for _, attributes in page.elements}
    assert "Leaning against The interval lies below zero; or" in page.text("rule")


def test_safeguards_that_decide_stand_apart_with_their_outcome_in_words(page):
    text = page.text("statistics-smart-cities-learning")
    decide, _, beside = text.partition("Further safeguards, which decide nothing")
    assert "These decide: 7 of 7 safeguards withstood One that does not apply is not missing." in decide
    assert (
        "Permuted ties Would any such ties do? Units exchange their places among the tied. withstands "
        "permuted ties was asked. p 0.004" in decide
    )
    assert "too late to move? does not apply lagged outcome was asked. p –" in decide
    assert "Fixed effects" not in decide
    assert "in a period or of a unit? does not withstand fixed effects was asked." in beside


def test_what_keeps_an_estimate_at_a_lean_is_told_row_by_row(page):
    text = page.text("statistics-smart-cities-emulation")
    assert "Emulation leaning for" in text
    assert "only together with learning : the data cannot tell them apart" in text
    # alone 0.03, adjusted over mechanisms 0.06: no safeguard of the rule is passed then
    assert "alone, but not among all permuted ties was asked. p 0.030; 0.060 among all" in text
    assert "as what they had done before? does not withstand" in text
    assert "goes into the model. missing drivers of ties was asked." in text
    assert "than all that is measured? missing It was not asked." in text
    assert "1 of 6 safeguards withstood, 2 missing" in text


def test_safeguards_of_an_interval_that_holds_zero_are_folded_away(page):
    text = page.text("statistics-smart-cities-coercion")
    assert "The interval holds zero. Safeguards only ask whether to believe an interval above zero" in text
    assert "withstood" not in text
    against = tried.said("coercion", "leaning against", trial=tried.REVERSED)
    told = read(tried.result((against,))).text("statistics-smart-cities-coercion")
    assert "Coercion leaning against" in told
    assert "The interval lies below zero." in told


def test_a_caveat_is_told_where_it_is_not_yet_told(page):
    text = page.text("estimates")
    assert text.count(tried.NO_CLEARANCE) == 2, "beside the two estimates above zero"
    assert text.count("Fixed effects: ") == 0, "the table tells it"
    assert text.count("below 10, estimates lean away from zero") == 1, "the model tells it"


def test_without_data_one_sentence_says_why(page):
    text = page.text("estimates")
    assert f"Competition silent: no data {tried.LACKING}" in text
    assert text.count(estimated.REFUSED.refused) == 1
    assert "So the statistics are silent on every mechanism: they had no data" in text
    assert page.text("statistics-smart-cities-competition") == ""


def test_verdicts_lead_to_what_the_statistics_say(page):
    ids = {attributes["id"] for _, attributes in page.elements if attributes.get("id")}
    there = {
        attributes["href"]
        for tag, attributes in page.elements
        if tag == "a" and attributes["href"].startswith("#statistics")
    }
    assert {f"#statistics-smart-cities-{name}" for name in ("coercion", "emulation", "learning")} <= there
    assert {"#statistics-smart-cities", "#statistics-membership"} <= there
    assert {href[1:] for href in there} <= ids


def test_without_trials_nothing_claims_that_there_are_safeguards():
    found = read(estimated.result())
    assert found.text("estimates").startswith("Estimates without safeguards An exposure coefficient")
    assert "No verdict above rests on what follows" in found.text("estimates")
    assert found.text("rule-statistics") == ""
    hrefs = {attributes.get("href") or "" for _, attributes in found.elements}
    assert not [href for href in hrefs if href.startswith("#statistics")]


def test_text_of_safeguards_is_never_markup():
    hostile = msgspec.structs.replace(tried.FOR.safeguards[0], says=HOSTILE)
    trial = msgspec.structs.replace(tried.FOR, safeguards=(hostile,))
    finding = tried.said(
        "learning", "for", trial=trial, reason=HOSTILE, caveats=(HOSTILE,), joint_with=(HOSTILE,)
    )
    silent = tried.said("coercion", "silent", silence="no data", reason=HOSTILE)
    shown = Page(written(tried.result((finding, silent))))
    assert sum(tag == "script" for tag, _ in shown.elements) == 1
    assert shown.text("estimates").count("alert(1)") == 5


# The first screen, and limits


def of_statistics(**stances: str) -> str:
    """The sentence on the first screen for these stances; those of silence are told by its reason."""
    first = factory.verdicts()[0]
    silent = ("no data", "tested, inconclusive")
    return statistics_in_short(
        [
            msgspec.structs.replace(
                first,
                mechanism=name,
                statistics="silent" if said in silent else said,
                statistics_silence=said if said in silent else None,
            )
            for name, said in stances.items()
        ]
    )


@pytest.mark.parametrize(
    ("stances", "says"),
    [
        (("no data", "no data"), "No statistics back these answers: there were no data."),
        (
            ("tested, inconclusive", "tested, inconclusive"),
            "No statistics back these answers: they do not decide.",
        ),
        (("no data", "tested, inconclusive"), "Statistics had data on learning alone and do not decide."),
        (("for", "no data"), "Statistics speak for coercion; unseen likeness could look the same."),
        (
            ("for", "leaning for"),
            "Statistics speak for coercion and lean towards learning; unseen likeness could look the same.",
        ),
        (("leaning against", "no data"), "Statistics lean against coercion and speak for nothing."),
    ],
)
def test_the_first_screen_says_how_far_statistics_back_it(stances, says):
    assert of_statistics(coercion=stances[0], learning=stances[1]) == says


def test_the_first_screen_stays_short(page):
    assert len(page.text("answer").split()) <= MOST_WORDS
    assert "Statistics speak for learning and lean towards emulation" in page.text("answer")


def test_an_answer_that_only_statistics_weigh_says_so():
    first = msgspec.structs.replace(
        factory.verdicts()[0], verdict="not shown", evidence="silent", evidence_silence="no data"
    )
    for changed, says in (
        ({"statistics_silence": "no data"}, "There is no evidence either way."),
        ({"statistics_silence": "tested, inconclusive"}, "Statistics were tried; they do not decide."),
        ({"statistics": "leaning against", "statistics_silence": None}, "Statistics lean against it."),
    ):
        verdict = msgspec.structs.replace(first, **changed)
        assert says in read(factory.result(verdicts=(verdict,))).text("answer")


def test_limits_say_what_the_data_lacked_for_statistics(page):
    text = page.text("limits")
    assert f"Smart cities, competition: no data for statistics. {tried.LACKING}" in text
    assert "Smart cities, coercion: the statistics do not decide. In 30 rows the coefficient" in text
    assert "Smart cities, emulation: statistics can do no more than lean. In 30 rows" in text
    assert "Membership: no statistics could speak on any mechanism." in text
    assert "no statistics could speak on competition" not in text


# Files


def test_every_safeguard_has_its_row(files):
    rows = list(csv.DictReader(StringIO(files["tables/safeguards.csv"].decode())))
    assert len(rows) == sum(len(one.trial.safeguards) for one in tried.FINDINGS if one.trial)
    by_key = {(row["mechanism"], row["safeguard"]): row for row in rows}
    ties = by_key["emulation", "permuted ties"]
    assert (ties["applies"], ties["passed"], ties["p"], ties["p_holm"], ties["draws"]) == (
        "yes", "yes", "0.03", "0.06", "999"
    )  # fmt: skip
    effects = by_key["learning", "fixed effects"]
    assert (effects["decides"], effects["passed"], effects["low"], effects["high"]) == (
        "no", "no", "-0.2", "0.5"
    )  # fmt: skip
    missing = by_key["emulation", "drivers of ties"]
    assert (missing["applies"], missing["passed"], missing["says"]) == (
        "yes", "", "`drivers of ties` was asked."
    )  # fmt: skip
    assert "safeguards" in openpyxl.load_workbook(BytesIO(files["tables.xlsx"])).sheetnames


def test_the_word_version_has_stance_and_reason():
    result = tried.result()
    paper = docx.Document(BytesIO(word(result, Names(result), ())))
    text = "\n".join(paragraph.text for paragraph in paper.paragraphs)
    assert "Estimates and safeguards" in text
    assert "Passing the safeguards is no clearance" in text
    assert (
        "Learning: for. In 30 rows the coefficient of learning is 0.80. "
        "Of those that decide: 7 of 7 safeguards withstood." in text
    )
    assert (
        "Emulation: leaning for. In 30 rows the coefficient of emulation is 0.80. Only together with" in text
    )
    assert "Coercion: silent: tested, inconclusive." in text
    assert f"Competition: silent: no data. {tried.LACKING}" in text
    assert "So the statistics are silent on every mechanism: no data." in text


def test_a_changed_stance_of_the_statistics_is_a_difference():
    other = tried.said("coercion", "leaning against", trial=tried.REVERSED)
    found = compare(tried.result(), tried.result((other, *tried.FINDINGS[1:])))
    about = "smart-cities: coercion, event history"
    [told] = [one for one in found.differences if one.kind == "statistics"]
    assert told == Difference("statistics", about, "silent: tested, inconclusive", "leaning against")
