"""What a sentence states, counted and computed again from the findings it was made from.

Written apart from the package: counts from single passages, probabilities from decibans, thresholds and the
rule from their published form. Whatever number of a sentence is not accounted for is an error.
"""

from __future__ import annotations

import math
import re

from diffuscope.result import Result

LINES = (0.2, 0.4, 0.6, 0.8)
PASSAGES = re.compile(
    r"(?P<one>\d+) passages? speaks? (?P<side>for|against) it and (?P<two>\d+|none) (?:for|against)"
)
DECIBANS = re.compile(r"([+−]?\d+\.\d) dB, a probability of ")
PROBABILITY = re.compile(
    r"probability (?:is|of) (about [\d.]+|below 0\.01|above 0\.99) "
    r"\(((?:below |above )?[\d.]+) to ((?:below |above )?[\d.]+) if the coder is moderately off\)"
)
BROAD = re.compile(
    r"(?:read broadly, the evidence|on the broad reading it) (.+?) \((about [\d.]+|below 0\.01|above 0\.99)\)"
)
COEFFICIENT = re.compile(r"the coefficient is (\S+) \(95 % interval (\S+|no end) to (\S+?|no end)\)")
PERMUTED = re.compile(r"permuted ties p = (\d\.\d{3})(?:, (\d\.\d{3}) over all mechanisms)?")
WITHSTOOD = re.compile(r"(\d+) of (\d+) safeguards that bear on it are passed")
WITHOUT = re.compile(
    r"The verdict would be ([a-z ]+) without ([^:(]+) \(([+−]?[\d.]+) dB instead of ([+−]?[\d.]+) dB\)\."
)
MORE = re.compile(r"The verdict could be ([a-z ]+) with (\d+\.\d) dB more (for|against) it\.")
SAYS = {
    "for": "speaks for it",
    "leaning for": "leans towards it",
    "silent": "is inconclusive",
    "leaning against": "leans against it",
    "against": "speaks against it",
}


def say(p: float) -> str:
    """One decimal; two where one would read 0 or 1; bounds beyond .005 and .995."""
    if p < 0.005:
        return "below 0.01"
    if p > 0.995:
        return "above 0.99"
    return f"{p:.2f}" if f"{p:.1f}" in ("0.0", "1.0") else f"{p:.1f}"


def about(p: float) -> str:
    return said if (said := say(p))[0] in "ba" else f"about {said}"


def signed(number: float) -> str:
    size = f"{abs(number):.1f}"
    return size if size == "0.0" else ("+" if number > 0 else "−") + size


def decimal(number: float | None) -> str:
    if number is None or math.isinf(number):
        return "no end"
    size = f"{abs(number):.2f}"
    return f"−{size}" if number < 0 and size != "0.00" else size


def of_weight(decibans: float) -> float:
    ratio = 10 ** (decibans / 10)
    return ratio / (1 + ratio)


def region(p: float) -> int:
    """How many of the four lines lie at or below a probability (−7 dB and the like are no lines)."""
    return sum(p >= line - 1e-9 for line in LINES)


def check(result: Result) -> int:
    """Recount every sentence of a result; how many statements were found and hold."""
    return sum(
        of_verdict(verdict, [one for one in result.findings if one.analysis == verdict.analysis])
        for verdict in result.verdicts
    )


def of_verdict(verdict, findings) -> int:
    """Recount the sentences of one verdict."""
    own = [one for one in findings if one.mechanism == verdict.mechanism]
    evidence = next((one for one in own if one.body == "evidence"), None)
    found = 0
    for text in filter(None, (verdict.sentence, verdict.difference)):
        found += passages(text, evidence, verdict)
        found += estimates(text, own)
        assert "nothing that was found speaks for it" not in text
        assert "so do we" not in text
    return found


def passages(text: str, finding, verdict) -> int:
    detail = None if finding is None else finding.evidence
    found = 0
    for match in PASSAGES.finditer(text):
        narrow = [item.decibans for item in detail.items if item.definition != "broad"]
        yes, no = sum(weight > 0 for weight in narrow), sum(weight < 0 for weight in narrow)
        first, second = (yes, no) if match["side"] == "for" else (no, yes)
        assert (int(match["one"]), 0 if match["two"] == "none" else int(match["two"])) == (first, second)
        found += 1
    if detail is not None and verdict.verdict != "not testable" and finding.silence != "no data":
        assert PASSAGES.search(text) or "no passage weighs anything" in text.lower()
    for match in DECIBANS.finditer(text):
        assert match[1] == signed(detail.decibans)
        found += 1
    for match in PROBABILITY.finditer(text):
        assert match[1] == about(of_weight(detail.decibans))
        assert (match[2], match[3]) == (say(detail.noise[0]), say(detail.noise[1]))
        found += 1
    for match in BROAD.finditer(text):
        assert detail.other_stance != finding.stance
        assert match[1] == SAYS[detail.other_stance]
        assert match[2] == about(of_weight(detail.other_definition.decibans))
        found += 1
    if detail is not None and detail.other_stance not in (None, finding.stance):
        assert BROAD.search(text) or verdict.verdict == "not testable"
    found += changes(text, detail, verdict)
    return found


def changes(text: str, detail, verdict) -> int:
    found = 0
    for match in WITHOUT.finditer(text):
        settings = (*detail.leave_one_out, *detail.leave_one_source_out)
        [one] = {
            one.decibans
            for one in settings
            if one.setting == f"without {match[2]}" and signed(one.decibans) == match[3]
        }
        assert match[4] == signed(detail.decibans)
        assert region(of_weight(one)) != region(of_weight(detail.decibans))
        assert match[1] != verdict.verdict
        found += 1
    for match in MORE.finditer(text):
        step = float(match[2]) * (1 if match[3] == "for" else -1)
        here = region(of_weight(detail.decibans))
        # to a tenth of a deciban: the next line is reached just beyond, and not before
        assert region(of_weight(detail.decibans + step + math.copysign(0.06, step))) != here
        assert region(of_weight(detail.decibans + step - math.copysign(0.06, step))) == here
        assert match[1] != verdict.verdict
        found += 1
    return found


def estimates(text: str, findings) -> int:
    trials = [one.trial for one in findings if one.trial is not None]
    found = 0
    for match in COEFFICIENT.finditer(text):
        assert (match[1], match[2], match[3]) in [
            tuple(map(decimal, (one.estimate, one.low, one.high))) for one in trials
        ]
        found += 1
    for match in PERMUTED.finditer(text):
        pairs = [
            (f"{guard.p:.3f}", None if one.p_holm in (None, guard.p) else f"{one.p_holm:.3f}")
            for one in trials
            for guard in one.safeguards
            if guard.name == "permuted ties" and guard.p is not None
        ]
        assert (match[1], match[2]) in pairs
        found += 1
    for match in WITHSTOOD.finditer(text):
        counts = []
        for one in trials:
            asked = [guard for guard in one.safeguards if guard.applies and guard.role != "beside"]
            counts.append((sum(guard.passed is True for guard in asked), len(asked)))
        assert (int(match[1]), int(match[2])) in counts
        found += 1
    return found
