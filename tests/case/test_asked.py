"""What a question says of ties and models: each key read, each mistake told with its line."""

from __future__ import annotations

import pytest
from made import place, rules, write

from diffuscope.case import case_from_frames, read_case
from diffuscope.records import Specification

UNITS = (
    ("unit", "name", "kind", "role"),
    ("hn", "Hà Nội", "city", "adopter"),
    ("sg", "Singapore", "city", "adopter"),
)
ATTRIBUTES = (("unit", "time", "variable", "value", "source"), ("hn", "2010", "gdp_per_head", "7", "s"))
QUESTION = 'format = 1\nid = "toy"\ntitle = "A toy"\n[[analysis]]\nid = "a"\nquestion = "?"\n'
WHOLE = """
units = "city"
lag = 2
covariates = ["gdp_per_head"]
formula = "adopted ~ emulation + log(gdp_per_head)"
model = "firth"
duration = "spline"
policy_effects = "fixed"
errors = "unit and policy"
smallest_odds_ratio = 1.5
launch = "6  Months"
layers.learning = "information"
forms.competition = "sum"

[analysis.lags]
learning = 3
gdp_per_head = 0

[analysis.ruled_out]
emulation = "Nobody had a peer group."

[[analysis.repeat]]
id = "near"
says = "Whoever is near."
units = ["sg"]
policies = "plans"
window = [2014, 2016]
without_confidence = "low"
lag = 1
layers.neighbours = ["distance", "land-border"]

[[analysis.repeat]]
id = "plain"
says = "No covariates, errors of one unit."
covariates = []
errors = "unit"

[[analysis.repeat]]
id = "pairs"
says = "Dyads."
rows = "dyads"

[[analysis.repeat]]
id = "partly"
says = "Policies partially pooled."
policies = "plans"
pooling = "policy"
"""


@pytest.fixture
def read(tmp_path):
    def of(settings: str, **tables):
        return read_case(
            write(tmp_path / "case", settings, **{"units": UNITS, "attributes": ATTRIBUTES, **tables})
        )

    return of


def test_every_key_is_kept(read):
    case = read(QUESTION + WHOLE)
    assert case.problems == ()
    (asked,) = case.analyses
    assert (asked.lag, asked.lags, asked.layers) == (
        2,
        {"learning": 3, "gdp_per_head": 0},
        {"learning": "information"},
    )
    assert (asked.duration, asked.policy_effects) == ("spline", "fixed")
    assert (asked.covariates, asked.model, asked.errors) == (("gdp_per_head",), "firth", "unit and policy")
    assert (asked.formula, asked.smallest_odds_ratio) == ("adopted ~ emulation + log(gdp_per_head)", 1.5)
    assert asked.ruled_out == {"emulation": "Nobody had a peer group."}
    assert asked.forms == {"competition": "sum"}
    assert asked.launch == "6 months"
    near, plain, pairs, partly = asked.repeat
    assert (near.policies, near.units, near.window) == (("plan", "law"), ("sg",), ("2014", "2016"))
    assert (near.without_confidence, near.lag) == ("low", 1)
    assert near.layers == {"neighbours": ("distance", "land-border")}
    assert plain == Specification(
        id="plain", says="No covariates, errors of one unit.", errors="unit", covariates=()
    )
    assert pairs == Specification(id="pairs", says="Dyads.", rows="dyads")
    assert (partly.rows, partly.pooling) == (None, "policy")
    assert [one.comparable for one in asked.repeat] == [True, True, False, False]


def test_a_question_that_says_nothing_has_the_defaults(read):
    (asked,) = read(QUESTION).analyses
    assert (asked.layers, asked.lag, asked.lags, asked.covariates) == ({}, 1, {}, ())
    assert (asked.formula, asked.model, asked.errors) == (None, "auto", "auto")
    assert (asked.smallest_odds_ratio, asked.ruled_out, asked.forms, asked.repeat) == (1.25, {}, {}, ())
    assert asked.launch is None


def test_a_question_as_a_record_is_read_like_one_in_a_file(read):
    case = read(QUESTION + WHOLE)
    again = case_from_frames(
        id="toy",
        title="A toy",
        analyses=case.analyses,
        **case.tables,
    )
    assert again.analyses == case.analyses


def test_the_same_question_has_the_same_hash_however_it_is_sorted(read):
    one = read(QUESTION + 'layers.learning = "x"\nlayers.emulation = "y"\n')
    other = read(QUESTION + 'layers.emulation = "y"\nlayers.learning = "x"\n')
    third = read(QUESTION + 'layers.emulation = "z"\nlayers.learning = "x"\n')
    assert one.sha256 == other.sha256 != third.sha256


AGAIN = '[[analysis.repeat]]\nid = "x"\nsays = "y"\n'


@pytest.mark.parametrize(
    "told",
    [
        ("lag = 0\n", "bad-lag", 7, "lag", "0", "write 1"),
        ("lag = 1.5\n", "bad-lag", 7, "lag", "1.5", "write 1"),
        ("lag = true\n", "bad-lag", 7, "lag", "True", "write 1"),
        ("lags.learning = -1\n", "bad-lag", 7, "learning", "-1", "write 1"),
        ("lags = 2\n", "bad-setting", 7, "lags", "2", "[analysis.lags]"),
        ('layers = "x"\n', "bad-setting", 7, "layers", "x", "[analysis.layers]"),
        ('[analysis.layers]\nemulation = ["x"]\n', "bad-setting", 8, "emulation", "[x]", "quotation marks"),
        ("layers.neighbours = 3\n", "bad-setting", 7, "neighbours", "3", '["one", "two"]'),
        (
            'covariates = ["gdp_per_hed"]\n',
            "unknown-variable",
            7,
            "covariates",
            "gdp_per_hed",
            "`gdp_per_head`",
        ),
        (
            'covariates = "gdp_per_hed"\n',
            "unknown-variable",
            7,
            "covariates",
            "gdp_per_hed",
            "`gdp_per_head`",
        ),
        ('model = "logti"\n', "bad-choice", 7, "model", "logti", "write `logit`"),
        ('duration = "cubik"\n', "bad-choice", 7, "duration", "cubik", "write `cubic`"),
        ('policy_effects = "random"\n', "bad-choice", 7, "policy_effects", "random", "write one of"),
        ('errors = "units"\n', "bad-choice", 7, "errors", "units", "write `unit`"),
        ("formula = 3\n", "bad-setting", 7, "formula", "3", "quotation marks"),
        ("smallest_odds_ratio = 1\n", "bad-effect", 7, "smallest_odds_ratio", "1", "such as 1.25"),
        ('smallest_odds_ratio = "2"\n', "bad-effect", 7, "smallest_odds_ratio", "2", "such as 1.25"),
        ("smallest_effect = 2\n", "unknown-setting", 7, "smallest_effect", "2", "`smallest_odds_ratio`"),
        ('forms.competition = "sums"\n', "bad-choice", 7, "competition", "sums", "write `sum`"),
        ('forms = "sum"\n', "bad-setting", 7, "forms", "sum", "[analysis.forms]"),
        ("ruled_out = true\n", "bad-setting", 7, "ruled_out", "True", "[analysis.ruled_out]"),
        ('ruled_out.emulation = ""\n', "missing-setting", 7, "emulation", None, "why it is ruled out"),
        ("launch = 90\n", "bad-duration", 7, "launch", "90", 'launch = "90 days"'),
        ('launch = "soon"\n', "bad-duration", 7, "launch", "soon", 'launch = "90 days"'),
        ('launch = "0 days"\n', "bad-duration", 7, "launch", "0 days", 'launch = "90 days"'),
        ("repeat = 1\n", "bad-setting", 7, "repeat", "1", "[[analysis.repeat]]"),
        (AGAIN + "lagg = 2\n", "unknown-setting", 10, "lagg", None, "rename it to `lag`"),
        (AGAIN + 'period = "year"\n', "unknown-setting", 10, "period", None, "correct its name"),
        (AGAIN + 'without_confidence = "lo"\n', "bad-choice", 10, "without_confidence", "lo", "write `low`"),
        (AGAIN + 'policies = ["lav"]\n', "unknown-id", 10, "policies", "lav", "write `law`"),
        (AGAIN + "window = [2014, 2013]\n", "dates-in-order", 10, "window", "2014 – 2013", "earlier"),
        (AGAIN + 'rows = "dyad"\n', "bad-choice", 10, "rows", "dyad", "write `dyads`"),
        (AGAIN + 'pooling = "unit"\n', "bad-choice", 10, "pooling", "unit", "`policy`"),
        (AGAIN + 'rows = "dyads"\nerrors = "unit"\n', "bad-setting", 11, "errors", None, "leave out"),
        (AGAIN + 'rows = "dyads"\nmodel = "firth"\n', "bad-choice", 11, "model", "firth", "`logit`"),
        (
            AGAIN + 'policies = ["law"]\npooling = "policy"\n',
            "bad-setting",
            11,
            "pooling",
            "policy",
            "several policies",
        ),
        (
            AGAIN + 'policies = "plans"\npooling = "policy"\npolicy_effects = "fixed"\n',
            "bad-setting",
            12,
            "policy_effects",
            None,
            "leave out",
        ),
        (
            AGAIN + 'policies = "plans"\npooling = "policy"\nrows = "dyads"\n',
            "bad-setting",
            11,
            "pooling",
            None,
            "two repetitions",
        ),
        (AGAIN.replace('"x"', '"main"'), "bad-id", 8, "id", "main", "another id"),
        (AGAIN.replace('says = "y"\n', ""), "missing-setting", 7, "says", None, "what is different"),
        (AGAIN + AGAIN, "repeated-key", 11, "id", "x", "its own id"),
        (AGAIN + AGAIN.replace("x", "z") + "lag = 0\n", "bad-lag", 13, "lag", "0", "write 1"),
    ],
)
def test_each_mistake_is_told_with_its_line(read, told):
    settings, rule, row, column, value, fix = told
    (problem,) = read(QUESTION + settings).problems
    assert (problem.rule, *place(problem)) == (rule, "case.toml", row, column, value)
    assert fix in problem.fix


def test_a_repetition_in_the_second_question_stands_in_its_line(read):
    second = '[[analysis]]\nid = "b"\nquestion = "?"\n'
    (problem,) = read(QUESTION + AGAIN + second + AGAIN + "lag = 0\n").problems
    assert (problem.rule, problem.row) == ("bad-lag", 16)


def test_settings_of_a_later_version_change_the_hash_only_where_they_are_set(read):
    """The hash of a case with a repetition, as it was before there were dyads and pooling."""
    plain = read(QUESTION + AGAIN)
    assert plain.sha256 == "8a173b11d198fae69cc0603a4217fdd5e8b76660da23e1907583b91618e7e5a4"
    assert read(QUESTION + AGAIN + 'rows = "dyads"\n').sha256 != plain.sha256


def test_covariates_need_the_table_they_stand_in(tmp_path):
    case = read_case(write(tmp_path / "case", QUESTION + 'covariates = ["gdp"]\n', units=UNITS))
    assert rules(case) == ["missing-table"]
    assert "attributes" in case.problems[0].message
