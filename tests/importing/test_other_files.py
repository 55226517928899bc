"""Networks, objects of R's diffusion packages, and coded passages become a case together with tables."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import polars as pl
import pytest
import rdata

import diffuscope
from diffuscope.errors import CaseError, PlanError
from diffuscope.importing import other_files
from diffuscope.importing.import_map import FileMap, ImportMap

ADOPTED = pl.DataFrame({"state": ["a", "b"], "adopt_year": [1999, 2001]})
TIE = np.array([[0, 1], [0, 0]])
COUNTED = {
    "graph": [TIE, TIE, 0 * TIE],
    "toa": np.array([2.0, np.nan]),
    "vertex.dyn.attrs": [pd.DataFrame({"visits": [float(at), 2.0]}) for at in range(3)],
    "meta": {"ids": np.array(["a", "b"]), "pers": np.array([1, 2, 3]), "behavior": np.array(["drug"])},
}
"""A `diffnet` without dates: nobody adopts in its first period, and ties are watched longer."""
CODED = """docid,segid,text,theme,model
minutes,1,They heard of it.,learning,m1
minutes,2,So it was red.,colour,m1
"""
CASCADE = {
    "cascade_nodes": {"lottery": ["NY", "NH"], "tax": ["CA"]},
    "cascade_times": {"lottery": [1967.0, 1964.0], "tax": [1911.0]},
    "node_names": ["CA", "NH", "NY", "TX"],
}


def sound(found):
    assert [problem for problem in found.problems if problem.level == "error"] == []
    return diffuscope.read_case(found.folder)


def test_a_network_beside_a_table_of_adoptions(tmp_path):
    ADOPTED.write_csv(tmp_path / "laws.csv")
    ties = nx.DiGraph()
    ties.add_edge("a", "b", weight=2.0)
    ties.add_edge("b", "c", weight=1.5)
    nx.write_graphml(ties, tmp_path / "aid.graphml")
    files = [tmp_path / "laws.csv", tmp_path / "aid.graphml"]
    with pytest.raises(PlanError, match="edges"):
        diffuscope.import_case(files, tmp_path / "case", kind="state", policy=["law"])
    said = ImportMap(file={"aid.graphml": FileMap(edges="influence")})
    found = diffuscope.import_case(files, tmp_path / "case", kind="state", policy=["law"], map=said)
    case = sound(found)
    assert case.tables["ties"].select("layer", "sender", "receiver", "weight").rows() == [
        ("aid", "a", "b", 2.0),
        ("aid", "b", "c", 1.5),
    ]
    assert case.tables["units"]["unit"].to_list() == ["a", "b", "c"]
    assert found.questions == ()  # c is known from the ties and never adopted


def test_cascades_keep_those_that_never_adopted(tmp_path, monkeypatch):
    file = tmp_path / "laws.rds"
    file.touch()
    monkeypatch.setattr(other_files, "r_objects", lambda _file: {"made": CASCADE})
    monkeypatch.setattr("diffuscope.case.importers.cascades.r_objects", lambda _file: {"made": CASCADE})
    case = sound(diffuscope.import_case([file], tmp_path / "case", kind="state"))
    assert case.tables["adoptions"].select("unit", "policy", "time").sort("unit", "policy").rows() == [
        ("CA", "tax", "1911"),
        ("NH", "lottery", "1964"),
        ("NY", "lottery", "1967"),
    ]
    assert "TX" in case.tables["units"]["unit"].to_list()


def test_coded_passages_are_evidence_and_unknown_codes_are_asked_about(tmp_path):
    ADOPTED.write_csv(tmp_path / "laws.csv")
    (tmp_path / "coded.csv").write_text(CODED, encoding="utf-8")
    said = ImportMap(
        file={"coded.csv": FileMap(code=("theme",), coder="model-1", trail=("model",))},
        codes={"learning": {"mechanism": "learning", "criterion": "L-b", "direction": "for", "band": "weak"}},
    )
    files = [tmp_path / "laws.csv", tmp_path / "coded.csv"]
    found = diffuscope.import_case(files, tmp_path / "case", kind="state", policy=["law"], map=said)
    case = sound(found)
    evidence = case.tables["evidence"].select("analysis", "mechanism", "document", "coder", "note").rows()
    assert evidence == [("main", "learning", "minutes", "model-1", "model: m1")]
    assert [question for question in found.questions if "`colour`" in question]


def test_passages_alone_are_no_case(tmp_path):
    (tmp_path / "coded.csv").write_text(CODED, encoding="utf-8")
    said = ImportMap(file={"coded.csv": FileMap(code=("theme",))})
    with pytest.raises(PlanError, match="names a unit"):
        diffuscope.import_case([tmp_path / "coded.csv"], tmp_path / "case", map=said)
    assert not (tmp_path / "case").exists()


def test_an_r_file_that_is_none_is_damaged(tmp_path):
    (tmp_path / "laws.rds").write_bytes(b"no R")
    with pytest.raises(CaseError, match=r"laws\.rds"):
        diffuscope.import_case([tmp_path / "laws.rds"], tmp_path / "case")


def test_a_data_frame_of_r_is_a_table(tmp_path):
    rdata.write_rds(tmp_path / "laws.rds", ADOPTED.to_pandas())
    case = sound(
        diffuscope.import_case([tmp_path / "laws.rds"], tmp_path / "case", kind="state", policy=["law"])
    )
    assert case.tables["adoptions"]["time"].to_list() == ["1999", "2001"]


def test_periods_that_are_numbers_are_waves(tmp_path):
    rdata.write_rds(tmp_path / "doctors.rds", COUNTED)
    found = diffuscope.import_case([tmp_path / "doctors.rds"], tmp_path / "case", kind="doctor")
    case = sound(found)
    assert found.problems == ()
    assert any("numbers of periods, " in one.statement for one in found.decisions)
    assert case.waves == {"1": "1001", "2": "1002", "3": "1003"}
    assert case.tables["adoptions"].select("unit", "policy", "time").rows() == [("a", "drug", "1002")]
    assert case.tables["ties"].select("sender", "receiver", "end").rows() == [("b", "a", "1002")]
    visits = case.tables["attributes"].filter(pl.col("unit") == "a").sort("time")
    assert visits.select("time", "value").rows() == [("1001", "0"), ("1002", "1"), ("1003", "2")]
    assert (case.analyses[0].period, case.analyses[0].window) == ("wave", ("1", "3"))
    assert "numbers of periods" in (tmp_path / "case" / "README.md").read_text(encoding="utf-8")


def test_the_first_year_is_that_of_the_first_period_of_the_whole_file(tmp_path):
    rdata.write_rds(tmp_path / "doctors.rds", COUNTED)
    said = ImportMap(file={"doctors.rds": FileMap(first_year=1953)})
    case = sound(diffuscope.import_case([tmp_path / "doctors.rds"], tmp_path / "case", kind="d", map=said))
    assert case.tables["adoptions"]["time"].to_list() == ["1954"]
    assert case.tables["ties"]["end"].to_list() == ["1954"]
    assert sorted(set(case.tables["attributes"]["time"])) == ["1953", "1954", "1955"]
    assert case.analyses[0].window == ("1953", "1955")


def test_columns_of_policies_share_their_first_period(tmp_path):
    pl.DataFrame({"state": ["a", "b"], "law": [1, 4], "ban": [3, None]}).write_csv(tmp_path / "laws.csv")
    said = ImportMap(file={"laws.csv": FileMap(first_year=1990, policy=("law", "ban"))})
    case = sound(diffuscope.import_case([tmp_path / "laws.csv"], tmp_path / "case", kind="state", map=said))
    assert sorted(case.tables["adoptions"].select("policy", "unit", "time").rows()) == [
        ("ban", "a", "1992"),
        ("law", "a", "1990"),
        ("law", "b", "1993"),
    ]


def test_an_end_is_counted_as_its_beginning_is(tmp_path):
    pl.DataFrame({"state": ["a", "b"], "toa": [1, 2], "until": [4, None]}).write_csv(tmp_path / "laws.csv")
    said = ImportMap(file={"laws.csv": FileMap(first_year=1990)})
    folder = [tmp_path / "laws.csv"]
    case = sound(diffuscope.import_case(folder, tmp_path / "a", kind="state", policy=["law"], map=said))
    assert case.tables["adoptions"].select("time", "until").rows() == [("1990", "1993"), ("1991", None)]
    case = sound(diffuscope.import_case(folder, tmp_path / "b", kind="state", policy=["law"]))
    assert case.tables["adoptions"].select("time", "until").rows() == [("1001", "1004"), ("1002", None)]


def test_numbers_of_periods_and_dates_are_not_one_order(tmp_path):
    rdata.write_rds(tmp_path / "doctors.rds", COUNTED)
    facts = pl.DataFrame({"unit": ["a", "a"], "year": [1990, 1991], "gdp": [1.0, 2.0]})
    facts.write_csv(tmp_path / "facts.csv")
    with pytest.raises(PlanError, match="first_year"):
        diffuscope.import_case([tmp_path / "doctors.rds", tmp_path / "facts.csv"], tmp_path / "case")


@pytest.mark.parametrize(
    ("write", "ending"), [(nx.write_graphml, "graphml"), (nx.write_gml, "gml"), (nx.write_pajek, "net")]
)
def test_nodes_are_called_as_the_units_of_the_tables_are(tmp_path, write, ending):
    ADOPTED.write_csv(tmp_path / "laws.csv")
    ties = nx.DiGraph([("n0", "n1")])
    nx.set_node_attributes(ties, {"n0": "a", "n1": "b"}, "name")
    if ending != "graphml":  # GML and Pajek keep the names of nodes beside ids of their own
        ties = nx.relabel_nodes(ties, {"n0": "a", "n1": "b"})
        nx.set_node_attributes(ties, {"a": "a", "b": "b"}, "name")
    file = tmp_path / f"aid.{ending}"
    write(ties, file)
    said = ImportMap(file={file.name: FileMap(edges="influence")})
    files = [tmp_path / "laws.csv", file]
    found = diffuscope.import_case(files, tmp_path / "case", kind="state", policy=["law"], map=said)
    case = sound(found)
    assert case.tables["ties"].select("sender", "receiver").rows() == [("a", "b")]
    assert case.tables["units"]["unit"].to_list() == ["a", "b"]
    assert any("Nodes are called by their" in one.statement for one in found.decisions)
    given = ImportMap(file={file.name: FileMap(edges="influence", unit="id")})
    by_id = sound(diffuscope.import_case(files, tmp_path / "by-id", kind="state", policy=["law"], map=given))
    assert by_id.tables["units"].height == 4


def test_nodes_that_are_no_units_of_the_tables_are_asked_about(tmp_path):
    ADOPTED.write_csv(tmp_path / "laws.csv")
    nx.write_graphml(nx.DiGraph([("p", "q"), ("p", "p")]), tmp_path / "aid.graphml")
    said = ImportMap(file={"aid.graphml": FileMap(edges="influence")})
    files = [tmp_path / "laws.csv", tmp_path / "aid.graphml"]
    found = diffuscope.import_case(files, tmp_path / "case", kind="state", policy=["law"], map=said)
    assert [one for one in found.questions if "No unit of `aid.graphml`, such as `p`" in one]
    assert any("1 loop" in one.statement for one in found.decisions), "what a reader decides is kept"


def test_ties_by_other_codes_are_asked_about(tmp_path):
    ADOPTED.write_csv(tmp_path / "laws.csv")
    pl.DataFrame({"sender": ["101", "102"], "receiver": ["102", "103"]}).write_csv(tmp_path / "borders.csv")
    files = [tmp_path / "laws.csv", tmp_path / "borders.csv"]
    found = diffuscope.import_case(files, tmp_path / "case", kind="state", policy=["law"])
    assert [one for one in found.questions if "No unit of `borders.csv`, such as `101`" in one]
