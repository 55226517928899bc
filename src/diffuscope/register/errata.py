"""The change list between two editions of a wave: rows, cells, people and reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from diffuscope.register.database import opened
from diffuscope.register.judge import FIELDS
from diffuscope.register.lookup import wave_named
from diffuscope.register.rights import members_of, visible
from diffuscope.register.write import act_of

if TYPE_CHECKING:
    from pathlib import Path


class ChangedRow(NamedTuple):
    """One cell that an erratum changed.

    Attributes
    ----------
    edition : int or None
        The edition that takes it up; None: the next one.
    project, city, column : str
    old, new : str
    person, why : str
    """

    edition: int | None
    project: str
    city: str
    column: str
    old: str
    new: str
    person: str
    why: str


def change_list(folder: str | Path, wave: str, *, person: str) -> list[ChangedRow]:
    """What errata changed in a published wave, in the order in which they were entered.

    Whoever does not see the returns of a city gets those of published editions, without names of persons.

    Parameters
    ----------
    folder : str or Path
    wave, person : str
    """
    with opened(folder):
        from diffuscope.register.models import Change, Erratum

        act = act_of(person)
        of = wave_named(wave)
        errata = Erratum.objects.filter(wave=of).select_related(
            "edition", "observation__project", "observation__city", "observation__sent"
        )
        seen = list(visible(errata, act.person).order_by("pk"))
        rows = [one.observation_id for one in seen]
        who = dict(
            Change.objects.filter(entity="Observation", field="", row__any_of=rows).values_list(
                "row", "person__code"
            )
        )
        own = set(members_of(act.person, "see").values_list("pk", flat=True))
        return [
            line
            for one in seen
            for line in _lines(one, who[one.observation_id] if one.observation.city_id in own else "")
        ]


def errata_of(edition: Any) -> list[ChangedRow]:
    """What an edition changed since the one before it, and why; by whom is nobody's business outside.

    Parameters
    ----------
    edition : Edition

    Returns
    -------
    list of ChangedRow
        Project by its title at that time, city by its code.
    """
    from diffuscope.register.models import Erratum

    rows = Erratum.objects.filter(edition=edition).order_by("pk")
    named = rows.select_related("edition", "observation__project", "observation__city", "observation__sent")
    return [
        line._replace(project=one.observation.title, city=one.observation.city.code)
        for one in named
        for line in _lines(one, "")
    ]


def _lines(erratum: Any, person: str) -> list[ChangedRow]:
    row = erratum.observation
    edition = erratum.edition.number if erratum.edition is not None else None
    before = (
        type(row)
        .objects.filter(
            project_id=row.project_id, wave_id=row.wave_id, city_id=row.city_id, version__lt=row.version
        )
        .order_by("version")
        .last()
    )

    def line(column: str, old: object, new: object) -> ChangedRow:
        was, now = ("" if value is None else str(value) for value in (old, new))
        return ChangedRow(edition, row.project.code, row.city.name, column, was, now, person, erratum.why)

    if row.withdrawn:
        return [line("the row", "in the wave", "withdrawn")]
    if before is None or before.withdrawn:
        return [line("the row", "", row.title)]
    return [
        line(column, getattr(before, name), getattr(row, name))
        for column, name in FIELDS.items()
        if getattr(before, name) != getattr(row, name)
    ]
