"""Safeguards: what an exposure coefficient must withstand before it says anything about a mechanism."""

from __future__ import annotations

from diffuscope.safeguards.challenge import challenge
from diffuscope.safeguards.stance import stance_rules

__all__ = ["challenge", "stance_rules"]
