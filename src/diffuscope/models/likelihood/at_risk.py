"""Numbers at risk and of events at each time, where rows may enter late, for product-limit estimates."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from diffuscope.records.arrays import Numbers


class ProductLimit(NamedTuple):
    """Product-limit counts at each time at which something happens.

    Attributes
    ----------
    time : array of float, shape (t,)
        Times at which a row had an event or left.
    left : array of float, shape (t,)
        Rows that left without the event.
    at_risk : array of float, shape (t,)
        Rows that had entered before, and had neither left nor had the event before.
    events : array of float, shape (t,)
    """

    time: Numbers
    left: Numbers
    at_risk: Numbers
    events: Numbers


def product_limit(start: Numbers, stop: Numbers, event: Numbers) -> ProductLimit:
    """Product-limit counts at each time at which a row ends.

    Parameters
    ----------
    start, stop : array of float, shape (n,)
        A row is at risk after its start, up to and with its stop.
    event : array of float, shape (n,)
        1 where the event happened at the row's stop.
    """
    time, code = np.unique(stop, return_inverse=True)
    events = np.bincount(code, weights=event, minlength=time.size)
    ended = np.bincount(code, minlength=time.size)
    entered = np.searchsorted(np.sort(start), time, side="left")  # those that start before
    # strictly before: a row is still at risk at the time at which it ends
    gone = np.searchsorted(np.sort(stop), time, side="left")
    left, at_risk = (np.asarray(one, dtype=np.float64) for one in (ended - events, entered - gone))
    return ProductLimit(time, left, at_risk, np.asarray(events, dtype=np.float64))
