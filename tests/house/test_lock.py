"""The lock of the development environment: exact, hashed, and free of addresses."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8")


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_lock_names_no_address():
    assert re.findall(r"\w+://|index-url|find-links", LOCK) == []


def test_every_requirement_is_pinned_and_hashed():
    blocks = re.split(r"\n(?=\S)", LOCK.strip())
    assert len(blocks) > 50
    for block in blocks:
        assert re.match(r"[a-z0-9._-]+==\S+", block), block[:60]
        assert "--hash=sha256:" in block, block[:60]


def test_the_lock_holds_what_the_project_declares():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    declared = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    locked = {normal(match) for match in re.findall(r"^([a-z0-9._-]+)==", LOCK, re.M)}
    assert {normal(re.split(r"[<>=\[ ;]", line)[0]) for line in declared} <= locked
