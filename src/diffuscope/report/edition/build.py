"""A network's report of its latest wave, for the public or for those who keep the register."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from diffuscope.report.edition.change import changes
from diffuscope.report.edition.contents import Edition
from diffuscope.report.edition.lists import appendices, meetings, partners, response
from diffuscope.report.edition.register import areas, overview, places
from diffuscope.report.edition.source import Source
from diffuscope.report.edition.working import money_and_indicators, questions, working_columns

if TYPE_CHECKING:
    from diffuscope.report.edition.contents import Part
    from diffuscope.result import Result

Which = Literal["public", "working"]
EDITIONS: tuple[Which, ...] = ("public", "working")
TITLES: dict[Which, str] = {"public": "Public edition", "working": "Working edition"}


def build(result: Result, which: Which = "public", wave: str | None = None) -> Edition:
    """The parts of an edition.

    Parameters
    ----------
    result : Result
        One that counts a register.
    which : {"public", "working"}
        The public edition has no row numbers, no working columns and no questions.
    wave : str, optional
        The wave to report on; by default the latest.

    Raises
    ------
    PlanError
        If the result counts no register, or no such wave.
    """
    source = Source(result, wave)
    working = which == "working"
    parts: list[Part] = [
        overview(source),
        areas(source),
        places(source),
        changes(source),
        partners(source),
        meetings(source),
        response(source),
        *(money_and_indicators(source) if working else ()),
        *((questions(source),) if working else ()),
        *appendices(source, working_columns(source) if working else None),
    ]
    dated = f" ({source.dated})" if source.dated not in ("", source.wave) else ""
    return Edition(
        title=result.case.title,
        subtitle=f"{source.labels(TITLES[which])} · {source.wave}{dated}",
        summary=source.labels("Summary"),
        language=result.case.language or "en",
        parts=tuple(part for part in parts if part.filled),
        foot=f"{result.case.title} · {source.wave}",
        made=datetime.fromisoformat(result.run.time),
    )
