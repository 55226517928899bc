"""Links to confirm: titles alike, split projects, titles in another language, cities of a near-same name."""

from __future__ import annotations

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from printed_figures import rows_of
from verify.drawn import examples

from diffuscope.monitoring.links import links_to_confirm
from diffuscope.monitoring.problems import register_problems
from diffuscope.monitoring.waves import prepared
from register import register

WAVES = {"w1": "2022", "w2": "2023", "w3": "2024"}
CITIES = rows_of(
    "units",
    *({"unit": unit, "name": name, "parent": "tha"} for unit, name in (
        ("bangkok", "กรุงเทพมหานคร (Bangkok)"), ("chonburi", "Chonburi"), ("phuket", "Phuket"),
        ("chonburi-p", "Chon Buri (province)"), ("ha-noi", "Hà Nội"), ("hanoi", "Ha Noi"),
    )),
)  # fmt: skip


def offers(projects: pl.DataFrame) -> list[tuple[int, str, str]]:
    found = links_to_confirm(prepared(projects, CITIES, WAVES), CITIES)
    return found.select("row", "column", "project").rows()


def reason(projects: pl.DataFrame) -> str:
    (found,) = links_to_confirm(prepared(projects, CITIES, WAVES), CITIES).to_dicts()
    return found["reason"]


def with_facts(projects: pl.DataFrame, **columns: list[object]) -> pl.DataFrame:
    kinds = {"budget": pl.Float64, "partner": pl.List(pl.String)}
    return projects.with_columns(
        pl.Series(name, cells, dtype=kinds.get(name, pl.String)) for name, cells in columns.items()
    )


def test_two_rows_alike_to_one_project_are_offered_as_its_parts():
    rows = register(
        ("w1", "chb-a", "chonburi", "Amata Smart City", "Civic", "ongoing"),
        ("w2", None, "chonburi", "Amata Smart City Phase 1", "Civic", "completed"),
        ("w2", None, "chonburi", "Amata Smart City Phase 2", "Civic", "planning"),
    )
    assert offers(rows) == [(3, "succeeds", "chb-a"), (4, "succeeds", "chb-a")]


def test_a_project_is_offered_as_the_same_to_one_row_only():
    rows = register(
        ("w1", "bus", "phuket", "Bus lanes in the old town", "X", "ongoing"),
        ("w2", None, "phuket", "Bus lanes in the old town", "X", "ongoing"),
        ("w2", None, "phuket", "Lights for bus lanes", "X", "planning"),
    )
    assert offers(rows) == [(3, "project", "bus"), (4, "succeeds", "bus")]


def test_a_title_in_another_language_where_one_of_each_is_left():
    rows = register(
        ("w1", "han-p", "ha-noi", "Smart parking", "Built", "ongoing"),
        ("w1", "bus", "ha-noi", "Bus lanes", "Built", "ongoing"),
        ("w2", "bus", "ha-noi", "Bus lanes", "Built", "ongoing"),
        ("w2", None, "ha-noi", "Bãi đỗ xe thông minh", "Built", "ongoing"),
    )
    assert offers(rows) == [(5, "project", "han-p")]
    assert reason(rows).startswith("the only row of this area without a link")


def test_two_left_on_one_side_are_not_guessed_at():
    one = ("w1", "a", "ha-noi", "Smart parking", "Built", "ongoing")
    other = ("w1", "b", "ha-noi", "Metro tickets", "Built", "ongoing")
    new = ("w2", None, "ha-noi", "Bãi đỗ xe thông minh", "Built", "ongoing")
    assert offers(register(one, other, new)) == []
    assert offers(register(one, new, (*new[:3], "Thẻ xe điện", *new[4:]))) == []
    assert offers(register(one, (*new[:4], "Other", new[5]))) == []


def test_partners_budget_or_dates_single_one_out():
    rows = register(
        ("w1", "a", "ha-noi", "Smart parking", "Built", "ongoing"),
        ("w1", "b", "ha-noi", "Metro tickets", "Built", "ongoing"),
        ("w2", None, "ha-noi", "Bãi đỗ xe thông minh", "Built", "ongoing"),
    )
    money = with_facts(rows, budget=[5e6, 2e6, 5e6], currency=["USD", "USD", "USD"])
    assert offers(money) == [(4, "project", "a")]
    assert reason(money).startswith("the same budget in the same area")
    assert offers(with_facts(money, currency=["VND", "USD", "USD"])) == []
    assert offers(with_facts(rows, partner=[["jica"], ["adb"], ["jica"]])) == [(4, "project", "a")]
    assert offers(with_facts(rows, end_planned=["2026", "2025", "2025"])) == [(4, "project", "b")]
    # the same of both is no reason
    assert offers(with_facts(rows, partner=[["jica"], ["jica"], ["jica"]])) == []


def test_a_project_that_was_gone_before_is_not_left_over():
    rows = register(
        ("w1", "a", "ha-noi", "Smart parking", "Built", "ongoing"),
        ("w2", "b", "ha-noi", "Metro", "Other", "ongoing"),
        ("w3", "b", "ha-noi", "Metro", "Other", "ongoing"),
        ("w3", None, "ha-noi", "Bãi đỗ xe", "Built", "ongoing"),
    )
    assert offers(rows) == []


def test_the_same_title_under_a_city_nearly_of_that_name():
    rows = register(
        ("w1", "a", "chonburi", "Amata Smart City", "Civic", "ongoing"),
        ("w1", "b", "phuket", "Data platform", "Civic", "ongoing"),
        ("w2", None, "chonburi-p", "Amata Smart City", "Civic", "ongoing"),
        ("w2", None, "bangkok", "Data platform", "Civic", "ongoing"),
    )
    assert offers(rows) == [(4, "project", "a")]
    assert reason(rows) == "the same title; Chon Buri (province) and Chonburi are nearly one name"


def test_titles_alike_where_one_city_goes_and_one_nearly_of_its_name_comes():
    gone = ("w1", "a", "ha-noi", "Smart parking downtown", "X", "ongoing")
    new = ("w2", None, "hanoi", "Smart parking", "Y", "ongoing")
    assert offers(register(gone, new)) == [(3, "project", "a")]
    # the old name is still there: then only the same title speaks for it
    still = ("w2", "b", "ha-noi", "Metro", "Z", "ongoing")
    assert offers(register(gone, still, new)) == []


def test_a_row_that_says_what_it_succeeds_asks_for_nothing():
    rows = register(
        ("w1", "a", "phuket", "Bus lanes", "X", "ongoing"),
        ("w2", " < a", "phuket", "Bus lanes", "X", "ongoing"),
    )
    assert offers(rows) == []


# --- whoever takes every offer breaks no rule


TITLES = (
    "Bus lanes",
    "Bus lanes phase 2",
    "Bus lane lights",
    "Smart parking",
    "Parking",
    "Xe buýt",
    "Bãi đỗ xe",
)


@st.composite
def registers(draw) -> pl.DataFrame:
    """Registers that are sound, with joint projects, successions and rows without a link."""
    rows: list[tuple] = []
    seen: list[str] = []
    for wave in WAVES:
        ids = draw(st.lists(st.sampled_from("abcdef"), unique=True, max_size=4))
        for name in ids:
            rows.append((wave, name, *draw(cells())))
        for _ in range(draw(st.integers(0, 4))):
            before = (
                draw(st.sampled_from(seen)) if seen and draw(st.booleans()) and draw(st.booleans()) else None
            )
            rows.append((wave, f" < {before}" if before else None, *draw(cells())))
        seen += ids
    return register(*rows)


def cells() -> st.SearchStrategy[tuple[str, str, str | None, str]]:
    return st.tuples(
        st.sampled_from(("ha-noi", "hanoi", "chonburi", "chonburi-p", "ha-noi;phuket", "phuket")),
        st.sampled_from(TITLES),
        st.sampled_from((None, "X", "Y")),
        st.sampled_from(("planning", "ongoing", "completed", "on hold")),
    )


def errors(projects: pl.DataFrame) -> list[str]:
    tables = {name: rows_of(name) for name in ("areas", "published", "claims", "indicators")}
    found = register_problems({**tables, "projects": projects}, {}, WAVES)
    return [f"{one.row}: {one.rule} {one.value}" for one in found if one.level == "error"]


@settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(registers(), st.data())
def test_taking_every_offer_breaks_no_rule(projects, data):
    assert errors(projects) == []
    for _ in range(3):  # what is taken may give rise to further offers
        found = links_to_confirm(prepared(projects, CITIES, WAVES), CITIES)
        if found.is_empty():
            break
        for row, mine in found.group_by("row", maintain_order=True):
            parts = mine.filter(pl.col("column") == "succeeds")["project"].to_list()
            same = mine.filter(pl.col("column") == "project")["project"].to_list()
            assert not (parts and same)
            here = pl.col("_row") == row[0]
            taken = data.draw(st.sampled_from(same)) if same else None
            of_parts = pl.lit(parts or None, dtype=pl.List(pl.String))
            projects = projects.with_columns(
                project=pl.when(here & pl.lit(bool(same))).then(pl.lit(taken)).otherwise("project"),
                succeeds=pl.when(here & pl.lit(bool(parts))).then(of_parts).otherwise("succeeds"),
                link_basis=pl.when(here).then(pl.lit("judged")).otherwise("link_basis"),
            )
        assert errors(projects) == []
