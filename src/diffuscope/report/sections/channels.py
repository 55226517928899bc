"""Which channel each mechanism has in these data, why the others have none, and which run together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diffuscope.records.numbers import decimal
from diffuscope.records.phrases import counted, upper_first
from diffuscope.report.terms import NOT_IDENTIFIED, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.records import EventHistory, ExposureRecord

_SOURCES = 2
"""Sources of ties that are named one by one."""
_SHADES = (0.2, 0.4, 0.6, 0.8)
"""Sizes of a correlation at which the table is shaded darker."""


def channels(history: EventHistory, mechanisms: Sequence[str], period: str) -> list[dict[str, Any]]:
    """Every exposure of an analysis, mechanism by mechanism, then those that identify none.

    Parameters
    ----------
    history : EventHistory
    mechanisms : sequence of str
        All mechanisms of the result; one without an exposure says that it has none.
    period : str
        What a period is called.

    Returns
    -------
    list of dict
        `who`, `ties`, `how`, `source`, `known`, `isolates`, `spread`, `average`, `refused`, `notes`.
    """
    by_mechanism = {name: [one for one in history.exposures if one.mechanism == name] for name in mechanisms}
    rows = []
    for name, exposures in by_mechanism.items():
        rows += [_channel(one, upper_first(name), period) for one in exposures] or [_none(name)]
    others = [one for one in history.exposures if one.mechanism not in by_mechanism]
    return rows + [_channel(one, upper_first(one.mechanism or NOT_IDENTIFIED), period) for one in others]


def _none(mechanism: str) -> dict[str, Any]:
    nothing = dict.fromkeys(("how", "source", "known", "isolates", "spread", "average"))
    refused = "these data have no ties for it"
    return {"who": upper_first(mechanism), "ties": "none", "refused": refused, "notes": (), **nothing}


def _channel(one: ExposureRecord, who: str, period: str) -> dict[str, Any]:
    derived = f"computed from {', '.join(one.derived_from)}" if one.derived_from else ""
    measured = one.min is not None and one.max is not None
    average = f"mean {plain(one.mean)}, standard deviation {plain(one.sd)}" if measured else None
    return {
        "who": who,
        "ties": one.layer or "none",
        "how": f"{one.form}, felt {counted(one.lag, period)} later" if one.layer and one.form else None,
        "source": "; ".join(part for part in (_sources(one.source), derived) if part) or None,
        "known": f"{one.known:,} of {counted(one.rows, 'row')}" if one.rows else None,
        "isolates": f"{counted(one.isolates, 'row')} of units without ties" if one.isolates else None,
        "spread": f"{plain(one.min)} to {plain(one.max)}" if measured else None,
        "average": average,
        "refused": one.refused,
        "notes": one.notes,
    }


def _sources(text: str) -> str:
    """The first sources of many; the others stand in the table of exposures."""
    named = [part for part in text.split("; ") if part]
    more = len(named) - _SOURCES
    return text if more <= 1 else f"{'; '.join(named[:_SOURCES])} and {more} more"


def together(history: EventHistory) -> dict[str, Any] | None:
    """How exposures go together, as a table shaded by the size of each correlation.

    Parameters
    ----------
    history : EventHistory

    Returns
    -------
    dict or None
        `names`, `rows` (name, cells: each `r`, `shade` from 0 to 4, `apart`, or None above the diagonal);
        None where there is no correlation.
    """
    if not history.correlations:
        return None
    known = {frozenset(pair): r for *pair, r in history.correlations}
    names = list(dict.fromkeys(name for one, other, _ in history.correlations for name in (one, other)))
    return {
        "names": names[:-1],
        "rows": [
            {
                "name": name,
                "cells": [
                    _cell(known.get(frozenset((name, other))), _separable(history, name, other))
                    if before < at
                    else None
                    for before, other in enumerate(names[:-1])
                ],
            }
            for at, name in enumerate(names)
            if at
        ],
    }


def _separable(history: EventHistory, *names: str) -> bool:
    """Whether two exposures are told apart: no sentence of the result on what cannot be names both."""
    return not any(all(f"`{name}`" in says for name in names) for says in history.inseparable)


def _cell(r: float | None, apart: bool) -> dict[str, Any]:
    if r is None:
        return {"r": "unknown", "shade": 0, "apart": apart}
    return {
        "r": decimal(r),
        "shade": sum(abs(r) >= least for least in _SHADES),
        "apart": apart,
    }
