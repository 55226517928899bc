"""The page: one self-contained HTML file that opens offline."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from diffuscope.records.phrases import counted, noun
from diffuscope.records.probability import probability_text
from diffuscope.report.policy import as_source, content_policy, packed
from diffuscope.report.prose import Prose
from diffuscope.report.sections.answer import answer
from diffuscope.report.sections.audit import audit
from diffuscope.report.sections.claims import claims
from diffuscope.report.sections.conclusions import conclusions, frozen_says
from diffuscope.report.sections.data import data, in_files, made, source_line, sources
from diffuscope.report.sections.definitions import mechanisms, rule, stance_rules
from diffuscope.report.sections.estimates import estimates
from diffuscope.report.sections.evidence import evidence
from diffuscope.report.sections.inferred import inferred
from diffuscope.report.sections.limits import limits
from diffuscope.report.sections.order import order
from diffuscope.report.sections.peers import peers
from diffuscope.report.sections.places import places
from diffuscope.report.sections.programme import programme
from diffuscope.report.sections.register import register
from diffuscope.report.sections.safeguards import title, tried

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.report.figure_plans import Section
    from diffuscope.report.figures import Drawn
    from diffuscope.report.names import Names
    from diffuscope.report.tables import OutTable
    from diffuscope.result import Result


def page(
    result: Result, names: Names, drawn: Sequence[Drawn], tables: Sequence[OutTable], library: str
) -> bytes:
    """The report as one HTML file that loads nothing.

    Parameters
    ----------
    result : Result
    names : Names
    drawn : sequence of Drawn
        Its figures.
    tables : sequence of OutTable
        Its tables.
    library : str
        The JavaScript that draws charts.

    Returns
    -------
    bytes
    """
    style, script = _part("style.css"), _part("page.js")
    charts = {figure.name: figure.chart for figure in drawn if figure.chart is not None}
    scripts = [library, script] if charts else [script]
    html = (
        _environment()
        .get_template("page.html")
        .render(
            **_sections(result, names, drawn, tables),
            run=result.run,
            policy=content_policy([style], scripts),
            style=Markup(style),
            script=Markup(script),
            library=Markup(library),
            charts=packed({"charts": charts, "themes": _themes()}) if charts else "",
            prose=Prose(result),
            probability=probability_text,
        )
    )
    return html.encode()


def _sections(
    result: Result, names: Names, drawn: Sequence[Drawn], tables: Sequence[OutTable]
) -> dict[str, Any]:
    coded, dated, networks = evidence(result, names), estimates(result, names), inferred(result, names)
    by_section: dict[Section, list[dict[str, Any]]] = {
        "evidence": coded, "estimates": dated, "inferred": networks,
    }  # fmt: skip
    for section, parts in by_section.items():
        for part in parts:
            part["figures"] = _figures(drawn, section, part["id"])
    return {
        "answer": answer(result, names),
        "overview": _figures(drawn, "verdicts", ""),
        "conclusions": conclusions(result, names),
        "frozen": frozen_says(result),
        "evidence": coded,
        "orders": order(result, names),
        "estimates": dated,
        "estimates_title": title(result),
        "tried": tried(result),
        "inferred": networks,
        "spread": _spread(result, drawn),
        "register": register(result, names),
        "register_figures": _figures(drawn, "register", ""),
        "places": places(result, names),
        "peers": peers(result, names),
        "programme": programme(result, names),
        "audit": audit(result, names),
        "claims": claims(result, names),
        "limits": limits(result, names, {figure.title: figure.failed for figure in drawn if figure.failed}),
        "rule": rule(result),
        "stance_rules": stance_rules(result),
        "mechanisms": mechanisms(result),
        "sources": sources(result),
        "data": data(result, tables),
        "in_files": in_files(tables),
        "made": made(result),
        "source_line": source_line(result),
    }


def _spread(result: Result, drawn: Sequence[Drawn]) -> list[dict[str, Any]]:
    return [
        {"id": analysis.id, "question": analysis.question, "figures": shown}
        for analysis in result.analyses
        if (shown := _figures(drawn, "spread", analysis.id))
    ]


def _figures(drawn: Sequence[Drawn], section: Section, analysis: str) -> list[dict[str, Any]]:
    return [
        {
            "name": figure.name,
            "title": figure.title,
            "caption": figure.caption,
            "alt": figure.alt,
            "data": figure.data,
            "chart": figure.chart is not None,
            "still": as_source(figure.svg),
            "files": figure.files,
            "failed": figure.failed,
        }
        for figure in drawn
        if (figure.section, figure.analysis) == (section, analysis)
    ]


def _themes() -> dict[str, Any]:
    from diffuscope.figures.theme import config

    return {"light": config("light"), "dark": config("dark")}


@cache
def _part(name: str) -> str:
    return files(__package__).joinpath("templates", name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("diffuscope.report"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.globals |= {"count": counted, "noun": noun}
    return environment
