"""Flesch-Kincaid grade of prose: README, the documentation's pages, reports, and the messages of the code.

    python -m verify.reading_grade [--worst 3] [report.html …]

Prints one line a file, the hardest first, and the hardest sentences of each. Of a file of Python it reads
the messages. Only prose is graded: no code,
tables, headings, formulas, or addresses of links. Names, code and terms of the glossary count at most two
syllables a word, because a reader of the field knows them, or looks them up once.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDERS = ("docs/start", "docs/how-to", "docs/examples", "docs/explanation")
GLOSSARY = "docs/explanation/glossary.md"
KNOWN = 2
"""Syllables that a name, a piece of code or a term of the glossary counts at most."""
CODE = "Code"
"""Stands in prose for a piece of code or a formula: a name."""
FEWEST_WORDS = 4
"""Fewer words are a label, not a sentence."""

# A stop, then a space, then something that can begin a sentence. `p. 2`, `e.g.` and `i.e.` end none.
SENTENCE_END = re.compile(
    r"(?<!\bp\.)(?<!\bpp\.)(?<!\be\.g\.)(?<!\bi\.e\.)(?<=[.!?])[\"”’)*_]*\s+(?=[\"“‘(*_]*[A-Z0-9]|diffuscope\b)"
)
# A word, or a number such as 0.25 or 1,200, which counts as one word.
WORD = re.compile(r"[^\W\d_][\w’'&.]*[^\W_]|\d[\w.,]*\w|[^\W_]", re.UNICODE)
NO_PROSE = re.compile(r"[<>{}=\\|$^*]|\(\?|--|::|[a-z]\(")
"""Signs of code in a text: scripts, expressions, patterns."""

# Where counting groups of vowels goes wrong, after Lingua::EN::Syllable (Greg Fast), with silent -ed and -es.
ONE_LESS = tuple(
    re.compile(pattern)
    for pattern in (
        *("cial", "tia", "cius", "cious", "giu", "ion", "iou", "sia$", ".ely$", "^ever[yi]"),
        *(
            "[aeiouy][^aeiouy]e(?:ness|ment|ful|less)",
            "[^aeiouydt]ed$",
            "[aeiouy][^aeiouyszxcgh]es$",
            "othes$",
        ),
    )
)
ONE_MORE = tuple(
    re.compile(pattern)
    for pattern in (
        *("ia", "riet", "dien", "iu", "io", "ii", "[^aeiouylr]l$", "[aeiou]{3}", "^mc", "ism$", "[dr]ea$"),
        *("[^l]lien", "^coa[dglx].", "[^gq]ua[^auieo]", "dnt$", "[aeiouy]ing$", "creat", "^scien", "uenc"),
    )
)


@dataclass(frozen=True)
class Reading:
    """Flesch-Kincaid grade of a text, from its numbers of sentences, words and syllables."""

    sentences: int
    words: int
    syllables: int

    @property
    def grade(self) -> float:
        """Grade after Kincaid et al. (1975): 0.39 words/sentences + 11.8 syllables/words - 15.59."""
        if not self.words:
            return 0.0
        return 0.39 * self.words / self.sentences + 11.8 * self.syllables / self.words - 15.59


def syllables(word: str) -> int:
    """Number of syllables of an English word: groups of vowels, corrected for common endings."""
    letters = re.sub("[^a-z]", "", word.lower()).removesuffix("e")
    groups = len(re.findall("[aeiouy]+", letters))
    less = sum(bool(pattern.search(letters)) for pattern in ONE_LESS)
    more = sum(bool(pattern.search(letters)) for pattern in ONE_MORE)
    return max(1, groups - less + more)


def reading(sentences: Iterable[str]) -> Reading:
    """Counts of a text that is split into sentences already."""
    counted = [_known_syllables(sentence) for sentence in sentences]
    return Reading(len(counted), sum(map(len, counted)), sum(map(sum, counted)))


def _known_syllables(sentence: str) -> list[int]:
    """Syllables of each word of a sentence, at most two for names and terms of the glossary."""
    words = WORD.findall(sentence)
    known = _in_terms(words)
    counts = []
    for at, word in enumerate(words):
        name = (at > 0 and word[0].isupper()) or not word.isascii() or word[0].isdigit()
        counts.append(min(syllables(word), KNOWN) if name or at in known else syllables(word))
    return counts


def _in_terms(words: list[str]) -> set[int]:
    """Places of the words that belong to a term of the glossary."""
    stems = [_singular(word) for word in words]
    found: set[int] = set()
    for at, stem in enumerate(stems):
        for term in terms().get(stem, ()):
            if tuple(stems[at : at + len(term)]) == term:
                found.update(range(at, at + len(term)))
    return found


def _singular(word: str) -> str:
    stem = word.lower().replace("’", "'").removesuffix("'s")
    if stem.endswith("ies"):
        return stem[:-3] + "y"
    return stem[:-1] if stem.endswith("s") and not stem.endswith("ss") else stem


@cache
def terms() -> dict[str, list[tuple[str, ...]]]:
    """Terms of the glossary in words, by their first word."""
    glossary = (
        (ROOT / GLOSSARY).read_text(encoding="utf-8").partition(":::{glossary}")[2].partition("\n:::")[0]
    )
    found: dict[str, list[tuple[str, ...]]] = {}
    for line in glossary.splitlines():
        if line and not line.startswith(" "):
            words = tuple(map(_singular, WORD.findall(line.partition("(")[0])))
            found.setdefault(words[0], []).append(words)
    return found


def sentences_of(paragraphs: Iterable[str]) -> list[str]:
    """Sentences of paragraphs, without labels of a few words."""
    flat = (" ".join(paragraph.split()) for paragraph in paragraphs)
    found = [sentence for paragraph in flat for sentence in SENTENCE_END.split(paragraph)]
    return [sentence for sentence in found if len(WORD.findall(sentence)) >= FEWEST_WORDS]


def markdown_sentences(text: str) -> list[str]:
    """Sentences of the prose of a page in Markdown."""
    text = re.sub(r"^\s*(`{3,}|~{3,})[\s\S]*?^\s*\1`*\s*$", "\n", text, flags=re.M)
    text = re.sub(r"\$\$[\s\S]*?\$\$", "\n", text)
    text = re.sub(
        r"^(?:#.*|\s*\|.*|\s*:{3,}.*|:class:.*|\s*<!--.*|    \S.*|\([\w-]+\)=)$", "\n", text, flags=re.M
    )
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", text)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"\{term\}`([^`<]+?)(?:\s*<[^`]*>)?`", r"\1", text)
    text = re.sub(r"``[^\n]+?``|`[^`]+`|\$[^$\n]+\$", CODE, text)
    text = re.sub(r"^\s*(?:[-*]|\d+\.)\s+", "\n\n", text, flags=re.M).replace("*", "")
    return sentences_of(re.split(r"\n\s*\n", text))


class _Page(HTMLParser):
    """Paragraphs of a page: text of what holds sentences, without tables, scripts, pictures and headings."""

    PROSE = frozenset({"p", "li", "dd", "figcaption", "blockquote", "summary"})
    ASIDE = frozenset(
        {"script", "style", "svg", "table", "nav", "pre", "h1", "h2", "h3", "h4", "h5", "noscript"}
    )
    CODES = frozenset({"code", "kbd", "math"})

    def __init__(self) -> None:
        super().__init__()
        self.paragraphs: list[str] = []
        self._prose, self._aside, self._codes = 0, 0, 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._aside += tag in self.ASIDE
        self._codes += tag in self.CODES
        if tag in self.PROSE:
            self._prose += 1
            self.paragraphs.append("")
        if tag in self.CODES and self.paragraphs:
            self.paragraphs[-1] += f" {CODE} "

    def handle_endtag(self, tag: str) -> None:
        self._aside -= tag in self.ASIDE
        self._codes -= tag in self.CODES
        if tag in self.PROSE:
            self._prose -= 1
            self.paragraphs.append("")

    def handle_data(self, data: str) -> None:
        if self._prose > 0 and not self._aside and not self._codes and self.paragraphs:
            self.paragraphs[-1] += data


def html_sentences(text: str) -> list[str]:
    """Sentences of a page in HTML that end with a stop; labels and cells do not."""
    page = _Page()
    page.feed(text)
    return [one for one in sentences_of(page.paragraphs) if re.search(r"[.!?][\"”’)]*$", one)]


def message_sentences(source: str) -> list[str]:
    """Sentences of a file's texts for people: no docstrings, no code; values put into a text are names."""
    tree = ast.parse(source)
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    aside = parts | {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = [_text(node) for node in ast.walk(tree) if id(node) not in aside]
    plain = (re.sub(r"`[^`]*`", CODE, text) for text in texts)
    return sentences_of(text for text in plain if not NO_PROSE.search(text))


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) if isinstance(part, ast.Constant) else CODE for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


OTHER_LANGUAGES = ("-id", "-th", "-vi")
"""Ends of the names of pages whose grade an English formula cannot give."""


def pages() -> list[Path]:
    """README and the pages of the documentation that are read, not looked up, and are in English."""
    found = [page for folder in FOLDERS for page in sorted((ROOT / folder).glob("*.md"))]
    return [ROOT / "README.md", *(page for page in found if not page.stem.endswith(OTHER_LANGUAGES))]


def sentences_in(file: Path) -> list[str]:
    """Sentences of a file, by its ending."""
    text = file.read_text(encoding="utf-8")
    readers = {".html": html_sentences, ".py": message_sentences}
    return readers.get(file.suffix, markdown_sentences)(text)


def main(words: list[str] | None = None) -> None:
    """Print the grade of every page, and of every report that is named."""
    parser = argparse.ArgumentParser(
        prog="python -m verify.reading_grade", description=__doc__.splitlines()[0]
    )
    parser.add_argument(
        "reports", nargs="*", type=Path, help="pages of reports (HTML), other Markdown, or code"
    )
    parser.add_argument("--worst", type=int, default=3, help="how many of the hardest sentences to print")
    options = parser.parse_args(words)
    files = {file: sentences_in(file) for file in options.reports or pages()}
    for file, own in sorted(files.items(), key=lambda item: -reading(item[1]).grade):
        counts = reading(own)
        name = file.relative_to(ROOT) if file.is_relative_to(ROOT) else file
        sys.stdout.write(
            f"{counts.grade:5.1f}  {name}  ({counts.sentences} sentences, {counts.words} words)\n"
        )
        for sentence in sorted(own, key=lambda one: -reading([one]).grade)[: options.worst]:
            sys.stdout.write(f"         {reading([sentence]).grade:5.1f}  {sentence}\n")


if __name__ == "__main__":
    main()
