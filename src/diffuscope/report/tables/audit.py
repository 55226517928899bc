"""What documents print and state, checked: every check and every reading, the confirmed ones too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.report.tables.base import OutTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.records import AuditRow, ClaimRow, Place
    from diffuscope.report.cells import Cell
    from diffuscope.result import Result

OUTCOME = {
    "outcome": "confirmed, differs, incomplete (true, but it leaves others out), ambiguous (true on one "
    "reading, not on another), or not checkable.",
}
_KNOWN = {"known": "Where a difference was examined and accepted: by whom, and why."}
_RETURNS = {
    "returns": "On how many of the expected returns the register's side rests, and who is missing; empty "
    "where that is not known, or where it does not rest on returns.",
}
_ROWS = {
    "file": "File or sheet of the case.",
    "rows": "The rows there that decide, as a spreadsheet shows them, separated by semicolons; of several "
    "files, each with its file.",
}


def audit(result: Result) -> OutTable:
    """One row per check of what a document prints."""
    return OutTable(
        name="audit",
        a_row_is="one check of what a document prints, differences first",
        columns={
            "id": "Id of the check; it does not depend on the order of rows.",
            **OUTCOME,
            "kind": "What is compared: counted (with the project rows), row of shares, share of a count, "
            "sum, two places, against its source, list, caption, or reconstruction.",
            "document": "The document that prints it.",
            "locator": "Where in it.",
            "own": "Whether it is the programme's own report of that wave.",
            "wave": "Wave the figure is of.",
            "unit": "Unit it is of; empty: the whole register.",
            "area": "Area it is of.",
            "sub_area": "Sub-area it is of.",
            "status": "Status it is of.",
            "printed": "What is printed.",
            "computed": "What the data give.",
            "suggestion": "The smallest change that would remove a difference.",
            "description": "The finding in a sentence.",
            **_RETURNS,
            **_KNOWN,
            **_ROWS,
        },
        rows=tuple(_check(row) for row in result.audit),
    )


def _check(row: AuditRow) -> tuple[Cell, ...]:
    return (
        row.id,
        row.outcome,
        row.kind,
        row.document,
        row.locator,
        row.own,
        row.wave,
        row.unit,
        row.area,
        row.sub_area,
        row.status,
        row.printed,
        row.computed,
        row.suggestion,
        row.description,
        row.returns,
        row.known,
        *_places(row.rows),
    )


def claims(result: Result) -> OutTable:
    """One row per statement of a document about the data."""
    return OutTable(
        name="claims",
        a_row_is="one checkable statement of a document about the data",
        columns={
            "id": "Id of the statement in the case.",
            **OUTCOME,
            "kind": "Kind of statement.",
            "document": "The document that states it.",
            "locator": "Where in it.",
            "paraphrase": "What it states, in the words of the case.",
            "description": "The finding in a sentence.",
            **_RETURNS,
            **_KNOWN,
            **_ROWS,
        },
        rows=tuple(_claim(claim) for claim in result.claims),
    )


def _claim(claim: ClaimRow) -> tuple[Cell, ...]:
    return (
        claim.id,
        claim.outcome,
        claim.kind,
        claim.document,
        claim.locator,
        claim.paraphrase,
        claim.description,
        claim.returns,
        claim.known,
        *_places(claim.rows),
    )


def readings(result: Result) -> OutTable:
    """One row per way to check a statement."""
    return OutTable(
        name="claim_readings",
        a_row_is="one way to check a statement of a document",
        columns={
            "id": "Id of the statement in the case.",
            "looks_at": "The data that are compared.",
            "found": "What is found there, or why this reading cannot tell.",
            "holds": "Whether the statement holds on it; empty where it cannot tell.",
            "received": "Where an absent return decides: whether it holds of the returns that came in.",
        },
        rows=tuple(
            (claim.id, reading.looks_at, reading.found, reading.holds, reading.received)
            for claim in result.claims
            for reading in claim.readings
        ),
    )


def _places(places: Sequence[Place]) -> tuple[Cell, Cell]:
    """File and rows; where several files decide, the rows carry their file."""
    own = [place.own for place in places]
    files = dict.fromkeys(file for file, _ in own)
    if len(files) == 1:
        return next(iter(files)), "; ".join(str(row) for _, row in own)
    return ("; ".join(files) or None), "; ".join(f"{file} {row}" for file, row in own) or None
