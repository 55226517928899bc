"""Nothing public without words: what the package offers is documented, and the words say what is there."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import pkgutil
import re
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import yaml
from numpydoc.validate import validate

import diffuscope
from diffuscope.cli import app
from diffuscope.mechanisms import mechanisms
from diffuscope.tables.catalogue import CATALOGUE

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "diffuscope"
DOCS = ROOT / "docs"
PAGES = sorted(
    file for file in DOCS.rglob("*.md") if not {"generated", "_build"} & set(file.relative_to(DOCS).parts)
)
WORDS = [*(ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CHANGES.md", "CONTRIBUTING.md")), *PAGES]
HOSTS = {"doi.org", "datapackage.org"}
"""Hosts that the words may link to: what a reader follows, never what a machine fetches."""
HOST = r"https?://([^/\s)\"'>`]+)"
MACHINE = r"(?<![\w.~/-])/(?:home|root|tmp|usr|opt|var|mnt|work|Users)/\S*|[A-Z]:\\\S*"
ELSEWHERE = r"(?i)\b(?:sessions?|helpers?|prompts?|todo|tbd)\b|\bissue\s+#?\d|\s#\d+\b"


def load_generated_pages():
    spec = importlib.util.spec_from_file_location("generated_pages", DOCS / "generated_pages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GENERATED = load_generated_pages()


@cache
def made() -> dict[str, str]:
    """The pages that are made from the package, by name."""
    return GENERATED.generated_pages()


def text_of(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def in_code(text: str) -> set[str]:
    return set(re.findall(r"`([^`\n]+)`", text))


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.S | re.M)


# What the package offers


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
    for name in [name for name in app if not name.startswith("-")]:
        _, _, part = page.partition(f"## diffuscope {name}\n")
        part = part.partition("\n## ")[0]
        assert part, name
        for argument in app[name].assemble_argument_collection():
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


# What the words say


def test_the_first_screen_has_two_commands():
    first_screen = "".join(text_of(ROOT / "README.md").splitlines(keepends=True)[:30])
    commands = [line for block in blocks(first_screen, "(?:console|sh|shell)") for line in block.splitlines()]
    assert [line.removeprefix("$ ") for line in commands] == ["make demo", "make test"]
    makefile = text_of(ROOT / "Makefile")
    assert re.search(r"^demo:", makefile, re.M)
    assert re.search(r"^test:", makefile, re.M)


def test_the_first_screen_has_one_picture_that_exists():
    first_screen = "".join(text_of(ROOT / "README.md").splitlines(keepends=True)[:30])
    pictures = re.findall(r"!\[([^\]]+)\]\(([^)]+)\)", first_screen)
    assert len(pictures) == 1
    assert len(pictures[0][0]) > 40, "a picture says in words what it shows"
    assert (ROOT / pictures[0][1]).stat().st_size < 400_000


def test_changes_begin_with_what_comes_next():
    headings = re.findall(r"^## .*", text_of(ROOT / "CHANGES.md"), re.M)
    assert headings[0] == "## __NEXT__"


def inventory() -> dict[str, set[str]]:
    """Rooms and files as ARCHITECTURE.md lists them: `| room | files | … |`."""
    text = text_of(ROOT / "ARCHITECTURE.md").partition("<!-- inventory -->")[2]
    table = text.partition("<!-- end -->")[0]
    rows = re.findall(r"^\| `([^`]+)` \|([^|]*)\|", table, re.M)
    return {room: in_code(files) for room, files in rows}


def rooms() -> dict[str, set[str]]:
    """Rooms and files as they are."""
    found = {}
    for entry in PACKAGE.iterdir():
        if entry.suffix == ".py":
            found[entry.name] = set()
        elif entry.is_dir() and entry.name != "__pycache__":
            found[f"{entry.name}/"] = {
                f"{child.name}/" if child.is_dir() else child.name
                for child in entry.iterdir()
                if child.name not in ("__pycache__", "__init__.py")
            }
    return found


def test_the_inventory_of_the_house_is_true():
    assert inventory() == rooms()


def test_the_import_table_is_the_one_that_is_kept():
    layers = text_of(ROOT / "tests" / "house" / "test_layers.py")
    tree = next(
        node
        for node in ast.parse(layers).body
        if isinstance(node, ast.AnnAssign) and node.target.id == "MAY_IMPORT"
    )
    kept = {
        room: may for room, may in ast.literal_eval(tree.value).items() if room not in ("records", "errors")
    }
    text = text_of(ROOT / "ARCHITECTURE.md").partition("<!-- imports -->")[2].partition("<!-- end -->")[0]
    rows = re.findall(r"^\| `(\w+)` \|([^|]*)\|", text, re.M)
    assert {room: in_code(may) for room, may in rows} == {room: set(may) for room, may in kept.items()}


def test_the_citation_file_is_valid():
    cited = yaml.safe_load(text_of(ROOT / "CITATION.cff"))
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]
    assert cited["cff-version"] == "1.2.0"
    assert cited["type"] == "software"
    assert {"message", "title", "authors"} <= set(cited)
    assert cited["license"] == project["license"]
    assert cited["version"] == project["version"]
    assert cited["references"][0]["doi"] == "10.57106/scientia.v14i1.196"


def in_every_text(faults: Callable[[Path], object]) -> dict[str, object]:
    """What a rule finds wrong, by page; pages in which it finds nothing are left out."""
    return {str(file.relative_to(ROOT)): found for file in WORDS if (found := faults(file))}


def leading_nowhere(file: Path) -> list[str]:
    return [
        target
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text_of(file))
        if not (Path(target).name in made() if "generated/" in target else (file.parent / target).exists())
    ]


def test_links_inside_the_project_lead_somewhere():
    assert in_every_text(leading_nowhere) == {}


def test_links_that_leave_lead_to_sources_only():
    assert in_every_text(lambda file: set(re.findall(HOST, text_of(file))) - HOSTS) == {}


def test_no_path_of_one_machine():
    assert in_every_text(lambda file: re.findall(MACHINE, text_of(file))) == {}


def test_the_words_speak_of_the_project_alone():
    assert in_every_text(lambda file: re.findall(ELSEWHERE, text_of(file))) == {}


def unknown_commands(file: Path) -> list[str]:
    found = []
    for line in re.findall(r"^(?:\$ )?diffuscope (.*)$", "\n".join(blocks(text_of(file), "console")), re.M):
        name, *words = line.split()
        known = (
            {flag for argument in app[name].assemble_argument_collection() for flag in argument.names}
            if name in app
            else set()
        )
        if name not in app or {word for word in words if word.startswith("--")} - known:
            found.append(line)
    return found


def test_commands_shown_exist():
    assert in_every_text(unknown_commands) == {}


def private_names(file: Path) -> set[str]:
    shown = blocks(text_of(file), "python")
    for block in shown:
        ast.parse(block)
    return set(re.findall(r"\bdiffuscope\.(\w+)", "\n".join(shown))) - set(diffuscope.__all__)


def test_python_shown_uses_public_names():
    assert in_every_text(private_names) == {}


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        (leading_nowhere, "[there](nowhere.md)"),
        (lambda file: re.findall(HOST, text_of(file)), "https://example.com/x"),
        (lambda file: re.findall(MACHINE, text_of(file)), "in /home/me"),
        (lambda file: re.findall(ELSEWHERE, text_of(file)), "as in issue #3"),
        (unknown_commands, "```console\n$ diffuscope fly\n```"),
        (unknown_commands, "```console\n$ diffuscope check x --loudly\n```"),
        (private_names, "```python\ndiffuscope.nothing()\n```"),
    ],
)
def test_these_rules_find_what_breaks_them(rule, wrong, tmp_path):
    (tmp_path / "page.md").write_text(wrong, encoding="utf-8")
    assert rule(tmp_path / "page.md")


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


# What the docstrings say

MISSING = {
    "GL08": "no docstring",
    "SS01": "no summary",
    "PR01": "a parameter is not described",
    "PR02": "a parameter that does not exist",
    "PR03": "parameters in another order",
    "RT01": "the return value is not described",
}


def doors() -> list[str]:
    """Functions and classes that a room hands to others: its `__all__`."""
    found = {f"diffuscope.{name}" for name in diffuscope.__all__}
    for info in pkgutil.iter_modules([str(PACKAGE)]):
        if info.ispkg:
            room = importlib.import_module(f"diffuscope.{info.name}")
            found |= {f"diffuscope.{info.name}.{name}" for name in getattr(room, "__all__", ())}
    return sorted(found)


def resolved(name: str) -> object:
    module, _, attribute = name.rpartition(".")
    return getattr(importlib.import_module(module), attribute)


def test_every_door_says_what_it_takes_and_gives():
    found = {}
    for name in doors():
        door = resolved(name)
        if inspect.isfunction(door):
            few = len(inspect.signature(door).parameters) <= 1
            public = name.removeprefix("diffuscope.") in diffuscope.__all__
            told_by_the_summary = {"RT01"} if not public or few else set()
            told_by_the_summary |= {"PR01"} if few and not public else set()
            codes = {code for code, _ in validate(name)["errors"]} & set(MISSING) - told_by_the_summary
            found[name] = sorted(MISSING[code] for code in codes)
    assert {name: missing for name, missing in found.items() if missing} == {}


def bare(file: Path) -> list[str]:
    """What is public in a file and has no docstring."""
    tree = ast.parse(text_of(file))
    found = [] if ast.get_docstring(tree) or file.stem == "__main__" else ["the module"]
    for node in tree.body:
        inside = node.body if isinstance(node, ast.ClassDef) else []
        for part in [node, *inside]:
            public = isinstance(part, (ast.FunctionDef, ast.ClassDef)) and not part.name.startswith("_")
            hidden = isinstance(node, ast.ClassDef) and node.name.startswith("_")
            if public and not hidden and not ast.get_docstring(part):
                found.append(part.name)
    return found


def test_everything_public_has_a_docstring():
    found = {str(file.relative_to(PACKAGE)): bare(file) for file in sorted(PACKAGE.rglob("*.py"))}
    assert {file: names for file, names in found.items() if names} == {}
