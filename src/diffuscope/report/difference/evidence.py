"""What two results state differently of the coded evidence on one mechanism."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.records.numbers import signed
from diffuscope.records.phrases import counted
from diffuscope.report.difference.dates import table_reasons
from diffuscope.report.difference.made import RULES, changed_tables, rule_of
from diffuscope.report.difference.records import NONE, Reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diffuscope.records import EvidenceDetail, EvidenceItem, Finding, Posterior
    from diffuscope.report.difference.records import Because, Of
    from diffuscope.result import Result

TABLES = ("evidence", "documents")
"""Tables from which the evidence is read."""
CODED = (
    "direction", "p_if_true", "p_if_false", "searched", "definition", "cluster", "coders", "criteria", "unit",
    "date", "document",
)  # fmt: skip
"""What is coded of a passage; its weight follows from it."""
EVEN, TINY = 0.5, 1e-9


def evidence_reasons(old: Result, new: Result, was: Finding | None, now: Finding | None) -> Iterator[Reason]:
    """Why the evidence may say something else of a mechanism.

    Parameters
    ----------
    old, new : Result
    was, now : Finding or None
        Of the evidence; None where it was not asked.
    """
    before, after = (None if one is None else one.evidence for one in (was, now))
    if before is None or after is None:
        if before is not after:
            yield _reason("data", "coded passages", _count(before), _count(after))
    else:
        yield from _passages(before, after, recoded="evidence" in changed_tables(old, new))
        yield from _pooled(before, after)
        yield from _withstands(before, after)
        yield from _limited(before, after)
    yield from table_reasons("evidence", old, new, TABLES)
    yield from stance_rule_reasons("evidence", old, new)


def stance_rule_reasons(of: Of, old: Result, new: Result) -> Iterator[Reason]:
    """The rule by which a body comes to its stances, where it changed or one result does not carry it."""
    before, after = rule_of(old, of), rule_of(new, of)
    if before == after:
        return
    fresh = sum(row not in before for row in after)
    words = (counted(len(rows), "row") if rows else "not carried" for rows in (before, after))
    was, now = words
    if before and after:
        yield Reason(
            of=of,
            because="rule",
            about=RULES[of],
            before=was,
            after=f"{now}, {fresh} of them not in the older",
        )
    else:
        yield Reason(of=of, because="unknown", about=RULES[of], before=was, after=now)


def decibans(weight: float) -> str:
    """A weight of evidence with its sign and unit."""
    return f"{signed(weight)} dB"


def _reason(because: Because, about: str, before: str, after: str) -> Reason:
    return Reason(of="evidence", because=because, about=about, before=before, after=after)


def _count(detail: EvidenceDetail | None) -> str:
    if detail is None:
        return "none"
    return f"{len(detail.items)}, {decibans(detail.decibans)}, p = {detail.p:.3f}"


def _passages(before: EvidenceDetail, after: EvidenceDetail, *, recoded: bool) -> Iterator[Reason]:
    """Passages that are new, gone, coded otherwise, or weighed otherwise though coded alike."""
    was, now = ({item.id: item for item in detail.items} for detail in (before, after))
    for name in dict.fromkeys([*was, *now]):
        one, other = was.get(name), now.get(name)
        about = f"passage `{name}`"
        if one is None or other is None:
            yield _reason(
                "data", about, *(NONE if item is None else decibans(item.decibans) for item in (one, other))
            )
            continue
        fields = [field for field in CODED if getattr(one, field) != getattr(other, field)]
        if fields:
            yield _reason("data", about, _coded(one, fields), _coded(other, fields))
        elif not _equal_within_rounding(one.decibans, other.decibans):
            # a verbal band is not in the record: where the table changed, it may be another band
            reweighed = one.p_if_true is not None or not recoded
            words = f"weight of passage `{name}`" + (", coded alike" if reweighed else "")
            yield _reason(
                "rule" if reweighed else "data", words, decibans(one.decibans), decibans(other.decibans)
            )


def _coded(item: EvidenceItem, fields: Sequence[str]) -> str:
    def words(value: object) -> str:
        if isinstance(value, tuple):
            return ", ".join(map(str, value)) or "none"
        return "not stated" if value is None else str(value)

    coding = "; ".join(f"{field.replace('_', ' ')}: {words(getattr(item, field))}" for field in fields)
    return f"{decibans(item.decibans)} ({coding})"


def _equal_within_rounding(one: float, other: float) -> bool:
    return abs(one - other) < TINY


def _pooled(before: EvidenceDetail, after: EvidenceDetail) -> Iterator[Reason]:
    if _equal_within_rounding(before.decibans, after.decibans) and _equal_within_rounding(before.p, after.p):
        return
    same = [
        sorted((item.id, item.cluster, round(item.decibans, 9)) for item in one.items)
        for one in (before, after)
    ]
    weights = decibans(before.decibans), decibans(after.decibans)
    if weights[0] != weights[1]:
        if same[0] == same[1]:
            yield _reason("rule", "the pooling of the same passages", *weights)
        else:
            yield _reason("number", "the total of the passages", *weights)
    shown = f"{before.p:.3f}", f"{after.p:.3f}"
    if shown[0] != shown[1]:
        yield _reason("number", "the probability", *shown)


def _withstands(before: EvidenceDetail, after: EvidenceDetail) -> Iterator[Reason]:
    """Settings under which the probability leaves its side of one half in one result and not in the other."""
    kinds = (
        ("with any one passage left out", "leave_one_out"),
        ("with any one document left out", "leave_one_source_out"),
        ("at other dependence within clusters", "by_rho"),
        ("at other chances of a search", "by_searched"),
    )
    for about, field in kinds:
        was, now = (_worst(detail.p, getattr(detail, field)) for detail in (before, after))
        if _crosses(before.p, was) != _crosses(after.p, now):
            words = (_probability_with_worst(detail.p, one) for detail, one in ((before, was), (after, now)))
            yield _reason("number", f"the probability {about}", *words)


def _worst(p: float, settings: Sequence[Posterior]) -> Posterior | None:
    """The setting that takes a probability farthest towards the other side of one half."""
    if not settings:
        return None
    return (min if p > EVEN else max)(settings, key=lambda one: one.p)


def _crosses(p: float, worst: Posterior | None) -> bool:
    """Whether a probability does not stay clearly on its side; what was not computed is not said to cross."""
    if worst is None:
        return False
    return worst.p <= EVEN + TINY if p > EVEN else worst.p >= EVEN - TINY


def _probability_with_worst(p: float, worst: Posterior | None) -> str:
    if worst is None:
        return "not stated"
    where = "not on its side of one half" if _crosses(p, worst) else "on its side of one half"
    return f"{worst.p:.3f} {worst.setting}, {where}"


def _limited(before: EvidenceDetail, after: EvidenceDetail) -> Iterator[Reason]:
    pairs = (
        ("what limits it to a leaning stance", before.caps, after.caps),
        ("necessary criteria that fail", before.failed, after.failed),
    )
    for about, was, now in pairs:
        if was != now:
            yield _reason("limit", about, "; ".join(was) or "none", "; ".join(now) or "none")
    if before.lines and after.lines and before.lines != after.lines:
        lines = [", ".join(f"{line:g}" for line in one.lines) for one in (before, after)]
        yield _reason("rule", "the lines between stances", *lines)
