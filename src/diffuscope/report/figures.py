"""The figures of a report: charts made here, and painted in other processes, a question at a time."""

from __future__ import annotations

from concurrent.futures import BrokenExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from diffuscope.compute import begin
from diffuscope.errors import MethodError
from diffuscope.report.figure_frames import Frames
from diffuscope.report.figure_plans import Section, planned
from diffuscope.report.painter import REFUSED, STOPPED, picture, ready

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from diffuscope.report.figure_plans import FigurePlan
    from diffuscope.report.names import Names
    from diffuscope.result import Result


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A figure as the report holds it, or the reason why it could not be drawn.

    Parameters
    ----------
    name : str
        Stem of its files; unique in the report.
    analysis : str
        Empty where it speaks of all analyses.
    section : {"verdicts", "evidence", "estimates", "spread", "register"}
        Where it stands.
    title, caption, alt : str
    data : tuple of (str, str)
        Where its numbers stand: words and address.
    chart : dict or None
        The interactive form, a Vega-Lite specification without colours.
    svg : str
    png : bytes
        Empty where it is not asked for.
    files : bool
        Whether both are files of their own too.
    failed : str or None
    """

    name: str
    analysis: str
    section: Section
    title: str
    caption: str = ""
    alt: str = ""
    data: tuple[tuple[str, str], ...] = ()
    chart: dict[str, Any] | None = None
    svg: str = ""
    png: bytes = b""
    files: bool = False
    failed: str | None = None


@dataclass(frozen=True, kw_only=True)
class _Unpainted:
    """A figure before it is painted, or the reason why there is none; `title` is that of its plan."""

    title: str
    drawn: Drawn
    still: dict[str, Any] | None = None

    def failed(self, reason: str) -> Drawn:
        return _failed(self.drawn.analysis, self.drawn.section, self.title, reason)


def draw(result: Result, names: Names, *, files: bool = False) -> tuple[Drawn, ...]:
    """Every figure of a report; what cannot be drawn says why.

    Parameters
    ----------
    result : Result
    names : Names
    files : bool
        Whether the figures are files of their own too, as SVG and PNG.

    Returns
    -------
    tuple of Drawn
    """
    return begin_drawing(result, names, files=files)()


def begin_drawing(
    result: Result, names: Names, *, files: bool = False, png: bool = False
) -> Callable[[], tuple[Drawn, ...]]:
    """Begin to draw every figure of a report; what comes back waits until they are painted.

    Parameters
    ----------
    result : Result
    names : Names
    files : bool
        Whether the figures are files of their own too.
    png : bool
        Whether they are wanted as PNG, as files are.

    Returns
    -------
    callable
        Gives the figures.
    """
    begin(ready)  # what paints takes a second to start, in which the first charts are made
    paint = partial(_painted, files=files, png=png or files)
    groups = _charts(planned(Frames(result, names)), [*(one.id for one in result.analyses), ""])
    painting = [(begin(paint, group), group) for group in groups]

    def drawn() -> tuple[Drawn, ...]:
        made: dict[int, Drawn] = {}
        for task, group in painting:
            try:
                made |= task.result()
            except BrokenExecutor:
                made |= _one_by_one(paint, group)
        return tuple(made[at] for at in sorted(made))

    return drawn


def _one_by_one(
    paint: Callable[[Mapping[int, _Unpainted]], dict[int, Drawn]], group: Mapping[int, _Unpainted]
) -> dict[int, Drawn]:
    """Figures of a group whose process stopped, one at a time: the one that stops it says so."""
    made: dict[int, Drawn] = {}
    for at, one in group.items():
        try:
            made |= begin(paint, {at: one}).result()
        except BrokenExecutor:
            made[at] = one.failed(STOPPED)
    return made


def _charts(plans: Sequence[FigurePlan], questions: Sequence[str]) -> Iterator[dict[int, _Unpainted]]:
    """Charts of one question after another, by their place among all figures."""
    from altair.utils.schemapi import debug_mode

    for of in questions:
        with debug_mode(False):  # charts are validated by the tests
            made = {at: _chart(plan) for at, plan in enumerate(plans) if plan.analysis == of}
        yield {at: one for at, one in made.items() if one is not None}


def _chart(plan: FigurePlan) -> _Unpainted | None:
    from diffuscope.figures import to_specs

    try:
        figure = plan.make()
        if figure is None:
            return None
        chart, still = to_specs(figure)
    except MethodError as error:
        drawn = _failed(plan.analysis, plan.section, plan.title, str(error))
        return _Unpainted(title=plan.title, drawn=drawn)
    drawn = Drawn(
        name=f"{plan.analysis}-{figure.name}" if plan.analysis else figure.name,
        analysis=plan.analysis,
        section=plan.section,
        title=figure.title,
        caption=figure.caption,
        alt=figure.alt,
        data=plan.data,
        chart=chart,
    )
    return _Unpainted(title=plan.title, drawn=drawn, still=still)


def _painted(group: Mapping[int, _Unpainted], *, files: bool, png: bool) -> dict[int, Drawn]:
    """Figures with their pictures, by their place."""
    return {at: _with_picture(one, files=files, png=png) for at, one in group.items()}


def _with_picture(one: _Unpainted, *, files: bool, png: bool) -> Drawn:
    if one.still is None:
        return one.drawn
    painted = picture(one.still, one.drawn.title, one.drawn.alt, png)
    if painted is None:
        return one.failed(REFUSED)
    svg, content = painted
    return replace(one.drawn, svg=svg, png=content, files=files)


def _failed(analysis: str, section: Section, title: str, reason: str) -> Drawn:
    name = "-".join(f"{analysis} {title}".lower().split())
    return Drawn(name=name, analysis=analysis, section=section, title=title, failed=reason)
