"""Lists in words beside lists: which sub-areas, or cities, a document names, and which its source has."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from diffuscope.monitoring.audit.printed import audited
from diffuscope.monitoring.waves import by_unit
from diffuscope.records.phrases import upper_first

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    import polars as pl

    from diffuscope.monitoring.audit.printed import Figure, Printed
    from diffuscope.records import AuditRow, Outcome

Label = tuple[str, str]
"""An area and a sub-area, both in their plain form."""


def plain(label: str | None) -> str:
    """A label without case, signs and order of words, so that two ways to print it meet.

    >>> plain("Business and Entrepreneurship") == plain("Entrepreneurship & Business")
    True
    """
    text = unicodedata.normalize("NFKD", label or "").casefold()
    return " ".join(sorted(word for word in re.findall(r"\w+", text) if word != "and"))


def lists_of_sub_areas(printed: Printed) -> Iterator[AuditRow]:
    """Each list of sub-areas (of a unit, or of an area) beside those of the programme's own report."""
    source = _in_source(printed)
    for figures in _groups(printed, "listed").values():
        first = figures[0]
        names = Counter((plain(figure.area), plain(figure.sub_area)) for figure in figures)
        whole = first.unit is None
        known = {
            label
            for (wave, unit, label) in source
            if wave == first.wave
            and (whole or unit == first.unit)
            and (not whole or label[0] in {area for area, _ in names})
        }
        yield _compared(
            printed, figures, names, known, {_label(figure): figure for figure in printed.figures}
        )


def lists_of_cities(printed: Printed, prepared: pl.DataFrame) -> Iterator[AuditRow]:
    """Each list of cities of a state beside the cities that have projects in that wave."""
    at = by_unit(prepared).select("wave", "unit", "state").unique().iter_rows()
    cities: dict[tuple[str, str], set[str]] = defaultdict(set)
    state_of: dict[str, str] = {}
    for wave, unit, state in at:
        cities[(wave, state)].add(unit)
        state_of[unit] = state
    for figures in _groups(printed, "listed-city").values():
        wave = str(figures[0].wave)
        states = {state_of[figure.unit] for figure in figures if figure.unit in state_of}
        known = {(city, "") for state in states for city in cities[(wave, state)]}
        names = Counter((str(figure.unit), "") for figure in figures)
        absent = {(city, "") for city in printed.returns.absent(wave)}
        yield _compared(printed, figures, names, known, {}, absent=absent)


def _groups(printed: Printed, quantity: str) -> Mapping[tuple[object, ...], list[Figure]]:
    groups: dict[tuple[object, ...], list[Figure]] = defaultdict(list)
    for figure in printed.figures:
        if figure.quantity == quantity:
            # a unit's list may run over several lines; without a unit each place is a list of its own
            unit = figure.unit if quantity == "listed" else None
            place = None if unit is not None else figure.locator
            groups[(figure.document, place, figure.wave, unit)].append(figure)
    return groups


def _in_source(printed: Printed) -> set[tuple[str, str, Label]]:
    return {
        (figure.wave or "", figure.unit or "", _label(figure))
        for figure in printed.figures
        if figure.quantity == "projects"
        and figure.sub_area is not None
        and figure.value > 0
        and printed.is_own(figure.document, figure.wave)
    }


def _label(figure: Figure) -> Label:
    return plain(figure.area), plain(figure.sub_area)


def _compared(
    printed: Printed,
    figures: list[Figure],
    names: Counter[Label],
    known: set[Label],
    labels: Mapping[Label, Figure],
    *,
    absent: Collection[Label] = (),
) -> AuditRow:
    if not known:
        says = "Not checkable: the programme's own report of that wave has no such list."
        return audited(printed, figures, "list", "not checkable", says)
    unheard = [label for label in names if label not in known and label in absent]
    extra = [label for label in names if label not in known and label not in absent]
    missing = sorted(known - set(names))
    twice = [label for label, times in names.items() if times > 1]
    outcome: Outcome = "differs" if extra else "incomplete" if missing else "confirmed"
    if unheard and outcome == "confirmed":
        outcome = "not checkable"
    groups = {
        "not in the source": extra,
        "without a return": unheard,
        "left out": missing,
        "named twice": twice,
    }
    text = "; ".join(
        f"{what}: {', '.join(_shown(printed, label, labels, figures) for label in group)}"
        for what, group in groups.items()
        if group
    )
    says = f"{upper_first(text or 'the same as in the source')}."
    return audited(
        printed,
        figures,
        "list",
        outcome,
        says,
        shown=", ".join(figure.printed for figure in figures),
        computed=", ".join(sorted(_shown(printed, label, labels, figures) for label in known)),
    )


def _shown(printed: Printed, label: Label, labels: Mapping[Label, Figure], figures: Iterable[Figure]) -> str:
    if label[1] == "":
        return printed.name(label[0])
    for figure in figures:
        if _label(figure) == label:
            return str(figure.sub_area)
    labelled = labels.get(label)
    return str(labelled.sub_area) if labelled is not None else label[1]
