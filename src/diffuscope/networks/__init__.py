"""Inferred networks: who seems to follow whom, from the order in which units adopted many policies."""

from __future__ import annotations

from diffuscope.networks.adjusted import AdjustedNetwork, infer_adjusted_network
from diffuscope.networks.false_discovery import FalseDiscovery
from diffuscope.networks.infer import infer_network
from diffuscope.networks.inferred import InferredNetwork
from diffuscope.networks.large import infer_large_network
from diffuscope.networks.netrate import InferredRates, infer_rates
from diffuscope.networks.sources import add_source_counts
from diffuscope.networks.stability import Stability
from diffuscope.networks.windows import RollingNetworks, rolling_networks

__all__ = [
    "AdjustedNetwork",
    "FalseDiscovery",
    "InferredNetwork",
    "InferredRates",
    "RollingNetworks",
    "Stability",
    "add_source_counts",
    "infer_adjusted_network",
    "infer_large_network",
    "infer_network",
    "infer_rates",
    "rolling_networks",
]
