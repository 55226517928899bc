"""Every safeguard for a person with a panel and a model; no case needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np
import polars as pl

from diffuscope.errors import PlanError
from diffuscope.safeguards.engine.check import SafeguardOptions
from diffuscope.safeguards.run_safeguards import gate_of, run_safeguards
from diffuscope.safeguards.tested_model import TestedExposure, TestedModel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from diffuscope.models import Fit
    from diffuscope.panel import Panel
    from diffuscope.records import SafeguardResults
    from diffuscope.records.arrays import Numbers


NEAR = 1e-9
"""How far an exposure seen anew may be from its column, by rounding alone."""


def challenge(
    fit: Fit,
    panel: Panel,
    column: str,
    *,
    drivers: Sequence[str] = (),
    strata: Mapping[str, object] | None = None,
    draws: int = 999,
    seed: int = 0,
    workers: int | None = None,
) -> SafeguardResults:
    """Safeguards of an exposure's coefficient: do units follow those they are tied to, or only look so.

    All exposures of the model that were made by `add_exposure` are seen again through their own ties, as the
    panel remembers them.

    Parameters
    ----------
    fit : Fit
        By `event_history` or `firth`, of this panel.
    panel : Panel
        With the exposures, from `add_exposure`.
    column : str
        The exposure.
    drivers : sequence of str
        Columns of the panel that are known to drive its ties.
    strata : mapping of str to object, optional
        Unit to what it may only be exchanged within, such as its region.
    draws : int
        Draws of each permutation test.
    seed : int
    workers : int, optional
        Processes at once; all cores by default. Results do not depend on it.

    Returns
    -------
    SafeguardResults
        Its `table` has one row a safeguard.

    Raises
    ------
    PlanError
        If the panel has no such exposure, an exposure was changed by hand, or no single term of the model
        holds it.

    Examples
    --------
    >>> import diffuscope, polars as pl
    >>> laws = pl.DataFrame({"unit": list("abcdefgh"), "time": [1, 2, 2, 3, 3, 4, 5, None]})
    >>> ties = pl.DataFrame({"sender": list("aabbcdef"), "receiver": list("bcdefghg")})
    >>> panel = diffuscope.add_exposure(diffuscope.person_period(laws, censor=6), ties, name="near")
    >>> trial = challenge(diffuscope.firth("adopted ~ near", panel), panel, "near", draws=99, workers=1)
    >>> trial.term, trial.safeguards[0].name, trial.safeguards[0].role
    ('near', 'permuted ties', 'gate')
    """
    history = panel.history
    made = () if history is None else history.exposures
    if history is None or column not in {one.name for one in made}:
        known = ", ".join(f"`{one.name}`" for one in made) or "none"
        raise PlanError(
            f"The panel has no exposure `{column}` made by `add_exposure`; it has {known}. A panel of pairs "
            "or merged rows has none."
        )
    rows = panel.table()
    channels = tuple(
        TestedExposure(column=one.name, mechanism=None, inputs=one.inputs(rows, history))
        for one in made
        if one.name in rows.columns
    )
    for one in channels:
        _refuse_changed(rows, one)
    tested = TestedModel(panel, fit, channels, strata)
    options = SafeguardOptions(draws=draws, seed=seed, workers=workers, drivers={column: tuple(drivers)})
    trial = run_safeguards(tested, column, options)
    gate = gate_of(trial)
    if gate is None:
        return trial
    # one exposure is a family of one: Holm leaves its p-value as it is
    return msgspec.structs.replace(trial, p_holm=gate.p, p_holm_less=gate.p_less)


def _refuse_changed(rows: pl.DataFrame, channel: TestedExposure) -> None:
    """Refuse an exposure that is no longer what its ties give: the trial would be that of another one."""
    own = rows[channel.column].cast(pl.Float64).fill_null(np.nan).to_numpy()
    values = channel.inputs.values()[0]
    known = np.isfinite(values)
    # filled in by hand is changed, too: rows that no draw could know would be in the model and not in draws
    if not known.any() or (np.isfinite(own) != known).any() or _farthest(own[known], values[known]) > NEAR:
        raise PlanError(
            f"The column `{channel.column}` does not agree with its ties: it was changed after "
            "`add_exposure`. Give a changed exposure its own name."
        )


def _farthest(one: Numbers, other: Numbers) -> float:
    """Largest difference, as a share of the largest value where that is above 1."""
    return float(np.abs(one - other).max() / max(1.0, np.abs(one).max()))
