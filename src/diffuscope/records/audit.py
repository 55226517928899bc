"""Printed figures and claims beside the register."""

from __future__ import annotations

from diffuscope.records.base import AuditKind, Outcome, Record
from diffuscope.records.problems import Place


class AuditRow(Record, frozen=True, kw_only=True):
    """One check of what a document prints, against the register, its own other places, or its source.

    Attributes
    ----------
    id : str
        Does not depend on the order of rows.
    document, locator : str or None
        The document that prints it, and where.
    unit, wave, area, sub_area, status : str or None
        What the figure is of, as far as it says.
    kind : AuditKind
        counted: against the project rows · row of shares: can they be shares of one whole · share of a count:
        against counts printed elsewhere · sum: parts against their total · two places: one document against
        itself · against its source: a document against the report it cites · list: named things against
        those of the source · caption: a year in words against its table · reconstruction: the number of
        projects that shares and a total allow.
    outcome : Outcome
        ambiguous: true on one reading of what is unknown, false on another; also where it is what the returns
        that came in give, and an absent one could change that.
    description : str
        The finding in one sentence.
    printed, computed, suggestion : str or None
        What stands there, what the data give, and the smallest change that would fix it.
    own : bool
        Whether the document is the programme's own report of that wave, so that a difference is the report's
        and not that of a document which cites it.
    known : str or None
        Where a difference was examined and accepted: by whom, and why.
    rows : tuple of Place
        Rows of the case it rests on.
    returns : str or None
        On how many of the expected returns the register's side rests, and who is missing; None where that is
        not known, or where it does not rest on returns.
    """

    id: str
    document: str
    kind: AuditKind
    outcome: Outcome
    description: str
    locator: str | None = None
    unit: str | None = None
    wave: str | None = None
    area: str | None = None
    sub_area: str | None = None
    status: str | None = None
    printed: str | None = None
    computed: str | None = None
    suggestion: str | None = None
    own: bool = False
    known: str | None = None
    rows: tuple[Place, ...] = ()
    returns: str | None = None


class Reading(Record, frozen=True, kw_only=True):
    """One way to check a claim: what was looked at, what was found there, and whether the claim holds.

    Attributes
    ----------
    looks_at : str
        The data that are compared.
    found : str
        What is found there; or why this reading cannot tell.
    holds : bool or None
        Whether the claim holds on it; None where it cannot tell.
    received : bool or None
        Where an absent return decides: whether it holds of the returns that came in.
    """

    looks_at: str
    found: str
    holds: bool | None
    received: bool | None = None


class ClaimRow(Record, frozen=True, kw_only=True):
    """A statement of a document about the data, checked.

    Attributes
    ----------
    id : str
        Id of the claim in the case.
    document, locator : str or None
        The document that states it, and where.
    kind : str
        What sort of statement it is, as in the table `claims`.
    paraphrase : str
        What it states, in the words of the case.
    outcome : Outcome
        confirmed: true on every reading that can tell · differs: false on every such reading (contradicted) ·
        incomplete: true, but it leaves out others of its kind · ambiguous: true on one reading, false on
        another, or true of the returns that came in, where an absent one could overturn it · not checkable:
        no reading can tell.
    description : str
        The finding in one sentence.
    readings : tuple of Reading
        Everything the outcome rests on.
    known : str or None
        Where a difference was examined and accepted: by whom, and why.
    rows : tuple of Place
        Rows of the case that decide.
    returns : str or None
        On how many of the expected returns it rests, and who is missing; None where that is not known, or
        where it does not rest on returns.
    """

    id: str
    document: str
    kind: str
    paraphrase: str
    outcome: Outcome
    description: str
    locator: str | None = None
    readings: tuple[Reading, ...] = ()
    known: str | None = None
    rows: tuple[Place, ...] = ()
    returns: str | None = None
