"""Words of workbooks and pages in the network's languages: what is written, and how it is read again."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from diffuscope.errors import PlanError
from diffuscope.tables.read_as import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

LANGUAGES = ("en", "id", "th", "vi")
PARTS = ("heading", "status", "report", "sheet", "text", "screen", "word", "message")
"""Parts of a language's file that hold words by what they stand for."""
ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})(-(?P<day>\d{2}))?")
OWN = ("key", "report", "continues", "question")
"""Columns of a workbook that no table of a case has."""


@dataclass(frozen=True, kw_only=True)
class Language:
    """Words of one language.

    Attributes
    ----------
    code : str
    name : str
        What it is called in itself.
    reviewed : bool
        Whether a speaker has reviewed them.
    heading, status, report, sheet, text, screen, word, message : mapping of str to str
        By what each stands for: of workbooks, of pages (`screen`), of states, kinds and roles (`word`), and
        sentences with places for values (`message`).
    date, month_of : str
        How a day is written, with places for `day`, `month` and `year`, and how a month of a year is.
    decimal : str
        The decimal sign.
    months : tuple of str
    guidance : tuple of str
        Where no speaker has reviewed the language, its last line says so.
    """

    code: str
    name: str
    reviewed: bool
    heading: Mapping[str, str]
    status: Mapping[str, str]
    report: Mapping[str, str]
    sheet: Mapping[str, str]
    text: Mapping[str, str]
    screen: Mapping[str, str]
    word: Mapping[str, str]
    message: Mapping[str, str]
    date: str
    month_of: str
    decimal: str
    months: tuple[str, ...]
    guidance: tuple[str, ...]


@cache
def language(code: str) -> Language:
    """The words of a language.

    Parameters
    ----------
    code : {"en", "id", "th", "vi"}

    Raises
    ------
    PlanError
        If the workbooks have no such language.
    """
    if code not in LANGUAGES:
        raise PlanError(f"Workbooks have no language `{code}`; there are {', '.join(LANGUAGES)}.")
    file = resources.files("diffuscope.register") / "languages" / f"{code}.toml"
    says: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    return Language(
        code=code,
        name=says["language"],
        reviewed=says["reviewed"],
        **{part: says[part] for part in PARTS},
        date=says["format"]["day"],
        month_of=says["format"]["month"],
        decimal=says["format"]["decimal"],
        months=tuple(says["format"]["months"]),
        guidance=(*says["guidance"]["lines"], *([] if says["reviewed"] else [says["guidance"]["review"]])),
    )


def day_in(written: str, words: Language) -> str:
    """A year, month or day (ISO 8601) as a language writes it; anything else as it is.

    >>> day_in("2026-09-30", language("en")), day_in("2026-03", language("id"))
    ('30 September 2026', 'Maret 2026')
    """
    found = ISO.fullmatch(written)
    if found is None or not 1 <= int(found["month"]) <= len(words.months):
        return written
    parts = {"year": found["year"], "month": words.months[int(found["month"]) - 1]}
    if found["day"] is None:
        return words.month_of.format(**parts)
    return words.date.format(day=int(found["day"]), **parts)


@cache
def headings() -> dict[str, str]:
    """Headings in every language, and the columns of a case that they stand for."""
    return {
        written: column
        for code in LANGUAGES
        for column, written in language(code).heading.items()
        if column not in OWN
    }


@cache
def own_headings() -> dict[str, str]:
    """Folded headings, in every language, of columns that no table of a case has."""
    return {fold(language(code).heading[column]): column for code in LANGUAGES for column in OWN}


@cache
def statuses() -> dict[str, str]:
    """Words for statuses in every language, and the statuses they stand for."""
    return {
        word: status for code in LANGUAGES for status, word in language(code).status.items() if word != status
    }


@cache
def reports() -> dict[str, str]:
    """Folded words of the column *This year*, and what each stands for."""
    return {fold(word): meant for code in LANGUAGES for meant, word in language(code).report.items()}


@cache
def nothing_words() -> frozenset[str]:
    """Folded words for *nothing to report*."""
    return frozenset(fold(language(code).text["nothing"]) for code in LANGUAGES)


def means_yes(cell: str) -> bool:
    """Whether a cell beside *nothing to report* affirms it.

    >>> means_yes("Yes"), means_yes("x"), means_yes("no"), means_yes("")
    (True, True, False, False)
    """
    ticks = {fold(language(code).text["tick"]) for code in LANGUAGES}
    return fold(cell) in ticks | {"x", "✓", "✔", "true", "1", "y"}
