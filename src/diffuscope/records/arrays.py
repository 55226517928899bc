"""Kinds of arrays that rooms pass to each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Codes = NDArray[np.int64]
    """Whole numbers: places, units, periods."""
    Flags = NDArray[np.bool_]
