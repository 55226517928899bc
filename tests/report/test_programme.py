"""Joint projects, successions, money, partners, meetings and indicators, from files to the report."""

from __future__ import annotations

import re
import sys
from io import BytesIO
from pathlib import Path

import docx
import openpyxl
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from monitored import example, founding, html, section, words

from diffuscope.case import new_case, read_case
from diffuscope.report.names import Names
from diffuscope.report.sections.programme import programme
from diffuscope.report.sections.register import register, register_sentences
from diffuscope.report.word import word
from diffuscope.report.write import report_files
from diffuscope.study import case_problems, run_study

HEAD = (
    "wave,project,unit,title,area,status,succeeds,partner,budget,currency,start,end,status_basis,link_basis,"
    "source\n"
)
ROWS = (
    "2024,study,alder; cedar,Regional study,Transport,ongoing,,planners,2000000,USD,,,reported,exact title,r",
    '2024,amata,birch,Amata Smart City,Services,ongoing,,,,,,,reported,exact title,"r"',
    '2024,wells,cedar,Wells,Water,ongoing,,,300.5,EUR,,,reported,exact title,"r"',
    "2025,study,alder; cedar,Regional study,Transport,completed,,planners,2000000,USD,2023,2025-06,reported,"
    'exact title,"r"',
    '2025,amata-1,birch,Amata Phase 1,Services,completed,amata,planners,,,,,reported,judged,"r"',
    '2025,amata-2,birch,Amata Phase 2,Services,planning,amata,,500000,USD,,,reported,judged,"r"',
    '2025,wells,cedar,Wells,Water,On-hold,,,300.5,EUR,,,reported,exact title,"r"',
)
TABLES = {
    "returns": "wave,unit,state,source\n",
    "projects": HEAD + "\n".join(ROWS) + "\n",
    "support": (
        "partner,recipient,kind,amount,currency,source\n"
        "planners,alder,finance,100000,USD,p\nplanners,alder,finance,-25000,USD,p\n"
    ),
    "events": "event,name,start,kind,place,host\nforum,Annual forum,2025-03,annual meeting,Elmtown,elm\n",
    "attendance": "event,unit,role\nforum,alder,member\nforum,elm,host\n",
    "indicators": (
        "unit,wave,indicator,name,baseline,target,actual,unit_of_measure,source\n"
        "alder,2025,lanes,Bus lanes,10,30,25,km,p\n"
    ),
    "published": (
        "document,locator,quantity,unit,area,sub_area,status,wave,printed,value,decimals\n"
        "report-2025,t,projects,,,,,2025,4,4,0\n"
        "report-2025,t,projects,alder,,,,2025,1,1,0\nreport-2025,t,projects,cedar,,,,2025,2,2,0\n"
        "report-2025,t,projects,northland,,,,2025,3,3,0\nreport-2025,t,projects,southland,,,,2025,2,2,0\n"
    ),
    "claims": "id,document,locator,paraphrase,kind,unit,area,sub_area,from_wave,to_wave,quantity,value\n",
}


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    folder = tmp_path_factory.mktemp("programme") / "towns"
    new_case(folder, monitoring=True)
    for name, text in TABLES.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return read_case(folder)


@pytest.fixture(scope="module")
def result(case):
    return run_study(case)


@pytest.fixture(scope="module")
def page(result):
    return html(result)


def test_such_a_case_has_no_problems(case):
    assert [(one.rule, one.row, one.message) for one in case_problems(case)] == []


def test_printed_numbers_of_joint_projects_are_confirmed(result):
    assert [row.outcome for row in result.audit if row.kind == "counted"] == ["confirmed"] * 5


def test_a_split_project_is_told_as_that(result, page):
    assert register_sentences(result, Names(result)) == [
        "In 2025 the register shows 4 projects in 3 cities: 1 planned, 2 completed and 1 on hold.",
        "Since 2024, 0 projects entered the register and 0 left it; 1 continued as 2 under other ids; "
        "of the 2 in both waves, 1 moved on and 1 put on hold.",
    ]
    told = words(section(page, "register"))
    assert "Amata Smart City went on in amata-1, amata-2" in told
    assert "Amata Phase 1 goes on from amata" in told
    assert "Went on in others (1)" in told


def test_a_joint_project_stands_in_both_cities_and_is_marked(page):
    told = words(section(page, "places"))
    assert "Regional study Transport; joint with Cedar" in told
    assert "Regional study Transport; joint with Alder" in told
    says = (
        "In 2025, 1 project is joint: of several cities. It counts once in totals and areas, and once in "
        "each of its cities and states, so numbers and shares of these can sum to more than the total "
        "and 100 %."
    )
    assert says in told
    assert says in words(section(page, "register"))


def table(result, part: str, caption: str) -> list[tuple[str, ...]]:
    parts = {one["id"]: one for one in programme(result, Names(result))["parts"]}
    return next(one["rows"] for one in parts[part]["tables"] if one["caption"].startswith(caption))


def test_money_is_told_by_currency_with_what_it_rests_on(result, page):
    assert table(result, "money", "Budgets by wave") == [
        ("2024", "EUR 300.50", "1 of 3"),
        ("2024", "USD 2,000,000", "1 of 3"),
        ("2025", "EUR 300.50", "1 of 4"),
        ("2025", "USD 2,500,000", "2 of 4"),
    ]
    assert table(result, "money", "Budgets of 2025 by state") == [
        ("Northland", "USD 2,500,000", "2 of 3"),
        ("Southland", "EUR 300.50", "1 of 2"),
        ("Southland", "USD 2,000,000", "1 of 2"),
    ]
    assert table(result, "money", "Support") == [
        ("Planners' Fund", "USD 75,000", "2 entries", "1", "USD −25,000 (1 revision)")
    ]
    told = words(section(page, "programme"))
    assert "In 2025, 3 of 4 projects state a budget; what the others cost is not known." in told
    assert "the budget of a joint project counts in full in each of its states" in told


def test_partners_meetings_and_indicators(result, page):
    assert table(result, "partners", "Partners") == [("Planners' Fund", "2", "3", "2")]
    assert table(result, "meetings", "Meetings") == [
        ("Annual forum", "March 2025", "annual meeting", "Elmtown, hosted by Elm", "2")
    ]
    assert table(result, "indicators", "Indicators") == [
        ("Bus lanes (km)", "Alder", "2025", "10", "30", "25", "75 %")
    ]
    told = words(section(page, "programme"))
    assert told.startswith("Money, partners, meetings and indicators")
    assert "Annual forum March 2025 annual meeting Elmtown, hosted by Elm 2 2" in told
    assert re.search(r'<td>75 %</td><td><a href="#[^"]*indicators[^"]*2"', section(page, "programme"))


def test_workbook_and_word_hold_the_same(result):
    files = report_files(result)
    book = openpyxl.load_workbook(BytesIO(files["tables.xlsx"]))
    sheet = list(book["budgets"].values)
    assert sheet[0][:5] == ("wave", "dimension", "name", "currency", "budget")
    assert ("2025", "all", None, "USD", 2500000) in [row[:5] for row in sheet]
    assert {"support_sums", "project_partners", "meetings", "indicator_values"} <= set(book.sheetnames)
    paper = docx.Document(BytesIO(word(result, Names(result), ())))
    cells = [tuple(cell.text for cell in row.cells) for one in paper.tables for row in one.rows]
    assert ("2025", "USD 2,500,000", "2 of 4") in cells
    assert ("Planners' Fund", "2", "3", "2") in cells
    assert ("Bus lanes (km)", "Alder", "2025", "10", "30", "25", "75 %") in cells
    assert "Money, partners, meetings and indicators" in [one.text for one in paper.paragraphs]


def test_only_what_the_case_has_is_shown(tmp_path):
    plain = example(tmp_path / "towns")
    told = programme(plain, Names(plain))
    assert [part["id"] for part in told["parts"]] == ["partners"]
    assert told["title"] == "Partners"
    assert register(plain, Names(plain))["joint"] == ""
    assert not {"budgets", "support_sums", "meetings", "indicator_values"} & set(plain.frames)


def test_the_founding_case_keeps_its_numbers():
    kept = founding()
    assert [row[2] for row in kept.frames["wave_totals"].rows] == [53, 77, 86, 108, 134]
    assert not any(row[-1] for row in kept.frames["wave_totals"].rows)
