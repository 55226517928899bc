"""The verdict rule, read from its one file: the first row that holds gives the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from diffuscope.records import RuleRow, Silence, Stance, VerdictName
from diffuscope.records.rule_file import RulePart, read_rule_file

if TYPE_CHECKING:
    from collections.abc import Collection

Flag = Literal["ruled_out", "joint", "divided"]


class Pattern(RulePart, frozen=True):
    """What must be the case for a row to hold; a body that is not named may have any stance."""

    evidence: tuple[Stance, ...] | None = None
    statistics: tuple[Stance, ...] | None = None
    flags: tuple[Flag, ...] = ()
    unless: tuple[Flag, ...] = ()

    def fits(self, evidence: Stance, statistics: Stance, flags: Collection[Flag]) -> bool:
        """Whether the stances and flags are as the pattern asks."""
        return (
            (self.evidence is None or evidence in self.evidence)
            and (self.statistics is None or statistics in self.statistics)
            and set(self.flags) <= set(flags)
            and not set(self.unless) & set(flags)
        )


class Row(RulePart, frozen=True):
    """One row of the rule as its file states it."""

    verdict: VerdictName
    description: str
    when: tuple[Pattern, ...]


class NeighbourRow(RulePart, frozen=True):
    """One row of the rule on neighbours; `silence` is left out where any kind will do."""

    verdict: VerdictName
    description: str
    statistics: tuple[Stance, ...]
    silence: tuple[Silence, ...] | None = None


class _Rules(RulePart, frozen=True):
    row: tuple[Row, ...]
    neighbours: tuple[NeighbourRow, ...]


def _rules() -> _Rules:
    return read_rule_file(__package__, "rule.toml", _Rules)


def verdict_rule() -> tuple[RuleRow, ...]:
    """The rule by which stances become verdicts, row by row, for print.

    Returns
    -------
    tuple of RuleRow
        In the order in which they are tried: the rows on mechanisms, then those on neighbours.
    """
    rules = _rules()
    return (
        *(RuleRow(verdict=row.verdict, description=row.description) for row in rules.row),
        *(
            RuleRow(verdict=row.verdict, description=row.description, of="neighbours")
            for row in rules.neighbours
        ),
    )


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
    for row in _rules().row:
        if any(pattern.fits(evidence, statistics, flags) for pattern in row.when):
            return RuleRow(verdict=row.verdict, description=row.description)
    raise AssertionError(f"no row of the verdict rule holds for {evidence}, {statistics}, {sorted(flags)}")


def decide_neighbours(statistics: Stance, silence: Silence | None) -> RuleRow:
    """What the statistics say of exposure to neighbours: the first row that holds.

    Parameters
    ----------
    statistics : Stance
    silence : Silence or None
        Why the statistics are silent, where they are.

    Returns
    -------
    RuleRow

    Examples
    --------
    >>> decide_neighbours("for", None).verdict, decide_neighbours("silent", "no data").verdict
    ('found', 'no data')
    """
    for row in _rules().neighbours:
        if statistics in row.statistics and (row.silence is None or silence in row.silence):
            return RuleRow(verdict=row.verdict, description=row.description, of="neighbours")
    raise AssertionError(f"no row of the rule on neighbours holds for {statistics}, {silence}")
