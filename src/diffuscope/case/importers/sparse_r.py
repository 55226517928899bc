"""Matrices of R's package Matrix, as the ties they hold."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse


def edges(matrix: Any, units: int) -> tuple[Any, Any, Any] | None:
    """Row, column and value of each entry of a square matrix; None where it is none of that size.

    Parameters
    ----------
    matrix : object
        Slots `i`, `p`, `Dim` and perhaps `x` (columns compressed, as in `dgCMatrix`; `uplo` where only one
        half is stored), or a plain matrix.
    units : int
    """
    if not hasattr(matrix, "p"):
        table = np.asarray(matrix)
        if table.shape != (units, units) or table.dtype.kind not in "iufb":
            return None
        row, column = np.nonzero(table)
        return row, column, table[row, column].astype(np.float64)
    try:
        rows, starts = (np.asarray(getattr(matrix, slot), dtype=np.int64) for slot in ("i", "p"))
        values = np.asarray(getattr(matrix, "x", np.ones(len(rows))), dtype=np.float64)
        if tuple(int(side) for side in matrix.Dim) != (units, units):
            return None
        held = sparse.csc_array((values, rows, starts), shape=(units, units))
        held.check_format(full_check=True)
        held.sum_duplicates()
    except (AttributeError, TypeError, ValueError):
        return None
    if str(getattr(matrix, "uplo", "") or "").strip("[]'\"") in ("U", "L") and _symmetric(matrix):
        held = held + sparse.csc_array(sparse.triu(held, 1).T) + sparse.csc_array(sparse.tril(held, -1).T)
    entries = held.tocoo()
    return entries.row.astype(np.int64), entries.col.astype(np.int64), entries.data


def _symmetric(matrix: Any) -> bool:
    """Whether its class is one of which R stores one half, as ``dsCMatrix``."""
    named = [str(one) for one in np.asarray(getattr(matrix, "class", []), dtype=object).ravel()]
    return any(len(one) > 1 and one[1] == "s" for one in named)
