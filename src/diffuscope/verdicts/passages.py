"""What the coded passages come to, counted from the record of the evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.records.numbers import signed
from diffuscope.records.phrases import counted
from diffuscope.records.probability import about_text, probability_text

if TYPE_CHECKING:
    from diffuscope.records import EvidenceDetail, EvidenceItem

READINGS = ("narrow", "broad")


def under(detail: EvidenceDetail, reading: str) -> list[EvidenceItem]:
    """The passages that count under one reading of the mechanism and weigh something."""
    return [item for item in detail.items if item.definition in (None, reading) and item.decibans != 0]


def for_and_against(detail: EvidenceDetail, reading: str = "narrow") -> tuple[int, int]:
    """How many passages speak for the mechanism under one reading, and how many against it."""
    weights = [item.decibans for item in under(detail, reading)]
    return sum(weight > 0 for weight in weights), sum(weight < 0 for weight in weights)


def speak(detail: EvidenceDetail, reading: str = "narrow") -> str:
    """How many passages speak for and against, as a clause.

    The counts are those of the reading; passages that weigh nothing are not among them.
    """
    yes, no = for_and_against(detail, reading)
    if yes and no:
        return f"{counted(yes, 'passage')} {_speak(yes)} for it and {no} against"
    if yes or no:
        side, other = ("for", "against") if yes else ("against", "for")
        return f"{counted(yes or no, 'passage')} {_speak(yes or no)} {side} it and none {other} it"
    return "no passage weighs anything for or against it"


def come_to(detail: EvidenceDetail) -> str:
    """What all passages come to: the weight of evidence, and the probability with its range."""
    return f"{signed(detail.decibans)} dB, a probability of {about_text(detail.p, detail.noise)}"


def broad_differs(detail: EvidenceDetail, stance: str) -> bool:
    """Whether the broad reading of the mechanism leads to another stance than the narrow one."""
    return detail.other_stance is not None and detail.other_stance != stance


def broad(detail: EvidenceDetail) -> str:
    """The probability under the broad reading, as words."""
    if detail.other_definition is None:
        return "unknown"
    shown = probability_text(detail.other_definition.p)
    return shown if shown[0].isalpha() else f"about {shown}"


def _speak(passages: int) -> str:
    return "speaks" if passages == 1 else "speak"
