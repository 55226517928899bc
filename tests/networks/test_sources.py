"""Source counts: by hand, and blind to whatever comes later."""

from __future__ import annotations

import polars as pl
import pytest

from diffuscope import PlanError, add_source_counts, person_period
from diffuscope.networks.infer import infer_network

LAWS = pl.DataFrame(
    [(u, f"p{p}", 2000 + p + at) for p in range(6) for at, u in enumerate("abc")],
    schema=["unit", "policy", "time"], orient="row",
)  # fmt: skip


def columns(adoptions: pl.DataFrame, edges: int = 2) -> pl.DataFrame:
    panel = person_period(LAWS, censor=2012)
    made = add_source_counts(panel, adoptions, width=4, edges=edges, rate=1.0)
    return made.table().select("unit", "policy", "period", "sources")


def test_counts_by_hand():
    """Each window from the second year on has the edge a → b; those from the third on also b → c."""
    for unit, policy, period, count in columns(LAWS, edges=1).iter_rows():
        if period < 2002:
            continue
        start = 2000 + int(policy[1:])
        network = infer_network(LAWS, edges=1, rate=1.0, window=(period - 4, period - 1), dialect="SNAP")
        senders = network.table().filter(receiver=unit)["sender"].to_list()
        had = [one for one in senders if start + "abc".index(one) < period]
        assert count == len(had), (unit, policy, period)
    late = columns(LAWS).filter(unit="c", policy="p5")
    assert late.filter(period=2006)["sources"].to_list() == [0.0]
    assert late.filter(period=2007)["sources"].to_list() == [1.0]


def test_the_future_changes_nothing():
    cut = LAWS.filter(pl.col("time") < 2006)
    before = columns(LAWS).filter(pl.col("period") <= 2006)
    assert before.height > 10
    assert before.equals(columns(cut).filter(pl.col("period") <= 2006))


def test_what_cannot_be_is_refused():
    panel = add_source_counts(person_period(LAWS, censor=2012), LAWS, width=4, edges=2)
    with pytest.raises(PlanError, match="already"):
        add_source_counts(panel, LAWS, width=4, edges=2)
    with pytest.raises(PlanError, match="width"):
        add_source_counts(person_period(LAWS, censor=2012), LAWS, width=0, edges=2)
