"""What is studied is what the register holds: the same numbers, silence unknown, adoptions as intervals."""

from __future__ import annotations

import csv
import json

import pytest
from messy import Form
from network_people import OFFICER

from diffuscope import read_case, register, run_study
from diffuscope.register.database import opened
from diffuscope.register.export import case_files, write_files
from diffuscope.register.lookup import wave_named
from diffuscope.result import to_files

CHEAP = ("mechanisms", "monitoring", "audit")
"""The models are compared in verify/test_register_studied.py, as they take long."""


def test_the_founding_case_out_of_the_register_gives_the_same_result(on_sqlite, tmp_path):
    """Every file of the result to the last byte, but for the time of the run."""
    case = register.export_case(on_sqlite, tmp_path / "case")
    ours = to_files(run_study(read_case(case), parts=CHEAP))
    theirs = to_files(run_study(read_case("asean-smart-cities"), parts=CHEAP))
    said, was = (json.loads(files.pop("result.json")) for files in (ours, theirs))
    assert said["run"].pop("time")
    assert was["run"].pop("time")
    assert said == was
    assert ours == theirs


WAVES = {"2023": "2023-06-30", "2024": "2024-06-30"}
CITIES = ("ada", "bor", "cal", "dov", "eft")
STATES = ("north", "south", "west")
PARENTS = {"ada": "north", "bor": "north", "cal": "south", "dov": "west", "eft": "north"}
BEFORE = (
    ("2023", "ada-road", "ada", "Ring road", "Roads", "ongoing"),
    ("2024", "ada-road", "ada", "Ring road", "Roads", "ongoing"),
    ("2023", "bor-road", "bor", "New bridge", "Roads", "ongoing"),
    ("2024", "bor-road", "bor", "New bridge", "Roads", "ongoing"),
    ("2024", "bor-water", "bor", "Clean wells", "Water", "ongoing"),
    ("2024", "cal-water", "cal", "Dam repair", "Water", "ongoing"),
    ("2024", "dov-water", "dov", "Rain barrels", "Water", "ongoing"),
    ("2023", "eft-road", "eft", "Tram line", "Roads", "ongoing"),
    ("2024", "eft-road", "eft", "Tram line", "Roads", "ongoing"),
    ("2024", "eft-water", "eft", "Sea wall", "Water", "ongoing"),
)


def write(folder, name, head, rows):
    with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([head, *rows])


@pytest.fixture
def network(tmp_path, monkeypatch):
    """A register of an invented network: five cities in three states, two waves."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    case = tmp_path / "case"
    case.mkdir()
    waves = "".join(f'{wave} = "{day}"\n' for wave, day in WAVES.items())
    settings = f'format = 1\nid = "made"\ntitle = "Made"\nlicence = "CC0-1.0"\n\n[waves]\n{waves}'
    (case / "case.toml").write_text(settings, encoding="utf-8")
    units = [(name, name.title(), "state", "other", "", "invented") for name in STATES]
    units += [(name, name.title(), "city", "adopter", PARENTS[name], "invented") for name in CITIES]
    write(case, "units", ("unit", "name", "kind", "role", "parent", "source"), units)
    write(case, "areas", ("area", "source"), [("Roads", "invented"), ("Water", "invented")])
    write(case, "policies", ("policy", "name", "area", "source"), [("water", "Water", "Water", "invented")])
    head = ("wave", "project", "unit", "title", "area", "status", "status_basis", "link_basis", "source")
    write(case, "projects", head, [(*row, "reported", "judged", "invented") for row in BEFORE])
    return register.new_register(tmp_path / "register", person=OFFICER, source=case)


def adoptions(folder, out):
    """Adoptions as the exported draft of the wave shows them, by city."""
    with opened(folder):
        files = case_files(wave_named("2025"))
    case = read_case(write_files(files, out))
    assert not case.errors
    rows = case.table("adoptions").select("unit", "time", "time_latest", "until").iter_rows()
    return {unit: spell for unit, *spell in rows}


def test_adoptions_are_intervals_between_looks_and_silence_ends_none(network, tmp_path):
    """North sends a workbook, in which a project is missing; South is silent; West is carried forward."""
    register.open_wave(network, "2025", due="2025-06-30", person=OFFICER)
    [file] = register.write_forms(network, "2025", person=OFFICER, members=["north"], out=tmp_path)
    form = Form(file)
    form.add(unit="Ada", title="Sewers", area="Water", status="ongoing")
    form.put(form.row_of("Sea wall"), status="planning", note="to be planned anew")
    missing = form.row_of("Clean wells")
    for column in form.places:
        form.put(missing, **{column: ""})
    [preview] = register.take_in(network, [form.save(tmp_path / "north.xlsx")], person=OFFICER)
    assert [text.partition(":")[0] for text in preview.missing] == ["bor-water"]
    register.mark_return(network, "2025", "west", "carried-forward", person=OFFICER, why="no answer")
    [query] = register.queries(network, "2025", person=OFFICER)
    register.settle(network, query.number, answer="it goes on, by telephone", person=OFFICER)
    register.accept_return(network, "2025", "north", person=OFFICER)
    letter = tmp_path / "letter.txt"
    letter.write_text("we agree", encoding="utf-8")
    register.clear_return(network, "2025", "north", person=OFFICER, letter=letter)
    assert register.close_wave(network, "2025", person=OFFICER)["silent"] == ["south"]
    assert adoptions(network, tmp_path / "out") == {
        "ada": ["2024-07-01", "2025-06-30", None],  # seen first in 2025, surely not there in 2024
        "bor": ["2023-07-01", "2024-06-30", None],  # its row was missing, which is no end
        "cal": [None, "2024-06-30", None],  # its state is silent, and it had no look before
        "dov": [None, "2024-06-30", None],  # carried forward, which is no fresh look
        "eft": ["2023-07-01", "2024-06-30", "2025-06-30"],  # a fresh look, which finds it in planning alone
    }


def test_a_state_with_nothing_to_report_ends_what_its_cities_had(network, tmp_path):
    register.open_wave(network, "2025", due="2025-06-30", person=OFFICER)
    register.mark_return(network, "2025", "west", "nil", person=OFFICER, why="letter")
    found = adoptions(network, tmp_path / "out")
    assert found["dov"] == [None, "2024-06-30", "2025-06-30"]
    assert found["cal"] == [None, "2024-06-30", None], "another state's word says nothing of it"
