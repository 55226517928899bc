"""Each printed figure against the register, and each share against counts that are printed too."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from diffuscope.monitoring.audit.counted import OF_RETURNS, counted
from diffuscope.monitoring.audit.printed import audited
from diffuscope.monitoring.audit.received import number_of_received, of_returns, share_of_received
from diffuscope.monitoring.percent import rounded_how
from diffuscope.records.shares import as_printed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import polars as pl

    from diffuscope.monitoring.audit.printed import Figure, Printed
    from diffuscope.monitoring.audit.shares import ShareRow
    from diffuscope.records import AuditRow, Outcome
    from diffuscope.records.shares import Rounding

COMPARED_BY_THEMSELVES = ("listed", "listed-city", "caption-year")
"""Quantities that are no counts; lists and captions have checks of their own."""


class _Given(NamedTuple):
    """What the register gives for one figure."""

    least: int
    most: int
    of: int
    why: str | None


def against_register(
    printed: Printed, published: pl.DataFrame, prepared: pl.DataFrame, rows: Sequence[ShareRow]
) -> Iterator[AuditRow]:
    """Every printed count and share beside what the project rows of its wave give."""
    given = _all_given(printed, published, prepared)
    fresh_rows = printed.returns.fresh(prepared)
    fresh = given if fresh_rows is prepared else _all_given(printed, published, fresh_rows)
    forced = {figure.row for row in rows if _is_forced(row, given) for figure in row.figures}
    for figure in printed.figures:
        here = given[figure.row]
        if figure.quantity in COMPARED_BY_THEMSELVES:
            continue
        if figure.quantity in OF_RETURNS:
            yield of_returns(printed, figure)
        elif here.why is not None:
            says = f"Not checkable: {here.why}."
            yield audited(printed, [figure], "counted", "not checkable", says)
        elif figure.quantity == "share":
            yield _share(printed, figure, here, forced=figure.row in forced)
        else:
            yield _number(printed, figure, here, fresh[figure.row].least or 0)


def _all_given(printed: Printed, published: pl.DataFrame, prepared: pl.DataFrame) -> dict[int, _Given]:
    listed = set(prepared["wave"])
    without = [
        wave for wave in printed.returns.waves if wave not in listed and printed.returns.returned(wave)
    ]
    cells_of = counted(published, prepared, without).select(_Given._fields).iter_rows()
    given = {figure.row: _Given(*cells) for figure, cells in zip(printed.figures, cells_of, strict=True)}
    for figure in printed.figures:
        here = given[figure.row]
        if figure.status is not None and here.why is None and printed.as_recorded(figure):
            given[figure.row] = here._replace(most=here.least)
    return given


def _is_forced(row: ShareRow, given: Mapping[int, _Given]) -> bool:
    """Whether a row was made to sum to 100: all within one last digit, and rightly rounded they do not.

    Thirds are 33 + 33 + 33; 34 + 33 + 33 sums to 100 at the price of one wrong figure.
    """
    decimals = row.shares[0].decimals
    printed_sum, total = 0, 0
    for figure, share in zip(row.figures, row.shares, strict=True):
        here = given[figure.row]
        if here.why is not None or here.of == 0 or here.least != here.most:
            return False
        right = as_printed(here.least, here.of, decimals)
        if abs(right.digits - share.digits) > 1:
            return False
        total += right.digits
        printed_sum += share.digits
    hundred: int = 100 * 10**decimals
    return printed_sum == hundred and total != hundred


def _number(printed: Printed, figure: Figure, here: _Given, fresh: int) -> AuditRow:
    least, most = here.least, here.most
    if printed.absent(figure):
        return number_of_received(printed, figure, fresh, (least, most))
    computed = str(least) if least == most else f"{least} to {most}"
    inside = least <= figure.value <= most
    outcome: Outcome = "differs" if not inside else "confirmed" if least == most else "ambiguous"
    return _counted(printed, figure, outcome, _says(figure, computed, outcome), computed)


def _share(printed: Printed, figure: Figure, here: _Given, *, forced: bool) -> AuditRow:
    least, most, whole = here.least, here.most, here.of
    if whole == 0:
        says = "Not checkable: the register has no projects there, so a share cannot be computed."
        return audited(printed, [figure], "counted", "not checkable", says)
    decimals = figure.exact.decimals
    # unknown statuses allow several counts: one that rounds to the printed share is enough
    fits = [count for count in range(least, most + 1) if _how(figure, count, whole)]
    ends = sorted({str(as_printed(count, whole, decimals)) for count in (least, most)}, key=float)
    computed = f"{' to '.join(ends)} ({least if least == most else f'{least} to {most}'} of {whole})"
    if printed.absent(figure):
        return share_of_received(printed, figure, computed, fits=bool(fits))
    outcome: Outcome = "differs" if not fits else "confirmed" if least == most else "ambiguous"
    says = _says(figure, computed, outcome)
    if outcome == "confirmed" and _how(figure, least, whole) == "half even":
        says = f"The register gives {least} of {whole}; {_to_even(figure, least, whole)}."
    if outcome == "differs" and forced:
        says = f"{says.removesuffix('.')}, and the shares of the row are made to sum to 100 (a forced sum)."
    return _counted(printed, figure, outcome, says, computed)


def _counted(printed: Printed, figure: Figure, outcome: Outcome, says: str, computed: str) -> AuditRow:
    """A check against rows that are whole, or that the document itself gives as those that came in."""
    returns = printed.rests_on(figure)
    if returns and printed.returns.absent(figure.wave, figure.unit):
        says += f" Both rest on {returns}."
    return audited(printed, [figure], "counted", outcome, says, computed=computed, returns=returns)


def _how(figure: Figure, count: int, whole: int) -> Rounding | None:
    return rounded_how(figure.printed, figure.exact, count, whole)


def _to_even(figure: Figure, count: int, whole: int) -> str:
    """That a half was rounded to the even digit, which is no mistake."""
    half = as_printed(count, whole, figure.exact.decimals + 1)
    up = as_printed(count, whole, figure.exact.decimals)
    return f"{half} is printed as {figure.plain}, with the half rounded to even (rounded up it is {up})"


def _says(figure: Figure, computed: str, outcome: Outcome) -> str:
    if outcome == "confirmed":
        return f"The register gives {computed}, as printed."
    if outcome == "ambiguous":
        return (
            f"The register gives {computed}, because some statuses are unknown; "
            f"{figure.plain} is within this range."
        )
    return f"Printed {figure.plain}; the register gives {computed}."


def against_printed_counts(printed: Printed) -> Iterator[AuditRow]:
    """Every share beside the counts that the same document prints for the same thing."""
    for figure in printed.figures:
        if figure.quantity != "share":
            continue
        _, *about = figure.key
        counts = _same_document(printed, figure, ("projects", *about))
        # as counted from the register: a share by status is of its own place, one of an area of its unit
        within = figure.unit if figure.area is not None else None
        base = (figure.unit, figure.area, figure.sub_area) if figure.status else (within, None, None)
        wholes = _same_document(printed, figure, ("projects", *base, None, figure.wave))
        for count in counts:
            for whole in wholes:
                yield _share_of_count(printed, figure, count, whole)


def _same_document(printed: Printed, figure: Figure, key: tuple[str | None, ...]) -> list[Figure]:
    return [other for other in printed.by_key.get(key, []) if other.document == figure.document]


def _share_of_count(printed: Printed, figure: Figure, count: Figure, whole: Figure) -> AuditRow:
    k, n = int(count.value), int(whole.value)
    if n <= 0:
        says = "Not checkable: the printed whole is zero."
        return audited(printed, [figure, count, whole], "share of a count", "not checkable", says)
    should = str(as_printed(k, n, figure.exact.decimals))
    how = _how(figure, k, n)
    says = (
        f"{k} of {n} is {should}, as printed." if how else f"Printed {figure.plain}; {k} of {n} is {should}."
    )
    if how == "half even":
        says = f"{k} of {n}: {_to_even(figure, k, n)}."
    where = f"{count.locator or 'elsewhere'}: {k} of {n}"
    return audited(
        printed,
        [figure, count, whole],
        "share of a count",
        "confirmed" if how else "differs",
        says,
        shown=f"{figure.printed} ({figure.locator or 'no place given'}); {where}",
        computed=should,
        suggestion=None if how else should,
        about=figure,
    )


def captions(printed: Printed) -> Iterator[AuditRow]:
    """Years that a document's words give to a table, beside the wave the table is of."""
    for figure in printed.figures:
        if figure.quantity != "caption-year" or figure.wave is None:
            continue
        right = figure.plain == figure.wave
        yield audited(
            printed,
            [figure],
            "caption",
            "confirmed" if right else "differs",
            f"The text dates the table to {figure.plain}"
            + (", as its source does." if right else f"; the figures are those of {figure.wave}."),
            computed=figure.wave,
            suggestion=None if right else figure.wave,
        )
