"""Handles of data that many pieces of work need: written out once, and read once by each process."""

from __future__ import annotations

import pickle
import uuid
from collections import OrderedDict
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")

KEPT = 4
"""Values that a process keeps beside the work at hand: the last ones that were asked for."""
_READ: OrderedDict[str, Any] = OrderedDict()


class SharedData(Generic[Value]):
    """Handle of a value: pieces of work carry it, and each process reads the value once.

    The value must not change after it is shared. In the process that shared it the handle gives the value
    itself.

    Parameters
    ----------
    value : object

    Examples
    --------
    >>> SharedData([1, 2]).get()
    [1, 2]
    """

    def __init__(self, value: Value) -> None:
        self._key = uuid.uuid4().hex
        self._held = [value]
        self._written: bytes | None = None

    def get(self) -> Value:
        """The value."""
        if self._held:
            return self._held[0]
        if self._key in _READ:
            _READ.move_to_end(self._key)
        else:
            _READ[self._key] = pickle.loads(self._written or b"")
            while len(_READ) > KEPT:
                _READ.popitem(last=False)
        value: Value = _READ[self._key]
        return value

    def __getstate__(self) -> tuple[str, bytes]:
        # The bytes travel with each piece. Those of the founding case are 2 MB, sent ten times in a minute of
        # work, which takes milliseconds; a file instead would leave private data behind where a process is
        # killed, and could not be read by an executor on another machine.
        return self._key, self.write()

    def write(self) -> bytes:
        """The value as bytes, written once: from now on work here may add to what it keeps of the value."""
        if self._written is None:
            from joblib.externals.loky.backend.reduction import dumps  # as for the work itself: functions too

            self._written = bytes(dumps(self._held[0]))
        return self._written

    def __setstate__(self, state: tuple[str, bytes]) -> None:
        self._key, self._written = state
        self._held = []


def put(value: Value | SharedData[Value]) -> SharedData[Value]:
    """A handle of a value, for pieces of work; a handle is one already."""
    return value if isinstance(value, SharedData) else SharedData(value)


def resolved(given: tuple[Any, ...]) -> tuple[Any, ...]:
    """Arguments with the values of handles in their place."""
    return tuple(one.get() if isinstance(one, SharedData) else one for one in given)
