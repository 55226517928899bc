"""Time: who could adopt when, who did, and what the order of events can bear."""

from __future__ import annotations

from diffuscope.panel.chronology import chronology

__all__ = ["chronology"]
