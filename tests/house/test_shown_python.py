"""Python and answers that pages show are run: what they print stands below them."""

from __future__ import annotations

import re

import pytest
from doc_pages import DOCS, ROOT, blocks, text_of

PRINTS = [
    "docs/how-to/frames.md",
    "docs/how-to/models.md",
    "docs/how-to/panels.md",
    "docs/how-to/safeguards.md",
    "docs/how-to/statistics.md",
    "docs/how-to/ties.md",
    "docs/start/first-study.md",
]
"""Pages whose Python is run: what it prints stands below it."""


@pytest.mark.parametrize("name", PRINTS)
def test_python_shown_prints_what_stands_below_it(name, capsys):
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
