"""E-value: how strong would an unmeasured confounder have to be, and is any measured one as strong?

VanderWeele & Ding 2017 (doi:10.7326/M16-2607); the bound on what a confounder can do, Ding & VanderWeele 2016
(doi:10.1097/EDE.0000000000000457).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from diffuscope.models.likelihood.links import hazard, predictor
from diffuscope.models.postestimation.predict import link_of
from diffuscope.panel.global_share import GLOBAL_SHARE, TIME_AT_RISK
from diffuscope.records import Safeguard
from diffuscope.records.numbers import times
from diffuscope.safeguards.engine.check import Check, SafeguardOptions, missing

if TYPE_CHECKING:
    from diffuscope.models.types import Link
    from diffuscope.records.arrays import Flags, Numbers
    from diffuscope.safeguards.tested_model import TestedModel


RARE = 0.15
"""Share of rows with an event below which ratios of odds and hazards are taken to equal ratios of risks."""
FARTHEST = 300.0
"""Logarithm of a ratio beyond which its square is not a number any more."""
NOT_COVARIATES = ("time", "duration", "period", "gap", "spell", "policy", GLOBAL_SHARE, TIME_AT_RISK)
NEEDED = 2.0
"""E-value of the interval's near end that has to be passed: a ratio of risks above 4/3."""


class Observed(NamedTuple):
    """How strongly a covariate of the model goes with exposure and with adoption, as ratios of risks."""

    name: str
    exposure: float
    adoption: float

    @property
    def bound(self) -> float:
        """By what factor it could shift a ratio of risks at most."""
        return bounding_factor(self.exposure, self.adoption)


def unmeasured_confounder(tested: TestedModel, column: str, options: SafeguardOptions) -> Safeguard:
    """E-value of an exposure's coefficient, against the strongest measured covariate.

    The exposure counts as the difference between the half that is more exposed than the median and the other
    half; so does each covariate. Passed: the E-value of the interval's end nearest to nothing is above 2, and
    that end, as a ratio of risks, is larger than the factor by which the strongest covariate of the model
    could shift it.

    Parameters
    ----------
    tested : TestedModel
    column : str
        The exposure.
    options : SafeguardOptions

    Returns
    -------
    Safeguard
        E-value of the estimate, and as `low` of the end of its interval: the least ratio of risks by which a
        confounder must go both with exposure and with adoption to explain it away.
    """
    fit, place = tested.fit, tested.place(column)
    x, y = tested.refitter.complete[1:3]
    link, share = link_of(fit), float(y.mean())
    halves = more_and_less(x[:, place])
    if halves is None:
        return missing("The exposure does not vary.")
    contrast = _contrast(x[:, place], halves)
    estimate, low = (
        risk_ratio(float(own[place]) * contrast, share, link) for own in (fit.coefficients, fit.ci_low)
    )
    how = _converted(share, link)
    if estimate <= 1:
        says = f"The coefficient is not above zero (risk ratio {times(estimate)}{how}): nothing to explain."
        return Safeguard(name="", applies=True, passed=False, description=says, value=1.0)
    # the end nearest to 1; an interval that holds 1 needs no confounder, so its E-value is 1
    needed, end = e_value(estimate), e_value(max(low, 1.0))
    says = (
        f"The more exposed half adopts {times(estimate)} times as often (interval from {times(low)}; ratios "
        f"of risks{how}). To explain it away, a confounder must be related to both exposure and adoption "
        f"by a risk ratio of at least {times(needed)}; a risk ratio of {times(end)} moves the interval to 1."
    )
    measured = [
        one
        for at in _covariates(tested)
        if (one := _observed(tested, at, halves, x[:, at], share)) is not None
    ]
    if not measured:
        says = f"{says} The model has no covariate for comparison."
        failed = None if end > NEEDED else False
        return Safeguard(name="", applies=True, passed=failed, description=says, value=needed, ci_low=end)
    strongest = max(measured, key=lambda one: one.bound)
    says = (
        f"{says} The strongest covariate of the model, `{strongest.name}`, is related to exposure by "
        f"{times(strongest.exposure)} and to adoption by {times(strongest.adoption)}: a similar confounder "
        f"changes a ratio by {times(strongest.bound)} at most (by both alike: "
        f"{times(e_value(strongest.bound))})."
    )
    passed = end > NEEDED and low > strongest.bound
    return Safeguard(name="", applies=True, passed=passed, description=says, value=needed, ci_low=end)


def e_value(ratio: float) -> float:
    """E-value: least ratio of risks by which a confounder must go with both to explain a ratio of risks away.

    >>> round(e_value(3.9), 2), round(e_value(1.8), 2)
    (7.26, 3.0)
    """
    own = ratio if ratio >= 1 else 1 / ratio
    # VanderWeele & Ding 2017: E = RR + √(RR (RR - 1)); a ratio below 1 is inverted first
    return own + math.sqrt(own * (own - 1))


def bounding_factor(exposure: float, adoption: float) -> float:
    """Bounding factor: by how much a confounder that goes so strongly with both can shift a ratio of risks.

    >>> bounding_factor(2.0, 3.0)
    1.5
    """
    if math.isinf(exposure):
        return adoption
    # Ding & VanderWeele 2016: B = RR_EU RR_UD / (RR_EU + RR_UD - 1); its limit for a perfect association with
    # exposure is RR_UD
    return exposure * adoption / (exposure + adoption - 1)


def risk_ratio(log_ratio: float, share: float, link: Link) -> float:
    """The ratio of risks that a coefficient stands for, given the share of rows with an event.

    Where events are rare (below 15 %), the ratio of odds or hazards itself; else √OR, or
    (1 - 0.5^√HR)/(1 - 0.5^√(1/HR)) (VanderWeele 2017, doi:10.1002/sim.7283; VanderWeele & Ding 2017). Of
    probit, whose coefficients are no ratios, that of the risks themselves, from the share on.
    """
    if not math.isfinite(log_ratio):
        return math.inf if log_ratio > 0 else 0.0
    if link == "probit":
        return float(hazard(link, np.asarray(predictor(link, share) + log_ratio))) / share
    own = min(max(log_ratio, -FARTHEST), FARTHEST)
    if share < RARE:
        return math.exp(own)
    # √ of the ratio: exp(log ratio / 2)
    root = math.exp(own / 2)
    return root if link == "logit" else (1 - 0.5**root) / (1 - 0.5 ** (1 / root))


def more_and_less(values: Numbers) -> Flags | None:
    """Median split: rows above the median; those at it too where none are above; None where all are alike."""
    middle = np.median(values)
    more = values > middle if (values > middle).any() else values >= middle
    return None if more.all() else np.asarray(more)


def _contrast(values: Numbers, more: Flags) -> float:
    return float(values[more].mean() - values[~more].mean())


def _covariates(tested: TestedModel) -> list[int]:
    """Coefficients of covariates: no exposure, time at risk, policy or intercept among them."""
    fit = tested.fit
    others = {*NOT_COVARIATES, *(one.column for one in tested.channels)}
    wanted = [name for name in fit.design.columns.names if not others & set(fit.design.uses(name))]
    return [fit.names.index(name) for name in wanted if name in fit.names]


def _observed(tested: TestedModel, at: int, exposed: Flags, values: Numbers, share: float) -> Observed | None:
    """A covariate's ratios of risks, in whichever direction they are above 1."""
    more = more_and_less(values)
    if more is None:
        return None
    # in size, as a confounder of either sign could be coded the other way round
    log_ratio = abs(float(tested.fit.coefficients[at])) * _contrast(values, more)
    shares = float(more[exposed].mean()), float(more[~exposed].mean())
    ratios = [_ratio(*shares), _ratio(1 - shares[0], 1 - shares[1])]
    return Observed(tested.fit.names[at], max(ratios), risk_ratio(log_ratio, share, link_of(tested.fit)))


def _ratio(one: float, other: float) -> float:
    """The larger of two shares over the smaller."""
    if min(one, other) > 0:
        return max(one, other) / min(one, other)
    return math.inf if max(one, other) > 0 else 1.0


def _converted(share: float, link: Link) -> str:
    if link == "probit":
        return f", from the {100 * share:.1f} % of rows that have an event"
    own = "odds" if link == "logit" else "hazards"
    if share < RARE:
        return f", taken to equal those of {own}, as events are rare: {100 * share:.1f} % of rows have one"
    return f", converted from those of {own}, as events are not rare: {100 * share:.1f} % of rows have one"


SAFEGUARD = Check(
    name="unmeasured confounder",
    asks="Would a confounder need to be stronger than any measured covariate to explain it away?",
    role="confirming",
    run=unmeasured_confounder,
)
