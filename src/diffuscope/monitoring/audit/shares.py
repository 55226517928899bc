"""Rows of shares that make up a whole: whether they can be the shares of any, and the smallest repair."""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from diffuscope.monitoring.audit.printed import audited
from diffuscope.monitoring.percent import (
    LARGEST_WHOLE,
    ROW_ROUNDINGS,
    adds_up,
    can_add_up,
    repairs,
    wholes_for,
)
from diffuscope.records.phrases import counted
from diffuscope.records.shares import Percent
from diffuscope.records.statuses import STATUSES as EVERY_STATUS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diffuscope.monitoring.audit.printed import Figure, Printed
    from diffuscope.records import AuditRow

STATUSES = ("completed", "ongoing", "planning")
"""Statuses that every row of shares by status has; further ones may stand beside them."""


class ShareRow(NamedTuple):
    """Shares that one document prints of one whole, none missing.

    Attributes
    ----------
    figures : tuple of Figure
    shares : tuple of Percent
        As the row prints them: a lone ``60`` among shares with two decimals is read as 60.00.
    whole : int or None
        The number they are shares of, where the document or the programme's own report prints it.
    wholes : tuple of int
        Wholes up to 200 they can be shares of, smallest first, with halves rounded up or to even.
    to_even : frozenset of int
        Those of them that need halves rounded to even.
    """

    figures: tuple[Figure, ...]
    shares: tuple[Percent, ...]
    whole: int | None
    wholes: tuple[int, ...]
    to_even: frozenset[int]


def share_rows(printed: Printed, areas: Sequence[str]) -> list[ShareRow]:
    """Every complete row of shares: of a unit by status, or of a wave by area.

    Parameters
    ----------
    printed : Printed
    areas : sequence of str
        The areas of the classification; a row by area is complete when it has them all, or sums to 100.
    """
    figures_by_row: dict[tuple[object, ...], list[Figure]] = defaultdict(list)
    for figure in printed.figures:
        if figure.quantity != "share" or figure.sub_area is not None:
            continue
        if figure.status is not None and figure.area is None:
            figures_by_row[(figure.document, figure.wave, figure.unit, figure.locator)].append(figure)
        elif figure.area is not None and figure.status is None and figure.unit is None:
            figures_by_row[(figure.document, figure.wave, "areas")].append(figure)
    rows = []
    for key, figures in figures_by_row.items():
        wanted = set(areas) if key[-1] == "areas" else set(STATUSES)
        parts = [figure.area if key[-1] == "areas" else figure.status for figure in figures]
        known = wanted if key[-1] == "areas" else {*wanted, *EVERY_STATUS}
        once = len(set(parts)) == len(parts) and set(parts) <= known
        # <1 % is not a number that a row could be summed with
        once = once and not any(figure.printed.lstrip().startswith("<") for figure in figures)
        # a part that is not printed is nothing, if those that are printed make up the whole
        if once and (wanted <= set(parts) or can_add_up([figure.exact for figure in figures])):
            rows.append(_row(printed, figures))
    return rows


def _row(printed: Printed, figures: list[Figure]) -> ShareRow:
    # shares of one row are computed alike: one with fewer decimals has lost its zeros
    decimals = max(figure.exact.decimals for figure in figures)
    shares = tuple(_with_decimals(figure.exact, decimals) for figure in figures)
    up, even = (set(wholes_for(shares, rounding=way)) for way in ROW_ROUNDINGS)
    if not up | even:
        # perhaps the lone 60 was rounded to whole per cents after all
        loose = tuple(figure.exact for figure in figures)
        if loose != shares and any(True for _ in islice(wholes_for(loose), 1)):
            shares, up = loose, set(wholes_for(loose))
    wholes = tuple(sorted(up | even))
    return ShareRow(tuple(figures), shares, _whole(printed, figures[0]), wholes, frozenset(even - up))


def fits(row: ShareRow, whole: int) -> bool:
    """Whether counts of that whole are printed as these shares, all with one way to round halves."""
    return any(adds_up(row.shares, whole, way) for way in ROW_ROUNDINGS)


def _with_decimals(share: Percent, decimals: int) -> Percent:
    return Percent(share.digits * 10 ** (decimals - share.decimals), decimals)


def _whole(printed_figures: Printed, figure: Figure) -> int | None:
    key = ("projects", figure.unit, None, None, None, figure.wave)
    printed = printed_figures.by_key.get(key, [])
    same = [other for other in printed if other.document == figure.document]
    own = [other for other in printed if printed_figures.is_own(other.document, other.wave)]
    return next((int(other.value) for other in (*same, *own)), None)


def rows_of_shares(printed: Printed, rows: Sequence[ShareRow]) -> Iterator[AuditRow]:
    """Whether each row of shares can be the shares of one whole; if not, what would fix it."""
    for row in rows:
        name = printed.name(row.figures[0].unit) or "The areas"
        total = _sum(row.shares)
        if not can_add_up(row.shares):
            reason = (
                f"The shares ({name}, {row.figures[0].wave}) sum to {total}; rounding cannot explain this."
            )
            yield _broken(printed, row, reason)
        elif row.whole is not None and not fits(row, row.whole):
            reason = f"No counts of {counted(row.whole, 'project')} are printed as these shares ({name})."
            yield _broken(printed, row, reason)
        elif row.whole is None and not row.wholes:
            reason = f"No whole number of projects up to {LARGEST_WHOLE} gives these shares ({name})."
            yield _broken(printed, row, reason)
        else:
            possible = row.wholes[:3] if row.whole is None else (row.whole,)
            of = " or ".join(_whole_words(row, whole) for whole in possible)
            says = f"The shares sum to {total} and are possible for {of} projects."
            yield audited(printed, row.figures, "row of shares", "confirmed", says, computed=total)


def _whole_words(row: ShareRow, whole: int) -> str:
    to_even = whole in row.to_even or not adds_up(row.shares, whole)
    return f"{whole} (halves rounded to even)" if to_even else str(whole)


def _broken(printed: Printed, row: ShareRow, reason: str) -> AuditRow:
    suggestion = _smallest_repair(printed, row)
    return audited(
        printed,
        row.figures,
        "row of shares",
        "differs",
        reason,
        computed=_sum(row.shares),
        suggestion=suggestion,
    )


def _smallest_repair(printed: Printed, row: ShareRow) -> str | None:
    possible = repairs(row.shares)
    if row.whole is not None:
        # the shares of a whole are also those of its multiples
        possible = [cell for cell in possible if row.whole % cell.whole == 0] or possible
    if not possible:
        return None
    cell = possible[0]
    figure = row.figures[cell.at]
    correction = f"{cell.instead} instead of {figure.printed} ({figure.status or figure.area})"
    agree = [other.document for other in printed.elsewhere(figure) if other.exact == cell.instead]
    return f"{correction}; {agree[0]} prints {cell.instead}" if agree else correction


def _sum(shares: Sequence[Percent]) -> str:
    decimals = max(share.decimals for share in shares)
    return str(Percent(sum(_with_decimals(share, decimals).digits for share in shares), decimals))
