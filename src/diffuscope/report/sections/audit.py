"""The audit: what documents print, beside what the register, their source and they themselves give."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from diffuscope.records.phrases import counted, listed, noun, upper_first
from diffuscope.report.names import rows
from diffuscope.report.projects import status_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.records import AuditKind, AuditRow, Outcome, Place
    from diffuscope.report.names import Link, Names
    from diffuscope.result import Result

OUTCOMES: dict[Outcome, str] = {
    "differs": "The printed value differs from the computed one.",
    "incomplete": "The printed statement is true, but leaves out others of its kind.",
    "ambiguous": "True under one reading of what is unknown, but not under another.",
    "not checkable": "The case has no data for it; the finding says why.",
    "confirmed": "The printed value agrees with the computed one.",
}
"""Outcomes of a check, those that need a look first, and what each means."""
KINDS: dict[AuditKind, tuple[str, str]] = {
    "counted": (
        "against the register",
        "a printed count or share compared with the project rows of its wave",
    ),
    "against its source": (
        "against its source",
        "a figure compared with the report that the document cites for it",
    ),
    "row of shares": ("shares of one whole", "whether shares can add up to 100 %, given their rounding"),
    "share of a count": ("share of a count", "a share compared with counts that the same document prints"),
    "sum": ("parts and total", "parts compared with the total that is printed for them"),
    "two places": ("two places", "places of one document that print the same thing"),
    "list": ("list", "what a document lists compared with its source"),
    "caption": (
        "year in words",
        "the year that a document’s text gives a table compared with the wave it shows",
    ),
    "reconstruction": (
        "counts behind shares",
        "how many projects the printed shares and the total allow; a range, never a guess",
    ),
}
"""Kinds of check: their name, and what is compared."""
SHOWN = 1500
"""Checks that are not confirmed, as the page shows them row by row; more stand in a file."""
_ROWS_NAMED = 4
_OPEN_AT_FIRST = ("differs", "incomplete")


def audit(result: Result, names: Names) -> dict[str, Any] | None:
    """Every check of what documents print; those that are confirmed are counted, not shown one by one.

    Parameters
    ----------
    result : Result
    names : Names

    Returns
    -------
    dict or None
        `lead`, `documents` (a row each, with counts by outcome), `kinds` and `outcomes` (those that occur),
        `filters`, `rows`, `confirmed` (counts by document, kind and wave), `hidden`; None without an audit.
    """
    if not result.audit:
        return None
    open_rows = [row for row in result.audit if row.outcome != "confirmed"]
    met = Counter(row.outcome for row in result.audit)
    outcomes = [outcome for outcome in OUTCOMES if met[outcome]]
    units = _units(result, names)
    return {
        "lead": audit_sentences(result),
        "documents": _documents(result, names),
        "outcomes": [
            {
                "name": outcome,
                "says": OUTCOMES[outcome],
                "count": f"{met[outcome]:,}",
                "shown": outcome in _OPEN_AT_FIRST or not set(outcomes) & set(_OPEN_AT_FIRST),
            }
            for outcome in outcomes
        ],
        "kinds": [KINDS[kind] for kind in KINDS if any(row.kind == kind for row in result.audit)],
        "filters": _filters(result, names),
        "rows": [_row(row, units, names) for row in open_rows[:SHOWN]],
        "confirmed": _confirmed(result, units, names),
        "hidden": max(0, len(open_rows) - SHOWN),
        "all": f"{len(result.audit):,}",
    }


def audit_sentences(result: Result) -> list[str]:
    """What the audit comes to, in sentences.

    Parameters
    ----------
    result : Result

    Returns
    -------
    list of str
        Empty without an audit.
    """
    if not result.audit:
        return []
    met = Counter(row.outcome for row in result.audit)
    documents = len({row.document for row in result.audit})
    counts = [
        f"{met[outcome]:,} {_are(outcome, met[outcome])}" for outcome in reversed(OUTCOMES) if met[outcome]
    ]
    sentences = [
        f"{counted(len(result.audit), 'check')} of what {counted(documents, 'document')} "
        f"{'prints' if documents == 1 else 'print'}: {listed(counts)}."
    ]
    differ = [row for row in result.audit if row.outcome == "differs"]
    said_whose = whose_differ(result)
    if said_whose:
        sentences.append(f"{upper_first(said_whose)}.")
    known = sum(row.known is not None for row in differ)
    if known:
        sentences.append(
            f"{counted(known, 'difference')} {'was' if known == 1 else 'were'} examined and accepted."
        )
    return sentences


def _issuers(result: Result) -> set[str]:
    """Who publishes the programme's own reports."""
    authors = {str(row["document"]): row.get("author") for row in rows(result, "documents")}
    return {str(author) for row in result.audit if row.own and (author := authors.get(row.document))}


def differing_in_own(result: Result) -> int:
    """How many figures that differ stand in documents of the programme itself.

    A document is the programme's own where it is its report of a wave, or has the same author as one.
    """
    authors = {str(row["document"]): row.get("author") for row in rows(result, "documents")}
    issuers = _issuers(result)
    return sum(
        row.own or authors.get(row.document) in issuers for row in result.audit if row.outcome == "differs"
    )


def whose_differ(result: Result) -> str | None:
    """In whose documents the figures stand that differ; None where none does."""
    differ = [row for row in result.audit if row.outcome == "differs"]
    if not differ:
        return None
    issuers, own = _issuers(result), differing_in_own(result)
    issuer = (
        f"the programme’s own reports ({issuers.pop()})"
        if len(issuers) == 1
        else "the programme’s own reports"
    )
    if own == len(differ):
        return f"{'it is' if own == 1 else 'all of the differing figures are'} in {issuer}"
    if not own:
        return f"none of the differing figures is in {issuer}"
    return (
        f"{own:,} of the differing figures {noun(own, 'is', 'are')} in {issuer}, "
        f"{len(differ) - own:,} in other documents"
    )


def _are(outcome: Outcome, number: int) -> str:
    one = number == 1
    return {
        "differs": "differs" if one else "differ",
        "incomplete": "is incomplete" if one else "are incomplete",
        "ambiguous": "depends on the reading" if one else "depend on the reading",
        "not checkable": "cannot be checked",
        "confirmed": "is confirmed" if one else "are confirmed",
    }[outcome]


def _documents(result: Result, names: Names) -> list[dict[str, Any]]:
    """Each document with its checks by outcome; the programme's own reports apart from what cites them."""
    outcomes_by_document: dict[tuple[bool, str], Counter[str]] = {}
    for row in result.audit:
        outcomes_by_document.setdefault((row.own, row.document), Counter())[row.outcome] += 1
    outcomes = [
        outcome for outcome in OUTCOMES if any(count[outcome] for count in outcomes_by_document.values())
    ]
    return [
        {
            "link": names.document(document),
            "id": document,
            "own": own,
            "counts": [f"{count[outcome]:,}" if count[outcome] else "–" for outcome in outcomes],
            "all": f"{sum(count.values()):,}",
        }
        for (own, document), count in sorted(outcomes_by_document.items())
    ]


def _filters(result: Result, names: Names) -> list[dict[str, Any]]:
    """What the rows can be narrowed down to: a name and the values that occur, each with its words."""
    every = result.audit
    documents = dict.fromkeys(sorted(row.document for row in every))
    units = [(str(at), names.unit(unit)) for unit, at in _units(result, names).items()]
    waves = dict.fromkeys(sorted(row.wave for row in every if row.wave is not None))
    kinds = [kind for kind in KINDS if any(row.kind == kind for row in every)]
    owners = {row.own for row in every}
    choices = (
        ("document", "Document", [(id_, _titled(id_, names)) for id_ in documents]),
        ("own", "Whose figures", [("yes", "the programme’s own reports"), ("no", "other documents")]),
        ("kind", "Kind of check", [(kind, KINDS[kind][0]) for kind in kinds]),
        ("wave", "Wave", [(wave, wave) for wave in waves]),
        ("unit", "Place", units),
    )
    return [
        {"name": name, "label": label, "values": values}
        for name, label, values in choices
        if len(values) > 1 and (name != "own" or len(owners) > 1)
    ]


def _units(result: Result, names: Names) -> dict[str, int]:
    """Units that are checked, by name, each with a short number for the page."""
    met = {row.unit for row in result.audit if row.unit is not None}
    return {unit: at for at, unit in enumerate(sorted(met, key=lambda unit: (names.unit(unit), unit)))}


def _titled(id_: str, names: Names) -> str:
    link = names.document(id_)
    return f"{link.text} ({id_})" if link and link.text != id_ else id_


def _row(row: AuditRow, units: dict[str, int], names: Names) -> dict[str, Any]:
    return {
        "id": row.id,
        "outcome": row.outcome,
        "kind": row.kind,
        "kind_words": KINDS[row.kind][0],
        "document": names.document(row.document),
        "document_id": row.document,
        "locator": row.locator,
        "wave": row.wave,
        "unit": "" if row.unit is None else units[row.unit],
        "about": about(row, names),
        "own": row.own,
        "printed": row.printed,
        "computed": row.computed,
        "suggestion": row.suggestion,
        "says": row.description,
        "known": row.known,
        **named_rows(row.rows, names),
    }


def about(row: AuditRow, names: Names) -> str:
    """What a printed figure is of, as far as it says."""
    parts = (
        row.wave,
        names.unit(row.unit) if row.unit else None,
        row.area,
        row.sub_area,
        status_words(row.status) or None,
    )
    return " · ".join(part for part in parts if part)


def named_rows(places: Sequence[Place], names: Names) -> dict[str, Any]:
    """The first rows of the case that decide, file by file, and how many more there are.

    Parameters
    ----------
    places : sequence of Place
    names : Names

    Returns
    -------
    dict
        `files` (name, and the number and address of each row), `more`.
    """
    files: dict[str, list[tuple[str, str]]] = {}
    every = list(dict.fromkeys(places))
    for place in every[:_ROWS_NAMED]:
        link: Link = names.place(place)
        file, row = place.own
        files.setdefault(file, []).append((str(row), link.href))
    return {"files": list(files.items()), "more": max(0, len(every) - _ROWS_NAMED)}


def _confirmed(result: Result, units: dict[str, int], names: Names) -> list[dict[str, Any]]:
    """How many checks are confirmed, by document, wave and kind, and in which units."""
    confirmed: dict[tuple[bool, str, str, int], Counter[str]] = {}
    for row in result.audit:
        if row.outcome == "confirmed":
            about = (row.own, row.document, row.wave or "", list(KINDS).index(row.kind))
            confirmed.setdefault(about, Counter())["" if row.unit is None else str(units[row.unit])] += 1
    return [
        {
            "document": names.document(document),
            "document_id": document,
            "own": own,
            "wave": wave,
            "kind": list(KINDS)[kind],
            "kind_words": KINDS[list(KINDS)[kind]][0],
            "number": count.total(),
            "places": " ".join(f"{unit}:{number}" for unit, number in sorted(count.items()) if unit),
        }
        for (own, document, wave, kind), count in sorted(confirmed.items())
    ]
