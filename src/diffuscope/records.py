"""The small frozen records that cross rooms.

Every record is a `msgspec.Struct`: immutable, typed, and written to `result.json` as it stands.
Unknown is ``None``, never zero, and a field beside it says why.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Level = Literal["error", "warning"]
Stance = Literal["for", "leaning for", "silent", "leaning against", "against"]
Silence = Literal["no data", "tested, inconclusive"]
Body = Literal["evidence", "statistics"]
Period = Literal["year", "month", "day", "wave"]
AuthorConclusion = Literal["at work", "in part", "not at work", "undecided"]
VerdictName = Literal[
    "not testable",
    "not separable",
    "contested",
    "supported",
    "supported by one body",
    "weak",
    "opposed",
    "not shown",
]


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What all records share: they are frozen and built by keyword."""


class Problem(Record, frozen=True, kw_only=True):
    """One place where a case breaks a rule, and how to mend it.

    Attributes
    ----------
    level : {"error", "warning"}
        Errors stop a run; warnings travel into the report.
    rule : str
        Short stable name of the rule, e.g. ``unknown-id``.
    message : str
        What is wrong, in one sentence.
    mend : str
        What to do about it.
    file : str or None
        File (or sheet) as the case names it, relative to the case folder.
    table : str or None
        Table of the case format.
    row : int or None
        Row as a spreadsheet shows it (the header is row 1).
    column, value : str or None
        Where in the row, and what stands there (shortened).
    count : int
        How many alike this one stands for.
    """

    level: Level
    rule: str
    message: str
    mend: str
    file: str | None = None
    table: str | None = None
    row: int | None = None
    column: str | None = None
    value: str | None = None
    count: int = 1


class Place(Record, frozen=True, kw_only=True):
    """Where a fact stands: file and row of the case, so that every number leads back to its source."""

    table: str
    file: str
    row: int


class Analysis(Record, frozen=True, kw_only=True):
    """One question put to a case: which policies, which units, which window and period.

    Attributes
    ----------
    policies, units : tuple of str
        Ids in the tables `policies` and `units`. No policies: the question is answered by evidence alone.
    period : {"year", "month", "day", "wave"}
        The grain at which order is known.
    window : tuple of (str, str) or None
        First and last period under study, both included; ISO dates or wave ids.
    """

    id: str
    question: str
    policies: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    period: Period = "year"
    window: tuple[str, str] | None = None
    note: str | None = None


class LeftOut(Record, frozen=True, kw_only=True):
    """Rows that did not enter a computation, and the rule that kept them out."""

    table: str
    reason: str
    count: int
    rows: tuple[int, ...] = ()


class Spell(Record, frozen=True, kw_only=True):
    """One dated adoption as the chronology sees it.

    `first` and `last` are the first and the last day on which it may have happened; `first` is None
    where only "adopted by then" is known. `period` is the analysis period it falls in, None where its
    range spans more than one.
    """

    unit: str
    policy: str
    first: str | None
    last: str | None
    period: str | None
    baseline: bool
    confidence: str | None
    place: Place


class Chronology(Record, frozen=True, kw_only=True):
    """Who adopted when, and whether the order of events leaves any diffusion to explain.

    Attributes
    ----------
    testable : bool or None
        False where the dates rule diffusion out, None where the analysis has no dated adoptions.
    reason : str
        Why, in plain words.
    warnings : tuple of str
        What weakens the order of events without ruling diffusion out.
    units, adopters, adoptions, baseline : int
        Units in the analysis; those that adopted; adoptions counted; adoptions already there at a unit's
        first wave.
    at_risk_after_first : int or None
        Unit-policy pairs that could still adopt after the first adoption of their policy.
    modal_period, modal_count, modal_share : str, int, float or None
        The period with most adoptions, their number, and their share of all dated adoptions.
    pairs_ordered, pairs_same, pairs_unknown : int
        Pairs of adoptions of one policy: clear who came first; same period; ranges overlap.
    order : tuple of Spell
        The adoptions, earliest first.
    left_out : tuple of LeftOut
        Every adoption row of the case that is not in `order`, by reason.
    """

    analysis: str
    testable: bool | None
    reason: str
    warnings: tuple[str, ...] = ()
    units: int = 0
    adopters: int = 0
    adoptions: int = 0
    baseline: int = 0
    at_risk_after_first: int | None = None
    modal_period: str | None = None
    modal_count: int | None = None
    modal_share: float | None = None
    pairs_ordered: int = 0
    pairs_same: int = 0
    pairs_unknown: int = 0
    order: tuple[Spell, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


class CriterionRecord(Record, frozen=True, kw_only=True):
    """One criterion of a mechanism and what the evidence says of it."""

    id: str
    text: str
    role: str
    decibans: float | None
    items: int
    note: str = ""


class EvidenceItem(Record, frozen=True, kw_only=True):
    """One coded passage as weighed: mean of its coders, before its cluster is discounted.

    Text fields are None where the passage is private; its weight still counts.

    Attributes
    ----------
    decibans : float
        Weight of evidence, 10·log10 of the likelihood ratio (dB); 0 where it weighs nothing.
    test : str or None
        Straw in the wind, hoop, smoking gun or doubly decisive; None for verbal bands and for coders who differ.
    bears_on : int or None
        Adoptions it can bear on, given its date; None where the analysis has no dated adoptions.
    """

    id: str
    mechanism: str
    criteria: tuple[str, ...]
    direction: str
    decibans: float
    cluster: str
    share: Literal["public", "private"]
    coders: int
    definition: str | None = None
    document: str | None = None
    locator: str | None = None
    paraphrase: str | None = None
    rival: str | None = None
    unit: str | None = None
    date: str | None = None
    p_if_true: float | None = None
    p_if_false: float | None = None
    searched: float | None = None
    test: str | None = None
    bears_on: int | None = None
    note: str | None = None
    places: tuple[Place, ...] = ()


class Posterior(Record, frozen=True, kw_only=True):
    """A probability under one stated setting, e.g. ``rho = 0.3`` or ``without L1``."""

    setting: str
    decibans: float
    p: float


class EvidenceDetail(Record, frozen=True, kw_only=True):
    """What the evidence witness computed for one mechanism.

    Attributes
    ----------
    p, decibans : float
        Posterior probability at prior .5 and ρ = .3, and the weight of evidence behind it (dB).
    by_rho, by_prior, leave_one_out, leave_one_source_out : tuple of Posterior
        The same under other settings.
    noise : tuple of (float, float)
        5 % and 95 % points of p when each coder errs by N(0, 3 dB).
    tipping : tuple of (float or None, float or None)
        Decibans needed to cross the next line upwards and downwards; None at the ends of the scale.
    caps : tuple of str
        Why the stance may not go beyond leaning.
    other_definition : Posterior or None
        The same under the broad reading, where the mechanism has one.
    """

    p: float
    decibans: float
    by_rho: tuple[Posterior, ...]
    by_prior: tuple[Posterior, ...]
    leave_one_out: tuple[Posterior, ...]
    leave_one_source_out: tuple[Posterior, ...]
    noise: tuple[float, float]
    tipping: tuple[float | None, float | None]
    caps: tuple[str, ...]
    failed: tuple[str, ...]
    criteria: tuple[CriterionRecord, ...]
    items: tuple[EvidenceItem, ...]
    other_definition: Posterior | None = None
    other_stance: Stance | None = None
    perspectives: tuple[Posterior, ...] = ()


class Finding(Record, frozen=True, kw_only=True):
    """What one witness says of one mechanism in one analysis, and why.

    `joint_with` names rival mechanisms where the witness can only speak for them together.
    """

    witness: Literal["evidence", "event history", "inferred networks"]
    body: Body
    analysis: str
    mechanism: str
    stance: Stance
    reason: str
    silence: Silence | None = None
    caveats: tuple[str, ...] = ()
    joint_with: tuple[str, ...] = ()
    evidence: EvidenceDetail | None = None


class Agreement(Record, frozen=True, kw_only=True):
    """How far coders of the same passages agree (Krippendorff's alpha)."""

    analysis: str
    coders: int
    items: int
    sign: float | None
    sign_interval: tuple[float, float] | None
    band: float | None
    band_interval: tuple[float, float] | None
    note: str


class DriverShare(Record, frozen=True, kw_only=True):
    """Posterior of one hypothesis when exactly one main driver, or none, is assumed."""

    analysis: str
    hypothesis: str
    p: float
    decibans: float


class AuthorVerdict(Record, frozen=True, kw_only=True):
    """What an author concluded, in our words."""

    analysis: str
    mechanism: str
    verdict: AuthorConclusion
    wording: str | None
    document: str | None
    locator: str | None
    place: Place


class Verdict(Record, frozen=True, kw_only=True):
    """The conclusion on one mechanism in one analysis, by the printed rule."""

    analysis: str
    mechanism: str
    verdict: VerdictName
    sentence: str
    rule: str
    evidence: Stance
    statistics: Stance
    evidence_silence: Silence | None = None
    statistics_silence: Silence | None = None
    author: AuthorVerdict | None = None
    difference: str | None = None


class Frame(Record, frozen=True, kw_only=True):
    """A table inside a result: its columns and rows, or the Parquet file that holds them.

    `rows` is None where the table has more than 10⁴ rows; then `file` and `sha256` name the file beside
    `result.json` that holds them.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str | int | float | bool | None, ...], ...] | None
    n: int
    file: str | None = None
    sha256: str | None = None


class MechanismRecord(Record, frozen=True, kw_only=True):
    """A mechanism as it is defined here, with its literature and criteria."""

    name: str
    claim: str
    definition: str
    source: str
    criteria: tuple[tuple[str, str, str], ...] = ()
    rivals: tuple[str, ...] = ()
    readings: str | None = None


class RuleRow(Record, frozen=True, kw_only=True):
    """One row of the verdict rule: the first row that holds gives the verdict."""

    verdict: VerdictName
    says: str
