"""`case.toml`: every setting checked with its line, every name met with the nearest."""

from __future__ import annotations

import time

import pytest
from made import place, rules, write

from diffuscope.case import limits, read_case
from diffuscope.case.refusal import Unreadable
from diffuscope.case.toml_text import read_settings
from diffuscope.errors import CaseError
from diffuscope.study import case_problems

UNITS = (
    ("unit", "name", "aliases", "kind", "role"),
    ("hn", "Hà Nội", "Hanoi", "city", "adopter"),
    ("sg", "Singapore", "", "city", "adopter"),
    ("jp", "Japan", "", "state", "promoter"),
)
BARE = 'format = 1\nid = "toy"\ntitle = "A toy"\n'
QUESTION = BARE + '[[analysis]]\nid = "a"\nquestion = "?"\n'


@pytest.fixture
def read(tmp_path):
    def of(settings: str, **tables):
        return read_case(write(tmp_path / "case", settings, **{"units": UNITS, **tables}))

    return of


def test_everything_a_case_says_of_itself_is_kept(read):
    case = read(
        '\ufeff# a remark\r\nformat = 1\r\nid = "toy"\r\ntitle = "Cafe\u0301 "\r\nlanguage = "pt-BR"\r\n'
        'description = """\nTwo\nlines"""\r\ncite = "Me"\r\n'
    )
    assert case.problems == ()
    assert (case.title, case.language, case.description, case.cite) == ("Café", "pt-BR", "Two\nlines", "Me")
    assert case.analyses == ()


@pytest.mark.parametrize(
    "told",
    [
        ('id = "toy"\ntitle = "A toy"\n', "missing-format", None, "format", None, "set `format` to 1"),
        (BARE.replace("1", '"1"'), "bad-format", 1, "format", "1", "set `format` to 1"),
        (BARE.replace("1", "0"), "bad-format", 1, "format", "0", "set `format` to 1"),
        (BARE.replace('id = "toy"\n', ""), "missing-setting", None, "id", None, "smart-cities"),
        (BARE.replace('"toy"', '"../toy"'), "bad-id", 2, "id", "../toy", "a short name"),
        (BARE.replace('"toy"', "7"), "bad-setting", 2, "id", "7", "quotation marks"),
        (BARE.replace('"A toy"', '" "'), "missing-setting", 3, "title", None, "the title of the case"),
        (BARE.replace('"A toy"', '"A\\ntoy"'), "damaged-text", 3, "title", "A␊toy", "on one line"),
        (BARE.replace('"A toy"', '"A\\u0007toy"'), "damaged-text", 3, "title", "A␇toy", "again"),
        (BARE + 'licens = "x"\n', "unknown-setting", 4, "licens", None, "rename it to `licence`"),
        (BARE + "zzz = 1\n", "unknown-setting", 4, "zzz", None, "format"),
        (BARE + 'language = "Malay"\n', "bad-language", 4, "language", "Malay", "`id`"),
        (BARE + f'title2 = "{"x" * 90}"\n', "unknown-setting", 4, "title2", None, "correct its name"),
        (BARE + 'waves = "2022"\n', "bad-setting", 4, "waves", None, "[waves]"),
        (BARE + "[waves]\na = 2022\nb = 2022-13\n", "bad-toml", 6, None, None, "new line"),
        (BARE + '[waves]\na = "2022-02-30"\n', "bad-date", 5, "a", "2022-02-30", "2022-12"),
        (BARE + "[waves]\na = 2022-12-31T10:00:00\n", "bad-date", 5, "a", "2022-12-31 10:00:00", "2022-12"),
        (BARE + "[waves]\na = 2022\n\nb = 2022\n", "same-date", 7, "b", "2022", "give each wave the date"),
        (BARE + '[waves]\n" " = 2022\n', "bad-id", 5, " ", "", "name it"),
        (BARE + "analysis = 1\n", "bad-setting", 4, "analysis", "1", "[[analysis]]"),
        (BARE + '[analysis]\nid = "a"\n', "bad-setting", 4, "analysis", "a table", "[[analysis]]"),
        (QUESTION.replace('"a"', '"a b"'), "bad-id", 5, "id", "a b", "membership"),
        (QUESTION.replace('question = "?"\n', ""), "missing-setting", 4, "question", None, "in one sentence"),
        (QUESTION + 'periode = "year"\n', "unknown-setting", 7, "periode", None, "rename it to `period`"),
        (QUESTION + 'period = "yearly"\n', "bad-choice", 7, "period", "yearly", "write `year`"),
        (QUESTION + "period = 1\n", "bad-setting", 7, "period", "1", "quotation marks"),
        (QUESTION + 'policies = "plns"\n', "unknown-id", 7, "policies", "plns", "write `plans`"),
        (QUESTION + 'policies = ["plan", "lav"]\n', "unknown-id", 7, "policies", "lav", "write `law`"),
        (QUESTION + 'units = ["Hanoj"]\n', "unknown-id", 7, "units", "Hanoj", "write `hn`"),
        (QUESTION + 'units = "state"\n', "unknown-id", 7, "units", "state", "square brackets"),
        (QUESTION + 'units = "cities"\n', "unknown-id", 7, "units", "cities", "`kind`"),
        (QUESTION + 'units = ["jp", "sg"]\n', "not-an-adopter", 7, "units", "jp", "role `adopter`"),
        (QUESTION + 'units = ["sg", "sg"]\n', "listed-twice", 7, "units", "sg", "remove"),
        (QUESTION + "units = [1, 2]\n", "bad-setting", 7, "units", "[1, 2]", '["one", "two"]'),
        (QUESTION + "units = {a = 1}\n", "bad-setting", 7, "units", "a table", '["one", "two"]'),
        (QUESTION + 'window = "2014"\n', "bad-setting", 7, "window", "2014", '["2014", "2023"]'),
        (QUESTION + "window = [2014]\n", "bad-setting", 7, "window", "[2014]", '["2014", "2023"]'),
        (QUESTION + 'window = [2014, "soon"]\n', "bad-date", 7, "window", "soon", "a date such as"),
        (QUESTION + "window = [2014, 2013]\n", "dates-in-order", 7, "window", "2014 – 2013", "earlier"),
        (QUESTION + 'note = ["x"]\n', "bad-setting", 7, "note", "[x]", "quotation marks"),
    ],
)
def test_each_mistake_is_told_with_its_line(read, told):
    settings, rule, row, column, value, fix = told
    (problem,) = read(settings).problems
    assert (problem.rule, *place(problem)) == (rule, "case.toml", row, column, value)
    assert fix in problem.fix
    assert problem.level == ("warning" if rule == "listed-twice" else "error")


def test_all_mistakes_are_told_at_once(read):
    settings = (
        QUESTION.replace("1", "1.5") + 'period = "moth"\nwindow = []\nunits = ["x"]\n[[analysis]]\nid = "a"\n'
    )
    case = read(settings)
    assert sorted(rules(case)) == sorted(
        ["bad-format", "bad-choice", "bad-setting", "unknown-id", "repeated-key", "missing-setting"]
    )


def test_a_mistake_in_the_second_question_stands_in_its_line(read):
    settings = QUESTION + '[[analysis]]\nid = "b"\nquestion = "?"\nunits = [\n  "sg",\n  "xx",\n]\n'
    (problem,) = read(settings).problems
    assert (problem.row, problem.value) == (10, "xx")
    assert "`b`" in problem.message


def test_policies_and_units_are_spelt_out_as_they_are_named(read):
    settings = QUESTION + 'policies = "plans"\nunits = "city"\n[[analysis]]\nid = "b"\nquestion = "?"\n'
    case = read(settings + 'policies = "plan"\nunits = "sg"\nwindow = [2014, 2016-01-01]\n')
    assert case.problems == ()
    assert [(asked.policies, asked.units) for asked in case.analyses] == [
        (("plan", "law"), ("hn", "sg")),
        (("plan",), ("sg",)),
    ]
    assert case.analyses[1].window == ("2014", "2016-01-01")


def test_a_group_wins_over_a_policy_of_the_same_name(read):
    policies = [("policy", "name", "group"), ("a", "A", "b"), ("b", "B", "")]
    settings = QUESTION + 'policies = "b"\n[[analysis]]\nid = "b"\nquestion = "?"\npolicies = ["b"]\n'
    case = read(settings, policies=policies, adoptions=None)
    assert [asked.policies for asked in case.analyses] == [("a",), ("b",)]


def test_waves_may_bound_a_window(read):
    waves = "[waves]\nfirst = 2022-06-01\nsecond = 2023\n"
    case = read(QUESTION + 'period = "wave"\nwindow = ["first", "second"]\n' + waves)
    assert case.problems == ()
    assert case.waves == {"first": "2022-06-01", "second": "2023"}
    case = read(QUESTION + 'period = "wave"\nwindow = ["first", "secnd"]\n' + waves)
    assert case.problems[0].fix == "write `second`"


def test_a_question_without_its_tables_says_which(read):
    case = read(QUESTION + 'policies = ["p"]\nunits = ["u"]\n', units=None, policies=None, adoptions=None)
    missing = [problem.column for problem in case.problems if problem.rule == "missing-table"]
    assert sorted(missing) == ["policies", "units"]


def test_a_kind_that_nobody_has_is_told_once(read):
    case = read(QUESTION + 'units = "town"\n')
    assert [problem.rule for problem in case_problems(case)] == ["unknown-id"]


def test_nothing_follows_from_a_table_that_could_not_be_read(read):
    case = read(QUESTION + 'units = "city"\n', units=b"unit\n\xff")
    assert rules(case) == ["bad-encoding"]


def test_a_newer_format_is_refused_outright(read):
    with pytest.raises(CaseError, match="format 2") as refused:
        read(BARE.replace("1", "2") + "new = 1\n")
    (problem,) = refused.value.problems
    assert (problem.rule, problem.row) == ("newer-format", 1)
    assert "newer version" in problem.fix


@pytest.mark.parametrize(
    ("line", "column", "fix"),
    [
        ("title = My case", 9, "quotation marks"),
        ("title = “My case”", 9, "straight quotation marks"),
        ('title = "My case', 17, "end it with a quotation mark"),
        ('title "My case"', 7, "="),
        ('title = "a" # fine\ntitle = "b"', 12, "decide which of the two is right"),
        ('title = "C:\\data"', 14, "write it twice"),
        ('units = ["a" "b"]', 14, "commas"),
        ("title = 'a' x", 13, "new line"),
    ],
)
def test_what_is_no_toml_is_told_with_line_and_column(read, line, column, fix):
    case = read(f"format = 1\n{line}\n")
    (problem,) = case.problems
    row = 2 + line.count("\n")
    assert (problem.rule, problem.file, problem.row) == ("bad-toml", "case.toml", row)
    assert f"line {row}, column {column}" in problem.message
    assert fix in problem.fix
    assert case.table("units").height == 3  # the tables are read all the same


def test_settings_in_another_encoding_are_refused(tmp_path):
    folder = write(tmp_path / "case", None)
    (folder / "case.toml").write_bytes(BARE.replace("A toy", "Café").encode("cp1252"))
    (problem,) = read_case(folder).problems
    assert (problem.rule, problem.row) == ("bad-encoding", 3)
    (folder / "case.toml").write_bytes(BARE.replace("A toy", "Café").encode("utf-16"))
    assert read_case(folder).title == "Café"


N = limits.SETTINGS_BYTES - 100


@pytest.mark.parametrize(
    "hostile",
    [
        "a = " + "[" * N,
        "a = " + "{b=" * (N // 3),
        "a" + ".a" * (N // 2) + " = 1",
        "[" + "a." * (N // 2) + "a]",
        "a = {" + "a." * (N // 2) + "a = 1}",
        "a = " + "9" * N,
        "a = 0x" + "f" * N,
        'a = "' + "\\" * N,
        '"' * N,
        "a = [" + "1," * (N // 2) + "]",
        "\n".join(f"a{at} = 1" for at in range(N // 11)),
        "\n".join(f"[[a.b{at}]]" for at in range(N // 12)),
        "[[analysis]]\n" * (N // 13),
        "[waves]\n" + "\n".join(f'w{at} = "2022"' for at in range(N // 16)),
        '[[analysis]]\nid="a"\nquestion="?"\nunits=[' + '"x",' * (N // 5) + "]",
        '[[analysis]]\nid="a"\nquestion="?"\nunits=[' + ",".join(f'"{at}"' for at in range(N // 9)) + "]",
        "format = 0x" + "f" * 5000,
        "window = [0x" + "f" * 5000 + "]",
    ],
    ids=lambda hostile: hostile[:16],
)
def test_hostile_settings_are_settled_quickly(read, hostile):
    start = time.process_time()
    case = read(hostile)
    assert time.process_time() - start < 5
    assert case.errors
    assert len(case.problems) < 600


def test_settings_beyond_measure_are_refused(read):
    assert rules(read("# " + "x" * limits.SETTINGS_BYTES)) == ["too-large"]


def test_many_questions_over_many_units_share_them(tmp_path):
    settings = BARE + "".join(
        f'[[analysis]]\nid = "a{at}"\nquestion = "?"\nunits = "city"\n' for at in range(limits.ANALYSES)
    )
    case = read_case(write(tmp_path / "case", settings))
    assert case.analyses[0].units is case.analyses[-1].units


def test_places_of_settings_ignore_what_only_looks_like_one():
    written = read_settings(b'a = """\nb = 1\n"""\n# c = 1\n"d e" = [\n  1, # x = 2\n]\n[t]\nf.g = 1\n')
    lines = {key: row for key, (_, row) in written.places.items()}
    assert lines == {("a",): 1, ("d e",): 5, ("t",): 8, ("t", "f", "g"): 9}


def test_depth_is_bounded_but_not_for_people():
    assert read_settings(b"a = [[1, 2], [3, [4]]]").says == {"a": [[1, 2], [3, [4]]]}
    with pytest.raises(Unreadable):
        read_settings(b"a = [[[[[[[[[1]]]]]]]]]")
