"""Every form of sentence that is known, each with what it states and how that is counted again."""

from __future__ import annotations

import math
import re

import chronicle
from recount_numbers import (
    AGREES,
    AUTHOR,
    COEFFICIENT,
    RANGE,
    SAYS,
    SILENT,
    SPEAK,
    STANCES,
    STATISTICS,
    UNTESTED,
    P,
    about,
    decimal,
    named,
    of_weight,
    region,
    say,
    signed,
)


def starts(read, verdict, neighbours):
    assert verdict.lower() == read.verdict.verdict
    assert (neighbours is not None) == (read.verdict.mechanism == "neighbours")


def speaks(read, said):
    narrow = [item.decibans for item in read.detail.items if item.definition != "broad"]
    yes, no = sum(weight > 0 for weight in narrow), sum(weight < 0 for weight in narrow)
    if "weighs anything" in said:
        assert (yes, no) == (0, 0)
        return
    one, side, two = re.match(r"(\d+) passages? speaks? (for|against) it and (\d+|none)", said).groups()
    counts = int(one), 0 if two == "none" else int(two)
    assert counts == ((yes, no) if side == "for" else (no, yes))


def ranged(read, p, extent):
    low, high = (say(end) for end in read.detail.noise)
    assert p == about(of_weight(read.detail.decibans))
    assert extent == f"({low} to {high} if the coder is moderately off)"


def motive(read, speak):
    assert read.dates.testable is False
    speaks(read, speak)


def evidence(read, says, speak, together, decibans, p, extent):
    assert says == SAYS[read.evidence.stance]
    speaks(read, speak)
    assert decibans == signed(read.detail.decibans)
    weights = [item for item in read.detail.items if item.definition != "broad" and item.decibans]
    assert (together is not None) == (len(weights) > 1)
    ranged(read, p, extent)


def uncoded(read):
    assert read.detail is None


def countless(read):
    assert read.evidence.silence == "no data"
    assert all(item.decibans == 0 for item in read.detail.items if item.definition != "broad")


def fails(read, one, more):
    assert named(one or more) == read.detail.failed
    for criterion in read.detail.criteria:
        if criterion.id in read.detail.failed:
            assert criterion.decibans <= -7 + 1e-9
            assert criterion.decibans_searched <= -7 + 1e-9


def limited(read, caps):
    *first, last = read.detail.caps
    assert caps == (f"{', '.join(first)} and {last}" if first else last)
    assert read.evidence.stance in ("leaning for", "leaning against")
    for cap in read.detail.caps:
        chronicle.cap(cap, read.detail)


def broadly(read, says, p):
    assert read.detail.other_stance != read.evidence.stance
    assert says == SAYS[read.detail.other_stance]
    assert p == about(of_weight(read.detail.other_definition.decibans))


def both_readings(read, narrow, broad, p):
    assert narrow == SAYS[read.evidence.stance]
    broadly(read, broad, p)


def silent(read, label, at, low, high, p, holm):
    kind = read.verdict.statistics_silence
    assert read.verdict.statistics == "silent"
    if label.startswith("does not withstand: "):
        lacking = [
            guard.name
            for one in read.statistics
            if one.trial is not None
            for guard in one.trial.safeguards
            if guard.role == "decisive" and guard.applies and guard.passed is False
        ]
        assert (kind, list(named(label.split(": ")[1]))) == ("does not withstand", lacking)
    else:
        assert SILENT.get(label, label) == kind
    if at is not None:
        estimated(read, at, low, high, p, holm)


def statistics(read, says, joint):
    assert read.verdict.statistics in STATISTICS[says]
    if joint is not None:
        assert any(one.joint_with == named(joint) for one in read.statistics)


def tested(read, says, at, low, high, p, holm, passed, asked, lacking, less):
    assert read.verdict.statistics in STATISTICS[says]
    trial = estimated(read, at, low, high, p, holm)
    if passed is not None:
        guards = [guard for guard in trial.safeguards if guard.applies and guard.role != "beside"]
        assert (int(passed), int(asked)) == (sum(guard.passed is True for guard in guards), len(guards))
        said = [
            f"{one.name} {'missing' if one.passed is None else 'failed'}"
            for one in guards
            if one.passed is not True
        ]
        assert (lacking or "") == ", ".join(said)
        assert read.verdict.statistics in ("for", "leaning for")
    if less is not None and "whole interval" in less:
        assert trial.ci_high < trial.smallest
    elif less is not None:
        assert re.search(r"p = (\d\.\d{3})", less)[1] == f"{trial.p_holm_less:.3f}"


def estimated(read, at, low, high, p, holm):
    """The trial that states just these numbers."""
    for one in read.statistics:
        trial = one.trial
        if trial is None:
            continue
        numbers = tuple(map(decimal, (trial.estimate, trial.ci_low, trial.ci_high)))
        gate = next((guard.p for guard in trial.safeguards if guard.name == "permuted ties"), None)
        adjusted = None if trial.p_holm in (None, gate) else f"{trial.p_holm:.3f}"
        told = (None, None) if gate is None else (f"{gate:.3f}", adjusted)
        if (at, low, high) == numbers and (p, holm) == told:
            return trial
    raise AssertionError(f"no estimate of {at} with p = {p}, {holm} stands in the result")


def jointly(read, rivals):
    assert any(one.joint_with == named(rivals) for one in read.statistics)


def untested(read, rivals):
    for rival in named(rivals):
        [one] = [one for one in read.others if (one.mechanism, one.body) == (rival.lower(), "statistics")]
        assert one.silence in UNTESTED


def divided(read):
    assert read.divided


def closed(read):
    assert read.dates.testable is False


def without(read, verdict, left, now, instead):
    settings = (*read.detail.leave_one_out, *read.detail.leave_one_source_out)
    wanted = f"without {left}"
    [one] = {one.decibans for one in settings if one.setting == wanted and signed(one.decibans) == now}
    assert instead == signed(read.detail.decibans)
    assert region(of_weight(one)) != region(of_weight(read.detail.decibans))
    possible(read, verdict)


def possible(read, verdict):
    """Another verdict, and one that another stance of the evidence gives."""
    assert verdict != read.verdict.verdict
    assert verdict in {read.again(evidence=stance) for stance in STANCES}


def more(read, verdict, size, side):
    step = float(size) * (1 if side == "for" else -1)
    here = region(of_weight(read.detail.decibans))
    # to a tenth of a deciban: the next line is reached just beyond, and not before
    assert region(of_weight(read.detail.decibans + step + math.copysign(0.06, step))) != here
    assert region(of_weight(read.detail.decibans + step - math.copysign(0.06, step))) == here
    possible(read, verdict)


def if_broad(read, verdict):
    assert verdict == read.again(evidence=read.detail.other_stance) != read.verdict.verdict


def if_rivals(read, verdict, rivals):
    jointly(read, rivals)
    assert verdict == read.again(joint=False) != read.verdict.verdict


def if_spoke(read, verdict):
    assert verdict == read.again(statistics="for", joint=False) != read.verdict.verdict


def if_silent(read, verdict):
    assert verdict == read.again(statistics="silent", joint=False) != read.verdict.verdict


def if_lifted(read, verdict, lifts):
    assert (lifts,) == read.detail.lifts
    assert verdict == read.again(evidence=read.detail.uncapped) != read.verdict.verdict


def author(read, said, verdict, agrees):
    assert AUTHOR[said] == read.verdict.author.verdict
    assert verdict == read.verdict.verdict
    assert (agrees is not None) == (verdict in AGREES[AUTHOR[said]])


def other_question(read):
    assert read.verdict.author.own_question is False


def author_closed(read, said):
    assert AUTHOR[said] == read.verdict.author.verdict
    closed(read)


def author_alone(read, said, label):
    """Nothing is confirmed and nothing contradicted where neither body had anything to look at."""
    assert AUTHOR[said] == read.verdict.author.verdict
    assert read.detail is None or read.evidence.silence == "no data"
    assert read.verdict.statistics == "silent"
    assert SILENT.get(label, label) == read.verdict.statistics_silence
    assert read.verdict.statistics_silence in UNTESTED


def beside_author(read, speak, p, extent):
    speaks(read, speak)
    ranged(read, p, extent)


NAME = r"(?P<verdict>[a-z ]+)"


SAID = "(?P<said>" + "|".join(sorted(AUTHOR, key=len, reverse=True)) + ")"


FORMS = (
    (r"The evidence is about motives only: (?P<speak>" + SPEAK + r")\.", motive),
    (
        r"The coded evidence (?P<says>[a-z ]+): (?P<speak>" + SPEAK + r"), (?P<together>together )?"
        rf"(?P<decibans>[+−]?[\d.]+) dB, a probability of (?P<p>{P}) (?P<extent>{RANGE})\.",
        evidence,
    ),
    (r"No evidence was coded\.", uncoded),
    (r"No coded passage can count\.", countless),
    (
        r"(?:A necessary condition fails: (?P<one>[^.]+)|Necessary conditions fail: (?P<more>[^.]+))\.",
        fails,
    ),
    (r"(?:It|The evidence) is limited to leaning, because (?P<caps>.+?)\.(?= [A-Z]|$)", limited),
    (
        rf"This is the narrow reading; read broadly, the evidence (?P<says>[a-z ]+) \((?P<p>{P})\)\.",
        broadly,
    ),
    (
        r"The definition matters: on the narrow reading the evidence (?P<narrow>[a-z ]+), on the "
        rf"broad reading it (?P<broad>[a-z ]+) \((?P<p>{P})\)\.",
        both_readings,
    ),
    (rf"Statistics: (?P<label>[^.;]+)(?:; {COEFFICIENT})?\.", silent),
    (
        rf"The statistics (?P<says>speak for|lean towards|lean against) it: {COEFFICIENT}"
        r"(?:; (?P<passed>\d+) of (?P<asked>\d+) relevant safeguards are passed"
        r"(?: \((?P<lacking>[^)]+)\))?)?"
        r"(?P<less>; the whole interval lies below the smallest effect of interest"
        r"|; p = \d\.\d{3} over all mechanisms that relabelled ties give a coefficient as small)?\.",
        tested,
    ),
    (
        r"The statistics (?P<says>speak for|lean towards|lean against) it"
        r"(?:, jointly with (?P<joint>[^.]+))?\.",
        statistics,
    ),
    (r"This holds only jointly with (?P<rivals>[^:]+): the data do not show which of them it was\.", jointly),
    (r"(?P<rivals>[A-Z][a-z, ]+) could not be tested\.", untested),
    (r"Event history and inferred networks point in opposite directions\.", divided),
    (r"Only different dates of adoption would change this\.", closed),
    (r"This would change if event history and inferred networks agreed\.", divided),
    (
        rf"The verdict would be {NAME} without (?!the statistics)(?P<left>[^(]+) "
        r"\((?P<now>[+−]?[\d.]+) dB instead of (?P<instead>[+−]?[\d.]+) dB\)\.",
        without,
    ),
    (
        rf"The verdict would be {NAME} if (?P<rivals>[^.]+?) were in the model or could be ruled out\.",
        if_rivals,
    ),
    (rf"The verdict would be {NAME} if the mechanism is read broadly\.", if_broad),
    (rf"The verdict would be {NAME} if statistics spoke for it\.", if_spoke),
    (rf"The verdict would be {NAME} without the statistics\.", if_silent),
    (rf"The verdict could be {NAME} with (?P<size>\d+\.\d) dB more (?P<side>for|against) it\.", more),
    (rf"The verdict could be {NAME} if (?P<lifts>.+?)\.(?= [A-Z]|$)", if_lifted),
    (rf"The author {SAID}; our verdict is {NAME}(?P<agrees>, which agrees)?\.", author),
    (r"The author asked another question; this is the closest one\.", other_question),
    (rf"The author {SAID}; the dates do not allow a test:", author_closed),
    (
        rf"The author {SAID}; here no passage that can count was coded and the statistics could not test "
        r"anything \((?P<label>[^)]+)\), so this can neither be confirmed nor contradicted\.",
        author_alone,
    ),
    (
        rf"(?P<speak>(?:No passage weighs anything for or against it|{SPEAK})); the probability is "
        rf"(?P<p>{P}) (?P<extent>{RANGE})\.",
        beside_author,
    ),
    # last, for it fits whatever begins with the name of a verdict
    (r"(?P<verdict>[A-Z][a-z ]+?)(?P<neighbours> \(mechanism not identified\))?\.", starts),
)
