"""Guides of the register name what stands on its screens, word for word, in the language of the guide."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOM = Path(__file__).parents[2]
REGISTER = ROOM / "src" / "diffuscope" / "register"
GUIDES = [
    *sorted((ROOM / "docs" / "how-to").glob("guide-*.md")),
    ROOM / "docs" / "how-to" / "register-screens.md",
]
MARKED = re.compile(r"(?<![*\w\0])\*([^*\0\n][^*\0]*?)\*(?![*\w])")
"""What stands between single asterisks; of two, which are strong, nothing."""
FIRST_VERSION = ("Versi pertama", "คำแปลนี้", "Bản dịch này")
"""How a translated guide begins to say that no speaker has reviewed it."""


def named(guide: Path) -> list[str]:
    """What a guide says that a reader sees on a page."""
    text = re.sub(r"```.*?```", "", guide.read_text(encoding="utf-8"), flags=re.DOTALL).replace("**", "\0")
    return [" ".join(one.split()) for one in MARKED.findall(text) if not one.startswith(FIRST_VERSION)]


def shown(code: str) -> str:
    """Words of pages in a language: with English all that stands in templates and messages."""
    files = [REGISTER / "languages" / f"{code}.toml"]
    if code == "en":
        files += [*REGISTER.rglob("*.html"), *REGISTER.rglob("*.py")]
    text = " ".join(file.read_text(encoding="utf-8") for file in files)
    places = re.sub(r"{%.*?%}", "", re.sub(r"<[^>%]+>|{{?[^{}%]*}?}", "…", text))
    return " ".join(places.split()).lower()


@pytest.mark.parametrize("guide", GUIDES, ids=lambda file: file.stem)
def test_a_guide_names_what_stands_on_the_screens(guide):
    code = guide.stem.rsplit("-", 1)[1]
    there = shown(code if code in ("id", "th", "vi") else "en")
    parts = {one: [part.strip().lower() for part in one.split("…")] for one in named(guide)}
    assert parts
    assert [one for one, of in parts.items() if not all(part in there for part in of)] == []
