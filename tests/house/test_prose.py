"""README and the pages for users are plain: readable after ten years of school, and without riddles."""

from __future__ import annotations

import re

import pytest
from verify.reading_grade import ROOT, pages, reading, sentences_in

HARDEST = 10
"""Grade above which a page is too hard."""
RIDDLES = (
    *(r"\b(?:is|are) told\b", r"\bforet(?:ell|old)", r"\bparted by\b", r"\bhang(?:s|ing)? on\b"),
    *(r"\bno more than lean", r"\bas it stands\b", r"\bput to (?:safeguards|the test)\b", r"\bin vain\b"),
    *(r"\bsays nothing of\b", r"\bis seen when\b", r"\btold apart\b", r"\bstands? beside\b"),
)
"""Turns of phrase that a reader has to solve; there are plain words for each."""

every_page = pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))


@every_page
def test_a_page_can_be_read_after_ten_years_of_school(page):
    own = sentences_in(page)
    hardest = sorted(own, key=lambda sentence: -reading([sentence]).grade)[:3]
    assert reading(own).grade <= HARDEST, hardest


@every_page
def test_a_page_has_no_riddles(page):
    riddles = re.compile("|".join(RIDDLES), re.I)
    assert [sentence for sentence in sentences_in(page) if riddles.search(sentence)] == []
