"""Decision rule: from a posterior and its sensitivity to a stance. The numbers stand in `stance.toml`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.evidence.rule import rule
from diffuscope.evidence.weigh import TINY
from diffuscope.evidence.weight_of_evidence import decibans

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diffuscope.records import Stance

_LEAN: dict[Stance, Stance] = {"for": "leaning for", "against": "leaning against"}


def stance_of(
    p: float, variants: Iterable[float] = (), without_one: Iterable[float] = (), *, firm: bool = True
) -> Stance:
    """Stance of evidence that puts a mechanism at a probability, before any cap.

    Parameters
    ----------
    p : float
        Posterior probability as weighed.
    variants : iterable of float
        The same without each document and under other settings: to be for (or against), evidence has to stay
        on the same side of one half in all of them, and without each passage.
    without_one : iterable of float
        The same without each passage: between the outer lines, none may carry it across one half.
    firm : bool
        Whether what else a stance beyond leaning asks for is there.

    Returns
    -------
    Stance

    Examples
    --------
    >>> stance_of(0.85, [0.7], [0.6]), stance_of(0.85, [0.45], [0.6]), stance_of(0.7, [], [0.5])
    ('for', 'leaning for', 'silent')
    """
    lines, alone = rule().lines, list(without_one)
    stays = {
        "alone": all(same_side(p, other) for other in alone),
        "all": all(same_side(p, other) for other in (*variants, *alone)),
    }
    # the outer lines before the inner: what misses a firm stance there is still a lean
    if p >= lines.for_ - TINY:
        return "for" if firm and stays["all"] else "leaning for"
    if p <= lines.against + TINY:
        return "against" if firm and stays["all"] else "leaning against"
    if p >= lines.leaning_for - TINY and stays["alone"]:
        return "leaning for"
    if p <= lines.leaning_against + TINY and stays["alone"]:
        return "leaning against"
    return "silent"


def same_side(p: float, other: float) -> bool:
    """Whether another probability stands clearly on the same side of one half."""
    even = rule().lines.even
    return other > even + TINY if p > even else other < even - TINY


def leaning(stance: Stance) -> Stance:
    """A stance limited to leaning."""
    return _LEAN.get(stance, stance)


def tipping(weight: float) -> tuple[float | None, float | None]:
    """Tipping weights: decibans up and down to the next probability at which the stance changes.

    >>> [round(step, 2) for step in tipping(0.0)], tipping(10.0)[0]
    ([1.76, 1.76], None)
    """
    lines = [decibans(line) for line in rule().lines.ladder]
    above = [line - weight for line in lines if line > weight + TINY]
    below = [weight - line for line in lines if line <= weight + TINY]
    return min(above, default=None), max(min(below), 0.0) if below else None
