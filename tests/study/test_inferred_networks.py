"""The witness of inferred networks: from a case to a network, its stance, and the report."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec
import numpy as np
import polars as pl
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "networks"))
from many_policies import FOLLOWS, write_towns

from diffuscope import PlanError, infer_network
from diffuscope.case import read_case
from diffuscope.networks.overlap import overlap
from diffuscope.networks.stance import judge, rule
from diffuscope.records.inferred import LayerOverlap
from diffuscope.report import write_report
from diffuscope.report.difference import compare
from diffuscope.result import from_json, to_json
from diffuscope.study import case_problems, freeze_questions, freeze_state, run_study
from diffuscope.study.edges_along_ties import likeness


@pytest.fixture(scope="module")
def towns(tmp_path_factory):
    folder = tmp_path_factory.mktemp("towns") / "case"
    write_towns(folder)
    return read_case(folder)


@pytest.fixture(scope="module")
def result(towns):
    return run_study(towns, parts=["networks"], workers=1)


def of(result, mechanism):
    return next(
        one for one in result.findings if (one.witness, one.mechanism) == ("inferred networks", mechanism)
    )


def test_a_case_gets_the_network_that_its_adoptions_give(result, towns):
    record = result.networks[0]
    assert record.refused is None
    assert {(edge.sender, edge.receiver) for edge in record.edges} == {(b, a) for a, b in FOLLOWS.items()}
    alone = infer_network(towns.table("adoptions"), edges=8).table()
    assert [edge.improvement for edge in record.edges] == pytest.approx(alone["improvement"].to_list())
    assert (record.ordered, record.policies, record.units) == (30, 30, 12)
    assert record.discovered == record.stable == 8


def test_it_leans_for_the_ties_that_edges_run_along_and_never_more(result):
    found = of(result, "emulation")
    assert found.stance == "leaning for"
    assert "100% run along ties of `shared-religion`" in found.reason
    assert of(result, "learning").silence == "no data"
    verdict = next(one for one in result.verdicts if one.mechanism == "emulation")
    assert verdict.verdict in ("weak", "not separable")
    assert {row.stance for row in rule().row} == {"leaning for", "silent"}


def test_the_record_survives_its_file_and_stands_in_the_report(result, tmp_path):
    again = from_json(to_json(result))
    assert again.networks == result.networks
    page = write_report(result, tmp_path / "report")
    text = page.read_text(encoding="utf-8")
    assert "Who seems to follow whom" in text
    assert "town-04" in text.partition('id="inferred"')[2]
    edges = (tmp_path / "report" / "tables" / "inferred_edges.csv").read_text().splitlines()
    assert len(edges) == 9
    assert "could not be drawn" not in text


def test_the_rule_is_frozen_where_a_question_asks_for_a_network(tmp_path):
    write_towns(tmp_path / "asks")
    write_towns(tmp_path / "none", more="")
    assert "inferred networks" in freeze_questions(tmp_path / "asks").rules
    assert freeze_state(read_case(tmp_path / "asks")).state == "kept"
    assert "inferred networks" not in freeze_questions(tmp_path / "none").rules


def test_two_results_are_compared_edge_by_edge_and_by_rule(result):
    (record,) = result.networks
    first, *rest = record.edges
    rules = [
        msgspec.structs.replace(row, description=f"{row.description} Or so.")
        if row.body == "inferred networks"
        else row
        for row in result.stance_rules
    ]
    new = msgspec.structs.replace(record, edges=tuple(rest))
    found = compare(result, msgspec.structs.replace(result, networks=(new,), stance_rules=tuple(rules)))
    (gone,) = [one for one in found.differences if one.kind == "network"]
    assert gone.about == f"{record.analysis}: {first.sender} → {first.receiver}"
    assert gone.after == "—"
    assert [one.rule for one in found.rules] == ["the rule of the stances of inferred networks"]


def test_few_policies_are_no_data_and_change_no_verdict(tmp_path):
    write_towns(tmp_path / "few", policies=8)
    write_towns(tmp_path / "none", policies=8, more="")
    few, none = (
        run_study(read_case(tmp_path / name), parts=parts, workers=1)
        for name, parts in (("few", ["networks"]), ("none", ["mechanisms"]))
    )
    stances = {(one.stance, one.silence) for one in few.findings if one.witness == "inferred networks"}
    assert stances == {("silent", "no data")}
    assert [one.verdict for one in few.verdicts] == [one.verdict for one in none.verdicts]
    assert none.networks == ()


def test_without_the_table_a_case_and_its_hash_stay_as_they_were(tmp_path):
    write_towns(tmp_path / "none", more="")
    case = read_case(tmp_path / "none")
    assert case.analyses[0].inferred is None
    with pytest.raises(PlanError, match="asks for no inferred network"):
        run_study(case, parts=["networks"], workers=1)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("edges = 0", "`edges` is not a whole number"),
        ("stop = 2", "`stop` is not a number between 0 and 1"),
        ("edges = 3\nstop = 0.1", "both say where the search ends"),
        ('delay = "weibull"', "delay"),
        ('delay = "log-normal"\nrate = 1.0', "two numbers"),
        ("rate = -1", "a number above 0"),
        ("draws = 3", "`draws` is not a whole number"),
        ("edgs = 3", "edgs"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path, lines, says):
    write_towns(tmp_path / "wrong", policies=3, more=f"[analysis.inferred]\n{lines}")
    problems = case_problems(read_case(tmp_path / "wrong"))
    assert [one for one in problems if one.level == "error" and says in f"{one.message} {one.column}"]


def test_every_row_of_the_rule():
    tied = LayerOverlap(
        mechanism="emulation", layer="x", correlation=0.2, p=0.01, p_direction=0.01, p_holm=0.02
    )
    cases = [
        (19, tied, 0),
        (20, LayerOverlap(mechanism="emulation"), 1),
        (20, LayerOverlap(mechanism="emulation", layer="x"), 2),
        (20, tied, 4),
        (20, msgspec.structs.replace(tied, p_direction=None), 3),
        (20, msgspec.structs.replace(tied, p_direction=None, likeness=("wealth",)), 4),
        (20, msgspec.structs.replace(tied, p_holm=0.05), 5),
        (20, msgspec.structs.replace(tied, correlation=-0.2), 5),
    ]
    for ordered, found, at in cases:
        assert judge(ordered=ordered, found=found) == rule().row[at]
    assert len(rule().row) == 6


def test_partial_correlation_is_that_of_a_regression():
    """Frisch, Waugh and Lovell: the partial correlation from the residuals of two least-squares fits."""
    rng = np.random.default_rng(2)
    size = 9
    ties, other = rng.random((size, size)), (rng.random((size, size)) < 0.3).astype(float)
    edges = (ties + rng.random((size, size)) > 1.2).astype(float)
    found = overlap(edges, ties, [other], 99, np.random.default_rng(1))
    receiver, sender = np.nonzero(~np.eye(size, dtype=bool))
    columns = [receiver == at for at in range(size)] + [sender == at for at in range(size)]
    design = np.column_stack([*columns, other[receiver, sender]]).astype(float)

    def rest(values):
        return values - design @ np.linalg.lstsq(design, values, rcond=None)[0]

    expected = np.corrcoef(rest(edges[receiver, sender]), rest(ties[receiver, sender]))[0, 1]
    assert found.correlation == pytest.approx(expected)
    assert max(found.p_relabelled, found.p_rewired) <= 0.05
    assert found.p == max(found.p_relabelled, found.p_rewired, found.p_direction) >= 0.01


def test_edges_among_alike_units_know_no_direction():
    """Edges within groups, either way: they run along ties within groups, but not from sender to receiver."""
    small = directed = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        group = np.arange(16) % 4
        chance = np.where(np.equal.outer(group, group), 0.5, 0.05)
        edges, ties = ((rng.random((16, 16)) < chance).astype(float) for _ in range(2))
        for one in (edges, ties):
            np.fill_diagonal(one, 0)
        found = overlap(edges, ties, [], 99, rng)
        small += max(found.p_relabelled, found.p_rewired) <= 0.05
        directed += found.p <= 0.05
    assert small >= 35
    assert directed <= 5


def test_ties_that_run_both_ways_have_no_direction_to_test():
    rng = np.random.default_rng(0)
    ties = (rng.random((12, 12)) < 0.3).astype(float)
    ties = np.maximum(ties, ties.T)
    edges = ties * (rng.random((12, 12)) < 0.5)
    np.fill_diagonal(edges, 0)
    assert overlap(edges, ties, [], 99, rng).p_direction is None


def test_what_is_not_known_of_a_unit_makes_it_neither_alike_nor_unlike():
    rows = [("a", None, "wealth", "1"), ("b", None, "wealth", "2"), ("c", None, "wealth", "4")]
    rows += [("a", "1990", "faith", "x"), ("b", "1980", "faith", "x"), ("a", "1980", "faith", "y")]
    columns = ("unit", "time", "variable", "value", "unit_of_measure")
    rows = [(*row, None) for row in rows]
    table = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
    found = likeness(table, ["wealth", "faith", "absent"], ["a", "b", "c", "d"])
    assert list(found) == ["wealth", "faith"]
    apart = found["wealth"]
    assert (apart[0, 1], apart[0, 2], apart[1, 2]) == (-1, -3, -2)
    assert apart[0, 3] == pytest.approx(-2), "the mean of the pairs that are known"
    assert found["faith"][0, 1] == 0, "the first known value of each: y of 1980, x of 1980"


def test_leaders_and_followers_alone_are_no_overlap():
    """Edges and ties that depend only on who sends and who receives; QAP alone rejects in 19 of these 60."""
    small = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        sends, receives = rng.normal(size=(2, 14))
        chance = 1 / (1 + np.exp(1.5 - 2 * (sends[None, :] + receives[:, None])))
        edges, ties = ((rng.random((14, 14)) < chance).astype(float) for _ in range(2))
        for one in (edges, ties):
            np.fill_diagonal(one, 0)
        small += overlap(edges, ties, [], 99, rng).p <= 0.05
    assert small <= 6
