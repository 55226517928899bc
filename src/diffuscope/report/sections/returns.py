"""On how many of the expected returns a register rests: response rate, missing, carried forward."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diffuscope.records.phrases import counted, listed
from diffuscope.records.shares import share_words
from diffuscope.report.names import rows
from diffuscope.report.projects import whole

if TYPE_CHECKING:
    from diffuscope.report.names import Names
    from diffuscope.report.projects import Cells
    from diffuscope.result import Result

NAMED = 5
"""Missing units named in a sentence; the table names all."""
_STANDINGS = ("silent", "unknown", "carried forward", "excused", "nil")
SHOWN = 400
"""Returns that are not simply received, as the page shows them; more stand in a file."""


def response(result: Result, names: Names) -> dict[str, Any] | None:
    """The response rate of every wave, and every return that was not simply received.

    Parameters
    ----------
    result : Result
    names : Names

    Returns
    -------
    dict or None
        `rows` (a wave each: `wave`, `rate`, `share`, `nil`, `missing`, `carried`), `others` (`wave`, `unit`,
        `standing`, `basis`), `hidden`; None in results that know nothing of returns.
    """
    waves = [row for row in rows(result, "wave_totals") if whole(row.get("expected"))]
    if not waves:
        return None
    others = [row for row in rows(result, "wave_returns") if row["standing"] in _STANDINGS]
    others.sort(key=lambda row: _STANDINGS.index(str(row["standing"])))
    return {
        "rows": [_wave(row, names) for row in waves],
        "others": [
            {
                "wave": row["wave"],
                "unit": names.unit(str(row["unit"])),
                "standing": row["standing"],
                "basis": row["basis"],
            }
            for row in others[:SHOWN]
        ],
        "hidden": max(0, len(others) - SHOWN),
    }


def _wave(row: Cells, names: Names) -> dict[str, str]:
    returned, expected = whole(row["returned"]), whole(row["expected"])
    carried, projects = whole(row["carried_forward"]), whole(row["carried_projects"])
    return {
        "wave": str(row["wave"]),
        "rate": f"{returned:,} of {expected:,}",
        "share": share_words(returned, expected),
        "nil": f"{whole(row['nil']):,}",
        "missing": ", ".join(_missing(row, names)) or "–",
        "carried": f"{carried:,} ({counted(projects, 'project')})" if carried else "0",
    }


def rate_of(result: Result, wave: str) -> str:
    """The response rate of a wave in a table; empty where nothing is known of returns."""
    row = _of(result, wave)
    return f"{whole(row['returned']):,} of {whole(row['expected']):,}" if row else ""


def rests_on(result: Result, names: Names, wave: str, *, always: bool = False) -> str:
    """On how many returns what a wave shows rests, in a sentence.

    Parameters
    ----------
    result : Result
    names : Names
    wave : str
    always : bool
        Also where every expected return came in; otherwise the sentence is empty then.
    """
    row = _of(result, wave)
    if row is None:
        return ""
    missing, carried = _missing(row, names), whole(row["carried_forward"])
    if not missing and not carried and not always:
        return ""
    shown = missing[:NAMED] + ([f"{len(missing) - NAMED} more"] if len(missing) > NAMED else [])
    sentence = f"It rests on {rate_of(result, wave)} returns"
    if missing:
        sentence += f"; missing: {listed(shown)}"
    if carried:
        projects = counted(whole(row["carried_projects"]), "project")
        sentence += f"; of {carried:,} more, an earlier wave is used ({projects})"
    return f"{sentence}."


def _of(result: Result, wave: str) -> Cells | None:
    for row in rows(result, "wave_totals"):
        if row["wave"] == wave and whole(row.get("expected")):
            return row
    return None


def _missing(row: Cells, names: Names) -> list[str]:
    return sorted(names.unit(unit) for unit in str(row["missing"] or "").split(";") if unit)
