"""Printed figures where returns are absent: what came in is a lower bound of what there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.monitoring.audit.printed import audited

if TYPE_CHECKING:
    from diffuscope.monitoring.audit.printed import Figure, Printed
    from diffuscope.records import AuditRow, Outcome

_SO_FAR = "of the returns received; a missing return could change this"
_SAME = "of as many projects as the document prints in all"
_MAY = "and missing returns may explain the difference"


def of_returns(printed: Printed, figure: Figure) -> AuditRow:
    """A printed number of returns beside that of the register."""
    returns = printed.returns
    count = {
        "returns": returns.returned,
        "expected-returns": returns.expected,
        "carried-forward": returns.carried,
    }[figure.quantity]
    if not returns.expected(figure.wave, figure.unit):
        says = "Not checkable: according to the register, no return was expected there."
        return audited(printed, [figure], "counted", "not checkable", says)
    number = len(count(figure.wave, figure.unit))
    right = figure.value == number
    says = (
        f"The register gives {number}, as printed."
        if right
        else f"Printed {figure.plain}; the register gives {number}."
    )
    return audited(
        printed,
        [figure],
        "counted",
        "confirmed" if right else "differs",
        says,
        computed=str(number),
        returns=printed.rests_on(figure),
    )


def number_of_received(printed: Printed, figure: Figure, fresh: int, span: tuple[int, int]) -> AuditRow:
    """A printed number where returns are absent: never fewer than the fresh rows, perhaps more than all rows.

    Parameters
    ----------
    printed : Printed
    figure : Figure
    fresh : int
        The smallest number that rows of the wave's own returns allow.
    span : tuple of (int, int)
        What all rows of the wave allow, where statuses are not known.
    """
    least, most = span
    # one absent unit is one more unit with projects at most, and any number of projects
    highest = max(most, fresh + len(printed.absent(figure))) if figure.quantity == "cities" else None
    shown = str(least) if least == most else f"{least} to {most}"
    outcome: Outcome = "not checkable"
    says = f"Not checkable: printed {figure.plain}; the register gives {shown}, {_MAY}"
    if figure.value < fresh:
        outcome, says = "differs", f"Printed {figure.plain}; the register gives at least {fresh}"
    elif highest is not None and figure.value > highest:
        outcome, says = "differs", f"Printed {figure.plain}; the register gives at most {highest}"
    elif least <= figure.value <= most:
        outcome, says = "ambiguous", f"The register gives {shown} {_SO_FAR}"
    elif printed.of_these_rows(figure):
        outcome, says = "differs", f"Printed {figure.plain}; the register gives {shown} {_SAME}"
    return _audit_row(printed, figure, outcome, says, f"at least {fresh}")


def share_of_received(printed: Printed, figure: Figure, computed: str, *, fits: bool) -> AuditRow:
    """A printed share where returns are absent: whatever it is, an absent return could change it."""
    if fits:
        says = f"The register gives {computed} of the returns received; a missing return could change this"
        return _audit_row(printed, figure, "ambiguous", says, computed)
    if printed.of_these_rows(figure):
        says = f"Printed {figure.plain}; the register gives {computed} {_SAME}"
        return _audit_row(printed, figure, "differs", says, computed)
    says = f"Not checkable: printed {figure.plain}; the register gives {computed}, {_MAY}"
    return _audit_row(printed, figure, "not checkable", says, computed)


def _audit_row(printed: Printed, figure: Figure, outcome: Outcome, says: str, computed: str) -> AuditRow:
    returns = printed.rests_on(figure)
    says += f" ({returns})." if returns else "."
    return audited(printed, [figure], "counted", outcome, says, computed=computed, returns=returns)
