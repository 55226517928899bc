"""The estimates in the Word version: a paragraph of caution, what statistics say, and a short table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diffuscope.records.phrases import lower_first
from diffuscope.report.sections.safeguards import CAUTION, WITH, WITHOUT, title, tried

if TYPE_CHECKING:
    from diffuscope.report.document import Document
    from diffuscope.result import Result


def write_estimates(paper: Document, result: Result, parts: list[dict[str, Any]]) -> None:
    """Every question with its panel and the terms of its main model, or why it has none.

    Parameters
    ----------
    paper : Document
    result : Result
    parts : list of dict
        As the section of the page tells them.
    """
    paper.part(title(result))
    paper.text(f"{CAUTION} {WITH if tried(result) else WITHOUT}")
    for part in parts:
        paper.heading(part["question"], 2)
        if part["refused"]:
            silent = " No mechanism could be tested statistically: no data." if part["statistics"] else ""
            paper.text(f"No panel could be built. {plain_sentence(part['refused'])}{silent}")
        else:
            _panel(paper, part)


def _panel(paper: Document, part: dict[str, Any]) -> None:
    counts = "; ".join(f"{number} {meaning}" for number, meaning in part["facts"])
    paper.text(f"{part['asked']} {counts}.")
    if part["statistics"]:
        paper.points(_statistics(part["statistics"]))
    none = [f"{row['who']}: {plain_sentence(row['refused'])}" for row in part["channels"] if row["refused"]]
    if none:
        paper.text("Without a channel in the model:")
        paper.points(none)
    paper.points(plain_sentence(sentence) for sentence in part["inseparable"])
    model = part["model"]
    if model is None or model["refused"]:
        paper.text(
            f"No model could be fitted. {plain_sentence(model['refused'])}"
            if model
            else "No model was fitted."
        )
        return
    paper.points(f"Warning: {plain_sentence(warning)}" for warning in model["warnings"])
    paper.table(
        f"{model['facts']}; {lower_first(model['means'])}; effect in percentage points",
        ("Term", model["measure"], "95 % interval", "Effect", "95 % interval", "p"),
        [
            (
                term["label"], term["ratio"], term["between"], term["effect"] or "–", term["reach"] or "–",
                term["p"],
            )
            for term in model["terms"]
        ],
        (4, 1.5, 3, 1.5, 3, 1.5),
    )  # fmt: skip


def _statistics(part: dict[str, Any]) -> list[str]:
    """The stance on each mechanism, and the reason."""
    lines = []
    for one in part["tried"]:
        more = f" {one['count']}." if one["count"] else ""
        joint = f" Only jointly with {one['joint']}." if one["joint"] else ""
        lines.append(f"{one['mechanism']}: {one['stance']}. {plain_sentence(one['reason'])}{joint}{more}")
    return lines + [
        f"{about}: {kind}. {plain_sentence(reason or '')}" for about, kind, reason in part["silent"]
    ]


def plain_sentence(sentence: str) -> str:
    """A sentence of ours without the signs that set names of the case in type."""
    return sentence.replace("`", "")
