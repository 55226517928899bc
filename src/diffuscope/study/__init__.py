"""The study: every question of a case, put to every witness once, in order."""

from __future__ import annotations

from diffuscope.study.plan import case_problems
from diffuscope.study.run import run_study

__all__ = ["case_problems", "run_study"]
