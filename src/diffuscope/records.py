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
Confidence = Literal["low", "medium", "high"]
AskedModel = Literal["auto", "logit", "cloglog", "firth"]
AskedErrors = Literal["auto", "unit", "unit and policy", "none"]
AuthorConclusion = Literal["at work", "in part", "not at work", "undecided"]
Outcome = Literal["confirmed", "differs", "incomplete", "ambiguous", "not checkable"]
AuditKind = Literal[
    "counted",
    "row of shares",
    "share of a count",
    "sum",
    "two places",
    "against its source",
    "list",
    "caption",
    "reconstruction",
]
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


class Repeat(Record, frozen=True, kw_only=True):
    """The same question asked otherwise, to see what an estimate hangs on.

    Attributes
    ----------
    id : str
        Short id, unique in its question.
    says : str
        What is different, in plain words.
    policies, units, window
        As in `Analysis`; None: as in the question.
    without_confidence : {"low", "medium", "high"} or None
        Adoptions whose date is of this confidence, or of less, are no events here; they still influence.
    layers, lag, lags, covariates, formula, model, errors
        As in `Analysis`; None: as in the question. Layers and lags replace those of the mechanisms they name.
    """

    id: str
    says: str
    policies: tuple[str, ...] | None = None
    units: tuple[str, ...] | None = None
    window: tuple[str, str] | None = None
    without_confidence: Confidence | None = None
    layers: dict[str, str | tuple[str, ...]] | None = None
    lag: int | None = None
    lags: dict[str, int] | None = None
    covariates: tuple[str, ...] | None = None
    formula: str | None = None
    model: AskedModel | None = None
    errors: AskedErrors | None = None


class Analysis(Record, frozen=True, kw_only=True):
    """One question put to a case: which policies, which units, which window and period, which ties.

    Attributes
    ----------
    id : str
        Short id; evidence, findings and verdicts name the analysis they belong to by it.
    question : str
        The question in plain words.
    policies : tuple of str
        Ids in the table `policies`; none: the question is answered by evidence alone.
    units : tuple of str
        Ids in the table `units` of those that could have adopted.
    period : {"year", "month", "day", "wave"}
        The grain at which order is known.
    window : tuple of (str, str) or None
        First and last period under study, both included; ISO dates or wave ids.
    note : str or None
        What a reader should know about the question.
    layers : mapping of str to str
        Layer of ties by mechanism; under ``neighbours``, layers shown as exposure without a mechanism. For a
        mechanism that is not named, the first layer that the case has for it.
    lag : int
        Periods that pass between an adoption, or a covariate, and its being felt.
    lags : mapping of str to int
        The same by mechanism, where it differs.
    covariates : tuple of str
        Variables of the table `attributes` that enter the model.
    formula : str or None
        The main model; None: exposures that stand, covariates, and time at risk where events allow.
    model : {"auto", "logit", "cloglog", "firth"}
        How the chance of adopting depends on them.
    errors : {"auto", "unit", "unit and policy", "none"}
        Which rows hang together.
    smallest_effect : float or None
        The smallest rise of the chance of adopting in a period that is worth calling an effect, in percentage
        points, from the 10th to the 90th percentile of an exposure.
    repeat : tuple of Repeat
        The same question asked otherwise.
    """

    id: str
    question: str
    policies: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    period: Period = "year"
    window: tuple[str, str] | None = None
    note: str | None = None
    layers: dict[str, str | tuple[str, ...]] = msgspec.field(default_factory=dict)
    lag: int = 1
    lags: dict[str, int] = msgspec.field(default_factory=dict)
    covariates: tuple[str, ...] = ()
    formula: str | None = None
    model: AskedModel = "auto"
    errors: AskedErrors = "auto"
    smallest_effect: float | None = None
    repeat: tuple[Repeat, ...] = ()


class LeftOut(Record, frozen=True, kw_only=True):
    """Rows that did not enter a computation, and the rule that kept them out.

    Attributes
    ----------
    table : str
        Table of the case the rows stand in.
    reason : str
        Why they do not count, in plain words.
    count : int
        How many they are.
    rows : tuple of int
        Which they are, as a spreadsheet shows them.
    """

    table: str
    reason: str
    count: int
    rows: tuple[int, ...] = ()


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
    analysis : str
        Id of the analysis.
    testable : bool or None
        False where the dates rule diffusion out, None where the analysis has no dated adoptions.
    reason : str
        Why, in plain words.
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
    modal_period : str or None
        The period with most adoptions, the baseline left aside.
    modal_count : int or None
        How many adoptions fall in it.
    modal_share : float or None
        Their share of all adoptions outside the baseline.
    pairs_ordered : int
        Pairs of adoptions of one policy where it is clear who came first.
    pairs_same : int
        Pairs that fall in one period.
    pairs_unknown : int
        Pairs whose ranges overlap, so that the order is unknown.
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
    """

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
        Why the stance may not go beyond leaning.
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
        Why it is silent: nothing to look at, or looked and undecided.
    caveats : tuple of str
        What weakens it.
    joint_with : tuple of str
        Rival mechanisms, where the witness can only speak for them together.
    evidence : EvidenceDetail or None
        What the evidence witness computed.
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


class ExposureRecord(Record, frozen=True, kw_only=True):
    """One channel by which earlier adopters could have reached the others, as the data know it.

    Attributes
    ----------
    name : str
        The column of the panel, and the term of the model: the mechanism, or the layer where no mechanism
        is identified.
    mechanism : str or None
        The mechanism whose channel it is; None for a neighbour exposure, mechanism not identified.
    layer : str or None
        The ties it runs through; None where the case has none for it.
    form : str
        How ties and adopters are put together: share, sum, attribute share, mean success.
    lag : int
        How many periods pass between an adoption and its being felt.
    source : str
        Where the ties come from.
    derived_from : tuple of str
        What the ties were computed from.
    rows, known : int
        Rows of the panel, and those in which the exposure is known.
    isolates : int
        Rows of units without ties.
    mean, spread, low, high : float or None
        Mean, standard deviation, smallest and largest where it is known.
    refused : str or None
        Why it enters no model; None where it may.
    notes : tuple of str
        What to keep in mind of it.
    """

    name: str
    mechanism: str | None
    layer: str | None
    form: str
    lag: int
    source: str = ""
    derived_from: tuple[str, ...] = ()
    rows: int = 0
    known: int = 0
    isolates: int = 0
    mean: float | None = None
    spread: float | None = None
    low: float | None = None
    high: float | None = None
    refused: str | None = None
    notes: tuple[str, ...] = ()


class Coefficient(Record, frozen=True, kw_only=True):
    """What one term of a model adds to the chance of adopting, and how sure that is.

    Attributes
    ----------
    term : str
        As the formula names it.
    mechanism : str or None
        The mechanism whose exposure it is.
    estimate, error : float
        On the scale of the linear predictor: log odds, or log hazard; and its standard error.
    low, high : float or None
        95 % interval; None where it has no end.
    p : float or None
        Two-sided.
    effect, effect_low, effect_high : float or None
        By how much the chance of adopting in a period rises, on average, from the observed 10th to the 90th
        percentile of the column (0 to 1 for a column of 0 and 1), with its 95 % interval; None where it is
        not told.
    effect_from, effect_to : float or None
        These percentiles.
    """

    term: str
    mechanism: str | None
    estimate: float
    error: float
    low: float | None
    high: float | None
    p: float | None
    effect: float | None = None
    effect_low: float | None = None
    effect_high: float | None = None
    effect_from: float | None = None
    effect_to: float | None = None


class Estimate(Record, frozen=True, kw_only=True):
    """One model of who adopted when, fitted to the dates of a case; without safeguards.

    Attributes
    ----------
    id : str
        ``main``, or the id of the repetition.
    says : str
        What is fitted, or what is different from the main model, in plain words.
    model : str
        Such as ``Firth logit``, ``cloglog``; empty where none could be fitted.
    formula : str
    rows, events, units, policies : int
        What it rests on.
    clusters : tuple of (str, int)
        Ways in which rows hang together, with the number of clusters each.
    interval : str
        How the intervals were made.
    coefficients : tuple of Coefficient
    loglik, aic, bic_rows, bic_events : float or None
    left_out : tuple of (str, int)
        Why rows of the panel are not among those of the model, with counts.
    warnings : tuple of str
        Why the estimates may not be trusted.
    refused : str or None
        Why nothing could be fitted; None where a model stands.
    r_script, stata_script : str or None
        Scripts that fit the same model in R and Stata to ``../tables/panel-<analysis>.csv``, with the
        coefficients to expect; None where the model has no plain counterpart there.
    """

    id: str
    says: str
    formula: str
    model: str = ""
    rows: int = 0
    events: int = 0
    units: int = 0
    policies: int = 0
    clusters: tuple[tuple[str, int], ...] = ()
    interval: str = ""
    coefficients: tuple[Coefficient, ...] = ()
    loglik: float | None = None
    aic: float | None = None
    bic_rows: float | None = None
    bic_events: float | None = None
    left_out: tuple[tuple[str, int], ...] = ()
    warnings: tuple[str, ...] = ()
    refused: str | None = None
    r_script: str | None = None
    stata_script: str | None = None


class EventHistory(Record, frozen=True, kw_only=True):
    """What the dates alone say in one analysis: who was at risk when, exposed to whom, and the models of it.

    Attributes
    ----------
    analysis : str
        Id of the analysis.
    refused : str or None
        Why there is no panel, so that nothing follows; None where there is one.
    rows, events, units, policies : int
        Of the panel: rows at risk, adoptions among them, units and policies at risk.
    simultaneous : int
        Events that share their period with another of the same policy.
    left_out : tuple of LeftOut
        The ledger: adoptions that are no event, and units never at risk, by reason.
    notes : tuple of str
        What to keep in mind of the panel.
    exposures : tuple of ExposureRecord
    correlations : tuple of (str, str, float)
        Pearson's r of each two exposures where both are known.
    inseparable : tuple of str
        What cannot be told apart, in words with the number.
    estimates : tuple of Estimate
        The main model first, then its repetitions.
    """

    analysis: str
    refused: str | None = None
    rows: int = 0
    events: int = 0
    units: int = 0
    policies: int = 0
    simultaneous: int = 0
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()
    exposures: tuple[ExposureRecord, ...] = ()
    correlations: tuple[tuple[str, str, float], ...] = ()
    inseparable: tuple[str, ...] = ()
    estimates: tuple[Estimate, ...] = ()


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
    """

    analysis: str
    mechanism: str
    verdict: AuthorConclusion
    wording: str | None
    document: str | None
    locator: str | None
    place: Place


class Verdict(Record, frozen=True, kw_only=True):
    """The conclusion on one mechanism in one analysis, by the printed rule.

    Attributes
    ----------
    analysis, mechanism : str
        Of what it speaks.
    verdict : VerdictName
        The verdict.
    sentence : str
        The verdict with its reason, as one sentence.
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
    """

    verdict: VerdictName
    says: str
