"""A run killed at any step, and settling after it killed at any step too, leaves a report that stands."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "report"))
from test_exchange_killed import settled_after_every_kill

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no processes are split here")


def test_killed_at_every_step_of_settling(tmp_path):
    assert settled_after_every_kill(tmp_path, every=1) > 500
