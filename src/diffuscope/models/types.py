"""Kinds of numbers that estimators pass to each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Codes = NDArray[np.int64]
    Frame = Any
    """A pandas, Polars or Arrow table, or a panel that carries one as `frame`."""

Link = Literal["logit", "cloglog"]
Ties = Literal["efron", "breslow"]
DurationForm = Literal["cubic", "spline", "dummies"]
PolicyEffects = Literal["none", "fixed"]
