"""Safeguards: what an exposure coefficient must withstand before it says anything about a mechanism."""

from __future__ import annotations

from diffuscope.safeguards.challenge import challenge

__all__ = ["challenge"]
