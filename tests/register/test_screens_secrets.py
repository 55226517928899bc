"""What one city wrote and did not release is read by nobody else: in no page, file, error or search."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from fuzzed import Fuzzer
from network_people import OFFICER
from secret_words import PEOPLE, addresses, body_of, client_of, fewer, planted, word

from diffuscope import register
from diffuscope.register.database import opened
from diffuscope.register.screens.pages import PAGES

pytest.importorskip("django_otp")
SLOW = ("publishing.publish", "entering.sign_in")
"""Views whose forms take seconds; they are filled in the long run."""


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
                if "?q=zq" in address:  # what was asked stands in the field again, in words, and in addresses
                    text = re.sub(f'(value="|“|[?;]q=){address.partition("=")[2]}', "", text)
                texts.append((address, text))
        assert read_by_others(texts, made.readers, person) == [], person
        for one in made.readers:
            if any(one in text for _, text in texts):
                seen[one].add(person)
    return seen


def test_every_page_shows_a_word_to_those_alone_who_may_read_it(garden):
    _, made = garden
    people = (None, "bank", "city-phuket", "rep-VNM", OFFICER)
    seen = words_shown(made, people, lambda page: fewer(made.parts, page))
    unread = {one for one, who in seen.items() if not who}
    alone = {word(kind, city) for kind in ("draft", "practice") for city in ("bangkok", "da-nang")}
    assert unread == alone, "others are read by somebody"


def test_a_case_and_a_study_hold_nothing_that_was_not_released(garden, tmp_path):
    from diffuscope.register.export import case_files
    from diffuscope.register.models import Wave
    from diffuscope.register.studies import study_case

    folder, made = garden
    waits = {word(kind, city) for kind in ("erratum", "why") for city in ("bangkok", "da-nang")}
    study_case(tmp_path / "study")
    register.export_case(folder, tmp_path / "case", person="rep-VNM")
    register.export_case(folder, tmp_path / "whole")
    for name in ("study", "case", "whole"):
        text = "".join(one.read_text(encoding="utf-8") for one in (tmp_path / name).iterdir())
        assert [one for one in made.readers if one in text] == [], name
    proposed = b"".join(case_files(Wave.objects.get(code="2025"), public=True).values()).decode()
    assert {one for one in made.readers if one in proposed} == waits, "an edition that is proposed has errata"


@pytest.mark.parametrize("page", ["projects", "practices"])
def test_a_search_compares_the_text_of_no_row_that_may_not_be_seen(garden, page):
    """SQLite's LIKE is replaced by one that notes what it is given; nothing else of the search is."""
    from django.db import connection

    from diffuscope.register.models import Observation, Practice

    _, made = garden
    compared = []

    def like(pattern, text, _):
        compared.append(text)
        return pattern.strip("%").casefold() in text.casefold()

    for person in (None, "city-phuket", "rep-VNM", OFFICER):
        own = client_of(person)
        if page == "projects" and person is None:
            continue
        own.get(f"/{page}")  # the connection is open from here on
        connection.connection.create_function("like", 3, like)
        compared.clear()
        answer = own.get(f"/{page}?q=zq")
        assert answer.status_code == 200
        unseen = [one for one in made.readers if person not in made.readers[one]]
        assert [text for text in compared if any(one in text for one in unseen)] == []
        rows = (Observation if page == "projects" else Practice).objects.count()
        assert len(compared) <= 3 * rows, "its title and its key, the names of cities, and one page again"
        if person == OFFICER:
            words = {one for one in made.readers if person in made.readers[one]}
            assert any(one in text for text in compared for one in words), "own rows are compared"


def test_the_work_of_a_search_does_not_depend_on_what_it_asks(garden):
    """As many queries, whether the word stands in rows that may not be seen or nowhere."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    own, counts = client_of("city-phuket"), []
    for asked in (word("title", "bangkok"), word("title", "da-nang"), "nowhere"):
        with CaptureQueriesContext(connection) as seen:
            text = own.get(f"/projects?q={asked}").content.decode()
        counts.append((len(seen), '<th scope="row">' not in text))
    assert len(set(counts)) == 1
    assert counts[0][1]


def test_forms_filled_with_nonsense_change_nothing_that_they_may_not(garden, monkeypatch):
    from django.conf import settings

    monkeypatch.setattr(settings, "PASSWORD_HASHERS", ["django.contrib.auth.hashers.MD5PasswordHasher"])
    folder, made = garden
    fuzzed(folder, made, seed=20260930, times=1, people=("city-bangkok", OFFICER), leave_out=SLOW)


def fuzzed(folder, made, seed, times, people=PEOPLE[1:], leave_out=(), every=0.0):
    """Send so many forms of each view, and a share of all odd texts in all fields; then nothing is lost.

    Every page is there, no table has fewer rows, and the history is whole.
    """
    from diffuscope.register import models

    fuzzer = Fuzzer(made, seed, people)
    counts = {name: getattr(models, name).objects.count() for name in models.__all__}
    for _ in range(times):
        for view in sorted(set(fuzzer.forms) - set(leave_out)):
            fuzzer.one(view)
    for view in leave_out if every else ():
        fuzzer.forms.pop(view)
    fuzzer.every(every)
    fuzzer.look()
    less = {name: count for name, count in counts.items() if getattr(models, name).objects.count() < count}
    assert less == {}
    assert register.check_register(folder) == []
    return fuzzer
