"""The figures of a report: from a result to frames, and from frames to pictures."""

from __future__ import annotations

from concurrent.futures import BrokenExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from diffuscope.compute import SharedData, begin
from diffuscope.errors import MethodError
from diffuscope.report.figure_frames import Frames
from diffuscope.report.models import stem
from diffuscope.report.names import Names
from diffuscope.report.painter import REFUSED, begin_picture, picture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from diffuscope.figures import Figure
    from diffuscope.records import Analysis
    from diffuscope.result import Result

Section = Literal["verdicts", "evidence", "estimates", "spread", "register"]


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


class _Plan(NamedTuple):
    """A figure to be drawn: where it stands, what it is called should it fail, where its numbers are."""

    section: Section
    analysis: str
    title: str
    data: tuple[tuple[str, str], ...]
    make: Callable[[], Figure | None]


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
    work = partial(_figures, files=files, png=png or files)
    shared = SharedData(result)
    begun = {of: begin(work, shared, of) for of in (*(one.id for one in result.analyses), "")}

    def drawn() -> tuple[Drawn, ...]:
        made: dict[int, Drawn] = {}
        for of, group in begun.items():
            try:
                made |= group.result()
            except BrokenExecutor:  # which of them stopped it is told by painting each by itself
                plans = enumerate(_planned(Frames(result, names)))
                started = {
                    at: _start(one, files=files, png=png or files) for at, one in plans if one.analysis == of
                }
                made |= {at: one() for at, one in started.items() if one is not None}
        return tuple(made[at] for at in sorted(made))

    return drawn


def _planned(frames: Frames) -> list[_Plan]:
    """Every figure that a result may have, in the order of the page."""
    planned = [_overview(frames)]
    for analysis in frames.analyses:
        planned += [
            *_of_evidence(frames, analysis),
            *_of_estimates(frames, analysis),
            *_of_spread(frames, analysis),
        ]
    return [*planned, *_of_register(frames)]


def _figures(result: Result, of: str, *, files: bool, png: bool) -> dict[int, Drawn]:
    """Figures of one analysis, or of none, by their place among all: work of another process."""
    from altair.utils.schemapi import debug_mode

    plans = enumerate(_planned(Frames(result, Names(result))))
    with debug_mode(False):  # charts are validated by the tests
        made = {at: _drawn(one, files=files, png=png) for at, one in plans if one.analysis == of}
    return {at: one for at, one in made.items() if one is not None}


def _drawn(plan: _Plan, *, files: bool, png: bool) -> Drawn | None:
    from diffuscope.figures import to_specs

    try:
        figure = plan.make()
        if figure is None:
            return None
        chart, still = to_specs(figure)
        return _finished(plan, figure, chart, picture(still, figure.title, figure.alt, png), files=files)
    except MethodError as error:
        return _failed(plan, str(error))


def _overview(frames: Frames) -> _Plan:
    from diffuscope.figures.verdicts import verdict_strip

    return _Plan(
        "verdicts",
        "",
        "Verdicts",
        (("the verdicts below", "#verdicts"),),
        lambda: verdict_strip(frames.verdicts(), frames.every_mechanism, frames.questions),
    )


def _of_evidence(frames: Frames, analysis: Analysis) -> Iterator[_Plan]:
    """What is to be drawn of the evidence in one analysis."""
    from diffuscope.figures.evidence_by_criterion import evidence_matrix
    from diffuscope.figures.posterior_robustness import lines_of, robustness, robustness_frame

    below = (("the passages below", f"#evidence-{analysis.id}"),)
    yield _Plan(
        "evidence",
        analysis.id,
        "Evidence by criterion",
        below,
        lambda: evidence_matrix(
            frames.criteria(analysis.id), frames.items(analysis.id), frames.mechanisms(analysis.id)
        ),
    )
    yield _Plan(
        "evidence",
        analysis.id,
        "How firm the probabilities are",
        (("every setting", "tables/robustness.csv"),),
        lambda: robustness(
            robustness_frame(frames.findings(analysis.id)), lines_of(frames.findings(analysis.id))
        ),
    )


def _of_estimates(frames: Frames, analysis: Analysis) -> Iterator[_Plan]:
    """What is to be drawn of the main model of one analysis; nothing where none stands."""
    from diffuscope.figures.coefficients import coefficients
    from diffuscope.figures.hazard_and_curve import pace

    main = frames.model(analysis.id)
    if main is None:
        return
    below = ("the table below", f"#model-{analysis.id}")
    yield _Plan(
        "estimates",
        analysis.id,
        "Coefficients",
        (below, ("every term", "tables/coefficients.csv")),
        lambda: coefficients(main.terms, main.scale, measure=main.measure, more=main.more),
    )
    found = frames.pace(analysis.id)
    if found is not None:
        files = ((kind, f"tables/{kind}-{stem(analysis.id)}.csv") for kind in ("hazard", "curve"))
        unit = _TIME[analysis.period]
        yield _Plan(
            "estimates", analysis.id, "Hazard and adoption curve", tuple(files), lambda: pace(*found, unit)
        )


_TIME = {"year": "years", "month": "months", "day": "days", "wave": "years"}
"""What time at risk is counted in; between uneven waves it is told in years."""


def _of_spread(frames: Frames, analysis: Analysis) -> Iterator[_Plan]:
    """What is to be drawn of when and where one policy, or several, spread."""
    from diffuscope.figures.map import adoption_map
    from diffuscope.figures.timeline import timeline

    yield _Plan(
        "spread",
        analysis.id,
        "Timeline",
        (("adoptions", "#adoptions"), ("meetings", "#events"), ("support", "#support")),
        lambda: timeline(
            frames.adoptions(analysis),
            frames.table("events"),
            frames.table("support"),
            asked=analysis.units,
            units=frames.unit_names,
            policies=frames.policy_names,
        ),
    )
    yield _Plan(
        "spread",
        analysis.id,
        "Map",
        (("adoptions", "#adoptions"), ("places", "#units")),
        lambda: adoption_map(
            frames.units(analysis),
            frames.adoptions(analysis),
            policies={policy: frames.policy_names.get(policy, policy) for policy in analysis.policies},
            waves=frames.waves if analysis.period == "wave" else None,
        ),
    )


def _of_register(frames: Frames) -> Iterator[_Plan]:
    """What is to be drawn of a register; nothing where the result counts none."""
    from diffuscope.figures.register import area_bars, wave_bars

    yield _Plan(
        "register",
        "",
        "Projects by wave",
        (("the table below", "#register-totals"), ("every wave", "tables/wave_totals.csv")),
        lambda: wave_bars(frames.totals()),
    )
    yield _Plan(
        "register",
        "",
        "Projects by area",
        (("the tables below", "#register-areas"), ("every count", "tables/project_counts.csv")),
        lambda: area_bars(frames.area_counts(), frames.totals()["wave"].to_list()),
    )


def _start(plan: _Plan, *, files: bool, png: bool) -> Callable[[], Drawn] | None:
    """Build a figure and have it painted in another process; what it becomes is known when that is done."""
    from diffuscope.figures import to_specs

    try:
        figure = plan.make()
    except MethodError as error:
        return partial(_failed, plan, str(error))
    if figure is None:
        return None
    chart, still = to_specs(figure)
    painted = begin_picture(still, figure.title, figure.alt, png=png)

    def finished() -> Drawn:
        try:
            return _finished(plan, figure, chart, painted(), files=files)
        except MethodError as error:
            return _failed(plan, str(error))

    return finished


def _finished(
    plan: _Plan, figure: Figure, chart: dict[str, Any], painted: tuple[str, bytes] | None, *, files: bool
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


def _failed(plan: _Plan, reason: str) -> Drawn:
    name = "-".join(f"{plan.analysis} {plan.title}".lower().split())
    return Drawn(name=name, analysis=plan.analysis, section=plan.section, title=plan.title, failed=reason)
