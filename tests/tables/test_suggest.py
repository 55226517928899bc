"""The name somebody probably meant, and no name where that cannot be told."""

from __future__ import annotations

import time

import pytest

from diffuscope.tables.suggest import Names, bare, nearest

STATES = ["viet-nam", "myanmar", "brunei", "lao-pdr", "singapore", "indonesia", "philippines"]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Viêt-Nam ", "vietnam"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("  ", ""),
        ("—", ""),
        ("０７", "7"),
    ],
)
def test_spellings_meet(text, plain):
    assert bare(text) == plain


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("Viet Nam", "viet-nam"),
        ("VIETNAM", "viet-nam"),
        ("Singapor", "singapore"),
        ("Phillipines", "philippines"),
        ("indonseia", "indonesia"),
        ("Mianmar", "myanmar"),
        ("france", None),
        ("x", None),
        ("", None),
        ("---", None),
        ("\udce9", None),
    ],
)
def test_near_misses_are_met_and_strangers_are_not(value, meant):
    assert nearest(value, STATES) == meant


def test_nothing_is_known_nothing_is_meant():
    assert nearest("anything", []) is None
    assert Names([]).exact("anything") is None


def test_one_bare_name_of_two_ids_is_not_offered():
    names = Names([("Georgia", "geo"), ("Georgia", "us-ga"), ("Tbilisi", "tbs")])
    assert names.exact("georgia") is None
    assert names.nearest("Georgia") is None
    assert names.nearest("Georgi") is None
    assert names.exact("TBILISI") == "tbs"


def test_a_name_met_twice_for_one_id_is_offered():
    assert Names([("Viet Nam", "vnm"), ("Vietnam", "vnm"), ("vnm", "vnm")]).nearest("viet-nam") == "vnm"


def test_a_hundred_thousand_names_take_milliseconds():
    names = Names((f"city-{at}", f"city-{at}") for at in range(100_000))
    names.nearest("warm up")
    start = time.process_time()
    assert names.nearest("citty-77777") == "city-77777"
    assert time.process_time() - start < 0.5


def test_the_search_gives_up_after_so_many_comparisons():
    names = Names((f"city-{at}", f"city-{at}") for at in range(50_000))
    start = time.process_time()
    found = [names.nearest(f"citty-{at}x") for at in range(2_000)]
    assert time.process_time() - start < 5
    assert found[0] is not None
    assert found[-1] is None
    assert names.exact("City 7") == "city-7", "spellings alike cost nothing and are always met"


@pytest.mark.parametrize("value", ["2025", "w2025", "n/a", "N/A", "unknown", "-", "none"])
def test_another_number_and_words_for_unknown_are_near_nothing(value):
    assert nearest(value, ["2024", "w2024", "promoter", "naa", "unknowns", "nones"]) is None


def test_the_same_number_is_near():
    assert nearest("wav-2024", ["wave-2024", "wave-2025"]) == "wave-2024"
