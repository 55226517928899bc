"""What pages claim of the product still holds: calls, columns, files, numbers, and what is missing so far."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from importlib import import_module
from inspect import isfunction, signature
from pathlib import Path

import pytest
from doc_pages import DOCS, PACKAGE, ROOT, blocks, in_code, in_every_text, in_sentences, text_of

from diffuscope.tables.catalogue import CATALOGUE


@cache
def function_of(name: str) -> Callable[..., object] | None:
    """The public function of this name: of the package, of its ties, or of its register."""
    rooms = ("diffuscope", "diffuscope.ties", "diffuscope.register")
    found = (getattr(import_module(room), name) for room in rooms if name in import_module(room).__all__)
    return next((one for one in found if isfunction(one)), None)


def calls_in(text: str) -> Iterator[ast.Call]:
    """Calls in blocks of Python and in sentences, where an ellipsis stands for anything."""
    shown = [*blocks(text, "python"), *blocks(text, r"\{code-cell\} python")]
    shown = [re.sub(r"^:.*$", "", block, flags=re.M) for block in shown]
    for code in [*shown, *(one.replace("…", "...") for one in in_sentences(text) if "(" in one)]:
        with suppress(SyntaxError):  # a sentence may hold other code; blocks are parsed by another rule
            yield from (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call))


def refused_calls(file: Path) -> list[str]:
    """Calls of public functions with an argument that they do not take."""
    found = []
    for call in calls_in(text_of(file)):
        name = re.fullmatch(r"(?:diffuscope\.|ties\.|register\.)?(\w+)", ast.unparse(call.func))
        function = function_of(name[1]) if name else None
        given = {one.arg for one in call.keywords if one.arg}
        if function is not None and given - set(signature(function).parameters):
            found.append(ast.unparse(call))
    return found


def test_calls_shown_are_taken():
    assert in_every_text(refused_calls) == {}


def unknown_columns(file: Path) -> set[str]:
    """`table.column` that the table does not have."""
    named = {
        tuple(code.split(".")) for code in in_code(text_of(file)) if re.fullmatch(r"[a-z_]+\.[a-z_]+", code)
    }
    ends = ("csv", "py", "parquet", "md", "html", "toml")
    return {
        f"{table}.{column}"
        for table, column in named
        if table in CATALOGUE and column not in (*ends, *(one.name for one in CATALOGUE[table].columns))
    }


def test_columns_named_with_their_table_exist():
    assert in_every_text(unknown_columns) == {}


NOT_YET = re.compile(r"\b(?:not|no|nor|never|nobody|nothing)\b.*\byet\b", re.I)
STILL = {
    "is not on a package registry": lambda: True,  # no test asks a registry
    "Nobody from outside has attacked the register": lambda: True,
    "Speakers have not reviewed them": lambda: (
        not any(
            tomllib.loads(text_of(file)).get("reviewed")
            for file in (PACKAGE / "register" / "languages").glob("*.toml")
            if file.stem != "en"
        )
    ),
}
"""What pages say is missing so far, and how it is known that it still is."""
OF_SOMETHING = re.compile(r"\b(?:that|which|who|what)\b[^,;]*\b(?:not|no|nothing|never)\b[^,;]*\byet\b", re.I)
"""Clauses that say which thing is meant, such as a link that was not used yet; they claim nothing."""
NO_ABSENCE = ("have not looked", "need not have them", "not yet adopters")
"""Sentences on what a reader or a unit has not done so far."""


def missing_so_far(file: Path) -> list[str]:
    """Sentences on something that is not there yet, where nothing would notice that it has come."""
    if file.name.startswith("guide-"):  # they say it of the reader's own work
        return []
    said = " ".join(re.sub(r"^```.*?^```", "", text_of(file), flags=re.S | re.M).replace("*", "").split())
    parts = [
        part.strip()
        for part in re.split(r"[.:|?]", said)
        if NOT_YET.search(part) and not OF_SOMETHING.search(part)
    ]
    parts = [part for part in parts if not any(words in part for words in NO_ABSENCE)]
    return [part for part in parts if not any(words in part and still() for words, still in STILL.items())]


def test_what_is_said_to_be_missing_is_missing():
    assert in_every_text(missing_so_far) == {}


def test_the_page_of_the_result_names_its_format():
    from diffuscope.result import FORMAT

    assert re.findall(r"This is format (\d+)", text_of(DOCS / "reference" / "result.md")) == [str(FORMAT)]


def test_pages_name_the_rooms_that_may_write():
    ceilings = ast.parse(text_of(ROOT / "tests" / "house" / "test_ceilings.py"))
    assigned = [node for node in ceilings.body if isinstance(node, ast.Assign)]
    [kept] = [
        ast.literal_eval(node.value) for node in assigned if ast.unparse(node.targets[0]) == "MAY_WRITE"
    ]
    for name in ("ARCHITECTURE.md", "CONTRIBUTING.md"):
        [told] = re.findall(
            r"case files, only (.*?) write\b|of a case; only (.*?) write;",
            " ".join(text_of(ROOT / name).split()),
        )
        assert {room.strip("/") for room in in_code("".join(told))} == kept


def leading_to_no_file(file: Path) -> list[str]:
    """Files of the source folder, modules that are run, and goals of make that do not exist."""
    text = text_of(file)
    files = re.findall(r"(?<![\w/.-])((?:verify|benchmarks|tests|src)/[\w/-]+\.\w+)", text)
    modules = re.findall(r"python -m ((?:verify|benchmarks)[\w.]*\w)", text)
    missing = [one for one in files if not (ROOT / one).exists()]
    for name in modules:
        place = ROOT / name.replace(".", "/")
        if not (place.with_suffix(".py").exists() or (place / "__main__.py").exists()):
            missing.append(name)
    goals = set(re.findall(r"^([\w-]+):", text_of(ROOT / "Makefile"), re.M))
    return missing + [
        f"make {one}" for one in re.findall(r"(?:`|^)make ([\w-]+)(?:`|$)", text, re.M) if one not in goals
    ]


def test_files_and_goals_named_exist():
    assert in_every_text(leading_to_no_file) == {}


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        (refused_calls, "```python\ndiffuscope.firth('a ~ b', rows, exact=True)\n```"),
        (refused_calls, "Say `infer_network(laws, edge=3)`."),
        (unknown_columns, "It stands in `adoptions.when`."),
        (missing_so_far, "It does not infer networks from the order of adoptions yet."),
        (leading_to_no_file, "See `verify/nothing.py`."),
        (leading_to_no_file, "Run `python -m verify.nothing`."),
        (leading_to_no_file, "```console\nmake nothing\n```"),
    ],
)
def test_these_rules_find_what_breaks_them(rule, wrong, tmp_path):
    (tmp_path / "page.md").write_text(wrong, encoding="utf-8")
    assert rule(tmp_path / "page.md")
