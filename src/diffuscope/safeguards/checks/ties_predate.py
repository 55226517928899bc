"""Ties that predate adoption: could the ties be a result of what they are to explain?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.panel.exposures import known_before, known_late
from diffuscope.records import Safeguard
from diffuscope.safeguards.engine.check import Check, SafeguardOptions, missing

if TYPE_CHECKING:
    from diffuscope.safeguards.tested_model import TestedModel


def ties_predate(tested: TestedModel, column: str, options: SafeguardOptions) -> Safeguard:
    """Ties that predate adoption: passed where they were known before the first adoption.

    Of ties that were first known in the period of the first adoption it cannot be told which came first.

    Parameters
    ----------
    tested : TestedModel
    column : str
        The exposure.
    options : SafeguardOptions

    Returns
    -------
    Safeguard
    """
    if tested.panel.history is None:
        return missing("Units are paired or rows merged, so the first adoption is not known.")
    layer = tested.channel(column).inputs.layer
    late = known_late(layer, tested.panel)
    if late:
        return Safeguard(name="", applies=True, passed=False, description=" ".join(late))
    since = layer.snapshots[0][0]
    if not known_before(layer, tested.panel):
        return missing(
            f"The ties `{layer.name}` are known from {since} on, when some units may already have adopted, "
            "so which came first is unknown."
        )
    when = "hold throughout" if since is None else f"are known from {since} on"
    says = f"The ties `{layer.name}` {when}: before the first adoption."
    return Safeguard(name="", applies=True, passed=True, description=says)


SAFEGUARD = Check(
    name="ties predate",
    asks="Did the ties exist before the first adoption?",
    role="confirming",
    run=ties_predate,
)
