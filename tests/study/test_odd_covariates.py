"""Covariates of any name, from the case to the report's script in R; and those whose name is taken."""

from __future__ import annotations

import shutil
import subprocess

import numpy as np
import polars as pl
import pytest
from spread import case, tables

from diffuscope.report.cells import csv_text
from diffuscope.report.models import model_files
from diffuscope.report.tables import out_tables
from diffuscope.study import case_problems, run_study

pytestmark = pytest.mark.usefixtures("without_safeguards")

ODD = (
    "x-y",
    "a:b",
    "system('touch ran')",
    "=1+1",
    "'=1",
    "@x",
    "Đà Nẵng",
    "log(wealth)",
    "` + 1 + `x\\",
    "value",
)


def renamed(names):
    """The case with attributes of further names, drawn at random."""
    source = tables()["attributes"]
    units = source["unit"].unique(maintain_order=True)
    more = [
        pl.DataFrame({"unit": units, "variable": name}).with_columns(
            time=pl.lit(None, dtype=pl.String),
            value=pl.Series(np.random.default_rng(at).normal(size=units.len()).round(3)).cast(pl.String),
            source=pl.lit("s"),
        )
        for at, name in enumerate(names)
    ]
    return pl.concat([source, *(one.select(source.columns) for one in more)])


def test_odd_covariates_from_the_case_to_r(tmp_path):
    asked = case(attributes=renamed(ODD), covariates=list(ODD))
    assert not [problem for problem in case_problems(asked) if problem.level == "error"]
    result = run_study(asked)
    main = result.histories[0].estimates[0]
    assert main.refused is None
    told = {one.term: one for one in main.coefficients}
    assert set(ODD) <= set(told)
    assert all(told[name].column == name and told[name].effect is not None for name in ODD)
    if shutil.which("Rscript") is None:
        pytest.skip("R is not installed")
    for table in out_tables(result):
        if table.name.startswith("panel-"):
            (tmp_path / "tables").mkdir()
            text = csv_text(list(table.columns), table.rows)
            (tmp_path / "tables" / f"{table.name}.csv").write_text(text, encoding="utf-8", newline="")
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "q.R").write_bytes(model_files(result)["models/q.R"])
    found = subprocess.run(
        ["Rscript", "--vanilla", "q.R"],
        cwd=tmp_path / "models",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert found.returncode == 0, found.stdout[-3000:] + found.stderr[-3000:]
    assert not list(tmp_path.rglob("ran"))


TAKEN = (
    "unit", "policy", "time", "period", "duration", "event", "gap", "spell", "global_share",
    "time_at_risk", "adopted", "year", "start", "stop", "emulation", "learning", "isolate_emulation",
)  # fmt: skip


@pytest.mark.parametrize(
    "asked",
    [
        {"covariates": list(TAKEN)},
        {"drivers": list(TAKEN)},
        {"formula": f"adopted ~ wealth + {' + '.join(TAKEN)}"},
        {"repeat": [{"id": f"x{at}", "says": "y", "covariates": [name]} for at, name in enumerate(TAKEN)]},
    ],
    ids=lambda asked: next(iter(asked)),
)
def test_covariates_whose_name_is_taken(asked):
    found = [one for one in case_problems(case(attributes=renamed(TAKEN), **asked)) if one.level == "error"]
    assert sorted(one.value for one in found if one.rule == "name-taken") == sorted(TAKEN)
    assert all("rename" in one.fix for one in found if one.rule == "name-taken")


def test_names_that_no_question_uses_are_left_alone():
    made = case(attributes=renamed(["duration", "emulation"]), covariates=["wealth"])
    assert not [problem for problem in case_problems(made) if problem.rule == "name-taken"]


@pytest.mark.parametrize(
    "formula", ["adopted ~ 0", "adopted ~ I([wealth])", "adopted ~ ", "adopted ~ " + "-" * 2000 + "wealth"]
)
def test_formulas_that_explain_nothing_or_are_too_large_are_refused_at_check(formula):
    found = [problem for problem in case_problems(case(formula=formula)) if problem.level == "error"]
    assert [problem.rule for problem in found] == ["bad-formula"]
