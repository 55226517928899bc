"""Stances and kinds of silence in words: silence never stands without its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diffuscope.records.base import Body, Silence, Stance

STATISTICS: dict[Silence, str] = {
    "no data": "not tested: no data",
    "not asked": "not asked",
    "too few events": "too few events",
    "cannot be told from time": "cannot be distinguished from time",
    "real but small": "real but small",
    "tested, inconclusive": "tested, inconclusive",
    "explained by time or likeness": "explained by time or by similarity",
    "does not withstand": "does not withstand a decisive test",
}
EVIDENCE: dict[Silence, str] = {**STATISTICS, "no data": "no data", "tested, inconclusive": "inconclusive"}


def silence_words(silence: Silence | None, body: Body = "statistics") -> str:
    """Why a body of evidence is silent, as a label.

    Examples
    --------
    >>> silence_words("no data"), silence_words("tested, inconclusive", "evidence")
    ('not tested: no data', 'inconclusive')
    """
    if silence is None:
        return "undecided; the reason is not recorded"
    return (EVIDENCE if body == "evidence" else STATISTICS)[silence]


def stance_words(stance: Stance, silence: Silence | None, body: Body = "statistics") -> str:
    """A stance as a label: what a body says, or why it is silent.

    Examples
    --------
    >>> stance_words("leaning for", None), stance_words("silent", "too few events")
    ('leaning for', 'too few events')
    """
    return silence_words(silence, body) if stance == "silent" else stance
