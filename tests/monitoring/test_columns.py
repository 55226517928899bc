"""Every table that monitoring makes says what its rows and columns mean."""

from __future__ import annotations

from printed_figures import rows_of

from diffuscope.monitoring.change import changes, movements
from diffuscope.monitoring.city_areas import city_areas
from diffuscope.monitoring.columns import TABLES
from diffuscope.monitoring.indicators import indicator_values
from diffuscope.monitoring.links import links_to_confirm
from diffuscope.monitoring.money import budgets, support_sums
from diffuscope.monitoring.named_sources import named_sources
from diffuscope.monitoring.partners import meetings, project_partners
from diffuscope.monitoring.peers import gaps, peers, traits
from diffuscope.monitoring.response import (
    change_response,
    count_response,
    offer_response,
    response,
    settled,
)
from diffuscope.monitoring.returns import returns_of, wave_returns
from diffuscope.monitoring.waves import counts, prepared, totals
from register import UNITS, WAVES, register


def test_tables_have_the_columns_that_are_explained():
    rows = prepared(
        register(("w1", "a", "c1", "A", "X", "planning"), ("w2", "a", "c1", "A", "X", "ongoing")),
        UNITS,
        WAVES,
    )
    units = rows_of("units", {"unit": "c1", "name": "C", "kind": "city", "role": "adopter"})
    who = returns_of(rows, units, rows_of("returns"), WAVES)
    moved = settled(movements(rows, "w1", "w2"), who)
    offers = peers(rows, traits(units, rows_of("attributes")))
    made = {
        "wave_totals": response(totals(rows, WAVES), rows, who),
        "wave_returns": wave_returns(who),
        "project_counts": count_response(counts(rows), rows, who),
        "city_areas": city_areas(rows),
        "wave_changes": change_response(changes(moved), who),
        "movements": moved,
        "links_to_confirm": links_to_confirm(rows),
        "learning_peers": offer_response(offers, rows, who, ("row", "peer_row")),
        "unfinished_areas": offer_response(gaps(rows, rows_of("areas", {"area": "X"})), rows, who),
        "budgets": budgets(rows),
        "support_sums": support_sums(rows_of("support")),
        "named_sources": named_sources(rows_of("adoptions")),
        "project_partners": project_partners(rows),
        "meetings": meetings(rows_of("events"), rows_of("attendance")),
        "indicator_values": indicator_values(rows_of("indicators"), WAVES),
    }
    assert set(made) == set(TABLES)
    for name, frame in made.items():
        assert frame.columns == list(TABLES[name][1]), name
