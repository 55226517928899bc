"""p-values for several mechanisms, beside those of R's p.adjust."""

from __future__ import annotations

import math

import pytest

from diffuscope.errors import PlanError
from diffuscope.safeguards.engine.holm import holm

# R 4: p.adjust(p, "holm")
IN_R = [
    ([0.01, 0.02, 0.03, 0.04, 0.05], [0.05, 0.08, 0.09, 0.09, 0.09]),
    ([0.0004, 0.012, 0.0125, 0.02, 0.6, 0.6], [0.0024, 0.06, 0.06, 0.06, 1.0, 1.0]),
    ([0.6, 0.0004, 0.02, 0.0125, 0.6, 0.012], [1.0, 0.0024, 0.06, 0.06, 1.0, 0.06]),
]


@pytest.mark.parametrize(("p", "adjusted"), IN_R)
def test_values_are_those_of_r_in_the_order_given(p, adjusted):
    names = [f"m{at}" for at in range(len(p))]
    found = holm(dict(zip(names, p, strict=True)))
    assert list(found) == names
    assert list(found.values()) == pytest.approx(adjusted)


def test_one_question_needs_no_adjustment():
    assert holm({"learning": 0.03}) == {"learning": 0.03}
    assert holm({}) == {}


def test_what_is_not_known_stays_so_and_is_not_counted():
    found = holm({"learning": 0.01, "coercion": math.nan, "competition": 0.04})
    assert math.isnan(found.pop("coercion"))
    assert found == pytest.approx({"learning": 0.02, "competition": 0.04})


def test_what_is_no_probability_is_refused():
    with pytest.raises(PlanError, match=r"`learning` is 1\.2"):
        holm({"learning": 1.2})
