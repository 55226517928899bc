"""Who could learn from whom, on registers small enough to see it."""

from __future__ import annotations

import polars as pl
from printed_figures import rows_of

from diffuscope.monitoring.peers import gaps, peers, traits
from diffuscope.monitoring.waves import prepared
from register import WAVES, register

UNITS = rows_of(
    "units",
    *({"unit": unit, "name": unit.upper(), "parent": parent} for unit, parent in
      (("s1", None), ("s2", None), ("c1", "s1"), ("c2", "s1"), ("c3", "s2"), ("c4", "s2"))),
)  # fmt: skip
ATTRIBUTES = rows_of(
    "attributes",
    {"unit": "s1", "variable": "official_language", "value": "Malay"},
    {"unit": "s2", "variable": "official_language", "value": "Thai"},
    {"unit": "c1", "variable": "archetype", "value": "seedbed"},
    {"unit": "c3", "variable": "archetype", "value": "seedbed"},
    {"unit": "c1", "variable": "population", "value": "1000", "time": "2015"},
    {"unit": "c1", "variable": "population", "value": "90000", "time": "2010"},
    {"unit": "c2", "variable": "population", "value": "1500"},
    {"unit": "c3", "variable": "population", "value": "many"},
    {"unit": "c4", "variable": "population", "value": "9000"},
)
KNOWN = traits(UNITS, ATTRIBUTES)


def offers(
    *rows: tuple[str, str | None, str, str, str | None, str], **columns: object
) -> list[tuple[str, str, str]]:
    projects = register(*rows)
    if columns:
        projects = projects.with_columns(**{name: pl.Series(values) for name, values in columns.items()})
    found = peers(prepared(projects, UNITS, WAVES), KNOWN)
    return list(found.select("unit", "peer", "reason").iter_rows())


def test_only_those_further_along_in_the_same_area_are_offered():
    found = offers(
        ("w1", "a", "c1", "A", "Water", "planning"),
        ("w1", "b", "c2", "B", "Water", "planning"),
        ("w1", "c", "c3", "C", "Transport", "completed"),
        ("w1", "d", "c4", "D", "Water", "ongoing"),
        ("w1", "e", "c1", "E", "Water", "completed"),  # one's own project is no peer
        ("w1", "f", "c2", "F", None, "planning"),
    )
    assert [(unit, peer) for unit, peer, _ in found] == [
        ("c1", "c4"),
        ("c2", "c1"),
        ("c2", "c4"),
        ("c4", "c1"),
    ]


def test_those_that_share_more_come_first_with_the_reason_in_words():
    found = offers(
        ("w1", "a", "c1", "A", "Water", "planning"),
        ("w1", "b", "c4", "B", "Water", "completed"),
        ("w1", "c", "c2", "C", "Water", "completed"),
        ("w1", "d", "c3", "D", "Water", "completed"),
    )
    assert found == [
        ("c1", "c2", "completed in the same area; of comparable size; same language (Malay)"),
        ("c1", "c3", "completed in the same area; of the same archetype (seedbed)"),
        ("c1", "c4", "completed in the same area"),
    ]


def test_the_same_sub_area_comes_before_all_else():
    found = offers(
        ("w1", "a", "c1", "A", "Water", "ongoing"),
        ("w1", "b", "c2", "B", "Water", "completed"),
        ("w1", "c", "c4", "C", "Water", "completed"),
        sub_area=["Pipes", "Wells", "Pipes"],
    )
    assert found[0] == ("c1", "c4", "completed in the same sub-area")


def test_a_shared_partner_is_a_reason():
    found = offers(
        ("w1", "a", "c1", "A", "Water", "planning"),
        ("w1", "b", "c4", "B", "Water", "completed"),
        partner=[["c2", "s2"], ["s2"]],
    )
    assert found == [("c1", "c4", "completed in the same area; same partner (S2)")]


def test_only_the_latest_wave_counts_and_unknown_status_teaches_nobody():
    found = offers(
        ("w1", "a", "c2", "A", "Water", "completed"),
        ("w2", "b", "c1", "B", "Water", "planning"),
        ("w2", "c", "c3", "C", "Water", "undetermined"),
    )
    assert found == []


def test_what_nobody_has_finished():
    projects = register(
        ("w1", "a", "c1", "A", "Water", "completed"),
        ("w2", "b", "c1", "B", "Transport", "planning"),
        ("w2", "c", "c2", "C", "Transport", "undetermined"),
        ("w2", "d", "c3", "D", "Water", "ongoing"),
    )
    areas = rows_of(
        "areas",
        {"area": "Water"},
        {"area": "Transport"},
        {"area": "Energy"},
        {"area": "Water", "sub_area": "Pipes"},
    )
    found = gaps(prepared(projects, UNITS, WAVES), areas)
    assert found.rows() == [("Transport", None, 1, 1, 1), ("Energy", None, 0, 0, 0)]
