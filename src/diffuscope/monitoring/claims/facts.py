"""What claims are checked against: the register's rows, and what the programme's own reports print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from diffuscope.monitoring.audit.lists import plain
from diffuscope.monitoring.bounds import Span, count_span, exactly, share_span
from diffuscope.monitoring.waves import by_unit, of_unit
from diffuscope.records import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from diffuscope.monitoring.audit.printed import Figure, Printed
    from diffuscope.monitoring.returns import Returns

ROWS_SHOWN = 12
Label = tuple[str, str]
"""An area and a sub-area as they stand in the case; the sub-area is empty where only areas are known."""


class Claim(NamedTuple):
    """One row of `claims`."""

    id: str
    document: str
    locator: str | None
    paraphrase: str
    kind: str
    unit: str | None
    area: str | None
    sub_area: str | None
    from_wave: str | None
    to_wave: str | None
    quantity: str | None
    value: float | None
    known_by: str | None
    known_why: str | None
    row: int


@dataclass(frozen=True)
class Facts:
    """Everything a claim can be checked against.

    Attributes
    ----------
    register : polars.DataFrame
        Project rows, from `monitoring.waves.prepared`.
    printed_figures : Printed
        All printed figures.
    adoptions, attributes : polars.DataFrame
        Tables of the case, for claims on who was first and who is the only one.
    files : mapping of str to str
        Where each table stands.
    returns : Returns
        Who reported in which wave.
    areas : int or None
        How many areas the classification has; None where there is none.
    """

    register: pl.DataFrame
    printed_figures: Printed
    adoptions: pl.DataFrame
    attributes: pl.DataFrame
    files: Mapping[str, str]
    returns: Returns
    areas: int | None = None

    def rows(self, claim: Claim, wave: str | None) -> pl.DataFrame:
        """Register rows of one wave in the claim's unit, area and sub-area."""
        rows = self.register.filter(pl.col("wave") == wave)
        if claim.unit is not None:
            rows = rows.filter(of_unit(claim.unit))
        if claim.area is not None:
            rows = rows.filter(pl.col("area") == claim.area)
        if claim.sub_area is not None:
            rows = rows.filter(pl.col("sub_area") == claim.sub_area)
        return rows

    def cities(self, claim: Claim, wave: str | None) -> pl.DataFrame:
        """Those rows, one for each of their units: of a joint project, those that the claim is about."""
        rows = by_unit(self.rows(claim, wave))
        if claim.unit is None:
            return rows
        return rows.filter((pl.col("unit") == claim.unit) | (pl.col("state") == claim.unit))

    def can_count(self, claim: Claim, wave: str | None) -> bool:
        """Whether the register holds that wave, with rows which name what the claim is about."""
        if wave is None:
            return False
        rows = self.register.filter(pl.col("wave") == wave)
        needed = [name for name in ("area", "sub_area") if getattr(claim, name) is not None]
        if rows.is_empty():
            return bool(self.returns.returned(wave))
        if claim.unit is not None and rows.filter(of_unit(claim.unit)).is_empty():
            # none, if it reported that it has none; else nothing came, and nothing is known
            return self.returns.is_known(wave, claim.unit)
        return all(rows[name].null_count() < rows.height for name in needed)

    def fresh(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows of a wave's own returns: without those that are carried forward."""
        return self.returns.fresh(rows)

    def count(self, claim: Claim, wave: str | None) -> Span:
        """How many projects of a wave the claim is about."""
        rows = self.rows(claim, wave)
        absent = self.returns.absent(wave, claim.unit)
        return count_span(self.fresh(rows).height, rows.height, len(absent))

    def share(self, claim: Claim, wave: str | None) -> Span | None:
        """The claim's part of all projects of a wave, as far as it is known; None where there are none."""
        whole = self.count(claim._replace(unit=None, area=None, sub_area=None), wave)
        return share_span(self.count(claim, wave), whole) if whole.observed else None

    def of_print(self, claim: Claim, wave: str | None, figure: Figure) -> Span:
        """What a printed number or share of a wave can be of: a report too counts what came in."""
        if not self.returns.absent(wave, claim.unit if figure.quantity == "projects" else None):
            return exactly(figure.value)
        if figure.quantity == "share":
            return Span(0, figure.value, 100)
        return Span(0 if self.returns.carried(wave, claim.unit) else figure.value, figure.value, None)

    def printed(
        self, claim: Claim, wave: str | None, quantity: str, status: str | None = None
    ) -> list[Figure]:
        """What the programme's own reports print for the claim's quantity, for each place that prints it."""
        key = (quantity, claim.unit, claim.area, claim.sub_area, status, wave)
        figures = self.printed_figures.by_key.get(key, [])
        return [figure for figure in figures if self.printed_figures.is_own(figure.document, figure.wave)]

    def absent(self, claim: Claim, wave: str | None) -> tuple[str, ...]:
        """Units that the claim is about and of which a wave says nothing fresh."""
        return self.returns.absent(wave, claim.unit)

    def labels(self, unit: str | None, wave: str | None) -> tuple[dict[Label, list[Place]], str]:
        """Sub-areas of a unit in a wave (areas, where nobody names any), and where that is known from."""
        places: dict[Label, list[Place]] = {}
        for figure in self.printed_figures.figures:
            own = self.printed_figures.is_own(figure.document, figure.wave)
            about = figure.quantity == "projects" and figure.status is None and figure.sub_area is not None
            if own and about and (figure.unit, figure.wave) == (unit, wave) and figure.value > 0:
                place = Place(table="published", file=self.printed_figures.file, row=figure.row)
                places.setdefault((figure.area or "", figure.sub_area or ""), []).append(place)
        if places:
            return places, "sub-areas counted in the programme's own report"
        rows = self.register.filter((pl.col("wave") == wave) & of_unit(unit))
        finer = rows["sub_area"].null_count() < rows.height
        for area, sub_area, row in rows.select("area", "sub_area", "_row").iter_rows():
            if (sub_area if finer else area) is not None:
                label = (area or "", sub_area or "" if finer else "")
                places.setdefault(label, []).append(self.place("projects", row))
        return places, f"{'sub-areas' if finer else 'areas'} of the project rows"

    def place(self, table: str, row: int) -> Place:
        """A row of the case."""
        return Place(table=table, file=self.files.get(table, f"{table}.csv"), row=row)

    def places(self, table: str, rows: Iterable[int]) -> tuple[Place, ...]:
        """Rows of a table, the first few."""
        return tuple(self.place(table, row) for row in sorted(rows)[:ROWS_SHOWN])


def same_label(one: Label, other: Label) -> bool:
    """Whether two labels name the same area and sub-area, however they are printed."""
    return plain(one[0]) == plain(other[0]) and plain(one[1]) == plain(other[1])


def shown(label: Label) -> str:
    """A label as a reader knows it."""
    return label[1] or label[0]
