"""Several models in one regression table: closed forms, aligned terms, lags, hostile names."""

from __future__ import annotations

import re
from io import BytesIO

import docx
import numpy as np
import polars as pl
import pytest
from lxml import etree, html
from made_panels import counting, panel, separated, two_by_two
from test_odd_names import ODD, named

import diffuscope
from diffuscope.errors import PlanError
from diffuscope.models import combine_fits, conditional_logit, cox, event_history, firth, regression_table
from diffuscope.models.design.terms import in_backticks
from diffuscope.report.regression import regression_word


@pytest.fixture(scope="module")
def closed():
    """Logit and complementary log-log of 12 events in 40 rows against 5 in 60, and the separated table."""
    two = two_by_two()
    return [
        event_history("event ~ x", two, cluster=None),
        event_history("event ~ x", two, cluster=None, link="cloglog"),
        firth("event ~ x", separated()),
    ]


def cells(table, term):
    """Of a term, the estimates and what stands below them; of a fact, its cells."""
    lines = list(table.lines())
    at = next(at for at, line in enumerate(lines) if line[0] == term)
    below = lines[at + 1][1:] if lines[at + 1][0] == "" else ()
    return lines[at][1:], below


def test_closed_forms_stand_in_their_columns(closed):
    """log((12 · 55)/(28 · 5)), √(1/12 + 1/28 + 1/5 + 1/55); ½ added to each cell of the separated table."""
    table = regression_table(closed)
    estimates, errors = cells(table, "x")
    assert estimates == ("1.551", "1.411", "2.677")
    assert (errors[0], errors[2]) == ("(0.581)", "(1.649)")
    assert cells(table, "Intercept")[0] == ("−2.398", "−2.442", "−3.045")
    assert cells(table, "Rows")[0] == ("100", "100", "20")
    assert cells(table, "Events")[0] == ("17", "17", "4")
    assert cells(table, "Log-likelihood")[0][:2] == ("−41.64", "−41.64")
    assert cells(table, "AIC")[0][0] == "87.29"
    assert cells(table, "BIC (rows)")[0][0] == "92.50"
    assert cells(table, "Estimator")[0] == ("logit", "cloglog", "Firth logit")
    assert cells(table, "Errors")[0] == ("model-based",) * 3
    assert table.terms[-1].term == "Intercept", "it is last"


def test_intervals_and_ratios_in_place_of_errors(closed):
    """exp(1.5506) = 4.714, and the ends 1.5506 ± 1.96 · 0.5807 exponentiated."""
    shown = cells(regression_table(closed, below="intervals"), "x")
    assert (shown[0][0], shown[1][0]) == ("1.551", "[0.412, 2.689]")
    ratios = regression_table(closed, below="intervals", ratios=True)
    assert cells(ratios, "x")[0][0] == "4.71"
    assert cells(ratios, "x")[1][0] == "[1.51, 14.7]"
    assert cells(ratios, "Coefficients")[0] == ("odds ratios", "hazard ratios", "odds ratios")
    with pytest.raises(PlanError, match="no symmetric errors"):
        regression_table(closed, ratios=True)


def test_a_probit_has_an_index_and_no_ratios():
    """Φ⁻¹(.3) − Φ⁻¹(1/12) = −.5244 + 1.3830."""
    fit = event_history("event ~ x", two_by_two(), cluster=None, link="probit")
    table = regression_table([fit])
    assert cells(table, "x")[0] == ("0.859",)
    assert cells(table, "Coefficients")[0] == ("probit index",)
    with pytest.raises(PlanError, match="probit"):
        regression_table([fit], ratios=True, below="intervals")


def test_strata_and_the_kind_of_likelihood_are_named():
    frame = panel()
    fits = [
        event_history("adopted ~ coercion", frame, cluster="unit"),
        conditional_logit("adopted ~ coercion", frame, strata="policy", cluster=None),
    ]
    table = regression_table(fits)
    assert cells(table, "Policy effects")[0] == ("no", "strata by policy")
    assert any(note.endswith("rows: (1); (2).") for note in table.notes)


def test_stars_stand_only_where_they_are_asked_for(closed):
    """p of the logit is 0.0076, of Firth's profile 0.0208 (twice the difference of penalised likelihoods)."""
    assert "*" not in regression_table(closed).text()
    table = regression_table(closed, stars=True)
    assert cells(table, "x")[0][0] == "1.551**"
    assert "* p < 0.05, ** p < 0.01, *** p < 0.001." in table.notes


def test_terms_are_aligned_and_blank_where_a_model_lacks_them():
    frame = panel()
    fits = [
        event_history("adopted ~ coercion", frame, cluster="unit"),
        event_history("adopted ~ log(gdp) + coercion + region", frame, cluster="unit", duration="cubic"),
        event_history("adopted ~ coercion", frame, cluster=None, policy_effects="fixed", duration="dummies"),
    ]
    table = regression_table(fits, ["bare", "controls", "effects"], effects=["region"])
    assert [row.term for row in table.terms] == ["coercion", "log(gdp)", "Intercept"]
    assert table.models == ("(1) bare", "(2) controls", "(3) effects")
    estimates, errors = cells(table, "log(gdp)")
    assert (estimates[0], estimates[2], errors[0], errors[2]) == ("", "", "", "")
    assert cells(table, "Policy effects")[0] == ("no", "no", "yes (5)")
    assert cells(table, "Effects of region")[0] == ("no", "yes", "no")
    assert cells(table, "Time at risk")[0] == ("no", "cubic polynomial", "dummies")
    assert cells(table, "Errors")[0] == ("clustered by unit (60)", "clustered by unit (60)", "model-based")
    assert cells(table, "Units")[0] == ("60",) * 3
    assert any("are not shown" in note for note in table.notes)
    whole = regression_table(fits, time_terms=True)
    assert {"duration P1", "region[T.south]", "policy p1"} <= {row.term for row in whole.terms}
    assert not any("are not shown" in note for note in whole.notes)
    numbers = table.estimates
    assert numbers.height == sum(len(fit.names) for fit in fits), "those left out of the table are kept"
    own = numbers.filter((pl.col("model") == "(2) controls") & (pl.col("term") == "coercion"))
    assert own["estimate"].item() == fits[1].coefficients[fits[1].names.index("coercion")]


def test_lags_stand_beside_terms_and_another_lag_is_another_row():
    frame = panel()
    fits = [event_history("adopted ~ coercion + log(gdp)", frame, cluster="unit")] * 2
    table = regression_table(fits, lags=[{"coercion": 1, "gdp": 1}, {"coercion": 2, "gdp": 1}])
    assert [row.term for row in table.terms] == [
        "coercion (lag 1)", "log(gdp) (lag 1)", "coercion (lag 2)", "Intercept",
    ]  # fmt: skip
    assert cells(table, "coercion (lag 1)")[0][1] == ""
    named_so = regression_table(fits, lags={"coercion": 1}, terms={"log(gdp)": "GDP", "coercion": "Pressure"})
    assert [row.term for row in named_so.terms] == ["GDP", "Pressure (lag 1)", "Intercept"]


def test_lags_of_a_panel_are_known():
    units, years = ["a", "b", "c"], range(2000, 2006)
    adoptions = pl.DataFrame({"unit": ["a", "b"], "policy": ["p", "p"], "time": ["2001", "2004"]})
    made = diffuscope.person_period(adoptions, units=units, origin=2000, censor=2005)
    rows = [(unit, str(year), float(year % 3)) for unit in units for year in years]
    wealth = pl.DataFrame(rows, schema=["unit", "time", "wealth"], orient="row")
    made = diffuscope.add_covariates(made, wealth, lag=2)
    fit = firth("adopted ~ wealth", made)
    assert regression_table([fit], lags=made).terms[0].term == "wealth (lag 2)"


def test_what_cannot_be_compared_is_said():
    frame = panel()
    fits = [
        event_history("adopted ~ coercion", frame, cluster="unit"),
        event_history("adopted ~ coercion", frame.head(1500), cluster="unit"),
        cox("adopted ~ x", counting(), cluster="unit"),
    ]
    [note] = [one for one in regression_table(fits).notes if one.startswith("Log-likelihoods")]
    assert note.endswith("(1); (2); (3).")
    alike = regression_table([fits[0], event_history("adopted ~ gdp", frame, cluster="unit")])
    assert not any(one.startswith("Log-likelihoods") for one in alike.notes)


def test_estimates_combined_over_draws_have_no_likelihood():
    frame = panel()
    fits = [event_history("adopted ~ coercion", frame.sample(fraction=0.9, seed=at)) for at in range(5)]
    table = regression_table([combine_fits(fits), fits[0]])
    assert cells(table, "AIC")[0][0] == "–"
    assert cells(table, "Rows")[0] == ("1,800", "1,800")
    assert cells(table, "Estimator")[0] == ("logit, 5 draws", "logit")
    assert any("leaves no likelihood" in note for note in table.notes)


def test_warnings_of_models_are_notes_once(closed):
    table = regression_table([closed[2], closed[2]])
    assert sum("4 events for 2 coefficients" in note for note in table.notes) == 1
    assert any(note.startswith("(1) and (2): 4 events") for note in table.notes)


def test_every_model_needs_its_label(closed):
    with pytest.raises(PlanError, match="3 fits and 1 labels"):
        regression_table(closed, ["one"])
    with pytest.raises(PlanError, match="at least one"):
        regression_table([])
    with pytest.raises(PlanError, match="mappings of lags"):
        regression_table(closed, lags=[{}])


LATEX_ROW = re.compile(r"^(?P<cells>.*) \\\\\*?$")
UNESCAPED = re.compile(r"(?<!\\)[&%$#_{}~^]")
KNOWN = re.compile(
    r"\\text(backslash|braceleft|braceright|asciitilde|asciicircum|less|greater|bar|quotedbl|asciigrave)\{\}"
    r"|\\[&%$#_]|\$-\$"
)


def latex_cells(line: str) -> list[str]:
    """Cells of a row, after every command that quoting makes is taken out: nothing else may be left."""
    body = KNOWN.sub("", LATEX_ROW.match(line)["cells"].removeprefix("{}"))
    return body.split("&")


@pytest.fixture(scope="module")
def hostile():
    names = [name for name in ODD if len(name) < 60]
    frame = named(names[:6])
    formula = f"adopted ~ {' + '.join(map(in_backticks, names[:6]))}"
    fit = event_history(formula, frame, cluster=None)
    return regression_table(
        [fit, fit],
        ["[*] 50 % & <b>", "=HYPERLINK(1)"],
        title=r"\input{x} & <i>_",
        terms={"(intercept)": "*[10pt]"} | dict(zip(names[:6], ODD[-8:-2], strict=False)),
    )


def test_latex_has_a_cell_for_each_model_and_escapes_everything(hostile):
    lines = hostile.latex().splitlines()
    assert lines[:2] == [r"\begin{table}[htbp]", r"\centering"]
    title = r"\textbackslash{}input\textbraceleft{}x\textbraceright{} \& \textless{}i\textgreater{}\_"
    assert lines[2] == rf"\caption{{{title}}}"
    assert lines[3] == r"\begin{tabular}{lcc}"
    assert lines[-2:] == [r"\end{tabular}", r"\end{table}"]
    rules = [line for line in lines if line in (r"\toprule", r"\midrule", r"\bottomrule")]
    assert rules == [r"\toprule", r"\midrule", r"\midrule", r"\bottomrule"]
    body = lines[lines.index(r"\toprule") + 1 : lines.index(r"\bottomrule")]
    rows = [line for line in body if line not in rules]
    assert len(rows) == 1 + 2 * len(hostile.terms) + len(hostile.facts)
    for line in rows:
        own = latex_cells(line)
        assert len(own) == 3, line
        assert not any(UNESCAPED.search(cell) or "\\" in cell for cell in own), line
        assert not line.startswith(("*", "[")), "what ends the row above would take it as its option"
    notes = lines[lines.index(r"\bottomrule") + 1 : -2]
    assert len(notes) == len(hostile.notes)
    assert all(
        re.fullmatch(r"\\multicolumn\{3\}\{p\{0\.9\\linewidth\}\}\{\\footnotesize .*\} \\\\", one)
        for one in notes
    )
    plain = KNOWN.sub("", hostile.latex())
    assert plain.count("{") == plain.count("}")


def test_html_is_well_formed_and_holds_the_texts(hostile):
    etree.fromstring(hostile.html().replace("<br>", "<br/>"))
    shown = html.fromstring(hostile.html())
    assert shown.findtext("caption") == r"\input{x} & <i>_"
    assert [head.text_content() for head in shown.findall("thead/tr/th")] == list(hostile.models)
    terms = [
        row.findtext("th") for row in shown.findall("tbody")[0].findall("tr") if row.find("th") is not None
    ]
    assert len(terms) == len(hostile.terms)
    assert all(len(row.findall("td")) == 2 for body in shown.findall("tbody") for row in body.findall("tr"))


def test_word_holds_the_same_table(hostile):
    content = regression_word(hostile)
    assert content == regression_word(hostile), "the same table gives the same bytes"
    paper = docx.Document(BytesIO(content))
    [table] = paper.tables
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert len(rows) == 1 + len(list(hostile.lines()))
    assert rows[0][1] == "(1) [*] 50 % & <b>"
    assert [row[1:] for row in rows[1:]] == [list(line[1:]) for line in hostile.lines()]
    texts = [one.text for one in paper.paragraphs]
    assert all(" ".join(note.split()) in texts for note in hostile.notes)


def test_files_by_their_ending(closed, tmp_path):
    table = regression_table(closed, ["=1+1", "b", "c"])
    for ending in (".docx", ".tex", ".html", ".csv", ".txt"):
        assert diffuscope.write_regression_table(table, tmp_path / f"table{ending}").stat().st_size > 500
    assert (tmp_path / "table.tex").read_text(encoding="utf-8") == table.latex()
    read = pl.read_csv(tmp_path / "table.csv", infer_schema=False)
    assert read.columns == ["term", *table.models]
    assert read["(1) =1+1"][0] == "1.551"
    with pytest.raises(PlanError, match="does not end in"):
        diffuscope.write_regression_table(table, tmp_path / "table.pdf")


def test_the_frame_is_the_printed_table(closed):
    frame = regression_table(closed).frame()
    assert frame.columns == ["term", "(1)", "(2)", "(3)"]
    assert frame.row(0) == ("x", "1.551", "1.411", "2.677")
    assert np.isfinite(regression_table(closed).estimates["estimate"].to_numpy()).all()
