"""The first coding of the founding case, against the posteriors worked out for it beforehand."""

from __future__ import annotations

import polars as pl
import pytest

from diffuscope.evidence import evidence_findings

WEIGHTS = {
    "C1": 1.3, "C2": 2.0, "C5": 0.2, "C6": -3.0, "C3": -4.8, "C4": -4.5,
    "K1": 0.8, "K2": 1.5, "K3": -3.5, "K5": -1.8, "K4": -5.4,
    "L1": 3.9, "L2": 1.8, "L3": 1.2, "L4": 1.5, "L5": -3.0, "L6": 1.5, "L7": 0.8,
    "M1": 2.1, "M2": 0.8, "M3": 1.9, "M7": 0.5, "M4": -1.8, "M6": -1.8, "M5": -2.8,
}  # fmt: skip
# mechanism: dB and p at ρ = 0, dB and p at ρ = .3, p at ρ = 1, p at priors .25 and .75
POSTERIORS = {
    "learning": (7.66, 0.854, 3.67, 0.700, 0.577, 0.437, 0.875),
    "emulation": (-0.92, 0.447, -1.35, 0.423, 0.396, 0.196, 0.687),
    "competition": (-8.42, 0.126, -7.73, 0.144, 0.169, 0.053, 0.336),
    "coercion": (-8.71, 0.119, -8.96, 0.113, 0.109, 0.041, 0.276),
}
LEAVE_ONE_OUT = {
    "learning": (0.618, 0.823),
    "emulation": (0.344, 0.581),
    "competition": (0.119, 0.371),
    "coercion": (0.087, 0.276),
}
STANCES = {
    "learning": "leaning for",
    "emulation": "silent",
    "competition": "leaning against",
    "coercion": "leaning against",
}


@pytest.fixture(scope="module")
def found(founding, documents, analysis):
    return {each.mechanism: each for each in evidence_findings(founding, documents, analysis, ())}


def by_setting(posteriors):
    return {posterior.setting: posterior for posterior in posteriors}


def test_every_weight(found):
    weights = {item.id: item.decibans for each in found.values() for item in each.evidence.items}
    assert weights.keys() == WEIGHTS.keys()
    for name, weight in WEIGHTS.items():
        assert weights[name] == pytest.approx(weight, abs=0.0501), name


@pytest.mark.parametrize("mechanism", POSTERIORS)
def test_every_posterior(found, mechanism):
    detail = found[mechanism].evidence
    sum_0, p_0, sum_3, p_3, p_1, p_quarter, p_three_quarters = POSTERIORS[mechanism]
    rho, prior = by_setting(detail.by_rho), by_setting(detail.by_prior)
    assert list(rho) == ["rho = 0", "rho = 0.3", "rho = 0.5", "rho = 1"]
    assert rho["rho = 0"].decibans == pytest.approx(sum_0, abs=0.005)
    assert rho["rho = 0"].p == pytest.approx(p_0, abs=0.0005)
    assert detail.decibans == rho["rho = 0.3"].decibans == pytest.approx(sum_3, abs=0.005)
    assert detail.p == rho["rho = 0.3"].p == pytest.approx(p_3, abs=0.0005)
    assert rho["rho = 1"].p == pytest.approx(p_1, abs=0.0005)
    assert list(prior) == ["prior = 0.1", "prior = 0.25", "prior = 0.5", "prior = 0.75", "prior = 0.9"]
    assert prior["prior = 0.25"].p == pytest.approx(p_quarter, abs=0.0005)
    assert prior["prior = 0.75"].p == pytest.approx(p_three_quarters, abs=0.0005)
    assert prior["prior = 0.5"].p == detail.p


@pytest.mark.parametrize("mechanism", LEAVE_ONE_OUT)
def test_every_range_without_one_passage(found, mechanism):
    without = found[mechanism].evidence.leave_one_out
    assert len(without) == len(found[mechanism].evidence.items)
    p = [posterior.p for posterior in without]
    assert (min(p), max(p)) == pytest.approx(LEAVE_ONE_OUT[mechanism], abs=0.0005)


def test_what_learning_rests_on(found):
    without = by_setting(found["learning"].evidence.leave_one_out)
    assert min(without.values(), key=lambda posterior: posterior.p).setting == "without L1"
    assert max(without.values(), key=lambda posterior: posterior.p).setting == "without L5"


@pytest.mark.parametrize("mechanism", STANCES)
def test_every_stance(found, mechanism):
    each = found[mechanism]
    assert each.stance == STANCES[mechanism]
    assert each.silence == ("tested, inconclusive" if each.stance == "silent" else None)
    assert each.evidence.caps == ("one coder", "one source document")


def test_coercion_read_broadly(found, founding, documents, analysis):
    coercion = found["coercion"].evidence
    assert coercion.other_definition.p == pytest.approx(0.516, abs=0.0005)
    assert coercion.other_stance == "silent"
    assert {item.id for item in coercion.items if item.definition == "narrow"} == {"C3", "C4"}
    without = founding.filter(pl.col("id") != "C6")
    found = {each.mechanism: each for each in evidence_findings(without, documents, analysis, ())}
    assert found["coercion"].evidence.other_definition.p == pytest.approx(0.625, abs=0.0005)


def test_only_coercion_is_read_twice(found):
    assert [name for name, each in found.items() if each.evidence.other_definition] == ["coercion"]


def test_what_the_evidence_says_of_necessary_criteria(found):
    # C-f: −4.77 (none reported) and −4.47 (a member proposes), from two sources: −9.2
    assert found["coercion"].evidence.failed == ("C-f",)
    # K-b: −3.52 and −5.44
    assert found["competition"].evidence.failed == ("K-b",)
    assert found["learning"].evidence.failed == ()
    assert found["emulation"].evidence.failed == ()
    criteria = {item.id: item for item in found["coercion"].evidence.criteria}
    assert criteria["C-f"].decibans == pytest.approx(-9.243, abs=0.001)
    assert criteria["C-d"].decibans == pytest.approx((2.0412 - 3.0103) / 1.3, abs=0.001)
    assert (criteria["T"].decibans, criteria["T"].items) == (None, 0)


def test_tests_are_named(found):
    names = {item.id: item.test for each in found.values() for item in each.evidence.items}
    assert {name: test for name, test in names.items() if test != "straw in the wind"} == {
        "C1": "hoop",
        "C5": "hoop",
        "C3": "doubly decisive",
        "K3": "smoking gun",
        "L5": "smoking gun",
    }


def test_the_perspectives_of_learning_apart(found):
    perspectives = by_setting(found["learning"].evidence.perspectives)
    # common ground is L1, L5 and L7; L4 speaks of experts, L6 of results, L2 and L3 of institutions
    l1, l2, l3, l4, l5, l6, l7 = 3.8535, 1.7609, 1.2494, 1.5490, -3.0103, 1.4613, 0.7918
    sums = {
        "political": (l1 + l4) / 1.3 + l5 + l7,
        "economic": l1 + l5 + l6 + l7,
        "institutional": (l1 + l2 + l3) / 1.6 + l5 + l7,
    }
    assert {name: posterior.decibans for name, posterior in perspectives.items()} == pytest.approx(
        sums, abs=0.001
    )


def test_reasons_are_plain(found):
    for each in found.values():
        text = " ".join((each.reason, *each.caveats))
        assert not any(word in text for word in ("ρ", "rho", "dB", "deciban", "prior", "posterior"))
    assert found["learning"].reason == (
        "7 coded passages put the probability at 0.70 (0.62 to 0.82 when any one of them is left out). "
        "It can do no more than lean: one coder, one source document."
    )
    assert "A necessary condition fails, C-f: The weaker party" in found["coercion"].reason
    assert found["emulation"].reason.endswith("That decides nothing.")
