"""Which figures a result may have, in the order of the page, and where the numbers of each stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from diffuscope.report.figure_frames import gain_curve
from diffuscope.report.models import stem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from diffuscope.figures import Figure
    from diffuscope.records import Analysis
    from diffuscope.report.figure_frames import Frames

Section = Literal["verdicts", "evidence", "estimates", "inferred", "spread", "register"]


class FigurePlan(NamedTuple):
    """A figure to be drawn: where it stands, what it is called should it fail, where its numbers are."""

    section: Section
    analysis: str
    title: str
    data: tuple[tuple[str, str], ...]
    make: Callable[[], Figure | None]


def planned(frames: Frames) -> list[FigurePlan]:
    """Every figure that a result may have, in the order of the page."""
    plans = [_overview(frames)]
    for analysis in frames.analyses:
        plans += [
            *_of_evidence(frames, analysis),
            *_of_estimates(frames, analysis),
            *_of_inferred(frames, analysis),
            *_of_spread(frames, analysis),
        ]
    return [*plans, *_of_register(frames)]


def _overview(frames: Frames) -> FigurePlan:
    from diffuscope.figures.verdicts import verdict_strip

    return FigurePlan(
        "verdicts",
        "",
        "Verdicts",
        (("the verdicts below", "#verdicts"),),
        lambda: verdict_strip(frames.verdicts(), frames.every_mechanism, frames.questions),
    )


def _of_evidence(frames: Frames, analysis: Analysis) -> Iterator[FigurePlan]:
    """What is to be drawn of the evidence in one analysis."""
    from diffuscope.figures.evidence_by_criterion import evidence_matrix
    from diffuscope.figures.posterior_robustness import lines_of, robustness, robustness_frame

    below = (("the passages below", f"#evidence-{analysis.id}"),)
    yield FigurePlan(
        "evidence",
        analysis.id,
        "Evidence by criterion",
        below,
        lambda: evidence_matrix(
            frames.criteria(analysis.id), frames.items(analysis.id), frames.mechanisms(analysis.id)
        ),
    )
    yield FigurePlan(
        "evidence",
        analysis.id,
        "How robust the probabilities are",
        (("every setting", "tables/robustness.csv"),),
        lambda: robustness(
            robustness_frame(frames.findings(analysis.id)), lines_of(frames.findings(analysis.id))
        ),
    )


def _of_estimates(frames: Frames, analysis: Analysis) -> Iterator[FigurePlan]:
    """What is to be drawn of the main model of one analysis; nothing where none stands."""
    from diffuscope.figures.coefficients import coefficients
    from diffuscope.figures.hazard_and_curve import pace

    main = frames.model(analysis.id)
    if main is None:
        return
    below = ("the table below", f"#model-{analysis.id}")
    yield FigurePlan(
        "estimates",
        analysis.id,
        "Coefficients",
        (below, ("every term", "tables/coefficients.csv")),
        lambda: coefficients(main.terms, main.scale, measure=main.measure, more=main.more),
    )
    numbers = frames.pace(analysis.id)
    if numbers is not None:
        files = ((kind, f"tables/{kind}-{stem(analysis.id)}.csv") for kind in ("hazard", "curve"))
        unit = _TIME[analysis.period]
        yield FigurePlan(
            "estimates", analysis.id, "Hazard and adoption curve", tuple(files), lambda: pace(*numbers, unit)
        )


def _of_inferred(frames: Frames, analysis: Analysis) -> Iterator[FigurePlan]:
    """What is to be drawn of an inferred network; nothing where there is none."""
    from diffuscope.figures.inferred_network import gain_curve_plot, network_drawing

    edges = frames.inferred_edges(analysis.id)
    if edges is None:
        return
    numbers = (("every edge", "tables/inferred_edges.csv"),)
    yield FigurePlan("inferred", analysis.id, "Inferred network", numbers, lambda: network_drawing(edges))
    yield FigurePlan(
        "inferred",
        analysis.id,
        "Improvement by each edge",
        numbers,
        lambda: gain_curve_plot(gain_curve(edges)),
    )


_TIME = {"year": "years", "month": "months", "day": "days", "wave": "years"}
"""What time at risk is counted in; between uneven waves it is told in years."""


def _of_spread(frames: Frames, analysis: Analysis) -> Iterator[FigurePlan]:
    """What is to be drawn of when and where one policy, or several, spread."""
    from diffuscope.figures.map import adoption_map
    from diffuscope.figures.timeline import timeline

    yield FigurePlan(
        "spread",
        analysis.id,
        "Timeline",
        (("adoptions", "#adoptions"), ("meetings", "#events"), ("support", "#support")),
        lambda: timeline(
            frames.adoptions(analysis),
            frames.table("events"),
            frames.table("support"),
            analysis_units=analysis.units,
            units=frames.unit_names,
            policies=frames.policy_names,
        ),
    )
    yield FigurePlan(
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


def _of_register(frames: Frames) -> Iterator[FigurePlan]:
    """What is to be drawn of a register; nothing where the result counts none."""
    from diffuscope.figures.register import area_bars, wave_bars

    yield FigurePlan(
        "register",
        "",
        "Projects by wave",
        (("the table below", "#register-totals"), ("every wave", "tables/wave_totals.csv")),
        lambda: wave_bars(frames.totals()),
    )
    yield FigurePlan(
        "register",
        "",
        "Projects by area",
        (("the tables below", "#register-areas"), ("every count", "tables/project_counts.csv")),
        lambda: area_bars(frames.area_counts(), frames.totals()["wave"].to_list()),
    )
