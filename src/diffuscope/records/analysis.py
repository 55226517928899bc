"""The questions put to a case."""

from __future__ import annotations

import msgspec

from diffuscope.records.base import (
    AskedDuration,
    AskedErrors,
    AskedModel,
    AskedPolicyEffects,
    AskedPooling,
    AskedRows,
    Confidence,
    Period,
    Record,
)
from diffuscope.records.inferred import AskedNetwork


class Specification(Record, frozen=True, kw_only=True):
    """Robustness check: the same question with one thing changed, to see whether the estimate depends on it.

    Attributes
    ----------
    id : str
        Short id, unique in its question.
    says : str
        What is different, in plain words.
    policies, units, window
        As in `Analysis`; None: as in the question.
    tier : str or None
        As in `Analysis`; None: as in the question.
    without_confidence : {"low", "medium", "high"} or None
        Adoptions whose date is of this confidence, or of less, are no events here; they still influence.
    layers, lag, lags, forms, covariates, formula, model, duration, policy_effects, errors
        As in `Analysis`; None: as in the question. Layers, lags and forms replace those of the mechanisms
        they name.
    rows : {"dyads"} or None
        Unit of analysis: dyads, each unit at risk with each earlier adopter; None: units.
    pooling : {"policy"} or None
        Partial pooling: each policy has an intercept of its own, drawn from a common distribution.
    """

    id: str
    says: str
    policies: tuple[str, ...] | None = None
    units: tuple[str, ...] | None = None
    window: tuple[str, str] | None = None
    tier: str | None = None
    without_confidence: Confidence | None = None
    layers: dict[str, str | tuple[str, ...]] | None = None
    lag: int | None = None
    lags: dict[str, int] | None = None
    forms: dict[str, str] | None = None
    covariates: tuple[str, ...] | None = None
    formula: str | None = None
    model: AskedModel | None = None
    duration: AskedDuration | None = None
    policy_effects: AskedPolicyEffects | None = None
    errors: AskedErrors | None = None
    rows: AskedRows | None = None
    pooling: AskedPooling | None = None

    @property
    def comparable(self) -> bool:
        """Whether it fits the model of the question, so that a mechanism's coefficient can be compared."""
        return self.rows is None and self.pooling is None


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
    tier : str
        The tier that counts: an event is the first date at which a unit reaches it or a higher one.
    tiers : tuple of str
        The tiers of the case, lowest first.
    launch : str or None
        Within how long adoptions count as one launch, such as ``90 days`` or ``1 year``. None: 90 days, or
        one year where at least half of the dates are known by the year only.
    note : str or None
        What a reader should know about the question.
    layers : mapping of str to str
        Layer of ties by mechanism; under ``neighbours``, layers shown as exposure without a mechanism. For a
        mechanism that is not named, the first layer that the case has for it.
    lag : int
        Periods that pass between an adoption, or a covariate, and its being felt.
    lags : mapping of str to int
        The same by mechanism, layer of neighbours or covariate, where it differs; 0 for a covariate that is
        fixed beforehand, such as the calendar.
    forms : mapping of str to str
        Form of a mechanism's exposure (share, sum, attribute share, mean success), where it is not its own.
    covariates : tuple of str
        Variables of the table `attributes` that enter the model.
    formula : str or None
        The main model; None: exposures that stand, covariates, and a control of time.
    model : {"auto", "logit", "cloglog", "probit", "firth"}
        How the chance of adopting depends on them.
    duration : {"auto", "none", "cubic", "spline", "dummies"}
        How it moves with time since the policy's risk began; auto: a spline where events allow, else the
        global adoption share in its place.
    policy_effects : {"auto", "none", "fixed"}
        Whether each policy has a level of its own; auto: where events allow.
    errors : {"auto", "unit", "unit and policy", "none"}
        Which rows hang together.
    drivers : tuple of str
        Variables of the table `attributes` that are known to drive the ties, as likeness does.
    smallest_odds_ratio : float
        Smallest effect of interest, as an odds ratio from the 10th to the 90th percentile of an exposure
        (where these coincide, from 0 to the mean of the exposed).
    ruled_out : mapping of str to str
        Mechanisms that need not be in the model as rivals of others, each with the reason that is printed.
    repeat : tuple of Specification
        The same question asked otherwise.
    inferred : AskedNetwork or None
        How a network is to be inferred from its policies; None: none is.
    """

    id: str
    question: str
    policies: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    period: Period = "year"
    window: tuple[str, str] | None = None
    tier: str = "adopted"
    tiers: tuple[str, ...] = ("announced", "adopted", "in force", "implemented")
    launch: str | None = None
    note: str | None = None
    layers: dict[str, str | tuple[str, ...]] = msgspec.field(default_factory=dict)
    lag: int = 1
    lags: dict[str, int] = msgspec.field(default_factory=dict)
    forms: dict[str, str] = msgspec.field(default_factory=dict)
    covariates: tuple[str, ...] = ()
    formula: str | None = None
    model: AskedModel = "auto"
    duration: AskedDuration = "auto"
    policy_effects: AskedPolicyEffects = "auto"
    errors: AskedErrors = "auto"
    drivers: tuple[str, ...] = ()
    smallest_odds_ratio: float = 1.25
    ruled_out: dict[str, str] = msgspec.field(default_factory=dict)
    repeat: tuple[Specification, ...] = ()
    inferred: AskedNetwork | None = None
