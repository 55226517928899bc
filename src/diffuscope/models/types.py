"""What estimators may be asked for."""

from __future__ import annotations

from typing import Literal

Link = Literal["logit", "cloglog"]
Ties = Literal["efron", "breslow"]
DurationForm = Literal["cubic", "spline", "dummies"]
PolicyEffects = Literal["none", "fixed"]
