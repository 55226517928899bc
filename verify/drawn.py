"""How many examples a test draws: few in the quick suite, 25 times as many in `make verify`."""

from __future__ import annotations

import os

TIMES = float(os.environ.get("DIFFUSCOPE_EXAMPLES", "0.4"))
"""Set by `make verify`."""


def examples(few: int) -> int:
    """The number of examples, from one that shows a fault of the usual kind nearly always."""
    return max(2, round(few * TIMES))
