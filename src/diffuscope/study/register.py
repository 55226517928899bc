"""The register of a programme in a study: its waves counted, printed figures audited, claims checked."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import polars as pl

from diffuscope.case.private import Private
from diffuscope.monitoring.audit import audit
from diffuscope.monitoring.audit.printed import printed
from diffuscope.monitoring.change import changes, movements
from diffuscope.monitoring.claims import Facts, check_claims
from diffuscope.monitoring.columns import TABLES
from diffuscope.monitoring.links import links_to_confirm
from diffuscope.monitoring.peers import gaps, peers, traits
from diffuscope.monitoring.waves import counts, prepared, totals
from diffuscope.result import TableRecord
from diffuscope.tables.tiers import adopted

if TYPE_CHECKING:
    from diffuscope.case import Case
    from diffuscope.records import AuditRow, ClaimRow


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
        self._tables = {
            name: private.scrub_frame(name, case.table(name))
            for name in ("units", "attributes", "areas", "projects", "published", "claims", "adoptions")
        }
        self._rows = prepared(self._tables["projects"], self._tables["units"], case.waves)

    def frames(self) -> dict[str, pl.DataFrame]:
        """Everything counted: waves, changes between neighbouring waves, links to confirm, peers, gaps."""
        dated = totals(self._rows, self._case.waves)
        moved = [movements(self._rows, one, other) for one, other in pairwise(dated["wave"].to_list())]
        known = traits(self._tables["units"], self._tables["attributes"])
        found = {
            "wave_totals": dated,
            "project_counts": counts(self._rows),
            "links_to_confirm": links_to_confirm(self._rows),
            "learning_peers": peers(self._rows, known),
            "unfinished_areas": gaps(self._rows, self._tables["areas"]),
        }
        if moved:
            found["wave_changes"] = pl.concat(changes(one) for one in moved)
            found["movements"] = pl.concat(moved)
        return {name: found[name] for name in TABLES if name in found and found[name].height}

    def audit(self) -> tuple[AuditRow, ...]:
        """Every check of what documents print."""
        return audit(
            self._tables["published"],
            self._rows,
            self._tables["units"],
            self._tables["areas"],
            self._case.files.get("published", "published.csv"),
        )

    def claims(self) -> tuple[ClaimRow, ...]:
        """Every claim, checked."""
        if self._tables["claims"].is_empty():
            return ()
        told = printed(
            self._tables["published"],
            self._tables["units"],
            self._rows,
            self._case.files.get("published", "published.csv"),
        )
        facts = Facts(
            self._rows,
            told,
            adopted(self._tables["adoptions"], self._case.tiers),
            self._tables["attributes"],
            self._case.files,
        )
        return check_claims(self._tables["claims"], facts)


def register_tables(frames: dict[str, pl.DataFrame]) -> dict[str, TableRecord]:
    """What the rows and columns of those tables mean."""
    return {name: TableRecord(a_row_is=TABLES[name][0], columns=TABLES[name][1]) for name in frames}
