"""Numbers in sentences have one way to be printed."""

from __future__ import annotations

from pathlib import Path

import pytest

import diffuscope
from diffuscope.records.numbers import MINUS, decimal, signed

PACKAGE = Path(diffuscope.__file__).parent


@pytest.mark.parametrize("value", [-0.004, -0.0, 0.0, 0.004])
def test_what_rounds_to_zero_has_no_sign(value):
    assert decimal(value) == "0.00"
    assert signed(value) == "0.0"


def test_only_one_module_makes_minus_signs():
    """Beside the one that translates them for LaTeX."""
    written = (MINUS, "\\N{MINUS SIGN}")
    making = {
        file.relative_to(PACKAGE).as_posix()
        for file in PACKAGE.rglob("*.py")
        if any(f'"{one}' in file.read_text(encoding="utf-8") for one in written)
    }
    assert making == {"records/numbers.py", "records/quoting.py"}


def test_numbers_of_safeguards_and_verdicts_are_printed_by_it():
    """Coefficients may be negative, so none is formatted where a sentence is made."""
    rooms = ("safeguards", "verdicts")
    files = [file for room in rooms for file in (PACKAGE / room).rglob("*.py")]
    by_hand = {
        line.strip()
        for file in files
        for line in file.read_text(encoding="utf-8").splitlines()
        if any(f"{word}:.2f}}" in line for word in ("value", "estimate", "low", "high", "observed", "fitted"))
        and file.name != "unmeasured_confounder.py"  # ratios of risks
    }
    assert by_hand == set()
