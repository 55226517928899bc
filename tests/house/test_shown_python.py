"""Python and answers that pages show are run: what they print stands below them."""

from __future__ import annotations

import csv
import re
from inspect import signature

import pytest
from doc_pages import DOCS, ROOT, blocks, text_of

import diffuscope

PRINTS = [
    "docs/how-to/frames.md",
    "docs/how-to/infer-networks.md",
    "docs/how-to/models.md",
    "docs/how-to/panels.md",
    "docs/how-to/safeguards.md",
    "docs/how-to/statistics.md",
    "docs/how-to/ties.md",
    "docs/start/first-study.md",
]
"""Pages whose Python is run: what it prints stands below it."""


RUNS = [
    "README.md",
    "docs/how-to/export.md",
    "docs/how-to/monitor.md",
    "docs/how-to/network-report.md",
    "docs/how-to/own-case.md",
    "docs/how-to/problems.md",
    "docs/reference/python.md",
]
"""Pages whose Python works on a case, or on a result: it is run on the result of the founding case."""
WRITES = ("write_report", "write_edition")


@pytest.fixture
def in_numpy(monkeypatch):
    """Networks are inferred in NumPy, which gives the same edges and need not be compiled."""
    from diffuscope.networks import engine as room

    monkeypatch.setattr(room, "find_spec", lambda name: None)
    room.engine.cache_clear()
    yield
    monkeypatch.undo()
    room.engine.cache_clear()


@pytest.mark.parametrize("name", PRINTS)
def test_python_shown_prints_what_stands_below_it(name, capsys, in_numpy):
    shown = re.findall(r"^```python\n(.*?)^```\n+(?:```text\n(.*?)^```)?", text_of(ROOT / name), re.S | re.M)
    assert [printed for _, printed in shown if printed]
    names: dict[str, object] = {}
    for code, printed in shown:
        exec(compile(code, name, "exec"), names)
        assert capsys.readouterr().out == printed


@pytest.mark.parametrize("name", ["README.md", "docs/start/first-study.md"])
def test_the_answer_shown_is_the_one_the_command_prints(name, capsys, monkeypatch, founding_result):
    from diffuscope.cli import studies

    monkeypatch.setenv("COLUMNS", "80")
    studies._show_answer(founding_result)
    printed = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    shown = blocks(text_of(ROOT / name), "text")[0].splitlines()
    assert printed[: len(shown)] == shown


def test_the_estimates_shown_are_those_of_the_founding_case(capsys, founding_result):
    text = text_of(DOCS / "how-to" / "estimates.md")
    study, look = blocks(text, "python")
    assert study.endswith(
        'case = diffuscope.read_case("asean-smart-cities")\nresult = diffuscope.run_study(case)\n'
    )
    exec(compile(look, "estimates.md", "exec"), {"result": founding_result})
    assert [capsys.readouterr().out] == blocks(text, "text")


@pytest.mark.parametrize("name", RUNS)
def test_python_shown_runs(name, monkeypatch, founding_result):
    """A study gives the result of the founding case; of what writes, only the arguments are looked at."""
    case = diffuscope.read_case("asean-smart-cities", tables=("units",))
    monkeypatch.setattr(diffuscope, "read_case", lambda path: case)
    monkeypatch.setattr(diffuscope, "read_result", lambda path: founding_result)
    monkeypatch.setattr(diffuscope, "case_problems", lambda case: founding_result.problems)
    monkeypatch.setattr(diffuscope, "run_study", lambda case, parts=None: founding_result)
    for writes in WRITES:
        takes = signature(getattr(diffuscope, writes))
        monkeypatch.setattr(diffuscope, writes, takes.bind)
    names: dict[str, object] = {}
    for code in blocks(text_of(ROOT / name), "python"):
        exec(compile(code, name, "exec"), names)


def test_the_problems_shown_are_those_that_check_prints(capsys, monkeypatch, tmp_path):
    from diffuscope.cli import main

    monkeypatch.chdir(tmp_path)
    diffuscope.new_case("my-case")
    for table, row, column, value in (
        ("adoptions", 2, "unit", "birchwik"),
        ("adoptions", 3, "time", "9.2014"),
        ("units", 0, "kind", "type"),
    ):
        _write_cell(tmp_path / "my-case" / f"{table}.csv", row, column, value)
    with pytest.raises(SystemExit) as left:
        main(["check", "my-case"])
    assert left.value.code == 1
    assert capsys.readouterr().out == blocks(text_of(DOCS / "how-to" / "problems.md"), "text")[0]


def _write_cell(file, row: int, column: str, value: str) -> None:
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))
    rows[row][rows[0].index(column)] = value
    with file.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows(rows)
