"""The band that coder noise leaves around a probability, against drawing the noise many times."""

from __future__ import annotations

import numpy as np
import pytest

import diffuscope

DRAWS = 400_000
RHO = 0.3


@pytest.fixture(scope="module")
def findings():
    result = diffuscope.run_study(diffuscope.read_case("asean-smart-cities"), parts=["mechanisms"])
    return [
        found for found in result.findings if found.evidence is not None and found.analysis == "smart-cities"
    ]


@pytest.mark.parametrize("at", range(4))
def test_the_band_is_that_of_drawn_noise(findings, at):
    detail = findings[at].evidence
    rng = np.random.default_rng(20_261_124 + at)
    clusters: dict[str, list[tuple[float, int]]] = {}
    for item in detail.items:
        clusters.setdefault(item.cluster, []).append((item.decibans, item.coders))
    total = np.zeros(DRAWS)
    for members in clusters.values():
        drawn = [weight + rng.normal(0, 3, (DRAWS, coders)).mean(axis=1) for weight, coders in members]
        total += np.sum(drawn, axis=0) / (1 + (len(members) - 1) * RHO)
    p = 1 / (1 + 10 ** (-total / 10))
    assert np.quantile(p, [0.05, 0.95]) == pytest.approx(detail.noise, abs=0.004)
