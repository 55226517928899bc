"""The architecture page: the rooms as the import table has them, and one adoption walked through the code."""

from __future__ import annotations

import ast
import re
import sys
from fractions import Fraction
from pathlib import Path

import house_drawing
import polars as pl
import pytest

from diffuscope.case import read_case
from diffuscope.case.delimited import read_delimited
from diffuscope.study import run_study
from diffuscope.study.channels import Layers
from diffuscope.study.panels import exposed
from diffuscope.study.witnesses import dates_of

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "diffuscope"
PAGE = (ROOT / "docs" / "explanation" / "architecture.md").read_text(encoding="utf-8")
STEPS = re.findall(r"^\d+\. \*\*[^*]+\*\* `([\w/]+\.py):(\w+)`\\$", PAGE, re.M)

CASE_TOML = """
format = 1
id = "buses"
title = "Night buses"
[[analysis]]
id = "why"
question = "Why did night buses spread?"
policies = ["night-bus"]
units = "town"
window = ["2000", "2012"]
"""
YEARS = (2001, 2002, 2003, 2003, 2004, 2005, 2006, 2008, None, None, None, None)


def write_small_case(folder: Path) -> None:
    """Twelve towns of three languages; eight adopt, one after another."""
    towns = [f"town-{at:02}" for at in range(len(YEARS))]
    named = {"unit": towns, "name": towns, "kind": "town", "role": "adopter"}
    adopted = [(town, "night-bus", str(year), "s") for town, year in zip(towns, YEARS, strict=True) if year]
    language = {"unit": towns, "variable": "language", "value": [f"l{at % 3}" for at in range(len(towns))]}
    folder.mkdir()
    (folder / "case.toml").write_text(CASE_TOML)
    pl.DataFrame(named).write_csv(folder / "units.csv")
    pl.DataFrame({"policy": "night-bus", "name": "Night buses"}).write_csv(folder / "policies.csv")
    pl.DataFrame(adopted, schema=["unit", "policy", "time", "source"], orient="row").write_csv(
        folder / "adoptions.csv"
    )
    pl.DataFrame(language).with_columns(source=pl.lit("s")).write_csv(folder / "attributes.csv")
    pl.DataFrame(
        {
            "layer": "shared-language",
            "sender": [one for at, one in enumerate(towns) for near in (1, 2, 5)],
            "receiver": [towns[(at + near) % len(towns)] for at in range(len(towns)) for near in (1, 2, 5)],
            "weight": [1.0 + at % 2 for at in range(3 * len(towns))],
            "source": "s",
        }
    ).write_csv(folder / "ties.csv")


def first_calls(folder: Path) -> list[tuple[str, str]]:
    """Functions of the package that a run of a case calls, in the order of their first call."""
    called: dict[tuple[str, str], None] = {}
    inside = f"{PACKAGE}/"

    def note(frame, event, arg):
        if event == "call" and frame.f_code.co_filename.startswith(inside):
            called.setdefault((frame.f_code.co_filename.removeprefix(inside), frame.f_code.co_name))

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        run_study(read_case(folder), draws=99, workers=1)
    finally:
        sys.setprofile(before)
    return list(called)


def step(number: int) -> str:
    """The words of one step, on one line."""
    found = re.search(rf"^{number}\. (.*?)(?=^\d+\. |^`study/run)", PAGE, re.M | re.S)
    return re.sub(r"\{term\}`([^`<]+?)(?: <[^`]*>)?`", r"\1", " ".join(found[1].split()))


def test_the_walk_has_ten_steps_that_exist():
    assert len(STEPS) == 10
    for file, function in STEPS:
        tree = ast.parse((PACKAGE / file).read_text(encoding="utf-8"))
        assert function in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, file


def test_a_run_calls_the_steps_of_the_walk_in_their_order(tmp_path):
    write_small_case(tmp_path / "buses")
    called = first_calls(tmp_path / "buses")
    assert [one for one in called if one in STEPS] == STEPS


def test_every_other_file_that_the_page_names_exists():
    named = re.findall(r"`((?:[a-z_]+/)+(?:\w+\.py)?)`", PAGE.replace("src/diffuscope/`", "`"))
    assert named
    assert [name for name in named if not (PACKAGE / name).exists()] == []


@pytest.fixture(scope="module")
def case():
    return read_case("asean-smart-cities")


def test_the_row_shown_is_row_six_of_the_founding_case(case):
    file = PACKAGE / "cases" / "asean-smart-cities" / "adoptions.csv"
    shown = re.search(r"^```text\n(MYS,.*?)…\n", PAGE, re.M)[1]
    assert file.read_text(encoding="utf-8").splitlines()[5].startswith(shown)
    raw, problems = read_delimited(file.read_bytes(), "adoptions", "adoptions.csv")
    typed = case.table("adoptions").row(by_predicate=pl.col("_row") == 6, named=True)
    assert problems == []
    assert raw.cells.row(4, named=True)["time"] == typed["time"] == "2019-09"
    assert "`MYS` and `2019-09`" in step(1)


def test_the_chronology_is_the_one_that_the_walk_tells(case):
    dates = dates_of(case, case.analyses[0])
    spell = next(one for one in dates.order if one.unit == "MYS")
    assert f"from {spell.first} to {spell.last}, within the period {spell.period}." in step(3)
    assert (dates.testable, dates.adopters, dates.units) == (True, 6, 10)
    assert f"for {dates.pairs_ordered} of {dates.pairs_total} pairs" in step(4)


def test_the_panel_is_the_one_that_the_walk_tells(case):
    layers = Layers(case)
    panel = exposed(case, case.analyses[0], layers, ()).panel.table()
    own = panel.filter(unit="MYS")
    assert f"{panel.height} rows with {panel['event'].sum()} events" in step(5)
    assert (own["period"].to_list(), own["event"].to_list()) == (list(range(2015, 2020)), [0, 0, 0, 0, 1])
    assert "five rows, 2015 to 2019" in step(5)
    assert "SGP" not in panel["unit"]
    ties = layers.among(case.analyses[0].units)[0]["shared-culture"].table().filter(receiver="MYS")
    assert dict(ties.select("sender", "weight").iter_rows()) == {"BRN": 3, "SGP": 2, "IDN": 1, "MMR": 1}
    assert own["emulation"].last() == pytest.approx(float(Fraction(2 + 1, 3 + 2 + 1 + 1)))
    assert "3/7 = 0.43" in step(6)


def test_the_statistics_are_those_that_the_command_prints():
    """README's answer is compared with the founding result, so the walk is compared with README."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    answer = " ".join(re.search(r"^emulation    .*?(?=^learning )", readme, re.M | re.S)[0].split())
    (coefficient,) = re.findall(r"coefficient is (\S+ \(95 % interval .*?\))", answer)
    (p,) = re.findall(r"permuted ties (p = [\d.]+)", answer)
    (decibans,) = re.findall(r"together (\S+ dB)", answer)
    assert f"`emulation` is {coefficient}" in step(7)
    assert p in step(8)
    assert "tested, inconclusive" in answer
    assert "*tested, inconclusive*" in step(9)
    assert answer.startswith("emulation Not shown.")
    assert "*not shown*" in step(10)
    assert f"({decibans})" in step(10)


# The drawing


TABLE = {"top": {"middle", "low"}, "side": {"low"}, "middle": {"low"}, "low": set(), "alone": set()}


def test_a_room_stands_above_all_that_it_imports():
    assert house_drawing.floors(TABLE) == {"top": 3, "middle": 2, "low": 1, "side": 2, "alone": 1}
    table = house_drawing.import_table()
    up = house_drawing.floors(table)
    assert all(up[room] > up[one] for room, may in table.items() for one in may)


def test_an_arrow_that_follows_from_others_is_not_drawn():
    arrows = house_drawing.shortest_arrows(TABLE)
    assert sorted(arrows) == [("middle", "low"), ("side", "low"), ("top", "middle")]


def test_every_room_and_arrow_is_drawn_and_no_two_rooms_meet():
    table = house_drawing.import_table()
    drawing = house_drawing.house_drawing(table, house_drawing.floors(table))
    boxes = [
        tuple(map(float, box)) for box in re.findall(r'<rect x="(\S+)" y="(\S+)" width="(\S+)"', drawing)
    ]
    assert len(boxes) == len(table) + 1
    assert drawing.count('class="head"') == len(house_drawing.shortest_arrows(table))
    assert set(re.findall(r"<text[^>]*>(\w+)</text>", drawing)) == set(table)
    for at, (x, y, width) in enumerate(boxes):
        assert not [one for one in boxes[:at] if one[1] == y and one[0] < x + width and x < one[0] + one[2]]


def test_the_page_of_rooms_loads_nothing_and_tells_every_room():
    page = house_drawing.house_page()
    assert re.findall(r"https?:|<script|<image|url\(", page) == []
    rooms = set(re.findall(r"^\| \d+ \| `(\w+)` \| \w", page, re.M))
    assert rooms | {"__main__"} == {
        *house_drawing.import_table(),
        "records",
        "errors",
    }  # its task is code
    assert re.findall(r"^\| \d+ \| `\w+` \|  \|", page, re.M) == []
