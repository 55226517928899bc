"""Import: files of a scholar to a case that checks, with nothing guessed."""

from __future__ import annotations

import pandas as pd
import polars as pl
import pytest

import diffuscope
from diffuscope.cli import main
from diffuscope.errors import CaseError, PlanError
from diffuscope.importing.import_map import FileMap, ImportMap


def command(*words):
    with pytest.raises(SystemExit) as ended:
        main(words)
    return ended.value.code


def panel(**columns):
    """Two units by three years."""
    return pl.DataFrame({"cid": ["a"] * 3 + ["b"] * 3, "year": [2001, 2002, 2003] * 2} | columns)


@pytest.fixture
def imported(tmp_path):
    """Import frames as CSV files, by name, and give the tables of the case."""

    def made(frames, **said):
        for name, frame in frames.items():
            frame.write_csv(tmp_path / f"{name}.csv")
        files = [tmp_path / f"{name}.csv" for name in frames]
        found = diffuscope.import_case(files, tmp_path / "case", **said)
        assert [problem for problem in found.problems if problem.level == "error"] == []
        return found, diffuscope.read_case(tmp_path / "case")

    return made


def dates(case):
    return case.tables["adoptions"].select("unit", "policy", "time", "time_latest", "until").rows()


def test_a_panel_of_zeros_and_ones(imported):
    frame = panel(law=[0, 1, 1, 0, 0, 0], gdp=[1.5, 2, 3, 4, 5, 6], oecd=[1, 1, 1, 0, 0, 0])
    found, case = imported({"laws": frame}, unit="cid", policy=["law"], kind="state")
    assert dates(case) == [("a", "law", "2002", None, None)]
    assert case.tables["units"].select("unit", "kind", "role").rows() == [
        ("a", "state", "adopter"),
        ("b", "state", "adopter"),
    ]
    facts = case.tables["attributes"].select("unit", "time", "variable", "value").rows()
    assert facts[:2] == [("a", "2001", "gdp", "1.5"), ("a", "2002", "gdp", "2.0")]
    assert facts[6:] == [("a", None, "oecd", "1"), ("b", None, "oecd", "0")]
    assert case.analyses[0].window == ("2001", "2003")
    assert found.questions == ()
    assert diffuscope.run_study(case, parts=["mechanisms"]).analyses


def test_the_name_of_the_only_policy_of_a_panel(imported):
    found, case = imported({"laws": panel(adopted=[0, 1, 1, 0, 0, 0])}, policy=["budget"], unit="cid")
    assert dates(case) == [("a", "budget", "2002", None, None)]
    assert case.tables["adoptions"]["source"].to_list() == ["laws.csv, column adopted"]
    assert case.analyses[0].policies == ("budget",)
    assert any(one.column == "adopted" and "`budget`" in one.statement for one in found.decisions)
    assert not any("Is `adopted`" in question for question in found.questions)


def test_a_policy_that_no_file_has_is_refused(imported):
    with pytest.raises(diffuscope.errors.PlanError, match=r"--policy laww: no column of `laws\.csv`"):
        imported({"laws": panel(gdp=[1.5, 2, 3, 4, 5, 6])}, policy=["laww"], unit="cid")


def test_columns_called_unit_and_time_beside_those_that_are_named(imported):
    frame = panel(ban=[0, 0, 1, 0, 0, 0], time=[7, 8, 9, 1, 2, 3], unit=[5] * 6)
    _, case = imported({"laws": frame}, unit="cid", time="year", policy=["ban"], kind="state")
    assert dates(case) == [("a", "ban", "2003", None, None)]
    assert set(case.tables["attributes"]["variable"]) == {"own_time", "own_unit"}


@pytest.mark.parametrize(
    ("law", "told"),
    [
        ([1, 1, 1, 0, 0, 0], (None, "2001", None)),  # by the first row, whenever that was
        ([0, None, 1, 0, 0, 0], ("2002", "2003", None)),  # somewhere in the gap
        ([0, 1, 0, 0, 1, 1], ("2002", None, "2003")),  # ended, where others last
    ],
)
def test_what_a_panel_leaves_open_stays_open(imported, law, told):
    _, case = imported({"laws": panel(law=law)}, unit="cid", policy=["law"], kind="state")
    assert dates(case)[0][2:] == told


def test_a_unit_is_watched_for_the_time_of_its_rows(imported):
    frame = panel(law=[0, 0, 0, 0, 0, 1]).filter(~((pl.col("cid") == "a") & (pl.col("year") == 2003)))
    _, case = imported({"laws": frame}, unit="cid", policy=["law"], kind="state")
    assert case.tables["units"].select("unit", "left").rows() == [("a", "2002"), ("b", None)]


def test_empty_cells_at_the_end_are_no_zeros(imported):
    found, case = imported(
        {"laws": panel(law=[0, 0, None, 0, 0, 1])}, unit="cid", policy=["law"], kind="state"
    )
    assert case.tables["units"].select("unit", "left").rows() == [("a", "2002"), ("b", None)]
    assert dates(case) == [("b", "law", "2003", None, None)]
    assert any("watched until" in one.statement for one in found.decisions)


def test_one_in_the_year_of_adoption_alone_is_asked_about(imported, tmp_path):
    frame = panel(law=[0, 1, 0, 0, 0, 1])
    with pytest.raises(CaseError, match="coding"):
        imported({"laws": frame}, unit="cid", policy=["law"], kind="state")
    said = ImportMap(file={"laws.csv": FileMap(coding="event")})
    _, case = imported({"laws": frame}, unit="cid", policy=["law"], kind="state", map=said)
    assert dates(case) == [("a", "law", "2002", None, None), ("b", "law", "2003", None, None)]


def test_months_keep_their_grain(imported):
    months = ["2001-11", "2001-12", "2002-01"] * 2
    frame = panel(law=[0, 0, 1, 0, 0, 0]).with_columns(pl.Series("month", months)).drop("year")
    _, case = imported({"laws": frame}, unit="cid", policy=["law"], kind="state")
    assert dates(case) == [("a", "law", "2002-01", None, None)]
    assert case.analyses[0].period == "month"


def test_a_column_of_years_for_each_policy(imported):
    years = pl.DataFrame({"cid": ["a", "b", "c"], "ban": [2001, 9999, None], "tax": [None, 2003, 2004]})
    with pytest.raises(CaseError, match="never = "):
        imported({"years": years}, unit="cid", policy=["ban", "tax"], kind="state")
    said = ImportMap(file={"years.csv": FileMap(never=(9999,))})
    _, case = imported({"years": years}, unit="cid", policy=["ban", "tax"], kind="state", map=said)
    assert sorted(dates(case)) == [
        ("a", "ban", "2001", None, None),
        ("b", "tax", "2003", None, None),
        ("c", "tax", "2004", None, None),
    ]
    assert case.tables["units"]["unit"].to_list() == ["a", "b", "c"]


def test_adoptions_covariates_ties_and_policies_in_four_files(imported):
    adoptions = pl.DataFrame(
        {
            "state": ["x", "y"],
            "policy": ["ban", "ban"],
            "adopt_year": [1999, 2001],
            "description": ["A ban"] * 2,
        }
    )
    facts = pl.DataFrame({"state": ["x", "y", "z"], "year": [2000] * 3, "gdp": [1, None, 3]})
    facts = pl.concat([facts, facts.with_columns(year=pl.col("year") + 1, gdp=pl.lit(4, pl.Int64))])
    borders = pl.DataFrame({"from": ["x", "y"], "to": ["y", "z"]})
    topics = pl.DataFrame({"policy": ["ban"], "majortopic": ["Health"]})
    found, case = imported(
        {"a": adoptions, "facts": facts, "borders": borders, "topics": topics}, kind="state"
    )
    assert found.rows == {"units": 3, "adoptions": 2, "attributes": 5, "ties": 2, "policies": 1}
    assert dates(case) == [("x", "ban", "1999", None, None), ("y", "ban", "2001", None, None)]
    assert case.tables["policies"]["name"].to_list() == ["A ban"]
    assert set(case.tables["ties"]["layer"]) == {"borders"}
    assert found.questions == ()  # z never adopted, so it is not asked whether anybody did not


def test_where_only_adopters_are_named_it_is_asked_who_never_adopted(imported):
    found, _ = imported(
        {"a": pl.DataFrame({"state": ["x", "y"], "year": [1999, 2001]})}, kind="state", policy=["ban"]
    )
    assert ["never did" in one for one in found.questions] == [True]


@pytest.mark.parametrize(
    ("frame", "said", "why"),
    [
        (pl.DataFrame({"who": ["a"], "year": [2001]}), {}, "--unit"),
        (panel(law=[0, 1, 1, 0, 0, 0], ban=[0, 0, 1, 0, 0, 0]), {"unit": "cid"}, "Which are policies"),
        (panel(law=[0, 1, 1, 0, 0, 0]), {"unit": "ccode"}, "lacks the column `ccode`"),
        (panel(law=[0, 2, 1, 0, 0, 0]), {"unit": "cid", "policy": ["law"]}, "0, 1 or empty|problem"),
        (
            panel(law=0).with_columns(year=pl.lit(2001)),
            {"unit": "cid", "policy": ["law"]},
            "two rows|problem",
        ),
        (pl.DataFrame({"state": ["a", "b"], "adopt_year": [85, 93]}), {}, "first_year"),
        (pl.DataFrame({"state": ["a", "b"], "year": [2001, 2001], "gdp": [1, 2]}), {}, "--policy NAME"),
    ],
)
def test_what_cannot_be_told_is_asked_and_nothing_is_left_behind(imported, tmp_path, frame, said, why):
    with pytest.raises((CaseError, PlanError), match=why):
        imported({"file": frame}, **said)
    assert not (tmp_path / "case").exists()


def test_a_map_that_says_what_no_map_says(tmp_path):
    (tmp_path / "laws.csv").write_text("cid,year,law\na,2001,0\n", encoding="utf-8")
    (tmp_path / "map.toml").write_text('[file."laws.csv"]\nunits = "cid"\n', encoding="utf-8")
    with pytest.raises(PlanError, match="units"):
        diffuscope.import_case([tmp_path / "laws.csv"], tmp_path / "case", map=tmp_path / "map.toml")


def test_the_command_says_what_it_decided_and_what_is_open(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    panel(law=[0, 1, 1, 0, 0, 0]).write_csv("laws.csv")
    assert command("import", "laws.csv", "--unit", "cid", "--out", "case") == 0
    said = capsys.readouterr().out
    assert "decided  laws.csv, year: It is the time." in said
    assert "Is `law` of `laws.csv` the policy?" in said
    assert "What are the units" in said
    page = (tmp_path / "case" / "README.md").read_text(encoding="utf-8")
    assert "Is `law` of `laws.csv` the policy?" in page
    assert command("check", "case") == 0


def test_codes_of_a_named_list_are_countries(imported):
    frame = panel(law=[0, 1, 1, 0, 0, 0]).with_columns(ccode=pl.Series([255, 255, 255, 2, 2, 2])).drop("cid")
    found, case = imported({"laws": frame}, policy=["law"], kind="state")
    assert dict(case.tables["units"].select("unit", "name").iter_rows()) == {
        "255": "Germany",
        "2": "United States",
    }
    assert any("codes are those of COW" in one.statement for one in found.decisions)


def test_letters_without_a_list_are_no_countries(imported):
    frame = panel(law=[0, 1, 1, 0, 0, 0]).with_columns(state=pl.Series(["GA"] * 3 + ["AL"] * 3)).drop("cid")
    _, case = imported({"laws": frame}, policy=["law"], kind="state")
    assert case.tables["units"]["name"].to_list() == ["GA", "AL"]


def test_a_country_has_one_name_in_all_files(imported):
    laws = pl.DataFrame(
        {
            "country": ["Burma"] * 2 + ["Viet Nam"] * 2 + ["Congo"] * 2,
            "year": [2001, 2002] * 3,
            "law": [0, 1] * 3,
        }
    )
    ties = pl.DataFrame({"from": ["Myanmar", "Vietnam"], "to": ["Congo", "Congo"]})
    found, case = imported({"laws": laws, "ties": ties}, policy=["law"], kind="state")
    assert case.tables["units"]["unit"].to_list() == ["Burma", "Viet Nam", "Congo"]
    assert case.tables["ties"].select("sender", "receiver").rows() == [
        ("Burma", "Congo"),
        ("Viet Nam", "Congo"),
    ]
    said = [one.statement for one in found.decisions]
    assert "`Myanmar` is read as `Burma`, the name of the unit in an earlier file." in said
    assert "`Vietnam` is read as `Viet Nam`, the name of the unit in an earlier file." in said
    assert not found.questions


def test_a_name_of_several_countries_is_asked_of_and_stays(imported):
    laws = panel(law=[0, 1, 1, 0, 0, 0]).with_columns(
        cid=pl.col("cid").replace({"a": "Congo", "b": "Democratic Republic of the Congo"})
    )
    ties = pl.DataFrame({"from": ["DR Congo"], "to": ["Congo"]})
    found, case = imported({"laws": laws, "ties": ties}, unit="cid", policy=["law"], kind="state")
    assert set(case.tables["units"]["unit"]) == {"Congo", "Democratic Republic of the Congo"}
    assert any("`Congo` can mean several countries" in question for question in found.questions)


def test_two_names_of_one_country_in_one_file_are_asked_of(imported):
    laws = panel(law=[0, 1, 1, 0, 0, 0]).with_columns(
        cid=pl.col("cid").replace({"a": "Burma", "b": "Myanmar"})
    )
    found, case = imported({"laws": laws}, unit="cid", policy=["law"], kind="state")
    assert set(case.tables["units"]["unit"]) == {"Burma", "Myanmar"}
    assert any("names of one unit in one file" in question for question in found.questions)


def test_files_without_adoptions_are_asked_for_them(imported):
    found, _ = imported({"wealth": pl.DataFrame({"state": ["a", "b"], "gdp": [1, 2]})}, kind="state")
    assert any("No file says who adopted what" in question for question in found.questions)


def test_two_rows_of_a_unit_are_named_in_their_file(tmp_path):
    panel(law=[0, 1, 1, 0, 0, 0]).with_columns(year=pl.Series([2001, 2001, 2002] * 2)).write_csv(
        tmp_path / "p.csv"
    )
    with pytest.raises(CaseError, match=r"`p\.csv`, row 2, `year`") as raised:
        diffuscope.import_case([tmp_path / "p.csv"], tmp_path / "c", unit="cid", policy=["law"])
    assert {(one.file, one.column) for one in raised.value.problems} == {("p.csv", "year")}


def test_a_unit_without_a_date_did_not_adopt(imported):
    laws = pl.DataFrame({"state": ["a", "b", "c"], "adopt": [2001, None, 2003]})
    found, case = imported({"laws": laws}, kind="state", policy=["law"])
    assert dates(case) == [("a", "law", "2001", None, None), ("c", "law", "2003", None, None)]
    assert case.tables["units"]["unit"].to_list() == ["a", "b", "c"]
    assert any("1 row has no date" in one.statement for one in found.decisions)
    assert found.questions == (), "b could have adopted"


@pytest.mark.parametrize(("empty", "adopters"), [("never", ["a"]), ("unknown", ["a", "b"])])
def test_a_list_of_adoptions_without_dates_is_a_question(imported, empty, adopters):
    laws = pl.DataFrame({"state": ["a", "b"], "policy": ["x", "x"], "year": [2001, None]})
    with pytest.raises(PlanError, match='empty = "never"'):
        imported({"laws": laws}, kind="state")
    said = ImportMap(file={"laws.csv": FileMap(empty=empty)})
    case = imported({"laws": laws}, kind="state", map=said)[1]
    assert case.tables["adoptions"]["unit"].to_list() == adopters


def test_a_column_that_says_whether_it_adopted_is_not_when(imported):
    both = panel(adopted=[0, 0, 1, 0, 0, 0])
    case = imported({"laws": both}, unit="cid", policy=["adopted"], kind="state")[1]
    assert dates(case) == [("a", "adopted", "2003", None, None)]


def test_what_a_reader_asks_is_answered_by_the_map(tmp_path):
    text = "state;law\nGenève;1990\nZürich;\n"
    (tmp_path / "laws.csv").write_bytes(text.encode("cp1252"))
    files, said = [tmp_path / "laws.csv"], {"kind": "state", "policy": ["law"]}
    with pytest.raises(CaseError, match=r'The map says it under \[file."laws.csv"\]'):
        diffuscope.import_case(files, tmp_path / "case", **said)
    answer = ImportMap(file={"laws.csv": FileMap(encoding="cp1252")})
    diffuscope.import_case(files, tmp_path / "case", map=answer, **said)
    assert diffuscope.read_case(tmp_path / "case").table("adoptions")["unit"].to_list() == ["Genève"]


def test_codes_with_labels_stay_codes_where_the_map_says_so(tmp_path):
    panel = pd.DataFrame({"cid": [1, 1], "year": [2001, 2002], "law": [0, 1], "regime": [1, 2]})
    file = tmp_path / "laws.dta"
    panel.to_stata(file, write_index=False, value_labels={"regime": {1: "Autocracy", 2: "Democracy"}})
    values = []
    for keep in (False, True):
        said = ImportMap(file={"laws.dta": FileMap(keep_codes=keep)})
        folder = tmp_path / f"case-{keep}"
        diffuscope.import_case([file], folder, unit="cid", policy=["law"], kind="state", map=said)
        facts = diffuscope.read_case(folder).table("attributes").filter(pl.col("variable") == "regime")
        values.append(facts["value"].to_list())
    assert values == [["Autocracy", "Democracy"], ["1", "2"]]
