"""Success dealt out among those who adopted together: learning minds, emulation does not."""

from __future__ import annotations

import numpy as np
from asking import asking
from planted import drawn, learned_of, question_of

from diffuscope.safeguards.checks.shuffled_success import SAFEGUARD, _dealt, _exchangeable

ALONE = drawn(seed=2)
shuffled_success = asking(SAFEGUARD)


def test_success_that_is_learned_from_stands_out_and_other_success_does_not():
    learned = learned_of(drawn(seed=5, learning=2.5, units=150))
    assert shuffled_success(learned, "good", draws=199).passed
    copied = learned_of(drawn(seed=5, contagion=4.0, units=150))
    assert shuffled_success(copied, "good", draws=199).passed is False


def test_success_is_dealt_out_among_those_who_adopted_together():
    question = learned_of(drawn(seed=5, learning=2.5))
    seen = question.channel("good").inputs
    part = seen.parts[0]
    groups = tuple(_exchangeable(question, seen, part.policy))
    dealt = _dealt(part.success, groups, np.random.default_rng(1))
    first = [
        (int((row == 1).argmax()) if (row == 1).any() else -1, value)
        for row, value in zip(part.state, part.success[:, -1], strict=True)
    ]
    again = [(when, value) for (when, _), value in zip(first, dealt[:, -1], strict=True)]
    assert sorted(first) == sorted(again)
    assert first != again


def test_an_exposure_without_success_has_none_to_shuffle():
    found = shuffled_success(question_of(ALONE), "seen")
    assert not found.applies
