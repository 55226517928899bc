"""Which safeguards are asked: all in a study; where tests may end early, those that can change the stance."""

from __future__ import annotations

import pytest
from planted import drawn, question_of

from diffuscope.safeguards.checks import checks
from diffuscope.safeguards.engine.check import SafeguardOptions
from diffuscope.safeguards.run_safeguards import gate_of, run_safeguards
from diffuscope.safeguards.stance import LEFT_OUT, rule

HANGS_ON_SAFEGUARDS = {"decisive failed", "decisive missing", "confirming unmet"}


@pytest.fixture(scope="module")
def unrelated():
    """A world in which nothing spreads, so that the gate fails."""
    return question_of(drawn(seed=4))


def test_a_study_asks_every_safeguard(unrelated):
    trial = run_safeguards(unrelated, "seen", SafeguardOptions(draws=39, workers=1))
    assert [one.name for one in trial.safeguards] == [one.name for one in checks()]


def test_after_a_failed_gate_only_the_sign_without_any_unit_can_change_the_stance(unrelated):
    early = run_safeguards(unrelated, "seen", SafeguardOptions(draws=99, workers=1, stop_early=True))
    assert gate_of(early).passed is False
    assert [one.name for one in early.safeguards] == ["permuted ties", LEFT_OUT]


def test_no_row_of_the_rule_looks_at_other_safeguards_once_the_gate_has_failed():
    """Every failed gate ends in a row, and no row up to that one names a decisive or confirming test."""
    rows = [set(row.when) for row in rule().row]
    last = next(at for at, when in enumerate(rows) if when == {"gate failed"})
    assert all(not when & HANGS_ON_SAFEGUARDS for when in rows[: last + 1])
