"""Formulas: what they stand for, and that nothing in them is run."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from diffuscope import firth
from diffuscope.errors import PlanError
from diffuscope.models.design.formula import learn_columns, read_formula

FRAME = pl.DataFrame(
    {
        "event": [0, 1] * 6,
        "a": np.arange(12.0) + 1,
        "n": np.arange(12) % 5,
        "flag": [True, False, False] * 4,
        "region": ["x", "y", "z"] * 4,
        "a name": np.arange(12.0),
    }
)


def columns(text: str) -> tuple[tuple[str, ...], np.ndarray]:
    learnt = learn_columns(read_formula(text, FRAME.columns), FRAME)
    into = np.full((12, len(learnt.names)), np.nan, order="F")
    learnt.fill(FRAME, into)
    return learnt.names, into


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("adopted ~ a + n", ("a", "n")),
        ("event ~ flag + a", ("flag", "a")),
        ("adopted ~ region + log(a)", ("region[T.y]", "region[T.z]", "log(a)")),
        ("adopted ~ 0 + region", ("region[x]", "region[y]", "region[z]")),
        ("adopted ~ a:flag", ("a:flag",)),
        ("adopted ~ `a name` + {n**2}", ("a name", "n ** 2")),
        ("adopted ~ 1", ()),
    ],
)
def test_terms_become_columns_in_the_order_of_the_formula(text, names):
    assert columns(text)[0] == names


def test_columns_hold_what_their_names_say():
    names, values = columns("adopted ~ a + log1p(n) + {n**2} + flag + a:region")
    a, n = FRAME["a"].to_numpy(), FRAME["n"].to_numpy()
    held = dict(zip(names, values.T, strict=True))
    assert held["a"] == pytest.approx(a)
    assert held["log1p(n)"] == pytest.approx(np.log1p(n))
    assert held["n ** 2"] == pytest.approx(n**2)
    assert held["flag"] == pytest.approx(FRAME["flag"].cast(int).to_numpy())
    assert held["a:region[T.y]"] == pytest.approx(a * (FRAME["region"] == "y").to_numpy())


def test_what_was_learnt_holds_for_other_rows():
    learnt = learn_columns(read_formula("adopted ~ center(a) + region", FRAME.columns), FRAME)
    one = FRAME.filter(pl.col("region") == "z").head(1)
    into = np.empty((1, 3), order="F")
    learnt.fill(one, into)
    assert into[0] == pytest.approx([3 - 6.5, 0, 1])


@pytest.mark.parametrize(
    "text",
    [
        "adopted ~ __import__('os').getcwd()",
        "adopted ~ {__import__('os').getcwd()}",
        "adopted ~ open('x')",
        "adopted ~ a.map(n)",
        "adopted ~ {[c for c in 'a']}",
        "adopted ~ {(lambda: 1)()}",
        "adopted ~ eval('1')",
        "adopted ~ lag(a)",
        "adopted ~ np.log(a)",
        "adopted ~ {9**9**9**9}",
        "adopted ~ {a**(9*9)}",
        "adopted ~ (a + n + flag)**99999999",
        "adopted ~ {'a' * 1000000000}",
        "adopted ~ {[1] * 1000000000}",
        "adopted ~ bs(a, df=100000000)",
        "adopted ~ {1 << 99999999999}",
        "adopted ~ " + " + ".join(["a"] * 5000),
    ],
)
def test_nothing_but_the_listed_functions_is_run(text):
    with pytest.raises(PlanError):
        columns(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("adopted ~ b", "names `b`"),
        ("adopted ~ regoin", "did you mean `region`"),
        ("a + n ~ flag", "exactly one outcome"),
        ("~ a", "needs one outcome"),
        ("adopted", "needs one outcome"),
        ("adopted ~ a | n", "needs one outcome|cannot be read"),
        ("adopted ~ event + a", "uses the outcome"),
        ("adopted ~ log(region)", "cannot be computed"),
        ("adopted ~ (a", "cannot be read"),
        ("adopted ~ .", "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_said(text, words):
    with pytest.raises(PlanError, match=words):
        columns(text)


def test_the_logarithm_of_a_negative_number_is_left_out_and_counted():
    few = pl.DataFrame({"event": [0, 1, 0, 1, 0, 0, 1, 0], "x": [-1.0, 2, 3, 4, 5, 6, 7, 8]})
    whole, without = firth("adopted ~ log(x)", few), firth("adopted ~ log(x)", few[1:])
    assert whole.left_out == (("a term of the formula is not a number", 1),)
    assert whole.coefficients.tolist() == without.coefficients.tolist()
