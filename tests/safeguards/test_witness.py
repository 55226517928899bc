"""The event-history witness: a finding for every mechanism, whatever the data allow."""

from __future__ import annotations

import pytest
from planted import drawn, question_of

from diffuscope.mechanisms import mechanisms
from diffuscope.records import Coefficient, Estimate, EventHistory, ExposureRecord, Safeguard, Trial
from diffuscope.safeguards import witness
from diffuscope.safeguards.witness import How, history_findings

QUESTION = question_of(drawn(seed=1, contagion=5.0))


def history(**changed):
    fit = QUESTION.fit
    coefficients = tuple(
        Coefficient(
            term=name, mechanism="learning" if name == "seen" else None, estimate=float(fit.coefficients[at]),
            error=float(fit.errors[at]), low=float(fit.low[at]), high=float(fit.high[at]), p=float(fit.p[at]),
        )
        for at, name in enumerate(fit.names)
    )  # fmt: skip
    exposures = (
        ExposureRecord(name="seen", mechanism="learning", layer="advice", form="share", lag=1),
        ExposureRecord(
            name="coercion",
            mechanism="coercion",
            layer=None,
            form="sum",
            lag=1,
            refused="The case has no ties.",
        ),
    )
    main = Estimate(
        id="main",
        says="",
        formula=fit.formula,
        model=fit.model,
        rows=fit.rows,
        events=fit.events,
        coefficients=coefficients,
    )
    told = {"analysis": "q", "rows": fit.rows, "exposures": exposures, "estimates": (main,)}
    return EventHistory(**(told | changed))


def by_mechanism(findings):
    return {one.mechanism: one for one in findings}


def test_every_mechanism_is_told_of():
    found = history_findings(history(), QUESTION, How(draws=99, workers=1))
    assert [one.mechanism for one in found] == list(mechanisms())
    assert {(one.witness, one.body) for one in found} == {("event history", "statistics")}


def test_contagion_without_declared_drivers_is_leaning_for():
    found = by_mechanism(history_findings(history(), QUESTION, How(draws=99, workers=1)))["learning"]
    assert found.stance == "leaning for"
    assert "drivers of ties: missing" in found.reason
    assert found.trial.p_holm == pytest.approx(0.02)


def test_with_declared_drivers_nothing_is_missing_any_more():
    how = How(draws=99, workers=1, drivers={"seen": ("wealth",)})
    found = by_mechanism(history_findings(history(), QUESTION, how))["learning"]
    assert "missing" not in found.reason


@pytest.mark.parametrize(
    ("changed", "question", "reason"),
    [
        ({"refused": "There is no risk set."}, None, "There is no risk set."),
        ({"estimates": ()}, None, "No model was fitted."),
        (
            {"estimates": (Estimate(id="main", says="", formula="", refused="Separated."),)},
            None,
            "Separated.",
        ),
        ({"exposures": ()}, QUESTION, "No exposure of it is defined."),
    ],
)
def test_without_a_model_every_mechanism_is_silent_and_says_why(changed, question, reason):
    found = by_mechanism(history_findings(history(**changed), question))["learning"]
    assert (found.stance, found.silence, found.reason) == ("silent", "no data", reason)


def test_a_refused_exposure_is_silent_with_its_own_reason():
    found = by_mechanism(history_findings(history(), QUESTION, How(draws=99, workers=1)))["coercion"]
    assert (found.silence, found.reason) == ("no data", "The case has no ties.")


def test_p_values_are_adjusted_over_mechanisms():
    def trial(p):
        safeguard = Safeguard(name="permuted ties", applies=True, passed=True, says="", p=p)
        return Trial(term="", mechanism=None, estimate=1.0, low=0.5, high=2.0, safeguards=(safeguard,)), ()

    adjusted = witness._adjusted({"a": trial(0.01), "b": trial(0.04), "c": trial(0.03)})
    # by hand: 3 · 0.01; then 2 · 0.03 = 0.06 for c, and b may not be smaller
    assert [adjusted[name][0].p_holm for name in "abc"] == pytest.approx([0.03, 0.06, 0.06])


def test_rivals_are_named_by_mechanism(monkeypatch):
    fit = QUESTION.fit
    told = Trial(
        term="seen", mechanism="learning", estimate=5.0, low=3.0, high=float(fit.high[1]), safeguards=()
    )
    monkeypatch.setattr(witness, "trial_of", lambda *_: (told, ("coercion",)))
    found = by_mechanism(history_findings(history(), QUESTION))["learning"]
    assert (found.stance, found.joint_with) == ("leaning for", ("coercion",))
