"""Covariate-adjusted edges: planted ones are found, and BIC is that of another program."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from diffuscope import PlanError, add_global_share, infer_adjusted_network, person_period


def panel_of(seed: int, *, follows: bool, policies: int = 40):
    """Eight units; b and c follow a within two years in most policies, if anybody follows."""
    rng = np.random.default_rng(seed)
    rows = []
    for policy in range(policies):
        when: dict[str, int] = {}
        for unit in "abcdefgh":
            if follows and unit in "bc" and "a" in when and rng.random() < 0.8:
                when[unit] = when["a"] + int(rng.integers(1, 3))
            elif rng.random() < 0.6:
                when[unit] = 2000 + int(rng.integers(0, 12))
        rows += [(unit, f"p{policy}", when.get(unit)) for unit in "abcdefgh"]
    schema = {"unit": pl.String, "policy": pl.String, "time": pl.Int64}
    return add_global_share(person_period(pl.DataFrame(rows, schema=schema, orient="row"), censor=2013))


@pytest.fixture(scope="module")
def planted():
    panel = panel_of(0, follows=True)
    return panel, infer_adjusted_network(panel, ["global_share"])


def test_planted_edges_join_first(planted):
    edges = planted[1].table()
    assert {("a", "b"), ("a", "c")} <= set(edges.select("sender", "receiver").rows())
    largest = edges.sort("bic_drop", descending=True).head(2)
    assert set(largest["receiver"]) == {"b", "c"}
    assert set(largest["sender"]) == {"a"}
    assert planted[1].bic_after < planted[1].bic_before


def test_bic_and_coefficients_are_those_of_statsmodels(planted):
    sm = pytest.importorskip("statsmodels.api")
    panel, found = planted
    rows = panel.table()
    when = {
        (unit, policy): time
        for policy in rows["policy"].unique()
        for unit, time in panel.history.of_policy(policy).select("unit", "latest").drop_nulls().iter_rows()
    }
    columns = [rows["global_share"].to_numpy()]
    for sender, receiver in found.table().select("sender", "receiver").iter_rows():
        lag = [
            time - when.get((sender, policy), np.inf) if unit == receiver else -1
            for unit, policy, time in rows.select("unit", "policy", "time").iter_rows()
        ]
        columns.append(np.array([np.exp(-found.decay * one) if one > 0 else 0.0 for one in lag]))
    y = rows["event"].to_numpy()
    whole = sm.Logit(y, sm.add_constant(np.column_stack(columns))).fit(disp=0)
    alone = sm.Logit(y, sm.add_constant(columns[0])).fit(disp=0)
    assert found.bic_after == pytest.approx(whole.bic, rel=1e-9)
    assert found.bic_before == pytest.approx(alone.bic, rel=1e-9)
    assert [*found.covariates["coefficient"], *found.edges["coefficient"]] == pytest.approx(
        whole.params, rel=1e-5
    )
    assert [*found.covariates["std_error"], *found.edges["std_error"]] == pytest.approx(whole.bse, rel=1e-4)


def test_few_edges_where_nobody_follows():
    found = [infer_adjusted_network(panel_of(seed, follows=False), ["global_share"]) for seed in (1, 2, 3)]
    assert sum(one.edges.height for one in found) <= 6  # of 168 possible ones


def test_what_cannot_be_is_refused(planted):
    with pytest.raises(PlanError, match="lacks the column"):
        infer_adjusted_network(planted[0], ["gdp"])
    with pytest.raises(PlanError, match="must be a number"):
        infer_adjusted_network(planted[0], ["policy"])
    with pytest.raises(PlanError, match="decay is -1"):
        infer_adjusted_network(planted[0], decay=-1)
