"""A register under attack: every address by everybody, thousands of odd forms, and the time of a search."""

from __future__ import annotations

import os
import statistics
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

pytest.importorskip("django_otp")
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "register"))
from fuzzed import Fuzzer
from network_people import CHAIR, OFFICER, found
from postgresql import database, runnable, server
from secret_words import PEOPLE, Planted, client_of, planted
from test_screens_secrets import fuzzed, words_shown

from diffuscope import register
from diffuscope.register.database import opened

SEEDS = range(int(os.environ.get("DIFFUSCOPE_SEEDS", "5")))
TIMES = int(os.environ.get("DIFFUSCOPE_FORMS", "40"))
"""Forms of each view by seed."""


def told(line: str) -> None:
    """One more line of the file that DIFFUSCOPE_TOLD names."""
    if name := os.environ.get("DIFFUSCOPE_TOLD"):
        with Path(name).open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")


def sown(folder: Path) -> tuple[Path, Planted]:
    """A register with a published wave and an open one, and a word in every private row of two cities."""
    found(folder)
    register.open_wave(folder, "2026", due="2099-12-31", person=OFFICER)
    with opened(folder):
        from diffuscope.register.models import Organisation

        bank = Organisation.objects.first().code
    register.invite(folder, "bank", role="partner", member=bank, person=OFFICER)
    register.publish_wave(folder, "2025", person=OFFICER)
    register.publish_wave(folder, "2025", person=CHAIR)
    return folder, planted(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def garden(request, tmp_path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with ExitStack() as stack:
        if request.param == "postgresql":
            if not runnable():
                pytest.skip("no server of PostgreSQL can be started here")
            url = stack.enter_context(server())
            monkeypatch.setenv("DATABASE_URL", stack.enter_context(database(url, "attacked")))
        folder, made = sown(tmp_path / "register")
        with opened(folder):
            yield folder, made


def test_every_address_with_every_id_by_everybody(garden):
    """Each page with each sample in each part of its address, existing or not, of one's own or of others."""
    _, made = garden
    seen = words_shown(made, PEOPLE, lambda _: made.parts)
    assert {one: who for one, who in seen.items() if who != made.readers[one]} == {}, "no more and no fewer"


@pytest.mark.parametrize("seed", SEEDS)
def test_thousands_of_odd_forms(garden, seed, monkeypatch):
    from django.conf import settings

    monkeypatch.setattr(settings, "PASSWORD_HASHERS", ["django.contrib.auth.hashers.MD5PasswordHasher"])
    folder, made = garden
    fuzzer = fuzzed(folder, made, seed, TIMES, leave_out=("publishing.publish",))
    told(f"seed {seed}: {sum(fuzzer.sent.values())} forms, answers {dict(sorted(fuzzer.answers.items()))}")


def test_every_field_of_every_form_with_every_odd_text(garden, monkeypatch):
    from django.conf import settings

    monkeypatch.setattr(settings, "PASSWORD_HASHERS", ["django.contrib.auth.hashers.MD5PasswordHasher"])
    folder, made = garden
    share = float(os.environ.get("DIFFUSCOPE_SHARE", "1"))
    fuzzer = fuzzed(folder, made, 0, 0, leave_out=("publishing.publish",), every=share)
    told(f"fields: {sum(fuzzer.sent.values())} forms, answers {dict(sorted(fuzzer.answers.items()))}")


def test_a_wave_is_published_by_whoever_may_alone(garden):
    """Forms that propose and confirm an edition, filled with every odd text by everybody.

    Publishing makes what was private public, so words are not looked for here; who changed what is.
    """
    from diffuscope.register.models import Edition

    folder, made = garden
    register.publish_wave(folder, "2025", person=OFFICER)
    fuzzer = Fuzzer(made._replace(readers={}), 0)
    fuzzer.forms = {"publishing.publish": fuzzer.forms["publishing.publish"]}
    fuzzer.every()
    for _ in range(10 * TIMES):
        fuzzer.one("publishing.publish")
    told(f"publishing: {sum(fuzzer.sent.values())} forms, answers {dict(sorted(fuzzer.answers.items()))}")
    editions = list(Edition.objects.values_list("wave__code", "number", "state", "confirmed_by__code"))
    assert {who for *_, who in editions} <= {None, CHAIR}
    assert ("2025", 2, "published", CHAIR) in editions, "some forms were whole"
    assert register.check_register(folder) == []


def test_the_time_of_a_search_says_nothing_of_rows_that_are_not_seen(garden):
    """A word of a thousand unseen drafts, and one that is nowhere: medians differ less than their noise."""
    folder, _ = garden
    from diffuscope.register.database import writing
    from diffuscope.register.models import Member, Practice
    from diffuscope.register.write import act_of, add

    other, text = Member.objects.get(code="da-nang"), "secretword " * 400
    with writing():
        rows = [Practice(code=f"many-{at}", member=other, title="x", folded=text) for at in range(1_000)]
        add(act_of(OFFICER), rows)
    own = client_of("city-bangkok")
    times: dict[str, list[float]] = {"secretword": [], "nowhereatall": []}
    for at in range(200):
        for asked in sorted(times, reverse=bool(at % 2)):
            begun = time.perf_counter()
            own.get(f"/practices?q={asked}")
            times[asked].append(time.perf_counter() - begun)
    there, not_there = (statistics.median(one[20:]) for one in times.values())
    spread = statistics.quantiles(times["nowhereatall"][20:], n=4)
    told(f"there {there * 1000:.2f} ms, nowhere {not_there * 1000:.2f} ms, quartiles {spread}")
    assert abs(there - not_there) < max(spread[2] - spread[0], 0.1 * not_there)
    assert folder
