"""The reading grade: syllables and grades counted by hand, and what counts as prose."""

from __future__ import annotations

import pytest
from verify.reading_grade import (
    html_sentences,
    main,
    markdown_sentences,
    message_sentences,
    reading,
    sentences_of,
    syllables,
)

BY_HAND = {
    1: "those once times names rules asked passed who cause whole through clothes weighed girl",
    2: "being cases changes reading table little every people nation special likely likeness science",
    3: "policy adopted passages exposure evidence adoption area idea usual influence possible created",
    4: "mechanism variable variation material separated necessary political permutation",
    5: "probability",
}


@pytest.mark.parametrize(("count", "words"), BY_HAND.items())
def test_syllables_are_those_counted_by_hand(count, words):
    assert {word: syllables(word) for word in words.split()} == dict.fromkeys(words.split(), count)


@pytest.mark.parametrize(
    ("sentences", "words", "spoken", "grade"),
    [
        # 0.39 × 6 + 11.8 × 6 / 6 − 15.59, and 0.39 × 7 / 2 + 11.8 × 13 / 7 − 15.59
        (["The cat sat on the mat."], 6, 6, -1.45),
        (["Similar towns decide alike.", "Nobody knows why."], 7, 8 + 5, 7.6893),
    ],
)
def test_grades_are_those_computed_by_hand(sentences, words, spoken, grade):
    counts = reading(sentences)
    assert (counts.sentences, counts.words, counts.syllables) == (len(sentences), words, spoken)
    assert counts.grade == pytest.approx(grade, abs=1e-4)


def test_names_code_and_terms_of_the_glossary_count_two_syllables():
    assert reading(["The probability falls."]).syllables == 1 + 5 + 1
    assert reading(["The Cambodians fall."]).syllables == 1 + 2 + 1  # a name has four
    assert reading(["Cambodians fall."]).syllables == 4 + 1  # every sentence begins with a capital
    assert (
        reading(markdown_sentences("Set `probability_of_adoption` to one here.")).syllables
        == 1 + 1 + 1 + 1 + 1
    )
    assert reading(["A mechanism or two mechanisms fall."]).syllables == 1 + 2 + 1 + 1 + 2 + 1
    assert reading(["Use a permutation test."]).syllables == 1 + 1 + 2 + 1
    assert reading(["Use a permutation."]).syllables == 1 + 1 + 4  # the term has two words


def test_only_prose_of_a_page_is_read():
    page = """# A heading of four words

One sentence stands [here, with a link](https://doi.org/10.1/aaa). It costs 1.5 dB, e.g. now; see p. 4.

| a | table of many words |
|---|---|

```python
print("code of many words")
```

- A first item of a list
- a second item of it
"""
    assert markdown_sentences(page) == [
        "One sentence stands here, with a link.",
        "It costs 1.5 dB, e.g. now; see p. 4.",
        "A first item of a list",
        "a second item of it",
    ]


def test_sentences_end_at_a_stop_before_a_capital_only():
    assert sentences_of(["It was .5 of all. Then it “ended there now.” Nobody\nhad asked for it."]) == [
        "It was .5 of all.",
        "Then it “ended there now.",
        "Nobody had asked for it.",
    ]


def test_only_sentences_of_a_report_are_read():
    page = """<style>p { margin: 0 }</style><h2>A heading of many words.</h2><p>It <b>may</b> have spread, by
    <code>a + b</code>.</p>
    <table><tr><td><p>A cell of a table.</p></td></tr></table><p>A label of four words</p>
    <ul><li>Nobody was asked about it.</li></ul><svg><text>Words of a picture.</text></svg>"""
    assert html_sentences(page) == ["It may have spread, by Code .", "Nobody was asked about it."]


def test_the_hardest_file_comes_first(tmp_path, capsys):
    (tmp_path / "easy.md").write_text("The cat sat on the mat.")
    (tmp_path / "hard.md").write_text("Institutional considerations necessitate deliberation.")
    main(["--worst", "1", str(tmp_path / "easy.md"), str(tmp_path / "hard.md")])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[::2]][1] == "-1.4"
    assert "hard.md" in lines[0]
    assert "Institutional" in lines[1]
    assert "easy.md" in lines[2]


def test_a_number_counts_as_one_word():
    counts = reading(["It fell from 1,200 to 0.25 in 2018."])
    assert (counts.words, counts.syllables) == (8, 8)


def test_messages_are_the_texts_of_code_without_docstrings_and_scripts():
    source = '''"""A docstring of four words."""
WORDS = "The first message is here."
SHORT = "two words"
SCRIPT = "panel <- read.csv(data, of, the, panel)"
def refuse(name, fix):
    raise ValueError(f"The value of `{name}` is {len(name)} signs long. Fix: {fix}.")
'''
    assert message_sentences(source) == [
        "The first message is here.",
        "The value of Code is Code signs long.",
    ]
