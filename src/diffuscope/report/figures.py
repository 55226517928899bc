"""The figures of a report, drawn: in other processes, one group a question, from the result to pictures."""

from __future__ import annotations

from concurrent.futures import BrokenExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from diffuscope.compute import SharedData, begin
from diffuscope.errors import MethodError
from diffuscope.report.figure_frames import Frames
from diffuscope.report.figure_plans import FigurePlan, Section, planned
from diffuscope.report.names import Names
from diffuscope.report.painter import REFUSED, STOPPED, picture

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from diffuscope.figures import Figure
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
    work, shared = partial(_figures, files=files, png=png or files), SharedData(result)
    begun = {of: begin(work, shared, of) for of in (*(one.id for one in result.analyses), "")}

    def drawn() -> tuple[Drawn, ...]:
        made: dict[int, Drawn] = {}
        for of, group in begun.items():
            try:
                made |= group.result()
            except BrokenExecutor:
                made |= _one_by_one(work, shared, of, planned(Frames(result, names)))
        return tuple(made[at] for at in sorted(made))

    return drawn


def _one_by_one(
    work: Callable[..., dict[int, Drawn]], shared: SharedData[Result], of: str, plans: Sequence[FigurePlan]
) -> dict[int, Drawn]:
    """Figures of a group whose process stopped, one at a time: the one that stops it says so."""
    made: dict[int, Drawn] = {}
    for at, plan in enumerate(plans):
        if plan.analysis == of:
            try:
                made |= begin(work, shared, of, at).result()
            except BrokenExecutor:
                made[at] = _failed(plan, STOPPED)
    return made


def _figures(result: Result, of: str, only: int | None = None, *, files: bool, png: bool) -> dict[int, Drawn]:
    """Figures of one question, or of none, by their place among all; or only the one at a place."""
    from altair.utils.schemapi import debug_mode

    plans = enumerate(planned(Frames(result, Names(result))))
    with debug_mode(False):  # charts are validated by the tests
        made = {
            at: _drawn(one, files=files, png=png)
            for at, one in plans
            if one.analysis == of and only in {None, at}
        }
    return {at: one for at, one in made.items() if one is not None}


def _drawn(plan: FigurePlan, *, files: bool, png: bool) -> Drawn | None:
    from diffuscope.figures import to_specs

    try:
        figure = plan.make()
        if figure is None:
            return None
        chart, still = to_specs(figure)
        return _finished(plan, figure, chart, picture(still, figure.title, figure.alt, png), files=files)
    except MethodError as error:
        return _failed(plan, str(error))


def _finished(
    plan: FigurePlan, figure: Figure, chart: dict[str, Any], painted: tuple[str, bytes] | None, *, files: bool
) -> Drawn:
    if painted is None:
        raise MethodError(REFUSED)
    svg, png = painted
    return Drawn(
        name=f"{plan.analysis}-{figure.name}" if plan.analysis else figure.name,
        analysis=plan.analysis,
        section=plan.section,
        title=figure.title,
        caption=figure.caption,
        alt=figure.alt,
        data=plan.data,
        chart=chart,
        svg=svg,
        png=png,
        files=files,
    )


def _failed(plan: FigurePlan, reason: str) -> Drawn:
    name = "-".join(f"{plan.analysis} {plan.title}".lower().split())
    return Drawn(name=name, analysis=plan.analysis, section=plan.section, title=plan.title, failed=reason)
