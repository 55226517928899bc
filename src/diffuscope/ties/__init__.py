"""Ties: layers of who acts on whom, made from raw facts, and how exposed everybody was through them."""

from __future__ import annotations

from diffuscope.ties.exposure import Exposure, exposure
from diffuscope.ties.frames import layer_from_frame
from diffuscope.ties.layer import Layer
from diffuscope.ties.matrices import layer_from_graph, layer_from_matrix
from diffuscope.ties.nominations import layer_from_nominations
from diffuscope.ties.of_case import layers_of
from diffuscope.ties.separability import Separability, separability

__all__ = [
    "Exposure",
    "Layer",
    "Separability",
    "exposure",
    "layer_from_frame",
    "layer_from_graph",
    "layer_from_matrix",
    "layer_from_nominations",
    "layers_of",
    "separability",
]
