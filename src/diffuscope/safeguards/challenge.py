"""Every safeguard for a person with a panel, a model and ties; no case needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl

from diffuscope.errors import PlanError
from diffuscope.panel.exposures import layer_of
from diffuscope.panel.frames import polars_of
from diffuscope.panel.seen import Look, seen_through, successes
from diffuscope.safeguards.battery import trial_of
from diffuscope.safeguards.question import Channel, Question
from diffuscope.safeguards.witness import How
from diffuscope.ties.layer import Layer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from diffuscope.models import Fit
    from diffuscope.panel import Panel
    from diffuscope.records import Trial

NEAR = 1e-9
"""How far an exposure seen anew may be from the column it is to be."""


def challenge(
    fit: Fit,
    panel: Panel,
    column: str,
    ties: Layer | Any,
    *,
    form: Literal["share", "sum", "attribute share", "mean success"] = "share",
    lag: int = 1,
    success: Any = None,
    promoters: Iterable[str] = (),
    drivers: Sequence[str] = (),
    strata: Mapping[str, object] | None = None,
    draws: int = 999,
    seed: int = 0,
    workers: int | None = None,
) -> Trial:
    """What an exposure's coefficient withstands: do units follow those they are tied to, or only look so.

    Parameters
    ----------
    fit : Fit
        By `event_history` or `firth`, of this panel.
    panel : Panel
        With the exposure, from `add_exposure`.
    column : str
        The exposure.
    ties : Layer, or pandas, Polars or Arrow table
        What it was made from.
    form, lag, success, promoters
        As it was made.
    drivers : sequence of str
        Columns of the panel that are known to drive these ties.
    strata : mapping of str to object, optional
        Unit to what it may only be exchanged within, such as its region.
    draws : int
        Worlds drawn for each safeguard that draws any.
    seed : int
    workers : int, optional
        Processes at once; all cores by default. Results do not depend on it.

    Returns
    -------
    Trial
        Its `table` has one row a safeguard.

    Raises
    ------
    PlanError
        If the column is not what these ties give, or no single term of the model holds it.

    Examples
    --------
    >>> import diffuscope, polars as pl
    >>> laws = pl.DataFrame({"unit": list("abcdefgh"), "time": [1, 2, 2, 3, 3, 4, 5, None]})
    >>> ties = pl.DataFrame({"sender": list("aabbcdef"), "receiver": list("bcdefghg")})
    >>> panel = diffuscope.add_exposure(diffuscope.person_period(laws, censor=6), ties, name="near")
    >>> trial = challenge(diffuscope.firth("adopted ~ near", panel), panel, "near", ties, draws=99, workers=1)
    >>> trial.term, len(trial.safeguards)
    ('near', 12)
    """
    if panel.history is None or column not in panel.table().columns:
        raise PlanError(f"The panel has no exposure `{column}` that could be seen again; see `add_exposure`.")
    layer = ties if isinstance(ties, Layer) else layer_of(ties, panel, column, None)
    known = None if success is None else successes(success, panel.history)
    look = Look(form=form, lag=lag)
    seen = seen_through(layer, panel.table(), panel.history, look, pushing=tuple(promoters), success=known)
    _refuse_other(panel, column, seen.values()[0])
    question = Question(panel, fit, (Channel(column=column, mechanism=None, seen=seen),), strata)
    how = How(draws=draws, seed=seed, workers=workers, drivers={column: tuple(drivers)})
    return trial_of(question, column, how)[0]


def _refuse_other(panel: Panel, column: str, seen: np.ndarray[Any, np.dtype[np.float64]]) -> None:
    """Refuse ties, or a form, that do not give the column: the trial would be that of another exposure."""
    own = polars_of(panel.frame, "The panel")[0][column].cast(pl.Float64).fill_null(np.nan).to_numpy()
    both = np.isfinite(own) & np.isfinite(seen)
    if not both.any() or np.abs(own[both] - seen[both]).max() > NEAR * max(1.0, np.abs(own[both]).max()):
        raise PlanError(
            f"These ties do not give the column `{column}`: hand in the ties, form, lag, success and "
            "promoters that it was made from."
        )
