"""The network's own words in a case: `[words]` of `case.toml`, and the table `words`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from diffuscope.case import limits
from diffuscope.case.headings import HEADING
from diffuscope.case.values import shown
from diffuscope.records import Problem
from diffuscope.records.labels import LABEL, LABELS
from diffuscope.records.phrases import in_code
from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.places import shorten
from diffuscope.tables.raw import ROW
from diffuscope.tables.read_as import fold
from diffuscope.tables.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from diffuscope.case.settings import Check
    from diffuscope.records import Level
    from diffuscope.records.labels import Words
    from diffuscope.tables.raw import RawTable

    Add = Callable[[str, str, str, Level], None]

TABLE = "words"
OFTEN_OWN = frozenset({"status"})
"""Columns in which networks have words of their own."""
MOST_WORDS = 10_000
"""Words of one case."""
CHOICES = {
    column.name: column.choices
    for table in CATALOGUE.values()
    for column in table.columns
    if column.kind == "choice" and column.name != "kind"
}
NAMES = frozenset(column.name for table in CATALOGUE.values() for column in table.columns)
COLUMNS = frozenset({LABEL, HEADING, *NAMES})


def settings_words(check: Check) -> Words:
    """Words that `[words]` declares, by column.

    Parameters
    ----------
    check : Check
        Keeps what is wrong with them.
    """
    given = check.get((TABLE,))
    if given is None:
        return {}
    meanings: Words = {}
    if not isinstance(given, Mapping) or not all(isinstance(own, Mapping) for own in given.values()):
        fix = 'write a line `[words.status]`, and below it a line per word: `"On-going" = "ongoing"`'
        check.add((TABLE,), "bad-setting", "`words` holds no words by column.", fix)
        return {}
    for column, own in given.items():
        for written, means in list(own.items())[:MOST_WORDS]:
            key = (TABLE, str(column), str(written))
            if not isinstance(means, str) or len(str(written)) > limits.SHORT_TEXT:
                fix = 'write what it means between quotation marks: `"On-going" = "ongoing"`'
                check.add(key, "bad-setting", "This word has no meaning given.", fix, value=shown(means))
                continue

            def add(rule: str, message: str, fix: str, level: Level, key: tuple[str, ...] = key) -> None:
                check.add(key, rule, message, fix, level=level)

            _keep(meanings, str(column), str(written), means, add)
    return meanings


def may_be_own_word(problem: Problem) -> Problem:
    """A problem whose fix says too how to declare a word, where networks have words of their own."""
    if problem.rule != "bad-choice" or problem.column not in OFTEN_OWN or "write one of" not in problem.fix:
        return problem
    fix = f"{problem.fix}, or say under `[words.{problem.column}]` which of them the network's own word means"
    return msgspec.structs.replace(problem, fix=fix)


def table_words(raws: Sequence[RawTable], declared: Words) -> tuple[Words, list[Problem]]:
    """The words of the settings with those of the table `words` after them.

    Parameters
    ----------
    raws : sequence of RawTable
    declared : mapping
        From `settings_words`.
    """
    meanings = {column: dict(own) for column, own in declared.items()}
    problems: list[Problem] = []
    for raw in (raw for raw in raws if raw.name == TABLE):
        if not {"column", "written", "means"} <= set(raw.cells.columns):
            continue
        rows = raw.cells.select("column", "written", "means", ROW).drop_nulls()
        for column, written, means, row in rows.head(MOST_WORDS).iter_rows():
            refusals: list[Problem] = []

            def add(  # noqa: PLR0917 what a problem says
                rule: str,
                message: str,
                fix: str,
                level: Level,
                raw: RawTable = raw,
                row: int = row,
                refusals: list[Problem] = refusals,
                value: str = written,
            ) -> None:
                refusals.append(
                    Problem(
                        level=level,
                        rule=rule,
                        message=message,
                        fix=fix,
                        file=raw.file,
                        table=TABLE,
                        row=row,
                        column="means",
                        value=shorten(value),
                    )
                )

            _keep(meanings, column, written, means, add)
            problems += refusals
    return meanings, problems


def _keep(meanings: Words, column: str, written: str, means: str, add: Add) -> None:
    """One word, unless it cannot be kept."""
    written, means = " ".join(written.split()), means.strip()
    choices = CHOICES.get(column)
    if column not in COLUMNS:
        meant = nearest(column, COLUMNS)
        fix = f"name it `{meant}`" if meant else "name a column of a table, such as `status`, or `label`"
        add(
            "unknown-column",
            f"No table has a column `{shorten(column)}`; the word is not used.",
            fix,
            "warning",
        )
        return
    if not written or not means:
        add("bad-setting", "The word, or what it means, is empty.", "write both", "error")
        return
    if choices and means not in choices:
        same = next((choice for choice in choices if fold(choice) == fold(means)), None)
        if same is None:
            meant = nearest(means, choices)
            fix = f"write `{meant}`" if meant else f"write one of {in_code(choices)}"
            message = f"`{column}` expects one of {in_code(choices)}, not `{shorten(means)}`."
            add("bad-choice", message, fix, "error")
            return
        means = same
    if column == HEADING and means not in NAMES:
        meant = nearest(means, NAMES)
        fix = f"write `{meant}`" if meant else "write the name of a column, such as `title`"
        add(
            "unknown-column", f"No table has a column `{shorten(means)}`; the word is not used.", fix, "error"
        )
        return
    if column == LABEL and means not in LABELS:
        meant = nearest(means, LABELS)
        fix = f"write `{meant}`" if meant else "write one of the labels that the reference lists"
        add("unknown-label", f"Editions print no label `{shorten(means)}`.", fix, "warning")
    own = meanings.setdefault(column, {})
    if own.setdefault(written, means) != means:
        message = f"`{shorten(written)}` already means `{shorten(own[written])}`; this one is not used."
        add("two-readings", message, "decide which of the two is meant", "error")
