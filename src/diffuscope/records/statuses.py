"""States of a project: how a register writes them, and what a reader calls them."""

from __future__ import annotations

STAGES = {"planning": "planned", "ongoing": "under way", "completed": "completed"}
"""Statuses that are known, from the first to the last, and what a reader calls them."""
STOPPED = {"on hold": "on hold", "cancelled": "cancelled"}
"""Statuses that are known and have no place in that order."""
OPEN = ("undetermined", "not stated")
"""Statuses of projects whose state nobody knows; they stand apart from the others."""
STATUSES = STAGES | STOPPED | {name: name for name in OPEN}
