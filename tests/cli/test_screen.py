"""What the command prints where the terminal lacks letters, and where nothing more can be written."""

from __future__ import annotations

import ast
import csv
import json
import os
import re
import shlex
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from diffuscope import cli
from diffuscope.cli.screen import show_problems
from diffuscope.records import Problem
from diffuscope.report.lists import write_list

CITY = "Đà Nẵng"


def test_what_many_files_share_is_told_once_with_its_places(capsys):
    def of(file: str, value: str) -> Problem:
        return Problem(
            level="error", rule="bad-number", message="M.", fix="F", file=file, row=3, column="a", value=value
        )

    shared = [of(f"{at}.xlsx", "65%") for at in range(5)]
    show_problems([*shared, of("5.xlsx", "a"), of("6.xlsx", "a")], 7, 1)
    said = capsys.readouterr().out
    assert said.count("Fix: F") == 3, "one for five files, and two of their own"
    places = "1.xlsx, row 3; 2.xlsx, row 3; 3.xlsx, row 3; and 1 more, which --out FILE lists"
    assert f"The same in 4 other places: {places}" in said
    assert "7 errors" in said


@pytest.fixture
def case(tmp_path: Path) -> Path:
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "case.toml").write_text(
        f'format = 1\nid = "toy"\ntitle = "{CITY}"\nlicence = "CC0-1.0"\n', encoding="utf-8"
    )
    with (folder / "units.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("unit", "name", "kind", "role"), ("dn", CITY, "city", CITY)])
    return folder


def typed(*words: object, out=subprocess.PIPE, err=subprocess.PIPE, **environment: str):
    return subprocess.run(
        [sys.executable, "-m", "diffuscope", *map(str, words)],
        stdout=out, stderr=err, env={**os.environ, **environment}, check=False, timeout=120,
    )  # fmt: skip


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONIOENCODING": "cp1252"},
        {"PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": ""},
    ],
)
def test_letters_that_the_terminal_lacks_do_not_end_the_command(case, environment):
    found = typed("check", case, **environment)
    assert found.returncode == 1
    assert rb"\u0110" in found.stdout
    assert b"1 error" in found.stdout
    assert b"fault" not in found.stderr


def test_json_is_utf8_whatever_the_terminal_speaks(case):
    found = typed("check", case, "--json", PYTHONIOENCODING="cp1252")
    assert found.returncode == 1
    assert json.loads(found.stdout.decode("utf-8"))["problems"][0]["value"] == CITY


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
@pytest.mark.parametrize("words", [(), ("--json",)])
def test_an_output_that_is_full_is_told_in_one_line(case, words):
    with Path("/dev/full").open("wb") as full:
        found = typed("check", case, *words, out=full)
        assert found.returncode == 2
        assert found.stderr.decode().splitlines() == [
            "The output cannot be written: no space left on device."
        ]
        assert typed("check", case, *words, out=full, err=full).returncode in (2, 120)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="only POSIX has named pipes")
def test_a_list_written_to_a_pipe_leaves_the_pipe(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_list(("a", "b"), [("1", "2")], pipe, "a list")
        assert os.read(reader, 1000).decode("utf-8-sig") == "a,b\n1,2\n"
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


NO_PATHS = {"wave", "person", "member", "line", "elsewhere(folder)"}
"""What commands that are printed hold beside paths: ids without blanks, and words of the command."""


def unquoted(source: str) -> list[str]:
    """Paths in commands that are printed for copying, and not quoted as a shell needs it."""
    found = []
    for text in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.JoinedStr)):
        told = ""
        for part in text.values:
            if isinstance(part, ast.Constant):
                told += part.value
            elif re.search("diffuscope [a-z]", told) and (code := ast.unparse(part.value)) not in NO_PATHS:
                found += [] if code.startswith("as_typed(") else [code]
    return found


def test_commands_that_are_printed_can_be_copied(capsys, tmp_path, monkeypatch):
    files = sorted(Path(cli.__file__).parent.glob("[a-z]*.py"))
    assert {file.name: found for file in files if (found := unquoted(file.read_text(encoding="utf-8")))} == {}
    assert unquoted('say(f"Next: diffuscope run {folder}")') == ["folder"]
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit):
        cli.main(["new", "my case"])
    command = capsys.readouterr().out.splitlines()[-1].removeprefix("Next: ")
    assert shlex.split(command) == ["diffuscope", "check", "my case"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("check", "laws.csv"), "To make a case of tables, use `diffuscope import`."),
        (("infer", "nothing.csv"), "There is no file `nothing.csv`."),
        (("freeze", "asean-smart-cities"), "name the folder that holds its `case.toml`"),
        (("import", "a case", "--out", "new"), "`a case` is a folder; name the files in it."),
        (("check", "a report"), "`a report` is a report, not a case."),
        (("run", "a register"), "`diffuscope register export-case` makes a case of it."),
        (("report", "a case"), "`a case` is a case, not a result: `diffuscope run` studies it"),
    ],
)
def test_what_is_near_to_right_is_answered_with_what_to_do(words, said, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("laws.csv").write_text("unit,time\na,2001\n", encoding="utf-8")
    for place in (
        "a report/result.json",
        "a report/report.html",
        "a register/register.toml",
        "a case/case.toml",
    ):
        Path(place).parent.mkdir(exist_ok=True)
        Path(place).touch()
    with pytest.raises(SystemExit) as left:
        cli.main(list(words))
    assert left.value.code in (1, 2)
    assert said in capsys.readouterr().err
