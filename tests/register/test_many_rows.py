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
