"""The tiers of a case: as declared in its settings, as its tables hold them, as its questions name them."""

from __future__ import annotations

import polars as pl
import pytest

from diffuscope import case_from_frames, read_case
from diffuscope.tables.tiers import TIERS

UNITS = "unit,name,kind,role\na,A,city,adopter\nb,B,city,adopter\n"
POLICIES = "policy,name\np,P\n"
SETTINGS = """format = 1
id = "c"
title = "C"
{more}
[[analysis]]
id = "q"
question = "Why?"
policies = ["p"]
units = "city"
{asked}
"""


def case(tmp_path, *tiers: str, more: str = "", asked: str = ""):
    rows = "".join(
        f"{unit},p,{2001 + at},{tier},s\n" for at, (unit, tier) in enumerate(zip("ab", tiers, strict=False))
    )
    (tmp_path / "case.toml").write_text(SETTINGS.format(more=more, asked=asked))
    (tmp_path / "units.csv").write_text(UNITS)
    (tmp_path / "policies.csv").write_text(POLICIES)
    (tmp_path / "adoptions.csv").write_text("unit,policy,time,tier,source\n" + rows)
    return read_case(tmp_path)


OWN = '[tiers]\norder = ["mooted", "voted", "law"]\n'


def test_without_a_declaration_the_tiers_are_the_four(tmp_path):
    found = case(tmp_path, "announced", "")
    assert found.problems == ()
    assert found.tiers == TIERS == ("announced", "adopted", "in force", "implemented")
    assert (found.analyses[0].tier, found.analyses[0].tiers) == ("adopted", TIERS)
    assert found.table("adoptions")["tier"].to_list() == ["announced", None]


def test_a_case_declares_an_order_of_its_own(tmp_path):
    repeat = 'tier = "law"\n[[analysis.repeat]]\nid = "early"\nsays = "Votes too."\ntier = "voted"'
    found = case(tmp_path, "mooted", "law", more=OWN, asked=repeat)
    assert found.problems == ()
    question = found.analyses[0]
    assert (question.tier, question.tiers) == ("law", ("mooted", "voted", "law"))
    assert question.repeat[0].tier == "voted"


@pytest.mark.parametrize(
    ("tiers", "more", "asked", "rule", "where", "value", "fix"),
    [
        (("anounced", ""), "", "", "bad-choice", ("adoptions.csv", 2), "anounced", "write `announced`"),
        (("adopted", ""), OWN, 'tier = "law"', "bad-choice", ("adoptions.csv", 2), "adopted", "correct it"),
        (("law", ""), OWN, "", "missing-setting", ("case.toml", None), None, "write `tier`, one of `mooted`"),
        (("", ""), "", 'tier = "adoptd"', "bad-choice", ("case.toml", None), "adoptd", "write `adopted`"),
        (("", ""), '[tiers]\norder = ["law"]\n', "", "bad-setting", ("case.toml", None), "[law]", "order ="),
        (("", ""), '[tiers]\nordr = ["a", "b"]\n', "", "bad-setting", ("case.toml", None), "None", "order ="),
        (
            ("", ""),
            '[tiers]\norder = ["a", "a"]\n',
            "",
            "bad-setting",
            ("case.toml", None),
            "[a, a]",
            "order =",
        ),
    ],
)
def test_what_is_no_tier_is_told(tmp_path, tiers, more, asked, rule, where, value, fix):
    found = [one for one in case(tmp_path, *tiers, more=more, asked=asked).problems if one.rule == rule]
    assert len(found) == 1
    assert found[0].file == where[0]
    assert where[1] is None or found[0].row == where[1]
    assert found[0].value == value
    assert fix in found[0].fix


def test_without_tiers_in_the_table_none_need_be_named(tmp_path):
    assert case(tmp_path, "", "", more=OWN).problems == ()


def test_frames_and_workbooks_declare_them_alike(tmp_path):
    from diffuscope.case.workbook_settings import settings_of_sheets

    class Book:
        wanted = ("case",)

        def rows(self, _sheet):
            return [["id", "c"], ["tiers", "mooted; law"]]

    assert settings_of_sheets(Book(), "book.xlsx").says["tiers"] == {"order": ["mooted", "law"]}
    asked = case(tmp_path, "mooted", "law", more=OWN, asked='tier = "law"').analyses
    frames = {
        "units": pl.read_csv(UNITS.encode()),
        "policies": pl.read_csv(POLICIES.encode()),
    }
    again = case_from_frames(tiers=["mooted", "voted", "law"], analyses=asked, **frames)
    assert (again.problems, again.analyses) == ((), asked)
