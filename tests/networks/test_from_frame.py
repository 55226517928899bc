"""Adoptions in every shape that people have them in; what is wrong is named with its row."""

from __future__ import annotations

import polars as pl
import pytest
from reference_cascades import TOY

from diffuscope import CaseError, PlanError, infer_network
from diffuscope.networks.from_frame import cascades_from_frame


def same(frame: pl.DataFrame) -> bool:
    return (
        infer_network(frame, edges=2, rate=1.0).table().equals(infer_network(TOY, edges=2, rate=1.0).table())
    )


def test_names_of_the_r_packages_and_wide_frames_are_read():
    assert same(TOY.rename({"unit": "statenam", "time": "adopt_year"}))
    assert same(TOY.rename({"unit": "node_name", "policy": "cascade_id", "time": "event_time"}))
    assert same(TOY.pivot(on="policy", index="unit", values="time"))
    assert same(TOY.to_pandas())


def test_numbers_of_a_scale_of_their_own_are_taken_as_they_are():
    made = cascades_from_frame(TOY.with_columns(pl.col("time") + 0.5))
    assert made.calendar is None
    assert made.events.times.tolist() == [0.5, 1.5, 2.5, 0.5, 2.5]


def test_dates_are_counted_in_periods():
    frame = TOY.with_columns(time=pl.Series(["2000-11", "2001-01", "2001-02", "2000-12", "2001-02"]))
    assert cascades_from_frame(frame).events.times.tolist() == [2000, 2001, 2001, 2000, 2001]
    months = cascades_from_frame(frame, period="month").events.times
    assert (months - months[0]).tolist() == [0, 2, 3, 1, 3]


def test_joint_decisions_are_one_event():
    frame = pl.DataFrame(
        {
            "unit": ["a", "b", "c"], "policy": ["p"] * 3, "time": [2000, 2001, 2003],
            "decision": ["d", "d", None],
        }
    )  # fmt: skip
    for ties in ("never", "jittered", "shared"):
        found = infer_network(frame, edges="all", rate=1.0, ties=ties).table()
        assert set(found.select("sender", "receiver").rows()) == {("a", "c"), ("b", "c")}, ties


def test_a_window_sees_nothing_else():
    inside = TOY.filter(pl.col("time") <= 1)
    assert (
        infer_network(TOY, edges=1, rate=1.0, window=(0, 1))
        .table()
        .equals(infer_network(inside, edges=1, rate=1.0).table())
    )


@pytest.mark.parametrize(
    ("frame", "says"),
    [
        (
            TOY.with_columns(time=pl.Series([0, 1, 2, 0, 2]) + 0.5, unit=pl.lit("A")),
            "adopts the same policy twice",
        ),
        (TOY.with_columns(unit=pl.lit("A")), "adopts the same policy again"),
        (TOY.with_columns(time=pl.Series(["1999", "x", "2001", "1", "2"])), "row 3, `time`"),
        (TOY.with_columns(time=pl.Series([0.5, float("inf"), 1, 2, 3])), "row 3, `time`"),
        (
            TOY.with_columns(time=pl.Series([0.5, 1, 1, 2, 3]), unit=pl.Series(["A", None, "B", "A", "B"])),
            "no id",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_row(frame, says):
    with pytest.raises(CaseError, match=says):
        infer_network(frame, edges=1)


def test_columns_that_are_lacking_are_named():
    with pytest.raises(PlanError, match="lacks the column `policy`"):
        infer_network(TOY.drop("policy"), edges=1)
    with pytest.raises(PlanError, match="holds the times of one policy"):
        infer_network(TOY.select("unit"), edges=1)
    with pytest.raises(PlanError, match="holds the times of one policy"):
        infer_network(pl.DataFrame({"unit": ["a"], "law": ["yes"]}), edges=1)


def test_adoptions_with_dates_of_several_periods_are_left_out_and_counted():
    frame = pl.DataFrame(
        {
            "unit": ["a", "b", "c", "a", "b"],
            "policy": ["law", "law", "law", "ban", "ban"],
            "time": ["2001", "2003", "2004", "2002", "2005"],
            "time_latest": [None, None, "2006", None, None],
        }
    )
    known = frame.filter(pl.col("time_latest").is_null()).drop("time_latest")
    network = infer_network(frame, edges=1, rate=1.0)
    assert network.table().to_dicts() == infer_network(known, edges=1, rate=1.0).table().to_dicts()
    said = network.summary()
    assert any(
        line.startswith("1 adoption before the record begins, or with a date that spans") for line in said
    )
    assert said[1] == "2 policies cannot tell who follows whom: below 20 a study takes no stance."
