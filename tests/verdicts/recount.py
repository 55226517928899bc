"""What a sentence states, counted and computed again from the findings it was made from.

Written apart from the package: counts from single passages, probabilities from decibans, thresholds and the
rule from their published form. A text is read from its start to its end, sentence by sentence: a form that is
not known here is an error, so that no number passes unseen.
"""

from __future__ import annotations

import re

import chronicle
from recount_numbers import SPEAK, Read
from recount_sentences import FORMS

from diffuscope.result import Result


def check(result: Result) -> int:
    """Recount every sentence of a result; how many statements were found and hold."""
    dates = {one.analysis: one for one in result.chronology}
    histories = {one.analysis: one for one in result.histories}
    found = sum(chronicle.check(one) for one in result.chronology)
    for verdict in result.verdicts:
        findings = [one for one in result.findings if one.analysis == verdict.analysis]
        behind = histories.get(verdict.analysis), result.frames.get(f"panel_{verdict.analysis}")
        found += of_verdict(verdict, findings, dates[verdict.analysis], *behind)
    return found


def of_verdict(verdict, findings, dates, history=None, panel=None) -> int:
    """Recount the sentences of one verdict; how many sentences were read."""
    own = [one for one in findings if one.mechanism == verdict.mechanism]
    read = Read(
        verdict,
        next((one for one in own if one.body == "evidence"), None),
        tuple(one for one in own if one.body == "statistics"),
        tuple(one for one in findings if one.mechanism != verdict.mechanism),
        dates,
    )
    if verdict.mechanism != "neighbours":
        assert verdict.verdict == read.again()
    reasons = [one.reason for one in read.statistics if one.reason]
    for reason in reasons:
        if one_of(reason, verdict.sentence):
            chronicle.reason(reason, verdict.mechanism, history, panel)
    found = 0
    for text in filter(None, (verdict.sentence, verdict.difference)):
        assert "nothing that was found speaks for it" not in text.lower()
        assert "so do we" not in text.lower()
        found += consumed(text, read, [dates.reason, *reasons])
    complete(read)
    return found


def one_of(reason: str, text: str) -> bool:
    return bool(reason) and reason in text


def consumed(text: str, read: Read, verbatim: list[str]) -> int:
    """Read a text from its start to its end; every sentence has to be of a known form, and hold."""
    rest, sentences = text, 0
    while rest:
        for words in verbatim:
            if words and rest.lower().startswith(words.lower()):
                rest = rest[len(words) :].lstrip()
                break
        else:
            for pattern, holds in FORMS:
                match = re.match(pattern, rest)
                if match is not None:
                    holds(read, **match.groupdict())
                    rest = rest[match.end() :].lstrip()
                    break
            else:
                raise AssertionError(f"a sentence of a form that is not known here: {rest!r}")
        sentences += 1
    return sentences


def complete(read: Read) -> None:
    """What has to stand in the sentence of a verdict that rests on passages."""
    if read.detail is None or read.evidence.silence == "no data" or read.verdict.verdict == "not testable":
        return
    text = read.verdict.sentence
    assert re.search(SPEAK, text)
    assert bool(read.detail.failed) == ("ecessary condition" in text)
    leaning = read.evidence.stance.startswith("leaning")
    assert bool(read.detail.caps and leaning) == ("limited to leaning" in text)
    differs = read.detail.other_stance not in (None, read.evidence.stance)
    assert differs == ("read broadly, the evidence" in text)
