"""Every setting of `case.toml` can be written in a workbook, and means the same there."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest
from made import TABLES, rules

from diffuscope.case import read_case
from diffuscope.case.settings import check_settings
from diffuscope.case.toml_text import read_settings
from diffuscope.case.workbook import Workbook
from diffuscope.case.workbook_settings import part_of_settings, settings_of_sheets

DOCS = Path(__file__).parents[2] / "docs" / "reference" / "case-toml.md"
TOML = """
format = 1
id = "toy"
title = "A toy case"
licence = "CC0-1.0"
language = "id"
description = "What it is about."
cite = "Ash 2020"

[waves]
2022 = "2022-12"
2023 = "2023-12-31"

[tiers]
order = ["mooted", "adopted", "in force"]

[sheets]
"M&E*" = { table = "projects", headings = 6 }

[[analysis]]
id = "spread"
question = "How did the plan spread?"
policies = ["plan", "law"]
units = "city"
period = "year"
window = ["2014", "2023"]
tier = "adopted"
launch = "90 days"
note = "Mind the launch."
lag = 2
covariates = ["gdp", "election_year"]
formula = "adopted ~ learning + log(gdp)"
model = "firth"
duration = "spline"
policy_effects = "fixed"
errors = "unit"
drivers = ["religion", "language"]
smallest_odds_ratio = 1.5

[analysis.layers]
emulation = "shared-religion"
neighbours = ["land-border", "coast"]

[analysis.lags]
learning = 3
election_year = 0

[analysis.forms]
competition = "sum"

[analysis.ruled_out]
coercion = "Nobody could; it was free."

[analysis.inferred]
edges = 40
ties = "shared"
delay = "log-normal"
rate = [-0.5, 1.2]

[[analysis.repeat]]
id = "other"
says = "Other units, layers and covariates."
policies = ["law"]
units = ["hn", "sg"]
window = ["2015", "2022"]
tier = "in force"
without_confidence = "low"
layers.emulation = "shared-language"
lag = 1
lags.learning = 2
forms.competition = "share"
covariates = []
formula = "adopted ~ learning"
model = "logit"
duration = "none"
policy_effects = "none"
errors = "none"

[[analysis.repeat]]
id = "pairs"
says = "Dyads."
rows = "dyads"

[[analysis.repeat]]
id = "partly"
says = "Policies partially pooled."
pooling = "policy"
"""
SHEETS = {
    "case": [
        ("setting", "value"), ("format", 1), ("id", "toy"), ("title", "A toy case"), ("licence", "CC0-1.0"),
        ("language", "id"), ("description", "What it is about."), ("cite", "Ash 2020"),
        ("tiers", "mooted; adopted; in force"),
    ],
    "waves": [("wave", "date"), ("2022", "2022-12"), ("2023", "2023-12-31")],
    "sheets": [("sheet", "table", "headings"), ("M&E*", "projects", 6)],
    "analyses": [
        (
            "id", "question", "policies", "units", "period", "first", "last", "tier", "launch", "note", "lag",
            "covariates", "formula", "model", "duration", "policy_effects", "errors", "drivers",
            "smallest_odds_ratio", "layers.emulation", "layers.neighbours", "lags.learning",
            "lags.election_year", "forms.competition", "ruled_out.coercion",
            "inferred.edges", "inferred.ties", "inferred.delay", "inferred.rate",
        ),
        (
            "spread", "How did the plan spread?", "plan; law", "city", "year", 2014, 2023, "adopted",
            "90 days", "Mind the launch.", 2, "gdp; election_year", "adopted ~ learning + log(gdp)", "firth",
            "spline", "fixed", "unit", "religion; language", 1.5, "shared-religion", "land-border; coast", 3,
            0, "sum", "Nobody could; it was free.", 40, "shared", "log-normal", "-0.5; 1.2",
        ),
    ],
    "repeats": [
        (
            "analysis", "id", "says", "policies", "units", "first", "last", "tier", "without_confidence",
            "layers.emulation", "lag", "lags.learning", "forms.competition", "covariates", "formula", "model",
            "duration", "policy_effects", "errors", "rows", "pooling",
        ),
        (
            "spread", "other", "Other units, layers and covariates.", "law;", "hn; sg", 2015, 2022,
            "in force", "low", "shared-language", 1, 2, "share", "none", "adopted ~ learning", "logit",
            "none", "none", "none", None, None,
        ),
        ("spread", "pairs", "Dyads.", *[None] * 16, "dyads", None),
        ("spread", "partly", "Policies partially pooled.", *[None] * 17, "policy"),
    ],
}  # fmt: skip


def book(path: Path, sheets) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append([cell if cell != "" else None for cell in row])
    made.save(path)
    return path


def in_sheets(path: Path):
    data = book(path, SHEETS).read_bytes()
    return settings_of_sheets(Workbook(data, lambda name: part_of_settings(name) is not None), path.name)


def keys(heading: str) -> list[str]:
    """Keys that the reference lists under a heading."""
    part = re.split(r"^## ", DOCS.read_text(encoding="utf-8"), flags=re.MULTILINE)
    section = next(text for text in part if text.startswith(heading))
    return re.findall(r"^\| `(\w+)` \|", section, flags=re.MULTILINE)


def test_sheets_say_what_case_toml_says(tmp_path):
    by_toml, wrong = check_settings(read_settings(TOML.encode()), "x")
    by_sheets, told = check_settings(in_sheets(tmp_path / "a.xlsx"), "x")
    assert (wrong, told) == ([], [])
    assert by_sheets == by_toml


def test_every_key_of_the_reference_is_among_them(tmp_path):
    says = in_sheets(tmp_path / "a.xlsx").says
    question = says["analysis"][0]
    assert len(keys("The case")) >= 12
    # the network's words are a table of the case, in a sheet of its own
    assert set(keys("The case")) - {"words"} == set(says)
    assert set(keys("Each analysis")) == set(question)
    assert set(keys("Each repetition")) == {key for again in question["repeat"] for key in again}


def test_words_and_headings_in_a_sheet_are_read(tmp_path):
    words = [("column", "written", "means"), ("kind", "Stadt", "city"), ("heading", "Ort", "unit")]
    units = [("Ort", "name", "kind", "role"), *(row[:4] for row in TABLES["units"][1:])]
    units[1] = ("hn", "Hà Nội", "Stadt", "adopter")
    case = read_case(
        book(tmp_path / "a.xlsx", {"case": SHEETS["case"], **TABLES, "units": units, "words": words})
    )
    assert case.problems == ()
    assert case.table("units")["unit"].to_list() == ["hn", "sg", "jp"]
    assert case.table("units")["kind"].to_list() == ["city", "city", "state"]


@pytest.mark.parametrize(
    ("sheet", "row", "says"),
    [
        ("analyses", {"lag": "soon"}, "lag"),
        ("repeats", {"analysis": "nothing", "id": "b", "says": "x"}, "nothing"),
    ],
)
def test_mistakes_are_told_in_their_sheet_and_row(tmp_path, sheet, row, says):
    headings = SHEETS[sheet][0]
    rows = [headings, (), tuple(row.get(name, "") for name in headings)]
    case = read_case(book(tmp_path / "a.xlsx", {**SHEETS, **TABLES, sheet: rows}))
    here = [problem for problem in case.problems if problem.file == f"a.xlsx › {sheet}" and problem.row == 3]
    assert any(says in f"{problem.column} {problem.value} {problem.message}" for problem in here)


def test_problems_of_a_workbook_speak_of_sheets(tmp_path):
    adoptions = [*TABLES["adoptions"], ("hn", "nowhere", "2019", "p. 3")]
    analyses = [("id", "question", "policies", "units", "period"), ("a", "Why?", "plan", "city", "wave")]
    tables = {**TABLES, "adoptions": adoptions}
    case = read_case(book(tmp_path / "a.xlsx", {"case": SHEETS["case"], "analyses": analyses, **tables}))
    from diffuscope.study import case_problems

    told = case_problems(case)
    assert {problem.rule for problem in told} >= {"unknown-id", "waves-need-dates"}
    for problem in told:
        assert "case.toml" not in f"{problem.file} {problem.message} {problem.fix}"
        assert "[[" not in problem.message + problem.fix
        assert ".csv" not in f"{problem.file} {problem.message} {problem.fix}"
        assert (problem.file or "").startswith("a.xlsx › ")


def test_problems_of_a_folder_speak_of_its_files(tmp_path):
    from made import SETTINGS, write

    folder = write(tmp_path / "case", SETTINGS.replace('"year"', '"wave"').partition("[waves]")[0])
    assert "missing-setting" not in rules(read_case(folder))
    (folder / "case.toml").write_text("format = 1\nid = 'toy'\n")
    assert {problem.file for problem in read_case(folder).problems} == {"case.toml"}


@pytest.mark.parametrize(("sheet", "cell", "column"), [("waves", "B2", "2022"), ("analyses", "F2", "window")])
def test_a_year_typed_into_a_date_cell_of_the_settings_is_refused(tmp_path, sheet, cell, column):
    path = book(tmp_path / "a.xlsx", {**SHEETS, **TABLES})
    made = openpyxl.load_workbook(path)
    made[sheet][cell] = 2015
    made[sheet][cell].number_format = "yyyy-mm-dd"
    made.save(path)
    told = [problem for problem in read_case(path).problems if problem.column == column]
    assert any(
        "the number 2015 in a cell formatted as a date" in f"{one.value} {one.message}" for one in told
    )
    assert {one.level for one in told} == {"error"}
