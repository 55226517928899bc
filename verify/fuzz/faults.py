"""What must never be: a row lost without a word, a number that is none in a result, page or comparison."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from diffuscope.case import Case
from diffuscope.case.private import Private
from diffuscope.records import Problem
from diffuscope.report import write_edition
from diffuscope.report.difference import compare, in_words
from diffuscope.result import Result
from diffuscope.tables.catalogue import CATALOGUE

from .drafts import Draft

NONE = re.compile(r">\s*-?(nan|NaN|inf|None|NaT|null)\s*<")
EDITIONS = ("public", "working")
ENDINGS = (".docx", ".xlsx", "", "", ".xlsx", "", "")
"""What is written beside the page, by the number of the case: a Word document takes a second."""


def first(*asked: Callable[[], str]) -> str:
    """The first of some faults; empty where there is none."""
    return next(filter(None, (one() for one in asked)), "")


def without_words(problems: tuple[Problem, ...] | list[Problem]) -> str:
    """A problem that does not say what it is, or how to fix it."""
    found = next((one for one in problems if not (one.message.strip() and one.fix.strip())), None)
    return "" if found is None else f"a problem without words: {found}"


def lost_rows(draft: Draft, case: Case, problems: tuple[Problem, ...] | list[Problem]) -> str:
    """Rows that were written and are neither in the case nor told."""
    for name, rows in draft.tables.items():
        written = [row for row in rows if any((text or "").strip() for text in row.values())]
        if name in case.files and name in case.tables:
            height = case.tables[name].height + _set_aside(name, problems)
            derived = name == "adoptions" and "projects" in case.tables  # the register adds its own
            if height < len(written) or (height > len(written) and not derived):
                return f"{name}: {len(written)} rows written, {height} read"
        elif written and name in CATALOGUE and name != "words" and not _is_told(name, problems):
            return f"{name}: {len(written)} rows written, not read, and nothing told"
    return ""


def _set_aside(table: str, problems: tuple[Problem, ...] | list[Problem]) -> int:
    """Totals and notes below the records of a table, which a warning counts."""
    return sum(one.count for one in problems if one.rule == "below-table" and table in (one.table, one.file))


def _is_told(table: str, problems: tuple[Problem, ...] | list[Problem]) -> bool:
    return any(one.table == table or table in (one.file or "").lower() for one in problems)


def lost_in_result(case: Case, result: Result) -> str:
    """Rows of the case that neither the tables of the result nor its counts hold."""
    hidden = Private.of(case).left_out
    for name in ("adoptions", "projects", "returns", "published"):
        shown = result.frames.get(name)
        if shown is not None and shown.n != case.table(name).height - hidden.get(name, 0):
            return f"{name}: {shown.n} rows shown of {case.table(name).height}"
    totals = result.frames.get("wave_totals")
    if totals is None:
        return ""
    counted = {row[0]: row[totals.columns.index("projects")] for row in totals.rows}
    held = Counter(case.table("projects")["wave"].to_list())
    missed = [wave for wave, rows in held.items() if wave in case.waves and counted.get(wave) != rows]
    return "" if not missed else f"wave {missed[0]}: {counted.get(missed[0])} of {held[missed[0]]} projects"


def no_number(text: str, draft: Draft) -> str:
    """NaN or an infinite number in a result, or in what it says."""
    found: list[str] = []
    json.loads(text, parse_constant=found.append)
    if found:
        return f"the result holds {found[0]}"
    sentence = re.search(r'"(?:sentence|reason|says|message)": "[^"]*\b(?:nan|inf|None)\b[^"]*"', text)
    if sentence is None or _written(draft, ("nan", "inf", "none")):
        return ""
    return f"a sentence says {sentence[0][:200]}"


def no_number_shown(page: str, draft: Draft) -> str:
    """A cell of a page that shows a number that is none."""
    found = NONE.search(page)
    if found is None or _written(draft, (found[1].lower(),)):
        return ""
    return f"a page shows {page[max(0, found.start() - 80) : found.end() + 20]}"


def _written(draft: Draft, words: tuple[str, ...]) -> bool:
    """Whether a case itself writes such a word somewhere."""
    texts = [
        json.dumps(draft.settings),
        *(str(list(row.values())) for one in draft.tables.values() for row in one),
    ]
    return any(re.search(rf"\b{word}\b", text, re.I) for word in words for text in texts)


def in_editions(result: Result, draft: Draft, folder: Path, number: int) -> str:
    """The network's report in both editions: of each a page, and of some a Word document or workbook."""
    if "wave_totals" not in result.frames:
        return ""
    ending = ENDINGS[number % len(ENDINGS)]
    for which in EDITIONS:
        page = write_edition(result, folder / f"{which}-page.html", edition=which)
        fault = no_number_shown(page.read_text(encoding="utf-8"), draft)
        if fault:
            return f"{which} edition: {fault}"
        if ending and not write_edition(result, folder / f"{which}{ending}", edition=which).stat().st_size:
            return f"{which} edition: an empty file"
    return ""


def in_differences(sound: Result, result: Result, draft: Draft) -> str:
    """What changed between a sound case and its mutant, in both directions; and nothing against itself."""
    same = compare(result, result)
    if same.causes or same.details or same.verdicts or same.projects or same.differences:
        return f"a result differs from itself: {same}"
    for old, new in ((sound, result), (result, sound)):
        lines = [one.text for one in in_words(compare(old, new))]
        if not lines:
            return "nothing is told of a difference"
        strange = next((line for line in lines if re.search(r"\b(nan|inf|None)\b", line)), "")
        if strange and not _written(draft, ("nan", "inf", "none")):
            return f"a difference says {strange[:200]}"
    return ""
