"""The register of a programme in a study: its waves counted, printed figures audited, claims checked."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from diffuscope.case.private import Private
from diffuscope.monitoring.audit import audit
from diffuscope.monitoring.audit.printed import printed
from diffuscope.monitoring.change import changes, movements
from diffuscope.monitoring.city_areas import city_areas
from diffuscope.monitoring.claims import Facts, check_claims
from diffuscope.monitoring.columns import TABLES
from diffuscope.monitoring.indicators import indicator_values
from diffuscope.monitoring.links import allowances, links_to_confirm
from diffuscope.monitoring.money import budgets, support_sums
from diffuscope.monitoring.named_sources import named_sources
from diffuscope.monitoring.partners import meetings, project_partners
from diffuscope.monitoring.peers import gaps, peers, traits
from diffuscope.monitoring.response import (
    change_response,
    count_response,
    every_wave,
    offer_response,
    response,
    settled,
)
from diffuscope.monitoring.returns import returns_of, wave_returns
from diffuscope.monitoring.waves import counts, prepared, totals
from diffuscope.monitoring.work import not_compared
from diffuscope.records.library_warnings import library_warnings
from diffuscope.records.work_bounds import PEERS, Allowance
from diffuscope.result import TableRecord
from diffuscope.tables.tiers import adopted

if TYPE_CHECKING:
    from collections.abc import Collection

    from diffuscope.case import Case
    from diffuscope.records import AuditRow, ClaimRow, Problem


READ = (
    *("units", "attributes", "areas", "projects", "returns", "published", "claims", "adoptions"),
    *("support", "events", "attendance", "indicators"),
)


class Register:
    """The public rows of a case's register, prepared once for everything that is asked of it.

    Parameters
    ----------
    case : Case
    private : Private
        What must not be shown; printed figures and claims of private documents are left out.
    """

    def __init__(self, case: Case, private: Private) -> None:
        self._case = case
        self._tables = {name: private.scrub_frame(name, case.table(name)) for name in READ}
        self._allowances = (*allowances(), Allowance(PEERS))
        self._rows = prepared(self._tables["projects"], self._tables["units"], case.waves)
        expected_units = {unit for one in case.analyses if one.period == "wave" for unit in one.units}
        self._returns = returns_of(
            self._rows, self._tables["units"], self._tables["returns"], case.waves, expected_units
        )

    def frames(self) -> dict[str, pl.DataFrame]:
        """Everything counted: waves, returns, changes between neighbouring waves, links, peers, money."""
        rows, returns = self._rows, self._returns
        dated = every_wave(totals(rows, self._case.waves), returns, self._case.waves)
        without = dated.filter(pl.col("units").fill_null(0) == 0)["wave"].to_list()
        moved = [
            settled(movements(rows, one, other, without=without), returns)
            for one, other in pairwise(dated["wave"].to_list())
        ]
        known = traits(self._tables["units"], self._tables["attributes"])
        titles, names, near = self._allowances
        offers = peers(rows, known, near)
        frames = {
            "wave_totals": response(dated, rows, returns),
            "wave_returns": wave_returns(returns),
            "project_counts": count_response(counts(rows), rows, returns),
            "city_areas": city_areas(rows),
            "links_to_confirm": links_to_confirm(rows, self._tables["units"], (titles, names)),
            "learning_peers": offer_response(offers, rows, returns, ("row", "peer_row")),
            "unfinished_areas": offer_response(gaps(rows, self._tables["areas"]), rows, returns),
        }
        frames |= {
            "budgets": budgets(self._rows),
            "support_sums": support_sums(self._tables["support"]),
            "named_sources": named_sources(self._tables["adoptions"]),
            "project_partners": project_partners(self._rows),
            "meetings": meetings(self._tables["events"], self._tables["attendance"]),
            "indicator_values": indicator_values(self._tables["indicators"], self._case.waves),
        }
        if moved:
            changed = pl.concat(changes(one) for one in moved)
            frames["wave_changes"] = change_response(changed, returns)
            frames["movements"] = pl.concat(moved)
        return {name: frames[name] for name in TABLES if name in frames and frames[name].height}

    def not_compared(self) -> tuple[Problem, ...]:
        """What `frames` left out, as there was too much of it to compare."""
        file = self._case.files.get("projects", "projects.csv")
        return tuple(not_compared(left, file) for left in self._allowances if left.skipped)

    def audit(self) -> tuple[AuditRow, ...]:
        """Every check of what documents print."""
        return audit(
            self._tables["published"],
            self._rows,
            self._tables["units"],
            self._tables["areas"],
            self._returns,
            file=self._case.files.get("published", "published.csv"),
        )

    def claims(self) -> tuple[ClaimRow, ...]:
        """Every claim, checked."""
        if self._tables["claims"].is_empty():
            return ()
        figures = printed(
            self._tables["published"],
            self._tables["units"],
            self._rows,
            self._returns,
            self._case.files.get("published", "published.csv"),
        )
        facts = Facts(
            self._rows,
            figures,
            adopted(self._tables["adoptions"], self._case.tiers),
            self._tables["attributes"],
            self._case.files,
            self._returns,
            self._tables["areas"]["area"].drop_nulls().n_unique() or None,
        )
        return check_claims(self._tables["claims"], facts)


class RegisterRecords(NamedTuple):
    """What the parts of a study that read the register add to its result.

    Attributes
    ----------
    frames : dict of str to polars.DataFrame
    not_compared : tuple of Problem
    audit : tuple of AuditRow
    claims : tuple of ClaimRow
    warnings : list of str
        Of libraries.
    """

    frames: dict[str, pl.DataFrame]
    not_compared: tuple[Problem, ...]
    audit: tuple[AuditRow, ...]
    claims: tuple[ClaimRow, ...]
    warnings: list[str]


def register_records(of: tuple[Case, Private], parts: Collection[str]) -> RegisterRecords:
    """What some parts of a study add of the register: counts of its waves, checks of printed figures.

    Parameters
    ----------
    of : tuple of (Case, Private)
    parts : collection of str
        Names of parts; ``monitoring`` counts, ``audit`` checks.
    """
    with library_warnings() as warnings:
        register = Register(*of)
        frames = register.frames() if "monitoring" in parts else {}
        return RegisterRecords(
            frames=frames,
            not_compared=register.not_compared(),
            audit=register.audit() if "audit" in parts else (),
            claims=register.claims() if "audit" in parts else (),
            warnings=warnings,
        )


def register_tables(frames: dict[str, pl.DataFrame]) -> dict[str, TableRecord]:
    """What the rows and columns of those tables mean."""
    return {name: TableRecord(a_row_is=TABLES[name][0], columns=TABLES[name][1]) for name in frames}
