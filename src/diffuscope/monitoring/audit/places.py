"""One figure printed twice: in two places of one document, or in a document and in the report it cites."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING

from diffuscope.monitoring.audit.printed import audited
from diffuscope.monitoring.percent import rounded_how

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diffuscope.monitoring.audit.printed import Figure, Printed
    from diffuscope.records import AuditRow

NOT_FIGURES = ("listed", "listed-city", "caption-year")


def two_places(printed: Printed) -> Iterator[AuditRow]:
    """Every figure that one document prints more than once."""
    for figures in printed.by_key.values():
        within: dict[str, list[Figure]] = defaultdict(list)
        for figure in figures:
            if figure.quantity not in NOT_FIGURES:
                within[figure.document].append(figure)
        for same in within.values():
            if len(same) > 1:
                yield _twice(printed, same)


def _twice(printed: Printed, same: Sequence[Figure]) -> AuditRow:
    agree = all(_agree(one, other) for one, other in combinations(same, 2))
    shown = "; ".join(f"{figure.locator or 'no place given'}: {figure.plain}" for figure in same)
    says = "The same in all printed places." if agree else f"The printed places differ: {shown}."
    return audited(printed, same, "two places", "confirmed" if agree else "differs", says, shown=shown)


def _agree(one: Figure, other: Figure) -> bool:
    """Whether two places can print one number: the same, or the same with fewer decimals."""
    if one.exact.decimals > other.exact.decimals:
        one, other = other, one
    if one.quantity != "share" or one.exact.decimals == other.exact.decimals:
        return one.value == other.value
    # the finer figure as a count of 10^(d+2): does it round to the coarser one?
    whole = 10 ** (other.exact.decimals + 2)
    return rounded_how(one.printed, one.exact, other.exact.digits, whole) is not None


def against_source(printed: Printed) -> Iterator[AuditRow]:
    """Every figure of a document beside the same figure in the programme's own report of that wave."""
    for figure in printed.figures:
        if figure.quantity in NOT_FIGURES or printed.is_own(figure.document, figure.wave):
            continue
        others = printed.elsewhere(figure)
        if not others:
            continue
        agree = [other for other in others if other.value == figure.value]
        source = agree[0] if agree else others[0]
        where = ", ".join(filter(None, (source.document, source.locator)))
        yield audited(
            printed,
            [figure],
            "against its source",
            "confirmed" if agree else "differs",
            f"{where} prints {source.plain}" + (" too." if agree else f", not {figure.plain}."),
            computed=source.plain,
            suggestion=None if agree else source.plain,
        )


def sums(printed: Printed, areas: Sequence[str], parents: dict[str, str]) -> Iterator[AuditRow]:
    """Counts of parts that one place prints, beside the total that the document prints.

    Parameters
    ----------
    printed : Printed
    areas : sequence of str
        Areas of the classification; only a place that prints a part for every area is summed by area.
    parents : dict of str to str
        State of each city; units with a parent are not summed with those that have none.
    """
    parts: dict[tuple[str, str | None, str | None, str], list[Figure]] = defaultdict(list)
    for figure in printed.figures:
        how = _part(figure, parents)
        if figure.quantity == "projects" and figure.wave is not None and how is not None:
            parts[(figure.document, figure.wave, figure.locator, how)].append(figure)
    for (document, wave, _, how), figures in parts.items():
        totals = [
            total
            for total in printed.by_key.get(("projects", None, None, None, None, wave), [])
            if total.document == document
        ]
        if how.startswith(("cities", "states")) and wave in printed.joint:
            continue
        whole = how != "areas" or {figure.area for figure in figures} == set(areas)
        if totals and len(figures) > 1 and whole:
            yield _sum(printed, figures, totals[0], how)


def _part(figure: Figure, parents: dict[str, str]) -> str | None:
    given = (figure.unit, figure.area, figure.status)
    if figure.sub_area is not None or given == (None, None, None):
        return None
    if figure.unit is None:
        return {(True, False): "areas", (False, True): "statuses"}.get(
            (figure.area is not None, figure.status is not None)
        )
    level = "cities" if figure.unit in parents else "states"
    finer = [name for name, value in (("area", figure.area), ("status", figure.status)) if value is not None]
    return " by ".join([level, *finer])


def _sum(printed: Printed, figures: Sequence[Figure], total: Figure, how: str) -> AuditRow:
    summed = int(sum(figure.value for figure in figures))
    right = summed == total.value
    says = f"The {how} sum to {summed}" + (
        ", the printed total." if right else f"; {total.plain} is printed."
    )
    return audited(
        printed,
        figures,
        "sum",
        "confirmed" if right else "differs",
        says,
        shown=f"{len(figures)} figures; total {total.plain}",
        computed=str(summed),
    )
