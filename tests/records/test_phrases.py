"""Parts of sentences: lists, counted nouns, names in code type, first letters, text on one line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from diffuscope.records.phrases import (
    JOINERS,
    counted,
    in_code,
    in_words,
    listed,
    lower_first,
    noun,
    one_line,
    printable,
    upper_first,
)

PACKAGE = Path(__file__).parents[2] / "src" / "diffuscope"


@pytest.mark.parametrize(
    ("words", "told"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (list("abcd"), "a, b, c and d")]
)
def test_lists_in_a_sentence(words, told):
    assert listed(words) == listed(iter(words)) == told
    assert listed(words, "or") == told.replace(" and ", " or ")


@pytest.mark.parametrize(("most", "told"), [(1, "a and 2 more"), (2, "a, b and 1 more"), (3, "a, b and c")])
def test_a_list_that_is_cut_says_how_many_it_leaves_out(most, told):
    assert listed("abc", at_most=most) == told


@pytest.mark.parametrize(("most", "told"), [(None, "`a`, `b`, `c`"), (3, "`a`, `b`, `c`"), (2, "`a`, `b` …")])
def test_names_in_code_type(most, told):
    assert in_code("abc", most) == told


def test_numbers_with_their_nouns():
    assert [counted(n, "row") for n in (0, 1, 2, 1000)] == ["0 rows", "1 row", "2 rows", "1,000 rows"]
    assert [counted(n, "city", "cities") for n in (1, 2)] == ["1 city", "2 cities"]
    assert [in_words(n, "row") for n in (0, 1, 10, 11)] == ["no rows", "one row", "ten rows", "11 rows"]
    assert [noun(n, "is", "are") for n in (0, 1, 2)] == ["are", "is", "are"]


def test_first_letters_leave_the_others_alone():
    assert upper_first("log(GDP) of ASEAN") == "Log(GDP) of ASEAN"
    assert lower_first("No ASEAN city") == "no ASEAN city"
    assert upper_first("") == lower_first("") == ""


def test_text_on_one_line_keeps_the_spelling_of_every_script():
    joined = f"क्{JOINERS[1]}ष"
    assert one_line(f" {joined}\r\n\tb\x00\u202ec ") == f"{joined} b c"
    assert one_line(joined, kept="") == "क् ष"
    assert printable("a\nb\x1b[31m\u202e") == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}[31m" + (
        "\N{REPLACEMENT CHARACTER}"
    )


COPIES = re.compile(
    r"\[:1\]\.(upper|lower)\(\)|\[0\]\.(upper|lower)\(\)\}|\.capitalize\(\)"  # upper_first, lower_first
    r"|\[:-1\]\)\}? (and|or) "  # listed
    r"|\bif sign\.isprintable\(\)"  # one_line, printable
)


def test_no_other_file_builds_these_again():
    files = [file for file in PACKAGE.rglob("*.py") if file != PACKAGE / "records" / "phrases.py"]
    assert len(files) > 400
    found = [
        (str(file.relative_to(PACKAGE)), line.strip())
        for file in files
        for line in file.read_text(encoding="utf-8").splitlines()
        if COPIES.search(line)
    ]
    assert found == []
