"""What R, Stata and network programs read of an export is what the case holds."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
from pathlib import Path

import networkx as nx
import polars as pl
import pyreadstat
import pytest

from diffuscope import CaseError, PlanError, export_data, read_frame, read_graph, read_result
from diffuscope.case.from_frames import case_from_frames
from diffuscope.case.scaffold import new_case
from diffuscope.cli import main

UNITS = {
    "unit": ["vnm", "hanoi", "=cmd", "-minus"],
    "name": ["Viet Nam", 'Hà Nội, "the capital"', "=1+1", "NA"],
    "aliases": [["Vietnam", "Việt Nam"], None, ["+84", "=2"], None],
    "kind": ["state", "city", "city", "city"],
    "role": ["adopter", "adopter", "other", "adopter"],
    "parent": [None, "vnm", "vnm", None],
    "lat": [None, 21.02851111111111, -6.2, -0.1],
    "lon": [None, 105.85, 106.8, 1e-7],
    "note": ["two\nlines", '`c(pwd)\' $x \\ "q"', "'=a", "<b> & 'c'"],
}
POLICIES = {"policy": ["plan"], "name": ["A plan"]}
ADOPTIONS = {
    "unit": ["vnm", "hanoi", "-minus"],
    "policy": "plan",
    "time": ["2018-07-01", "2019-01-31", None],
    "time_latest": ["2018", "2019", "2020"],
    "until": ["2020-01", None, None],
    "tier": ["adopted", None, "in force"],
    "source": ["report, p. 1", "report, p. 2", "report"],
}
TIES = {
    "layer": ["advice & co", "advice & co", "trade"],
    "sender": ["vnm", "hanoi", "vnm"],
    "receiver": ["hanoi", "=cmd", "-minus"],
    "weight": [2.5, 1.0, 3.0],
    "start": ["2010", None, None],
    "end": ["2012-02", None, None],
    "source": "report",
}
ATTRIBUTES = {
    "unit": ["vnm", "hanoi", "vnm"],
    "variable": ["people", "people", "people"],
    "value": ["97", "8.5", "99"],
    "time": [None, None, "2020"],
    "source": "census",
}
SAMPLE = Path(__file__).parents[1] / "result" / "samples" / "format-2" / "result.json.gz"
SECRET = "Secret memo"
TITLE = 'Cities <b> "`x\'" $y'


def a_case(**tables):
    given = {"units": UNITS, "policies": POLICIES, "adoptions": ADOPTIONS, "ties": TIES, **tables}
    frames = {name: pl.DataFrame(columns) for name, columns in given.items()}
    frames["attributes"] = pl.DataFrame(ATTRIBUTES)
    case = case_from_frames(id="cities", title=TITLE, **frames)
    assert case.errors == ()
    return case


@pytest.fixture(scope="module")
def in_r(tmp_path_factory):
    """The export after R has read it: what R says of it, and each table as R saves it again."""
    if shutil.which("Rscript") is None:
        pytest.skip("Rscript is not installed")
    folder = tmp_path_factory.mktemp("r") / "out"
    assert export_data(a_case(), folder, to="r") == [folder / "read.R"]
    more = """
    source("read.R")
    for (name in names(tables)) for (column in names(tables[[name]]))
      cat(name, column, class(tables[[name]][[column]])[1], "\\n")
    stopifnot(levels(tables$units$role)[1:2] == c("adopter", "promoter"))
    stopifnot(nzchar(attr(tables$units$role, "label")), nzchar(attr(tables$adoptions$time, "label")))
    saveRDS(tables, "back.rds")
    """
    (folder / "more.R").write_text(more, encoding="utf-8")
    done = {}
    for locale in ("C", "C.UTF-8"):
        run = subprocess.run(
            ["Rscript", "more.R"], cwd=folder, capture_output=True, text=True, check=False,
            env={"LC_ALL": locale, "PATH": "/usr/bin:/bin:/usr/local/bin"},
        )  # fmt: skip
        assert run.returncode == 0, run.stderr
        assert run.stderr == ""
        done[locale] = {
            name: read_frame(folder / "back.rds", object=name)
            for name in ("units", "policies", "adoptions", "ties", "attributes")
        }
    return run.stdout, done


def test_r_reads_every_cell_as_it_is(in_r):
    _, done = in_r
    for tables in done.values():
        units = tables["units"]
        for name in ("unit", "name", "kind", "role", "parent", "lat", "lon", "note"):
            assert units[name].to_list() == UNITS[name], name
        assert units["aliases"].to_list() == ["Vietnam;Việt Nam", None, "+84;=2", None]
        assert tables["ties"].select("layer", "weight", "end").rows() == [
            ("advice & co", 2.5, "2012-02"), ("advice & co", 1.0, None), ("trade", 3.0, None),
        ]  # fmt: skip


def test_r_has_days_as_dates_years_as_numbers_and_choices_as_factors(in_r):
    said, done = in_r
    kinds = {tuple(line.split()[:2]): line.split()[2] for line in said.splitlines()}
    assert kinds["adoptions", "time"] == "Date"
    assert kinds["adoptions", "time_latest"] == "integer"
    assert kinds["adoptions", "until"] == "character"
    assert kinds["adoptions", "tier"] == "factor"
    assert kinds["units", "lat"] == "numeric"
    assert [str(day) for day in done["C"]["adoptions"]["time"]] == ["2018-07-01", "2019-01-31", "None"]


def test_no_text_of_a_case_is_code_of_r(tmp_path):
    if shutil.which("Rscript") is None:
        pytest.skip("Rscript is not installed")
    title = 'x"); file.create("touched"); ("'
    units = pl.DataFrame(
        UNITS | {"name": [title, "'); file.create('touched')", "\nfile.create('touched')", "#"]}
    )
    case = case_from_frames(title=title, units=units, policies=pl.DataFrame(POLICIES))
    export_data(case, tmp_path / "out", to="r")
    subprocess.run(["Rscript", "read.R"], cwd=tmp_path / "out", check=True, capture_output=True)
    assert not (tmp_path / "out" / "touched").exists()


def test_stata_reads_numbers_dates_and_labels(tmp_path):
    files = export_data(a_case(), tmp_path / "out", to="stata")
    assert {file.name for file in files} == {
        "units.dta", "policies.dta", "adoptions.dta", "ties.dta", "attributes.dta",
    }  # fmt: skip
    units, meta = pyreadstat.read_dta(tmp_path / "out" / "units.dta")
    assert units["unit"].tolist() == UNITS["unit"]
    assert units["note"].tolist() == UNITS["note"]
    assert units["lat"].tolist()[1:] == UNITS["lat"][1:]
    assert units["lat"].isna().tolist() == [True, False, False, False]
    assert meta.file_label == TITLE
    assert meta.column_names_to_labels["kind"].startswith("What it is")
    assert meta.variable_value_labels["role"][1] == "adopter"
    adoptions, meta = pyreadstat.read_dta(
        tmp_path / "out" / "adoptions.dta", disable_datetime_conversion=True
    )
    assert meta.original_variable_types["time"] == "%td"
    assert adoptions["time"].tolist()[:2] == [21366, 21580]  # days from 1 January 1960
    assert meta.original_variable_types["time_latest"] == "%ty"
    assert meta.original_variable_types["until"] == "%tm"
    assert adoptions["until"].tolist()[0] == 720  # January 2020


def test_our_own_reader_has_the_same_of_stata(tmp_path):
    export_data(a_case(), tmp_path / "out", to="stata")
    adoptions = read_frame(tmp_path / "out" / "adoptions.dta")
    assert [str(day) for day in adoptions["time"]] == ["2018-07-01", "2019-01-31", "None"]
    assert adoptions["until"].to_list() == ["2020-01", None, None]
    assert adoptions["tier"].to_list() == ["adopted", None, "in force"]
    assert read_frame(tmp_path / "out" / "units.dta")["role"].to_list() == UNITS["role"]


@pytest.mark.parametrize("kind", ["graphml", "gexf"])
def test_each_layer_is_a_network_that_other_programs_read(tmp_path, kind):
    files = export_data(a_case(), tmp_path / "out", to=kind)
    assert [file.name for file in files] == [f"advice-co.{kind}", f"trade.{kind}"]
    read = {"graphml": nx.read_graphml, "gexf": nx.read_gexf}[kind]
    graph = read(files[0])
    assert graph.is_directed()
    assert set(graph.edges()) == {("vnm", "hanoi"), ("hanoi", "=cmd")}
    assert graph.nodes["hanoi"]["label"] == 'Hà Nội, "the capital"'
    assert graph.nodes["vnm"]["kind"] == "state"
    assert graph.nodes["vnm"]["people"] == 97.0
    assert graph.nodes["vnm"]["adopted plan"] == "2018-07-01"
    assert graph.nodes["-minus"]["adopted plan"] == "by 2020"
    found = read_graph(files[0], edges="influence")
    dated = ("2010", "2012-02") if kind == "graphml" else ("2010-01-01", "2012-02-29")
    assert found.rows()[:2] == [("vnm", "hanoi", 2.5, *dated), ("hanoi", "=cmd", 1.0, None, None)]


def test_layers_whose_names_look_alike_have_files_of_their_own(tmp_path):
    ties = TIES | {"layer": ["a b", "a/b", "../x"]}
    files = export_data(a_case(ties=ties), tmp_path / "out", to="graphml")
    assert [file.name for file in files] == ["a-b.graphml", "a-b-2.graphml", "x.graphml"]
    assert all(file.parent == tmp_path / "out" for file in files)


def test_nothing_private_leaves(tmp_path):
    documents = {
        "document": ["memo", "report"],
        "title": [SECRET, "A report"],
        "share": ["private", "public"],
    }
    adoptions = ADOPTIONS | {"source": [f"{SECRET}, p. 3", "report", "report"]}
    case = a_case(documents=documents, adoptions=adoptions)
    for to in ("datapackage", "r", "stata", "graphml", "gexf"):
        export_data(case, tmp_path / to, to=to)
        for file in (tmp_path / to).iterdir():
            assert SECRET.encode() not in file.read_bytes(), file


def test_what_cannot_be_exported_is_refused_in_words(tmp_path):
    with pytest.raises(PlanError, match="to is 'sas'"):
        export_data(a_case(), tmp_path / "out", to="sas")
    with pytest.raises(PlanError, match="no ties"):
        export_data(a_case(ties={name: [] for name in TIES}), tmp_path / "out", to="gexf")
    with pytest.raises(CaseError, match="no tables"):
        export_data(case_from_frames(), tmp_path / "out", to="r")
    with pytest.raises(CaseError, match="fixed before"):
        export_data(case_from_frames(units=pl.DataFrame({"unit": ["a"]})), tmp_path / "out", to="r")
    assert not (tmp_path / "out").exists()
    export_data(a_case(), tmp_path / "out", to="r")
    with pytest.raises(CaseError, match="in use"):
        export_data(a_case(), tmp_path / "out", to="r")


def command(capsys, *words):
    with pytest.raises(SystemExit) as left:
        main(list(words))
    screen = capsys.readouterr()
    return left.value.code, screen.out + screen.err


def test_the_command_exports_a_case(tmp_path, capsys):
    folder = new_case(tmp_path / "mine")
    code, said = command(capsys, "export", str(folder), "--to", "stata", "--out", str(tmp_path / "out"))
    assert code == 0, said
    assert "units.dta" in said
    code, said = command(capsys, "export", str(folder), "--to", "sas", "--out", str(tmp_path / "other"))
    assert code != 0


def test_the_command_exports_a_result(tmp_path, capsys):
    (tmp_path / "result.json").write_bytes(gzip.decompress(SAMPLE.read_bytes()))
    result = read_result(tmp_path)
    code, said = command(capsys, "export", str(tmp_path), "--to", "r", "--out", str(tmp_path / "out"))
    assert code == 0, said
    assert "read.R" in said
    for name, frame in result.frames.items():
        assert read_frame(tmp_path / "out" / f"{name}.csv").height == frame.n, name
    verdicts = read_frame(tmp_path / "out" / "verdicts.csv")
    assert verdicts["verdict"].to_list() == [verdict.verdict for verdict in result.verdicts]
    code, said = command(capsys, "export", str(tmp_path), "--out", str(tmp_path / "package"))
    assert code != 0
    assert "made of a case" in said
    export_data(result, tmp_path / "stata", to="stata")
    assert read_frame(tmp_path / "stata" / "units.dta").height == result.frames["units"].n


def test_a_table_whose_name_leads_elsewhere_is_refused(tmp_path):
    held = json.loads(gzip.decompress(SAMPLE.read_bytes()))
    held["frames"]["../outside"] = held["frames"]["units"]
    (tmp_path / "result.json").write_text(json.dumps(held), encoding="utf-8")
    with pytest.raises(CaseError, match="damaged"):
        export_data(read_result(tmp_path), tmp_path / "in" / "out", to="r")
    assert not list(tmp_path.rglob("outside*"))
