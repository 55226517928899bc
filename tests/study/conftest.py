"""A study without what is tried of safeguards elsewhere."""

from __future__ import annotations

import pytest


@pytest.fixture
def without_safeguards(monkeypatch):
    """What models are put to, and what such data could show, is tried elsewhere and takes seconds."""
    monkeypatch.setattr("diffuscope.safeguards.run_safeguards.checks", tuple)
    monkeypatch.setattr("diffuscope.safeguards.witness.detectable_odds_ratio", lambda *_: None)
