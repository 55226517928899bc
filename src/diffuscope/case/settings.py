"""What a case says of itself and asks: the content of `case.toml`, checked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from diffuscope.case import limits
from diffuscope.case.analyses import QuestionSettings, asked_questions
from diffuscope.case.model import is_short_name
from diffuscope.case.sheet_names import check_sheets
from diffuscope.case.tiers import declared_tiers
from diffuscope.case.values import date_text, is_list, iso_date, shown
from diffuscope.case.words import settings_words
from diffuscope.errors import CaseError
from diffuscope.records import Problem
from diffuscope.records.phrases import in_code
from diffuscope.tables.date_words import date_meant
from diffuscope.tables.places import shorten
from diffuscope.tables.suggest import nearest
from diffuscope.tables.wording import DAMAGED

if TYPE_CHECKING:
    from diffuscope.records import Level
    from diffuscope.records.labels import Words

FORMAT = 1
"""The format written and read here. It is the first; an older one would be brought up to it step by step."""
KEYS = (
    *("format", "id", "title", "licence", "language", "description", "cite"),
    *("waves", "tiers", "words", "sheets", "analysis"),
)
TOLD = 50
"""Unknown settings told one by one."""
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")

Key = tuple[str | int, ...]
_DAMAGED = re.compile(re.sub(r"\\x\{(\w+)\}", r"\\u\1", DAMAGED))


@dataclass(frozen=True, kw_only=True)
class Written:
    """The settings of a case as they were written, and where each of them stands.

    Parameters
    ----------
    says : mapping
        What `case.toml` says, as TOML is read: text, numbers, dates, lists and mappings.
    file : str or None
        The file, or sheet, as problems name it.
    places : mapping of key to (str or None, int or None)
        File and row of a setting: ``("title",)``, ``("waves", "2022")``, ``("analysis", 0, "units")``.
    twice : sequence of (key, int)
        Settings that stand there twice, and the row of the second.
    """

    says: Mapping[str, object]
    file: str | None = "case.toml"
    places: Mapping[Key, tuple[str | None, int | None]] = field(default_factory=dict)
    twice: Sequence[tuple[Key, int]] = ()

    def place(self, key: Key) -> tuple[str | None, int | None]:
        """File and row of a setting, or of the nearest one around it."""
        for length in range(len(key), 0, -1):
            if key[:length] in self.places:
                return self.places[key[:length]]
        return self.file, None

    def problem(
        self, key: Key, rule: str, message: str, fix: str, *, value: object = None, level: Level = "error"
    ) -> Problem:
        """A problem of one setting."""
        file, row = self.place(key)
        names = [part for part in key if isinstance(part, str)]
        return Problem(
            level=level,
            rule=rule,
            message=message,
            fix=fix,
            file=file,
            row=row,
            column=shorten(names[-1]) if names else None,
            value=None if value is None else shorten(str(value)),
        )


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a case says of itself and asks."""

    id: str
    title: str
    licence: str
    language: str
    description: str
    cite: str
    waves: Mapping[str, str]
    tiers: tuple[str, ...]
    questions: tuple[QuestionSettings, ...]
    words: Words = field(default_factory=dict)


def check_settings(written: Written, fallback: str) -> tuple[Settings, list[Problem]]:
    """What the settings of a case say, and every place where they cannot be right.

    Parameters
    ----------
    written : Written
    fallback : str
        Id and title of a case that gives none.

    Raises
    ------
    CaseError
        If the case was written in a newer format: nothing of it can be relied on.
    """
    check = Check(written)
    check.format()
    for key, row in written.twice:
        message = f"The same is set in row {row:,} again; only one of them is read."
        check.add(
            key, "set-twice", message, "correct one of the two rows, so that each setting is given once"
        )
    check.keys((), KEYS, written.says, "The case")
    title = check.text(
        ("title",), needed="the title of the case as a reader should see it", limit=limits.SHORT_TEXT
    )
    language = check.text(("language",))
    if language and not LANGUAGE.fullmatch(language):
        fix = "write the code of a language, such as `en`, `id` or `pt-BR`"
        check.add(
            ("language",), "bad-language", "`language` is not the code of a language.", fix, value=language
        )
        language = ""
    check_sheets(check)
    settings = Settings(
        id=check.name(("id",), "a short name of the case, such as `smart-cities`") or fallback,
        title=title or fallback,
        licence=check.text(("licence",)),
        language=language or "en",
        description=check.text(("description",), lines=True),
        cite=check.text(("cite",), lines=True),
        waves=check.waves(),
        tiers=declared_tiers(check),
        questions=asked_questions(check),
        words=settings_words(check),
    )
    return settings, check.problems


class Check:
    """Walks through the settings once, and keeps what it finds wrong."""

    def __init__(self, written: Written) -> None:
        self.written = written
        self.problems: list[Problem] = []

    def add(
        self, key: Key, rule: str, message: str, fix: str, *, value: object = None, level: Level = "error"
    ) -> None:
        """Keep a problem of one setting."""
        self.problems.append(self.written.problem(key, rule, message, fix, value=value, level=level))

    def get(self, key: Key) -> object:
        """What stands under a key; None where nothing does."""
        value: object = self.written.says
        for part in key:
            if isinstance(part, int):
                value = cast("Sequence[object]", value)[part]
            else:
                value = cast("Mapping[str, object]", value).get(part)
        return value

    def format(self) -> None:
        """The format that the case is written in must be one that is read here."""
        given = self.get(("format",))
        if given is None:
            message = "The case does not say which format it is written in."
            self.add(("format",), "missing-format", message, f"set `format` to {FORMAT}")
        elif not isinstance(given, int) or isinstance(given, bool) or not 0 < given < 10_000:
            self.add(
                ("format",),
                "bad-format",
                "There is no such format.",
                f"set `format` to {FORMAT}",
                value=shown(given),
            )
        elif given > FORMAT:
            message = (
                f"The case is written in format {given}; this version of diffuscope reads up to {FORMAT}."
            )
            problem = self.written.problem(
                ("format",), "newer-format", message, "install a newer version of diffuscope", value=given
            )
            raise CaseError(message, [problem])

    def keys(self, key: Key, known: Sequence[str], given: Mapping[str, object], of: str) -> None:
        """Settings of names that nothing has."""
        absent = [name for name in known if name not in given]
        strange = [name for name in given if name not in known]
        for name in strange[:TOLD]:
            meant = nearest(name, absent)
            fix = (
                f"rename it to `{meant}`" if meant else f"correct its name; the settings are {in_code(known)}"
            )
            message = f"{of} has no setting of this name; it is not read."
            self.add((*key, name), "unknown-setting", message, fix)
        if len(strange) > TOLD:
            message = f"{of} has {len(strange) - TOLD:,} more unknown settings; they are not read."
            self.add(
                key, "unknown-setting", message, f"correct their names; the settings are {in_code(known)}"
            )

    def text(self, key: Key, *, needed: str = "", limit: int = limits.LONG_TEXT, lines: bool = False) -> str:
        """A text as it is kept; empty where there is none, or none that can be kept."""
        given, name = self.get(key), key[-1]
        if given is None or (isinstance(given, str) and not given.strip()):
            if needed:
                fix = f"add `{name}`: {needed}"
                self.add(key, "missing-setting", f"{self._of(key)} has no `{name}`.", fix)
            return ""
        if not isinstance(given, str):
            fix = f'write it between quotation marks: `{name} = "…"`'
            self.add(key, "bad-setting", f"`{name}` is not a text.", fix, value=shown(given))
            return ""
        text = unicodedata.normalize("NFC", given).strip()
        if len(text) > limit:
            message = f"`{name}` is longer than {limit:,} characters."
            self.add(key, "too-long", message, "shorten it", value=text)
        elif _DAMAGED.search(text) or (not lines and len(text.splitlines()) > 1):
            message = f"`{name}` holds a line break, or a control character."
            self.add(key, "damaged-text", message, "type it again, on one line", value=text)
        else:
            return text
        return ""

    def name(self, key: Key, needed: str) -> str:
        """A short name; empty where there is none."""
        text = self.text(key, needed=needed)
        if text and not is_short_name(text):
            message = (
                f"`{key[-1]}` may hold letters, digits, `-`, `_` and single `.` only, 80 at most, and be no "
                "name that Windows keeps for a device."
            )
            self.add(key, "bad-id", message, f"give {needed}", value=text)
            return ""
        return text

    def choice(self, key: Key, choices: Sequence[str]) -> str | None:
        """One of some words; None where there is none."""
        given = self.text(key) or None
        if given is None or given in choices:
            return given
        meant = nearest(given, choices)
        fix = f"write `{meant}`" if meant else f"write one of {in_code(choices)}"
        self.add(key, "bad-choice", f"`{key[-1]}` must be one of {in_code(choices)}.", fix, value=given)
        return None

    def waves(self) -> dict[str, str]:
        """The date of each wave."""
        given = self.get(("waves",))
        if given is None:
            return {}
        if not isinstance(given, Mapping) or len(given) > limits.WAVES:
            message = f"`waves` is not a table of at most {limits.WAVES:,} dates."
            fix = 'write `[waves]` on a line of its own and below it a line per wave: `2022 = "2022-12"`'
            self.add(("waves",), "bad-setting", message, fix)
            return {}
        dates: dict[str, str] = {}
        for wave, when in given.items():
            key: Key = ("waves", wave)
            name = unicodedata.normalize("NFC", wave).strip()
            if not name or len(name) > limits.SHORT_TEXT or _DAMAGED.search(name):
                self.add(
                    key, "bad-id", "The name of a wave cannot be read.", "name it, e.g. 2022", value=name
                )
            iso = iso_date(when)
            if iso is None:
                meant = date_meant(date_text(when) or "")
                fix = f'write "{meant}"' if meant else 'write it as "2022", "2022-12" or "2022-12-31"'
                self.add(key, "bad-date", "The date of the wave cannot be read.", fix, value=shown(when))
            elif iso in dates.values():
                message = "Another wave has the same date, so their order is unknown."
                self.add(
                    key,
                    "same-date",
                    message,
                    "give each wave the date at which its data were collected",
                    value=iso,
                )
            dates[name] = iso or ""
        return {wave: iso for wave, iso in dates.items() if iso}

    def names(self, key: Key, or_else: str) -> tuple[str, ...] | str:
        """Ids, or the name of several."""
        given = self.get(key)
        if given is None:
            return ()
        if isinstance(given, str):
            return self.text(key)
        if not is_list(given) or not all(isinstance(one, str) for one in given):
            fix = f'write a list of ids such as ["one", "two"], or {or_else} between quotation marks'
            message = f"`{key[-1]}` is neither a list of ids nor a name."
            self.add(key, "bad-setting", message, fix, value=shown(given))
            return ()
        ids = [unicodedata.normalize("NFC", one).strip() for one in cast("Sequence[str]", given)]
        once = tuple(dict.fromkeys(name for name in ids if name))
        if len(once) < len(ids):
            message = f"`{key[-1]}` lists an id twice, or an empty one; it counts once."
            twice = next(name for at, name in enumerate(ids) if not name or name in ids[:at])
            self.add(key, "listed-twice", message, "remove the repeated id", value=twice, level="warning")
        return once

    def window(self, key: Key) -> tuple[str, str] | None:
        """First and last period."""
        given = self.get(key)
        if given is None:
            return None
        edges = [date_text(one) for one in given] if is_list(given) else []
        if len(edges) != 2 or None in edges:
            fix = 'give the first and the last period, such as ["2014", "2023"]'
            message = "`window` does not give a first and a last period."
            self.add(key, "bad-setting", message, fix, value=shown(given))
            return None
        return cast("tuple[str, str]", tuple(edges))

    def _of(self, key: Key) -> str:
        if key[0] != "analysis":
            return "The case"
        name = self.get((*key[:2], "id"))
        return f"The analysis `{shorten(name)}`" if isinstance(name, str) and name else "An analysis"
