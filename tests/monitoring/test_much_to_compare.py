"""Registers too large to compare everything with everything: told, refused by name, and in bounded time."""

from __future__ import annotations

import time

import polars as pl

from diffuscope import case_from_frames, run_study
from diffuscope.monitoring import links
from diffuscope.monitoring.links import links_to_confirm
from diffuscope.monitoring.near_names import LETTERS
from diffuscope.monitoring.peers import gaps, peers, traits
from diffuscope.monitoring.succession import ancestors
from diffuscope.monitoring.waves import prepared
from diffuscope.records.work_bounds import NAMES_OF_UNITS, PEERS, RETURNS, TITLES, Allowance
from diffuscope.study import case_problems
from diffuscope.tables.typed import empty
from monitoring.register import register

WAVES = {"w1": "2022", "w2": "2023"}
TOLD = {"source": "s", "status_basis": "reported", "link_basis": "exact title"}


def units(names: dict[str, str]) -> pl.DataFrame:
    given = pl.DataFrame({"unit": list(names), "name": list(names.values())})
    kinds = {"kind": "city", "role": "adopter"}
    return given.with_columns(
        *(pl.lit(word).alias(name) for name, word in kinds.items()),
        aliases=pl.lit(None, dtype=pl.List(pl.String)),
        parent=pl.lit(None, dtype=pl.String),
    )


def rows_of(frame: pl.DataFrame, names: dict[str, str]) -> pl.DataFrame:
    return prepared(frame, units(names), WAVES)


def two_waves(n: int, city: str = "c{}") -> pl.DataFrame:
    """Projects of n cities, of which each comes in the second wave under a name of its own, without links."""
    first = [("w1", f"p{at}", city.format(at), f"Plan of {at}", "A", "ongoing") for at in range(n)]
    second = [("w2", None, city.format(n + at), f"Plan of {at}", "A", "ongoing") for at in range(n)]
    return register(*first, *second)


def test_a_city_nearly_of_the_name_is_found_beyond_the_first_two_hundred():
    """It stands last of 700 cities that were gone with the wave; only 200 were compared, in silence."""
    gone = [("w1", f"p{at}", f"city{at:03}", f"Depot {at}", "A", "ongoing") for at in range(700)]
    rows = register(
        *gone,
        ("w1", "last", "zzhanoi", "Smart parking", "A", "ongoing"),
        ("w2", None, "zz-ha-noi-2", "Smart parking of the town", "B", "ongoing"),
    )
    names = {f"city{at:03}": chr(97 + at % 26) * 3 + str(at) for at in range(700)}
    names |= {"zzhanoi": "Hà Nội", "zz-ha-noi-2": "Hanoi"}
    found = links_to_confirm(rows_of(rows, names), units(names))
    assert found["project"].to_list() == ["last"]


def test_rows_of_one_title_in_many_cities_are_all_compared():
    rows = register(
        *[("w1", f"p{at}", f"c{at:03}", "Smart lighting", "A", "ongoing") for at in range(400)],
        ("w1", "yes", "zchonburi", "Smart lighting", "A", "ongoing"),
        ("w2", None, "new", "Smart lighting", "A", "ongoing"),
    )
    names = {f"c{at:03}": chr(97 + at % 26) * 4 + str(at) for at in range(400)}
    names |= {"zchonburi": "Chonburi", "new": "Chon Buri (province)"}
    assert links_to_confirm(rows_of(rows, names), units(names))["project"].to_list() == ["yes"]


def test_what_is_left_out_is_counted():
    """Ten new rows beside ten earlier titles of one city are 100 pairs; 55 let five rows through."""
    old = [("w1", f"p{at}", "c", f"Line {at}", "A", "ongoing") for at in range(10)]
    new = [("w2", None, "c", f"Line {at} again", "A", "ongoing") for at in range(10)]
    titles = Allowance(TITLES._replace(most=55))
    names = Allowance(NAMES_OF_UNITS)
    found = links_to_confirm(rows_of(register(*old, *new), {"c": "C"}), None, (titles, names))
    assert titles.skipped == 5
    assert set(found["row"]) == set(range(12, 17))


def test_names_letter_by_letter_are_counted_too():
    left = Allowance(NAMES_OF_UNITS._replace(most=3 * LETTERS))
    called = {f"c{at}": f"Old town {at}" for at in range(40)}
    links_to_confirm(rows_of(two_waves(20), called), units(called), (Allowance(TITLES), left))
    assert left.skipped > 0


def test_projects_of_an_area_beyond_the_bound_are_told():
    rows = register(
        *[("w2", f"a{at}", f"c{at}", "T", "A", "completed" if at % 2 else "planning") for at in range(6)],
        *[("w2", f"b{at}", f"c{at}", "T", "B", "completed" if at % 2 else "planning") for at in range(3)],
    )
    names = {f"c{at}": f"C{at}" for at in range(6)}
    known = traits(units(names), empty("attributes"))
    left = Allowance(PEERS._replace(most=20))
    assert set(peers(rows_of(rows, names), known, left)["area"]) == {"B"}
    assert left.skipped == 1


def test_gaps_are_counted_by_hand():
    rows = register(
        ("w2", "a", "c1;c2", "T", "A", "planning"),
        ("w2", "b", "c1", "T", "A", "ongoing"),
        ("w2", "c", "c1", "T", "A", "undetermined"),
        ("w2", "d", "c1", "T", "B", "completed"),
    ).with_columns(sub_area=pl.Series(["x", "y", "x", None]))
    areas = pl.DataFrame(
        {"area": ["A", "A", "A", "B", "C"], "sub_area": [None, "x", "y", None, None]},
        schema_overrides={"sub_area": pl.String},
    )
    found = gaps(rows_of(rows, {"c1": "C1", "c2": "C2"}), areas)
    assert found.rows() == [
        ("A", None, 2, 2, 1),
        ("A", "x", 1, 2, 1),
        ("A", "y", 1, 1, 0),
        ("C", None, 0, 0, 0),
    ]


def chain(wide: int, waves: int) -> dict[str, object]:
    """Every project of a wave succeeds all of the wave before: pairs grow with the square of all."""
    dated = {f"w{k:03}": str(1000 + k) for k in range(waves)}
    rows = [
        {"wave": wave, "project": f"p{k}-{at}", "unit": "c", "title": f"T{k}-{at}", "status": "ongoing",
         "succeeds": ";".join(f"p{k - 1}-{one}" for one in range(wide)) if k else None, **TOLD}
        for k, wave in enumerate(dated)
        for at in range(wide)
    ]  # fmt: skip
    actors = pl.DataFrame({"unit": ["c"], "name": ["C"], "kind": ["city"], "role": ["adopter"]})
    return {"waves": dated, "units": actors, "projects": pl.DataFrame(rows, infer_schema_length=None)}


def test_too_many_predecessors_are_refused_at_the_check():
    """Fifteen wide and 100 waves: 15 · 15 · 100 · 99 / 2 = 1,113,750 pairs."""
    case = case_from_frames(**chain(15, 100))
    problems = [one for one in case_problems(case) if one.level == "error"]
    assert [one.rule for one in problems] == ["too-much-to-compare"]
    assert "1,000,000 are compared at most" in problems[0].message
    fine = case_from_frames(**chain(2, 30))
    assert [one for one in case_problems(fine) if one.level == "error"] == []
    # 2 · 2 · 30 · 29 / 2 pairs
    found = ancestors(prepared(fine.table("projects"), fine.table("units"), fine.waves), 30)
    assert sum(map(len, found.values())) == 1740


def test_too_many_expected_returns_are_refused_at_the_check():
    waves = {f"w{k}": f"{1000 + k}" for k in range(900)}
    many = RETURNS.most // 900 + 1
    actors = pl.DataFrame({"unit": [f"c{at}" for at in range(many)]}).with_columns(
        name="unit", kind=pl.lit("city"), role=pl.lit("adopter"), entered=pl.lit("1000")
    )
    rows = [{"wave": "w0", "project": "p", "unit": "c0", "title": "T", "status": "ongoing", **TOLD}]
    case = case_from_frames(waves=waves, units=actors, projects=pl.DataFrame(rows))
    problems = [one for one in case_problems(case) if one.level == "error"]
    assert [(one.rule, one.table) for one in problems] == [("too-much-to-compare", "units")]
    assert "pairs of a unit and a wave" in problems[0].message


def test_a_run_tells_what_it_did_not_compare(monkeypatch):
    monkeypatch.setattr(links, "TITLES", TITLES._replace(most=1))
    rows = pl.DataFrame(
        [("w1", f"p{at}", "c", f"Line {at}", "ongoing") for at in range(3)]
        + [("w2", None, "c", f"Line {at} again", "ongoing") for at in range(3)],
        schema=["wave", "project", "unit", "title", "status"],
        orient="row",
    ).with_columns(**{name: pl.lit(word) for name, word in TOLD.items()})
    actors = pl.DataFrame({"unit": ["c"], "name": ["C"], "kind": ["city"], "role": ["adopter"]})
    result = run_study(case_from_frames(waves=WAVES, units=actors, projects=rows))
    told = [one for one in result.problems if one.rule == "not-compared"]
    assert [one.level for one in told] == ["warning"]
    assert told[0].message.startswith("3 rows without a link were not compared with earlier titles")


def not_compared(projects: int, partners: int) -> list[str]:
    """What a run tells of one city that holds all projects, of which none of the second wave has a link.

    Each project is of another partner, as far as there are partners.
    """
    wave = projects // 2
    one = [
        (f"w{1 + at // wave}", None if at >= wave else f"p{at}", "c", f"Line {at % wave}")
        for at in range(projects)
    ]
    rows = pl.DataFrame(one, schema=["wave", "project", "unit", "title"], orient="row").with_columns(
        area=pl.lit("A"),
        status=pl.lit("ongoing"),
        partner=pl.format("firm {}", pl.int_range(pl.len()) % partners),
        **{name: pl.lit(word) for name, word in TOLD.items()},
    )  # fmt: skip
    firms = [f"firm {at}" for at in range(partners)]
    actors = pl.DataFrame({"unit": ["c", *firms], "name": ["C", *firms]}).with_columns(
        kind=pl.lit("city"),
        role=pl.when(pl.col("unit") == "c").then(pl.lit("adopter")).otherwise(pl.lit("source")),
    )
    result = run_study(case_from_frames(waves=WAVES, units=actors, projects=rows))
    return [one.message for one in result.problems if one.rule == "not-compared"]


def of_renamed_cities(cities: int, left: Allowance) -> int:
    """Cities of which half are renamed: how many rows were left out of the comparison."""
    called = {f"c{at}": f"Old city {at}" for at in range(cities)}
    links_to_confirm(rows_of(two_waves(cities // 2), called), units(called), (Allowance(TITLES), left))
    return left.skipped


def test_many_projects_of_one_city_take_bounded_time(monkeypatch):
    """4 · 10⁶ pairs of titles, of which 200,000 are compared; twenty thousand projects are in `verify/`."""
    monkeypatch.setattr(links, "TITLES", TITLES._replace(most=TITLES.most // 25))
    started = time.process_time()
    (told,) = not_compared(4_000, 1_000)
    assert told.startswith("1,900 rows")
    assert time.process_time() - started < 60


def test_hundreds_of_renamed_cities_take_bounded_time():
    started = time.process_time()
    assert of_renamed_cities(600, Allowance(NAMES_OF_UNITS._replace(most=NAMES_OF_UNITS.most // 25))) > 0
    assert time.process_time() - started < 45
