"""The report shows what the statistics say of each mechanism, why, and every safeguard behind it."""

from __future__ import annotations

import csv
import re
from io import BytesIO, StringIO
from pathlib import Path
from typing import get_args

import docx
import estimated
import factory
import msgspec
import openpyxl
import pytest
import tried
from test_report_page import HOSTILE, Page, read, written

from diffuscope import report
from diffuscope.records import Silence
from diffuscope.records.wording import silence_words
from diffuscope.report.difference import Difference, compare
from diffuscope.report.names import Names
from diffuscope.report.sections.answer import MOST_WORDS, undecided, untested
from diffuscope.report.word import word
from diffuscope.report.write import report_files
from diffuscope.study.rules import stance_rules
from diffuscope.verdicts import verdict_rule


@pytest.fixture(scope="module")
def page() -> Page:
    return read(tried.result())


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return report_files(tried.result())


# The rules: those of the result, and of nobody else


def test_the_page_prints_the_rules_that_the_result_carries(page):
    text = page.text("rule-evidence") and page.text("rule")
    for row in tried.STANCE_RULES:
        assert row.description in text
    assert "does not contain the rules" not in text


def test_a_result_without_stance_rules_says_so_and_shows_its_own_verdict_rule():
    text = read(msgspec.structs.replace(tried.result(), stance_rules=())).text("rule")
    assert "This result does not contain the rules that gave its stances" in text
    assert "written by diffuscope 0.1.0" in text
    assert all(row.description in text for row in tried.result().rule)


def test_no_word_of_the_rules_stands_in_the_report_itself():
    """Whatever the report prints of a rule or a safeguard comes from the result."""
    here = Path(report.__file__).parent
    text = " ".join(
        " ".join(file.read_text(encoding="utf-8").split())
        for file in sorted(here.rglob("*"))
        if file.suffix in (".py", ".html")
    )
    rules = [row.description for row in (*verdict_rule(), *stance_rules())]
    assert rules
    for says in rules:
        for part in re.split(r"[;:.] ", says.rstrip(".")):
            assert len(part.split()) < 6 or part not in text, part
    # thresholds of probabilities, as page and code would write them beside the word
    limits = r"(?<![\d.])(?:0?\.80?|0?\.60?|0?\.20?|0?\.40?)(?![\df])"
    beside = (
        rf"(?:probabilit|stance|lean)[^.<>]{{0,60}}{limits}|{limits}[^.<>]{{0,60}}(?:probabilit|stance|lean)"
    )
    assert re.findall(beside, text) == []


# The page


def test_stance_and_reason_come_before_channels_and_models(page):
    text = page.text("estimates")
    assert text.startswith("Estimates and safeguards An exposure coefficient by itself is no evidence")
    assert "Passing does not prove influence" in text
    assert "No verdict above uses" not in text
    assert "Learning for In 30 rows the coefficient of learning is 0.80." in text
    assert "Coercion tested, inconclusive In 30 rows" in text
    assert text.index("Learning for In 30 rows") < text.index("The channel of each mechanism")
    assert "#rule-stances" in {attributes.get("href") for _, attributes in page.elements}


def test_safeguards_stand_by_role_with_what_they_ask_and_their_outcome_in_words(page):
    text = page.text("statistics-smart-cities-learning")
    assert (
        "7 of 7 safeguards that bear on the stance passed. "
        "A safeguard that does not apply is not counted as missing." in text
    )
    assert (
        text.index("Gate ")
        < text.index("Decisive ")
        < text.index("Confirming ")
        < text.index("Shown for information")
    )
    assert "Permuted ties What permuted ties asks. passed permuted ties was asked. p 0.004" in text
    assert "What lagged outcome asks. does not apply lagged outcome was asked. p –" in text
    beside = text.partition("Shown for information; the stance does not depend on them")[2]
    assert "Fixed effects What fixed effects asks. failed fixed effects was asked." in beside


def test_what_keeps_an_estimate_at_a_lean_is_told_row_by_row(page):
    text = page.text("statistics-smart-cities-emulation")
    assert "Emulation leaning for" in text
    assert "jointly with learning : the data cannot show which of them it is" in text
    assert "passed permuted ties was asked. p 0.030; 0.060 over all mechanisms" in text
    assert "What lead test asks. failed" in text
    assert "What drivers of ties asks. missing drivers of ties was asked." in text
    assert "2 of 5 safeguards that bear on the stance passed, 1 missing" in text


def test_a_safeguard_that_does_not_say_what_it_asks_is_shown_without():
    bare = msgspec.structs.replace(tried.FOR.safeguards[0], asks="")
    trial = msgspec.structs.replace(tried.FOR, safeguards=(bare,))
    text = read(tried.result((tried.said("learning", "for", trial=trial),))).text("estimates")
    assert "Permuted ties passed permuted ties was asked." in text


@pytest.mark.parametrize("silence", get_args(Silence))
def test_silence_stands_with_its_kind_wherever_a_stance_is_printed(silence):
    kind = silence_words(silence)
    result = tried.result((tried.said("coercion", "silent", silence=silence, reason="So it is."),))
    [verdict] = [
        one for one in result.verdicts if (one.analysis, one.mechanism) == ("smart-cities", "coercion")
    ]
    assert verdict.statistics_silence == silence
    shown = read(result)
    assert f"statistics: {kind}." in shown.text("answer")
    assert f"statistics : {kind}." in shown.text("verdicts") or f"statistics: {kind}." in shown.text(
        "verdicts"
    )
    assert f"Coercion {kind}" in shown.text("estimates")
    assert f"statistics on coercion: {kind}. So it is." in shown.text("limits")
    assert not re.search(r"\bsilent\b", shown.text("answer") + shown.text("verdicts") + shown.text("limits"))


def test_a_caveat_is_told_where_it_is_not_yet_told(page):
    text = page.text("estimates")
    assert text.count(tried.NO_CLEARANCE) == 2, "beside the two estimates above zero"
    assert text.count("Fixed effects: ") == 0, "the table tells it"
    assert text.count("below 10, estimates lean away from zero") == 1, "the model tells it"


def test_without_data_one_sentence_says_why(page):
    text = page.text("estimates")
    assert f"Competition not tested: no data {tried.LACKING}" in text
    assert text.count(estimated.REFUSED.refused) == 1
    assert "No mechanism could be tested statistically: no data" in text
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
    assert "No verdict above uses the estimates below" in found.text("estimates")
    assert found.text("rule-statistics") == ""
    hrefs = {attributes.get("href") or "" for _, attributes in found.elements}
    assert not [href for href in hrefs if href.startswith("#statistics")]


def test_text_of_safeguards_is_never_markup():
    hostile = msgspec.structs.replace(tried.FOR.safeguards[0], description=HOSTILE)
    trial = msgspec.structs.replace(tried.FOR, safeguards=(hostile,))
    finding = tried.said(
        "learning", "for", trial=trial, reason=HOSTILE, caveats=(HOSTILE,), joint_with=(HOSTILE,)
    )
    silent = tried.said("coercion", "silent", silence="no data", reason=HOSTILE)
    shown = Page(written(tried.result((finding, silent))))
    assert sum(tag == "script" for tag, _ in shown.elements) == 1
    assert shown.text("estimates").count("alert(1)") == 5


# The first screen, and limits


def of_statistics(reasons: dict[str, str] | None = None, **stances: str) -> str:
    """The sentences on the first screen for these stances; those of silence are told by its kind."""
    first = factory.verdicts()[0]
    verdicts = [
        msgspec.structs.replace(
            first,
            mechanism=name,
            statistics="silent" if said in get_args(Silence) else said,
            statistics_silence=said if said in get_args(Silence) else None,
        )
        for name, said in stances.items()
    ]
    return " ".join([*untested(verdicts, reasons or {}), *undecided(verdicts)])


@pytest.mark.parametrize(
    ("stances", "says"),
    [
        (("no data", "no data"), "Statistics on every mechanism: not tested: no data."),
        (
            ("no data", "tested, inconclusive"),
            "Statistics on coercion: not tested: no data. Statistics on learning: tested, inconclusive.",
        ),
        (
            ("for", "too few events"),
            "Statistics on learning: too few events. Unmeasured similarity of tied units could produce the "
            "same statistical finding.",
        ),
        (("leaning against", "no data"), "Statistics on learning: not tested: no data."),
    ],
)
def test_the_first_screen_says_what_statistics_could_not_test_and_why(stances, says):
    assert of_statistics(coercion=stances[0], learning=stances[1]) == says


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (
            ("coercion", "learning"),
            "Statistics on coercion: not tested: no data. No ties of coercion. Statistics on learning: not "
            "tested: no data. No ties of learning.",
        ),
        (("coercion", "emulation", "learning"), "Statistics on every mechanism: not tested: no data."),
    ],
)
def test_reasons_that_differ_by_a_word_alone_are_not_repeated(names, says):
    reasons = {name: f"no ties of {name}." for name in names}
    assert of_statistics(reasons, **dict.fromkeys(names, "no data")) == says


def test_the_first_screen_stays_short_and_says_when_how_many_and_what_is_likeliest(page):
    text = page.text("answer")
    assert len(text.split()) <= MOST_WORDS
    assert "4 of 4 adopted, the first in 2014, the last in 20" in text
    assert "Best supported is learning (weak): probability about 0." in text
    assert "statistics: leaning for jointly with learning." in text


def test_the_first_screen_gives_the_reason_where_there_was_nothing_to_test(page):
    assert f"Statistics on competition: not tested: no data. {tried.LACKING}" in page.text("answer")


def test_a_p_value_stands_with_the_smallest_that_its_draws_could_give():
    guard = tried.guard("permuted ties", False, p=0.7, p_smallest=0.02, draws=49)
    trial = tried.trial("coercion", -2.0, 1.0, guard, p_holm=0.7)
    told = tried.said("coercion", "silent", silence="tested, inconclusive", trial=trial)
    assert "0.700 smallest possible 0.020" in read(tried.result((told,))).text("estimates")
    assert "smallest possible" not in read(tried.result()).text("estimates")


def test_nothing_is_called_likeliest_where_nothing_is_shown():
    bare = tuple(msgspec.structs.replace(one, verdict="not shown") for one in factory.verdicts())
    text = read(factory.result(verdicts=bare)).text("answer")
    assert "No mechanism is shown to have been at work." in text
    assert "Best supported" not in text


def test_neighbours_have_their_line_on_the_first_screen_and_with_the_verdicts():
    first = factory.verdicts()[0]
    neighbours = msgspec.structs.replace(
        first, mechanism="neighbours", verdict="found",
        sentence="Found (mechanism not identified). So it is.",
        evidence="silent", evidence_silence="not asked", statistics="for", statistics_silence=None,
        author=None, difference=None,
    )  # fmt: skip
    finding = tried.said("neighbours", "for", trial=tried.FOR)
    made = tried.result((*tried.FINDINGS, finding))
    shown = read(msgspec.structs.replace(made, verdicts=(*made.verdicts, neighbours)))
    assert "Neighbours (mechanism not identified) found Statistics: for." in shown.text("answer")
    card = shown.text("verdicts").partition("Neighbours (mechanism not identified) found ")[2]
    assert card.startswith("Found (mechanism not identified). So it is. statistics : for.")
    assert "Neighbours (mechanism not identified) for In 30 rows" in shown.text("estimates")
    assert "eighbours" not in read(tried.result()).text("answer")


def test_limits_say_what_the_data_lacked_for_statistics(page):
    text = page.text("limits")
    assert f"Smart cities, statistics on competition: not tested: no data. {tried.LACKING}" in text
    assert "Smart cities, statistics on coercion: tested, inconclusive. In 30 rows the coefficient" in text
    assert "Smart cities, emulation: the statistics are limited to leaning. In 30 rows" in text
    assert "Membership, statistics on every mechanism: not tested: no data." in text


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
    assert (effects["role"], effects["passed"], effects["ci_low"], effects["ci_high"]) == (
        "beside", "no", "-0.2", "0.5"
    )  # fmt: skip
    assert (ties["role"], ties["asks"]) == ("gate", "What permuted ties asks.")
    missing = by_key["emulation", "drivers of ties"]
    assert (missing["applies"], missing["passed"], missing["description"]) == (
        "yes", "", "`drivers of ties` was asked."
    )  # fmt: skip
    assert "safeguards" in openpyxl.load_workbook(BytesIO(files["tables.xlsx"])).sheetnames


def test_the_word_version_has_stance_and_reason():
    result = tried.result()
    paper = docx.Document(BytesIO(word(result, Names(result), ())))
    text = "\n".join(paragraph.text for paragraph in paper.paragraphs)
    assert "Estimates and safeguards" in text
    assert "Passing does not prove influence" in text
    assert (
        "Learning: for. In 30 rows the coefficient of learning is 0.80. "
        "7 of 7 safeguards that bear on the stance passed." in text
    )
    assert (
        "Emulation: leaning for. In 30 rows the coefficient of emulation is 0.80. Only jointly with" in text
    )
    assert "Coercion: tested, inconclusive." in text
    assert f"Competition: not tested: no data. {tried.LACKING}" in text
    assert "No mechanism could be tested statistically: no data." in text


def test_a_changed_stance_of_the_statistics_is_a_difference():
    other = tried.said("coercion", "leaning against", trial=tried.REVERSED)
    found = compare(tried.result(), tried.result((other, *tried.FINDINGS[1:])))
    about = "smart-cities: coercion, event history"
    [told] = [one for one in found.differences if one.kind == "statistics"]
    assert told == Difference(
        kind="statistics", about=about, before="tested, inconclusive", after="leaning against"
    )
