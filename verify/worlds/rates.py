"""Rates by cell: counts of stances, Wilson intervals, and whether bars and floors are met."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Literal

import msgspec

from .cells import CELLS, Demand, Measure
from .outcome import MechanismOutcome, Outcome
from .world import ASKED

SUMMARY = Path(__file__).parent / "summary.json"
Z = 1.959963984540054
"""97.5 % point of the standard normal."""
TOLERATED = 8.0
"""Per cent: a bar of 5 % is missed above it, however few worlds were drawn."""
FOR = ("for", "leaning for")
Rule = Literal["now", "before"]


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Findings on one mechanism in the worlds of one cell.

    Attributes
    ----------
    worlds, errors : int
        Worlds with a finding, and worlds that could not be evaluated.
    stances, silences : mapping of str to int
        Worlds by stance; silent worlds by kind of silence.
    named : int
        Worlds for or leaning for that name the mechanism, rather than diffusion jointly with its rivals.
    intervals, covered : int
        Worlds with a 95 % interval in which the fitted model is the true one, and how many cover the truth.
    events, seconds : float
        Means.
    """

    worlds: int
    errors: int
    stances: dict[str, int]
    silences: dict[str, int]
    named: int
    intervals: int
    covered: int
    events: float
    seconds: float


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """Everything measured of one rule.

    Attributes
    ----------
    version, code : str
        Of the package; hash of the code that decided the findings.
    seed, draws : int
    cells : mapping of str to mapping of str to Counts
        By cell and mechanism.
    """

    version: str
    code: str
    seed: int
    draws: int
    cells: dict[str, dict[str, Counts]]


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What is tracked: the present rule, and the rule it replaced; None where not measured."""

    now: Measured | None = None
    before: Measured | None = None


def wilson(hits: int, n: int) -> tuple[float, float]:
    """Wilson score interval of a proportion, 95 % (Wilson 1927, doi:10.1080/01621459.1927.10502953).

    >>> [round(end, 4) for end in wilson(10, 200)]
    [0.0274, 0.0896]
    """
    if not n:
        return 0.0, 1.0
    share = hits / n
    middle = share + Z**2 / (2 * n)
    half = Z * (share * (1 - share) / n + Z**2 / (4 * n**2)) ** 0.5
    low, high = ((middle - half) / (1 + Z**2 / n), (middle + half) / (1 + Z**2 / n))
    return (0.0 if hits == 0 else low), (1.0 if hits == n else high)


def hits_of(counts: Counts, measure: Measure) -> int:
    """How many worlds a measure counts."""
    if measure == "named":
        return counts.named
    if measure == "for or leaning for":
        return sum(counts.stances.get(stance, 0) for stance in FOR)
    return counts.stances.get(measure, 0)


def is_met(demand: Demand, counts: Counts) -> bool:
    """Whether a bar or floor is met.

    A bar is met when the lower end of the Wilson interval does not exceed it and the rate is at most 8 %;
    a floor when the rate reaches it. A cell with worlds that could not be evaluated meets nothing.
    """
    if counts.errors or not counts.worlds:
        return False
    hits = hits_of(counts, demand.measure)
    rate = 100 * hits / counts.worlds
    if demand.at_least is not None:
        return rate >= demand.at_least
    return 100 * wilson(hits, counts.worlds)[0] <= (demand.at_most or 0) and rate <= TOLERATED


def measured(outcomes: Iterable[Outcome]) -> Measured:
    """Counts by cell and mechanism.

    Raises
    ------
    ValueError
        If outcomes of different code, seeds or draws are mixed, or there are none.
    """
    rows = list(outcomes)
    kinds = {(one.code, one.seed, one.draws) for one in rows}
    if len(kinds) != 1:
        raise ValueError(
            f"Outcomes of one code, seed and number of draws are needed; these are of {len(kinds)}."
        )
    ((code, seed, draws),) = kinds
    by_cell: dict[str, list[Outcome]] = {}
    for one in rows:
        by_cell.setdefault(one.cell, []).append(one)
    cells = {name: _of_cell(by_cell[name]) for name in CELLS if name in by_cell}
    return Measured(version=version("diffuscope"), code=code, seed=seed, draws=draws, cells=cells)


def _of_cell(rows: list[Outcome]) -> dict[str, Counts]:
    mechanisms = sorted(
        {ASKED, *(name for row in rows for name in row.findings)}, key=lambda name: name != ASKED
    )
    return {name: _counts(name, rows) for name in mechanisms}


def _counts(mechanism: str, rows: list[Outcome]) -> Counts:
    good = [row for row in rows if row.error is None]
    found = [row.findings[mechanism] for row in good]
    truths = [row.effect if mechanism == ASKED else None for row in good]
    known = [
        (one, truth) for one, truth in zip(found, truths, strict=True) if truth is not None and _bounded(one)
    ]
    return Counts(
        worlds=len(good),
        errors=len(rows) - len(good),
        stances=dict(sorted(Counter(one.stance for one in found).items())),
        silences=dict(sorted(Counter(one.silence for one in found if one.silence is not None).items())),
        named=sum(one.stance in FOR and not one.joint for one in found),
        intervals=len(known),
        covered=sum(_covers(one, truth) for one, truth in known),
        events=round(sum(row.events for row in good) / max(len(good), 1), 1),
        seconds=round(sum(row.seconds for row in good) / max(len(good), 1), 2),
    )


def _bounded(one: MechanismOutcome) -> bool:
    """An interval that is open on one side is one too; without an estimate there is none."""
    return one.estimate is not None and (one.ci_low is not None or one.ci_high is not None)


def _covers(one: MechanismOutcome, truth: float) -> bool:
    return (one.ci_low is None or one.ci_low <= truth) and (one.ci_high is None or truth <= one.ci_high)


def tracked(file: Path = SUMMARY) -> Summary:
    """The tracked summary."""
    return msgspec.json.decode(file.read_bytes(), type=Summary) if file.is_file() else Summary()


def keep(rule: Rule, found: Measured, file: Path = SUMMARY) -> None:
    """Write what was measured of a rule into the tracked summary, leaving the other rule's as it is."""
    kept = msgspec.structs.replace(tracked(file), **{rule: found})
    file.write_bytes(msgspec.json.format(msgspec.json.encode(kept), indent=1) + b"\n")
