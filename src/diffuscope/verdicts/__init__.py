"""Verdicts: what the stances of the two bodies of evidence add up to, by a printed rule."""

from __future__ import annotations

from diffuscope.verdicts.apply import NEIGHBOURS, neighbours_verdict, verdict
from diffuscope.verdicts.rule import verdict_rule

__all__ = ["NEIGHBOURS", "neighbours_verdict", "verdict", "verdict_rule"]
