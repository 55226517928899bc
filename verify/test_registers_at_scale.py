"""Registers of thousands of projects and cities are counted in bounded time and memory."""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

from diffuscope.records.work_bounds import NAMES_OF_UNITS, Allowance

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from monitoring.test_much_to_compare import not_compared, of_renamed_cities


def test_twenty_thousand_projects_take_bounded_time_and_memory():
    """10⁸ pairs of titles, of which 5 · 10⁶ are compared; and 5,000 partners."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    (told,) = not_compared(20_000, 5_000)
    assert told.startswith("9,500 rows")
    assert time.process_time() - started < 120
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 1_500_000


def test_thousands_of_renamed_cities_take_bounded_time():
    started = time.process_time()
    of_renamed_cities(3_000, Allowance(NAMES_OF_UNITS))
    assert time.process_time() - started < 90
