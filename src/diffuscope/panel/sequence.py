"""Whether the dates of a policy leave a sequence to explain, and the reason in words.

The rules are those of a precondition check: no order, no diffusion; and no comparison, no test of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from diffuscope.panel.adoptions import DECISION
from diffuscope.panel.bounds import FAR
from diffuscope.panel.launch import Launch, launch_of
from diffuscope.panel.spans import LATE, UNKNOWN
from diffuscope.records.phrases import counted, noun, upper_first
from diffuscope.records.shares import share_words

if TYPE_CHECKING:
    from diffuscope.panel.panel import History
    from diffuscope.records import Analysis, Chronology
    from diffuscope.tables.dates import Duration

HALF, THIRD = 1 / 2, 1 / 3
FEWEST_EVENTS = 5
"""Events outside a launch of more than half below which statistics say nothing."""
EARLIEST = np.datetime64("0001-01-01")


@dataclass(frozen=True, kw_only=True)
class PolicyDates:
    """What the dates of one policy hold.

    Attributes
    ----------
    policy : str
    dated : int
        Adoptions with a date of their own, those of the baseline left aside.
    counted : int
        Those, and the baseline.
    undated : int
        Units known to have adopted, nobody knows when.
    launch : Launch
    ordered, same, total : int
        Pairs of adoptions of which one precedes the other; that are dated alike; and all.
    all_known : bool
        Whether the launch holds every adoption, and none is undated: then no finer dates could order them
        within anything but the launch.
    never : int
        Units that could have adopted and did not.
    decided : int
        Pairs of adoptions that were decided together, so that neither precedes the other.
    """

    policy: str
    dated: int
    counted: int
    undated: int
    launch: Launch
    ordered: int
    same: int
    total: int
    all_known: bool
    never: int
    decided: int = 0

    @property
    def share(self) -> float:
        """Share of the dated adoptions that the launch holds."""
        return len(self.launch.rows) / self.dated if self.dated else 0.0

    @property
    def testable(self) -> bool | None:
        """Whether the dates leave any diffusion to explain; None where they do not tell."""
        if not self.dated:
            return None
        # nobody to compare with, and most at once: a common launch explains the dates as well as diffusion
        # does
        if self.never == 0 and self.share > HALF:
            return False
        if self.ordered:
            return True
        alone = self.counted == 1 and not self.undated
        return False if alone or self.all_known or self.one_decision else None

    @property
    def one_decision(self) -> bool:
        """Whether all adoptions were decided together."""
        return self.total > 0 and self.decided == self.total and not self.undated


def dates_of_policy(
    history: History, account: pl.DataFrame, counted: pl.DataFrame, policy: str, window: Duration
) -> PolicyDates:
    """What the dates of one policy hold.

    Parameters
    ----------
    history : History
    account : polars.DataFrame
        From `account_of`.
    counted : polars.DataFrame
        Adoption rows: policy, `first` and `last` in days, `left_out`, `baseline`, `rule`, `_row`.
    policy : str
    window : Duration
        Of the launch.
    """
    own = counted.filter(pl.col("policy") == policy)
    kept = own.filter(pl.col("left_out").is_null())
    dated = kept.filter(~pl.col("baseline"))
    launch = launch_of(dated, window)
    undated = own.filter(pl.col("rule") == UNKNOWN).select("unit").n_unique()
    ordered, same, total = pairs_of(kept)
    together = [pairs_of(own) for _, own in kept.drop_nulls(DECISION).group_by(DECISION)]
    decided = sum(pairs for _, _, pairs in together)
    # pairs decided together have no order, however their dates differ: they move from ordered to same
    ordered -= sum(before for before, _, _ in together)
    same += decided - sum(same_interval for _, same_interval, _ in together)
    return PolicyDates(
        policy=policy,
        dated=dated.height,
        counted=kept.height,
        undated=undated,
        launch=launch,
        ordered=ordered,
        same=same,
        total=total,
        decided=decided,
        all_known=not undated and len(launch.rows) == kept.height,
        never=never_adopted(history, account, policy),
    )


def pairs_of(kept: pl.DataFrame) -> tuple[int, int, int]:
    """Pairs of adoptions of one policy: known order, dated alike, all. By sorting, O(n log n)."""
    n = kept.height
    first = np.sort(kept["first"].to_numpy().astype("datetime64[D]"))
    # "by then" may be any time before: it never surely comes after anything
    first = np.sort(np.where(np.isnat(first), EARLIEST, first))
    last = kept["last"].to_numpy().astype("datetime64[D]")
    # surely ordered: one ends before the other can begin; overlapping intervals say nothing (interval order)
    ordered = int((n - np.searchsorted(first, last, side="right")).sum())
    # two that were there "by then" may be years apart: only what has a first day is dated alike
    same_interval = kept.drop_nulls("first").group_by("first", "last").len()["len"].to_numpy()
    return ordered, int((same_interval * (same_interval - 1) // 2).sum()), n * (n - 1) // 2


def never_adopted(history: History, account: pl.DataFrame, policy: str) -> int:
    """Units that could have adopted a policy while it was watched, and did not."""
    bounds = history.bounds
    own = account.filter(pl.col("policy") == policy, pl.col("spell") == 1)
    without = own.filter(pl.col("row").is_null() | (pl.col("rule") == LATE))["unit"]
    origin = int(bounds.origin[bounds.policies.index(policy)])
    if origin == FAR:
        return 0
    place = {unit: at for at, unit in enumerate(bounds.units)}
    at = np.array([place[unit] for unit in without], dtype=np.int64)
    # they were there when somebody had adopted already, or adopted with the first
    present = (np.minimum(bounds.exit, bounds.closes) >= origin - 1) & (bounds.entry <= bounds.closes)
    return int(present[at].sum())


def share_within(events: pl.DataFrame, window: Duration) -> float | None:
    """Largest share of the dated adoptions within a stretch of time, each policy by itself."""
    if events.is_empty():
        return None
    inside = sum(len(launch_of(own, window).rows) for _, own in events.group_by("policy"))
    return inside / events.height


def judged(
    by_policy: Sequence[PolicyDates], adopters: int, units: int, window: Duration
) -> tuple[bool | None, str]:
    """Whether an analysis can be tested, and why: ruled out only if each of its policies is.

    Parameters
    ----------
    by_policy : sequence of PolicyDates
    adopters, units : int
        How many units have a dated adoption, and how many are listed.
    window : Duration
        Of the launch.
    """
    testable = [one.testable for one in by_policy]
    if all(one is False for one in testable):
        reasons = [_ruled_out(one, window) for one in by_policy]
        several = (
            f"For none of {len(testable)} policies do the dates leave anything to explain. "
            f"`{by_policy[0].policy}`: "
        )
        return False, reasons[0] if len(testable) == 1 else several + reasons[0]
    if not any(testable):
        return None, _unknown(by_policy)
    return True, _sequence(by_policy, adopters, units)


def _ruled_out(one: PolicyDates, window: Duration) -> str:
    launch = launch_words(one, window)
    if one.never == 0 and one.share > HALF and one.counted > 1:
        return (
            "No unit is listed that could have adopted and did not, so adopters cannot be compared with "
            f"others; and {launch}, which looks like one joint launch."
        )
    if one.counted == 1:
        when = "" if one.launch.first is None else f" ({one.launch.first.isoformat()[:4]})"
        return f"Only one adoption is dated{when}, and one date gives no sequence."
    if one.one_decision:
        return f"All {one.counted} adoptions were decided together, so none of them follows another."
    return f"No adoption is known to follow another: {launch}."


def launch_words(one: PolicyDates, window: Duration) -> str:
    """The launch of a policy in words."""
    count, launch = len(one.launch.rows), one.launch
    if launch.first is None or launch.last is None:
        return f"no two adoptions are dated to within {window.says}"
    first, last = launch.first.isoformat(), launch.last.isoformat()
    when = f"on {first}" if first == last else f"between {first} and {last}"
    if (first[5:], last[5:], first[:4]) == ("01-01", "12-31", last[:4]):
        when = f"in {first[:4]}"
    return f"{count} of {one.dated} dated adoptions ({share_words(count, one.dated)}) fall {when}"


def _unknown(by_policy: Sequence[PolicyDates]) -> str:
    if not sum(one.dated for one in by_policy):
        # not ruled out: it may have spread before anybody kept a record
        return (
            "Every adoption is older than the record, so no order of events is known; only the evidence can "
            "say something."
        )
    return (
        "No pair of adoptions has dates exact enough to show which came first, so no order of events is "
        "known; only the evidence can say something."
    )


def _sequence(by_policy: Sequence[PolicyDates], adopters: int, units: int) -> str:
    dated, counted, ordered, total = (
        sum(getattr(one, name) for one in by_policy) for name in ("dated", "counted", "ordered", "total")
    )
    policies = sum(one.dated > 0 for one in by_policy)
    many = "" if policies == 1 else f" of {policies} policies"
    what, are = ("1 adoption", "is") if dated == 1 else (f"{dated} adoptions", "are")
    pairs = "the one pair" if total == 1 else f"{ordered:,} of {total:,} pairs"
    return (
        f"{what}{many} by {adopters} of {units} {noun(units, 'unit')} {are} "
        f"dated{_before(counted - dated)}, and of "
        f"{pairs} it is known which came first: there is an order of events to explain."
    )


def _before(baseline: int) -> str:
    """Adoptions that precede all that are dated: they have no date of their own, and order pairs."""
    if not baseline:
        return ""
    return f", {baseline} more {'was' if baseline == 1 else 'were'} there when the record begins"


def silenced(testable: bool | None, launched: int, dated: int, outside: int, window: Duration) -> str | None:
    """Why statistics are silent and evidence is limited to leaning: too few events outside a launch."""
    if testable is not True or not dated or launched <= HALF * dated or outside >= FEWEST_EVENTS:
        return None
    left = {0: "no event remains", 1: "1 event remains"}.get(outside, f"{outside} events remain")
    return (
        f"{launched} of {dated} dated adoptions fall within one launch ({window.says}), and {left} outside "
        f"it; at least {FEWEST_EVENTS} are needed."
    )


def warnings_of(
    dates: Chronology,
    analysis: Analysis,
    by_policy: Sequence[PolicyDates],
    kept: pl.DataFrame,
    window: Duration,
) -> tuple[str, ...]:
    """What weakens the order of events without ruling diffusion out."""
    warnings = [] if dates.testable is not True else _launches(by_policy, window)
    if dates.silenced is not None:
        warnings.append(
            f"The statistics take no side and the evidence is limited to a weak verdict: {dates.silenced}"
        )
    events = kept.filter(~pl.col("baseline"))
    count = dates.modal_count or 0
    if analysis.period == "wave" and count > HALF * events.height:
        warnings.append(
            f"{count} of {events.height} later adoptions are first recorded in wave {dates.modal_period}; a "
            "wave is the date of the data, not of the adoption."
        )
    if not dates.never and dates.testable is not False:
        warnings.append(
            "Every unit listed adopted in the end: no unit on record could have adopted and did not, so "
            "later adopters cannot be compared with others."
        )
    unsure = events.filter(pl.col("confidence").is_in(["low", "medium"])).height
    if unsure:
        warnings.append(
            f"{unsure} of {counted(events.height, 'date')} {noun(unsure, 'is', 'are')} of medium or "
            "low confidence."
        )
    spanning = events.filter(pl.col("earliest") < pl.col("latest")).height
    if spanning:
        warnings.append(
            f"{spanning} of {counted(events.height, 'date')} {noun(spanning, 'is', 'are')} known only "
            "as a range of several periods."
        )
    return tuple(warnings)


def _launches(by_policy: Sequence[PolicyDates], window: Duration) -> list[str]:
    """Launches above a third; a single adoption is none."""
    large = [one for one in by_policy if one.share > THIRD and len(one.launch.rows) > 1]
    named = [f"`{one.policy}`: " if len(by_policy) > 1 else "" for one in large]
    sentences = [
        f"{name}{upper_first(launch_words(one, window))}. If that was one joint decision, only the others "
        "can show diffusion: compare the estimates with those without the launch."
        for name, one in zip(named[:5], large[:5], strict=True)
    ]
    return sentences + (
        [f"{counted(len(large) - 5, 'more policy has', 'more policies have')} a launch above a third."]
        if len(large) > 5
        else []
    )
