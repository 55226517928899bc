"""Nothing public without words: every name, option, column, rule and key of the package is documented."""

from __future__ import annotations

import ast
import re

import pytest
from doc_pages import DOCS, GENERATED, PACKAGE, in_code, made, text_of

import diffuscope
from diffuscope.cli import app
from diffuscope.mechanisms import mechanisms
from diffuscope.tables.catalogue import CATALOGUE


def test_every_public_name_is_documented():
    text = text_of(DOCS / "reference" / "python.md")
    assert sorted(re.findall(r"auto(?:function|class|exception):: (\w+)", text)) == sorted(diffuscope.__all__)


def test_every_public_method_is_documented():
    text = text_of(DOCS / "reference" / "python.md")
    shown = {name.strip() for names in re.findall(r":members: (.*)", text) for name in names.split(",")}
    own = {
        name for name, member in vars(diffuscope.Case).items()
        if not name.startswith("_") and (callable(member) or isinstance(member, property))
    }  # fmt: skip
    assert own == shown


@pytest.mark.parametrize("record", GENERATED.result_records(), ids=lambda record: record.__name__)
def test_every_field_of_a_result_says_what_it_means(record):
    meanings = GENERATED.field_meanings(record)
    assert set(meanings) == set(record.__struct_fields__)
    assert [name for name, meaning in meanings.items() if len(meaning) < 8] == []


def test_every_command_and_option_is_documented():
    page = made()["_commands.md"]
    commands = {name: app[name] for name in app if not name.startswith("-")}
    for group in [name for name, command in commands.items() if command.default_command is None]:
        within = commands.pop(group)
        assert f"## diffuscope {group}\n" in page
        commands |= {f"{group} {name}": within[name] for name in within if not name.startswith("-")}
    for name, command in commands.items():
        _, _, part = page.partition(f"# diffuscope {name}\n")
        part = part.partition("\n## ")[0].partition("\n### ")[0]
        assert part, name
        for argument in command.assemble_argument_collection():
            assert re.search(rf"^\* `(?:[A-Z]+, )?{argument.name}\b[^`]*`: \w.{{10}}", part, re.M), (
                name,
                argument.name,
            )


def test_every_exit_code_is_documented():
    from diffuscope import cli

    text = text_of(DOCS / "reference" / "commands.md")
    codes = {0, cli.DATA, cli.QUESTION, cli.OUR_FAULT, cli.STOPPED}
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", text, re.M)} == codes


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_table_and_column_is_documented(name):
    page = made()[f"{name}.md"]
    assert f"\ngenerated/{name}\n" in text_of(DOCS / "reference" / "tables.md")
    for column in CATALOGUE[name].columns:
        assert re.search(
            rf"^\| `{column.name}`.*{re.escape(column.description.replace('|', chr(92) + '|'))}", page, re.M
        )
        assert [choice for choice in column.choices if f"`{choice}`" not in page] == []


def test_every_safeguard_says_how_it_is_computed():
    from diffuscope.safeguards.checks import checks

    page = text_of(DOCS / "how-to" / "safeguards.md").partition("## How each is computed")[2]
    marked = re.findall(r"\*+([A-Z][a-z ,]+?)\.?\*+", " ".join(page.split()))
    told = {name for names in marked for name in names.lower().split(", ")}
    assert {one.name for one in checks()} - told == set()


def test_every_key_of_a_case_is_documented():
    from diffuscope.case.analyses import ANALYSIS_KEYS, REPEAT_KEYS
    from diffuscope.case.settings import KEYS

    text = text_of(DOCS / "reference" / "case-toml.md")
    heads = ("## The case", "## Each analysis", "## Each repetition")
    for head, keys in zip(heads, (KEYS, ANALYSIS_KEYS, REPEAT_KEYS), strict=True):
        part = text.partition(f"{head}\n")[2].partition("\n## ")[0]
        assert set(re.findall(r"^\| `(\w+)` \|", part, re.M)) == set(keys), head


def test_every_column_of_a_report_says_what_it_means():
    tables = GENERATED.report_tables()
    assert len({table.name for table in tables}) == len(tables) > 5
    assert [
        (table.name, name) for table in tables for name, says in table.columns.items() if len(says) < 4
    ] == []


def test_the_tables_of_the_case_in_a_report_are_named():
    from diffuscope.study.result_frames import SHOWN

    told = text_of(DOCS / "reference" / "report-files.md").partition("## Tables of the case")[2]
    assert set(SHOWN) == in_code(told) - {"file", "row"}


def test_every_mechanism_and_criterion_is_documented():
    page = made()["_mechanisms.md"]
    roles = text_of(DOCS / "reference" / "mechanisms.md")
    for mechanism in mechanisms().values():
        assert f"## {mechanism.name.capitalize()}" in page
        assert mechanism.source in page
        for criterion in mechanism.all_criteria:
            assert f"| `{criterion.id}` | {criterion.text} |" in page
            assert f"**{criterion.role}**" in roles


def rules_in_code() -> set[str]:
    """Names of all rules: what a wording, a rule or a problem is named by in the files that find problems."""
    rooms_of_rules = ("case", "tables", "evidence", "study")
    files = [file for room in rooms_of_rules for file in (PACKAGE / room).rglob("*.py")]
    files += [
        PACKAGE / "monitoring" / f"{name}.py" for name in ("problems", "histories", "return_problems", "work")
    ]
    nodes = [node for file in files for node in ast.walk(ast.parse(text_of(file)))]
    words = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    hyphened = {word for word in words if re.fullmatch(r"[a-z]+(-[a-z]+)+", word)}
    calls = [
        node for node in nodes if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Wording"
    ]
    first = {call.args[0].value for call in calls if call.args and isinstance(call.args[0], ast.Constant)}
    return hyphened | first


def test_every_problem_rule_is_documented():
    told = re.findall(r"^\| `([a-z-]+)` \|", text_of(DOCS / "reference" / "problems.md"), re.M)
    assert len(told) == len(set(told))
    assert set(told) == rules_in_code()


def test_every_key_of_case_toml_is_documented():
    from diffuscope.case import analyses as asked
    from diffuscope.case.settings import KEYS

    of_case, _, rest = text_of(DOCS / "reference" / "case-toml.md").partition("## Each analysis")
    of_analysis, _, of_repeat = rest.partition("## Each repetition")
    assert tuple(re.findall(r"^\| `(\w+)` \|", of_case, re.M)) == KEYS
    assert tuple(re.findall(r"^\| `(\w+)` \|", of_analysis, re.M)) == asked.ANALYSIS_KEYS
    assert tuple(re.findall(r"^\| `(\w+)` \|", of_repeat, re.M)) == asked.REPEAT_KEYS
    choices = (asked.PERIODS, asked.MODELS, asked.DURATIONS, asked.POLICY_EFFECTS, asked.ERRORS)
    assert set().union(*choices) <= in_code(of_analysis)
    assert set(asked.CONFIDENCES) <= in_code(of_repeat)
