"""Out-of-time validation: how well a model fitted to earlier periods predicts later ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from diffuscope.errors import MethodError
from diffuscope.models.design.complete_cases import frame_of, need, outcome
from diffuscope.models.estimators.event_history import event_history
from diffuscope.models.likelihood.links import hazard
from diffuscope.models.postestimation.predict import linear, link_of, rows_for
from diffuscope.models.postestimation.scores import calibration_bins, score_hazards
from diffuscope.records.phrases import counted

if TYPE_CHECKING:
    import polars as pl

    from diffuscope.models.fit import Fit
    from diffuscope.models.postestimation.scores import Scores
    from diffuscope.models.types import DurationForm, Link
    from diffuscope.panel.native_frames import Frame


@dataclass(frozen=True)
class Validation:
    """Out-of-time validation: how well a model of earlier periods predicted later ones.

    Attributes
    ----------
    until : object
        Last period that the model was fitted to.
    fit : Fit
    scores : Scores
        On the later rows; skill is measured against the base rate of the earlier ones.
    passed_over : int
        Later rows without a value that the model needs, or of a policy it has no effect for.
    bins : tuple of (float, float, int, int)
        Mean hazard predicted, share of events, events and rows, in groups by rising hazard.
    """

    until: Any
    fit: Fit
    scores: Scores
    passed_over: int
    bins: tuple[tuple[float, float, int, int], ...]

    def table(self) -> pl.DataFrame:
        """Calibration as a frame: predicted, observed, events, rows."""
        import polars as pl

        return pl.DataFrame(list(self.bins), schema=["predicted", "observed", "events", "rows"], orient="row")


def validate_out_of_time(
    formula: str,
    panel: Frame,
    until: Any,
    *,
    time: str = "time",
    link: Link = "logit",
    duration: DurationForm | None = None,
    offset: str | None = None,
) -> Validation:
    """Out-of-time validation: does a model fitted to periods up to one predict those after, one step ahead?

    Rows are never split at random: rows of one unit would stand on both sides.

    Parameters
    ----------
    formula : str
        As for `event_history`.
    panel : pandas, Polars or Arrow table, or a panel
        Exposures of later rows are those observed then.
    until : value of the column `time`
        Last period to fit to.
    time : str
        Column of the period.
    link, duration, offset
        As for `event_history`.

    Returns
    -------
    Validation

    Raises
    ------
    MethodError
        If either side has no rows, or nothing can be estimated from the earlier one.
    """
    frame = frame_of(panel)
    need(frame, [time], "validate_out_of_time")
    earlier, later = frame.filter(frame[time] <= until), frame.filter(frame[time] > until)
    if earlier.is_empty() or later.is_empty():
        raise MethodError(
            f"{counted(earlier.height, 'row is', 'rows are')} up to {until} and {later.height:,} after it; "
            "both are needed."
        )
    fit = event_history(formula, earlier, link=link, duration=duration, offset=offset, cluster=None)
    rows = rows_for(fit, later, [fit.outcome])
    p = hazard(link_of(fit), linear(fit, rows)[1])
    y = rows[fit.outcome].to_numpy().astype(float)
    if not np.isin(y, (0, 1)).all():
        outcome(rows, fit.outcome)  # says which row is wrong
    return Validation(
        until=until,
        fit=fit,
        scores=score_hazards(y, p, fit.events / fit.rows),
        passed_over=later.height - rows.height,
        bins=tuple(calibration_bins(y, p)),
    )
