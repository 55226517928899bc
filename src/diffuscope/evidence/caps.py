"""Caps, the limits of a stance to leaning: on what, and on whom, the weight on its side rests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from diffuscope.evidence.rule import Cap, Caps, rule
from diffuscope.evidence.weigh import TINY
from diffuscope.evidence.weight_of_evidence import pooled, shares

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from diffuscope.evidence.passage_arrays import PassageArrays
    from diffuscope.evidence.rule import Cap, Caps
    from diffuscope.evidence.weight_of_evidence import Weights


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """What an analysis says of all its mechanisms at once.

    Attributes
    ----------
    adoptions : int
        Its dated adoptions.
    alpha : float or None
        Krippendorff's alpha of the direction; None where it cannot be computed.
    double_coded : int
        Passages that two coders read.
    chronology : str or None
        Why the dates limit the evidence to leaning, where they do.
    """

    adoptions: int = 0
    alpha: float | None = None
    double_coded: int = 0
    chronology: str | None = None


def limits_on(side: int, passages: PassageArrays, circumstances: Circumstances) -> dict[Cap, str]:
    """Why a stance may not go beyond leaning, by cap, each as what follows the word because.

    Parameters
    ----------
    side : {1, -1}
        For or against: only weight of that sign is looked at.
    passages : PassageArrays
        The passages on which the stance rests.
    circumstances : Circumstances

    Returns
    -------
    dict of str to str
        Empty where nothing limits it. Shares are of pooled weight, so that passages which add nothing to the
        total can neither set a cap nor lift one.
    """
    share = shares_on(side, passages.weights)
    limits: dict[Cap, str | None] = {}
    if share.any():
        limits = {
            "double_coded": _double_coded(share, passages, rule().caps),
            "documents": _documents(share, passages.weights, rule().caps),
            "in_time": _in_time(share, passages, circumstances.adoptions, rule().caps),
            "coders": _coders(side, passages),
        }
    limits |= {"agreement": _agreement(circumstances, rule().caps), "chronology": circumstances.chronology}
    return {cap: words for cap, words in limits.items() if words}


def shares_on(side: int, weights: Weights) -> NDArray[np.float64]:
    """Share of the pooled weight on one side that each passage carries; all zero where nothing speaks."""
    carried = carried_on(side, weights)
    whole = float(carried.sum())
    return carried / whole if whole > TINY else np.zeros_like(carried)


def carried_on(side: int, weights: Weights) -> NDArray[np.float64]:
    """Pooled weight on one side that each passage carries (dB), as a size."""
    added = shares(weights.decibans, weights.cluster, rule().pooling.rho)
    return np.where(np.sign(added) == side, np.abs(added), 0.0)


def _double_coded(share: NDArray[np.float64], passages: PassageArrays, caps: Caps) -> str | None:
    twice = float(share[passages.weights.coders > 1].sum())
    if twice >= caps.double_coded - TINY:
        return None
    voices = passages.voices
    if np.unique(voices.coder[(share > 0)[voices.passage]]).size == 1:
        return "one person coded it"
    return f"a second person coded passages with only {whole_percent(twice)} of the weight"


def _documents(share: NDArray[np.float64], weights: Weights, caps: Caps) -> str | None:
    each = np.bincount(weights.document, weights=share)
    # many documents of which none carries a fifth are more independent, not less
    spread = (each >= caps.document_share - TINY).sum() >= caps.documents
    if spread or each.max() <= caps.one_document + TINY:
        return None
    if (each > 0).sum() == 1:
        return "it rests on one document"
    return f"fewer than {caps.documents} documents carry {caps.document_share:.0%} of the weight each"


def _in_time(share: NDArray[np.float64], passages: PassageArrays, adoptions: int, caps: Caps) -> str | None:
    if not adoptions:
        return None
    known = float(share[in_time(passages, adoptions)].sum())
    if known >= caps.in_time - TINY:
        return None
    reach = f"passages known to be early enough for {caps.adoptions:.0%} of the adoptions"
    return f"{reach} carry only {whole_percent(known)} of the weight"


def in_time(passages: PassageArrays, adoptions: int) -> NDArray[np.bool_]:
    """Which passages are known to be early enough for the share of the adoptions that the rule asks for.

    An absence has no date of its own: it was looked for over the whole record.
    """
    early = passages.bears_on >= rule().caps.adoptions * adoptions - TINY
    return np.asarray(early | passages.whole_record)


def _coders(side: int, passages: PassageArrays) -> str | None:
    """Each coder alone; one who read only passages that weigh nothing has said nothing."""
    voices = passages.voices
    weighty = (np.abs(passages.weights.decibans) > TINY)[voices.passage]
    cluster = passages.weights.cluster[voices.passage]
    each = (weighty & (voices.coder == coder) for coder in np.unique(voices.coder[weighty]))
    # each coder's own weights pooled by the same rule: a stance must not hang on one reader
    differ = sum(side * pooled(voices.decibans[own], cluster[own]) <= TINY for own in each)
    if not differ:
        return None
    one = "the coding of one person" if differ == 1 else f"the coding of each of {differ} persons"
    return f"{one}, alone, does not point in the same direction"


def _agreement(circumstances: Circumstances, caps: Caps) -> str | None:
    """Without variation alpha is unknown, and no two codings differ in direction."""
    alpha, passages = circumstances.alpha, circumstances.double_coded
    if passages < caps.agreement_from or alpha is None or alpha >= caps.agreement - TINY:
        return None
    return f"the coders agree too little about the direction (alpha {alpha:.2f} over {passages} passages)"


def whole_percent(share: float) -> str:
    """Cut, not rounded, so that what misses a line does not read as if it met it."""
    return f"{int(share * 100 + TINY)}%"
