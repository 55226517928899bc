"""A joint project in audits, claims and peers: once in totals, and in each of its cities and states."""

from __future__ import annotations

import polars as pl
from printed_figures import figure, published, rows_of

from diffuscope.monitoring.audit import audit
from diffuscope.monitoring.audit.printed import printed
from diffuscope.monitoring.claims import Facts, check_claims
from diffuscope.monitoring.peers import gaps, peers, traits
from diffuscope.monitoring.returns import returns_of
from diffuscope.monitoring.waves import prepared
from register import WAVES, register

UNITS = rows_of(
    "units",
    {"unit": "north", "name": "Northland"},
    {"unit": "south", "name": "Southland"},
    {"unit": "alder", "name": "Alder", "parent": "north"},
    {"unit": "birch", "name": "Birch", "parent": "north"},
    {"unit": "cedar", "name": "Cedar", "parent": "south"},
)
AREAS = rows_of("areas", {"area": "Transport"}, {"area": "Water"})
PROJECTS = register(
    ("w1", "study", "alder;cedar", "Study", "Transport", "completed"),
    ("w1", "ring", "alder;birch", "Ring", "Transport", "ongoing"),
    ("w1", "wells", "cedar", "Wells", "Water", "planning"),
).with_columns(source=pl.lit("report, p. 1"))
READY = prepared(PROJECTS, UNITS, WAVES)
RETURNS = returns_of(READY, UNITS, rows_of("returns"), WAVES)


def outcomes(*figures: dict[str, object]) -> list[str]:
    rows = audit(published(*figures), READY, UNITS, AREAS, RETURNS)
    found = {row.rows[0].row: row.outcome for row in rows if row.kind == "counted"}
    return [found[at] for at in sorted(found)]


def test_printed_counts_of_cities_states_and_totals():
    right = {"alder": "2", "birch": "1", "cedar": "2", "north": "2", "south": "2"}
    assert (
        outcomes(
            figure("d", "projects", "3"),
            figure("d", "cities", "3"),
            figure("d", "projects", "2", area="Transport"),
            figure("d", "cities", "3", area="Transport"),
            figure("d", "cities", "2", unit="north"),
            figure("d", "cities", "1", unit="south"),
            *(figure("d", "projects", count, unit=unit) for unit, count in right.items()),
            figure("d", "projects", "1", unit="south", status="completed"),
            figure("d", "projects", "1", unit="north", status="completed"),
            figure("d", "share", "50", unit="north", status="completed"),
        )
        == ["confirmed"] * 14
    )
    # counted once for each city they would be 5, and in the north 3
    assert (
        outcomes(figure("d", "projects", "5"), figure("d", "projects", "3", unit="north")) == ["differs"] * 2
    )


def test_printed_lists_of_cities_have_those_of_joint_projects():
    rows = audit(
        published(*(figure("d", "listed-city", "1", unit=unit) for unit in ("alder", "birch"))),
        READY, UNITS, AREAS, RETURNS,
    )  # fmt: skip
    assert [row.outcome for row in rows if row.kind == "list"] == ["confirmed"]


def claim(**said: object) -> str:
    told = printed(published(), UNITS, READY, RETURNS)
    facts = Facts(READY, told, rows_of("adoptions"), rows_of("attributes"), {}, RETURNS)
    made = {"id": "k", "document": "d", "paraphrase": "…", "to_wave": "w1", **said}
    return check_claims(rows_of("claims", made), facts)[0].outcome


def test_claims_count_a_joint_project_once_and_in_each_place():
    assert claim(kind="total", value=3.0) == "confirmed"
    assert claim(kind="total", value=2.0, unit="north") == "confirmed"
    assert claim(kind="total", value=2.0, unit="cedar") == "confirmed"
    assert claim(kind="total", value=2.0, unit="north", quantity="cities") == "confirmed"
    assert claim(kind="total", value=3.0, quantity="cities") == "confirmed"
    assert claim(kind="share", value=67.0, unit="south") == "confirmed"
    assert claim(kind="only", unit="cedar", area="Water") == "confirmed"
    assert claim(kind="only", unit="alder", area="Transport") == "differs"
    assert claim(kind="only", unit="north", area="Transport") == "differs"  # Cedar is in the south
    assert claim(kind="first", unit="cedar") == "differs"


def test_each_city_of_a_joint_project_learns_and_is_learnt_from():
    rows = prepared(
        register(
            ("w1", "a", "alder;cedar", "A", "Transport", "planning"),
            ("w1", "b", "birch;cedar", "B", "Transport", "completed"),
        ),
        UNITS,
        WAVES,
    )
    found = peers(rows, traits(UNITS, rows_of("attributes"))).select("unit", "peer").rows()
    # Cedar is no peer of its own
    assert found == [("alder", "birch"), ("alder", "cedar"), ("cedar", "birch")]
    (gap,) = gaps(rows, AREAS).to_dicts()
    assert (gap["area"], gap["open"]) == ("Water", 0)


def test_gaps_count_projects_once_and_their_units_all():
    found = gaps(READY.filter(pl.col("status") != "completed"), AREAS).to_dicts()
    assert [(gap["area"], gap["open"], gap["units"]) for gap in found] == [
        ("Transport", 1, 2),
        ("Water", 1, 1),
    ]


def test_projects_on_hold_or_cancelled_are_neither_open_nor_unknown():
    stopped = ("on hold", "cancelled", "not stated")
    rows = prepared(register(*(("w1", name, "alder", name, "Water", name) for name in stopped)), UNITS, WAVES)
    assert gaps(rows, AREAS.filter(area="Water")).select("open", "unknown").rows() == [(0, 1)]


def test_a_row_of_shares_may_name_further_statuses():
    shares = {"completed": "25", "ongoing": "25", "planning": "25", "on hold": "25"}
    figures = [figure("d", "share", value, unit="north", status=name) for name, value in shares.items()]
    rows = audit(published(*figures), READY, UNITS, AREAS, RETURNS)
    (found,) = [row for row in rows if row.kind == "row of shares"]
    assert (found.outcome, found.computed) == ("confirmed", "100")
