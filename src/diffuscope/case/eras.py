"""The era in which waves and windows of `case.toml` count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.tables.date_words import is_buddhist
from diffuscope.tables.eras import mixed_eras, wording_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import polars as pl

    from diffuscope.case.analyses import QuestionSettings, Repetition
    from diffuscope.case.settings import Key, Settings, Written
    from diffuscope.records import Level, Problem


def dates_of_settings(settings: Settings) -> list[str]:
    """Every date that the settings give, of waves and windows; a window may name a wave instead."""
    return [date for _, _, date in _dated(settings)]


def buddhist_settings(
    settings: Settings, written: Written | None, frames: Mapping[str, pl.DataFrame]
) -> list[Problem]:
    """Dates of the settings in Buddhist years: errors where eras are mixed."""
    if written is None:
        return []
    mixed = mixed_eras(frames, dates_of_settings(settings))
    problems = []
    for key, what, date in _dated(settings):
        if is_buddhist(date):
            wording = wording_of(what, date, mixed=mixed)
            level: Level = "error" if mixed else "warning"
            fix = wording.meant or wording.fix
            problems.append(written.problem(key, wording.rule, wording.message, fix, value=date, level=level))
    return problems


def _dated(settings: Settings) -> Iterator[tuple[Key, str, str]]:
    """Key, description and date of each."""
    for wave, date in settings.waves.items():
        yield ("waves", wave), "The date of the wave", date
    for question in settings.questions:
        several: list[QuestionSettings | Repetition] = [question, *question.repeat]
        for one in several:
            for date in one.window or ():
                if date not in settings.waves:
                    yield one.key("window"), "A limit of the window", date
