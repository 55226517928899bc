"""Who was expected to report, who did, and what an absent return can overturn, each worked out by hand."""

from __future__ import annotations

from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from printed_figures import figure, published, rows_of

from diffuscope.monitoring.audit import audit
from diffuscope.monitoring.audit.printed import printed
from diffuscope.monitoring.bounds import Span, compared, count_span, exactly, share_span
from diffuscope.monitoring.change import changes, movements
from diffuscope.monitoring.claims import Facts, check_claims
from diffuscope.monitoring.peers import gaps
from diffuscope.monitoring.response import count_response, offer_response, response, settled
from diffuscope.monitoring.return_problems import return_problems
from diffuscope.monitoring.returns import Returns, network_of, returns_of, wave_returns
from diffuscope.monitoring.waves import counts, prepared, totals
from register import WAVES, register

UNITS = rows_of(
    "units",
    {"unit": "s1", "name": "Eastland", "kind": "state", "role": "other"},
    {"unit": "s2", "name": "Westland", "kind": "state", "role": "other"},
    {"unit": "a", "name": "Ash", "kind": "city", "role": "adopter", "parent": "s1"},
    {"unit": "b", "name": "Birch", "kind": "city", "role": "adopter", "parent": "s1"},
    {"unit": "c", "name": "Cedar", "kind": "city", "role": "adopter", "parent": "s2"},
    {"unit": "d", "name": "Dogwood", "kind": "city", "role": "adopter", "parent": "s2", "entered": "2023-06"},
    {"unit": "x", "name": "Elsewhere", "kind": "city", "role": "adopter"},
    {"unit": "fund", "name": "Fund", "kind": "organisation", "role": "promoter"},
)
AREAS = rows_of("areas", {"area": "Water"}, {"area": "Transport"})
# w1 is 2022, w2 2023, w3 2024; Birch sends nothing in w2
PROJECTS = register(
    ("w1", "p1", "a", "Pipes", "Water", "ongoing"),
    ("w1", "p2", "b", "Drains", "Water", "ongoing"),
    ("w1", "p3", "c", "Buses", "Transport", "ongoing"),
    ("w2", "p1", "a", "Pipes", "Water", "completed"),
    ("w2", "p3", "c", "Buses", "Transport", "completed"),
    ("w2", "p4", "d", "Trams", "Transport", "completed"),
).with_columns(source=pl.lit("return"))
ROWS = prepared(PROJECTS, UNITS, WAVES)


def returned(*rows: tuple[str, str, str]) -> pl.DataFrame:
    made = ({"wave": wave, "unit": unit, "state": state, "source": "letter"} for wave, unit, state in rows)
    return rows_of("returns", *made)


def who(*rows: tuple[str, str, str], projects: pl.DataFrame = ROWS, asked: tuple[str, ...] = ()) -> Returns:
    return returns_of(projects, UNITS, returned(*rows), WAVES, asked)


# Who was expected, and who reported


def test_a_unit_with_rows_elsewhere_and_none_here_is_unknown():
    found = who()
    assert found.expected("w1") == ("a", "b", "c")  # Dogwood entered in 2023, Elsewhere has no projects
    assert found.expected("w2") == ("a", "c", "d", "b")
    assert (found.returned("w2"), found.missing("w2")) == (("a", "c", "d"), ("b",))
    assert found.rate("w2") == "3 of 4 returns; missing: Birch"
    assert found.rate("w1") == "3 of 3 returns"
    assert found.rates(["w1", "w2"]) == "w1: 3 of 3 returns; w2: 3 of 4 returns; missing: Birch"
    assert (found.is_known("w2", "s2"), found.is_known("w2", "s1")) == (True, False)


@pytest.mark.parametrize(
    ("state", "expected", "reported", "rate"),
    [
        ("nil", 4, 4, "4 of 4 returns"),
        ("silent", 4, 3, "3 of 4 returns; missing: Birch"),
        ("excused", 3, 3, "3 of 3 returns"),
    ],
)
def test_what_the_table_says_of_a_unit_without_rows(state, expected, reported, rate):
    found = who(("w2", "b", state))
    assert (len(found.expected("w2")), len(found.returned("w2"))) == (expected, reported)
    assert found.rate("w2") == rate


def test_rows_carried_forward_count_and_are_no_return():
    rows = prepared(
        pl.concat([PROJECTS, register(("w2", "p2", "b", "Drains", "Water", "ongoing"))]), UNITS, WAVES
    ).with_columns(_row=pl.int_range(2, pl.len() + 2, dtype=pl.UInt32))
    found = who(("w2", "b", "carried forward"), projects=rows)
    assert found.rate("w2") == "3 of 4 returns; carried forward: Birch"
    told = response(totals(rows, WAVES), rows, found).row(1, named=True)
    assert (told["projects"], told["carried_projects"]) == (4, 1)
    assert (told["expected"], told["returned"], told["carried_forward"]) == (4, 3, 1)
    counted = count_response(counts(rows), rows, found)
    water = counted.filter(pl.col("wave") == "w2", pl.col("name") == "Water", pl.col("status").is_null())
    assert water.select("projects", "carried_projects").row(0) == (2, 1)
    moved = settled(movements(rows, "w1", "w2"), found).filter(pl.col("project") == "p2")
    assert moved.select("change", "why").row(0) == (
        "unknown", "for w2, rows of an earlier wave are used for Birch",
    )  # fmt: skip


def test_a_state_speaks_for_its_cities():
    found = who(("w2", "s1", "silent"))
    assert "s1" not in found.expected("w2")
    # Ash has rows of its own; Birch has none
    standings = {one.unit: one.standing for one in found.waves["w2"].values()}
    assert (standings["a"], standings["b"], standings["c"]) == ("received", "silent", "received")
    # that a state's return came does not say that Birch is in it
    assert who(("w2", "s1", "received")).missing("w2") == ("b",)


def test_units_of_a_question_by_waves_are_expected():
    assert "x" in who(asked=("x", "s1", "fund")).expected("w2")
    assert not {"s1", "fund"} & set(who(asked=("x", "s1", "fund")).expected("w2"))


def test_every_return_has_its_row():
    table = wave_returns(who(("w2", "b", "silent")))
    rows = {
        (wave, unit): (standing, projects) for wave, unit, _, standing, _, projects, _ in table.iter_rows()
    }
    assert rows["w2", "b"] == ("silent", None)
    assert rows["w2", "a"] == ("received", 1)
    assert ("w1", "d") not in rows
    nil = wave_returns(who(("w2", "b", "nil"))).filter(pl.col("unit") == "b", pl.col("wave") == "w2")
    assert nil.select("standing", "projects", "row").row(0) == ("nil", 0, 2)


# What changed


def test_nothing_has_left_because_its_city_is_silent():
    moved = settled(movements(ROWS, "w1", "w2"), who())
    drains = moved.filter(pl.col("project") == "p2").row(0, named=True)
    assert (drains["change"], drains["why"]) == ("unknown", "it is not recorded whether Birch reported in w2")
    silent = settled(movements(ROWS, "w1", "w2"), who(("w2", "b", "silent")))
    assert silent.filter(pl.col("project") == "p2")["why"].to_list() == ["Birch sent no return in w2"]
    told = settled(movements(ROWS, "w1", "w2"), who(("w2", "b", "nil")))
    assert told.filter(pl.col("project") == "p2")["change"].to_list() == ["left"]
    # Dogwood came in between the waves, so its tram is new; and a count of both waves leaves the unknown out
    assert moved.filter(pl.col("project") == "p4")["change"].to_list() == ["entered"]
    summed = {row["change"]: row["in_both"] for row in changes(moved).to_dicts() if row["area"] is None}
    assert summed == {"entered": 0, "moved on": 2, "unknown": 0}


def test_nothing_has_entered_because_its_city_was_silent_before():
    rows = prepared(
        register(
            ("w1", "p1", "a", "Pipes", "Water", "ongoing"),
            ("w1", "p2", "b", "Drains", "Water", "ongoing"),
            ("w2", "p1", "a", "Pipes", "Water", "ongoing"),
            ("w3", "p1", "a", "Pipes", "Water", "ongoing"),
            ("w3", "p5", "b", "Wells", "Water", "ongoing"),
        ),
        UNITS,
        WAVES,
    )
    for state in ("silent", "excused"):
        moved = settled(movements(rows, "w2", "w3"), who(("w2", "b", state), projects=rows))
        assert moved.filter(pl.col("project") == "p5")["change"].to_list() == ["unknown"]
    # who was excused because it was not a member yet has nothing to hide
    moved = settled(movements(rows, "w2", "w3"), who(("w1", "b", "nil"), ("w2", "b", "nil"), projects=rows))
    assert moved.filter(pl.col("project") == "p5")["change"].to_list() == ["entered"]


def test_peers_and_unfinished_areas_say_what_they_rest_on():
    found = offer_response(gaps(ROWS, AREAS.vstack(rows_of("areas", {"area": "Air"}))), ROWS, who())
    assert found.select("area", "expected", "returned", "missing").rows() == [("Air", 4, 3, "b")]


# Claims


def claimed(*returns: tuple[str, str, str], **claim: object):
    found = who(*returns)
    told = printed(published(), UNITS, ROWS, found)
    facts = Facts(ROWS, told, rows_of("adoptions"), rows_of("attributes"), {}, found, areas=2)
    made = {"id": "k", "document": "paper", "paraphrase": "…"} | claim
    return check_claims(rows_of("claims", made), facts)[0]


BOTH = {"from_wave": "w1", "to_wave": "w2"}
BACK = {"from_wave": "w2", "to_wave": "w1"}
WATER = {"area": "Water"}


@pytest.mark.parametrize(
    ("claim", "absent", "nil"),
    [
        # Birch's projects of w2 can undo the fall; had it none, Water fell from 2 to 1
        ({"kind": "falls", **WATER, **BOTH}, "ambiguous", "confirmed"),
        # Transport rose from 1 to 2 whatever Birch has: by number; by share what came in agrees
        ({"kind": "rises", "area": "Transport", **BOTH}, "confirmed", "confirmed"),
        # backwards, what is unknown is where it came from; 3 of at least 3 is no rise
        ({"kind": "rises", **WATER, **BACK}, "ambiguous", "confirmed"),
        ({"kind": "rises", **BACK}, "differs", "differs"),
        ({"kind": "unchanged", **BOTH}, "ambiguous", "confirmed"),
        ({"kind": "all completed", "to_wave": "w2"}, "ambiguous", "confirmed"),
        ({"kind": "all completed", "unit": "s1", "to_wave": "w2"}, "ambiguous", "confirmed"),
        ({"kind": "all completed", "unit": "s2", "to_wave": "w2"}, "confirmed", "confirmed"),
        ({"kind": "all completed", "to_wave": "w1"}, "differs", "differs"),
        ({"kind": "only", "unit": "a", **WATER, "to_wave": "w2"}, "ambiguous", "confirmed"),
        ({"kind": "only", "unit": "s1", **WATER, "to_wave": "w2"}, "confirmed", "confirmed"),
        ({"kind": "only", "unit": "c", "area": "Transport", "to_wave": "w2"}, "differs", "differs"),
        ({"kind": "drops", "unit": "b", **WATER, **BOTH}, "not checkable", "confirmed"),
        ({"kind": "drops", "unit": "s1", **WATER, **BOTH}, "differs", "differs"),
        ({"kind": "adds", "unit": "s1", "area": "Transport", **BOTH}, "not checkable", "differs"),
        ({"kind": "unchanged", "unit": "s1", **BOTH}, "ambiguous", "confirmed"),
        ({"kind": "unchanged", "unit": "s2", **BOTH}, "confirmed", "confirmed"),
        ({"kind": "total", "to_wave": "w2", "value": 3.0}, "ambiguous", "confirmed"),
        ({"kind": "total", "to_wave": "w2", "value": 2.0}, "differs", "differs"),
        ({"kind": "total", "to_wave": "w2", "value": 5.0}, "not checkable", "differs"),
        # four units at most can have projects, and two areas are all there are
        ({"kind": "total", "to_wave": "w2", "value": 5.0, "quantity": "cities"}, "differs", "differs"),
        ({"kind": "total", "to_wave": "w2", "value": 3.0, "quantity": "cities"}, "ambiguous", "confirmed"),
        ({"kind": "total", "to_wave": "w2", "value": 2.0, "quantity": "areas"}, "confirmed", "confirmed"),
        ({"kind": "share", **WATER, "to_wave": "w2", "value": 33.0}, "ambiguous", "confirmed"),
        ({"kind": "share", **WATER, "to_wave": "w2", "value": 50.0}, "not checkable", "differs"),
        # Westland's own returns are whole, so its share can only shrink
        ({"kind": "share", "unit": "s2", "to_wave": "w2", "value": 80.0}, "differs", "differs"),
        ({"kind": "share", "unit": "s2", "to_wave": "w2", "value": 50.0}, "not checkable", "differs"),
        ({"kind": "first", "unit": "a"}, "differs", "differs"),
    ],
)
def test_what_an_absent_return_can_overturn(claim, absent, nil):
    assert claimed(**claim).outcome == absent
    assert claimed(("w2", "b", "silent"), **claim).outcome == absent
    assert claimed(("w2", "b", "nil"), **claim).outcome == nil


def test_a_claim_says_on_how_many_returns_it_rests():
    row = claimed(kind="all completed", to_wave="w2")
    assert row.returns == "3 of 4 returns; missing: Birch"
    assert row.description == (
        "True of the returns received (every project completed, in the register: 3 of 3, but a missing "
        "return could change this). It rests on 3 of 4 returns; missing: Birch."
    )
    whole = claimed(("w2", "b", "nil"), kind="all completed", to_wave="w2")
    assert whole.returns == "4 of 4 returns"
    assert "returns" not in whole.description
    assert claimed(kind="falls", **WATER, **BOTH).description.endswith(
        "Returns by wave: w1: 3 of 3 returns; w2: 3 of 4 returns; missing: Birch."
    )


def test_first_is_open_while_somebody_else_is_missing():
    rows = prepared(
        register(("w1", "p", "a", "P", "Water", "ongoing"), ("w2", "q", "b", "Q", "Water", "ongoing")),
        UNITS,
        WAVES,
    )
    for state, outcome in ((None, "ambiguous"), ("nil", "confirmed"), ("excused", "confirmed")):
        found = who(*([("w1", "b", state)] if state else []), projects=rows)
        facts = Facts(
            rows,
            printed(published(), UNITS, rows, found),
            rows_of("adoptions"),
            rows_of("attributes"),
            {},
            found,
        )
        claim = rows_of(
            "claims", {"id": "k", "document": "d", "paraphrase": "…", "kind": "first", "unit": "a"}
        )
        assert check_claims(claim, facts)[0].outcome == outcome


# Bounds


small = st.integers(0, 6)


@given(before=small, after=small, extra=small, kind=st.sampled_from(["rises", "falls", "unchanged"]))
def test_a_sure_comparison_holds_whatever_the_absent_return_adds(before, after, extra, kind):
    true = {
        "rises": after + extra > before,
        "falls": after + extra < before,
        "unchanged": after + extra == before,
    }
    judged = compared(kind, exactly(before), count_span(after, after, absent=1))
    assert judged.holds in (None, true[kind])
    seen = {"rises": after > before, "falls": after < before, "unchanged": after == before}
    assert judged.holds is not None or judged.received == seen[kind]


@given(part=small, rest=small, more=small, others=small)
def test_a_share_lies_within_its_bounds(part, rest, more, others):
    if part + rest == 0:
        return
    whole = count_span(part + rest, part + rest, absent=1)
    within = share_span(count_span(part, part, absent=1), whole)
    share = Fraction(part + more, part + rest + more + others)
    assert within.low <= share <= within.high
    outside = share_span(exactly(part), whole)
    assert outside.low <= Fraction(part, part + rest + others) <= outside.high


def test_a_rise_and_a_fall_are_each_refuted_by_enough():
    assert compared("falls", exactly(2), Span(2, 2, None)).holds is False
    assert compared("rises", Span(3, 3, None), exactly(3)).holds is False
    assert compared("unchanged", exactly(2), Span(3, 3, None)).holds is False


# Printed figures


def audited(*figures: dict[str, object], returns: tuple[tuple[str, str, str], ...] = ()) -> list:
    return list(audit(published(*figures), ROWS, UNITS, AREAS, who(*returns)))


@pytest.mark.parametrize(
    ("asked", "absent", "nil"),
    [
        (("projects", "3", {}), "ambiguous", "confirmed"),
        (("projects", "2", {}), "differs", "differs"),
        (("projects", "4", {}), "not checkable", "differs"),
        (("projects", "2", {"unit": "s2"}), "confirmed", "confirmed"),
        (("projects", "1", {"unit": "s1"}), "ambiguous", "confirmed"),
        (("cities", "3", {}), "ambiguous", "confirmed"),
        (("cities", "5", {}), "differs", "differs"),
        (("share", "33", {"area": "Water"}), "ambiguous", "confirmed"),
        (("share", "40", {"area": "Water"}), "not checkable", "differs"),
        (("share", "100", {"unit": "s2", "status": "completed"}), "confirmed", "confirmed"),
        (("share", "67", {"unit": "s2"}), "ambiguous", "confirmed"),
        (("returns", "3", {}), "confirmed", "differs"),
        (("returns", "4", {}), "differs", "confirmed"),
        (("expected-returns", "4", {}), "confirmed", "confirmed"),
        (("carried-forward", "0", {}), "confirmed", "confirmed"),
    ],
)
def test_a_printed_figure_is_at_least_what_came_in(asked, absent, nil):
    quantity, text, about = asked
    made = figure("paper", quantity, text, wave="w2", **about)
    (row,) = [row for row in audited(made) if row.kind == "counted"]
    assert row.outcome == absent
    (whole,) = [row for row in audited(made, returns=(("w2", "b", "nil"),)) if row.kind == "counted"]
    assert whole.outcome == nil


def test_a_document_that_prints_its_response_rate_counts_what_came_in():
    made = [figure("paper", "projects", "3", wave="w2"), figure("paper", "returns", "3", wave="w2")]
    rows = {
        row.printed: row
        for row in audited(*made)
        if row.description.startswith("The register gives 3, as printed")
    }
    assert {row.outcome for row in audited(*made) if row.kind == "counted"} == {"confirmed"}
    assert rows["3"].returns == "3 of 4 returns; missing: Birch"


def test_a_document_whose_whole_is_what_came_in_speaks_of_nothing_else():
    # 3 projects in all, as in the register: 40 % of them cannot be Water, whatever Birch has
    made = [
        figure("paper", "projects", "3", wave="w2"),
        figure("paper", "share", "40", wave="w2", area="Water"),
    ]
    found = {row.area: row.outcome for row in audited(*made) if row.kind == "counted"}
    assert found == {None: "ambiguous", "Water": "differs"}


def test_a_city_without_a_return_is_not_said_to_be_missing_from_the_source():
    made = [
        figure("paper", "listed-city", "Ash", wave="w2", unit="a", value=1.0),
        figure("paper", "listed-city", "Birch", wave="w2", unit="b", value=1.0),
    ]
    (row,) = [row for row in audited(*made) if row.kind == "list"]
    assert (row.outcome, row.description) == ("not checkable", "Without a return: Birch.")


# Problems


def test_returns_that_contradict_the_rows_are_told():
    bad = returned(
        ("w2", "b", "received"), ("w2", "a", "silent"), ("w1", "c", "received"), ("w2", "s1", "received")
    )
    found = return_problems(bad, PROJECTS, UNITS, {"returns": "book.xlsx › returns"})
    assert [(one.rule, one.row, one.value, one.level) for one in found] == [
        ("return-with-projects", 3, "silent", "error"),
        ("return-without-projects", 2, "received", "error"),
    ]
    assert "row 5" in found[0].message


@pytest.mark.parametrize("kind", ["falls", "rises", "share"])
def test_nothing_is_a_share_of_a_wave_in_which_all_report_that_they_have_none(kind):
    """In w3 all four cities report nothing: the number falls from 1 to 0, and there is no share of 0."""
    nil = [("w3", unit, "nil") for unit in "abcd"]
    waves = {"to_wave": "w3", "value": 0.0} if kind == "share" else {"from_wave": "w2", "to_wave": "w3"}
    found = claimed(*nil, kind=kind, **WATER, **waves)
    told = {one.looks_at: one.holds for one in found.readings}
    if kind == "share":
        assert told == {"counted in the register, w3": None}
    else:
        assert told == {
            "number of projects in the register": kind == "falls",
            "share of all projects in the register, per cent": None,
        }


def test_rows_without_a_unit_or_a_wave_belong_to_no_return():
    """Such rows are errors of the table; what counts returns beside them must not stop."""
    lacking = pl.concat([PROJECTS, PROJECTS[:2]]).with_row_index("_at")
    lost = {
        name: pl.when(pl.col("_at") == at).then(None).otherwise(name)
        for name, at in (("unit", 6), ("wave", 7))
    }
    rows = lacking.with_columns(**lost).drop("_at")
    returns = rows_of("returns")
    network = network_of(prepared(rows, UNITS, WAVES), UNITS, returns, ())
    assert network == network_of(prepared(PROJECTS, UNITS, WAVES), UNITS, returns, ())
    found = returns_of(prepared(rows, UNITS, WAVES), UNITS, returns, WAVES)
    assert found == returns_of(prepared(PROJECTS, UNITS, WAVES), UNITS, returns, WAVES)
