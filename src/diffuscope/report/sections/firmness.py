"""How firm a conclusion from coded evidence is: what moves it, and what would change it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diffuscope.records.numbers import signed
from diffuscope.records.phrases import counted
from diffuscope.records.probability import about_text, probability_text, range_text
from diffuscope.report.words import STANCES, weight_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.records import EvidenceDetail, Finding, Posterior


def firmness(finding: Finding, detail: EvidenceDetail) -> dict[str, Any]:
    """The probability of one mechanism and everything it was tried against.

    Parameters
    ----------
    finding : Finding
    detail : EvidenceDetail

    Returns
    -------
    dict
        `p` (with its range), `broad` (the same on the broad reading, where that has another stance; else
        None), `weight`, `firm` (sentences), `trials` (tables of settings), `caps`, `failed`.
    """
    return {
        "p": about_text(detail.p, detail.noise),
        "broad": _broad(finding, detail),
        "weight": signed(detail.decibans),
        "caps": detail.caps,
        "failed": detail.failed,
        "firm": [sentence for sentence in _sentences(finding, detail) if sentence],
        "trials": _trials(detail),
    }


def _sentences(finding: Finding, detail: EvidenceDetail) -> list[str | None]:
    return [
        _range("Leaving out any one passage", detail.leave_one_out),
        _sources(detail),
        _range("Discounting repetition less or more", detail.by_rho),
        _searched(detail),
        "If every judgement had a random error of about a factor of two, it would be within "
        f"{range_text(*detail.noise)} in nine of ten cases.",
        _tipping(detail),
        _reading(finding, detail),
        _perspectives(detail),
    ]


def _range(what: str, posteriors: Sequence[Posterior]) -> str | None:
    if len(posteriors) < 2:
        return None
    low = min(posteriors, key=lambda posterior: posterior.p)
    high = max(posteriors, key=lambda posterior: posterior.p)
    named = (
        f" ({low.setting}) and {probability_text(high.p)} ({high.setting})"
        if low.setting.startswith("without")
        else f" and {probability_text(high.p)}"
    )
    return f"{what} puts it between {probability_text(low.p)}{named}."


def _sources(detail: EvidenceDetail) -> str | None:
    if len(detail.leave_one_source_out) == 1:
        return "All of the evidence comes from one document; without it there is none."
    return _range("Leaving out any one document", detail.leave_one_source_out)


def _searched(detail: EvidenceDetail) -> str | None:
    """What it comes to if searches find less or more of what is there; nothing where none was searched."""
    if len({posterior.p for posterior in detail.by_searched}) < 2:
        return None
    return _range("Assuming that searches were worse or better than coded", detail.by_searched)


def _tipping(detail: EvidenceDetail) -> str:
    up, down = detail.tipping
    steps = [_weighing(size, side) for size, side in ((up, "for"), (down, "against")) if size is not None]
    return f"New evidence of {' or of '.join(steps)} would change the stance." if steps else ""


def _weighing(decibans: float, side: str) -> str:
    size = weight_words(decibans)
    return f"{'hardly any' if size == 'none' else size} weight {side} it ({decibans:.1f} dB)"


def _reading(finding: Finding, detail: EvidenceDetail) -> str | None:
    other = detail.other_definition
    if other is None or detail.other_stance is None:
        return None
    comes = other_text(detail)
    if detail.other_stance == finding.stance:
        return f"Under the broad definition the probability is {comes}; the stance stays the same."
    return (
        f"The stance depends on the definition: under the broad one the probability is {comes}, and the "
        f"evidence {STANCES[detail.other_stance]}. The narrow definition gives the headline."
    )


def other_text(detail: EvidenceDetail) -> str:
    """The probability on the broad reading, with its range where the result has it."""
    if detail.other_definition is None:
        return "unknown"
    p = detail.other_definition.p
    return f"about {probability_text(p)}" if detail.other_noise is None else about_text(p, detail.other_noise)


def _broad(finding: Finding, detail: EvidenceDetail) -> str | None:
    if detail.other_definition is None or detail.other_stance in (None, finding.stance):
        return None
    return other_text(detail)


def _perspectives(detail: EvidenceDetail) -> str | None:
    if not detail.perspectives:
        return None
    each = ", ".join(
        f"{posterior.setting} {probability_text(posterior.p)}" for posterior in detail.perspectives
    )
    return f"Perspectives of the literature taken one at a time: {each}."


def _groups(detail: EvidenceDetail) -> tuple[tuple[str, str, Sequence[Posterior]], ...]:
    """Kinds of setting, what each asks, and what the probability is in it."""
    return (
        (
            "One passage left out at a time",
            "Which single passage matters most.",
            detail.leave_one_out,
        ),
        (
            "One document left out at a time",
            "Whether the answer depends on one source.",
            detail.leave_one_source_out,
        ),
        (
            "Discount for passages that repeat each other (ρ)",
            "Passages of one source or event are not independent. ρ = 0 counts each in full, ρ = 1 counts "
            "them as one.",
            (*detail.by_rho, *filter(None, (detail.one_cluster_per_document,))),
        ),
        (
            "Chance that a search finds what is there",
            "The chance that a search finds an existing trace, set equal for every search.",
            detail.by_searched,
        ),
        (
            "Probability before the evidence (prior)",
            "Shown only; it decides nothing.",
            detail.by_prior,
        ),
        (
            "Perspectives taken one at a time",
            "Passages about one perspective of the literature, or about what all share.",
            detail.perspectives,
        ),
    )


def _trials(detail: EvidenceDetail) -> list[dict[str, Any]]:
    """Tables of settings, for those who want every number."""
    return [
        {
            "title": title,
            "says": says,
            "rows": [
                (posterior.setting, probability_text(posterior.p), signed(posterior.decibans))
                for posterior in posteriors
            ],
            "count": counted(len(posteriors), "setting"),
        }
        for title, says, posteriors in _groups(detail)
        if posteriors
    ]
