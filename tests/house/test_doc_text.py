"""The words of the documentation say what is there: files, commands, names, links that lead somewhere."""

from __future__ import annotations

import ast
import re
import shlex
import tomllib
from pathlib import Path

import pytest
import yaml
from cyclopts import CycloptsError, MissingArgumentError
from doc_pages import PACKAGE, ROOT, blocks, in_code, in_every_text, in_sentences, made, text_of

import diffuscope
from diffuscope.cli import app

HOSTS = {"doi.org", "datapackage.org", "127.0.0.1:8000", "register.example.org"}
"""Hosts that the words may link to: what a reader follows, never what a machine fetches; the reader's own
machine, and a name that belongs to nobody (RFC 2606)."""
HOST = r"https?://([^/\s)\"'>`;$]+)"
MACHINE = r"(?<![\w.~/-])/(?:home|root|tmp|usr(?!/local/sbin/)|opt|var|mnt|work|Users)/\S*|[A-Z]:\\\S*"
"""Paths that differ between machines; what the keeper of a server adds stands in the same folder of each."""
ELSEWHERE = r"(?i)\b(?:sessions?|helpers?|prompts?|todo|tbd)\b|\bissue\s+#?\d|\s#\d+\b"


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


def refused_commands(file: Path) -> list[str]:
    """Command lines that are refused: blocks as they stand, and in sentences as far as they go."""
    text = text_of(file)
    shown = [(line, True) for block in blocks(text, "console") for line in block.splitlines()]
    found = []
    for line, whole in [*shown, *((code, False) for code in in_sentences(text))]:
        typed = re.fullmatch(r"(?:\$ )?(?:\.venv/bin/)?diffuscope (?!COMMAND|edition)(.*)", line)
        if typed is None:
            continue
        try:
            app.parse_args(shlex.split(typed[1], comments=True), print_error=False, exit_on_error=False)
        except MissingArgumentError:
            found += [line] if whole else []
        except CycloptsError:
            found.append(line)
    return found


def test_commands_shown_are_taken():
    assert in_every_text(refused_commands) == {}


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
        (refused_commands, "```console\n$ diffuscope fly\n```"),
        (refused_commands, "```console\n$ diffuscope check x --loudly\n```"),
        (refused_commands, "```console\n$ diffuscope register fly\n```"),
        (refused_commands, "```console\n$ diffuscope run\n```"),
        (refused_commands, "```console\n$ diffuscope infer x --ties now and then\n```"),
        (refused_commands, "Say `diffuscope run\n--loudly`."),
        (private_names, "```python\ndiffuscope.nothing()\n```"),
    ],
)
def test_these_rules_find_what_breaks_them(rule, wrong, tmp_path):
    (tmp_path / "page.md").write_text(wrong, encoding="utf-8")
    assert rule(tmp_path / "page.md")
