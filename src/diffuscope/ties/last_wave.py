"""Ties measured in waves, past the last wave: in which periods they are carried on, and what to say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.records.phrases import counted
from diffuscope.ties.dates import moment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.ties.layer import Layer


def carried_past_last_wave(layer: Layer, dates: Sequence[str | int]) -> tuple[str, ...]:
    """What to say of periods after the last wave, whose ties are those of that wave.

    Parameters
    ----------
    layer : Layer
    dates : sequence of str or int
        Date of each period in which ties are looked up, in order.

    Returns
    -------
    tuple of str
        A sentence that names the layer, its last wave and the periods; none where no period is later, or the
        ties were not measured in waves.
    """
    if layer.last_wave is None:
        return ()
    last = moment(layer.last_wave, "The last wave")
    later = [date for date in dates if moment(date, "A period") > last]
    if not later:
        return ()
    span = f"{later[0]}" if len(later) == 1 else f"{later[0]} to {later[-1]}"
    return (
        f"the ties `{layer.name}` were last measured in the wave {layer.last_wave} and are carried on "
        f"unchanged through {counted(len(later), 'later period')} ({span})",
    )
