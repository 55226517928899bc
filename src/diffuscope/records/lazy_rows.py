"""Rows of a long table that are read when somebody looks at them, and not before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, overload

Row = tuple[str | int | float | bool | None, ...]


class LazyRows(Sequence[Row]):
    """Rows that stand in a file: how many there are is known, what they hold is read at the first look.

    Equal to a tuple of the same rows. A copy in another process reads them again, so that a result with long
    tables travels as a few names.

    Parameters
    ----------
    load : callable
        Gives all rows; a function of a module, with its arguments, so that other processes find it.
    n : int
        How many they are.
    """

    def __init__(self, load: Callable[[], tuple[Row, ...]], n: int) -> None:
        self._load, self._n = load, n
        self._held: tuple[Row, ...] | None = None

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows."""
        if self._held is None:
            self._held = self._load()
        return self._held

    @property
    def read(self) -> bool:
        """Whether somebody has looked at them."""
        return self._held is not None

    def __len__(self) -> int:
        return self._n

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Row, ...]: ...
    def __getitem__(self, at: int | slice) -> Row | tuple[Row, ...]:
        return self.rows[at]

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __eq__(self, other: object) -> bool:
        return self.rows == (other.rows if isinstance(other, LazyRows) else other)

    def __hash__(self) -> int:
        return hash(self.rows)

    def __getstate__(self) -> dict[str, Any]:
        return {"_load": self._load, "_n": self._n, "_held": None}
