"""The small frozen records that cross rooms.

Every record is a `msgspec.Struct`: immutable, typed, and written to `result.json` as it stands.
Unknown is ``None``, never zero, and a field beside it says why.
"""

from __future__ import annotations

from typing import Literal

from diffuscope.records.asked import Analysis, Repeat
from diffuscope.records.base import (
    AskedDuration,
    AskedErrors,
    AskedModel,
    AskedPolicyEffects,
    AuditKind,
    AuthorConclusion,
    Body,
    Confidence,
    LeftOut,
    Level,
    Outcome,
    Period,
    Record,
    Silence,
    Stance,
    VerdictName,
)
from diffuscope.records.frozen import Freeze, FrozenQuestions
from diffuscope.records.models import (
    Coefficient,
    Estimate,
    EventHistory,
    ExposureRecord,
    MechanismModel,
    Repeated,
    RowsLost,
)
from diffuscope.records.safeguards import Safeguard, SafeguardRole, Trial

__all__ = [
    "Agreement",
    "Analysis",
    "AskedDuration",
    "AskedErrors",
    "AskedModel",
    "AskedPolicyEffects",
    "AuditKind",
    "AuditRow",
    "AuthorConclusion",
    "AuthorVerdict",
    "Body",
    "Chronology",
    "ClaimRow",
    "Coefficient",
    "Confidence",
    "CriterionRecord",
    "DriverShare",
    "Estimate",
    "EventHistory",
    "EvidenceDetail",
    "EvidenceItem",
    "ExposureRecord",
    "Finding",
    "Frame",
    "Freeze",
    "FrozenQuestions",
    "LeftOut",
    "Level",
    "MechanismModel",
    "MechanismRecord",
    "Outcome",
    "Period",
    "Place",
    "Posterior",
    "Problem",
    "Reading",
    "Record",
    "Repeat",
    "Repeated",
    "RowsLost",
    "RuleRow",
    "Safeguard",
    "SafeguardRole",
    "Silence",
    "Spell",
    "Stance",
    "StanceRule",
    "Trial",
    "Verdict",
    "VerdictName",
]


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
    column : str or None
        Column in which it stands.
    value : str or None
        What stands there, shortened; None where nothing does, or where the row is private.
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
    """Where a fact stands: file and row of the case, so that every number leads back to its source.

    Attributes
    ----------
    table : str
        Table of the case format.
    file : str
        File or sheet as the case names it.
    row : int
        Row as a spreadsheet shows it (the header is row 1).
    """

    table: str
    file: str
    row: int


class Spell(Record, frozen=True, kw_only=True):
    """One dated adoption as the chronology sees it.

    Attributes
    ----------
    unit, policy : str
        Who adopted what, as ids of the case.
    first : str or None
        First day on which it may have happened; None where only "adopted by then" is known.
    last : str or None
        Last day on which it may have happened.
    period : str or None
        The period of the analysis it falls in; None where its range spans more than one.
    baseline : bool
        Whether it was there before the record begins, so that it is no event of its own.
    confidence : str or None
        How sure the date is, as the case says.
    place : Place
        Its row in the case.
    launch : bool
        Whether it is part of the launch of its policy: the most adoptions within the launch window.
    """

    unit: str
    policy: str
    first: str | None
    last: str | None
    period: str | None
    baseline: bool
    confidence: str | None
    place: Place
    launch: bool = False


class Chronology(Record, frozen=True, kw_only=True):
    """Who adopted when, and whether the order of events leaves any diffusion to explain.

    Attributes
    ----------
    analysis : str
        Id of the analysis.
    testable : bool or None
        False where the dates rule diffusion out; None where they are unknown, or all before the record.
    reason : str
        Why, in plain words, the soundest reason first.
    warnings : tuple of str
        What weakens the order of events without ruling diffusion out.
    units : int
        Units in the analysis.
    adopters : int
        Those of them that adopted.
    adoptions : int
        Adoptions counted, those of the baseline included.
    baseline : int
        Adoptions already there when the record begins.
    at_risk_after_first : int or None
        Unit-policy pairs that could still adopt after the first adoption of their policy.
    never : int or None
        Unit-policy pairs that could have adopted within the record and did not.
    modal_period : str or None
        The period with most adoptions, the baseline left aside.
    modal_count : int or None
        How many adoptions fall in it.
    modal_share : float or None
        Their share of all adoptions outside the baseline.
    launch_days : int
        Length of the launch window in days: as the analysis says, else 90 days, or a calendar year where most
        dates are known by the year only.
    launch_count : int or None
        Most dated adoptions of one policy within the launch window, in calendar time, summed over policies;
        an adoption counts if its whole range lies within. None where nothing is dated.
    launch_share : float or None
        Their share of all dated adoptions (those outside the baseline).
    launch_from, launch_to : str or None
        First and last day of the launch (ISO); None where nothing is dated, or where several policies have
        launches of their own.
    share_30_days, share_365_days : float or None
        The same share within 30 days, and within a year.
    events_after_launch : int or None
        Events outside the launch: adoptions by units that were at risk. First adopters are no events, unless
        `policies.origin` says so.
    pairs_ordered : int
        Pairs of adoptions of one policy of which one is known to precede the other, by their days.
    pairs_same : int
        Pairs dated alike (the same day, month, year or range), so that neither is known to come first.
    pairs_unknown : int
        Other pairs whose ranges overlap, so that the order is unknown.
    pairs_total : int
        All pairs of adoptions of one policy.
    silenced : str or None
        Why statistics must be silent (too few events) and evidence is limited to leaning: fewer than five
        events remain outside a launch of more than half. None otherwise.
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
    never: int | None = None
    modal_period: str | None = None
    modal_count: int | None = None
    modal_share: float | None = None
    launch_days: int = 90
    launch_count: int | None = None
    launch_share: float | None = None
    launch_from: str | None = None
    launch_to: str | None = None
    share_30_days: float | None = None
    share_365_days: float | None = None
    events_after_launch: int | None = None
    pairs_ordered: int = 0
    pairs_same: int = 0
    pairs_unknown: int = 0
    pairs_total: int = 0
    silenced: str | None = None
    order: tuple[Spell, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


class CriterionRecord(Record, frozen=True, kw_only=True):
    """One criterion of a mechanism and what the evidence says of it.

    Attributes
    ----------
    id, text, role : str
        The criterion as its mechanism states it.
    decibans : float or None
        What all passages that name it weigh together (dB); None where none does.
    items : int
        How many passages name it.
    note : str
        What a reader should know, e.g. that a necessary criterion has no evidence.
    decibans_searched : float or None
        The same if every search had found an absent trace with the chance at which the stance rule looks
        again; a necessary criterion fails only if both are low enough.
    """

    id: str
    text: str
    role: str
    decibans: float | None
    items: int
    note: str = ""
    decibans_searched: float | None = None


class EvidenceItem(Record, frozen=True, kw_only=True):
    """One coded passage as weighed: mean of its coders, before its cluster is discounted.

    Text fields are None where the passage is private; its weight still counts.

    Attributes
    ----------
    id : str
        Id of the passage in the case.
    mechanism : str
        The mechanism it speaks of.
    criteria : tuple of str
        Criteria it bears on; it is weighed once however many they are.
    direction : str
        for, against, or absent: searched for and not found.
    cluster : str
        Passages of one cluster are discounted together.
    share : {"public", "private"}
        Private passages keep their weight but not their words.
    coders : int
        How many coders read it.
    definition : str or None
        The reading of the mechanism, narrow or broad, under which alone it counts.
    document, locator : str or None
        Where it stands: id of the document, and page, line or exhibit.
    paraphrase : str or None
        What it shows, in the coder's words.
    rival : str or None
        The alternative that `p_if_false` assumes.
    unit, date : str or None
        The actor it tells of, and when the thing it tells of happened.
    p_if_true, p_if_false : float or None
        Chance of the trace if the mechanism was at work, and if the rival is true; None where a band is
        given.
    searched : float or None
        Chance that the search would have found an absent trace, had it existed.
    note : str or None
        What the coders remark.
    places : tuple of Place
        Its rows in the case, one per coder.
    decibans : float
        Weight of evidence, 10·log10 of the likelihood ratio (dB); 0 where it weighs nothing.
    test : str or None
        Straw in the wind, hoop, smoking gun or doubly decisive; None for verbal bands and for coders who
        differ.
    bears_on : int or None
        Adoptions it is early enough to bear on; None where it has no date, or no adoption has one.
    not_counted : str or None
        Why it weighs nothing, where it is not counted.
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
    not_counted: str | None = None
    note: str | None = None
    places: tuple[Place, ...] = ()


class Posterior(Record, frozen=True, kw_only=True):
    """A probability under one stated setting, e.g. ``rho = 0.3`` or ``without L1``.

    Attributes
    ----------
    setting : str
        What was assumed or left out.
    decibans : float
        Weight of evidence under it (dB).
    p : float
        Posterior probability under it.
    """

    setting: str
    decibans: float
    p: float


class EvidenceDetail(Record, frozen=True, kw_only=True):
    """What the evidence witness computed for one mechanism.

    Attributes
    ----------
    p : float
        Posterior probability at prior .5 and ρ = .3.
    decibans : float
        The weight of evidence behind it (dB).
    by_rho : tuple of Posterior
        The same when passages of one cluster depend on each other less or more.
    by_prior : tuple of Posterior
        The same from other prior probabilities; shown, never used.
    leave_one_out : tuple of Posterior
        The same without one passage at a time.
    leave_one_source_out : tuple of Posterior
        The same without one document at a time.
    noise : tuple of (float, float)
        5 % and 95 % points of p when each coder errs by N(0, 3 dB).
    tipping : tuple of (float or None, float or None)
        Decibans needed to cross the next line upwards and downwards; None at the ends of the scale.
    caps : tuple of str
        Why the stance may not go beyond leaning, each as what follows the word because.
    failed : tuple of str
        Necessary criteria that fail.
    criteria : tuple of CriterionRecord
        Every criterion of the mechanism, with what the evidence says of it.
    items : tuple of EvidenceItem
        Every passage that was weighed.
    other_definition : Posterior or None
        The same under the broad reading, where the mechanism has one.
    other_stance : Stance or None
        The stance under the broad reading.
    perspectives : tuple of Posterior
        The same for each strand of the literature by itself, where the mechanism has several.
    by_searched : tuple of Posterior
        The same if every search would have found its absent trace with one and the same chance.
    one_cluster_per_document : Posterior or None
        The same with all passages of a document in one cluster.
    speaks_for, speaks_against : int or None
        How many passages have positive and negative weight; None in results of older versions.
    decibans_for, decibans_against : float or None
        What they come to, pooled (dB); the two add up to `decibans`.
    uncapped : Stance or None
        The stance if nothing limited it to leaning: where it differs, `caps` say why.
    pivotal_passage : str or None
        The single passage without which the stance would be another; None where there is none.
    pivotal_stance : Stance or None
        That other stance.
    other_noise : tuple of (float, float) or None
        As `noise`, under the broad reading.
    other_caps : tuple of str
        As `caps`, under the broad reading.
    lines : tuple of float
        Probabilities between against, leaning against, silent, leaning for and for, by which it was judged.
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
    by_searched: tuple[Posterior, ...] = ()
    one_cluster_per_document: Posterior | None = None
    speaks_for: int | None = None
    speaks_against: int | None = None
    decibans_for: float | None = None
    decibans_against: float | None = None
    uncapped: Stance | None = None
    pivotal_passage: str | None = None
    pivotal_stance: Stance | None = None
    other_noise: tuple[float, float] | None = None
    other_caps: tuple[str, ...] = ()
    lines: tuple[float, ...] = ()


class Finding(Record, frozen=True, kw_only=True):
    """What one witness says of one mechanism in one analysis, and why.

    Attributes
    ----------
    witness : {"evidence", "event history", "inferred networks"}
        Who says it.
    body : {"evidence", "statistics"}
        The body it belongs to: event history and inferred networks read the same dates and count as one.
    analysis, mechanism : str
        Of what it speaks.
    stance : Stance
        for, leaning for, silent, leaning against, or against.
    reason : str
        Why, in plain words.
    silence : Silence or None
        Why it is silent: there was nothing to look at, or what was looked at does not decide, and why.
    caveats : tuple of str
        What weakens it.
    joint_with : tuple of str
        Rival mechanisms, where the witness can only speak for them together.
    evidence : EvidenceDetail or None
        What the evidence witness computed.
    trial : Trial or None
        What the event-history witness put its coefficient to, and found.
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
    trial: Trial | None = None


class Agreement(Record, frozen=True, kw_only=True):
    """How far coders of the same passages agree (Krippendorff's alpha).

    Attributes
    ----------
    analysis : str
        Id of the analysis.
    coders, items : int
        How many coders there are, and how many passages at least two of them read.
    sign, band : float or None
        Alpha of the direction (nominal), and of the weight in bands (ordinal); None where it cannot be
        computed.
    sign_interval, band_interval : tuple of (float, float) or None
        95 % interval of each, by resampling the passages.
    note : str
        How to read it, or why it is unknown.
    """

    analysis: str
    coders: int
    items: int
    sign: float | None
    sign_interval: tuple[float, float] | None
    band: float | None
    band_interval: tuple[float, float] | None
    note: str


class DriverShare(Record, frozen=True, kw_only=True):
    """Posterior of one hypothesis when exactly one main driver, or none, is assumed.

    Attributes
    ----------
    analysis : str
        Id of the analysis.
    hypothesis : str
        A mechanism, or ``null``: independent decisions, a common pressure, or a coordinated launch.
    p : float
        Its posterior probability; those of one analysis add up to 1.
    decibans : float
        Weight of evidence for it against the null (dB).
    """

    analysis: str
    hypothesis: str
    p: float
    decibans: float


class AuthorVerdict(Record, frozen=True, kw_only=True):
    """What an author concluded, in our words.

    Attributes
    ----------
    analysis, mechanism : str
        Of what the author speaks.
    verdict : {"at work", "in part", "not at work", "undecided"}
        What the author concludes.
    wording : str or None
        How it is worded, paraphrased; None where the document is private.
    document, locator : str or None
        Where it stands.
    place : Place
        Its row in the case.
    own_question : bool
        Whether the author asked this question; False: another one, to which this one comes nearest.
    """

    analysis: str
    mechanism: str
    verdict: AuthorConclusion
    wording: str | None
    document: str | None
    locator: str | None
    place: Place
    own_question: bool = True


class Verdict(Record, frozen=True, kw_only=True):
    """The conclusion on one mechanism in one analysis, by the printed rule.

    Attributes
    ----------
    analysis, mechanism : str
        Of what it speaks; "neighbours" for exposure to neighbours, which identifies no mechanism.
    verdict : VerdictName
        The verdict.
    sentence : str
        The verdict with its reason, made from the findings: passages for and against and what they come to,
        what the statistics tried and found, and what would change it.
    rule : str
        The row of the rule that held.
    evidence, statistics : Stance
        The stances of the two bodies it follows from.
    evidence_silence, statistics_silence : Silence or None
        Why a body is silent, where it is.
    author : AuthorVerdict or None
        What the author concluded, where the case says so.
    difference : str or None
        Why the author's conclusion and ours agree or differ.
    would_change : str or None
        The single thing that would change the verdict, tried out with the rule; None where none is known.
    """

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
    would_change: str | None = None


class AuditRow(Record, frozen=True, kw_only=True):
    """One check of what a document prints, against the register, its own other places, or its source.

    Attributes
    ----------
    id : str
        Does not depend on the order of rows.
    document, locator : str or None
        The document that prints it, and where.
    unit, wave, area, sub_area, status : str or None
        What the figure is of, as far as it says.
    kind : AuditKind
        counted: against the project rows · row of shares: can they be shares of one whole · share of a count:
        against counts printed elsewhere · sum: parts against their total · two places: one document against
        itself · against its source: a document against the report it cites · list: named things against
        those of the source · caption: a year in words against its table · reconstruction: the number of
        projects that shares and a total allow.
    outcome : Outcome
        ambiguous: true on one reading of what is unknown, false on another.
    says : str
        The finding in one sentence.
    printed, computed, suggestion : str or None
        What stands there, what the data give, and the smallest change that would mend it.
    own : bool
        Whether the document is the programme's own report of that wave, so that a difference is the report's
        and not that of a document which cites it.
    known : str or None
        Where a difference was looked at and accepted: by whom, and why.
    rows : tuple of Place
        Rows of the case it rests on.
    """

    id: str
    document: str
    kind: AuditKind
    outcome: Outcome
    says: str
    locator: str | None = None
    unit: str | None = None
    wave: str | None = None
    area: str | None = None
    sub_area: str | None = None
    status: str | None = None
    printed: str | None = None
    computed: str | None = None
    suggestion: str | None = None
    own: bool = False
    known: str | None = None
    rows: tuple[Place, ...] = ()


class Reading(Record, frozen=True, kw_only=True):
    """One way to check a claim: what is looked at, what is found, and whether the claim holds on it.

    Attributes
    ----------
    looks_at : str
        What is looked at.
    found : str
        What is found there; or why this reading cannot tell.
    holds : bool or None
        Whether the claim holds on it; None where it cannot tell.
    """

    looks_at: str
    found: str
    holds: bool | None


class ClaimRow(Record, frozen=True, kw_only=True):
    """A statement of a document about the data, checked.

    Attributes
    ----------
    id : str
        Id of the claim in the case.
    document, locator : str or None
        The document that states it, and where.
    kind : str
        What sort of statement it is, as in the table `claims`.
    paraphrase : str
        What it states, in the words of the case.
    outcome : Outcome
        confirmed: true on every reading · differs: false on every reading (contradicted) · incomplete: true,
        but it leaves out others of its kind · ambiguous: true on one reading, false on another · not
        checkable: no reading can tell.
    says : str
        The finding in one sentence.
    readings : tuple of Reading
        Everything the outcome rests on.
    known : str or None
        Where a difference was looked at and accepted: by whom, and why.
    rows : tuple of Place
        Rows of the case that decide.
    """

    id: str
    document: str
    kind: str
    paraphrase: str
    outcome: Outcome
    says: str
    locator: str | None = None
    readings: tuple[Reading, ...] = ()
    known: str | None = None
    rows: tuple[Place, ...] = ()


class Frame(Record, frozen=True, kw_only=True):
    """A table inside a result: its columns and rows, or the Parquet file that holds them.

    Attributes
    ----------
    columns : tuple of str
        Names of the columns.
    rows : tuple of tuple or None
        The cells, row by row; None where the table has more than 10⁴ rows.
    n : int
        How many rows there are.
    file : str or None
        The Parquet file beside `result.json` that holds a larger table.
    sha256 : str or None
        Hash of that file.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str | int | float | bool | None, ...], ...] | None
    n: int
    file: str | None = None
    sha256: str | None = None


class MechanismRecord(Record, frozen=True, kw_only=True):
    """A mechanism as it is defined here, with its literature and criteria.

    Attributes
    ----------
    name : str
        The field's word for it.
    claim : str
        What it says happened, with ``{policy}`` for the thing that spread.
    definition, source : str
        The literature's definition, paraphrased, and where it and the criteria come from.
    criteria : tuple of (str, str, str)
        Id, text and role of each criterion.
    rivals : tuple of str
        Mechanisms most easily mistaken for it.
    readings : str or None
        How a narrow and a broad reading differ, where the literature has both.
    """

    name: str
    claim: str
    definition: str
    source: str
    criteria: tuple[tuple[str, str, str], ...] = ()
    rivals: tuple[str, ...] = ()
    readings: str | None = None


class RuleRow(Record, frozen=True, kw_only=True):
    """One row of the verdict rule: the first row that holds gives the verdict.

    Attributes
    ----------
    verdict : VerdictName
        The verdict it gives.
    says : str
        When it holds, in plain words.
    of : {"mechanisms", "neighbours"}
        What it speaks of: each of the two has rows of its own.
    """

    verdict: VerdictName
    says: str
    of: Literal["mechanisms", "neighbours"] = "mechanisms"


class StanceRule(Record, frozen=True, kw_only=True):
    """One row of the rule by which a body of evidence comes to its stance, as printed.

    Attributes
    ----------
    body : {"evidence", "statistics"}
        Whose rule it is.
    stance : str
        The stance it gives, or what it limits a stance to.
    says : str
        When the row holds, in one sentence with its numbers.
    """

    body: Body
    stance: str
    says: str
