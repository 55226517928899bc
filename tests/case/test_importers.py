"""Panels from and to the files of other programs."""

from __future__ import annotations

import pandas as pd
import polars as pl
import pyreadstat
import pytest
import rdata

from diffuscope import CaseError, PlanError, adoptions_from_panel, person_period, read_frame, write_panel

YEARS = pl.DataFrame(
    {
        "country": ["Côte d'Ivoire"] * 3 + ["Lao PDR"] * 3,
        "year": [2000, 2001, 2002] * 2,
        "law": [0, 1, 1, 0, 0, None],
        "gdp": [1.5, 2.5, None, 4.0, 5.0, 6.0],
    }
)


def as_csv(file):
    YEARS.write_csv(file.with_suffix(".csv"))
    return file.with_suffix(".csv")


def as_parquet(file):
    YEARS.write_parquet(file.with_suffix(".parquet"))
    return file.with_suffix(".parquet")


def as_stata(file):
    YEARS.to_pandas().to_stata(file.with_suffix(".dta"), write_index=False, version=118)
    return file.with_suffix(".dta")


def as_r(file):
    rdata.write_rds(file.with_suffix(".rds"), YEARS.to_pandas())
    return file.with_suffix(".rds")


@pytest.mark.parametrize("written", [as_csv, as_parquet, as_stata, as_r])
def test_a_panel_of_any_program_gives_the_same_adoptions(tmp_path, written):
    found = read_frame(written(tmp_path / "panel"), columns={"country": "c", "year": "y", "law": "law"})
    assert found.columns == ["c", "y", "law"]
    seen = adoptions_from_panel(found, unit="c", time="y", policies=["law"])
    ours = adoptions_from_panel(YEARS, unit="country", time="year", policies=["law"])
    assert seen.adoptions.equals(ours.adoptions)


def test_labels_of_stata_and_factors_of_r_are_text(tmp_path):
    coded = pd.DataFrame({"country": [1.0, 2.0]})
    pyreadstat.write_dta(
        coded, tmp_path / "coded.dta", variable_value_labels={"country": {1: "Laos", 2: "Viet Nam"}}
    )
    assert read_frame(tmp_path / "coded.dta")["country"].to_list() == ["Laos", "Viet Nam"]
    factor = pd.DataFrame({"country": pd.Categorical(["Laos", "Viet Nam"])})
    rdata.write_rds(tmp_path / "factor.rds", factor)
    assert read_frame(tmp_path / "factor.rds")["country"].to_list() == ["Laos", "Viet Nam"]


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".dta"])
def test_a_panel_comes_back_as_it_went_out(tmp_path, ending):
    laws = pl.DataFrame({"unit": ["Å", "b", "c"], "time": ["2001-03", "2001-05", None]})
    panel = person_period(laws, period="month", covariates=pl.DataFrame({"unit": ["b"], "big": [True]}))
    file = write_panel(panel, tmp_path / f"panel{ending}")
    back = read_frame(file)
    assert back.columns == panel.table().columns
    for name in ("unit", "period"):
        assert back[name].to_list() == panel.table()[name].to_list()
    for name in ("time", "duration", "event", "gap", "spell"):
        assert back[name].cast(pl.Int64).to_list() == panel.table()[name].cast(pl.Int64).to_list()
    assert back["big"].cast(pl.Int64).to_list() == [1, 1, None, None]


def test_a_stata_file_says_what_its_columns_mean(tmp_path):
    laws = pl.DataFrame({"unit": ["a", "b"], "time": [2001, 2003]})
    panel = person_period(laws, covariates=pl.DataFrame({"unit": ["b"], "gdp per head": [5.0]}))
    file = write_panel(panel, tmp_path / "panel.dta", labels={"gdp per head": "US dollars"})
    labels = pyreadstat.read_dta(file, metadataonly=True)[1].column_names_to_labels
    assert labels["gdp_per_head"] == "US dollars"
    assert labels["event"] == "1 if adopted in this period, else 0"
    assert all(labels.values())


def test_files_that_cannot_be_read_are_refused_in_words(tmp_path):
    for ending in (".dta", ".rds", ".parquet"):
        (tmp_path / f"broken{ending}").write_bytes(b"nothing of the kind")
        with pytest.raises(CaseError, match="damaged"):
            read_frame(tmp_path / f"broken{ending}")
    rdata.write_rds(tmp_path / "list.rds", [1, 2])
    with pytest.raises(CaseError, match="no data frame"):
        read_frame(tmp_path / "list.rds")
    with pytest.raises(CaseError, match="no file"):
        read_frame(tmp_path / "absent.csv")
    with pytest.raises(PlanError, match="does not end in one of"):
        read_frame(tmp_path / "panel.sav")
    with pytest.raises(PlanError, match="`tax`"):
        read_frame(as_csv(tmp_path / "panel"), columns={"tax": "law"})


def test_what_cannot_be_written_is_refused_in_words(tmp_path):
    with pytest.raises(PlanError, match="does not end in one of"):
        write_panel(YEARS, tmp_path / "panel.xls")
    with pytest.raises(PlanError, match="frame"):
        write_panel("panel", tmp_path / "panel.csv")
    with pytest.raises(PlanError, match="same name"):
        write_panel(pl.DataFrame({"a b": [1], "a_b": [2]}), tmp_path / "panel.dta")
