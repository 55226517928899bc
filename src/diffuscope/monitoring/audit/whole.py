"""How many projects each unit can have had, from rounded shares and a printed total."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from diffuscope.monitoring.audit.printed import audited
from diffuscope.monitoring.audit.shares import fits
from diffuscope.monitoring.percent import LARGEST_WHOLE
from diffuscope.monitoring.reconstruct import reconstruct

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diffuscope.monitoring.audit.printed import Figure, Printed
    from diffuscope.monitoring.audit.shares import ShareRow
    from diffuscope.monitoring.reconstruct import Reconstruction
    from diffuscope.records import AuditRow, Outcome

OTHERS = ""


def reconstructed(printed: Printed, rows: Sequence[ShareRow]) -> Iterator[AuditRow]:
    """The number of projects of every unit, as far as its shares and the total of all units fix it.

    A unit whose shares no whole gives is left free, so that one wrong row does not hide what the others say;
    so are all units together of which the document prints no shares, though the total counts them.
    """
    groups: dict[tuple[str, str | None, bool], list[ShareRow]] = defaultdict(list)
    for row in rows:
        first = row.figures[0]
        if first.unit is not None and first.wave not in printed.joint:
            # states and cities are two ways to divide one total
            groups[(first.document, first.wave, first.unit in printed.returns.parents)].append(row)
    for group in groups.values():
        units = [row.figures[0].unit for row in group]
        total = _total(printed, group[0].figures[0])
        if total is None or len(set(units)) < len(units):
            continue
        allowed = {str(row.figures[0].unit): _allowed(row, int(total.value)) for row in group}
        if printed.units_in(group[0].figures[0].wave) - set(allowed):
            # one free unit stands for all that the document prints no shares of
            allowed[OTHERS] = range(int(total.value) + 1)
        possible = reconstruct(allowed, int(total.value))
        for row in group:
            yield _audit_row(printed, row, possible, total)


def _total(printed_figures: Printed, figure: Figure) -> Figure | None:
    printed = printed_figures.by_key.get(("projects", None, None, None, None, figure.wave), [])
    same = [other for other in printed if other.document == figure.document]
    own = [other for other in printed if printed_figures.is_own(other.document, other.wave)]
    return next(iter((*same, *own)), None)


def _allowed(row: ShareRow, total: int) -> range | list[int]:
    # shares beyond the largest whole that was tried may still have one: then nothing is ruled out
    allowed = [whole for whole in row.wholes if whole <= total]
    if row.whole is not None and LARGEST_WHOLE < row.whole <= total and fits(row, row.whole):
        allowed.append(row.whole)
    return allowed or range(1, total + 1)


def _audit_row(printed: Printed, row: ShareRow, reconstruction: Reconstruction, total: Figure) -> AuditRow:
    figure = row.figures[0]
    possible = reconstruction.possible[str(figure.unit)]
    name = printed.name(figure.unit)
    if not possible:
        says = f"No combination of project counts gives these shares and the total {total.plain}."
        return audited(printed, row.figures, "reconstruction", "differs", says)
    computed = _spans(possible)
    outcome: Outcome = "not checkable" if row.whole is None else "differs"
    says = f"The shares and the total {total.plain} leave {name} {computed} projects"
    if row.whole in possible:
        # whoever prints the number as well leaves nothing open, where the shares allow it
        wholes = printed.by_key.get(("projects", figure.unit, None, None, None, figure.wave), [])
        prints_number = any(one.document == figure.document for one in wholes)
        outcome = "confirmed" if len(possible) == 1 or prints_number else "ambiguous"
        says += f"; {row.whole} are printed."
    elif row.whole is not None:
        says += f", but {row.whole} are printed."
    else:
        says += "; no number is printed."
    return audited(printed, row.figures, "reconstruction", outcome, says, computed=computed)


def _spans(possible: Sequence[int]) -> str:
    if len(possible) == 1:
        return str(possible[0])
    if len(possible) <= 4:
        return " or ".join(map(str, possible))
    return f"{possible[0]} to {possible[-1]} ({len(possible)} values)"
