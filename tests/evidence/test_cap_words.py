"""Every limit of the evidence in words: in the verdict, beside an author's, and as what would lift it."""

from __future__ import annotations

from typing import get_args

import pytest

from diffuscope.evidence import evidence_findings
from diffuscope.evidence.rule import Cap, rule
from diffuscope.records import AuthorVerdict, Chronology, Place
from diffuscope.tables.typed import empty
from diffuscope.verdicts import verdict

OPEN = Chronology(analysis="a", testable=True, reason="There is an order of events to explain.")
AUTHOR = AuthorVerdict(
    analysis="a", mechanism="learning", verdict="at work", wording=None, document=None, locator=None,
    place=Place(table="author_verdicts", file="author_verdicts.csv", row=2),
)  # fmt: skip
NEEDS = ("L-a", "L-b", "L-d3", "L-a")


def coded_by(*coders, documents="0123", dates=(None,) * 4, bands=("strong",) * 4):
    return [
        {
            "id": f"L{at}", "criterion": need, "band": bands[at], "direction": "for", "coder": coder,
            "document": f"d{documents[at]}", "date": dates[at],
        }
        for at, need in enumerate(NEEDS)
        for coder in coders
    ]  # fmt: skip


def differing():
    """Coders who agree on learning and on nothing else."""
    return [
        {"id": f"K{at}", "criterion": "K-c", "band": "weak", "direction": way, "coder": coder}
        for at in range(6)
        for coder, way in (("one", "for"), ("two", "against"))
    ]


LATE = ("2014", "2015", "2020", "2020")
# passages of 10 dB in four documents: each case is limited in one way only
LIMITED = {
    "double_coded": (
        coded_by("one"),
        "one person coded it",
        "a second person coded passages that carry 50% of the weight, and agreed",
    ),
    "documents": (
        # 30 of 33 dB in one document, 3 dB in the other
        coded_by("one", "two", documents="0003", bands=("strong", "strong", "strong", "weak")),
        "fewer than 2 documents carry 20% of the weight each",
        "2 documents carried 20% of the weight each",
    ),
    "in_time": (
        coded_by("one", "two", dates=LATE),
        "passages known to be early enough for 50% of the adoptions carry only 25% of the weight",
        "passages known to be early enough for 50% of the adoptions carried 50% of the weight",
    ),
    "coders": (
        [*coded_by("one"), *coded_by("two", bands=("none",) * 4)],
        "the coding of one person, alone, does not point in the same direction",
        "the coding of every person, taken alone, pointed the same way",
    ),
    "agreement": (
        # 4 of 10 pairs agree; 14 for and 6 against: 1 - .6/(2·14·6/(20·19))
        [*coded_by("one", "two"), *differing()],
        "the coders agree too little about the direction (alpha -0.36 over 10 passages)",
        "the coders agreed on the direction (alpha 0.667 or more)",
    ),
    "chronology": (
        coded_by("one", "two"),
        "two events remain outside the launch",
        "enough events remained outside the launch",
    ),
}


def test_every_limit_of_the_rule_stands_here():
    assert set(LIMITED) == set(get_args(Cap)) == {row.cap for row in rule().row if row.cap}
    assert all(bool(row.lifts) is (row.cap is not None) for row in rule().row)


@pytest.mark.parametrize("cap", LIMITED)
def test_a_limit_is_told_in_its_own_words_with_what_would_lift_it(coded, analysis, adopted, cap):
    rows, because, lifts = LIMITED[cap]
    years = ("2010", "2012", "2014", "2016") if cap == "in_time" else ()
    order = [adopted(unit, year) for unit, year in zip("abcd", years, strict=False)]
    says = because if cap == "chronology" else None
    findings = evidence_findings(coded(*rows), empty("documents"), analysis, order, cap=says)
    [learning] = [one for one in findings if one.mechanism == "learning"]
    assert (learning.stance, learning.evidence.uncapped) == ("leaning for", "for")
    assert (learning.evidence.caps, learning.evidence.lifts) == ((because,), (lifts,))
    found = verdict("learning", OPEN, [learning], AUTHOR)
    assert f"It is limited to leaning, because {because}." in found.sentence
    assert f"The evidence is limited to leaning, because {because}." in found.difference
    assert found.would_change == f"The verdict could be supported by one body if {lifts}."


def test_lifting_a_limit_promises_no_more_than_the_evidence_bears(coded, analysis):
    """Without a passage on a necessary criterion, two coders would make it no firmer either."""
    lacking = [{**one, "criterion": "L-a"} for one in coded_by("one")]
    findings = evidence_findings(coded(*lacking), empty("documents"), analysis, ())
    [learning] = [one for one in findings if one.mechanism == "learning"]
    assert (learning.stance, learning.evidence.uncapped) == ("leaning for", "leaning for")
    assert " if a second person" not in verdict("learning", OPEN, [learning]).sentence
