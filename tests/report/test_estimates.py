"""The report speaks of estimates: with care, with what was left out, and with all it takes to fit again."""

from __future__ import annotations

import csv
import math
from io import BytesIO, StringIO

import docx
import estimated
import factory
import msgspec
import openpyxl
import pytest
from test_report_page import HOSTILE, Page, read, written

from diffuscope.records import Coefficient, Estimate, EventHistory, Excluded, ExposureRecord
from diffuscope.report.figures import draw
from diffuscope.report.model_table import model_table
from diffuscope.report.models import model_files, stem
from diffuscope.report.names import Names
from diffuscope.report.sections.fits import model as fitted_model
from diffuscope.report.tables import out_tables
from diffuscope.report.word import word
from diffuscope.report.write import report_files


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """Every file of the report on the result made by hand, with estimates."""
    return report_files(estimated.result())


@pytest.fixture(scope="module")
def page(files) -> Page:
    return Page(files["report.html"].decode())


def rows_of(result, name: str) -> list[dict[str, object]]:
    table = next(table for table in out_tables(result) if table.name == name)
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def one_term(**changed: object) -> EventHistory:
    term = {"term": "learning", "mechanism": "learning", "estimate": 0.8, "std_error": 0.2} | changed
    made = Coefficient(**{"ci_low": 0.4, "ci_high": 1.2, "p": 0.01} | term)
    return estimated.history(
        estimates=(Estimate(id="main", description="It.", formula="event ~ learning", coefficients=(made,)),)
    )


# What the page says


def test_caution_comes_before_every_number(page):
    text = page.text("estimates")
    assert text.startswith("Estimates without safeguards An exposure coefficient by itself is no evidence")
    assert text.index("no evidence of a mechanism") < text.index("34 rows at risk")
    assert text.index("Warning 4 events for 5 coefficients") < text.index("+4.2")


def test_a_question_without_a_panel_says_why_in_one_sentence(page):
    text = page.text("estimates")
    told = text.partition("Why did four states join the network?")[2].strip()
    assert told == "No panel could be built. No list exists of cities that could have joined and did not."


def test_who_was_at_risk_and_what_was_left_out(page):
    text = page.text("estimates")
    assert "2 of 4 events that share their year with another" in text
    assert "What was left out, and why (3 rows or units)" in text
    assert "the date is unknown 1 adoptions.csv: 10" in text
    assert "never at risk: in the network before the window 2 units" in text


def test_every_mechanism_has_its_channel_or_the_reason_why_not(page):
    text = page.text("estimates")
    assert "No: the case has no ties of dependence before the first adoption" in text
    assert "Competition Ties none Known in – Spread – Enters the model? No: these data have no ties" in text
    assert "30 of 34 rows 4 rows of units without ties" in text
    assert "0 to 0.75 mean 0.21, standard deviation 0.18" in text
    assert "share, felt 1 year later" in text
    assert "attendance.csv; p. 2 and 2 more; computed from attendance" in text


def test_neighbours_never_bear_the_name_of_a_mechanism(page):
    text = page.text("estimates")
    assert "Mechanism not identified Ties distance" in text
    assert "neighbours: distance 7.39" in text
    wrong = one_term(term="distance", mechanism="learning")
    assert "neighbours: distance 2.23" in read(estimated.result(wrong)).text("estimates")
    assert "Learning 2.23" not in read(estimated.result(wrong)).text("estimates")


def test_what_is_not_told_apart_is_what_the_result_says_and_no_rule_of_the_page():
    found = estimated.result().histories[0]
    other = msgspec.structs.replace(found, inseparable=("`learning` and `distance` are not told apart.",))
    made = estimated.result()
    shown = read(msgspec.structs.replace(made, histories=(other, *made.histories[1:])))
    assert "emulation 0.86 distance ≈ −0.12 0.45" in shown.text("estimates")


def test_what_cannot_be_told_apart_is_told_and_marked(page):
    text = page.text("estimates")
    assert "learning and emulation correlate at 0.86: they are not told apart." in text
    assert "emulation ≈ 0.86 distance −0.12 0.45" in text
    classes = [attributes.get("class") for tag, attributes in page.elements if tag == "td"]
    assert [name for name in classes if name and name.startswith("shade")] == [
        "shade-4",
        "shade-0",
        "shade-2",
    ]
    assert "they are not told apart." in page.text("limits")


def test_coefficients_are_told_as_ratios_and_in_points(page):
    text = page.text("estimates")
    # exp(0.8) = 2.2255, exp(-3) = 0.0498; a 95 % interval without an end says so
    assert "Learning 2.23 0.050 to no end +4.2 −15.1 to +30.5 0 to 0.5 0.670" in text
    assert "Ratio of odds: 1 is no difference." in text
    assert "neighbours: distance 7.39 1.22 to 49.4 +10.0 +1.0 to +20.0 0.001 to 0.009 <0.001" in text
    assert "2 more terms for the level, time at risk or single policies are in" in text
    assert "duration" not in text


def test_repetitions_stand_beside_the_main_model(page):
    text = page.text("estimates")
    assert "The main model Firth logit, 4 events in 30 rows 2.23 0.050 to no end 0.67" in text
    assert "Without dates of low confidence. Firth logit, 3 events in 28 rows How it was fitted" in text
    assert "Firth's logit, for there are few events. Warning: 3 events. 1.00 0.018 to 54.6 – –" in text
    assert "As a plain logit. No model could be fitted: learning separates the events." in text


def test_a_model_that_does_not_stand_says_why_and_draws_nothing():
    refused = Estimate(
        id="main", description="It.", formula="event ~ learning", refused="Two events are too few."
    )
    result = estimated.result(estimated.history(estimates=(refused,)))
    assert "No model could be fitted. Two events are too few." in read(result).text("estimates")
    assert "no model could be fitted. Two events are too few." in read(result).text("limits")
    assert [figure for figure in draw(result, Names(result)) if figure.section == "estimates"] == []
    assert model_files(result) == {}


def test_a_result_without_estimates_has_no_such_part():
    found = read(factory.result())
    assert found.text("estimates") == ""
    assert "#estimates" not in {attributes.get("href") for _, attributes in found.elements}


def test_estimates_without_safeguards_add_no_word_to_the_first_screen(page):
    assert page.text("answer") == read(factory.result()).text("answer")


def test_links_lead_somewhere_and_every_id_is_given_once(page):
    ids = [attributes["id"] for _, attributes in page.elements if attributes.get("id")]
    assert sorted(ids) == sorted(set(ids))
    inside = {
        attributes["href"][1:]
        for tag, attributes in page.elements
        if tag == "a" and attributes["href"].startswith("#")
    }
    assert inside - set(ids) - {"adoptions-10", "adoptions-11", "adoptions-12"} == set()


def test_files_that_the_part_names_are_there(files, page):
    named = {
        attributes["href"]
        for tag, attributes in page.elements
        if tag == "a" and attributes["href"].partition("/")[0] in ("tables", "models", "figures")
    }
    assert {"tables/panel-smart-cities.csv", "models/smart-cities.R", "models/smart-cities.do"} <= named
    assert named - set(files) - {"tables/"} == set()


def test_text_of_estimates_is_never_markup():
    hostile = ExposureRecord(
        name=HOSTILE, mechanism=None, layer=HOSTILE, form=HOSTILE, lag=1, source=HOSTILE, notes=(HOSTILE,)
    )
    one = Estimate(
        id=HOSTILE, description=HOSTILE, formula=HOSTILE, model=HOSTILE, interval=HOSTILE,
        warnings=(HOSTILE,),
        clusters=((HOSTILE, 3),), left_out=((HOSTILE, 3),),
        coefficients=(
            Coefficient(
                term=HOSTILE, mechanism=None, estimate=1.0, std_error=1.0, ci_low=None, ci_high=None, p=None
            ),
        ),
    )  # fmt: skip
    found = estimated.history(
        exposures=(hostile,),
        correlations=((HOSTILE, "b", 0.9),),
        inseparable=(HOSTILE,),
        notes=(HOSTILE,),
        left_out=(Excluded(table="units", reason=HOSTILE, count=1),),
        estimates=(one, one),
    )
    shown = Page(written(estimated.result(found)))
    assert sum(tag == "script" for tag, _ in shown.elements) == 1
    assert {tag for tag, _ in shown.elements if tag in ("img", "iframe", "object")} == set()
    assert shown.text("estimates").count("alert(1)") >= 15
    refused = msgspec.structs.replace(one, refused=HOSTILE)
    again = Page(written(estimated.result(msgspec.structs.replace(found, estimates=(refused, refused)))))
    assert sum(tag == "script" for tag, _ in again.elements) == 1


# Figures


def test_a_model_has_two_figures_from_its_numbers():
    result = estimated.result()
    drawn = [figure for figure in draw(result, Names(result)) if figure.section == "estimates"]
    assert [figure.name for figure in drawn] == ["smart-cities-coefficients", "smart-cities-pace"]
    assert "Learning, from 0 to 0.5: +4.2 (−15.1 to +30.5)" in drawn[0].alt
    assert "intercept" not in drawn[0].alt
    assert "high confidence" not in drawn[0].alt, "it tells no effect; it stands in the table"
    assert "At 1: 25% (1 of 4); by the model 2% (1% to 8%)" in drawn[1].alt
    assert "years at risk" in drawn[1].alt


def test_without_every_effect_the_figure_tells_ratios_and_repetitions_of_one_scale():
    first = one_term()
    other = msgspec.structs.replace(first.estimates[0], id="wide-ties")
    hazard = msgspec.structs.replace(other, id="as-cloglog", model="cloglog")
    both = msgspec.structs.replace(first, estimates=(first.estimates[0], other, hazard))
    result = estimated.result(both)
    [figure] = [one for one in draw(result, Names(result)) if one.name == "smart-cities-coefficients"]
    assert (
        "the odds one unit more gives. 95 % intervals are in brackets. Learning: 2.23 (1.49 to 3.32). "
        "wide ties: 2.23" in figure.alt
    )
    assert "cloglog" not in figure.alt, "a ratio of hazards is no ratio of odds"


def test_an_exposure_that_only_a_repetition_has_is_drawn_by_its_name():
    first = one_term()
    distance = Coefficient(
        term="distance", mechanism=None, estimate=0.1, std_error=1.0, ci_low=-1, ci_high=1, p=None
    )
    other = msgspec.structs.replace(first.estimates[0], id="near", coefficients=(distance,))
    result = estimated.result(msgspec.structs.replace(first, estimates=(first.estimates[0], other)))
    [figure] = [one for one in draw(result, Names(result)) if one.name == "smart-cities-coefficients"]
    assert "Learning: 2.23 (1.49 to 3.32). neighbours: distance: 1.11 (0.37 to 2.72)." in figure.alt
    assert "Fainter names" in figure.caption


def test_without_frames_of_hazards_one_figure_is_drawn():
    result = estimated.result(frames=factory.frames())
    assert [one.name for one in draw(result, Names(result)) if one.section == "estimates"] == [
        "smart-cities-coefficients"
    ]


# Tables and files


def test_every_record_has_its_row():
    result = estimated.result()
    assert [row["refused"] for row in rows_of(result, "panels")] == [None, estimated.REFUSED.refused]
    assert [(row["count"], row["file"], row["rows"]) for row in rows_of(result, "panel_left_out")] == [
        (1, "adoptions.csv", "10"),
        (2, "units.csv", None),
    ]
    assert [row["name"] for row in rows_of(result, "exposures")] == [one.name for one in estimated.CHANNELS]
    assert ("learning", "emulation", 0.86) in {
        (row["exposure"], row["other"], row["r"]) for row in rows_of(result, "exposure_correlations")
    }
    told = rows_of(result, "coefficients")
    assert len(told) == 6
    assert told[1]["ratio"] == pytest.approx(math.exp(0.8))
    assert (told[1]["ci_low"], told[1]["ci_high"]) == (-3.0, None)
    fits = rows_of(result, "fits")
    assert [(row["model_id"], row["aic"]) for row in fits] == [
        ("main", 33.1), ("high-confidence", None), ("logit", None)
    ]  # fmt: skip
    assert fits[0]["clusters"] == "4 by unit"
    assert fits[2]["refused"] == "`learning` separates the events."


def test_a_coefficient_too_large_for_a_ratio_has_none():
    assert rows_of(estimated.result(one_term(estimate=900.0)), "coefficients")[0]["ratio"] is None


def test_the_panel_stands_in_a_file_for_programs_and_in_no_sheet(files):
    read_back = list(csv.reader(StringIO(files["tables/panel-smart-cities.csv"].decode())))
    assert read_back[0] == ["unit", "policy", "period", "learning", "note"]
    assert read_back[1] == ["SGP", "national", "2014", "", "'=1+1"], "unknown is empty; nothing is a formula"
    assert len(read_back) == 9
    sheets = openpyxl.load_workbook(BytesIO(files["tables.xlsx"])).sheetnames
    assert {"panels", "panel_left_out", "exposures", "coefficients", "fits"} <= set(sheets)
    assert not [name for name in sheets if "smart-cities" in name]
    assert "tables/panel_smart-cities.csv" not in files


def test_scripts_and_the_latex_table_stand_beside_the_report(files):
    assert files["models/smart-cities.R"] == b"model <- 1 # R\n"
    assert files["models/smart-cities.do"] == b"* Stata\n"
    told = files["models/smart-cities.tex"].decode()
    assert r" & (1) Main model & (2) high-confidence \\" in told, "the refused one has no column"
    assert r"Learning & 0.800 & 0.000 \\*" in told
    assert r" & [−3.000, no end] & [−4.000, 4.000] \\" in told.replace("$-$", "−")
    assert r"neighbours: distance & 2.000 &  \\*" in told, "the repetition has no such term"
    assert r"Rows & 30 & 28 \\" in told
    assert "(2): Without dates of low confidence." in told
    assert "logit: no model. learning separates the events." in told
    assert "Without safeguards" in told


def test_the_models_stand_side_by_side_in_word_and_on_a_page_too(files):
    page = files["models/smart-cities.html"].decode()
    assert page.startswith('<!doctype html>\n<html lang="en"><head><meta charset="utf-8">')
    assert "<td>[−3.000, no end]</td><td>[−4.000, 4.000]</td>" in page
    paper = docx.Document(BytesIO(files["models/smart-cities.docx"]))
    [table] = paper.tables
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert rows[0] == ["", "(1) Main model", "(2) high-confidence"]
    assert ["Learning", "0.800", "0.000"] in rows


def test_a_repetition_stands_in_the_table_where_the_main_model_was_refused():
    refused = msgspec.structs.replace(estimated.MAIN, refused="Two events are too few.", coefficients=())
    table = model_table(estimated.history(estimates=(refused, estimated.AGAIN)))
    assert table.models == ("(1) high-confidence",)
    assert "Main model: no model. Two events are too few." in table.notes
    assert model_table(estimated.history(estimates=(refused,))) is None


@pytest.mark.parametrize("id_", ["../../etc/passwd", "a/b", ".hidden", "a b", "", "C:\\x"])
def test_no_name_of_a_question_leads_out_of_the_folder(id_):
    named = stem(id_)
    assert named
    assert not {"/", "\\", " ", ":"} & set(named)
    assert not named.startswith(".")


def test_latex_holds_nothing_that_it_would_run():
    hostile = r"\input{x} 50% & $y$ #1 a_b ~^" + "\nline"
    found = one_term(term=hostile, mechanism=None)
    told = model_table(found).latex()
    row = next(line for line in told.splitlines() if "textbackslash" in line)
    assert row.count(" & ") == 1, "two cells"
    assert (
        r"\textbackslash{}input\textbraceleft{}x\textbraceright{} 50\% \& \$y\$ \#1 a\_b "
        r"\textasciitilde{}\textasciicircum{} line" in row
    )


def test_the_word_version_has_a_short_table(files):
    result = estimated.result()
    paper = docx.Document(BytesIO(word(result, Names(result), ())))
    text = "\n".join(paragraph.text for paragraph in paper.paragraphs)
    assert "Estimates without safeguards" in text
    assert "no evidence of a mechanism" in text
    assert "No panel could be built. No list exists of cities" in text
    assert "Warning: 4 events for 5 coefficients" in text
    assert "Coercion: the case has no ties of dependence" in text
    cells = [[cell.text for cell in row.cells] for row in paper.tables[-1].rows]
    assert ["Learning", "2.23", "0.050 to no end", "+4.2", "−15.1 to +30.5", "0.670"] in cells
    plain = docx.Document(BytesIO(word(factory.result(), Names(factory.result()), ())))
    assert "safeguards" not in "\n".join(paragraph.text for paragraph in plain.paragraphs)


def test_the_lag_of_a_term_stands_beside_it_on_the_page_and_in_latex():
    lagged = [msgspec.structs.replace(one, lag=at) for at, one in enumerate(estimated.MAIN.coefficients[1:])]
    main = msgspec.structs.replace(estimated.MAIN, coefficients=(estimated.MAIN.coefficients[0], *lagged))
    history = estimated.history(estimates=(main,))
    text = model_table(history).latex()
    assert "Learning, lag 0 &" in text
    assert "Emulation, lag 1 &" in text
    assert "Intercept &" in text
    terms = [term["label"] for term in fitted_model(history, main)["terms"]]
    assert terms[:2] == ["Learning, lag 0", "Emulation, lag 1"]
