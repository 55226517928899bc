"""From a probability and what it withstands to a stance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.evidence.odds import decibans
from diffuscope.evidence.weigh import TINY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diffuscope.records import Stance

EVEN = 0.5
AGAINST, LEANING_AGAINST, LEANING_FOR, FOR = LINES = (0.20, 0.40, 0.60, 0.80)
"""Probabilities at which the stance changes."""
_LEAN: dict[Stance, Stance] = {"for": "leaning for", "against": "leaning against"}


def stance_of(p: float, variants: Iterable[float], *, fails: bool = False, capped: bool = False) -> Stance:
    """What evidence says that puts a mechanism at a probability.

    Parameters
    ----------
    p : float
        Posterior probability at prior .5 and ρ = .3.
    variants : iterable of float
        The same without each passage, without each source, and at other ρ: to be for (or against), evidence
        has to stay on the same side of one half in all of them.
    fails : bool
        Whether a necessary criterion fails; this makes the evidence against, whatever the probability.
    capped : bool
        Whether something keeps it from more than a lean.

    Returns
    -------
    Stance

    Examples
    --------
    >>> stance_of(0.85, [0.7, 0.9]), stance_of(0.85, [0.45, 0.9]), stance_of(0.5, [])
    ('for', 'leaning for', 'silent')
    """
    if fails:
        found: Stance = "against"
    elif p >= FOR - TINY:
        found = "for" if all(other > EVEN + TINY for other in variants) else "leaning for"
    elif p <= AGAINST + TINY:
        found = "against" if all(other < EVEN - TINY for other in variants) else "leaning against"
    elif p >= LEANING_FOR - TINY:
        found = "leaning for"
    elif p <= LEANING_AGAINST + TINY:
        found = "leaning against"
    else:
        found = "silent"
    return _LEAN.get(found, found) if capped else found


def tipping(weight: float) -> tuple[float | None, float | None]:
    """Decibans from a weight of evidence up and down to the next probability at which the stance changes.

    >>> [round(step, 2) for step in tipping(0.0)], tipping(10.0)[0]
    ([1.76, 1.76], None)
    """
    lines = [decibans(line) for line in LINES]
    above = [line - weight for line in lines if line > weight + TINY]
    below = [weight - line for line in lines if line <= weight + TINY]
    return min(above, default=None), max(min(below), 0.0) if below else None
