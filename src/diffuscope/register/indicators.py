"""Indicators of members, wave by wave: baseline, target and actual value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diffuscope.errors import CaseError
from diffuscope.register.database import opened, writing
from diffuscope.register.lookup import member_named, next_position
from diffuscope.register.messages import told
from diffuscope.register.rights import require, visible
from diffuscope.register.rows import fields_of
from diffuscope.register.waves import open_named
from diffuscope.register.write import act_of, add, change

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CELLS = ("name", "baseline", "target", "actual", "unit_of_measure", "note")


def set_indicator(
    folder: str | Path, wave: str, member: str, indicator: str, cells: Mapping[str, str], *, person: str
) -> None:
    """Report an indicator of a member in a wave that is open, or put it right.

    Parameters
    ----------
    folder : str or Path
    wave, member : str
    indicator : str
        Its id, the same in every wave.
    cells : mapping of str to str
        As they would be typed into the table `indicators`: name, baseline, target, actual, unit_of_measure.
    person : str

    Raises
    ------
    CaseError
        If a value cannot stand there.
    """
    from diffuscope.register.context import context_of
    from diffuscope.tables.one_row import check_row

    with opened(folder), writing():
        from diffuscope.register.models import Indicator, IndicatorValue

        act, of, whose = act_of(person, channel="form"), open_named(wave), member_named(member)
        require(act, "report", whose)
        context = context_of(of, near=(whose, ()))
        source = f"register: {act.at.date().isoformat()}"
        typed = {**{name: cells.get(name, "") for name in CELLS}, "source": source}
        typed |= {"wave": of.code, "unit": whose.code, "indicator": indicator}
        row, problems = check_row(
            "indicators", typed, {"units": context.units.cells}, waves=list(context.waves)
        )
        errors = [one for one in problems if one.level == "error"]
        if errors:
            raise CaseError(told(errors[0], "screen"), errors)
        fields = fields_of("indicators", row)
        kind = Indicator.objects.filter(code=indicator).first()
        if kind is None:
            kind = Indicator(code=indicator)
            add(act, [kind])
        there = IndicatorValue.objects.filter(
            indicator=kind, unit=whose.code, wave=of.code, retired=False
        ).first()
        if there is not None:
            change(act, there, fields)
        else:
            add(act, [IndicatorValue(indicator=kind, position=next_position(IndicatorValue), **fields)])


def values_seen(person: Any, wave: Any) -> Any:
    """Indicators of a wave that a person may see."""
    from diffuscope.register.models import IndicatorValue

    rows = IndicatorValue.objects.filter(wave=wave.code, retired=False).select_related("indicator")
    return visible(rows, person).order_by("unit", "indicator__code")
