"""Safeguards: what an exposure coefficient must withstand before it says anything about a mechanism."""

from __future__ import annotations
