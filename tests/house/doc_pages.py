"""What tests of the documentation share: its pages, those that are made from the package, and their parts."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "diffuscope"
DOCS = ROOT / "docs"
PAGES = sorted(
    file for file in DOCS.rglob("*.md") if not {"generated", "_build"} & set(file.relative_to(DOCS).parts)
)
WORDS = [*(ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CHANGES.md", "CONTRIBUTING.md")), *PAGES]


def load_generated_pages():
    spec = importlib.util.spec_from_file_location("generated_pages", DOCS / "generated_pages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GENERATED = load_generated_pages()
"""The module that makes pages from the package."""


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


def in_every_text(faults: Callable[[Path], object]) -> dict[str, object]:
    """What a rule finds wrong, by page; pages in which it finds nothing are left out."""
    return {str(file.relative_to(ROOT)): found for file in WORDS if (found := faults(file))}


def in_sentences(text: str) -> list[str]:
    """Code in sentences, with its line breaks taken out."""
    prose = re.sub(r"^```.*?^```", "", text, flags=re.S | re.M)
    return [" ".join(code.split()) for code in re.findall(r"(?<!`)`([^`]+)`(?!`)", prose)]
