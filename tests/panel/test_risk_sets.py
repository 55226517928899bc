"""Risk sets, worked by hand, and what every panel has to keep."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from diffuscope import CaseError, PlanError, add_covariates, impute_dates, person_period
from diffuscope.panel import spans

REFERENCE = Path(__file__).parents[3] / "shared" / "data" / "reference"
CELLS = ("unit", "period", "event")


def cells(panel, *columns):
    return panel.table().select(*(columns or CELLS)).rows()


def laws(*rows, columns=("unit", "time")):
    return pl.DataFrame(rows, schema=list(columns), orient="row", strict=False)


def rules(panel):
    return {(unit, rule) for rule, unit in panel.ledger.select("rule", "unit").iter_rows()}


# By hand


def test_the_first_to_adopt_has_nobody_before_it_and_is_no_event():
    panel = person_period(laws(("a", 2000), ("b", 2002), ("c", None)), censor=2003)
    assert cells(panel) == [
        ("b", 2001, 0), ("b", 2002, 1), ("c", 2001, 0), ("c", 2002, 0), ("c", 2003, 0),
    ]  # fmt: skip
    assert rules(panel) == {("a", spans.EARLY)}
    assert panel.table()["duration"].to_list() == [1, 2, 1, 2, 3]


def test_the_first_to_adopt_can_be_kept():
    panel = person_period(laws(("a", 2000), ("b", 2001)), origin="first")
    assert cells(panel) == [("a", 2000, 1), ("b", 2000, 0), ("b", 2001, 1)]
    assert panel.ledger.is_empty()


def test_risk_begins_where_it_is_told_to():
    adopted = laws(("a", "x", 2002), ("b", "x", 2003), ("b", "y", 2001), columns=("unit", "policy", "time"))
    panel = person_period(adopted, origin={"x": 2001, "y": 2001})
    assert panel.table().group_by("policy", "unit").agg(pl.len(), pl.col("event").sum()).sort(
        "policy", "unit"
    ).rows() == [("x", "a", 2, 1), ("x", "b", 3, 1), ("y", "a", 3, 0), ("y", "b", 1, 1)]


def test_who_enters_late_is_at_risk_from_then_and_time_counts_from_the_origin():
    panel = person_period(laws(("a", 2000), ("b", 2003), ("c", 2001)), entry={"b": 2002})
    assert cells(panel, "unit", "period", "duration") == [("b", 2002, 2), ("b", 2003, 3), ("c", 2001, 1)]
    own = person_period(laws(("a", 2000), ("b", 2003), ("c", 2001)), entry={"b": 2002}, since="spell")
    assert own.table()["duration"].to_list() == [1, 2, 1]


def test_who_adopted_before_it_entered_is_left_out_or_refused():
    adopted = laws(("a", 2000), ("b", 2001), ("c", 2004))
    panel = person_period(adopted, entry={"b": 2003})
    assert ("b", spans.BEFORE_ENTRY) in rules(panel)
    with pytest.raises(CaseError, match="before it entered") as told:
        person_period(adopted, entry={"b": 2003}, strict=True)
    assert [problem.row for problem in told.value.problems] == [3]


def test_who_leaves_is_watched_until_then():
    panel = person_period(laws(("a", 2000), ("b", 2004), ("c", 2003)), exit={"b": 2002})
    assert [cell for cell in cells(panel) if cell[0] == "b"] == [("b", 2001, 0), ("b", 2002, 0)]
    assert ("b", spans.LATE) in rules(panel)


def test_who_repeals_is_at_risk_again_from_the_next_period():
    adopted = laws(("a", 2000, None), ("b", 2001, 2003), ("b", 2005, None), columns=("unit", "time", "until"))
    panel = person_period(adopted, censor=2006)
    assert cells(panel, "unit", "period", "event", "spell", "duration") == [
        ("b", 2001, 1, 1, 1), ("b", 2004, 0, 2, 4), ("b", 2005, 1, 2, 5),
    ]  # fmt: skip
    own = person_period(adopted, censor=2006, since="spell")
    assert own.table()["duration"].to_list() == [1, 1, 2]


def test_who_repeals_for_good_stays_at_risk():
    adopted = laws(("a", 2000, None), ("b", 2001, 2002), columns=("unit", "time", "until"))
    panel = person_period(adopted, censor=2004)
    assert cells(panel)[1:] == [("b", 2003, 0), ("b", 2004, 0)]


def test_a_date_known_as_a_span_is_one_long_row():
    adopted = laws(("a", 2000, None), ("b", 2002, 2004), ("c", 2005, None), columns=RANGE)
    panel = person_period(adopted)
    assert cells(panel, "unit", "period", "event", "gap", "duration")[:2] == [
        ("b", 2001, 0, 1, 1), ("b", 2002, 1, 3, 4),
    ]  # fmt: skip
    assert any("span" in note for note in panel.notes)
    cut = person_period(adopted, ranges="censor")
    assert [cell for cell in cells(cut) if cell[0] == "b"] == [("b", 2001, 0)]
    assert ("b", spans.RANGE) in rules(cut)


def test_a_span_across_start_or_end_of_risk_is_no_event():
    adopted = laws(("a", 2000, None), ("b", 1999, 2002), ("c", 2004, 2009), ("d", 2003, None), columns=RANGE)
    panel = person_period(adopted, censor=2006)
    assert rules(panel) >= {("b", spans.STRADDLES_START), ("c", spans.STRADDLES_END)}
    assert [cell for cell in cells(panel) if cell[0] == "c"] == [("c", at, 0) for at in (2001, 2002, 2003)]


def test_adopted_by_then_is_never_at_risk_but_may_be_the_first():
    adopted = laws(("a", None, 2001), ("b", 2003, None), ("c", None, 2004), columns=RANGE)
    panel = person_period(adopted, censor=2005)
    assert cells(panel) == [("b", 2002, 0), ("b", 2003, 1)]
    assert rules(panel) == {("a", spans.EARLY), ("c", spans.BY_THEN)}


def test_an_empty_time_is_never_or_unknown_as_told():
    adopted = laws(("a", 2000), ("b", 2001), ("c", None))
    assert "c" in person_period(adopted).table()["unit"]
    panel = person_period(adopted, undated="unknown")
    assert "c" not in panel.table()["unit"]
    assert ("c", spans.UNKNOWN) in rules(panel)


def test_the_end_is_common_or_the_last_adoption_of_each_policy():
    adopted = laws(
        ("a", "x", 2000), ("b", "x", 2001), ("a", "y", 2000), ("b", "y", 2004), ("c", "x", None),
        columns=("unit", "policy", "time"),
    )  # fmt: skip
    common, last = person_period(adopted), person_period(adopted, censor="last")
    assert common.table().filter(unit="c", policy="x")["period"].to_list() == [2001, 2002, 2003, 2004]
    assert last.table().filter(unit="c", policy="x")["period"].to_list() == [2001]


def test_a_policy_without_an_event_is_dropped_and_listed():
    adopted = laws(("a", "x", 2000), ("b", "y", 2000), ("a", "y", 2001), columns=("unit", "policy", "time"))
    panel = person_period(adopted)
    assert panel.policies == ("y",)
    assert panel.ledger.filter(rule=spans.NO_EVENT, policy="x")["unit"].to_list() == ["b"]
    assert any("x" in note for note in panel.notes)


def test_a_window_cuts_rows_but_time_at_risk_counts_on():
    adopted = laws(("a", 2000), ("b", 2001), ("c", 2004), ("d", None))
    panel = person_period(adopted, window=(2003, 2005))
    assert cells(panel, "unit", "period", "duration")[:2] == [("c", 2003, 3), ("c", 2004, 4)]
    assert ("b", spans.BEFORE_WINDOW) in rules(panel)


@pytest.mark.parametrize(
    ("period", "times", "names"),
    [
        ("month", ["2001-11", "2002-01"], ["2001-12", "2002-01"]),
        ("day", ["2000-02-28", "2000-03-01"], [datetime.date(2000, 2, 29), datetime.date(2000, 3, 1)]),
        ("month", [1, 3], [2, 3]),
        ("year", ["2001", "2003"], [2002, 2003]),
        ("year", ["2001-05-04", "2003-01"], [2002, 2003]),
    ],
)
def test_time_is_counted_in_years_months_or_days(period, times, names):
    panel = person_period(pl.DataFrame({"unit": ["a", "b"], "time": times}), period=period)
    assert panel.table()["period"].to_list() == names


def test_a_year_where_months_are_counted_is_a_span():
    panel = person_period(laws(("a", "2001-11"), ("b", "2002")), period="month")
    assert cells(panel, "period", "gap", "event") == [("2001-12", 1, 0), ("2002-01", 12, 1)]


def test_waves_have_gaps_and_what_the_first_finds_is_no_event():
    adopted = laws(("a", 2022), ("b", 2023), ("c", 2025), ("d", None))
    panel = person_period(adopted, period="wave", waves=[2022, 2023, 2025])
    assert cells(panel, "unit", "period", "event", "gap", "duration") == [
        ("b", 2023, 1, 1.0, 1.0),
        ("c", 2023, 0, 1.0, 1.0), ("c", 2025, 1, 2.0, 3.0),
        ("d", 2023, 0, 1.0, 1.0), ("d", 2025, 0, 2.0, 3.0),
    ]  # fmt: skip
    assert rules(panel) == {("a", spans.PREVALENT)}


def test_dated_waves_measure_gaps_in_years_and_take_days():
    waves = {"first": "2020-01", "second": "2020-07", "third": "2022-01"}
    adopted = laws(("a", "2019-06-01"), ("b", "2020-03-05"), ("c", "2021-02"))
    panel = person_period(adopted, period="wave", waves=waves)
    assert cells(panel, "unit", "period", "event") == [
        ("b", "second", 1),
        ("c", "second", 0),
        ("c", "third", 1),
    ]
    assert panel.table()["gap"].to_list() == pytest.approx([0.5, 0.5, 1.5])


def test_a_unit_that_joins_at_a_wave_is_at_risk_from_the_next():
    adopted = laws(("a", 2022), ("b", 2023), ("c", 2025))
    panel = person_period(adopted, period="wave", waves=[2022, 2023, 2025], entry={"b": 2023, "c": 2023})
    assert rules(panel) >= {("b", spans.PREVALENT)}
    assert cells(panel) == [("c", 2025, 1)]


# Mistakes are told, with their rows


@pytest.mark.parametrize(
    ("rows", "columns", "rule", "row"),
    [
        ([("a", 2000), ("a", 2001)], ("unit", "time"), "repeated-adoption", 3),
        ([("a", 2000), ("a", None)], ("unit", "time"), "repeated-adoption", 3),
        ([("a", 2000, 2003), ("a", 2002, None)], ("unit", "time", "until"), "repeated-adoption", 3),
        ([("a", 2000, 1999)], ("unit", "time", "until"), "order", 2),
        ([("a", 2000, 1999)], ("unit", "time", "time_latest"), "order", 2),
        ([("a", 2000), (None, 2001)], ("unit", "time"), "missing-value", 3),
        ([("a", "2000"), ("b", "soon")], ("unit", "time"), "bad-date", 3),
        ([("a", 2000.0), ("b", 2001.5)], ("unit", "time"), "bad-date", 3),
    ],
)
def test_every_mistake_names_its_row(rows, columns, rule, row):
    with pytest.raises(CaseError) as told:
        person_period(laws(*rows, columns=columns))
    assert (rule, row) in {(problem.rule, problem.row) for problem in told.value.problems}


@pytest.mark.parametrize(
    ("words", "options"),
    [
        ("after watching ends", {"origin": 2009, "censor": 2005}),
        ("before it begins", {"window": (2005, 2003)}),
        ("period is", {"period": "decade"}),
        ("ranges is", {"ranges": "drop"}),
        ("since is", {"since": "birth"}),
        ("could be a year", {"period": "month"}),
        ("none are named", {"period": "wave"}),
        ("named twice", {"units": ["a", "a"]}),
        ("no policy of the panel", {"origin": {"z": 2000}}),
        ("is no date", {"censor": "soon"}),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(words, options):
    with pytest.raises(PlanError, match=words):
        person_period(laws(("a", 2000), ("b", 2001)), **options)


@pytest.mark.parametrize(
    ("times", "error"),
    [
        ([2000.0, float("inf")], CaseError),
        ([2000, 9999], CaseError),
        ([True, False], CaseError),
        ([[2000], [2001]], PlanError),
        (pd.PeriodIndex(["2000", "2001"], freq="Y"), PlanError),
    ],
)
def test_times_that_are_none_are_refused_in_words(times, error):
    with pytest.raises(error):
        person_period(pd.DataFrame({"unit": ["a", "b"], "time": times}))


@pytest.mark.parametrize(
    "options",
    [
        {"window": (2000,)},
        {"units": "ab"},
        {"policies": "policy"},
        {"entry": {"a": "soon"}},
        {"origin": "fist"},
    ],
)
def test_options_that_say_nothing_are_refused_in_words(options):
    with pytest.raises(PlanError):
        person_period(laws(("a", 2000), ("b", 2001)), **options)


def test_something_else_than_a_frame_is_refused():
    with pytest.raises(PlanError, match="share a name"):
        person_period(pd.DataFrame([["a", 1, 2]], columns=["unit", "time", "time"]))
    with pytest.raises(PlanError, match="pandas, Polars or Arrow"):
        person_period([("a", 2000)])
    with pytest.raises(PlanError, match="`time`"):
        person_period(pl.DataFrame({"unit": ["a"]}))


# What every panel has to keep


def random_history(seed=3, units=25, policies=4, spells=True):
    """Many kinds of rows: dated, spans, by then, never, repealed and adopted again."""
    rng = np.random.default_rng(seed)
    rows = []
    for policy in range(policies):
        for unit in range(units):
            kind, at = rng.integers(6), int(rng.integers(1990, 2015))
            name = (f"u{unit:02}", f"p{policy}")
            rows += {
                0: [(*name, None, None, None)],
                1: [(*name, at, at + int(rng.integers(0, 4)), None)],
                2: [(*name, None, at, None)],
                3: [(*name, at, None, at + 2), (*name, at + 6, None, None)],
            }.get(int(kind), [(*name, at, None, None)])
    return pl.DataFrame(rows, schema=["unit", "policy", *RANGE[1:], "until"], orient="row")


RANGE = ("unit", "time", "time_latest")
OPTIONS = [
    {},
    {"origin": "first", "ranges": "censor"},
    {"window": (1998, 2010), "undated": "unknown"},
    {"censor": "last", "entry": {"u01": 2000, "u02": 2005}, "exit": {"u03": 2001}},
    {"units": [f"u{at:02}" for at in range(3, 20)], "policies": ["p0", "p2"]},
]


@pytest.mark.parametrize("options", OPTIONS)
def test_every_adoption_is_an_event_or_at_risk_or_in_the_ledger(options):
    adopted = random_history().with_row_index("_row", offset=2)
    panel = person_period(adopted, **options)
    rows = panel.table()
    listed = panel.ledger.drop_nulls("row")
    assert listed["row"].n_unique() == listed.height
    never = adopted.filter(pl.all_horizontal(pl.col("time", "time_latest").is_null()))
    watched = never.join(rows.filter(spell=1), on=["unit", "policy"], how="semi")
    assert rows["event"].sum() + listed.height + watched.height == adopted.height
    assert set(listed["row"]).isdisjoint(watched["_row"].cast(pl.Int64))


@pytest.mark.parametrize("options", OPTIONS)
def test_every_unit_and_policy_is_in_the_panel_or_the_ledger(options):
    panel = person_period(random_history(), **options)
    asked = options.get("policies", ["p0", "p1", "p2", "p3"])
    pairs = {(unit, policy) for unit in panel.units for policy in asked}
    at_risk = set(panel.table().select("unit", "policy").iter_rows())
    listed = set(panel.ledger.select("unit", "policy").iter_rows())
    assert pairs <= at_risk | listed


@pytest.mark.parametrize("options", OPTIONS)
def test_rows_are_those_of_the_rule_asked_one_at_a_time(options):
    """The risk set of methods B.1 by a loop over units, policies and periods, for exact dates."""
    adopted = random_history().filter(pl.col("until").is_null(), pl.col("time").is_not_null())
    adopted = adopted.drop("time_latest").unique(["unit", "policy"]).sort("policy", "unit")
    panel = person_period(adopted, **options)
    when = dict(zip(adopted.select("unit", "policy").iter_rows(), adopted["time"], strict=True))
    expected = []
    opens, closes = options.get("window", (0, max(when.values())))
    for policy in options.get("policies", sorted({policy for _, policy in when})):
        own = [time for (_, name), time in when.items() if name == policy]
        origin = min(own) + (options.get("origin") != "first")
        ends = max(own) if options.get("censor") == "last" else closes
        for unit in panel.units:
            start = max(origin, opens, options.get("entry", {}).get(unit, 0))
            for time in range(start, min(ends, options.get("exit", {}).get(unit, 9999)) + 1):
                adopts = when.get((unit, policy), 9999)
                if adopts >= time:
                    expected.append((unit, policy, time, int(adopts == time)))
    assert sorted(panel.table().select("unit", "policy", "time", "event").iter_rows()) == sorted(expected)


@pytest.mark.parametrize("options", OPTIONS[:4])
def test_renaming_and_reordering_change_nothing(options):
    adopted = random_history()
    names = {name: f"z{99 - at}" for at, name in enumerate(adopted["unit"].unique().sort())}
    renamed = adopted.with_columns(pl.col("unit").replace(names)).sample(fraction=1, shuffle=True, seed=1)
    changed = {
        key: {names[name]: time for name, time in value.items()} if isinstance(value, dict) else value
        for key, value in options.items()
    }
    order = ["policy", "unit", "time", "spell"]
    ours = person_period(adopted, **options).table().with_columns(pl.col("unit").replace(names)).sort(order)
    assert person_period(renamed, **changed).table().sort(order).equals(ours)


@pytest.mark.parametrize("until", [1995, 2000, 2005, 2010])
def test_the_future_is_invisible(until):
    adopted = random_history().filter(pl.col("until").is_null())
    rng = np.random.default_rng(until)
    later = (pl.col("time") > until) & (pl.col("time_latest").is_null() | (pl.col("time_latest") > until))
    moved = adopted.with_columns(
        time=pl.when(later)
        .then(pl.lit(until) + 1 + pl.Series(rng.integers(0, 9, adopted.height)))
        .otherwise("time"),
        time_latest=pl.when(later).then(None).otherwise("time_latest"),
    )
    now, then = (
        person_period(frame, censor=2030, ranges="censor").table().filter(pl.col("time") <= until)
        for frame in (adopted, moved)
    )
    assert now.height > 50
    assert now.equals(then)


def test_the_kind_of_frame_that_comes_in_goes_out():
    adopted = laws(("a", 2000), ("b", 2002), ("c", None))
    for frame, kind in (
        (adopted, pl.DataFrame), (adopted.lazy(), pl.DataFrame), (adopted.to_pandas(), pd.DataFrame),
        (adopted.to_arrow(), pa.Table),
    ):  # fmt: skip
        panel = person_period(frame)
        assert isinstance(panel.frame, kind)
        assert panel.table().equals(person_period(adopted).table())


def test_a_pandas_frame_with_an_index_and_nan_is_read():
    frame = pd.DataFrame({"unit": [10, 20, 30], "time": [2000.0, 2001.0, np.nan]}, index=[7, 7, 9])
    assert cells(person_period(frame)) == [("20", 2001, 1), ("30", 2001, 0)]


# Covariates


def test_covariates_are_those_of_the_period_before():
    panel = person_period(laws(("a", 2000), ("b", 2002)))
    known = pl.DataFrame({"unit": ["b", "b", "b"], "year": [2000, 2001, 2002], "gdp": [1.0, 2.0, 3.0]})
    assert cells(add_covariates(panel, known), "period", "gdp") == [(2001, 1.0), (2002, 2.0)]
    same = add_covariates(panel, known, lag=0)
    assert same.table()["gdp"].to_list() == [2.0, 3.0]
    assert any("lag 0" in note for note in same.notes)


def test_what_is_not_known_stays_empty_and_is_counted():
    panel = person_period(laws(("a", 2000), ("b", 2003)))
    known = pl.DataFrame({"unit": ["b"], "time": [2000], "gdp": [1.0]})
    found = add_covariates(panel, known)
    assert found.table()["gdp"].to_list() == [1.0, None, None]
    assert "`gdp` is unknown in 2 of 3 rows." in found.notes
    assert add_covariates(panel, known, carry=1).table()["gdp"].to_list() == [1.0, 1.0, None]


def test_covariates_known_once_or_by_policy():
    adopted = laws(("a", "x", 2000), ("b", "x", 2001), columns=("unit", "policy", "time"))
    size = pl.DataFrame({"unit": ["b"], "size": [9]})
    salience = pl.DataFrame({"policy": ["x"], "year": [2000], "salience": [0.5]})
    panel = add_covariates(person_period(adopted, covariates=size), salience)
    assert cells(panel, "size", "salience") == [(9, 0.5)]


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({"unit": ["b", "b"], "year": [2000, 2000], "x": [1, 2]}, "two rows for one period"),
        ({"unit": ["b"], "gap": [1]}, "in the panel already"),
        ({"unit": ["b"], "year": [2000]}, "no values"),
        ({"year": [2000], "x": [1]}, "`unit`"),
        ({"unit": ["b"], "year": ["then"], "x": [1]}, "no time"),
    ],
)
def test_covariates_that_cannot_be_joined_are_refused(known, words):
    with pytest.raises(PlanError, match=words):
        add_covariates(person_period(laws(("a", 2000), ("b", 2001))), pl.DataFrame(known))


# Drawn dates


def test_dates_are_drawn_from_their_span_alike_and_by_seed():
    adopted = laws(("a", 2000, None), ("b", 2002, 2005), ("c", 2003, None), columns=RANGE)
    panel = person_period(adopted, censor=2006)
    drawn = impute_dates(panel, seed=5, draws=400)
    years = [one.table().filter(unit="b", event=1)["time"].item() for one in drawn]
    assert {2002, 2003, 2004, 2005} == set(years)
    assert np.bincount(np.array(years) - 2002) == pytest.approx([100] * 4, abs=35)
    assert all((one.table()["gap"] == 1).all() for one in drawn)
    again = impute_dates(panel, seed=5, draws=400)
    assert all(one.table().equals(two.table()) for one, two in zip(drawn, again, strict=True))
    assert panel.table().filter(unit="b", event=1)["gap"].item() == 4


def test_draws_are_refused_where_they_say_nothing():
    panel = person_period(laws(("a", 2000), ("b", 2002)))
    with pytest.raises(PlanError, match="nothing to draw"):
        impute_dates(panel, seed=1)
    with pytest.raises(PlanError, match="fewer than 20"):
        impute_dates(panel, seed=1, draws=5)


# Other people's data


@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference data are not here")
def test_medical_innovation_has_its_doctor_months_and_prescriptions():
    """Months 2 to 17: 856 doctor-months, 98 first prescriptions."""
    toa = pl.read_csv(REFERENCE / "medInnovations_toa.csv").rename({"id": "unit", "toa": "time"})
    toa = toa.with_columns(time=pl.when(pl.col("time") < 18).then("time"))
    panel = person_period(toa, period="month", censor=17)
    assert panel.table().height == 856
    assert panel.table()["event"].sum() == 98
    assert panel.hazard()["hazard"].to_list() == pytest.approx(
        [.0789, .0857, .1146, .1294, .1486, .2063, .1400, .0930, .0256, .1316, .0909, .1, .1481, .1739, .1053,
         .0588], abs=5e-5,
    )  # fmt: skip


@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference data are not here")
def test_spid_is_counted_as_its_adoptions_say():
    spid = pl.read_csv(REFERENCE / "spid_policies.csv").rename({"statenam": "unit", "adopt_year": "time"})
    panel = person_period(spid, censor="last")
    first, last = pl.col("time").min().over("policy"), pl.col("time").max().over("policy")
    at_risk = spid.with_columns(first=first, last=last)
    adopters = at_risk.select((pl.col("time") - pl.col("first")).sum()).item()
    by_policy = at_risk.group_by("policy").agg(pl.len(), pl.col("first", "last").first())
    others = by_policy.select(((50 - pl.col("len")) * (pl.col("last") - pl.col("first"))).sum()).item()
    later = spid.height - at_risk.filter(pl.col("time") == pl.col("first")).height
    assert (panel.table().height, panel.table()["event"].sum()) == (adopters + others, later)
    every = person_period(spid, origin="first")
    # 78.9 % of 17,835 adoptions share their year with another of the same policy
    assert every.table()["event"].sum() == 17_835
    assert every.simultaneous() / 17_835 == pytest.approx(0.789, abs=5e-4)
