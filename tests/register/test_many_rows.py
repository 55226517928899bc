"""Pages of a large network: as many queries as for a small one, and pages of a bounded length."""

from __future__ import annotations

import pytest
from benchmarks.invented_network import PAGES, Size, fill, network, pages_read

from diffuscope.register.database import opened
from diffuscope.register.screens.pages import PAGES as ADDRESSES

SMALL, LARGE = Size(states=2, cities=2, projects=4), Size(states=8, cities=4, projects=20)
MOST, LONGEST = 20, 100_000
"""Queries of a page, and bytes of it, whatever the network."""
FILES = ("editions/", "enter/", "/publish/", "studies/<int", "/headings")
"""Pages that show one file, or one link: no list."""


@pytest.fixture(scope="module")
def networks(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        folders = []
        for size in (SMALL, LARGE):
            folders.append(network(tmp_path_factory.mktemp("network"), size))
            fill(folders[-1])
    return folders


def walked(folder) -> dict[tuple[str, str], tuple[int, int]]:
    """Queries and bytes of each page that a role can read."""
    with opened(folder):
        return {(one.role, one.page): (one.queries, one.size) for one in pages_read()}


def test_the_queries_of_a_page_do_not_grow_with_the_network(networks, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    small, large = map(walked, networks)
    assert small.keys() == large.keys()
    assert len(large) > 90
    more = {at: (small[at][0], count) for at, (count, _) in large.items() if count > small[at][0]}
    assert more == {}
    assert {at: seen for at, seen in large.items() if seen[0] > MOST or seen[1] > LONGEST} == {}


def test_every_page_that_can_be_read_is_walked():
    read = {page.path for page in ADDRESSES if "GET" in page.methods}
    assert {path for path in read - set(PAGES) if not any(part in path for part in FILES)} == set()


def test_more_values_than_a_statement_takes_are_one_parameter(folder):
    with opened(folder):
        from django.db import connection
        from django.db.models import Q

        from diffuscope.register.models import Member, Observation, Project

        if connection.vendor == "sqlite":
            import sqlite3

            connection.connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 10)
        every, codes = range(1, 100_000), [f"no-{number}" for number in range(40_000)]
        rows = Observation.objects.all()
        there = rows.count()
        assert there > 400
        assert rows.filter(pk__any_of=every).count() == there
        assert rows.filter(project__any_of=set(every), project__lead__any_of=every).count() == there
        assert rows.exclude(city__any_of=every).count() == 0
        named = Q(code__any_of=(*codes, "bangkok", "ไม่มี")) | Q(name__any_of=codes)
        assert Member.objects.filter(named).count() == 1
        assert Project.objects.filter(pk__any_of=()).count() == 0
        assert Project.objects.filter(Q(pk__any_of=[]) | Q(pk__any_of=[0])).count() == 0
