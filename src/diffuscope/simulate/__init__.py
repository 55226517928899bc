"""Worlds in which it is known what spread, and why: for trying what estimates and safeguards make of them."""

from __future__ import annotations

from diffuscope.simulate.world import Planted, Truth, World, additive_world

__all__ = ["Planted", "Truth", "World", "additive_world"]
