"""The main-driver mode: exclusive hypotheses, one of which is that no mechanism was at work."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from diffuscope.errors import MethodError
from diffuscope.evidence import main_driver
from diffuscope.tables.typed import empty


def likelihoods(chances: dict[tuple[str, str], float]) -> pl.DataFrame:
    rows = [
        {"evidence": evidence, "hypothesis": hypothesis, "p": p, "_row": at}
        for at, ((evidence, hypothesis), p) in enumerate(chances.items(), start=2)
    ]
    return pl.DataFrame(rows, schema=empty("likelihoods").schema)


def shares(found):
    return {share.hypothesis: share.p for share in found}


def trace(name, **more):
    return {"id": name, "criterion": "L-a", "band": "weak", **more}


ORACLE = {"null": 0.05, "coercion": 0.15, "learning": 0.5, "emulation": 0.025}  # ratios 1, 3, 10, .5


def test_the_published_posterior(coded, analysis):
    found = main_driver(
        coded(trace("L1")), likelihoods({("L1", name): p for name, p in ORACLE.items()}), analysis
    )
    assert [share.hypothesis for share in found] == ["learning", "coercion", "null", "emulation"]
    assert shares(found) == pytest.approx(
        {"null": 0.0689655, "coercion": 0.2068966, "learning": 0.6896552, "emulation": 0.0344828}, abs=5e-8
    )
    against_null = {share.hypothesis: share.decibans for share in found}
    assert against_null == pytest.approx(
        {"null": 0, "coercion": 4.7712, "learning": 10, "emulation": -3.0103}, abs=5e-5
    )


def test_an_absence_is_as_likely_as_the_search_leaves_it(coded, analysis):
    absent = trace("L1", direction="absent", band=None, chances=".8/.1", searched=0.5)
    found = main_driver(coded(absent), likelihoods({("L1", "learning"): 0.8, ("L1", "null"): 0.1}), analysis)
    assert shares(found)["learning"] == pytest.approx(0.6 / (0.6 + 0.95))


def test_two_hypotheses_weigh_as_in_binary_mode(founding, analysis):
    # with the chances of the binary coding, learning against nothing comes to the +5.52 dB of learning
    learning = founding.filter(pl.col("mechanism") == "learning")
    given = {
        (row["id"], hypothesis): row[column]
        for row in learning.iter_rows(named=True)
        for hypothesis, column in (("learning", "p_if_true"), ("null", "p_if_false"))
    }
    found = main_driver(learning, likelihoods(given), analysis)
    assert found[0].hypothesis == "learning"
    assert found[0].decibans == pytest.approx(5.52, abs=0.005)
    assert found[0].p == pytest.approx(0.781, abs=0.0005)


def test_thousands_of_passages_underflow_nothing(coded, analysis):
    names = [f"L{at}" for at in range(3000)]
    given = {(name, "learning"): 0.02 for name in names} | {(name, "null"): 0.02 for name in names}
    found = main_driver(coded(*map(trace, names)), likelihoods(given), analysis)
    assert shares(found) == pytest.approx({"learning": 0.5, "null": 0.5})


def test_coders_of_one_passage_count_once(coded, analysis):
    given = likelihoods({("L1", "learning"): 0.6, ("L1", "null"): 0.2})
    once = main_driver(coded(trace("L1")), given, analysis)
    twice = main_driver(coded(trace("L1"), trace("L1", coder="two")), given, analysis)
    assert shares(twice) == pytest.approx(shares(once))


def test_late_evidence_and_broad_readings_weigh_nothing(coded, analysis, adopted):
    rows = [
        trace("L1"),
        trace("L2", unit="a", date="2020"),
        {"id": "C1", "criterion": "C-d", "band": "weak", "definition": "broad"},
    ]
    given = likelihoods(
        {("L1", "learning"): 0.6, ("L1", "null"): 0.2, ("L2", "learning"): 0.1, ("L2", "null"): 0.9}
        | {("C1", "learning"): 0.1, ("C1", "null"): 0.9}
    )
    found = main_driver(coded(*rows), given, analysis, (adopted("a", "2015"),))
    assert shares(found) == pytest.approx({"learning": 0.75, "null": 0.25})


def test_order_of_rows_never_matters(coded, analysis):
    rng = np.random.default_rng(2)
    table = coded(*(trace(f"L{at}", cluster=f"k{at % 3}") for at in range(9)))
    given = likelihoods(
        {(f"L{at}", name): float(rng.uniform(0.05, 0.95)) for at in range(9) for name in ORACLE}
    )
    assert main_driver(table.reverse(), given.reverse(), analysis) == main_driver(table, given, analysis)


def test_without_likelihoods_there_is_nothing_to_rank(coded, analysis):
    assert main_driver(coded(trace("L1")), empty("likelihoods"), analysis) == ()
    elsewhere = likelihoods({("L9", "null"): 0.5})
    assert main_driver(coded(trace("L1")), elsewhere, analysis) == ()


def test_the_null_is_mandatory_and_nothing_may_lack(coded, analysis):
    with pytest.raises(MethodError, match="`null`"):
        main_driver(coded(trace("L1")), likelihoods({("L1", "learning"): 0.5}), analysis)
    some = likelihoods({("L1", "learning"): 0.5, ("L1", "null"): 0.5, ("L2", "null"): 0.5})
    with pytest.raises(MethodError, match="lacks its chance"):
        main_driver(coded(trace("L1"), trace("L2")), some, analysis)
