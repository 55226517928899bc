"""States of a project: how a register writes them, and what a reader calls them."""

from __future__ import annotations

STAGES = {"planning": "planned", "ongoing": "under way", "completed": "completed"}
"""Statuses that are known, from the first to the last, and what a reader calls them."""
STOPPED = {"on hold": "on hold", "cancelled": "cancelled"}
"""Statuses that are known and have no place in that order."""
OPEN = ("undetermined", "not stated")
"""Statuses of projects whose state nobody knows; they stand apart from the others."""
OTHER_WORDS = {
    "planning": ("not started", "not yet started", "proposed", "planned", "in preparation", "pipeline"),
    "ongoing": (
        *("in progress", "under way", "under implementation", "under construction", "being implemented"),
        *("implementing", "active", "started", "on track", "running"),
    ),
    "completed": ("done", "finished", "complete", "closed", "implemented", "delivered"),
    "on hold": ("stalled", "suspended", "paused", "postponed", "deferred", "frozen"),
    "cancelled": ("dropped", "terminated", "discontinued", "abandoned", "withdrawn"),
}
"""What people also write; each is offered as what may be meant, and none is read without being declared."""
STATUSES = STAGES | STOPPED | {name: name for name in OPEN}
