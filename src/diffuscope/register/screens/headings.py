"""What the headings of a sender's own workbook mean, said once and kept for later years."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from diffuscope.errors import DiffuscopeError, PlanError
from diffuscope.register.screens.pages import folder_of, said, told

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

WITHIN = 15
"""Rows at the top of a sheet among which its headings are looked for."""
SAMPLED, LONGEST = 30, 80
"""Rows below the headings of which a value is shown as an example, and letters of it."""
WORDS = 6
"""Words for a status that can be said at once."""
COLUMNS = (
    *("unit", "title", "description", "area", "sub_area", "status", "budget", "currency"),
    *("start_planned", "start", "end_planned", "end", "percent_complete", "partner", "note"),
)
"""Columns that a heading may mean."""


def headings(request: Any, wave: str) -> Any:
    """Headings of a workbook that waits, each with the column that it means."""
    from django.shortcuts import redirect, render

    from diffuscope.records.statuses import STATUSES
    from diffuscope.register.language import LANGUAGES, language
    from diffuscope.register.lookup import reporting_states, wave_named
    from diffuscope.register.screens.taking_in import waiting

    of, asked = wave_named(wave), request.POST if request.method == "POST" else request.GET
    name, sender, wrong = asked.get("file", ""), asked.get("sender", ""), ""
    file = waiting(folder_of().folder, name)
    if request.method == "POST":
        try:
            _save(request, sender)
        except DiffuscopeError as error:
            wrong = told(error)
        else:
            said(request, "It is kept, now and for later years.")
            return redirect(f"/waves/{wave}/take-in?{urlencode({'file': name, 'sender': sender})}")
    words = language("en").heading
    known = {language(code).heading[one].casefold(): one for code in LANGUAGES for one in COLUMNS}
    shown = {
        "wave": of, "file": name, "title": file.name, "sender": sender, "wrong": wrong,
        "headings": [
            (at, text, asked.get(f"column-{at}", known.get(text.casefold(), "")), sample)
            for at, (text, sample) in enumerate(_of(file).items())
        ],
        "columns": [(column, words[column]) for column in COLUMNS], "statuses": STATUSES,
        "states": reporting_states(of),
        "meanings": [(at, asked.get(f"word-{at}", ""), asked.get(f"means-{at}", "")) for at in range(WORDS)],
    }  # fmt: skip
    return render(request, "headings.html", shown, status=422 if wrong else 200)


def _save(request: Any, sender: str) -> None:
    from diffuscope.register import save_column_map
    from diffuscope.register.language import language

    post = request.POST
    if not sender:
        raise PlanError("Say whose workbook it is.")
    pairs = [(post.get(f"heading-{at}", ""), post.get(f"column-{at}", "")) for at in range(len(post))]
    columns = {heading: column for heading, column in pairs if heading and column}
    twice = {column for column in columns.values() if list(columns.values()).count(column) > 1}
    if twice:
        raise PlanError(f"Two headings cannot both mean `{language('en').heading[min(twice)]}`.")
    if "title" not in columns.values():
        raise PlanError("Say which heading is that of the project's title.")
    said_words = [(post.get(f"word-{at}", "").strip(), post.get(f"means-{at}", "")) for at in range(WORDS)]
    statuses = {word: means for word, means in said_words if word and means}
    save_column_map(
        folder_of().folder, sender, person=request.person.code, columns=columns,
        values={"status": statuses} if statuses else {},
    )  # fmt: skip


def _of(file: Path) -> dict[str, str]:
    """The likely headings of a workbook, each with the first value below it: the fullest row at its top."""
    from diffuscope.register.sent import Refused, open_sent

    try:
        book = open_sent(file.read_bytes(), file.name)
    except Refused as why:
        raise PlanError(f"`{file.name}` cannot be read: {why}.") from None
    sheets = [book.rows(name) for name in book.names]
    starts = [rows[at:] for rows in sheets for at in range(min(len(rows), WITHIN))]
    below: Sequence[Sequence[str]] = max(
        starts, key=lambda rows: sum(bool(cell.strip()) for cell in rows[0]), default=[[]]
    )
    found: dict[str, str] = {}
    for at, cell in enumerate(below[0]):
        values = (row[at].strip() for row in below[1 : SAMPLED + 1] if at < len(row))
        if cell.strip():
            found.setdefault(cell.strip(), next((value for value in values if value), "")[:LONGEST])
    return found
