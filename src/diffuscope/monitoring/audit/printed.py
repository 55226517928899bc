"""Printed figures as the audit handles them: exact, named, and with the report that is their source."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from diffuscope.monitoring.percent import percent
from diffuscope.records import AuditRow, Place
from diffuscope.records.shares import Percent
from diffuscope.records.statuses import OPEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from diffuscope.monitoring.returns import Returns
    from diffuscope.records import AuditKind, Outcome

PLACES_SHOWN = 12


class Figure(NamedTuple):
    """One row of `published`."""

    document: str
    locator: str | None
    quantity: str
    unit: str | None
    area: str | None
    sub_area: str | None
    status: str | None
    wave: str | None
    printed: str
    value: float
    decimals: int
    known_by: str | None
    known_why: str | None
    row: int

    @property
    def key(self) -> tuple[str | None, ...]:
        """What the figure is about, wherever it is printed."""
        return (self.quantity, self.unit, self.area, self.sub_area, self.status, self.wave)

    @property
    def known(self) -> str | None:
        """By whom, and why, a difference found here was accepted."""
        return f"{self.known_by}: {self.known_why}" if self.known_by else None

    @property
    def exact(self) -> Percent:
        """The number as an integer of its last printed decimal."""
        read = percent(self.printed, self.decimals)
        if read is not None:
            return read
        return Percent(int(Decimal(str(self.value)).scaleb(self.decimals).to_integral_value()), self.decimals)

    @property
    def plain(self) -> str:
        """The number as a reader writes it."""
        return str(self.exact)


@dataclass(frozen=True)
class Printed:
    """All printed figures of a case with what is needed to speak of them.

    Attributes
    ----------
    figures : tuple of Figure
    names : mapping of str to str
        Names of units.
    sources : mapping of str to frozenset of str
        For each wave, the documents its project rows were taken from: the programme's own reports.
    present : mapping of str to frozenset of str
        For each wave, the states (or units without one) that have projects in it.
    file : str
        Where the rows stand.
    returns : Returns
        Who reported in which wave.
    rows : mapping of str to int
        Project rows of each wave.
    unknown : mapping of str to frozenset of str
        For each wave, which of the statuses that say nothing (undetermined, not stated) its rows have.
    joint : frozenset of str
        Waves with projects of several units: numbers of units overlap there and sum to no total.
    """

    figures: tuple[Figure, ...]
    names: Mapping[str, str]
    sources: Mapping[str, frozenset[str]]
    present: Mapping[str, frozenset[str]]
    file: str
    returns: Returns
    rows: Mapping[str, int]
    unknown: Mapping[str, frozenset[str]]
    joint: frozenset[str]
    by_key: dict[tuple[str | None, ...], list[Figure]] = field(default_factory=dict)

    def is_own(self, document: str, wave: str | None) -> bool:
        """Whether a document is the programme's own report of a wave, or of any where the wave has none."""
        if wave is not None and wave in self.sources:
            return document in self.sources[wave]
        return any(document in documents for documents in self.sources.values())

    def absent(self, figure: Figure) -> tuple[str, ...]:
        """Units whose absent returns could change what the register gives for a figure.

        None for a document that counts what came in and says so: the programme's own report, from whose lists
        the project rows of the wave were taken, and one that prints how many returns it rests on.
        """
        if figure.document in self.sources.get(figure.wave or "", ()):
            return ()
        printed = self.by_key.get(("returns", None, None, None, None, figure.wave), [])
        if any(
            other.document == figure.document and other.value == len(self.returns.returned(figure.wave))
            for other in printed
        ):
            return ()
        # a share by status is of its own place; a share of a place is of more than the place
        of_place = figure.quantity != "share" or figure.status is not None or figure.area is not None
        return self.returns.absent(figure.wave, figure.unit if of_place else None)

    def as_recorded(self, figure: Figure) -> bool:
        """Whether a document counts statuses as they are recorded: it prints how many are not known, too."""
        unknown = self.unknown.get(figure.wave or "", frozenset())
        return bool(unknown) and all(
            any(
                other.document == figure.document
                for quantity in ("projects", "share")
                for other in self.by_key.get((quantity, None, None, None, status, figure.wave), [])
            )
            for status in unknown
        )

    def of_these_rows(self, figure: Figure) -> bool:
        """Whether a document prints as the whole of a wave just the number of rows that the register has.

        Then it cannot speak of other projects besides these, whoever did not report.
        """
        totals = self.by_key.get(("projects", None, None, None, None, figure.wave), [])
        whole = self.rows.get(figure.wave or "")
        return any(one.document == figure.document and one.value == whole for one in totals)

    def rests_on(self, figure: Figure) -> str | None:
        """On how many returns the register's side of a figure rests."""
        return self.returns.rate(figure.wave, figure.unit) or None

    def elsewhere(self, figure: Figure) -> list[Figure]:
        """The same figure in other documents, where those are the programme's own report of that wave."""
        same = self.by_key.get(figure.key, [])
        return [other for other in same if other.document != figure.document and self.is_own(*_at(other))]

    def units_in(self, wave: str | None) -> frozenset[str]:
        """States that have projects in a wave."""
        return self.present.get(wave or "", frozenset())

    def name(self, unit: str | None) -> str:
        """The unit as a reader knows it."""
        return "" if unit is None else self.names.get(unit, unit)


def _at(figure: Figure) -> tuple[str, str | None]:
    return figure.document, figure.wave


def printed(
    published: pl.DataFrame,
    units: pl.DataFrame,
    prepared: pl.DataFrame,
    returns: Returns,
    file: str = "published.csv",
) -> Printed:
    """The printed figures of a case.

    Parameters
    ----------
    published, units : polars.DataFrame
        Tables of the case, typed.
    prepared : polars.DataFrame
        Project rows, from `monitoring.waves.prepared`.
    returns : Returns
    file : str
    """
    columns = [name for name in Figure._fields if name != "row"]
    rows = published.select(*columns, "_row").iter_rows()
    figures = tuple(Figure(*cells) for cells in rows)
    by_key: dict[tuple[str | None, ...], list[Figure]] = defaultdict(list)
    for figure in figures:
        by_key[figure.key].append(figure)
    names = dict(units.select("unit", "name").iter_rows())
    present = prepared.group_by("wave").agg(pl.col("states").explode(empty_as_null=True).unique()).iter_rows()
    states = {wave: frozenset(units_present) for wave, units_present in present}
    joint = frozenset(prepared.filter("joint")["wave"].drop_nulls())
    opened = prepared.filter(pl.col("status").is_in(OPEN)).group_by("wave").agg(pl.col("status").unique())
    unknown = {wave: frozenset(statuses) for wave, statuses in opened.iter_rows()}
    number = dict(prepared.group_by("wave").len().iter_rows())
    return Printed(
        figures=figures,
        names=names,
        sources=_sources(published, prepared),
        present=states,
        file=file,
        returns=returns,
        rows=number,
        unknown=unknown,
        joint=joint,
        by_key=dict(by_key),
    )


def _sources(published: pl.DataFrame, prepared: pl.DataFrame) -> dict[str, frozenset[str]]:
    known = set(published["document"].drop_nulls())
    documents_of: dict[str, set[str]] = defaultdict(set)
    pairs = prepared.select("wave", pl.col("source").str.split(",").list.first().str.strip_chars()).unique()
    for wave, source in pairs.iter_rows():
        first = re.split(r"[\s;]", source or "")[0]
        if first in known:
            documents_of[wave].add(first)
    return {wave: frozenset(documents) for wave, documents in documents_of.items()}


def audited(
    printed: Printed,
    figures: Sequence[Figure],
    kind: AuditKind,
    outcome: Outcome,
    says: str,
    *,
    shown: str | None = None,
    computed: str | None = None,
    suggestion: str | None = None,
    about: Figure | None = None,
    returns: str | None = None,
) -> AuditRow:
    """One check of one or several figures.

    The place of the check is that of the figure it is `about`, or else what all figures share.
    """
    first = figures[0]
    compared = [about] if about is not None else figures
    same = {
        name: getattr(first, name) if len({getattr(figure, name) for figure in compared}) == 1 else None
        for name in ("locator", "unit", "wave", "area", "sub_area", "status")
    }
    return AuditRow(
        id=_identity(kind, figures),
        document=first.document,
        kind=kind,
        outcome=outcome,
        description=says,
        printed=shown if shown is not None else " + ".join(figure.printed for figure in figures),
        computed=computed,
        suggestion=suggestion,
        own=printed.is_own(first.document, first.wave),
        known=next((figure.known for figure in figures if figure.known), None),
        rows=places(printed, figures),
        returns=returns,
        **same,
    )


def places(printed: Printed, figures: Iterable[Figure]) -> tuple[Place, ...]:
    """Where figures stand in the case."""
    rows = sorted({figure.row for figure in figures})
    return tuple(Place(table="published", file=printed.file, row=row) for row in rows[:PLACES_SHOWN])


def _identity(kind: str, figures: Sequence[Figure]) -> str:
    about = sorted(repr((figure.document, figure.locator, figure.key, figure.printed)) for figure in figures)
    return f"{kind.replace(' ', '-')}-{hashlib.sha256(repr(about).encode()).hexdigest()[:10]}"
