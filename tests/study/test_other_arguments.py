"""Functions say what they take where they get something near it: a name for a case, a folder for a result."""

from __future__ import annotations

import polars as pl
import pytest

import diffuscope

LAWS = pl.DataFrame({"unit": ["a", "b"], "time": [2001, 2002]})


@pytest.mark.parametrize(
    ("call", "fix"),
    [
        (lambda: diffuscope.run_study("asean-smart-cities"), "`read_case`"),
        (lambda: diffuscope.case_problems("asean-smart-cities"), "`read_case`"),
        (lambda: diffuscope.findings("asean-smart-cities", "membership"), "`read_case`"),
        (lambda: diffuscope.plan_evidence("asean-smart-cities"), "`read_case`"),
        (lambda: diffuscope.write_data_package("asean-smart-cities", "out"), "`read_case`"),
        (lambda: diffuscope.export_data("asean-smart-cities", "out", to="graphml"), "`read_case`"),
        (lambda: diffuscope.write_report("my-report", "out"), "`read_result`"),
        (lambda: diffuscope.write_edition("my-report", "out.html", edition="public"), "`read_result`"),
        (lambda: diffuscope.thresholds(LAWS), "`diffusion_network"),
        (lambda: diffuscope.infectiousness(LAWS), "`diffusion_network"),
        (lambda: diffuscope.susceptibility(LAWS), "`diffusion_network"),
        (lambda: diffuscope.moran_by_period(LAWS), "`diffusion_network"),
        (lambda: diffuscope.degree_time(LAWS, seed=1), "`diffusion_network"),
        (lambda: diffuscope.structure_test(LAWS, seed=1), "`diffusion_network"),
    ],
)
def test_another_argument_is_refused_with_the_function_that_makes_the_right_one(call, fix):
    with pytest.raises(diffuscope.PlanError, match="is needed here") as refused:
        call()
    assert fix in str(refused.value)


def test_a_table_that_no_case_has_is_named_with_those_there_are():
    case = diffuscope.case_from_frames(id="a", title="A")
    with pytest.raises(diffuscope.PlanError, match="no table `adoption`; its tables are `units`"):
        case.table("adoption")


def test_a_result_is_refused_where_it_lacks_what_an_export_needs(founding_result):
    for to, made in (("graphml", "Networks are"), ("datapackage", "A data package is")):
        with pytest.raises(diffuscope.PlanError, match=f"{made} made of a case"):
            diffuscope.export_data(founding_result, "out", to=to)


def test_one_part_and_one_file_need_no_list(tmp_path):
    case = diffuscope.read_case("asean-smart-cities", tables=("units", "adoptions"))
    with pytest.raises(diffuscope.PlanError, match="There is no part `monitor`"):
        diffuscope.run_study(case, parts="monitor")
    with pytest.raises(diffuscope.CaseError, match=r"no file `laws\.csv`"):
        diffuscope.import_case(tmp_path / "laws.csv", tmp_path / "case")
