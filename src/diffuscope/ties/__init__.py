"""Ties: layers of who acts on whom, made from raw facts, and how exposed everybody was through them."""

from __future__ import annotations

from diffuscope.ties.exposure import Exposure, exposure
from diffuscope.ties.layer import Layer

__all__ = ["Exposure", "Layer", "exposure"]
