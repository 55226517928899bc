"""A fit in words: the summary, tables for papers, and scripts for other programs."""

from __future__ import annotations

import re

import polars as pl
import pytest
from lxml import etree, html
from made_panels import counting, panel, separated, two_by_two

from diffuscope.errors import MethodError
from diffuscope.models import cox, event_history, firth


def test_the_table_has_a_row_per_coefficient_and_numbers_of_the_fit():
    fit = event_history("adopted ~ coercion + region", panel())
    table = fit.table()
    assert table["term"].to_list() == ["(intercept)", "coercion", "region[T.south]", "region[T.west]"]
    assert (table["statistic"] * table["std_error"]).to_list() == pytest.approx(table["estimate"].to_list())
    assert ((table["ci_low"] < table["estimate"]) & (table["estimate"] < table["ci_high"])).all()


def test_the_summary_says_what_it_rests_on_and_its_warnings():
    frame = two_by_two().with_columns(x=pl.when(pl.int_range(100) == 99).then(None).otherwise("x"))
    told = event_history("event ~ x", frame, cluster="turn").summary()
    for words in ("logit: event ~ x", "99 rows; 17 events", "left out: 1 row, `x` is missing",
                  "clusters: 4 by turn", "t with 3 degrees", "Warning: 4 clusters by turn"):  # fmt: skip
        assert words in told


def test_tables_for_papers_are_escaped_and_hold_the_numbers():
    frame = two_by_two().rename({"x": "a_b <i>&"})
    fit = event_history("event ~ `a_b <i>&`", frame, cluster=None)
    shown = html.fromstring(fit.html())
    rows = [[cell.text_content() for cell in row] for row in shown.findall("tbody/tr")]
    assert rows[1][:3] == ["a_b <i>&", "1.5506", "0.5807"]
    etree.fromstring(fit.html().replace("<br>", "<br/>"))  # well formed
    latex = fit.latex()
    assert r"a\_b \textless{}i\textgreater{}\& & 1.5506 & 0.5807 & 0.0076 & 0.4124 to 2.6888 \\" in latex
    assert latex.count("{") == latex.count("}")


def test_a_script_for_r_names_the_model_and_the_coefficients_to_expect():
    fit = event_history(
        "adopted ~ coercion + log(gdp) + C(region)", panel(), link="cloglog", duration="cubic"
    )
    script = fit.r_script("my panel.csv")
    assert 'read.csv("my panel.csv"' in script
    right = "coercion + log(gdp) + factor(region) + duration_1 + duration_2 + duration_3"
    assert (
        f'glm(terms(event ~ {right}, keep.order = TRUE), data = panel, family = binomial("cloglog")' in script
    )
    for expected, values in (("expected", fit.coefficients), ("expected_error", fit.std_errors)):
        told = script.partition(f"{expected} <- c(")[2].partition(")\n")[0]
        assert [
            float(value) for value in re.findall(r"(?<![\w(])-?\d\S*?(?=,|\n|$)", told)
        ] == values.tolist()
    assert script.count("(") == script.count(")")


def test_scripts_for_other_estimators():
    strata = counting().with_columns(group=pl.int_range(400) % 2)
    fit = cox("adopted ~ x + z", strata, strata="group", cluster="unit")
    called = "coxph(Surv(start, stop, event) ~ x + z + strata(group), data = panel, "
    assert called + 'ties = "efron"' in fit.r_script()
    assert "stcox x z, nohr vce(cluster cluster_code) efron strata(group)" in fit.stata_script()
    fit = firth("event ~ x", separated())
    assert "terms(event ~ x, keep.order = TRUE)" in fit.r_script()
    assert "firthlogit event x\n" in fit.stata_script()


def test_a_script_for_stata_makes_the_columns_it_needs():
    frame = panel().with_columns(gap=pl.int_range(2000) % 2 + 1)
    fit = event_history("adopted ~ coercion + log(gdp) + region", frame, cluster="unit", duration="dummies")
    script = fit.stata_script()
    assert "generate double log_gdp = log(gdp)" in script
    assert "egen long region_code = group(region)" in script
    assert "generate double duration_1 = (duration == 2.0)" in script
    assert re.search(
        r"^logit event coercion log_gdp i.region_code duration_1 .*, offset\(ln_gap\) vce\(cluster",
        script,
        re.M,
    )


def test_what_another_program_codes_differently_gets_no_script():
    fit = event_history("adopted ~ bs(gdp, df=4)", panel(), cluster="unit")
    for script in (fit.r_script, fit.stata_script):
        with pytest.raises(MethodError, match="bs"):
            script()
