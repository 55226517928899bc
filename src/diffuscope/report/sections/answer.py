"""The first screen: the question and the answer, in few and plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diffuscope.report.sections.changes import register_limits
from diffuscope.report.sections.register import in_few_words, register_sentences
from diffuscope.report.words import AUTHOR, by_strength, counted, in_words, listed, upper_first

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diffuscope.records import Verdict
    from diffuscope.report.names import Names
    from diffuscope.result import Result

MOST_WORDS = 120
_AROUND = 12
"""Words of headings and links around the answer."""
_TITLE, _QUESTION = 16, 32
"""Words of a title and a question that the first screen shows; the rest stands with the verdicts."""


def answer(result: Result, names: Names) -> dict[str, Any]:
    """The answer to the first question of a case, or what its register shows, within 120 words.

    Parameters
    ----------
    result : Result
    names : Names

    Returns
    -------
    dict
        `title`, `question` (None where the case asks none), `answers` (mechanism, verdict, says, author),
        `more` (answers for which there is no room), `register` (sentences), `cannot` (sentences).
    """
    first = result.analyses[0] if result.analyses else None
    found = [verdict for verdict in result.verdicts if first and verdict.analysis == first.id]
    answers = [
        {
            "mechanism": verdict.mechanism,
            "verdict": verdict.verdict,
            "says": in_short(verdict, _rivals(result, verdict)),
            "author": AUTHOR[verdict.author.verdict] if verdict.author else None,
        }
        for verdict in sorted(found, key=lambda verdict: by_strength(verdict.verdict))
    ]
    title = _cut(result.case.title, _TITLE)
    question = _cut(first.question, _QUESTION) if first else None
    left = _Left(MOST_WORDS - _AROUND - _words(title, question))
    kept = [said for said in answers if left.take(*said.values(), "Author:")]
    if len(kept) < len(answers):
        kept = kept[: max(1, len(kept) - 1)]
    return {
        "title": title,
        "question": question,
        "answers": kept,
        "more": len(answers) - len(kept),
        "register": [sentence for sentence in _register(result, names) if left.take(sentence)],
        "cannot": [sentence for sentence in _unknown(result, names) if left.take(sentence)],
    }


class _Left:
    """The words that may still be said."""

    def __init__(self, words: int) -> None:
        self._words = words

    def take(self, *texts: str | None) -> bool:
        """Whether these texts still fit; if so, their words are spent."""
        needed = _words(*texts)
        if needed > self._words:
            return False
        self._words -= needed
        return True


def in_short(verdict: Verdict, rivals: tuple[str, ...] = ()) -> str:
    """A verdict as one short plain sentence."""
    if verdict.verdict == "not shown":
        return _not_shown(verdict)
    if verdict.verdict == "not separable" and rivals:
        return f"It cannot be told apart from {listed(rivals)}."
    return {
        "supported": "Evidence and statistics both speak for it.",
        "supported by one body": "One kind of evidence speaks for it.",
        "weak": "Some evidence for it, too thin to rely on.",
        "contested": "The evidence points both ways.",
        "not separable": "It cannot be told apart from a rival.",
        "opposed": "The evidence speaks against it.",
        "not testable": "The dates leave nothing to explain.",
    }[verdict.verdict]


def _not_shown(verdict: Verdict) -> str:
    if verdict.evidence == "leaning against":
        return "The evidence leans against it."
    if verdict.statistics == "leaning against":
        return "Statistics lean against it."
    if verdict.evidence_silence != "no data":
        return "The evidence does not decide."
    if verdict.statistics_silence in ("no data", "not asked"):
        return "There is no evidence either way."
    return "Statistics were tried; they do not decide."


def _rivals(result: Result, verdict: Verdict) -> tuple[str, ...]:
    return next(
        (
            finding.joint_with
            for finding in result.findings
            if finding.joint_with
            and (finding.analysis, finding.mechanism) == (verdict.analysis, verdict.mechanism)
        ),
        (),
    )


def _register(result: Result, names: Names) -> list[str]:
    """What the register shows: in few words where a question comes first."""
    found = [in_few_words(result, names)] if result.analyses else register_sentences(result, names)
    differ = sum(row.outcome == "differs" for row in result.audit)
    if result.audit:
        says = "differs" if differ == 1 else "differ"
        found.append(f"{differ:,} of {counted(len(result.audit), 'check')} of printed figures {says}.")
    return [sentence for sentence in found if sentence]


def _unknown(result: Result, names: Names) -> Iterator[str]:
    """What the first answer, or the latest wave, cannot tell, weightiest first."""
    if not result.analyses:
        yield from (sentence for sentence, _ in reversed(register_limits(result, names)))
        return
    first = result.analyses[0].id
    details = [
        finding.evidence for finding in result.findings if finding.analysis == first and finding.evidence
    ]
    if details and all(item.coders == 1 for detail in details for item in detail.items):
        yield "One person weighed the evidence; a second reader may weigh it otherwise."
    verdicts = [verdict for verdict in result.verdicts if verdict.analysis == first]
    if verdicts:
        yield statistics_in_short(verdicts)
    for finding in result.findings:
        detail = finding.evidence
        if finding.analysis == first and detail and detail.other_stance not in (None, finding.stance):
            yield f"{upper_first(finding.mechanism)} depends on how it is defined."
    closed = sum(found.testable is False for found in result.chronology if found.analysis != first)
    if closed:
        yield f"{upper_first(in_words(closed, 'further question'))} cannot be tested."


def statistics_in_short(verdicts: Sequence[Verdict]) -> str:
    """How far statistics back the verdicts of one question, as one short plain sentence."""
    by_stance = {
        stance: [verdict.mechanism for verdict in verdicts if verdict.statistics == stance]
        for stance in ("for", "leaning for", "leaning against")
    }
    says = (("for", "speak for"), ("leaning for", "lean towards"))
    found = [f"{words} {listed(by_stance[stance])}" for stance, words in says if by_stance[stance]]
    if found:
        return f"Statistics {listed(found)}; unseen likeness could look the same."
    if by_stance["leaning against"]:
        return f"Statistics lean against {listed(by_stance['leaning against'])} and speak for nothing."
    if all(verdict.statistics_silence == "not asked" for verdict in verdicts):
        return "No statistics back these answers: none were asked."
    asked = [verdict.mechanism for verdict in verdicts if verdict.statistics_silence != "no data"]
    if not asked:
        return "No statistics back these answers: there were no data."
    if len(asked) == len(verdicts):
        return "No statistics back these answers: they do not decide."
    return f"Statistics had data on {listed(asked)} alone and do not decide."


def _words(*texts: str | None) -> int:
    return sum(len(text.split()) for text in texts if text)


def _cut(text: str, most: int) -> str:
    words = text.split()
    return text if len(words) <= most else " ".join(words[:most]) + " …"
