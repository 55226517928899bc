"""Every verdict that differs between two results, with all that they state differently behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from diffuscope.records.phrases import counted, listed, upper_first
from diffuscope.report.difference.dates import dates_reasons
from diffuscope.report.difference.evidence import evidence_reasons
from diffuscope.report.difference.made import RULES, rule_of
from diffuscope.report.difference.records import NONE, Reason, VerdictDifference
from diffuscope.report.difference.statistics import joint_words, statistics_reasons
from diffuscope.report.words import NEIGHBOURS, stance_label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diffuscope.records import Finding, Verdict
    from diffuscope.report.difference.records import Of
    from diffuscope.result import Result


class Line(NamedTuple):
    """One line of the verdicts in one result, with what stands behind it.

    Attributes
    ----------
    result : Result
    verdict : Verdict
    evidence, statistics : str
        What each body says, as labels.
    closed : bool
        Whether the dates rule diffusion out.
    """

    result: Result
    verdict: Verdict
    evidence: str
    statistics: str
    closed: bool


def changed_lines(old: Result, new: Result) -> Iterator[VerdictDifference]:
    """Lines of which the verdict, a stance or the probability differs; those that are new come last."""
    before, after = _lines(old), _lines(new)
    for key in dict.fromkeys([*before, *after]):
        was, now = before.get(key), after.get(key)
        if was is None or now is None:
            yield _one_sided(key, was, now, (old, new))
        elif _states(was) != _states(now) or _probability(was, key) != _probability(now, key):
            yield _two_sided(key, was, now)


def _lines(result: Result) -> dict[tuple[str, str], Line]:
    closed = {dates.analysis for dates in result.chronology if dates.testable is False}
    lines = {}
    for one in result.verdicts:
        statistics = stance_label(one.statistics, one.statistics_silence)
        joint = joint_words(result, one.analysis, one.mechanism)
        lines[one.analysis, one.mechanism] = Line(
            result,
            one,
            stance_label(one.evidence, one.evidence_silence, "evidence"),
            f"{statistics}, {joint}" if joint else statistics,
            one.analysis in closed,
        )
    return lines


def _states(line: Line) -> tuple[object, ...]:
    return line.verdict.verdict, line.evidence, line.statistics, line.closed


def _probability(line: Line, key: tuple[str, str]) -> str | None:
    finding = _evidence(line, key)
    return None if finding is None or finding.evidence is None else f"{finding.evidence.p:.3f}"


def _one_sided(
    key: tuple[str, str], was: Line | None, now: Line | None, results: tuple[Result, Result]
) -> VerdictDifference:
    """A line that only one of the two results has."""
    line = was or now
    if line is None:
        raise AssertionError("a line that neither result has is no difference")
    lacking = results[1] if now is None else results[0]
    about, why = _why_lacking(lacking, "newer" if now is None else "older", key)

    def sided(words: str) -> tuple[str, str]:
        return (words, NONE) if now is None else (NONE, words)

    before, after = sided(line.verdict.verdict)
    without, within = ("asked", NONE) if now is None else (NONE, "asked")
    return VerdictDifference(
        analysis=key[0],
        mechanism=key[1],
        before=before,
        after=after,
        evidence=sided(line.evidence),
        statistics=sided(line.statistics),
        because=f"{'This line is gone' if now is None else 'This line is new'}: {why}.",
        reasons=(Reason(of="verdict", because="line", about=about, before=without, after=within),),
    )


def _why_lacking(result: Result, which: str, key: tuple[str, str]) -> tuple[str, str]:
    """What a result does not have that a line speaks of, as words for the reason and for the sentence."""
    analysis, mechanism = key
    if analysis not in {one.id for one in result.analyses}:
        return f"the question `{analysis}`", f"the {which} result does not ask the question `{analysis}`"
    if "mechanisms" not in result.run.parts:
        return "the part mechanisms", f"the {which} result was made without verdicts"
    if mechanism == NEIGHBOURS and not rule_of(result, "neighbours"):
        return RULES["neighbours"], f"the rule of the {which} result has no rows on neighbours"
    if mechanism == NEIGHBOURS:
        return "neighbours", f"the {which} result was not asked about neighbours"
    if mechanism not in {one.name for one in result.mechanisms}:
        return f"the mechanism {mechanism}", f"the {which} result does not know this mechanism"
    return "the line", f"the {which} result has no such line and gives no reason"


def _two_sided(key: tuple[str, str], was: Line, now: Line) -> VerdictDifference:
    reasons = tuple(_reasons(key, was, now))
    return VerdictDifference(
        analysis=key[0],
        mechanism=key[1],
        before=was.verdict.verdict,
        after=now.verdict.verdict,
        evidence=(was.evidence, now.evidence),
        statistics=(was.statistics, now.statistics),
        because=_because(was, now, reasons),
        reasons=reasons,
    )


def _because(was: Line, now: Line, reasons: tuple[Reason, ...]) -> str:
    """Why a verdict changed: the dates, the bodies, or the rule, as far as it can be told apart."""
    if _states(was) == _states(now):
        return "Verdict and stances stay; the probability of the evidence changed."
    lead = _lead(reasons)
    if was.verdict.verdict == now.verdict.verdict:
        return f"The verdict stays; {_listed_moves(was, now)}.{lead}"
    if was.closed != now.closed:
        rule = "now rule" if now.closed else "no longer rule"
        return f"The dates {rule} diffusion out."
    moves = _moves(was, now)
    rule_moved = _rule(was) != _rule(now)
    if moves and rule_moved:
        both = upper_first(_listed_moves(was, now))
        return f"{both}, and the rule changed; the results do not show which of them caused the change.{lead}"
    if moves:
        which = ": the results do not show which of them caused the change" if moves > 1 else ""
        return f"{upper_first(_listed_moves(was, now))}{which}.{lead}"
    if rule_moved:
        return "Dates and stances are the same; the rule changed."
    return "Dates, stances and rule are the same; the two results do not show what changed it."


def _lead(reasons: tuple[Reason, ...]) -> str:
    """What comes before all numbers: an exposure that could not be made in one of the results."""
    for one in reasons:
        if one.of == "statistics" and one.about.startswith("the exposure "):
            refused = [", refused: " in words for words in (one.before, one.after)]
            if refused == [True, False]:
                return " Its exposure was refused before and is now used."
            if refused == [False, True]:
                return " Its exposure was used before and is now refused."
    return ""


def _moves(was: Line, now: Line) -> int:
    return (was.evidence != now.evidence) + (was.statistics != now.statistics)


def _listed_moves(was: Line, now: Line) -> str:
    moved = []
    if was.closed != now.closed:
        moved.append(f"the dates {'now' if now.closed else 'no longer'} rule diffusion out")
    if was.evidence != now.evidence:
        moved.append(f"the evidence changed from “{was.evidence}” to “{now.evidence}”")
    if was.statistics != now.statistics:
        moved.append(f"the statistics changed from “{was.statistics}” to “{now.statistics}”")
    return listed(moved)


def _reasons(key: tuple[str, str], was: Line, now: Line) -> Iterator[Reason]:
    differs = was.verdict.verdict != now.verdict.verdict
    reasons: list[Reason] = []
    if differs:
        reasons += _of_the_rule(was, now)
    if was.closed != now.closed or was.statistics != now.statistics:
        reasons += dates_reasons(was.result, now.result, key[0])
    if was.evidence != now.evidence or _probability(was, key) != _probability(now, key):
        pair = _evidence(was, key), _evidence(now, key)
        reasons += _or_unknown("evidence", was, now, evidence_reasons(was.result, now.result, *pair))
    if was.statistics != now.statistics:
        reasons += _or_unknown("statistics", was, now, statistics_reasons(was.result, now.result, *key))
    if not reasons:
        unknown = was.verdict.verdict, now.verdict.verdict
        reasons.append(_unknown("verdict", *unknown))
    yield from reasons


def _or_unknown(of: Of, was: Line, now: Line, given: Iterator[Reason]) -> list[Reason]:
    """The reasons of a changed stance; where the results carry none, that is said."""
    reasons = list(given)
    if not any(one.because != "unknown" for one in reasons):
        words = (was.evidence, now.evidence) if of == "evidence" else (was.statistics, now.statistics)
        reasons.append(_unknown(of, *words))
    return reasons


def _unknown(of: Of, before: str, after: str) -> Reason:
    about = "everything else that both results hold on it is the same"
    return Reason(of=of, because="unknown", about=about, before=before, after=after)


def _of_the_rule(was: Line, now: Line) -> Iterator[Reason]:
    before, after = _rule(was), _rule(now)
    if before == after:
        return
    fresh = sum(row not in before for row in after)
    name = RULES[_kind(now)]
    known = bool(before and after)
    yield Reason(
        of="verdict",
        because="rule" if known else "unknown",
        about=name,
        before=_rows(len(before)),
        after=f"{_rows(len(after))}, {fresh} of them not in the older" if known else _rows(len(after)),
    )
    if was.verdict.rule != now.verdict.rule:
        row = "the row of the rule that holds"
        yield Reason(of="verdict", because="rule", about=row, before=was.verdict.rule, after=now.verdict.rule)


def _kind(line: Line) -> str:
    return "neighbours" if line.verdict.mechanism == NEIGHBOURS else "mechanisms"


def _rule(line: Line) -> tuple[tuple[str, str], ...]:
    return rule_of(line.result, _kind(line))


def _evidence(line: Line, key: tuple[str, str]) -> Finding | None:
    own = (one for one in line.result.findings if (one.analysis, one.mechanism) == key)
    return next((one for one in own if one.body == "evidence"), None)


def _rows(rows: int) -> str:
    return counted(rows, "row") if rows else "not carried"
