"""How many examples a test draws: few in the quick suite, ten times as many in `make verify`."""

from __future__ import annotations

import os

TIMES = int(os.environ.get("DIFFUSCOPE_EXAMPLES", "1"))
"""Set by `make verify`."""


def examples(few: int) -> int:
    """The number of examples, from the few that show a fault of the usual kind."""
    return few * TIMES
