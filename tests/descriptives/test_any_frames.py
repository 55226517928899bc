"""Whatever frames hold, a statistic gives numbers or says why not: never a traceback, never infinity."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from verify.drawn import examples

from diffuscope import descriptives as statistics
from diffuscope.errors import DiffuscopeError

NAMES = st.sampled_from(["a", "b", "c", "d", "e", "f", " a", "", None])
TIMES = st.one_of(
    st.lists(st.one_of(st.none(), st.integers(1, 9)), max_size=8),
    st.lists(st.one_of(st.none(), st.integers(-5, 3000)), max_size=8),
    st.lists(st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True)), max_size=8),
    st.lists(st.sampled_from(["2001", "2002-03", "2002-03-04", "soon", "", None]), max_size=8),
)
TIES = st.lists(
    st.tuples(NAMES, NAMES, st.one_of(st.none(), st.floats(-1, 5), st.just(math.inf))), max_size=14
)
network_of = statistics.diffusion_network
WORK = {
    "adoption_rates": lambda laws, ties: statistics.adoption_rates(laws),
    "adopter_categories": lambda laws, ties: statistics.adopter_categories(laws),
    "bass": lambda laws, ties: statistics.bass(laws),
    "degree_time": lambda *frames: statistics.degree_time(network_of(*frames), seed=1, draws=99),
    "infectiousness": lambda *frames: statistics.infectiousness(
        network_of(*frames), window=2, normalized=True
    ),
    "susceptibility": lambda *frames: statistics.susceptibility(network_of(*frames), window=2, weighted=True),
    "thresholds": lambda *frames: statistics.thresholds(network_of(*frames)),
    "moran_by_period": lambda *frames: statistics.moran_by_period(network_of(*frames)),
    "structure_test": lambda *frames: statistics.structure_test(network_of(*frames), seed=1, draws=99),
    "innovativeness": lambda laws, ties: statistics.innovativeness(laws.with_columns(policy=pl.lit("x"))),
}


@settings(max_examples=examples(60), deadline=None)
@given(times=TIMES, odd=st.lists(NAMES, max_size=2), ties=TIES, work=st.sampled_from(sorted(WORK)))
def test_numbers_or_words(times, odd, ties, work):
    names = (["a", "b", "c", "d", "e", "f", "g", "h"][: len(times)] + odd)[: len(times)]
    laws = pl.DataFrame({"unit": pl.Series(names, dtype=pl.String), "time": pl.Series(times, strict=False)})
    schema = {"sender": pl.String, "receiver": pl.String, "weight": pl.Float64}
    network = pl.DataFrame(ties, schema=schema, orient="row").unique(
        ["sender", "receiver"], maintain_order=True
    )
    if ties and network["weight"].null_count() == network.height:
        network = network.drop("weight")
    try:
        found = WORK[work](laws, network)
    except DiffuscopeError as error:
        told = str(error)
    else:
        told = ""
    if told:
        assert len(told) > 15
        return
    table = found if isinstance(found, pl.DataFrame) else found.table()
    for column in table.select(pl.selectors.float()).iter_columns():
        known = column.drop_nulls().to_numpy()
        assert np.isfinite(known).all(), column.name
