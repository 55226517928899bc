"""Time is always in the model: which control is taken, and what a formula without one is told."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from spread import case, tables

import diffuscope
from diffuscope.case.private import Private
from diffuscope.study.channels import Layers
from diffuscope.study.history import history_of
from diffuscope.study.time_control import moves_with_time_alone
from diffuscope.study.witnesses import dates_of


def history(made):
    asked = made.analyses[0]
    return history_of(made, asked, dates_of(made, asked), Layers(made), Private.of(made))


def main(made):
    return history(made).history.estimates[0]


def terms(estimate):
    return [one.term for one in estimate.coefficients]


def rising(seed):
    """A world in which nothing spreads and the hazard rises: 50 units, 30 years, five senders each."""
    rng = np.random.default_rng(seed)
    ids = [f"u{at:02}" for at in range(50)]
    year = np.zeros(50, dtype=int)
    for at in range(1, 31):
        hazard = 1 / (1 + np.exp(5.2 - 0.17 * at))
        year[(year == 0) & (rng.random(50) < hazard)] = 2000 + at
    pairs = [
        (other, one)
        for one in range(50)
        for other in rng.choice([*range(one), *range(one + 1, 50)], 5, False)
    ]
    return diffuscope.case_from_frames(
        id="rising",
        title="Rising",
        units=pl.DataFrame({"unit": ids, "name": ids, "kind": "u", "role": "adopter"}),
        policies=pl.DataFrame({"policy": ["law"], "name": ["A law"]}),
        adoptions=pl.DataFrame(
            {
                "unit": [one for one, when in zip(ids, year, strict=True) if when],
                "policy": "law",
                "time": [str(when) for when in year if when],
                "source": "s",
            }
        ),
        ties=pl.DataFrame(
            {
                "layer": "shared-club",
                "sender": [ids[one] for one, _ in pairs],
                "receiver": [ids[one] for _, one in pairs],
                "weight": 1.0,
                "source": "s",
            }
        ),
        analyses=[
            {"id": "q", "question": "?", "policies": ["law"], "units": "u", "window": ["2001", "2030"]}
        ],
    )


@pytest.mark.parametrize("seed", range(3))
def test_where_nothing_spread_and_the_hazard_rose_the_global_share_is_in_the_model(seed):
    found = main(rising(seed))
    assert found.formula == "adopted ~ emulation + global_share"
    assert found.timed
    assert found.model == "Firth logit"
    own = next(one for one in found.coefficients if one.term == "emulation")
    assert (own.lag, own.column, own.mechanism) == (1, "emulation", "emulation")
    assert next(one for one in found.coefficients if one.term == "global_share").lag == 1


def above_zero(worlds: int) -> dict[str, int]:
    """Worlds without diffusion in which the interval of exposure lies above zero, by control of time."""
    above = {"timed": 0, "bare": 0}
    for seed in range(worlds):
        rows = history(rising(seed)).questions["emulation"].panel
        for name, formula in (
            ("bare", "adopted ~ emulation"),
            ("timed", "adopted ~ emulation + global_share"),
        ):
            above[name] += bool(diffuscope.firth(formula, rows).ci_low[1] > 0)
    return above


def test_without_it_exposure_would_pass_for_influence():
    """What the control is for: most such worlds are taken for diffusion without it, few with it.

    In more worlds in `verify/test_control_of_time.py`.
    """
    above = above_zero(4)
    assert above["bare"] >= 3
    assert above["timed"] <= 1


def test_many_events_take_a_spline_of_calendar_time_and_never_both():
    found = main(case(covariates=["wealth"]))
    assert terms(found)[3:] == ["duration s1", "duration s2", "duration s3"]
    assert "global_share" not in found.formula
    assert found.events >= 20 * 6
    assert "spline of calendar time" in found.control


def test_one_event_fewer_than_twenty_for_each_coefficient_takes_the_share():
    whole = main(case(covariates=["wealth"])).events
    assert whole >= 120
    adoptions = tables()["adoptions"].sort("time")
    few = main(case(covariates=["wealth"], adoptions=adoptions.head(60)))
    assert few.events < 120
    assert few.formula == "adopted ~ emulation + wealth + global_share"


def test_a_curve_that_is_asked_for_stands_in_the_place_of_the_share():
    found = main(case(duration="cubic", adoptions=tables()["adoptions"].sort("time").head(60)))
    assert terms(found) == ["(intercept)", "emulation", "duration P1", "duration P2", "duration P3"]
    assert found.timed


def test_units_that_enter_at_different_dates_have_time_at_risk_beside_it():
    source = tables()
    late = pl.Series("entered", [str(2001 + at % 9) if at % 3 else None for at in range(160)])
    found = main(
        case(units=source["units"].with_columns(late), adoptions=source["adoptions"].sort("time").head(80))
    )
    assert found.formula == "adopted ~ emulation + global_share + time_at_risk"
    assert "Units enter at different dates" in found.control


def test_a_formula_is_respected_and_one_without_time_says_so():
    bare = main(case(formula="adopted ~ emulation + wealth"))
    assert terms(bare) == ["(intercept)", "emulation", "wealth"]
    assert not bare.timed
    assert any("no control of time" in warning for warning in bare.warnings)
    for formula in (
        "emulation + global_share",
        "emulation + time",
        "emulation + duration",
        "emulation + C(period)",
    ):
        found = main(case(formula=f"adopted ~ {formula}"))
        assert found.timed
        assert not any("no control of time" in warning for warning in found.warnings)


def test_a_term_of_a_formula_that_holds_the_exposure_alone_is_the_mechanism_s():
    found = main(case(formula="adopted ~ log1p(emulation) + time"))
    own = next(one for one in found.coefficients if one.mechanism == "emulation")
    assert (own.term, own.column) == ("log1p(emulation)", "emulation")
    both = main(case(formula="adopted ~ emulation + I(emulation**2) + time"))
    assert not any(one.mechanism for one in both.coefficients)


def test_several_policies_have_the_share_of_their_own():
    source = tables()
    other = source["adoptions"].with_columns(policy=pl.lit("rule"), time=pl.col("time").reverse())
    both = source | {
        "adoptions": pl.concat([source["adoptions"], other]),
        "policies": pl.DataFrame({"policy": ["law", "rule"], "name": ["A law", "A rule"]}),
    }
    asked = {"id": "q", "question": "?", "policies": ["law", "rule"], "units": "town"}
    asked |= {"window": ["2000", "2015"]}
    found = main(diffuscope.case_from_frames(id="two", title="Two", analyses=[asked], **both))
    assert "between the 2 policies" in found.control
    assert {"global_share", "policy rule"} <= set(terms(found))


def test_an_exposure_that_moves_with_time_alone_cannot_be_told_from_it():
    rows = pl.DataFrame(
        {"policy": "p", "time": [1, 1, 2, 2], "same": [0.1, 0.1, 0.2, 0.2], "own": [0.1, 0.3, 0.2, 0.2]}
    )
    assert moves_with_time_alone(rows, "same")
    assert not moves_with_time_alone(rows, "own")


def test_the_share_of_an_exposure_that_time_accounts_for_is_r_squared():
    found = history(case(covariates=["wealth"], adoptions=tables()["adoptions"].sort("time").head(60)))
    model = next(one for one in found.history.models if one.mechanism == "emulation")
    rows = found.frames["panel_q"].drop_nulls(["emulation", "wealth"])
    r = np.corrcoef(rows["emulation"].to_numpy(), rows["global_share"].to_numpy())[0, 1]
    assert model.time_share == pytest.approx(r**2, rel=1e-9)
