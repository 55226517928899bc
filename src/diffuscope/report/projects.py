"""A programme's register as a report speaks of it: its waves, its places, and how far projects are along."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from diffuscope.records.phrases import counted
from diffuscope.records.statuses import STATUSES
from diffuscope.report.names import ROW, rows
from diffuscope.report.words import as_written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diffuscope.report.names import Names
    from diffuscope.result import Result

Cells = dict[str, str | int | float | bool | None]
"""A row of a table, by column."""

JUDGED = "judged"
"""How the basis of a status begins, and what that of a link says, where it is a judgement."""
UNKNOWN = "–"
"""What stands for a count that nobody knows."""


class Project(NamedTuple):
    """One project of one wave, as its row in the case has it."""

    wave: str
    member: str
    units: tuple[str, ...]
    title: str
    area: str | None
    sub_area: str | None
    status: str
    partners: tuple[str, ...]
    judged: bool
    linked: bool
    succeeds: tuple[str, ...]
    row: int


class Register:
    """The register of a result.

    Parameters
    ----------
    result : Result
    names : Names
    """

    def __init__(self, result: Result, names: Names) -> None:
        self._result = result
        self.names = names
        self.waves = [str(row["wave"]) for row in rows(result, "wave_totals")]
        self.totals = [Total(row) for row in rows(result, "wave_totals")]

    @cached_property
    def projects(self) -> tuple[Project, ...]:
        """Every row of the register."""
        return tuple(_project(row) for row in rows(self._result, "projects"))

    @cached_property
    def unlinked(self) -> tuple[Project, ...]:
        """Rows of the latest wave that nobody linked to an earlier one."""
        latest = self.waves[-1] if len(self.waves) > 1 else None
        return tuple(
            project
            for project in self.projects
            if project.wave == latest and not project.linked and not project.succeeds
        )

    @cached_property
    def statuses(self) -> list[str]:
        """Statuses that occur, in their fixed order; what nobody knows comes last."""
        return [status for status in STATUSES if any(total.counts[status] for total in self.totals)]

    @cached_property
    def noun(self) -> tuple[str, str]:
        """What a place with projects is called, one and several: by its kind where all are of one."""
        kinds = {str(row["unit"]): str(row.get("kind") or "") for row in rows(self._result, "units")}
        met = Counter(kinds.get(str(row["name"]), "") for row in self.counts("city"))
        kind = next(iter(met), "") if len(met) == 1 else ""
        return (kind, _plural(kind)) if kind else ("member", "members")

    def counts(self, dimension: str) -> Iterator[Cells]:
        """Rows of `project_counts` of one dimension: area, sub-area, state or city."""
        return (row for row in rows(self._result, "project_counts") if row["dimension"] == dimension)

    @cached_property
    def _heard(self) -> set[tuple[str, str]]:
        """Waves and states of which something is known: rows, or a return with nothing to report."""
        counted_ = {(str(row["wave"]), str(row["name"])) for row in self.counts("state")}
        came = ("received", "nil")
        returns = rows(self._result, "wave_returns")
        return counted_ | {
            (str(row["wave"]), str(row["state"])) for row in returns if row["standing"] in came
        }

    def is_known(self, wave: str, state: str) -> bool:
        """Whether anything is known of the projects of a state in a wave; silence is not zero."""
        return (wave, state) in self._heard or "wave_returns" not in self._result.frames

    @property
    def last_listed(self) -> str | None:
        """The latest wave in which projects are listed."""
        return next((one.wave for one in reversed(self.totals) if one.projects), None)

    def shows(self, total: Total) -> str:
        """How many projects a wave shows and where, in a clause."""
        if not total.known:
            return f"nothing is known of {self.wave(total.wave)}, for no return came in"
        about = f"in {self.wave(total.wave)} the register shows"
        if not total.projects:
            return f"{about} no project"
        return f"{about} {counted(total.projects, 'project')} in {self.places(total.units)}"

    def places(self, number: int) -> str:
        """A number of places with projects, in words."""
        return counted(number, *self.noun)

    def units(self, cell: str | int | float | bool | None) -> str:
        """One unit, or several of a joint project, by name."""
        return ", ".join(self.names.unit(unit) for unit in several(cell))

    @property
    def joint(self) -> str:
        """That joint projects count once in totals and in each of their places; empty if there are none."""
        met = [total for total in self.totals if total.joint]
        if not met:
            return ""
        last = met[-1]
        are, they, their = ("is", "It counts", "its") if last.joint == 1 else ("are", "They count", "their")
        return (
            f"In {self.wave(last.wave)}, {counted(last.joint, 'project')} {are} joint: of several "
            f"{self.noun[1]}. {they} once in totals and areas, and once in each of {their} {self.noun[1]} "
            "and states, so numbers and shares of these can sum to more than the total and 100 %."
        )

    def wave(self, wave: str) -> str:
        """A wave as it stands in a sentence."""
        return wave if wave.isdigit() else f"wave {wave}"

    def dated(self, wave: str) -> str:
        """The date of a wave as a reader would say it; empty where it has none."""
        return as_written(self._result.case.waves.get(wave, ""))


class Total:
    """What one wave shows; zero throughout, and not `known`, where no return of it came in."""

    def __init__(self, row: Cells) -> None:
        self.wave = str(row["wave"])
        self.known = row["projects"] is not None
        self.projects = whole(row["projects"])
        self.units = whole(row["units"])
        self.judged = whole(row["judged"])
        self.joint = whole(row.get("joint"))
        self.counts = {status: whole(row.get(status)) for status in STATUSES}


def status_words(status: str | None) -> str:
    """A status as a reader would say it.

    Examples
    --------
    >>> status_words("ongoing"), status_words("not stated"), status_words(None)
    ('under way', 'not stated', '')
    """
    return STATUSES.get(status, status) if status else ""


def whole(cell: str | int | float | bool | None) -> int:
    """A cell that holds a count."""
    return int(cell) if isinstance(cell, int | float) else 0


def _project(row: Cells) -> Project:
    linked = row.get("project") is not None
    return Project(
        wave=str(row["wave"]),
        member=str(row["project"]) if linked else f"row {row[ROW]}",
        units=several(row["unit"]),
        title=str(row["title"]),
        area=_text(row.get("area")),
        sub_area=_text(row.get("sub_area")),
        status=str(row["status"]),
        partners=several(row.get("partner")),
        judged=str(row.get("status_basis") or "").casefold().startswith(JUDGED)
        or row.get("link_basis") == JUDGED,
        linked=linked,
        succeeds=several(row.get("succeeds")),
        row=whole(row[ROW]),
    )


def several(cell: str | int | float | bool | None) -> tuple[str, ...]:
    """The ids of a cell that may hold several.

    Examples
    --------
    >>> several("alder;birch"), several(None)
    (('alder', 'birch'), ())
    """
    return tuple(name for name in str(cell or "").split(";") if name)


def _text(cell: str | int | float | bool | None) -> str | None:
    return None if cell is None else str(cell)


def _plural(word: str) -> str:
    """Several of a kind, by the rules of English that hold for kinds of places.

    Examples
    --------
    >>> _plural("city"), _plural("state"), _plural("parish"), _plural("way")
    ('cities', 'states', 'parishes', 'ways')
    """
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "z", "ch", "sh")) else f"{word}s"
