"""Decision rule from posterior to stance: thresholds, caps and words, read from `stance.toml`."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal

from diffuscope.records.phrases import listed
from diffuscope.records.rule_file import RulePart, StanceRow, printed_stance_rules, read_rule_file

if TYPE_CHECKING:
    from diffuscope.records import StanceRule

Cap = Literal["double_coded", "documents", "in_time", "coders", "agreement", "chronology"]


class Pooling(RulePart, frozen=True):
    """How weights add up: prior probability, dependence within a cluster, coder error (dB)."""

    prior: float
    rho: float
    coder_sd: float


class Shown(RulePart, frozen=True):
    """Settings of the sensitivity analysis that are shown beside the headline."""

    priors: tuple[float, ...]
    rhos: tuple[float, ...]
    searched: tuple[float, ...]


class Lines(RulePart, frozen=True, rename={"for_": "for"}):
    """Probabilities at which the stance changes."""

    against: float
    leaning_against: float
    even: float
    leaning_for: float
    for_: float

    @property
    def ladder(self) -> tuple[float, float, float, float]:
        """The lines between against, leaning against, silent, leaning for and for, upwards."""
        return (self.against, self.leaning_against, self.leaning_for, self.for_)


class Firm(RulePart, frozen=True):
    """What a stance beyond leaning must withstand."""

    rhos: tuple[float, ...]
    searched: tuple[float, ...]
    passage: float


class Fails(RulePart, frozen=True):
    """When a necessary criterion fails (dB), and how well absent traces then count as searched for."""

    decibans: float
    searched: float


class Caps(RulePart, frozen=True):
    """What limits a stance to leaning; shares are of the weight on the side of the stance."""

    double_coded: float
    documents: int
    document_share: float
    one_document: float
    in_time: float
    adoptions: float
    agreement: float
    agreement_from: int
    criteria: int


class Row(StanceRow, frozen=True):
    """One row of the rule; a limit says what it looks at, and what would lift it."""

    cap: Cap | None = None
    lifts: str = ""


class Rule(RulePart, frozen=True):
    """The whole rule."""

    pooling: Pooling
    shown: Shown
    lines: Lines
    firm: Firm
    fails: Fails
    caps: Caps
    row: tuple[Row, ...]


def rule() -> Rule:
    """The stance rule of the evidence, as its file states it."""
    return read_rule_file(__package__, "stance.toml", Rule)


def stance_rules() -> tuple[StanceRule, ...]:
    """The rule by which coded passages become a stance, row by row, for print.

    Returns
    -------
    tuple of StanceRule
        Stances in the order in which they are tried, then what limits any of them to leaning.

    Examples
    --------
    >>> [row.stance for row in stance_rules()][:3]
    ['against', 'for', 'against']
    """
    return printed_stance_rules("evidence", rule().row, _numbers())


def cap_lifts(cap: Cap) -> str:
    """What would lift a limit, as what follows the word if.

    >>> cap_lifts("coders")
    'the coding of every person, taken alone, pointed the same way'
    """
    row = next(each for each in rule().row if each.cap == cap)
    return row.lifts.format_map(_numbers())


@cache
def _numbers() -> dict[str, object]:
    """The numbers of the rule by the names that its sentences use."""
    evidence_rule = rule()
    lines = {
        name.rstrip("_"): getattr(evidence_rule.lines, name) for name in evidence_rule.lines.__struct_fields__
    }
    caps = {name: getattr(evidence_rule.caps, name) for name in evidence_rule.caps.__struct_fields__}
    return {
        **lines,
        **caps,
        "passage": evidence_rule.firm.passage,
        "firm_rhos": _in_digits(evidence_rule.firm.rhos),
        "firm_searched": _in_digits(evidence_rule.firm.searched),
        "fails_decibans": evidence_rule.fails.decibans,
        "fails_searched": evidence_rule.fails.searched,
    }


def _in_digits(numbers: tuple[float, ...]) -> str:
    return listed(f"{number:g}" for number in numbers)
