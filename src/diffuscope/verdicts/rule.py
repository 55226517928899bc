"""The verdict rule, read from its one file: the first row that holds gives the verdict."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

import msgspec

from diffuscope.records import RuleRow, Stance, VerdictName

if TYPE_CHECKING:
    from collections.abc import Collection

Flag = Literal["ruled_out", "joint", "divided"]


class Pattern(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What must be the case for a row to hold; a body that is not named may have any stance."""

    evidence: tuple[Stance, ...] | None = None
    statistics: tuple[Stance, ...] | None = None
    flags: tuple[Flag, ...] = ()

    def fits(self, evidence: Stance, statistics: Stance, flags: Collection[Flag]) -> bool:
        """Whether the stances and flags are as the pattern asks."""
        return (
            (self.evidence is None or evidence in self.evidence)
            and (self.statistics is None or statistics in self.statistics)
            and set(self.flags) <= set(flags)
        )


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row of the rule as its file states it."""

    verdict: VerdictName
    says: str
    when: tuple[Pattern, ...]


@cache
def _rows() -> tuple[Row, ...]:
    text = files(__package__).joinpath("rule.toml").read_text(encoding="utf-8")
    return tuple(msgspec.convert(tomllib.loads(text)["row"], type=list[Row]))


def verdict_rule() -> tuple[RuleRow, ...]:
    """The rule by which stances become verdicts, row by row, for print.

    Returns
    -------
    tuple of RuleRow
        In the order in which they are tried.
    """
    return tuple(RuleRow(verdict=row.verdict, says=row.says) for row in _rows())


def decide(evidence: Stance, statistics: Stance, flags: Collection[Flag] = ()) -> RuleRow:
    """What the two bodies add up to: the first row of the rule that holds.

    Parameters
    ----------
    evidence, statistics : Stance
        Stances of the two bodies.
    flags : collection of {"ruled_out", "joint", "divided"}
        What chronology and the statistical witnesses add to their stances.

    Returns
    -------
    RuleRow

    Examples
    --------
    >>> decide("leaning for", "silent").verdict
    'weak'
    >>> decide("for", "for", {"ruled_out"}).verdict
    'not testable'
    """
    for row in _rows():
        if any(pattern.fits(evidence, statistics, flags) for pattern in row.when):
            return RuleRow(verdict=row.verdict, says=row.says)
    raise AssertionError(f"no row of the verdict rule holds for {evidence}, {statistics}, {sorted(flags)}")
