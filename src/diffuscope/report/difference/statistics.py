"""What two results state differently of the statistics on one mechanism."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.records.numbers import decimal, p_value
from diffuscope.records.phrases import counted, listed
from diffuscope.report.difference.dates import field_reasons, table_reasons
from diffuscope.report.difference.evidence import stance_rule_reasons
from diffuscope.report.difference.made import changed_tables, format_of
from diffuscope.report.difference.records import NONE, Reason
from diffuscope.report.words import NEIGHBOURS, stance_label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diffuscope.records import EventHistory, ExposureRecord, Finding, Safeguard, SafeguardResults
    from diffuscope.report.difference.records import Because
    from diffuscope.result import Result

TABLES = (
    "adoptions", "policies", "units", "attributes", "ties", "support", "events", "attendance", "outcomes",
)  # fmt: skip
"""Tables from which the statistics are read."""
CHANNEL = ("lag", "policies", "units", "window", "period", "tier", "tiers")
BY_MECHANISM = ("layers", "lags", "forms")
"""What of a question bears on an exposure: on all, and on that of one mechanism."""
WITNESSES = ("event history", "inferred networks")
TWO_SIDED_UNTIL = 1
"""The last format whose p-values of permuted ties are two-sided."""
GATE = "permuted ties"
POSITIVE, NEGATIVE = ("for", "leaning for"), ("against", "leaning against")


def joint_words(result: Result, analysis: str, mechanism: str) -> str:
    """That the statistics speak only jointly with rivals, or their witnesses against each other."""
    findings = _findings(result, analysis, mechanism)
    stances = [one.stance for one in findings.values()]
    if any(one in POSITIVE for one in stances) and any(one in NEGATIVE for one in stances):
        return "event history and inferred networks point in opposite directions"
    joint = next((one.joint_with for one in findings.values() if one.stance in POSITIVE), ())
    return f"jointly with {listed(joint)}" if joint else ""


def statistics_reasons(old: Result, new: Result, analysis: str, mechanism: str) -> Iterator[Reason]:
    """Why the statistics may say something else of a mechanism.

    Parameters
    ----------
    old, new : Result
    analysis, mechanism : str
    """
    before, after = (_findings(result, analysis, mechanism) for result in (old, new))
    for witness in WITNESSES:
        was, now = before.get(witness), after.get(witness)
        if (was is None) != (now is None):
            same_parts = ("statistics" in old.run.parts) == ("statistics" in new.run.parts)
            yield _reason("line" if same_parts else "question", witness, _label(was), _label(now))
        elif was is not None and now is not None and witness != WITNESSES[0] and _label(was) != _label(now):
            yield _reason("number", witness, _label(was), _label(now))
    yield from _exposures(old, new, analysis, mechanism)
    yield from _panels(old, new, analysis)
    yield from _trials(old, new, *(findings.get(WITNESSES[0]) for findings in (before, after)))
    yield from _rivals(before.get(WITNESSES[0]), after.get(WITNESSES[0]))
    yield from field_reasons("statistics", old, new, analysis)
    if old.run.seed != new.run.seed:
        yield _reason("question", "the seed", str(old.run.seed), str(new.run.seed))
    yield from table_reasons("statistics", old, new, TABLES)
    yield from stance_rule_reasons("statistics", old, new)


def _reason(because: Because, about: str, before: str, after: str) -> Reason:
    return Reason(of="statistics", because=because, about=about, before=before, after=after)


def _label(finding: Finding | None) -> str:
    return NONE if finding is None else stance_label(finding.stance, finding.silence)


def _findings(result: Result, analysis: str, mechanism: str) -> dict[str, Finding]:
    own = (one for one in result.findings if (one.analysis, one.mechanism) == (analysis, mechanism))
    return {one.witness: one for one in own if one.body == "statistics"}


def _history(result: Result, analysis: str) -> EventHistory | None:
    return next((one for one in result.histories if one.analysis == analysis), None)


def _panels(old: Result, new: Result, analysis: str) -> Iterator[Reason]:
    was, now = (_panel(_history(result, analysis)) for result in (old, new))
    if was != now:
        yield _reason("number", "rows at risk", was, now)


def _panel(history: EventHistory | None) -> str:
    if history is None:
        return NONE
    if history.refused is not None:
        return f"none: {history.refused.rstrip('.')}"
    return f"{history.rows:,} with {counted(history.events, 'event')}"


def _exposures(old: Result, new: Result, analysis: str, mechanism: str) -> Iterator[Reason]:
    was, now = (_channels(_history(result, analysis), mechanism) for result in (old, new))
    for name in dict.fromkeys([*was, *now]):
        before, after = was.get(name, NONE), now.get(name, NONE)
        if before != after:
            why = _why_exposure(old, new, analysis, mechanism)
            yield _reason(why, f"the exposure `{name}`", before, after)


def _channels(history: EventHistory | None, mechanism: str) -> dict[str, str]:
    wanted = None if mechanism == NEIGHBOURS else mechanism
    exposures = () if history is None else history.exposures
    return {one.name: _channel(one) for one in exposures if one.mechanism == wanted}


def _channel(exposure: ExposureRecord) -> str:
    ties = f"`{exposure.layer}`" if exposure.layer else "no layer"
    if exposure.refused is not None:
        return f"{ties}, refused: {exposure.refused.rstrip('.')}"
    return (
        f"{ties}, {exposure.form}, lag {exposure.lag}, known in {exposure.known:,} of "
        f"{counted(exposure.rows, 'row')}"
    )


def _why_exposure(old: Result, new: Result, analysis: str, mechanism: str) -> Because:
    """What an exposure that differs is put down to: the question, else the data, else nothing known."""
    was, now = (_channel_settings(result, analysis, mechanism) for result in (old, new))
    if was != now:
        return "question"
    return "data" if set(TABLES) & changed_tables(old, new).keys() else "unknown"


def _channel_settings(result: Result, analysis: str, mechanism: str) -> list[object]:
    """What a question says that bears on the exposure of one mechanism."""
    question = next((one for one in result.analyses if one.id == analysis), None)
    if question is None:
        return []
    by_mechanism = [getattr(question, name).get(mechanism) for name in BY_MECHANISM]
    return [*(getattr(question, name) for name in CHANNEL), *by_mechanism]


def _trials(old: Result, new: Result, was: Finding | None, now: Finding | None) -> Iterator[Reason]:
    """The coefficient, its p-values, and every safeguard that bears on the stance."""
    before, after = (None if one is None else one.trial for one in (was, now))
    if before is None and after is None:
        return
    first, last = _numbers(old, before), _numbers(new, after)
    for about in dict.fromkeys([*first, *last]):
        pair = first.get(about, NONE), last.get(about, NONE)
        if pair[0] != pair[1]:
            yield _reason("number", about, *pair)
    earlier, later = (_safeguards(trial) for trial in (before, after))
    for name in dict.fromkeys([*earlier, *later]):
        one, other = earlier.get(name), later.get(name)
        if {one.role if one else "beside", other.role if other else "beside"} == {"beside"}:
            continue
        if _withstood(one) != _withstood(other):
            yield _reason("safeguard", name, _withstood(one), _withstood(other))


def _numbers(result: Result, trial: SafeguardResults | None) -> dict[str, str]:
    """What a stance is computed from, as words."""
    if trial is None:
        return {}
    sides = " (two-sided)" if format_of(result) <= TWO_SIDED_UNTIL else ""
    gate = next((one for one in trial.safeguards if one.name == GATE), None)
    values = {
        "p of permuted ties": gate.p if gate else None,
        "p after Holm's method": trial.p_holm,
        "p that relabelled ties give a coefficient as small, after Holm's method": trial.p_holm_less,
    }
    interval = f"95 % interval {decimal(trial.ci_low)} to {decimal(trial.ci_high)}"
    numbers = {"the coefficient": f"{decimal(trial.estimate)} ({interval})"}
    numbers |= {about: f"{p_value(p)}{sides}" for about, p in values.items() if p is not None}
    if gate is not None and gate.draws is not None:
        numbers["draws of permuted ties"] = f"{gate.draws:,}"
    if trial.smallest is not None:
        numbers["the smallest coefficient of interest"] = f"{trial.smallest:.2g}"
    return numbers


def _safeguards(trial: SafeguardResults | None) -> dict[str, Safeguard]:
    return {} if trial is None else {one.name: one for one in trial.safeguards}


def _withstood(one: Safeguard | None) -> str:
    """What became of a safeguard, with its role; what does not apply is not missing."""
    if one is None:
        return NONE
    if not one.applies:
        return "does not apply"
    outcome = "missing" if one.passed is None else "passed" if one.passed else "failed"
    return f"{outcome} ({one.role})"


def _rivals(was: Finding | None, now: Finding | None) -> Iterator[Reason]:
    before, after = (() if one is None else one.joint_with for one in (was, now))
    if before != after:
        yield _reason("limit", "only jointly with", listed(before) or "nobody", listed(after) or "nobody")
