"""American states: a cell of the protocol by two programs, whom states follow, forecasts without a future."""

from __future__ import annotations

import numpy as np
import pytest
from verify.state_policies import (
    NEVER,
    STATES,
    YEARS,
    States,
    adoptions,
    counted,
    logit,
    ranks,
    states,
)

from diffuscope import rolling_networks
from diffuscope.models import event_history

pytestmark = pytest.mark.skipif(not STATES.exists(), reason="needs the data of SPID")


@pytest.fixture(scope="module")
def data() -> States:
    return states()


@pytest.fixture(scope="module")
def nets(data) -> dict[int, np.ndarray]:
    return {when: ranks(data, data.table(), when - 35, when - 1) for when in YEARS}


def test_a_cell_of_the_protocol_is_what_the_package_fits(data, nets):
    """Newton's method of the protocol on rows that are counted together; the package's on every row."""
    import polars as pl

    rows = counted(data, nets, 300)
    cell = logit(rows)
    alike = pl.DataFrame(
        {name: getattr(rows, name) for name in ("policy", "others", "sources", "rows", "events")}
    )
    alike = alike.with_columns(pl.col("rows", "events").cast(pl.Int64))
    every = pl.concat(
        alike.select("policy", "others", "sources", event=pl.lit(event), many=many).filter(pl.col("many") > 0)
        for event, many in ((1, pl.col("events")), (0, pl.col("rows") - pl.col("events")))
    )
    every = every.select(pl.exclude("many").repeat_by("many").explode())
    fit = event_history("event ~ others + sources", every, policy_effects="fixed", cluster=None)
    assert fit.rows == cell.rows
    assert fit.loglik == pytest.approx(cell.loglik, abs=1e-4)
    named = dict(zip(fit.names, fit.coefficients, strict=True))
    assert (named["others"], named["sources"]) == pytest.approx((cell.others, cell.sources), abs=1e-6)


def test_sources_tell_more_than_all_adopters_at_the_published_window(data, nets):
    """As in Desmarais, Harden & Boehmke 2015, on other data: both count, sources more than ten times as much.

    Their 187 policies gave 0.184 for a source and 0.022 for any earlier adopter at 35 years and 300 edges.
    """
    cell = logit(counted(data, nets, 300))
    assert cell.sources > 10 * cell.others > 0
    bics = {edges: logit(counted(data, nets, edges)).bic for edges in range(100, 1001, 100)}
    assert min(bics, key=lambda edges: bics[edges]) == 300


def test_other_names_of_states_change_the_numbers_a_little(data):
    """Adoptions of one year tie, and names then choose between edges: a BIC is known to a few units only."""
    few = data._replace(year=np.where((data.year >= 1990) & (data.year < NEVER), data.year, NEVER)[:120])
    few = few._replace(policies=few.policies[:120])
    kept = (few.year < NEVER).sum(axis=1) > 2
    few = States(few.year[kept], tuple(np.array(few.policies)[kept]), few.states)
    first, other = (ranks(few, few.table(order), 1990, 2009) for order in (None, np.random.default_rng(1)))
    assert np.isfinite(first).sum() == np.isfinite(other).sum()
    assert (np.isfinite(first) == np.isfinite(other)).all()
    assert np.mean((first < 100) == (other < 100)) > 0.97


def test_whom_states_follow_changed_from_new_york_to_california(data):
    """As published: New York leads until the 1970s, and California after 2000."""
    rolling = rolling_networks(adoptions(data), width=35, step=30, first=1970, edges=300)
    first = {last: sender for last, sender, _ in reversed(list(rolling.senders().iter_rows()))}
    assert (first[1970], first[2000]) == ("New York", "California")


@pytest.mark.parametrize("horizon", [1, 5])
def test_forecasts_see_no_future(data, horizon):
    """What happens after the year in which a forecast is made changes neither columns nor the model."""
    pytest.importorskip("sklearn")
    from verify.out_of_sample import MODELS, World

    when = 1996
    by = when - horizon
    later = data._replace(year=np.where((data.year > by) & (data.year < when), when + 7, data.year))
    one, other = World(data), World(later)
    learn = one.learnt(by, horizon), other.learnt(by, horizon)
    assert all(np.array_equal(a, b) for a, b in zip(*learn, strict=True))
    test = one.rows(when, horizon), other.rows(when, horizon)
    place = {
        pair: at for at, pair in enumerate(zip(test[1].policy.tolist(), test[1].state.tolist(), strict=True))
    }
    at = [place[pair] for pair in zip(test[0].policy.tolist(), test[0].state.tolist(), strict=True)]
    assert np.array_equal(test[0].x, test[1].x[at])
    assert np.array_equal(test[0].sources, test[1].sources[at])
    chance = [MODELS["source counts"](*pair) for pair in zip(learn, test, strict=True)]
    assert np.allclose(chance[0], chance[1][at])
