"""What the dates of a case say of a question: exposures, models, and who was at risk."""

from __future__ import annotations

from diffuscope.records.base import LeftOut, Record


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
    """One model of who adopted when, fitted to the dates of a case; its safeguards stand with the findings.

    Attributes
    ----------
    id : str
        ``main``, or the id of the repetition.
    says : str
        What is fitted, or what is different from the main model, in plain words.
    model : str
        Such as ``Firth logit``, ``cloglog``; empty where none could be fitted.
    formula : str
        What adoption is explained by, as a formula.
    rows, events, units, policies : int
        What it rests on.
    clusters : tuple of (str, int)
        Ways in which rows hang together, with the number of clusters each.
    interval : str
        How the intervals were made.
    coefficients : tuple of Coefficient
        One a term, the intercept among them.
    loglik, aic, bic_rows, bic_events : float or None
        Log-likelihood (penalised for Firth), and criteria by which smaller is better; BIC with the number of
        rows, and with the number of events.
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
        One a channel, those that are refused among them.
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
