"""A wave that lists no project: nobody had anything to report, or nobody answered, which is not the same."""

from __future__ import annotations

import polars as pl
import pytest

from diffuscope import new_case, read_case
from diffuscope.errors import PlanError
from diffuscope.report.edition.build import build
from diffuscope.report.edition.places import edition_places
from diffuscope.report.edition.write import content
from diffuscope.report.names import Names
from diffuscope.report.sections.places import places
from diffuscope.report.sections.register import in_few_words, register, register_sentences
from diffuscope.study import run_study

CITIES = ("alder", "birch", "cedar", "dogwood", "elm")


@pytest.fixture
def counted(tmp_path):
    """Counts a register whose last wave lists no project, with the same state of every return."""

    def count(state, *, earlier=True):
        case = new_case(tmp_path / state, monitoring=True)
        settings = (case / "case.toml").read_text(encoding="utf-8")
        settings = settings.replace("[waves]\n", '[waves]\n2026 = "2026-09-30"\n')
        (case / "case.toml").write_text(settings, encoding="utf-8")
        told = "".join(f"2026,{city},{state},,invented,\n" for city in CITIES)
        head = "wave,unit,state,received,source,note\n"
        known = "2025,birch,nil,,invented,\n" if earlier else ""
        (case / "returns.csv").write_text(head + known + told, encoding="utf-8")
        if not earlier:
            (case / "projects.csv").unlink()
        return run_study(read_case(case), parts=("monitoring",))

    return count


@pytest.mark.parametrize("earlier", [True, False])
@pytest.mark.parametrize(
    ("state", "came", "says"),
    [("nil", 5, 0), ("silent", 0, None), ("excused", 0, None)],
)
def test_an_edition_of_a_wave_without_projects_says_what_is_known(counted, state, came, says, earlier):
    result = counted(state, earlier=earlier)
    frame = result.frames["wave_totals"]
    row = dict(zip(frame.columns, frame.rows[-1], strict=True))
    assert (row["wave"], row["returned"], row["projects"], row["units"]) == ("2026", came, says, says)
    edition = build(result, wave="2026")
    page = content(edition, ".html").decode()
    if state != "excused":
        assert f"{came} / 5" in page, "the response rate"
    known = edition.parts[0].says[0]
    assert known.startswith("2026: Projects: 0 ·" if state == "nil" else "2026: Projects: –"), known
    cities = edition_places(result, "2026").cities
    assert {city.projects for city in cities} <= {says}, cities
    shown = in_few_words(result, Names(result))
    assert ("shows no project" if state == "nil" else "nothing is known of 2026") in shown.replace(
        "N", "n", 1
    )
    assert register(result, Names(result))["facts"][0][0] == ("0" if state == "nil" else "–")


def test_projects_have_left_where_a_nil_return_says_so_and_nobody_knows_where_none_came(counted):
    for state, change in (("nil", "left"), ("silent", "unknown")):
        result = counted(state)
        frame = result.frames["movements"]
        moved = pl.DataFrame(frame.rows, schema=frame.columns, orient="row")
        assert set(moved.filter(pl.col("to_wave") == "2026")["change"]) == {change}
        of = places(result, Names(result))["states"][0]["waves"][-1]
        assert of["all"] == ("0" if state == "nil" else "–")
        assert register_sentences(result, Names(result))


def test_without_projects_and_returns_there_is_no_register(tmp_path):
    case = new_case(tmp_path / "towns", monitoring=True)
    for name in ("projects.csv", "returns.csv"):
        (case / name).unlink()
    with pytest.raises(PlanError, match="neither a table `projects` nor `returns`"):
        run_study(read_case(case), parts=("monitoring",))


@pytest.mark.parametrize(
    ("state", "outcome"), [("nil", "confirmed"), ("silent", "not checkable")], ids=["nil", "silent"]
)
def test_a_printed_zero_is_confirmed_where_everybody_reported_nothing(tmp_path, state, outcome):
    case = new_case(tmp_path / state, monitoring=True)
    settings = (case / "case.toml").read_text(encoding="utf-8")
    settings = settings.replace("[waves]\n", '[waves]\n2026 = "2026-09-30"\n')
    (case / "case.toml").write_text(settings, encoding="utf-8")
    told = "".join(f"2026,{city},{state},,invented,\n" for city in CITIES)
    (case / "returns.csv").write_text(f"wave,unit,state,received,source,note\n{told}", encoding="utf-8")
    head = "document,locator,quantity,unit,area,sub_area,status,wave,printed,value,decimals,note\n"
    rows = (
        "projects,,,,,2026",
        "projects,alder,,,,2026",
        "projects,,Water,,,2026",
        "projects,,,,ongoing,2026",
    )
    figures = "".join(f"report-2025,p. {at},{row},0,0,0,\n" for at, row in enumerate(rows, start=1))
    (case / "published.csv").write_text(head + figures, encoding="utf-8")
    (case / "claims.csv").unlink()
    audit = [row for row in run_study(read_case(case), parts=("audit",)).audit if row.kind == "counted"]
    assert [row.outcome for row in audit] == [outcome] * len(rows), [row.description for row in audit]
