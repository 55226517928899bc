"""Each printed figure against the register, and each share against counts that are printed too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.monitoring.audit.counted import counted
from diffuscope.monitoring.audit.printed import audited
from diffuscope.monitoring.percent import as_printed

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from diffuscope.monitoring.audit.printed import Figure, Printed
    from diffuscope.records import AuditRow, Outcome

COMPARED_BY_THEMSELVES = ("listed", "listed-city", "caption-year")
"""Quantities that are no counts; lists and captions have checks of their own."""


def against_register(told: Printed, published: pl.DataFrame, prepared: pl.DataFrame) -> Iterator[AuditRow]:
    """Every printed count and share beside what the project rows of its wave give."""
    found = counted(published, prepared).select("least", "most", "of", "why").iter_rows()
    for figure, (least, most, whole, why) in zip(told.figures, found, strict=True):
        if figure.quantity in COMPARED_BY_THEMSELVES:
            continue
        if why is not None:
            says = f"Not checkable: {why}."
            yield audited(told, [figure], "counted", "not checkable", says)
        elif figure.quantity == "share":
            yield _share(told, figure, (least, most), whole)
        else:
            yield _number(told, figure, least, most)


def _number(told: Printed, figure: Figure, least: int, most: int) -> AuditRow:
    computed = str(least) if least == most else f"{least} to {most}"
    inside = least <= figure.value <= most
    outcome: Outcome = "differs" if not inside else "confirmed" if least == most else "ambiguous"
    return audited(told, [figure], "counted", outcome, _says(figure, computed, outcome), computed=computed)


def _share(told: Printed, figure: Figure, span: tuple[int, int], whole: int) -> AuditRow:
    least, most = span
    if whole == 0:
        says = "Not checkable: the register has no projects there, so there is nothing to be a share of."
        return audited(told, [figure], "counted", "not checkable", says)
    decimals = figure.exact.decimals
    fits = [count for count in range(least, most + 1) if _prints(figure, count, whole)]
    ends = sorted({str(as_printed(count, whole, decimals)) for count in (least, most)}, key=float)
    computed = f"{' to '.join(ends)} ({least if least == most else f'{least} to {most}'} of {whole})"
    outcome: Outcome = "differs" if not fits else "confirmed" if least == most else "ambiguous"
    return audited(told, [figure], "counted", outcome, _says(figure, computed, outcome), computed=computed)


def _prints(figure: Figure, count: int, whole: int) -> bool:
    exact = figure.exact
    return as_printed(count, whole, exact.decimals) == exact


def _says(figure: Figure, computed: str, outcome: Outcome) -> str:
    if outcome == "confirmed":
        return f"The register gives {computed}, as printed."
    if outcome == "ambiguous":
        return f"The register gives {computed}, as some statuses are not known; {figure.plain} lies within."
    return f"Printed {figure.plain}; the register gives {computed}."


def against_printed_counts(told: Printed) -> Iterator[AuditRow]:
    """Every share beside the counts that the same document prints for the same thing."""
    for figure in told.figures:
        if figure.quantity != "share":
            continue
        _, *about = figure.key
        counts = _same_document(told, figure, ("projects", *about))
        base = (figure.unit, None, None, None) if figure.status else (None, None, None, None)
        wholes = _same_document(told, figure, ("projects", *base, figure.wave))
        for count in counts:
            for whole in wholes:
                yield _share_of_count(told, figure, count, whole)


def _same_document(told: Printed, figure: Figure, key: tuple[str | None, ...]) -> list[Figure]:
    return [other for other in told.by_key.get(key, []) if other.document == figure.document]


def _share_of_count(told: Printed, figure: Figure, count: Figure, whole: Figure) -> AuditRow:
    k, n = int(count.value), int(whole.value)
    if n <= 0:
        says = "Not checkable: the printed whole is zero."
        return audited(told, [figure, count, whole], "share of a count", "not checkable", says)
    should = str(as_printed(k, n, figure.exact.decimals))
    fits = _prints(figure, k, n)
    where = f"{count.locator or 'elsewhere'}: {k} of {n}"
    return audited(
        told,
        [figure, count, whole],
        "share of a count",
        "confirmed" if fits else "differs",
        f"{k} of {n} is {should}, as printed."
        if fits
        else f"Printed {figure.plain}; {k} of {n} is {should}.",
        shown=f"{figure.printed} ({figure.locator or 'no place given'}); {where}",
        computed=should,
        suggestion=None if fits else should,
        about=figure,
    )


def captions(told: Printed) -> Iterator[AuditRow]:
    """Years that a document's words give to a table, beside the wave the table is of."""
    for figure in told.figures:
        if figure.quantity != "caption-year" or figure.wave is None:
            continue
        right = figure.plain == figure.wave
        yield audited(
            told,
            [figure],
            "caption",
            "confirmed" if right else "differs",
            f"The words give the table the year {figure.plain}"
            + (", as its source does." if right else f"; the figures are those of {figure.wave}."),
            computed=figure.wave,
            suggestion=None if right else figure.wave,
        )
