"""How firm a conclusion from coded evidence is: what moves it, and what would change it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diffuscope.report.words import STANCES, counted, signed, weight_words

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
        `p`, `weight`, `firm` (sentences), `trials` (tables of settings), `caps`, `failed`.
    """
    return {
        "p": f"{detail.p:.2f}",
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
        _range("Discounting repetition not at all, or wholly,", detail.by_rho),
        "If every judgement erred at random by about a factor of two, it would lie between "
        f"{detail.noise[0]:.2f} and {detail.noise[1]:.2f} nine times in ten.",
        _tipping(detail),
        _reading(finding, detail),
        _perspectives(detail),
    ]


def _range(what: str, posteriors: Sequence[Posterior]) -> str | None:
    if len(posteriors) < 2:
        return None
    low = min(posteriors, key=lambda found: found.p)
    high = max(posteriors, key=lambda found: found.p)
    named = (
        f" ({low.setting}) and {high.p:.2f} ({high.setting})"
        if low.setting.startswith("without")
        else f" and {high.p:.2f}"
    )
    return f"{what} puts it between {low.p:.2f}{named}."


def _sources(detail: EvidenceDetail) -> str | None:
    if len(detail.leave_one_source_out) == 1:
        return "All of it rests on one document; without that there is nothing."
    return _range("Leaving out any one document", detail.leave_one_source_out)


def _tipping(detail: EvidenceDetail) -> str:
    up, down = detail.tipping
    steps = [_weighing(size, side) for size, side in ((up, "for"), (down, "against")) if size is not None]
    return f"New evidence of {' or of '.join(steps)} would carry it to another stance." if steps else ""


def _weighing(decibans: float, side: str) -> str:
    size = weight_words(decibans)
    return f"{'hardly any' if size == 'none' else size} weight {side} it ({decibans:.1f} dB)"


def _reading(finding: Finding, detail: EvidenceDetail) -> str | None:
    other = detail.other_definition
    if other is None or detail.other_stance is None:
        return None
    if detail.other_stance == finding.stance:
        return f"Read broadly, the mechanism comes to {other.p:.2f}; the stance stays the same."
    return (
        f"The stance turns on the definition: read broadly, the mechanism comes to {other.p:.2f}, and the "
        f"evidence {STANCES[detail.other_stance]}. The narrow reading is the headline."
    )


def _perspectives(detail: EvidenceDetail) -> str | None:
    if not detail.perspectives:
        return None
    each = ", ".join(f"{found.setting} {found.p:.2f}" for found in detail.perspectives)
    return f"Perspectives of the literature taken one at a time: {each}."


def _trials(detail: EvidenceDetail) -> list[dict[str, Any]]:
    """Tables of settings, for those who want every number."""
    groups = (
        (
            "One passage left out at a time",
            "Which single passage matters most.",
            detail.leave_one_out,
        ),
        (
            "One document left out at a time",
            "Whether the answer hangs on one source.",
            detail.leave_one_source_out,
        ),
        (
            "Discount for passages that repeat each other (ρ)",
            "Passages of one source or event are not independent. ρ = 0 counts each in full, ρ = 1 counts "
            "them as one; the headline uses ρ = 0.3.",
            detail.by_rho,
        ),
        (
            "Probability before the evidence (prior)",
            "The headline starts from even odds, 0.5. Shown only; it decides nothing.",
            detail.by_prior,
        ),
        (
            "Perspectives taken one at a time",
            "Passages that bear on one perspective of the literature, or on what all share.",
            detail.perspectives,
        ),
    )
    return [
        {
            "title": title,
            "says": says,
            "rows": [(found.setting, f"{found.p:.2f}", signed(found.decibans)) for found in posteriors],
            "count": counted(len(posteriors), "setting"),
        }
        for title, says, posteriors in groups
        if posteriors
    ]
