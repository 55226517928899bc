"""What a statistic says of each unit, and why it says nothing of some."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from diffuscope.errors import MethodError
from diffuscope.records.phrases import counted

if TYPE_CHECKING:
    import polars as pl

    from diffuscope.records.arrays import Numbers


@dataclass(frozen=True, kw_only=True, eq=False)
class UnitStatistic:
    """A number for each unit, such as its threshold or its susceptibility.

    Attributes
    ----------
    name : str
        What it measures; the column that holds it in the table.
    units : tuple of str, length N
    adopted : tuple, length N
        Period of adoption; None where it had not adopted.
    values : array of float, shape (N,)
        NaN where it is not known.
    why : tuple of str or None, length N
        Why it is not known.
    notes : tuple of str
        What a reader should know.
    """

    name: str
    units: tuple[str, ...]
    adopted: tuple[Any, ...]
    values: Numbers
    why: tuple[str | None, ...]
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """What it is of how many, in one line."""
        mean_text = f", mean {self.mean:.3g}" if self.known else ""
        return f"<{self.name} of {self.known:,} of {counted(len(self.units), 'unit')}{mean_text}>"

    @property
    def known(self) -> int:
        """Number of units with a value."""
        return int(np.isfinite(self.values).sum())

    @property
    def mean(self) -> float:
        """Mean over the units with a value.

        Raises
        ------
        MethodError
            If no unit has one.
        """
        if not self.known:
            raise MethodError(f"No unit has a {self.name}: {self.why[0]}.")
        return float(np.nanmean(self.values))

    def table(self) -> pl.DataFrame:
        """A row per unit: unit, adopted, the statistic under its name, why it is not known."""
        import polars as pl

        return pl.DataFrame(
            {
                "unit": list(self.units),
                "adopted": pl.Series(list(self.adopted), strict=False),
                self.name: self.values,
                "why": pl.Series(list(self.why), dtype=pl.String),
            }
        ).with_columns(pl.col(self.name).fill_nan(None))
