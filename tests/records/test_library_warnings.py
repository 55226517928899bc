"""What libraries warn of is kept in our own words, wherever it happened."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from diffuscope.compute import map_items
from diffuscope.records.library_warnings import library_warnings, warn_again


class RankWarning(UserWarning):
    pass


@pytest.mark.parametrize(
    ("message", "category", "words"),
    [
        ("overflow encountered in exp", RuntimeWarning, "too large"),
        ("divide by zero encountered in log", RuntimeWarning, "divided by zero"),
        ("invalid value encountered in sqrt", RuntimeWarning, "gave no valid number"),
        ("Ill-conditioned matrix (rcond=1e-20)", RuntimeWarning, "singular"),
        ("The maximum number of subdivisions (50) has been achieved", UserWarning, "converged"),
        ("sekret: a thing nobody knows", RankWarning, "does not recognise"),
    ],
)
def test_warnings_in_our_own_words(message, category, words, capfd):
    with library_warnings() as said:
        warnings.warn(message, category, stacklevel=1)
        warnings.warn(message, category, stacklevel=1)
    assert len(said) == 1
    assert words in said[0]
    assert message not in said[0]
    assert capfd.readouterr() == ("", "")


def test_what_concerns_programmers_alone_is_no_caveat():
    with library_warnings() as said:
        warnings.warn("use the other function", DeprecationWarning, stacklevel=1)
    assert said == []


def test_what_concerns_processes_alone_is_no_caveat():
    with library_warnings() as said:
        file = "site-packages/joblib/externals/loky/process_executor.py"
        warnings.warn_explicit("A worker stopped while some jobs were given", UserWarning, file, 786)
    assert said == []


def test_inner_blocks_keep_their_own():
    with library_warnings() as outer:
        with library_warnings() as inner:
            np.log(np.zeros(1))
        warn_again(["A library warned while this was computed: A calculation gave no valid number."])
    assert [one.rpartition(": ")[2] for one in inner] == ["Something was divided by zero."]
    assert outer == ["A library warned while this was computed: A calculation gave no valid number."]


def of_zero(shared, item, rng):
    return float(np.log(np.zeros(1))[0])


def test_warnings_of_other_processes_come_back(capfd, monkeypatch):
    monkeypatch.setattr("diffuscope.compute.work.TRIED", -1.0)
    monkeypatch.setattr("diffuscope.compute.work.WORTH", -1.0)
    with library_warnings() as said:
        map_items(of_zero, range(6), None, seed=1, name="test", workers=2)
    assert said == ["A library warned while this was computed: Something was divided by zero."]
    assert "RuntimeWarning" not in "".join(capfd.readouterr())
