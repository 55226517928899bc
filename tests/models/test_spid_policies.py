"""Policy effects of 605 policies of American states: fitted in a few steps, by elimination of their block."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from diffuscope.models import event_history
from diffuscope.models.likelihood.grouped_information import GroupedInformation

DATA = Path(__file__).parents[3] / "shared" / "data"
SPID = DATA / "reference" / "spid_policies.csv"
BORDERS, STATES = (DATA / "library" / name for name in ("us_state_contiguity.csv", "us_states.csv"))


def states_at_risk() -> pl.DataFrame:
    """A row per state, policy and year 1960–2017 after the first adoption; `near`, share of neighbours."""
    adopted = pl.read_csv(SPID)
    names = sorted(adopted["statenam"].unique())
    at = {name: place for place, name in enumerate(names)}
    spelt = dict(pl.read_csv(STATES).select("state", "name").rows())
    borders = np.zeros((len(names), len(names)))
    # those with a note meet at a point or across water only
    for one, other in (
        pl.read_csv(BORDERS).filter(pl.col("note").is_null()).select("state_a", "state_b").rows()
    ):
        pair = (at.get(spelt.get(one)), at.get(spelt.get(other)))
        if None not in pair:
            borders[pair] = borders[pair[::-1]] = 1
    borders /= np.maximum(borders.sum(axis=1, keepdims=True), 1)
    parts = []
    for (policy,), rows in adopted.group_by("policy", maintain_order=True):
        year = np.full(len(names), 9999)
        year[[at[name] for name in rows["statenam"]]] = rows["adopt_year"]
        years = np.arange(max(year.min() + 1, 1960), 2018)
        risk, period = (year[:, None] >= years).nonzero()
        near = borders @ (year[:, None] < years)
        parts.append(
            pl.DataFrame({"unit": risk, "duration": years[period] - year.min(), "near": near[risk, period]})
            .with_columns(event=pl.Series(year[risk] == years[period]), policy=pl.lit(policy))
        )  # fmt: skip
    return pl.concat(parts)


@pytest.mark.skipif(not (SPID.exists() and BORDERS.exists()), reason="needs the data of SPID")
def test_policy_effects_of_605_policies():
    rows = states_at_risk()
    fit = event_history("event ~ near", rows, duration="cubic", policy_effects="fixed")
    assert (fit.rows, fit.policies, fit.converged) == (628_411, 605, True)
    assert fit.iterations <= 6  # five steps, and one that finds nothing left to do
    assert fit.loglik == pytest.approx(-50_106.70, abs=0.005)
    assert fit.coefficients[1] == pytest.approx(1.0119, abs=5e-5)
    assert fit.clusters == (("unit", 50), ("policy", 605))


def test_blocks_solve_and_invert_what_the_whole_matrix_does():
    rng = np.random.default_rng(4)
    common, across, own = rng.normal(size=(3, 3)), rng.normal(size=(3, 7)), rng.uniform(5, 9, 7)
    blocks = GroupedInformation(common @ common.T + 20 * np.eye(3), across, own)
    whole, right = blocks.whole(), rng.normal(size=10)
    assert blocks.solve(right) == pytest.approx(np.linalg.solve(whole, right), rel=1e-10)
    assert blocks.inverse() == pytest.approx(np.linalg.inv(whole), rel=1e-9, abs=1e-12)
    assert GroupedInformation.of(whole, 3).inverse() == pytest.approx(blocks.inverse(), rel=1e-12)
    with pytest.raises(np.linalg.LinAlgError):
        blocks._replace(own=own * 0).solve(right)
