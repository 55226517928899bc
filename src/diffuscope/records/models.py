"""What the dates of a case say of a question: exposures, models, and who was at risk."""

from __future__ import annotations

from typing import Literal

from diffuscope.records.base import Excluded, Record

NotFitted = Literal["too few events", "cannot be told from time"]
"""Why a mechanism whose exposure stands has no model."""


class ExposureRecord(Record, frozen=True, kw_only=True):
    """Exposure through one kind of tie in one analysis: what it was computed from, or why it could not be.

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
    mean, sd, min, max : float or None
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
    sd: float | None = None
    min: float | None = None
    max: float | None = None
    refused: str | None = None
    notes: tuple[str, ...] = ()


class Coefficient(Record, frozen=True, kw_only=True):
    """Coefficient of one term of a model: how it changes the chance of adopting, with its uncertainty.

    Attributes
    ----------
    term : str
        As the formula names it.
    mechanism : str or None
        The mechanism whose exposure it is.
    column : str or None
        The one column of the panel that it alone holds; None where it holds several, or none, or shares one.
    estimate, std_error : float
        On the scale of the linear predictor: log odds, or log hazard; and its standard error.
    ci_low, ci_high : float or None
        95 % interval; None where it has no end.
    p : float or None
        Two-sided.
    effect, effect_low, effect_high : float or None
        By how much the chance of adopting in a period rises, on average, from the observed 10th to the 90th
        percentile of the column (0 to 1 for a column of 0 and 1), with its 95 % interval; None where it is
        not told.
    effect_from, effect_to : float or None
        From where to where the column goes for that.
    lag : int or None
        How many periods before the row the column was taken; None of what has no date.
    contrast_from, contrast_to : float or None
        The 10th and 90th percentile of the column, in the rows of the model; where these coincide, 0 and the
        mean of the rows that are not 0. The contrast of effects, and of the smallest effect of interest.
    between : float or None
        Share of the coefficient's variance that lies between draws of dates known as ranges; None where none
        were drawn.
    """

    term: str
    mechanism: str | None
    estimate: float
    std_error: float
    ci_low: float | None
    ci_high: float | None
    p: float | None
    column: str | None = None
    effect: float | None = None
    effect_low: float | None = None
    effect_high: float | None = None
    effect_from: float | None = None
    effect_to: float | None = None
    lag: int | None = None
    contrast_from: float | None = None
    contrast_to: float | None = None
    between: float | None = None


class Estimate(Record, frozen=True, kw_only=True):
    """One model of who adopted when, fitted to the dates of a case; its safeguards stand with the findings.

    Attributes
    ----------
    id : str
        ``main``, or the id of the repetition.
    description : str
        What is fitted, or what is different from the main model, in plain words.
    model : str
        Such as ``Firth logit``, ``cloglog``, ``probit``; empty where none could be fitted.
    formula : str
        What adoption is explained by, as a formula.
    rows, events, units, policies : int
        What it rests on.
    clusters : tuple of (str, int)
        Ways in which rows are clustered, with the number of clusters of each.
    interval : str
        How the intervals were made.
    coefficients : tuple of Coefficient
        One a term, the intercept among them.
    loglik, aic, bic_rows, bic_events : float or None
        Log-likelihood (without the penalty, for Firth too), and criteria by which smaller is better; BIC with
        the number of rows, and with the number of events.
    left_out : tuple of (str, int)
        Why rows of the panel are not among those of the model, with counts.
    warnings : tuple of str
        Why the estimates may not be trusted.
    refused : str or None
        Why nothing could be fitted; None where a model stands.
    timed : bool
        Whether something in it controls for time; without that, whatever rises as a policy spreads passes for
        exposure.
    control : str
        Which control of time was taken, and why.
    draws : int or None
        Draws of dates known as ranges, over which the estimates are combined by Rubin's rules; None where no
        date is a range.
    between : float or None
        Largest share of a coefficient's variance that lies between the draws.
    r_script, stata_script : str or None
        Scripts that fit the same model in R and Stata to ``../tables/panel-<analysis>.csv``, with the
        coefficients to expect; None where the model has no plain counterpart there.
    """

    id: str
    description: str
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
    timed: bool = False
    control: str = ""
    draws: int | None = None
    between: float | None = None
    r_script: str | None = None
    stata_script: str | None = None


class RowsLost(Record, frozen=True, kw_only=True):
    """Rows at risk that a model leaves out because one of its terms is not known in them.

    Attributes
    ----------
    term : str
        As the formula names it.
    rows, events : int
        How many go, and the events among them.
    """

    term: str
    rows: int
    events: int


class Repeated(Record, frozen=True, kw_only=True):
    """Estimate of one mechanism's exposure in a repetition, the same question with one thing changed.

    Attributes
    ----------
    id : str
        Of the repetition.
    description : str
        What is different, in plain words.
    rows, events : int
        What its model rests on.
    estimate, ci_low, ci_high : float or None
        Coefficient of the mechanism's exposure with its 95 % interval; None where there is none.
    refused : str or None
        Why it says nothing.
    """

    id: str
    description: str
    rows: int = 0
    events: int = 0
    estimate: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    refused: str | None = None


class MechanismModel(Record, frozen=True, kw_only=True):
    """The model in which one mechanism is judged, and what else was made of its exposure.

    A layer that is short for one mechanism must not take rows from the others: a mechanism is judged in the
    model of its own exposure, the covariates, a control of time, and those other exposures that cost it no
    event. Where none costs it any, that is the joint model.

    Attributes
    ----------
    mechanism : str
        Or ``neighbours``, where the exposure identifies no mechanism.
    term : str
        The exposure.
    layer : str or None
        The ties it runs through.
    tested : Estimate
        The model in which it is judged.
    joint : bool
        Whether that is the joint model.
    alone : Estimate or None
        The model of its exposure without any other mechanism's; None where a formula was asked for.
    lost : tuple of RowsLost
        Exposures of the joint model that are left out of its own, with the rows and events they would cost.
    rivals_in : tuple of str
        Rivals in the model.
    rivals_ruled_out : tuple of (str, str)
        Rivals that the question rules out, each with its reason.
    rivals_open : tuple of (str, str)
        Rivals that are neither, each with the reason why it is not in the model.
    time_share : float or None
        Share of the exposure's variance that the control of time accounts for, in the rows of the model.
    silence : {"too few events", "cannot be told from time"} or None
        What kind of reason there is for having no model.
    repeated : tuple of Repeated
        What every repetition says of it.
    """

    mechanism: str
    term: str
    tested: Estimate
    layer: str | None = None
    joint: bool = False
    alone: Estimate | None = None
    lost: tuple[RowsLost, ...] = ()
    rivals_in: tuple[str, ...] = ()
    rivals_ruled_out: tuple[tuple[str, str], ...] = ()
    rivals_open: tuple[tuple[str, str], ...] = ()
    time_share: float | None = None
    silence: NotFitted | None = None
    repeated: tuple[Repeated, ...] = ()

    @property
    def coefficient(self) -> Coefficient | None:
        """The coefficient by which it is judged; None where there is none."""
        return next((one for one in self.tested.coefficients if one.column == self.term), None)


class EventHistory(Record, frozen=True, kw_only=True):
    """Event history of one analysis: who was at risk when, their exposures, and the models fitted to them.

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
    left_out : tuple of Excluded
        The ledger: adoptions that are no event, and units never at risk, by reason.
    notes : tuple of str
        What to keep in mind of the panel.
    exposures : tuple of ExposureRecord
        One a channel, those that are refused among them.
    correlations : tuple of (str, str, float)
        Pearson's r of each two exposures where both are known.
    inseparable : tuple of str
        What cannot be told apart, in words with the number.
    estimates : tuple of Estimate
        The main model, of all mechanisms jointly, first; then its repetitions.
    lost : tuple of RowsLost
        What each term of the main model costs.
    models : tuple of MechanismModel
        The model in which each mechanism is judged whose exposure stands, and the neighbours.
    """

    analysis: str
    refused: str | None = None
    rows: int = 0
    events: int = 0
    units: int = 0
    policies: int = 0
    simultaneous: int = 0
    left_out: tuple[Excluded, ...] = ()
    notes: tuple[str, ...] = ()
    exposures: tuple[ExposureRecord, ...] = ()
    correlations: tuple[tuple[str, str, float], ...] = ()
    inseparable: tuple[str, ...] = ()
    estimates: tuple[Estimate, ...] = ()
    lost: tuple[RowsLost, ...] = ()
    models: tuple[MechanismModel, ...] = ()
