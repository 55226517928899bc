"""Ties: layers of who acts on whom, made from raw facts, and how exposed everybody was through them."""

from __future__ import annotations

from diffuscope.ties.bayesian_learning import (
    Beta,
    Normal,
    NormalInverseGamma,
    SufficientStatistics,
    SufficientStatisticsByUnit,
    chance_better,
    sufficient_statistics,
)
from diffuscope.ties.dependence import (
    asymmetry,
    both_ways,
    concentration,
    dependence,
    power_asymmetry,
    pressure,
    winsorised,
)
from diffuscope.ties.exposure import Exposure, exposure
from diffuscope.ties.from_case import layers_of
from diffuscope.ties.from_frame import layer_from_frame
from diffuscope.ties.groups import cumulative_share, leaders, prestige_of, shared_group
from diffuscope.ties.layer import Layer
from diffuscope.ties.matrices import layer_from_graph, layer_from_matrix
from diffuscope.ties.meetings import co_attendance
from diffuscope.ties.nominations import layer_from_nominations
from diffuscope.ties.places import contiguity, distance, nearest, vertical
from diffuscope.ties.separability import Separability, refuse_competition, refuse_even, separability
from diffuscope.ties.similarity import similarity
from diffuscope.ties.structural_equivalence import structural_equivalence
from diffuscope.ties.success import gains_and_losses, success_of

__all__ = [
    "Beta",
    "Exposure",
    "Layer",
    "Normal",
    "NormalInverseGamma",
    "Separability",
    "SufficientStatistics",
    "SufficientStatisticsByUnit",
    "asymmetry",
    "both_ways",
    "chance_better",
    "co_attendance",
    "concentration",
    "contiguity",
    "cumulative_share",
    "dependence",
    "distance",
    "exposure",
    "gains_and_losses",
    "layer_from_frame",
    "layer_from_graph",
    "layer_from_matrix",
    "layer_from_nominations",
    "layers_of",
    "leaders",
    "nearest",
    "power_asymmetry",
    "pressure",
    "prestige_of",
    "refuse_competition",
    "refuse_even",
    "separability",
    "shared_group",
    "similarity",
    "structural_equivalence",
    "success_of",
    "sufficient_statistics",
    "vertical",
    "winsorised",
]
