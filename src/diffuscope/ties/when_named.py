"""Layers made when they are looked up, and the bound on those that compare all pairs of units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from diffuscope.errors import MethodError
from diffuscope.records.work_bounds import PAIRS_OF_UNITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from diffuscope.ties.layer import Layer


class LayersWhenNamed(Mapping[str, "Layer"]):
    """The layers that tables allow, by name; each is made once, when it is looked up.

    Parameters
    ----------
    makers : mapping of str to callable
        What makes each layer. A lookup raises what it raises.

    Examples
    --------
    >>> layers = LayersWhenNamed({})
    >>> len(layers), "distance" in layers
    (0, False)
    """

    def __init__(self, makers: Mapping[str, Callable[[], Layer]]) -> None:
        self._makers = dict(makers)
        self._made: dict[str, Layer] = {}

    def __getitem__(self, name: str) -> Layer:
        """The layer of that name."""
        if name not in self._made:
            self._made[name] = self._makers[name]()
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        """Whether there is such a layer; it is not made for that."""
        return name in self._makers

    def __iter__(self) -> Iterator[str]:
        """Names of all layers."""
        return iter(self._makers)

    def __len__(self) -> int:
        """How many layers there are."""
        return len(self._makers)

    @property
    def made(self) -> tuple[str, ...]:
        """Names of those that were looked up."""
        return tuple(self._made)


def refuse_pairs(layer: str, pairs: int) -> None:
    """Refuse a layer that compares more pairs of units than fit into memory.

    Parameters
    ----------
    layer : str
    pairs : int

    Raises
    ------
    MethodError
    """
    if pairs > PAIRS_OF_UNITS.most:
        raise MethodError(
            f"The layer `{layer}` compares {pairs:,} pairs of units; {PAIRS_OF_UNITS.most:,} are compared at "
            f"most. {PAIRS_OF_UNITS.beyond}"
        )
