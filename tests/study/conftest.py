"""A study without what is tried of safeguards elsewhere."""

from __future__ import annotations

import pytest


@pytest.fixture
def without_safeguards(monkeypatch):
    """What models are put to, and what such data could show, is tried elsewhere and takes seconds."""
    monkeypatch.setattr("diffuscope.safeguards.run_safeguards.checks", tuple)
    monkeypatch.setattr("diffuscope.safeguards.witness.detectable_odds_ratio", lambda *_: None)


@pytest.fixture
def without_detectable(monkeypatch):
    """The smallest effect that such data could show is three quarters of a study, and is tried elsewhere."""
    monkeypatch.setattr("diffuscope.safeguards.witness.detectable_odds_ratio", lambda *_: None)
