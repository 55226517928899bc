"""What one city wrote and did not release is read by nobody else: in no page, file, error or search."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from fuzzed import Fuzzer
from network_people import OFFICER
from planted import addresses, body_of, client_of, fewer, planted, word

from diffuscope import register
from diffuscope.register.database import opened
from diffuscope.register.screens.pages import PAGES

pytest.importorskip("django_otp")


@pytest.fixture(scope="module")
def sown(begun, tmp_path_factory):
    folder = tmp_path_factory.mktemp("planted") / "register"
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        shutil.copytree(begun, folder)
        return folder, planted(folder)


@pytest.fixture
def garden(sown, tmp_path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    folder = Path(shutil.copytree(sown[0], tmp_path / "register"))
    with opened(folder):
        yield folder, sown[1]


def read_by_others(texts, readers, person):
    """Words that stand in a text, and that a person may not read."""
    return [(at, one) for at, text in texts for one in readers if one in text and person not in readers[one]]


def words_shown(made, people, parts_of):
    """Who read which word on any page; nobody reads one that is not theirs."""
    asked = (word("title", "bangkok"), word("released", "bangkok"), word("draft", "bangkok"), "a")
    seen = {one: set() for one in made.readers}
    for person in people:
        own, texts = client_of(person), []
        for page in PAGES:
            for address in addresses(page, parts_of(page), asked) if "GET" in page.methods else ():
                text = body_of(own.get(address))
                if "?q=zq" in address:  # what was asked stands in the field again
                    text = text.replace(f'value="{address.partition("=")[2]}"', "")
                texts.append((address, text))
        assert read_by_others(texts, made.readers, person) == [], person
        for one in made.readers:
            if any(one in text for _, text in texts):
                seen[one].add(person)
    return seen


def test_every_page_shows_a_word_to_those_alone_who_may_read_it(garden):
    _, made = garden
    people = (None, "bank", "city-bangkok", "city-phuket", "rep-VNM", OFFICER)
    seen = words_shown(made, people, lambda page: fewer(made.parts, page))
    unread = {one for one, who in seen.items() if not who}
    assert unread == {word("draft", "da-nang"), word("practice", "da-nang")}, "others are read by somebody"


def fuzzed(folder, made, seed, times, views=None):
    """Send so many forms of each view; nothing is lost, and the history is whole afterwards."""
    from diffuscope.register import models

    fuzzer = Fuzzer(made, seed)
    counts = {name: getattr(models, name).objects.count() for name in models.__all__}
    for _ in range(times):
        for view in views or sorted(fuzzer.forms):
            fuzzer.one(view)
    less = {name: count for name, count in counts.items() if getattr(models, name).objects.count() < count}
    assert less == {}
    assert register.check_register(folder) == []
    return fuzzer
