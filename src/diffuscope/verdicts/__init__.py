"""Verdicts: what the stances of the two bodies of evidence add up to, by a printed rule."""

from __future__ import annotations

from diffuscope.verdicts.apply import verdict
from diffuscope.verdicts.rule import verdict_rule

__all__ = ["verdict", "verdict_rule"]
