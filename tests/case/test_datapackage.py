"""A data package describes every column as declared, is valid, and reads back as the same case."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from pathlib import Path

import frictionless
import polars as pl
import pytest

from diffuscope.case.datapackage import write_data_package
from diffuscope.case.from_frames import case_from_frames
from diffuscope.case.model import Case
from diffuscope.case.read import read_case
from diffuscope.case.scaffold import new_case
from diffuscope.cli import main
from diffuscope.errors import CaseError
from diffuscope.records.quoting import csv_cell_read
from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.tiers import TIERS

UNITS = {
    "unit": ["vnm", "hanoi", "=cmd", "-minus"],
    "name": ["Viet Nam", 'Hà Nội, "the capital"', "=1+1", "@sum"],
    "aliases": [["Vietnam", "Việt Nam"], None, ["+84", "=2"], None],
    "kind": ["state", "city", "city", "city"],
    "role": ["adopter"] * 4,
    "parent": [None, "vnm", "vnm", None],
    "lat": [None, 21.02851111111111, -6.2, -0.1],
    "lon": [None, 105.85, 106.8, 1e-7],
    "note": ["two\nlines", "two\r\nlines", "- a dash", "+ a plus; and ;"],
}
POLICIES = {"policy": ["plan"], "name": ["A plan"]}
ADOPTIONS = {
    "unit": ["vnm", "hanoi", "=cmd"],
    "policy": "plan",
    "time": ["2018", "2018-07", None],
    "time_latest": [None, "2018-07-08", "2020"],
    "tier": ["adopted", None, "in force"],
    "source": ["report, p. 1", "memo, p. 2", "Secret memo"],
}
DOCUMENTS = {
    "document": ["report", "memo"],
    "title": ["A report", "Secret memo"],
    "url": ["https://example.org/a?b=1", None],
    "share": ["public", "private"],
}
ANALYSES = [
    {"id": "a", "question": "Why?", "policies": ["plan"], "units": "city", "window": ["2010", "2020"]}
]


def a_case(**tables: dict) -> Case:
    given = {"units": UNITS, "policies": POLICIES, "adoptions": ADOPTIONS, **tables}
    frames = {name: pl.DataFrame(columns) for name, columns in given.items()}
    settings = {"id": "Städte-1", "title": "Cities", "licence": "CC BY 4.0", "description": "What we know."}
    case = case_from_frames(analyses=ANALYSES, waves={"2022": "2022-12"}, **settings, **frames)
    assert case.errors == ()
    return case


def read_again(descriptor: Path) -> Case:
    """The case of a data package, read by nothing but its own description."""
    says = json.loads(descriptor.read_text(encoding="utf-8"))
    frames = {
        part["name"]: pl.read_csv(descriptor.parent / part["path"], infer_schema=False).with_columns(
            pl.all().map_elements(csv_cell_read, return_dtype=pl.String)
        )
        for part in says["resources"]
    }
    settings = says["diffuscope"]
    return case_from_frames(
        id=settings["id"],
        title=says["title"],
        licence=says["licenses"][0]["title"],
        description=says["description"],
        analyses=settings["analysis"],
        waves=settings["waves"],
        **frames,
    )


@pytest.fixture
def written(tmp_path) -> Path:
    return write_data_package(a_case(), tmp_path / "package")


def test_it_reads_back_as_the_same_case_whatever_its_cells_begin_with(written):
    case, again = a_case(), read_again(written)
    assert again.problems == ()
    assert again.sha256 == case.sha256
    assert (again.id, again.title, again.licence, again.analyses) == (
        case.id,
        case.title,
        case.licence,
        case.analyses,
    )
    for name, table in case.tables.items():
        assert again.table(name).equals(table), name
    rows = list(csv.DictReader((written.parent / "units.csv").open(encoding="utf-8", newline="")))
    assert [row["name"] for row in rows[2:]] == ["'=1+1", "'@sum"]
    assert [row["unit"] for row in rows[2:]] == ["'=cmd", "'-minus"]
    assert not any(
        cell[:1] in "=+-@\t\r\n"
        for row in rows
        for cell in row.values()
        if cell[1:] and not cell[1].isdigit()
    )
    assert "apostrophe" in json.loads(written.read_text(encoding="utf-8"))["textGuard"]
    assert [row["lat"] for row in rows] == ["", "21.02851111111111", "-6.2", "-0.1"]


def test_frictionless_finds_it_valid(written):
    report = frictionless.validate(str(written))
    assert report.valid, report.flatten(["fieldName", "type", "note"])
    assert report.stats["tasks"] == 3


@pytest.mark.parametrize(
    ("table", "old", "new", "kind"),
    [
        ("units", "adopter,vnm,-6.2", "king,vnm,-6.2", "constraint-error"),
        ("units", "adopter,vnm,-6.2", "adopter,vnn,-6.2", "foreign-key"),
        ("units", ",-6.2,", ",-96.2,", "constraint-error"),
        ("units", ",-6.2,", ",south,", "type-error"),
        ("units", "\nvnm,Viet", "\n,Viet", "constraint-error"),
        ("units", "\n'-minus", "\nvnm", "primary-key"),
        ("adoptions", ",2018-07,", ",2018-13,", "constraint-error"),
        ("adoptions", "\nvnm,plan", "\nvnm,law", "foreign-key"),
        ("adoptions", "in force", "forced", "constraint-error"),
        ("adoptions", "unit,policy", "policy,unit", "incorrect-label"),
    ],
)
def test_the_description_has_teeth(written, table, old, new, kind):
    """What is declared, another program can check: planted faults are found by it."""
    file = written.parent / f"{table}.csv"
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")
    says = json.loads(written.read_text(encoding="utf-8"))
    for resource in says["resources"]:
        del resource["bytes"], resource["hash"]
    written.write_text(json.dumps(says), encoding="utf-8")
    report = frictionless.validate(str(written))
    assert kind in {found for (found,) in report.flatten(["type"])}


def test_files_are_as_the_descriptor_says(written):
    says = json.loads(written.read_text(encoding="utf-8"))
    assert says["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert {part["path"] for part in says["resources"]} | {"datapackage.json"} == {
        path.name for path in written.parent.iterdir()
    }
    for part in says["resources"]:
        data = (written.parent / part["path"]).read_bytes()
        assert part["bytes"] == len(data)
        assert part["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
        assert not data.startswith(b"\xef\xbb\xbf")
        heading = data.decode("utf-8").splitlines()[0].split(",")
        assert heading == [field["name"] for field in part["schema"]["fields"]]
        assert heading == list(CATALOGUE[part["name"]].names)


def test_names_and_licences_are_as_the_standard_has_them(written):
    says = json.loads(written.read_text(encoding="utf-8"))
    assert says["name"] == "stadte-1"
    assert says["licenses"] == [{"name": "CC-BY-4.0", "title": "CC BY 4.0"}]
    names = [says["name"], *(part["name"] for part in says["resources"])]
    assert all(re.fullmatch(r"[a-z0-9._/-]+", name) for name in names)


def fields(written: Path) -> dict[str, dict]:
    says = json.loads(written.read_text(encoding="utf-8"))
    return {
        f"{part['name']}.{field['name']}": field
        for part in says["resources"]
        for field in part["schema"]["fields"]
    }


def test_every_column_is_described_as_it_is_declared(written):
    described = fields(written)
    for name in ("units", "policies", "adoptions"):
        for column in CATALOGUE[name].columns:
            field = described[f"{name}.{column.name}"]
            assert field["description"].startswith(column.description)
            limits = field.get("constraints", {})
            assert limits.get("required", False) == column.required
            choices = TIERS if column.name == "tier" else column.choices
            assert tuple(limits.get("enum", ())) == choices
            assert ("pattern" in limits) == (column.kind == "date")
    assert described["units.lat"] == {
        "name": "lat",
        "type": "number",
        "description": "Latitude, north positive.",
        "unit": "degrees",
        "constraints": {"minimum": -90, "maximum": 90},
    }


def test_keys_follow_the_declarations(written):
    parts = {
        part["name"]: part["schema"] for part in json.loads(written.read_text(encoding="utf-8"))["resources"]
    }
    assert parts["units"]["primaryKey"] == ["unit"]
    assert parts["units"]["foreignKeys"] == [{"fields": ["parent"], "reference": {"fields": ["unit"]}}]
    assert "primaryKey" not in parts["adoptions"], "a primary key may hold no empty cell"
    assert parts["adoptions"]["uniqueKeys"] == [["unit", "policy", "tier", "time", "time_latest"]]
    assert parts["adoptions"]["foreignKeys"] == [
        {"fields": ["unit"], "reference": {"resource": "units", "fields": ["unit"]}},
        {"fields": ["policy"], "reference": {"resource": "policies", "fields": ["policy"]}},
        {"fields": ["learned_from"], "reference": {"resource": "units", "fields": ["unit"]}},
    ]


def test_private_rows_are_left_out_and_counted(tmp_path):
    verdicts = {"analysis": "a", "mechanism": "learning", "verdict": "at work", "document": ["memo"]}
    descriptor = write_data_package(
        a_case(documents=DOCUMENTS, author_verdicts=verdicts), tmp_path / "package"
    )
    says = json.loads(descriptor.read_text(encoding="utf-8"))
    assert says["rowsLeftOut"] == {"author_verdicts": 1, "documents": 1}
    assert says["sources"] == [{"title": "A report", "path": "https://example.org/a?b=1"}]
    written = {path.name: path.read_text(encoding="utf-8") for path in descriptor.parent.iterdir()}
    assert [name for name, text in written.items() if re.search("memo", text, re.IGNORECASE)] == []
    assert written["author_verdicts.csv"].count("\n") == 1
    assert written["documents.csv"].count("\n") == 2
    assert "report, p. 1" in written["adoptions.csv"]
    assert frictionless.validate(str(descriptor)).valid


def test_a_case_with_errors_is_not_exported(tmp_path):
    case = case_from_frames(units=pl.DataFrame({**UNITS, "role": "king"}))
    with pytest.raises(CaseError, match="must be fixed") as refused:
        write_data_package(case, tmp_path / "package")
    assert len(refused.value.problems) == 4
    with pytest.raises(CaseError, match="no tables"):
        write_data_package(case_from_frames(), tmp_path / "package")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_use_is_left_alone(written):
    before = {path: path.read_bytes() for path in written.parent.iterdir()}
    with pytest.raises(CaseError, match="is already in use"):
        write_data_package(a_case(), written.parent)
    assert {path: path.read_bytes() for path in written.parent.iterdir()} == before


def test_the_same_case_gives_the_same_bytes(written, tmp_path):
    again = write_data_package(a_case(), tmp_path / "again")
    for path in written.parent.iterdir():
        assert (again.parent / path.name).read_bytes() == path.read_bytes()


# --- the shipped case, and the command


def test_the_shipped_case_is_a_valid_package_that_reads_back_the_same(tmp_path):
    case = read_case("asean-smart-cities")
    descriptor = write_data_package(case, tmp_path / "package")
    report = frictionless.validate(str(descriptor))
    assert report.valid, report.flatten(["fieldName", "type", "note"])[:10]
    again = read_again(descriptor)
    assert again.sha256 == case.sha256
    assert again.analyses == case.analyses
    assert {name: table.height for name, table in again.tables.items()} == {
        name: table.height for name, table in case.tables.items()
    }


def command(capsys, *words: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as left:
        main(list(words))
    screen = capsys.readouterr()
    return left.value.code, screen.out + screen.err


def test_the_command_exports_and_says_what_it_left_out(tmp_path, capsys):
    folder = new_case(tmp_path / "mine")
    documents = folder / "documents.csv"
    text = documents.read_text(encoding="utf-8").replace(
        ",,,,public,\nevaluation", ",,,,private,\nevaluation"
    )
    documents.write_text(text, encoding="utf-8")
    code, said = command(capsys, "export", str(folder), "--out", str(tmp_path / "out"))
    assert code == 0
    assert "datapackage.json" in said
    # the minutes themselves, and two passages in them
    assert "3 private rows left out" in said
    assert "Minutes of the councils" not in "".join(path.read_text() for path in (tmp_path / "out").iterdir())
    code, said = command(capsys, "export", str(folder), "--out", str(tmp_path / "out"))
    assert (code, "is already in use" in said) == (1, True)


def test_the_command_exports_nothing_of_a_case_with_errors(tmp_path, capsys):
    folder = new_case(tmp_path / "mine")
    (folder / "policies.csv").write_text("policy,name\n", encoding="utf-8")
    code, said = command(capsys, "export", str(folder), "--out", str(tmp_path / "out"))
    assert (code, "must be fixed" in said) == (1, True)
    assert not (tmp_path / "out").exists()
