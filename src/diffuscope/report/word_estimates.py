"""The estimates in the Word version: a paragraph of caution, and a short table for each question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from diffuscope.report.document import Document

CAUTION = (
    "An exposure coefficient by itself is no evidence of a mechanism: those who are tied are often alike, "
    "and those who are alike adopt alike without anybody’s influence. In simulated worlds with likeness "
    "alone, it is “significant” in nearly every one. No verdict rests on what follows."
)


def write_estimates(paper: Document, told: list[dict[str, Any]]) -> None:
    """Every question with its panel and the terms of its main model, or why it has none.

    Parameters
    ----------
    paper : Document
    told : list of dict
        As the section of the page tells them.
    """
    paper.part("Estimates without safeguards yet")
    paper.text(CAUTION)
    for part in told:
        paper.heading(part["question"], 2)
        if part["refused"]:
            paper.text(f"No panel. {_said(part['refused'])}")
        else:
            _panel(paper, part)


def _panel(paper: Document, part: dict[str, Any]) -> None:
    counts = "; ".join(f"{number} {meaning}" for number, meaning in part["facts"])
    paper.text(f"{part['asked']} {counts}.")
    none = [f"{row['who']}: {_said(row['refused'])}" for row in part["channels"] if row["refused"]]
    if none:
        paper.text("Without a channel in the model:")
        paper.points(none)
    paper.points(_said(sentence) for sentence in part["inseparable"])
    model = part["model"]
    if model is None or model["refused"]:
        paper.text(f"No model stands. {_said(model['refused'])}" if model else "No model was fitted.")
        return
    paper.points(f"Beware: {_said(warning)}" for warning in model["warnings"])
    paper.table(
        f"{model['facts']}; ratio of {model['of']}, 1 is no difference; effect in percentage points",
        ("Term", "Ratio", "95 % interval", "Effect", "95 % interval", "p"),
        [
            (
                term["label"], term["ratio"], term["between"], term["effect"] or "–", term["reach"] or "–",
                term["p"],
            )
            for term in model["terms"]
        ],
        (4, 1.5, 3, 1.5, 3, 1.5),
    )  # fmt: skip


def _said(sentence: str) -> str:
    """A sentence of ours without the signs that set names of the case in type."""
    return sentence.replace("`", "")
