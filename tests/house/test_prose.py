"""Pages for users and messages of the code are plain: readable after ten years of school, without riddles."""

from __future__ import annotations

import re
import tomllib

import pytest
from verify.reading_grade import ROOT, message_sentences, pages, reading, sentences_in, sentences_of

HARDEST = 10
"""Grade above which a page is too hard."""
RIDDLES = (
    *(r"\b(?:is|are) told\b", r"\bforet(?:ell|old)", r"\bparted by\b", r"\bhang(?:s|ing)? on\b"),
    *(r"\bno more than lean", r"\bas it stands\b", r"\bput to (?:safeguards|the test)\b", r"\bin vain\b"),
    *(r"\bsays nothing of\b", r"\bis seen when\b", r"\btold apart\b", r"\bstands? beside\b"),
)
"""Turns of phrase that a reader has to solve; there are plain words for each."""
RIDDLES_OF_MESSAGES = (
    *RIDDLES,
    *(r"\bparted\b", r"\bhangs? together\b", r"\banew\b", r"\bso it is with\b", r"\bbeyond all measure\b"),
    *(r"\b(?:is|are) no (?:number|date|text|table|list|column|length|day)\b", r"\bnobody (?:who|is|knows)\b"),
    r"\bcannot be told\b(?! from time)",  # the name of a kind of silence
)
LOOKED_UP = ("ARCHITECTURE.md", "CONTRIBUTING.md", "docs/reference")
"""Pages for those who work on the code, or look something up."""
ROOMS = sorted(
    path.name for path in (ROOT / "src/diffuscope").iterdir() if path.is_dir() and any(path.rglob("*.py"))
)
FEW = 10

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


def test_pages_that_are_looked_up_are_as_plain():
    found = [ROOT / name for name in LOOKED_UP]
    for page in (file for path in found for file in (sorted(path.glob("*.md")) if path.is_dir() else [path])):
        own = sentences_in(page)
        if len(own) >= FEW:
            assert reading(own).grade <= HARDEST, page


def test_the_english_messages_of_the_register_are_plain():
    says = tomllib.loads((ROOT / "src/diffuscope/register/languages/en.toml").read_text(encoding="utf-8"))
    texts = [text for part in ("screen", "message") for text in says[part].values()]
    own = sentences_of(re.sub(r"`[^`]*`|\{\w+\}", "it", text) for text in texts)
    riddles = re.compile("|".join(RIDDLES_OF_MESSAGES), re.I)
    assert [sentence for sentence in own if riddles.search(sentence)] == []
    assert reading(own).grade <= HARDEST


@pytest.mark.parametrize("room", ROOMS)
def test_the_messages_of_a_room_are_plain(room):
    own = [
        sentence
        for file in sorted((ROOT / "src/diffuscope" / room).rglob("*.py"))
        for sentence in message_sentences(file.read_text(encoding="utf-8"))
    ]
    if len(own) >= FEW:
        assert reading(own).grade <= HARDEST
    riddles = re.compile("|".join(RIDDLES_OF_MESSAGES), re.I)
    assert [sentence for sentence in own if riddles.search(sentence)] == []


def test_a_riddle_in_a_message_would_be_found():
    source = (
        'def refuse(name):\n    """It is told."""\n    return f"`{name}` is no number, cannot be told."\n'
    )
    [sentence] = message_sentences(source)
    assert sentence == "Code is no number, cannot be told."
    assert re.search("|".join(RIDDLES_OF_MESSAGES), sentence)
