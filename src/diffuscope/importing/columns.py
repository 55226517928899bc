"""Which column of a file names the unit, the time, the policy: as said, or by its usual names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from diffuscope.errors import PlanError
from diffuscope.records.phrases import in_code

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.importing.decisions import DecisionLog
    from diffuscope.importing.import_map import FileMap

USUAL: dict[str, tuple[str, ...]] = {
    "unit": (
        "unit", "country", "country_name", "countryname", "cname", "state", "state_name", "statename",
        "statenam", "stateabb", "city", "municipality", "province", "region", "iso3", "iso3c", "iso2c",
        "iso_code", "iso",
        "ccode", "cow", "cowcode", "cowc", "gwcode", "gwno", "fips", "stnam", "abbrev",
    ),
    "time": (
        "time", "year", "date", "adopt_year", "adopt", "adopted", "adoption", "date_adopted", "adoption_year",
        "year_adopted", "adopted_year", "yearadopt", "adoption_date", "adopt_date", "toa",
        "month", "yr", "period",
    ),
    "policy": ("policy", "policy_id", "innovation", "law", "policy_name", "cascade", "programme", "program"),
    "sender": ("sender", "from", "source"),
    "receiver": ("receiver", "to", "target"),
    "weight": ("weight", "value", "strength"),
    "name": ("name", "unit_name", "country_name", "state_name", "label"),
    "time_latest": ("time_latest",),
    "until": ("until", "repealed", "repeal_year"),
}  # fmt: skip
"""Names by which columns are known, as they stand in files of this field; capitals do not matter."""


@dataclass(frozen=True, kw_only=True)
class Columns:
    """The columns of a file by what they are; None where it has none."""

    unit: str | None = None
    name: str | None = None
    time: str | None = None
    time_latest: str | None = None
    until: str | None = None
    policy: str | None = None
    sender: str | None = None
    receiver: str | None = None
    weight: str | None = None

    def others(self, frame: pl.DataFrame, besides: Sequence[str] = ()) -> list[str]:
        """Columns that are none of these."""
        mine = {getattr(self, name) for name in self.__dataclass_fields__}
        return [name for name in frame.columns if name not in mine and name not in besides]


def columns_of(frame: pl.DataFrame, settings: FileMap, file: str, notes: DecisionLog) -> Columns:
    """The columns of a file: those that are named by hand, and others by their usual names.

    Raises
    ------
    PlanError
        If the file lacks a column that is named, or several could be the unit.
    """
    columns: dict[str, str | None] = {}
    for what in USUAL:
        by_hand = getattr(settings, what, None)
        if what == "policy":
            by_hand = (
                settings.policy[0]
                if len(settings.policy) == 1 and settings.policy[0] in frame.columns
                else None
            )
        if by_hand and by_hand not in frame.columns:
            raise PlanError(f"`{file}` lacks the column `{by_hand}`; it has {in_code(frame.columns[:20])}.")
        columns[what] = by_hand
    assigned = {name for name in columns.values() if name}
    ties = columns["sender"] is not None or (
        _known(frame, "sender", assigned) and _known(frame, "receiver", assigned)
    )
    of_ties = ("sender", "receiver", "weight")
    for what in USUAL:
        if columns[what] is not None or ((what in of_ties) != bool(ties) and what not in ("time", "until")):
            continue
        if what == "policy" and settings.policy:
            continue
        met = _known(frame, what, assigned)
        if what in (
            "policy",
            "time",
        ):  # a column `law` or `adopted` of 0 and 1 says whether, not which or when
            met = [name for name in met if not is_status(frame[name])]
        if what == "unit" and len(met) > 1:
            met = _same_unit(frame, met, file, notes, columns)
        if met:
            columns[what] = met[0]
            assigned.add(met[0])
            notes.decide(file, met[0], f"It is the {WHAT[what]}.", f'name another: {what} = "…" in the map')
    return Columns(**columns)


WHAT = {
    "unit": "unit",
    "time": "time",
    "policy": "policy",
    "sender": "sender of a tie",
    "receiver": "receiver of a tie",
    "weight": "strength of a tie",
    "name": "name of the unit",
    "time_latest": "latest time",
    "until": "end",
}


def _known(frame: pl.DataFrame, what: str, assigned: set[str]) -> list[str]:
    usual = USUAL[what]
    met = [name for name in frame.columns if name.casefold() in usual and name not in assigned]
    return sorted(met, key=lambda name: usual.index(name.casefold()))


def is_status(column: pl.Series) -> bool:
    """Whether a column holds 0, 1 and empty cells alone: whether something is so."""
    if column.dtype == pl.Boolean:
        return True
    if column.dtype.is_temporal():
        return False
    known = column.cast(pl.Float64, strict=False).fill_nan(None).drop_nulls()
    whole = len(known) == len(column) - column.null_count()
    return whole and len(known) > 0 and bool(known.is_in([0.0, 1.0]).all())


def _same_unit(
    frame: pl.DataFrame, met: list[str], file: str, notes: DecisionLog, columns: dict[str, str | None]
) -> list[str]:
    """Of several columns that could be the unit, the code and the name of one; an error where they differ."""
    many = frame.select(pl.struct(met).n_unique()).item()
    if any(frame[name].n_unique() != many for name in met):
        raise PlanError(f"In `{file}` {in_code(met)} could be the unit. Say which: --unit {met[0]}")
    words = [name for name in met if frame[name].dtype == pl.String]
    longest = max(words, key=lambda name: frame[name].str.len_chars().mean() or 0, default=None)
    code = next((name for name in met if name != longest), met[0])
    if longest is not None and columns["name"] is None and longest != code:
        columns["name"] = longest
        notes.decide(
            file, longest, f"It is the name of the unit whose id is `{code}`.", 'name another: name = "…"'
        )
    return [code]
