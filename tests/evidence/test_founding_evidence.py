"""The first coding of the founding case, against the posteriors worked out for it beforehand."""

from __future__ import annotations

import pytest

from diffuscope.evidence import evidence_findings

WEIGHTS = {
    "C1": 1.3, "C2": 2.0, "C5": 0.2, "C6": -0.8, "C3": -4.8, "C4": -4.5,
    "K1": 0.8, "K2": 1.5, "K3": -3.5, "K5": -1.8, "K4": -5.4,
    "L1": 3.9, "L2": 1.8, "L3": 1.2, "L4": 1.5, "L5": -3.0, "L6": 1.5, "L7": 0.8,
    "M1": 2.1, "M2": 0.8, "M3": 1.9, "M7": 0.5, "M4": -1.8, "M6": -1.8, "M5": -2.8,
}  # fmt: skip
# mechanism: dB and p at ρ = 0, dB and p at ρ = .3, p at ρ = .5 and 1
POSTERIORS = {
    "learning": (7.66, 0.854, 5.52, 0.781, 0.739, 0.671),
    "emulation": (-0.92, 0.447, -0.79, 0.455, 0.460, 0.473),
    "competition": (-8.42, 0.126, -8.13, 0.133, 0.139, 0.152),
    "coercion": (-6.49, 0.183, -6.98, 0.167, 0.157, 0.137),
}
# mechanism: p with one cluster per document, and at searched = .5 and 1 (ρ = .3)
SETTINGS = {
    "learning": (0.704, 0.833, 0.718),
    "emulation": (0.453, 0.533, 0.377),
    "competition": (0.176, 0.208, 0.082),
    "coercion": (0.231, 0.265, 0.079),
}
# mechanism: lowest and highest p without one passage, and the passages left out there
LEAVE_ONE_OUT = {
    "learning": (0.651, "L1", 0.877, "L5"),
    "emulation": (0.350, "M1", 0.612, "M5"),
    "competition": (0.103, "K2", 0.350, "K4"),
    "coercion": (0.122, "C2", 0.376, "C3"),
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
    sum_0, p_0, sum_3, p_3, p_5, p_1 = POSTERIORS[mechanism]
    rho = by_setting(detail.by_rho)
    assert list(rho) == ["rho = 0", "rho = 0.3", "rho = 0.5", "rho = 1"]
    assert rho["rho = 0"].decibans == pytest.approx(sum_0, abs=0.006)
    assert detail.decibans == rho["rho = 0.3"].decibans == pytest.approx(sum_3, abs=0.006)
    assert detail.p == rho["rho = 0.3"].p
    assert [each.p for each in rho.values()] == pytest.approx([p_0, p_3, p_5, p_1], abs=0.00051)


@pytest.mark.parametrize("mechanism", SETTINGS)
def test_every_other_setting(found, mechanism):
    detail = found[mechanism].evidence
    apart, half, whole = SETTINGS[mechanism]
    assert detail.one_cluster_per_document.p == pytest.approx(apart, abs=0.00051)
    searched = by_setting(detail.by_searched)
    assert list(searched) == ["searched = 0.25", "searched = 0.5", "searched = 1"]
    assert searched["searched = 0.5"].p == pytest.approx(half, abs=0.00051)
    assert searched["searched = 1"].p == pytest.approx(whole, abs=0.00051)


@pytest.mark.parametrize("mechanism", POSTERIORS)
def test_every_prior_by_bayes_rule(found, mechanism):
    detail = found[mechanism].evidence
    ratio = 10 ** (detail.decibans / 10)
    prior = {float(each.setting.removeprefix("prior = ")): each.p for each in detail.by_prior}
    assert list(prior) == [0.1, 0.25, 0.5, 0.75, 0.9]
    for before, after in prior.items():
        assert after == pytest.approx(before * ratio / (before * ratio + 1 - before), abs=1e-9)


@pytest.mark.parametrize("mechanism", LEAVE_ONE_OUT)
def test_every_range_without_one_passage(found, mechanism):
    without = found[mechanism].evidence.leave_one_out
    assert len(without) == len(found[mechanism].evidence.items)
    lowest, highest = (pick(without, key=lambda each: each.p) for pick in (min, max))
    low, first, high, last = LEAVE_ONE_OUT[mechanism]
    assert (lowest.p, highest.p) == pytest.approx((low, high), abs=0.00051)
    assert (lowest.setting, highest.setting) == (f"without {first}", f"without {last}")


@pytest.mark.parametrize("mechanism", STANCES)
def test_every_stance(found, mechanism):
    each = found[mechanism]
    assert each.stance == STANCES[mechanism]
    assert each.silence == ("tested, inconclusive" if each.stance == "silent" else None)
    assert each.evidence.caps == ("one person coded it", "it rests on one document")


def test_coercion_read_broadly(found):
    coercion = found["coercion"].evidence
    assert coercion.other_definition.decibans == pytest.approx(2.27, abs=0.006)
    assert coercion.other_definition.p == pytest.approx(0.628, abs=0.00051)
    assert coercion.other_stance == "leaning for"
    assert {item.id for item in coercion.items if item.definition == "narrow"} == {"C3", "C4"}


def test_only_coercion_is_read_twice(found):
    assert [name for name, each in found.items() if each.evidence.other_definition] == ["coercion"]


def test_what_the_evidence_says_of_necessary_criteria(found):
    criteria = {item.id: item for each in found.values() for item in each.evidence.criteria}
    # C-f would fail as searched, but not at half as good a search; K-b fails at both
    assert criteria["C-f"].decibans == pytest.approx(-9.24, abs=0.006)
    assert criteria["C-f"].decibans_searched == pytest.approx(-6.69, abs=0.006)
    assert criteria["K-b"].decibans == pytest.approx(-8.96, abs=0.006)
    assert criteria["K-b"].decibans_searched == pytest.approx(-7.20, abs=0.006)
    failed = {name: each.evidence.failed for name, each in found.items()}
    assert failed == {"coercion": (), "competition": ("K-b",), "emulation": (), "learning": ()}
    coercion = {item.id: item for item in found["coercion"].evidence.criteria}
    # for and against apart: 10 log10(.80/.50) and 10 log10(.50/.60), neither discounted
    assert coercion["C-d"].decibans == pytest.approx(2.0412 - 0.7918, abs=0.001)
    assert (coercion["T"].decibans, coercion["T"].items) == (None, 0)


def test_tests_are_named(found):
    names = {item.id: item.test for each in found.values() for item in each.evidence.items}
    assert {name: test for name, test in names.items() if test != "straw in the wind"} == {
        "C1": "hoop",
        "C5": "hoop",
    }


def test_the_perspectives_of_learning_apart(found):
    perspectives = by_setting(found["learning"].evidence.perspectives)
    # common ground is L1, L5 and L7; L4 speaks of experts, L6 of results, L2 and L3 of institutions
    l1, l2, l3, l4, l5, l6, l7 = 3.8535, 1.7609, 1.2494, 1.5490, -3.0103, 1.4613, 0.7918
    sums = {
        "political": l1 + 0.7 * l4 + l5 + l7,
        "economic": l1 + l5 + l6 + l7,
        "institutional": l1 + 0.7 * l2 + 0.49 * l3 + l5 + l7,
    }
    assert {name: posterior.decibans for name, posterior in perspectives.items()} == pytest.approx(
        sums, abs=0.001
    )


def test_reasons_are_plain(found):
    for each in found.values():
        text = " ".join((each.reason, *each.caveats))
        assert not any(word in text for word in ("ρ", "rho", "dB", "deciban", "prior", "posterior"))
    assert found["learning"].reason.startswith("6 coded passages speak for it and 1 against. ")
    assert "at about 0.8 (0.2 to 0.98 if the coder is moderately off)" in found["learning"].reason
    assert "A necessary condition fails, K-b: " in found["competition"].reason
    assert "necessary" not in found["coercion"].reason
    assert found["competition"].reason.endswith(
        "The stance is limited to leaning, because one person coded it; it rests on one document."
    )
    assert found["emulation"].reason.endswith("This is inconclusive.")
