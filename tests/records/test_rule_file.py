"""Rule files: what is not declared is refused, and what is printed carries the numbers of the rule."""

from __future__ import annotations

import msgspec
import pytest

from diffuscope.records.rule_file import RulePart, StanceRow, printed_stance_rules, read_rule_file


class Numbers(RulePart, frozen=True):
    level: float


class File(RulePart, frozen=True):
    numbers: Numbers
    row: tuple[StanceRow, ...]


def written(folder, monkeypatch, name, text):
    (folder / name).mkdir()
    (folder / name / "__init__.py").touch()
    (folder / name / "rule.toml").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(folder))
    return read_rule_file(name, "rule.toml", File)


ROWS = """
[[row]]
stance = "for"
description = "p below {level}"
[[row]]
stance = "silent"
description = "otherwise"
"""


def test_rows_are_printed_in_order_with_the_numbers_of_the_file(tmp_path, monkeypatch):
    found = written(tmp_path, monkeypatch, "rule_of_two_rows", f"[numbers]\nlevel = 0.05\n{ROWS}")
    printed = printed_stance_rules("evidence", found.row, {"level": found.numbers.level})
    assert [(one.body, one.stance, one.description) for one in printed] == [
        ("evidence", "for", "p below 0.05"),
        ("evidence", "silent", "otherwise"),
    ]


@pytest.mark.parametrize("more", ["levle = 0.1", "[numbers.more]\nx = 1"])
def test_a_name_that_no_record_knows_is_refused(tmp_path, monkeypatch, more):
    name = f"rule_with_{len(more)}"
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        written(tmp_path, monkeypatch, name, f"[numbers]\nlevel = 0.05\n{more}\n{ROWS}")
