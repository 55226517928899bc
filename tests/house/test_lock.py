"""The locks, for development and for a run alone: exact, hashed, and free of addresses."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
DEVELOPMENT, RUN = (
    (ROOT / file).read_text(encoding="utf-8") for file in ("requirements-dev.txt", "requirements.txt")
)


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def blocks(lock: str) -> dict[str, set[str]]:
    """What a lock pins, each with its hashes."""
    found = {}
    for block in re.split(r"\n(?=\S)", lock.strip()):
        pinned = re.match(r"[a-z0-9._-]+==\S+", block)
        assert pinned, block[:60]
        found[pinned[0]] = set(re.findall(r"--hash=sha256:\w+", block))
        assert found[pinned[0]], block[:60]
    return found


def names(lock: str) -> set[str]:
    return {normal(pinned.partition("==")[0]) for pinned in blocks(lock)}


def test_the_locks_name_no_address():
    assert re.findall(r"\w+://|index-url|find-links", DEVELOPMENT + RUN) == []


def test_a_run_needs_a_part_of_the_lock():
    development = blocks(DEVELOPMENT)
    assert len(development) > 50
    assert {one: hashes for one, hashes in development.items() if one in blocks(RUN)} == blocks(RUN)


def test_the_locks_hold_what_the_project_declares():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups, extras = project["dependency-groups"], project["project"]["optional-dependencies"]
    plain = declared([*project["project"]["dependencies"], *groups["build"]])
    assert plain | declared(extras["register"]) <= names(RUN), "the demo opens a register as well"
    more = [*groups["dev"], *extras["cluster"], *extras["fast"], *extras["formats"], *extras["pdf"]]
    assert plain | declared(more) <= names(DEVELOPMENT)


def test_a_plain_installation_is_without_what_extras_bring():
    extras = ("dask", "distributed", "numba", "pyarrow", "pyreadstat", "rdata", "typst", "xarray")
    assert sorted(names(RUN) & set(extras)) == []


def declared(lines: list[object]) -> set[str]:
    return {normal(re.split(r"[<>=\[ ;]", line)[0]) for line in lines if isinstance(line, str)}
