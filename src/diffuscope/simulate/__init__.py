"""Worlds in which it is known what spread, and why: for trying what estimates and safeguards make of them."""

from __future__ import annotations

from diffuscope.simulate.world import PlantedEffect, SimulatedCase, Truth, simulate_diffusion

__all__ = ["PlantedEffect", "SimulatedCase", "Truth", "simulate_diffusion"]
