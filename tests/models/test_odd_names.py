"""Names of columns and policies that look like code: every program sees a name, and nothing of it is run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import numpy as np
import polars as pl
import pytest
from made_panels import panel

from diffuscope.errors import MethodError, PlanError
from diffuscope.models import Fit, cox, event_history, firth
from diffuscope.models.design.terms import in_backticks
from diffuscope.models.export.r_script import r_script
from diffuscope.models.export.stata_script import stata_script
from diffuscope.models.postestimation.marginal_effects import average_marginal_effects, contrast_effects
from diffuscope.records.quoting import csv_cell

ODD = (
    "system('touch ran')",
    "`; system('touch ran'); `",
    '"); system("touch ran"); ("',
    "a\nsystem('touch ran')\n",
    "\\",
    "back\\`tick",
    "x-y",
    "a:b",
    "a*b",
    "log(x)",
    "I(x^2)",
    "Đà Nẵng",
    "50 %",
    "#1",
    "panel$event",
    "@unit",
    "=1+1",
    "'=1+1",
    "-x",
    "1st",
    "if",
    "NA",
    "TRUE",
    "_under",
    ".dot",
    "column_1",
    "duration_1",
    "tab\there",
    "{x}",
    "$(touch ran)",
    '`=shell("touch ran")\'',
    "n" * 300,
    "🛕",
    "c'est",
)
rscript = pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")


def ran(script: str, frame: pl.DataFrame, folder, locale: str) -> subprocess.CompletedProcess[str]:
    frame.write_csv(folder / "panel.csv")
    (folder / "model.R").write_text(script, encoding="utf-8")
    found = subprocess.run(
        ["Rscript", "--vanilla", "model.R"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "LC_ALL": locale},
        errors="replace",
    )
    assert {file.name for file in folder.iterdir()} == {"panel.csv", "model.R"}
    return found


def named(names, column="coercion", rows: int = 2000) -> pl.DataFrame:
    """A panel with further columns of numbers under some names."""
    rng = np.random.default_rng(5)
    made = [pl.Series(name, rng.normal(size=rows)) for name in names]
    return panel(rows).drop(column).with_columns(made)


def formula(names) -> str:
    return "adopted ~ " + " + ".join(map(in_backticks, names))


@rscript
@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_columns_of_any_name_in_r(locale, tmp_path):
    frame = named(ODD)
    fit = event_history(formula(ODD), frame, cluster=None)
    assert fit.names[1:] == ODD
    found = ran(fit.r_script(), frame, tmp_path, locale)
    assert found.returncode == 0, found.stdout[-2000:] + found.stderr[-2000:]


@rscript
@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_policies_units_and_categories_of_any_name_in_r(locale, tmp_path):
    at = pl.int_range(2000)
    frame = panel().with_columns(
        pl.Series("policy", [ODD[row % len(ODD)] for row in range(2000)]),
        pl.Series("a-b", [ODD[(row // 7) % 9] for row in range(2000)]),
        pl.Series("group:", [f"0{row % 40}" for row in range(2000)]),
        (at % 3 + 1).cast(pl.Float64).alias("w w"),
    )
    fit = event_history(
        "adopted ~ coercion + `a-b` + C(`a-b`):coercion",
        frame,
        policy_effects="fixed",
        cluster="group:",
        weights="w w",
    )
    found = ran(fit.r_script(), frame, tmp_path, locale)
    assert found.returncode == 0, found.stdout[-2000:] + found.stderr[-2000:]


@rscript
def test_a_table_of_a_report_is_read_back_in_r(tmp_path):
    names = [name for name in ODD if "\n" not in name]
    frame = panel().with_columns(pl.Series("policy", [names[row % len(names)] for row in range(2000)]))
    frame = frame.rename({"coercion": "=1+1"})
    fit = firth(formula(["=1+1"]), frame, policy_effects="fixed")
    text = frame.with_columns(pl.col(pl.String).map_elements(csv_cell, return_dtype=pl.String))
    found = ran(r_script(fit, "panel.csv", guarded=True), text.rename({"=1+1": "'=1+1"}), tmp_path, "C.UTF-8")
    assert found.returncode == 0, found.stdout[-2000:] + found.stderr[-2000:]


@rscript
def test_expressions_of_odd_columns_in_r(tmp_path):
    frame = named(["gdp:head", "x y"]).with_columns(pl.col("gdp:head").exp())
    right = "log(`gdp:head`) + {-(`gdp:head` + 1)**2 / 300} + C(region) + I(`x y` * 2):region"
    for fit in (
        event_history(f"adopted ~ {right}", frame, cluster="unit", duration="cubic"),
        cox(f"adopted ~ {{gdp > {frame['gdp'].median()}}} + {right}", frame, cluster=None),
    ):
        found = ran(fit.r_script(), frame, tmp_path, "C")
        assert found.returncode == 0, found.stdout[-2000:] + found.stderr[-2000:]


def test_a_name_says_nothing_of_what_a_term_is():
    frame = named(["x", "y", "x-y", "a:b", "a", "b", "log(x)"]).with_columns(pl.col("x").abs() + 0.1)
    fit = event_history("adopted ~ x + `x-y` + `a:b` + `log(x)` + a", frame, cluster=None)
    assert [fit.design.uses(name) for name in fit.names] == [
        (),
        ("x",),
        ("x-y",),
        ("a:b",),
        ("log(x)",),
        ("a",),
    ]
    table = average_marginal_effects(fit, frame)
    assert set(table["column"]) == {"x", "x-y", "a:b", "log(x)", "a"}
    told = contrast_effects(fit, frame, {"x-y": (float(fit.ci_low[2]), float(fit.ci_high[2]))})["x-y"]
    assert told.ci_low < told.effect < told.ci_high
    assert told.effect == pytest.approx(table.filter(pl.col("column") == "x-y")["effect"][0])


def test_an_interaction_and_a_column_of_its_name_are_not_mixed_up():
    frame = named(["a:b", "a", "b"])
    with pytest.raises(PlanError, match="two terms have the name"):
        event_history("adopted ~ log(a) + `log(a)`", named(["a", "log(a)"]), cluster=None)
    with pytest.raises(PlanError, match="would have the name"):
        event_history("adopted ~ `a:b` + a:b + a", frame, cluster=None)


@pytest.mark.parametrize("name", ["x-y", "1st", "if", "n" * 33, "Đà", "_all", "str12", "a`b"])
def test_no_name_that_stata_lacks_reaches_its_script(name):
    fit = event_history(formula([name]), named([name]), cluster=None)
    with pytest.raises(MethodError, match="not a valid name in Stata"):
        fit.stata_script()


def test_names_that_a_script_for_stata_makes_are_new_and_short():
    long = "g" * 32
    names = [long, "log_" + "g" * 28, "duration_1", "cluster_code", "policy_code"]
    frame = named(names).with_columns(pl.col(long).exp(), pl.Series("policy", ["p", "q"] * 1000))
    fit = event_history(
        f"adopted ~ log({long}) + {' + '.join(names[1:])}",
        frame,
        cluster="unit",
        policy_effects="fixed",
        duration="cubic",
    )
    made = re.findall(r"(?:generate(?: \w+)?|egen long) (\w+) =|generate\((\w+)\)", fit.stata_script())
    made = [one or other for one, other in made]
    assert len(made) == len(set(made)) >= 6
    assert not {*made} & {*names, "unit", "policy", "event", "duration"}
    assert all(len(name) <= 32 for name in made)


def test_no_policy_is_a_macro_of_stata():
    frame = panel().with_columns(pl.Series("policy", [ODD[row % len(ODD)] for row in range(2000)]))
    fit = event_history("adopted ~ coercion", frame, policy_effects="fixed", cluster=None)
    for guarded in (False, True):
        script = stata_script(fit, "panel.csv", guarded=guarded)
        assert not set("`$\\") & set(script)
        lines = [line for line in script.splitlines() if "policy ==" in line]
        assert len(lines) == len(ODD)
        assert all(line.isprintable() and line.count('"') % 2 == 0 for line in lines)
    with pytest.raises(MethodError, match="file name"):
        fit.stata_script('a" ; shell touch ran')


def test_a_fit_says_its_names_in_latex_and_html():
    fit: Fit = event_history(formula(["<b>&", "\\input{x}"]), named(["<b>&", "\\input{x}"]), cluster=None)
    assert "<b>" not in fit.html()
    assert r"\input" not in fit.latex()
