"""The first screen: when, how many, what is likeliest, what cannot be tested and why, and one picture."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from diffuscope.records.phrases import counted, in_words, listed, lower_first, noun, upper_first
from diffuscope.records.probability import about_text, probability_text
from diffuscope.records.wording import silence_words
from diffuscope.report.sections.audit import differing_in_own
from diffuscope.report.sections.changes import register_limits
from diffuscope.report.sections.register import in_few_words, register_sentences
from diffuscope.report.terms import NOT_IDENTIFIED
from diffuscope.report.words import AUTHOR, NEIGHBOURS, as_written, by_strength, when

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from diffuscope.records import (
        Analysis,
        Chronology,
        EvidenceDetail,
        Finding,
        Silence,
        Verdict,
        VerdictName,
    )
    from diffuscope.report.names import Names
    from diffuscope.result import Result

MOST_WORDS = 240
_AROUND = 10
"""Words of headings and links around the answer."""
_TITLE, _QUESTION = 16, 32
"""Words of a title and a question that the first screen shows; the rest stands with the verdicts."""
_REASON = 20
"""Words of a reason that the first screen has room for; longer ones stand with the limits."""
_MANY_REASONS = 2
"""Reasons of one kind of silence that the first screen has room for."""
_NOT_TESTED: tuple[Silence, ...] = ("no data", "not asked", "too few events", "cannot be told from time")
"""Kinds of silence in which nothing was tested."""
_SHOWN: tuple[VerdictName, ...] = ("supported", "supported by one body", "weak")
"""Verdicts of which one can be called the likeliest mechanism."""


def answer(result: Result, names: Names) -> dict[str, Any]:
    """The answer to the first question of a case, or what its register shows, within 240 words.

    Parameters
    ----------
    result : Result
    names : Names

    Returns
    -------
    dict
        `title`, `question` (None where the case asks none), `when` (who adopted when), `likeliest`, `answers`
        (mechanism, note, verdict, says, author), `more` (answers for which there is no room), `register`
        (sentences), `cannot` (sentences).
    """
    first = result.analyses[0] if result.analyses else None
    verdicts = [verdict for verdict in result.verdicts if first and verdict.analysis == first.id]
    title = _cut(result.case.title, _TITLE)
    question = _cut(first.question, _QUESTION) if first else None
    left = _Left(MOST_WORDS - _AROUND - _words(title, question))
    dated = _when(result, first) if first else None
    likeliest = _likeliest(result, verdicts) if verdicts else None
    # what comes first on the screen is the first to get its room
    dated, likeliest = (
        sentence if sentence and left.take(sentence) else None for sentence in (dated, likeliest)
    )
    answers = [
        _answer_to(result, verdict) for verdict in sorted(verdicts, key=lambda one: by_strength(one.verdict))
    ]
    kept = [shown for shown in answers if left.take(*shown.values(), "Author:")]
    if len(kept) < len(answers):
        kept = kept[: max(1, len(kept) - 1)]
    return {
        "title": title,
        "question": question,
        "when": dated,
        "likeliest": likeliest,
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


def _when(result: Result, analysis: Analysis) -> str | None:
    """How many of those asked about adopted, and from when to when."""
    dates = next((chronology for chronology in result.chronology if chronology.analysis == analysis.id), None)
    if dates is None or not dates.order:
        return None
    spells = [spell for spell in dates.order if spell.last is not None]
    if not spells:
        return None
    start = min(spells, key=lambda spell: (spell.first or "", spell.last or ""))
    end = max(spells, key=lambda spell: spell.last or "")
    span = (when(start.first, start.last), when(end.first, end.last))
    between = (
        f"in {span[0]}" if span[0] == span[1] else f"the first {_dated(span[0])}, the last {_dated(span[1])}"
    )
    return f"{dates.adopters} of {dates.units} adopted, {between}{_modal(dates, analysis)}."


def _dated(words: str) -> str:
    if words.startswith(("by ", "between ")):
        return words
    return f"on {words}" if words.count(" ") == 2 and words[0].isdigit() else f"in {words}"


def _modal(dates: Chronology, analysis: Analysis) -> str:
    if dates.modal_count is None or dates.modal_period is None:
        return ""
    return f", at most {dates.modal_count} in one {analysis.period}"


def _likeliest(result: Result, verdicts: Sequence[Verdict]) -> str:
    """Which mechanism is best supported, with the probability that the evidence gives it."""
    if all(verdict.verdict == "not testable" for verdict in verdicts):
        return "No mechanism can be tested."
    mechanisms = [verdict for verdict in verdicts if verdict.mechanism != NEIGHBOURS]
    shown = [verdict for verdict in mechanisms if verdict.verdict in _SHOWN]
    if not shown:
        return "No mechanism is shown to have been at work."
    best = min(by_strength(verdict.verdict) for verdict in shown)
    leading = [verdict for verdict in shown if by_strength(verdict.verdict) == best]
    descriptions = [
        f"{verdict.mechanism} ({verdict.verdict}){_chance(result, verdict)}" for verdict in leading
    ]
    return f"Best supported {'is' if len(descriptions) == 1 else 'are'} {listed(descriptions)}."


def _chance(result: Result, verdict: Verdict) -> str:
    """The probability that the evidence gives a mechanism, where it was weighed."""
    detail = _detail(result, verdict)
    return "" if detail is None else f": probability {about_text(detail.p, detail.noise)}"


def _answer_to(result: Result, verdict: Verdict) -> dict[str, str | None]:
    return {
        "mechanism": verdict.mechanism,
        "note": NOT_IDENTIFIED if verdict.mechanism == NEIGHBOURS else None,
        "verdict": verdict.verdict,
        "says": in_short(result, verdict),
        "author": AUTHOR[verdict.author.verdict] if verdict.author else None,
    }


def in_short(result: Result, verdict: Verdict) -> str:
    """A verdict as one short plain sentence: passages for and against, and what the statistics say."""
    if verdict.verdict == "not testable":
        return "The dates do not allow a test."
    finding = _of_statistics(result, verdict)
    statistics = f"statistics: {_statistics(verdict, finding)}"
    if verdict.mechanism == NEIGHBOURS:
        return f"{upper_first(statistics)}."
    detail = _detail(result, verdict)
    if detail is None:
        return f"No evidence was coded; {statistics}."
    weights = [item.decibans for item in detail.items if item.definition in (None, "narrow")]
    yes, no = sum(weight > 0 for weight in weights), sum(weight < 0 for weight in weights)
    reading = probability_text(detail.p)
    if detail.other_stance not in (None, verdict.evidence) and detail.other_definition is not None:
        broad = probability_text(detail.other_definition.p)
        reading = f"{reading} read narrowly, {broad} read broadly"
    return f"{counted(yes, 'passage')} for, {no} against: probability {reading}; {statistics}."


def _statistics(verdict: Verdict, finding: Finding | None) -> str:
    if verdict.statistics == "silent":
        return silence_words(verdict.statistics_silence)
    joint = f" jointly with {listed(finding.joint_with)}" if finding and finding.joint_with else ""
    return f"{verdict.statistics}{joint}"


def _detail(result: Result, verdict: Verdict) -> EvidenceDetail | None:
    return next(
        (
            finding.evidence
            for finding in result.findings
            if finding.evidence is not None
            and finding.silence != "no data"
            and (finding.analysis, finding.mechanism) == (verdict.analysis, verdict.mechanism)
        ),
        None,
    )


def _of_statistics(result: Result, verdict: Verdict) -> Finding | None:
    own = [
        finding
        for finding in result.findings
        if finding.body == "statistics"
        and (finding.analysis, finding.mechanism) == (verdict.analysis, verdict.mechanism)
    ]
    return next((finding for finding in own if finding.joint_with), own[0] if own else None)


def _register(result: Result, names: Names) -> list[str]:
    """What the register shows: in few words where a question comes first."""
    sentences = [in_few_words(result, names)] if result.analyses else register_sentences(result, names)
    if result.audit:
        sentences.append(f"{_printed(result)}.")
    return [sentence for sentence in sentences if sentence]


def _printed(result: Result) -> str:
    """How many checks of printed figures differ, and in whose documents these figures stand."""
    differ = sum(row.outcome == "differs" for row in result.audit)
    says = "differs" if differ == 1 else "differ"
    count = f"{differ:,} of {counted(len(result.audit), 'check')} of printed figures {says}"
    own = differing_in_own(result)
    if not differ:
        return count
    if own in (0, differ):
        whose = "none of them is" if not own else "it is" if own == 1 else "all are"
        return f"{count}; {whose} in the programme’s own reports"
    are = noun(own, "is", "are")
    return f"{count}: {own:,} {are} in the programme’s own reports, {differ - own:,} elsewhere"


def _unknown(result: Result, names: Names) -> Iterator[str]:
    """What the first answer, or the latest wave, cannot tell, weightiest first."""
    if not result.analyses:
        yield from (sentence for sentence, _ in reversed(register_limits(result, names)))
        return
    first = result.analyses[0].id
    verdicts = [verdict for verdict in result.verdicts if verdict.analysis == first]
    yield from _closed(result)
    yield from untested(verdicts, _reasons(result, first))
    details = [
        finding.evidence for finding in result.findings if finding.analysis == first and finding.evidence
    ]
    if details and all(item.coders == 1 for detail in details for item in detail.items):
        yield "One person weighed the evidence; another person may weigh it differently."
    for finding in result.findings:
        detail = finding.evidence
        if finding.analysis == first and detail and detail.other_stance not in (None, finding.stance):
            yield f"{upper_first(finding.mechanism)} depends on how it is defined."
    yield from undecided(verdicts)


def _reasons(result: Result, analysis: str) -> dict[str, str]:
    """Why there was nothing to test, by mechanism, where that can be said in a few words."""
    return {
        finding.mechanism: finding.reason
        for finding in result.findings
        if (finding.analysis, finding.body, finding.silence) == (analysis, "statistics", "no data")
        and _words(finding.reason) <= _REASON
    }


def untested(verdicts: Sequence[Verdict], reasons: Mapping[str, str]) -> Iterator[str]:
    """What the statistics could not test and why, by the kind of silence, and what their word is worth.

    Parameters
    ----------
    verdicts : sequence of Verdict
        Of one analysis.
    reasons : mapping of str to str
        Why there was nothing to test, by mechanism.
    """
    each = Counter(silence for silence, _ in _silent(verdicts, reasons))
    if any(number > _MANY_REASONS for number in each.values()):
        reasons = {}  # the link to all limits leads to them
    for (silence, why), named in _silent(verdicts, reasons).items():
        if silence in _NOT_TESTED:
            because = f" {upper_first(why).rstrip('.')}." if why else ""
            yield f"Statistics on {named}: {silence_words(silence)}.{because}"
    if any(verdict.statistics in ("for", "leaning for") for verdict in verdicts):
        yield "Unmeasured similarity of tied units could produce the same statistical finding."


def undecided(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """What the statistics tested and do not decide, by the kind of silence."""
    for (silence, _), named in _silent(verdicts, {}).items():
        if silence not in _NOT_TESTED:
            yield f"Statistics on {named}: {silence_words(silence)}."


def _silent(verdicts: Sequence[Verdict], reasons: Mapping[str, str]) -> dict[tuple[Silence, str], str]:
    """Mechanisms on which statistics are silent, in words, by the kind of silence and its reason."""
    alike: dict[tuple[Silence, str], list[str]] = {}
    for verdict in verdicts:
        if verdict.statistics_silence is not None:
            why = reasons.get(verdict.mechanism, "")
            alike.setdefault((verdict.statistics_silence, why), []).append(verdict.mechanism)
    return {
        subject: "every mechanism" if len(about) == len(verdicts) > 1 else listed(about)
        for subject, about in alike.items()
    }


def _closed(result: Result) -> Iterator[str]:
    """Questions that the dates rule out, and why: the soundest reason, which is printed first."""
    questions = {analysis.id: analysis.question for analysis in result.analyses}
    closed = [chronology for chronology in result.chronology if chronology.testable is False]
    if len(closed) == 1:
        [chronology] = closed
        first = chronology.analysis == result.analyses[0].id
        question = "This question" if first else _quoted(questions[chronology.analysis])
        why = _spoken(chronology.reason).partition("; ")[0].rstrip(".")
        yield f"{question} cannot be tested: {lower_first(why)}."
    elif closed:
        many = upper_first(in_words(len(closed), "question"))
        yield f"{many} cannot be tested: the dates do not allow it."


def _quoted(question: str) -> str:
    return f"“{_cut(question, _TITLE)}”"


def _spoken(reason: str) -> str:
    """A reason with days as a reader would say them."""
    return _ISO.sub(lambda day: as_written(day[0]), reason)


_ISO = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")


def _words(*texts: str | None) -> int:
    return sum(len(text.split()) for text in texts if text)


def _cut(text: str, most: int) -> str:
    words = text.split()
    return text if len(words) <= most else " ".join(words[:most]) + " …"
