"""Words and numbers of a sentence, and the rule of verdicts, from their published form."""

from __future__ import annotations

import math
import re
from typing import Any, NamedTuple

from diffuscope.records import Chronology, Finding

LINES = (0.2, 0.4, 0.6, 0.8)


STANCES = ("against", "leaning against", "silent", "leaning for", "for")


SAYS = {
    "for": "speaks for it",
    "leaning for": "leans towards it",
    "silent": "is inconclusive",
    "leaning against": "leans against it",
    "against": "speaks against it",
}


STATISTICS = {
    "speak for": ("for",),
    "lean towards": ("leaning for",),
    "lean against": ("leaning against", "against"),
}


SILENT = {
    "not tested: no data": "no data",
    "explained by time or by similarity": "explained by time or likeness",
    "cannot be distinguished from time": "cannot be told from time",
    "does not withstand a decisive test": "does not withstand",
}


UNTESTED = ("no data", "not asked", "too few events")


AUTHOR = {
    "concludes that it was at work": "at work",
    "concludes that it was at work in part": "in part",
    "concludes that it was not at work": "not at work",
    "leaves it open": "undecided",
}


AGREES = {
    "at work": ("supported", "supported by one body"),
    "in part": ("supported by one body", "weak"),
    "not at work": ("opposed",),
    "undecided": ("not testable", "not separable", "contested", "not shown"),
}


P = r"(?:about [\d.]+|below 0\.01|above 0\.99)"


RANGE = r"\((?:below |above )?[\d.]+ to (?:below |above )?[\d.]+ if the coder is moderately off\)"


SPEAK = (
    r"(?:\d+ passages? speaks? (?:for|against) it and (?:\d+|none) (?:for|against)(?: it)?"
    r"|no passage weighs anything for or against it)"
)


END = r"(?:−?[\d.]+|no end)"


COEFFICIENT = (
    rf"the coefficient is (?P<at>−?[\d.]+) \(95 % interval (?P<low>{END}) to (?P<high>{END})\)"
    r"(?:; permuted ties p = (?P<p>\d\.\d{3})(?:, (?P<holm>\d\.\d{3}) over all mechanisms)?)?"
)


def say(p: float) -> str:
    """One decimal; two where one would read 0 or 1; bounds beyond .005 and .995."""
    if p < 0.005:
        return "below 0.01"
    if p > 0.995:
        return "above 0.99"
    return f"{p:.2f}" if f"{p:.1f}" in ("0.0", "1.0") else f"{p:.1f}"


def about(p: float) -> str:
    return said if (said := say(p))[0] in "ba" else f"about {said}"


def first_digit(size: float, decimals: int) -> str:
    """So many decimals, or as many as show a digit that is not 0; nothing below 1e-12."""
    while float(f"{size:.{decimals}f}") == 0 and size > 1e-12:
        decimals += 1
    return f"{size:.{decimals}f}"


def signed(number: float) -> str:
    size = first_digit(abs(number), 1)
    return size if size == "0.0" else ("+" if number > 0 else "−") + size


def decimal(number: float | None) -> str:
    if number is None or math.isinf(number):
        return "no end"
    size = first_digit(abs(number), 2)
    return f"−{size}" if number < 0 and size != "0.00" else size


def of_weight(decibans: float) -> float:
    ratio = 10 ** (decibans / 10)
    return ratio / (1 + ratio)


def region(p: float) -> int:
    """How many of the four lines lie at or below a probability (−7 dB and the like are no lines)."""
    return sum(p >= line - 1e-9 for line in LINES)


def named(words: str) -> tuple[str, ...]:
    return tuple(re.split(r", | and ", words)) if words else ()


def decide(evidence: str, statistics: str, *, closed: bool, joint: bool, divided: bool) -> str:
    """The verdict rule in its published form, written anew."""
    up, down = ("for", "leaning for"), ("against", "leaning against")
    joint = joint and statistics in up
    if closed:
        return "not testable"
    if (
        divided
        or (evidence in up and statistics in down)
        or (evidence in down and statistics in up and not joint)
    ):
        return "contested"
    if (evidence == "against" and (statistics not in up or joint)) or (
        evidence in down and statistics in down
    ):
        return "opposed"
    if evidence == "for":
        return "supported" if statistics == "for" and not joint else "supported by one body"
    if statistics == "for" and not joint and evidence in ("silent", "leaning for"):
        return "supported by one body"
    if evidence == "leaning for" or (evidence == "silent" and statistics == "leaning for" and not joint):
        return "weak"
    return "not separable" if joint else "not shown"


class Read(NamedTuple):
    """A verdict and all that its sentences may state."""

    verdict: Any
    evidence: Finding | None
    statistics: tuple[Finding, ...]
    others: tuple[Finding, ...]
    dates: Chronology

    @property
    def detail(self) -> Any:
        return None if self.evidence is None else self.evidence.evidence

    def again(self, **changed: str) -> str:
        """What the rule makes of it with the stance of one body changed."""
        given = {
            "evidence": self.verdict.evidence,
            "statistics": self.verdict.statistics,
            "joint": self.joint,
        }
        found = given | {"closed": self.dates.testable is False, "divided": self.divided} | changed
        return decide(found.pop("evidence"), found.pop("statistics"), **found)

    @property
    def joint(self) -> bool:
        return any(one.joint_with for one in self.statistics if one.stance in ("for", "leaning for"))

    @property
    def divided(self) -> bool:
        stances = {one.stance for one in self.statistics}
        return bool(stances & {"for", "leaning for"}) and bool(stances & {"against", "leaning against"})
