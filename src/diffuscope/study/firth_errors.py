"""Firth's logit in a study: errors by the bootstrap of units, where a unit has rows of several policies."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from diffuscope.errors import MethodError
from diffuscope.panel.decisions import DECIDER
from diffuscope.records.phrases import lower_first

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from diffuscope.models import Fit

DRAWS = 999
"""Draws of units for each model. With 199, ends of an interval with long tails differed between seeds by a
quarter of its length, with 999 by a seventh."""
INDEPENDENT = "Firth's standard errors are model-based: rows of one unit are treated as independent"
ONE_WAY = (
    "Firth's standard errors are clustered by unit alone: rows of one policy are treated as independent "
    "between units."
)


def by_firth(
    formula: str, panels: Sequence[pl.DataFrame], extra: dict[str, Any], errors: str, seed: int
) -> list[Fit]:
    """Firth's logit of each draw of the dates, with clustered errors where rows of a unit repeat it.

    Parameters
    ----------
    formula : str
    panels : sequence of polars.DataFrame
        One per draw of the dates.
    extra : dict
        Duration and policy effects, as `firth` takes them.
    errors : str
        What the question says of errors: ``none`` takes all rows to be independent.
    seed : int
        Of the draws of units.

    Returns
    -------
    list of Fit
        With one policy, a unit's rows are the periods of one decision, which the likelihood takes account of,
        and the fit's own errors stand. Where the bootstrap has no answer they stand too, and a warning says
        why.
    """
    from diffuscope.models import firth

    interval: Any = "profile" if len(panels) == 1 else "wald"
    fits = [firth(formula, rows, interval=interval, **extra) for rows in panels]
    if errors == "none" or panels[0]["policy"].n_unique() < 2:
        return fits
    return [_by_unit(fit, rows, errors, seed) for fit, rows in zip(fits, panels, strict=True)]


def _by_unit(fit: Fit, rows: pl.DataFrame, errors: str, seed: int) -> Fit:
    from diffuscope.models import firth_bootstrap

    by = DECIDER if DECIDER in rows.columns else "unit"
    try:
        made = firth_bootstrap(fit, rows, by=by, draws=DRAWS, seed=seed)
    except MethodError as error:
        why = f"{INDEPENDENT}, because the bootstrap by unit has no answer: {lower_first(str(error))}"
        return replace(fit, warnings=(*fit.warnings, why))
    return made if errors != "unit and policy" else replace(made, warnings=(*made.warnings, ONE_WAY))
