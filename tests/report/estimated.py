"""What the dates alone say of the result made by hand: a panel with a model, and a question without one."""

from __future__ import annotations

import factory

from diffuscope.records import Coefficient, Estimate, EventHistory, Excluded, ExposureRecord, Frame
from diffuscope.result import Result

CHANNELS = (
    ExposureRecord(
        name="coercion",
        mechanism="coercion",
        layer=None,
        form="",
        lag=1,
        rows=34,
        refused="the case has no ties of dependence before the first adoption",
    ),
    ExposureRecord(
        name="learning",
        mechanism="learning",
        layer="co-attendance",
        form="share",
        lag=1,
        source="attendance.csv; p. 2; p. 3; p. 4",
        derived_from=("attendance",),
        rows=34,
        known=30,
        isolates=4,
        mean=0.21,
        sd=0.18,
        min=0.0,
        max=0.75,
        notes=("no outcome is recorded, so success weighs nothing",),
    ),
    ExposureRecord(
        name="emulation",
        mechanism="emulation",
        layer="groups",
        form="share",
        lag=1,
        source="ties.csv",
        rows=34,
        known=34,
        mean=0.3,
        sd=0.2,
        min=0.0,
        max=1.0,
    ),
    ExposureRecord(
        name="distance",
        mechanism=None,
        layer="distance",
        form="sum",
        lag=1,
        source="units.csv",
        rows=34,
        known=34,
        mean=0.004,
        sd=0.002,
        min=0.0,
        max=0.011,
    ),
)
MAIN = Estimate(
    id="main",
    description="The chance of adopting by exposure, with time at risk held constant.",
    model="Firth logit",
    formula="event ~ learning + emulation + distance",
    rows=30,
    events=4,
    units=4,
    policies=1,
    clusters=(("unit", 4),),
    interval="profile likelihood",
    coefficients=(
        Coefficient(
            term="(intercept)",
            mechanism=None,
            estimate=-3.0,
            std_error=1.1,
            ci_low=-6.0,
            ci_high=-1.0,
            p=0.006,
        ),
        Coefficient(
            term="learning",
            mechanism="learning",
            estimate=0.8,
            std_error=1.9,
            ci_low=-3.0,
            ci_high=None,
            p=0.67,
            effect=0.042,
            effect_low=-0.151,
            effect_high=0.305,
            effect_from=0.0,
            effect_to=0.5,
        ),
        Coefficient(
            term="emulation",
            mechanism="emulation",
            estimate=-0.4,
            std_error=0.9,
            ci_low=-2.2,
            ci_high=1.3,
            p=0.65,
            effect=-0.02,
            effect_low=-0.11,
            effect_high=0.09,
            effect_from=0.1,
            effect_to=0.6,
        ),
        Coefficient(
            term="distance",
            mechanism=None,
            estimate=2.0,
            std_error=0.9,
            ci_low=0.2,
            ci_high=3.9,
            p=0.00004,
            effect=0.1,
            effect_low=0.01,
            effect_high=0.2,
            effect_from=0.001,
            effect_to=0.009,
        ),
        Coefficient(
            term="duration P1", mechanism=None, estimate=0.3, std_error=0.4, ci_low=-0.5, ci_high=1.1, p=0.4
        ),
    ),
    loglik=-11.5,
    aic=33.1,
    bic_rows=40.2,
    bic_events=30.1,
    left_out=(("learning is unknown", 4),),
    warnings=("4 events for 5 coefficients (0.8 each): below 10, estimates lean away from zero.",),
    r_script="model <- 1 # R\n",
    stata_script="* Stata\n",
)
AGAIN = Estimate(
    id="high-confidence",
    description="Without dates of low confidence. Firth's logit, for there are few events.",
    model="Firth logit",
    formula="event ~ learning",
    rows=28,
    events=3,
    coefficients=(
        Coefficient(
            term="learning",
            mechanism="learning",
            estimate=0.0,
            std_error=2.0,
            ci_low=-4.0,
            ci_high=4.0,
            p=1.0,
        ),
    ),
    warnings=("3 events.",),
)
NOTHING = Estimate(
    id="logit",
    description="As a plain logit.",
    formula="event ~ learning",
    refused="`learning` separates the events.",
)


def history(**changed: object) -> EventHistory:
    """The history of the first question, with whatever a test wants otherwise."""
    made = {
        "analysis": "smart-cities",
        "rows": 34,
        "events": 4,
        "units": 4,
        "policies": 1,
        "simultaneous": 2,
        "left_out": (
            Excluded(table="adoptions", reason="the date is unknown", count=1, rows=(10,)),
            Excluded(table="units", reason="never at risk: in the network before the window", count=2),
        ),
        "notes": ("Two dates are ranges; each counts in its last year.",),
        "exposures": CHANNELS,
        "correlations": (
            ("learning", "emulation", 0.86),
            ("learning", "distance", -0.12),
            ("emulation", "distance", 0.45),
        ),
        "inseparable": ("`learning` and `emulation` correlate at 0.86: they are not told apart.",),
        "estimates": (MAIN, AGAIN, NOTHING),
    }
    return EventHistory(**{**made, **changed})


REFUSED = EventHistory(
    analysis="membership", refused="No list exists of cities that could have joined and did not."
)


def frames() -> dict[str, Frame]:
    """Rows at risk, hazards and a curve of the first question."""
    panel = tuple((unit, "national", year, None, "=1+1") for unit in factory.YEARS for year in (2014, 2015))
    return {
        "panel_smart-cities": bare("unit policy period learning note", panel),
        "hazard_smart-cities": bare(
            "duration at_risk events hazard model ci_low ci_high",
            tuple((at, 5 - at, 1, 1 / (5 - at), at / 40, at / 90, at / 12) for at in range(1, 5)),
        ),
        "curve_smart-cities": bare(
            "duration observed adopted ci_low ci_high",
            tuple((at, at / 4, at / 10, at / 30, at / 5) for at in range(1, 5)),
        ),
    }


def bare(columns: str, rows: tuple[tuple[object, ...], ...]) -> Frame:
    """A frame that was computed, so that its rows have no place in a file of the case."""
    return Frame(columns=tuple(columns.split()), rows=rows, n=len(rows))


def result(first: EventHistory | None = None, **changed: object) -> Result:
    """The result made by hand, with estimates."""
    made = {
        "histories": (first or history(), REFUSED),
        "frames": {**factory.frames(), **frames()},
    }
    return factory.result(**{**made, **changed})
