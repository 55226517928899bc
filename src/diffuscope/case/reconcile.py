"""Adoptions from the register of projects: taken where nobody wrote any, compared where somebody did."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from diffuscope.case.derived import Derived, derived_adoptions, derived_rows
from diffuscope.tables.dates import first_day, last_day
from diffuscope.tables.places import Wording, of_rows
from diffuscope.tables.raw import ROW
from diffuscope.tables.typed import empty

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import date

    from diffuscope.records import Problem
    from diffuscope.tables.raw import RawTable

    Pair = tuple[str, str]
    Dates = tuple[date | None, date | None, date | None, int]

TABLES = ("policies", "projects")
LACKS, UNWRITTEN, DIFFER = "not-in-register", "only-in-register", "register-dates-differ"


def with_register(
    frames: Mapping[str, pl.DataFrame],
    files: Mapping[str, RawTable],
    waves: Mapping[str, str],
    refused: Collection[str] = (),
) -> tuple[dict[str, pl.DataFrame], dict[str, str], list[Problem]]:
    """Tables with the adoptions that the register shows, and where it differs from those written.

    A policy with an `area` that has no rows in `adoptions` gets those of the register. Of one that has any,
    each unit is compared: what only one of the two has, and dates that the register does not allow.

    Parameters
    ----------
    frames : mapping of str to polars.DataFrame
        The typed tables.
    files : mapping of str to RawTable
        The same as written.
    waves : mapping of str to str
        Date of each wave.
    refused : collection of str
        Tables that are there but could not be read.

    Returns
    -------
    frames : dict of str to polars.DataFrame
    named : dict of str to str
        The file to name for `adoptions`, where there is none.
    problems : list of Problem
        Warnings.
    """
    same = dict(frames)
    if "adoptions" in refused or any(name not in frames for name in TABLES):
        return same, {}, []
    if frames["policies"]["area"].null_count() == frames["policies"].height:
        return same, {}, []
    derived = derived_adoptions(
        frames["policies"], frames["projects"], waves, frames.get("returns"), frames.get("units")
    )
    derivable = frames["policies"].drop_nulls("area")["policy"]
    adoptions = frames.get("adoptions", empty("adoptions"))
    written = adoptions.filter(pl.col("policy").is_in(derivable.implode()))
    by_hand = {*written["policy"]}
    added = [one for one in derived if one.policy not in by_hand]
    named: dict[str, str] = {}
    if added:
        last = adoptions[ROW].max()
        more = derived_rows(added, int(last) if isinstance(last, int) else 1)
        same["adoptions"] = pl.concat([adoptions, _typed(more, adoptions)])
        named = {} if "adoptions" in files else {"adoptions": f"{files['projects'].file} (derived)"}
    compared = [one for one in derived if one.policy in by_hand]
    return same, named, _differences(written, compared, files)


def _typed(rows: pl.DataFrame, like: pl.DataFrame) -> pl.DataFrame:
    lacking = [name for name in like.columns if name not in rows.columns]
    whole = rows.with_columns(pl.lit(None).alias(name) for name in lacking)
    return whole.select(like.columns).cast(like.schema)


def _differences(
    written: pl.DataFrame, derived: Sequence[Derived], files: Mapping[str, RawTable]
) -> list[Problem]:
    shown: dict[Pair, list[Derived]] = {}
    for one in derived:
        shown.setdefault((one.unit, one.policy), []).append(one)
    dates = _dates(written)
    lacking = [rows[0][3] for pair, rows in dates.items() if pair not in shown]
    differing = [
        row for pair, rows in dates.items() if pair in shown for row in _contradicted(rows, shown[pair])
    ]
    unwritten = [own[0].rows[0] for pair, own in shown.items() if pair not in dates]
    problems: list[Problem] = []
    if "adoptions" in files:
        problems += _difference(files["adoptions"], written, lacking, "policy", NO_PROJECT)
        problems += _difference(files["adoptions"], written, differing, "time_latest", OTHER_DATES)
    at = pl.DataFrame({ROW: unwritten, "value": [None] * len(unwritten)}, schema=_AT)
    return problems + of_rows(files["projects"], "area", at, lambda _: NO_ADOPTION, level="warning")


def _difference(
    raw: RawTable, written: pl.DataFrame, rows: list[int], column: str, wording: Wording
) -> list[Problem]:
    values = written.filter(pl.col(ROW).is_in(rows)).select(ROW, pl.col(column).alias("value"))
    return of_rows(raw, column, values, lambda _: wording, level="warning")


def _dates(written: pl.DataFrame) -> dict[Pair, list[Dates]]:
    """First and last day, end and row of each adoption, by unit and policy, in the order of their dates."""
    days = written.drop_nulls(["unit", "policy"]).select(
        "unit",
        "policy",
        first_day(pl.col("time")).alias("first"),
        last_day(pl.coalesce("time_latest", "time")).alias("last"),
        last_day(pl.col("until")).alias("until"),
        ROW,
    )
    dates_of: dict[Pair, list[Dates]] = {}
    for unit, policy, *dates in days.sort("last", ROW).iter_rows():
        dates_of.setdefault((unit, policy), []).append((dates[0], dates[1], dates[2], dates[3]))
    return dates_of


def _contradicted(rows: Sequence[Dates], own: Sequence[Derived]) -> Iterator[int]:
    """Rows whose dates the register does not allow; the first, where it shows another number of adoptions."""
    if len(rows) != len(own):
        yield rows[0][3]
        return
    for (first, last, until, row), one in zip(rows, own, strict=True):
        early = one.first is not None and (first is None or first < one.first)
        late = last is None or last > one.last
        ended = (until is None) != (one.until is None) or (
            until is not None and one.until is not None and until > one.until
        )
        if early or late or ended:
            yield row


_AT = {ROW: pl.UInt32, "value": pl.String}
NO_PROJECT = Wording(
    LACKS,
    "The register has no project of this unit that shows this adoption.",
    "add the projects to `projects`, correct `unit` or `policy`, or keep the row if you know that the "
    "register lacks them",
)
NO_ADOPTION = Wording(
    UNWRITTEN,
    "The register shows an adoption that `adoptions` does not have: the first project of a unit in the area "
    "of a policy.",
    "add the adoption, or correct the unit, area or status of the project",
)
OTHER_DATES = Wording(
    DIFFER,
    "The register gives another date for this adoption, or for its end.",
    "write a date after the last wave without such a project and not after the first wave with one; or "
    "correct the wave, area or status of the project",
)
