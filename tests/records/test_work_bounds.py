"""Bounds on quadratic work: named once, listed in the documentation, and told with both numbers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from diffuscope.errors import MethodError
from diffuscope.records import work_bounds
from diffuscope.records.work_bounds import BOUNDS, PEERS, Allowance, Bound, refuse_beyond

PACKAGE = Path(work_bounds.__file__).parents[1]


def test_every_bound_is_listed_and_used():
    named = {name: one for name, one in vars(work_bounds).items() if isinstance(one, Bound)}
    assert sorted(named.values()) == sorted(BOUNDS)
    elsewhere = "\n".join(
        file.read_text(encoding="utf-8") for file in PACKAGE.rglob("*.py") if file.name != "work_bounds.py"
    )
    unused = [name for name in named if not re.search(rf"\b{name}\b(?=\.most|, |\)|\])", elsewhere)]
    assert unused == []


def test_a_refusal_names_the_step_how_much_there_is_and_how_much_is_done():
    refuse_beyond(PEERS, PEERS.most)
    with pytest.raises(MethodError) as told:
        refuse_beyond(PEERS, PEERS.most + 1)
    assert str(told.value) == (
        "Projects of one area, compared with those that are further along: there are 400,000,001 pairs of "
        "projects; 400,000,000 are compared at most. Give projects finer areas."
    )


def test_an_allowance_takes_what_fits_and_counts_the_rest():
    left = Allowance(PEERS._replace(most=10))
    assert [left.takes(count) for count in (4, 7, 6, 1, 0)] == [True, False, True, False, True]
    assert left.skipped == 2
