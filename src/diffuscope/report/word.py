"""The short report as a Word document: what a meeting needs on paper, to be edited and passed on."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from diffuscope.records.phrases import counted, noun, upper_first
from diffuscope.report.document import Document
from diffuscope.report.sections.answer import answer
from diffuscope.report.sections.audit import audit
from diffuscope.report.sections.claims import claims
from diffuscope.report.sections.conclusions import conclusions, frozen_says
from diffuscope.report.sections.data import source_line
from diffuscope.report.sections.estimates import estimates
from diffuscope.report.sections.programme import programme
from diffuscope.report.sections.register import register
from diffuscope.report.word_estimates import plain_sentence, write_estimates
from diffuscope.report.word_programme import write_programme
from diffuscope.report.words import mechanism_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.report.figures import Drawn
    from diffuscope.report.names import Names
    from diffuscope.result import Result

SHOWN = 40
"""Rows of a long list; the document says how many more there are, and where."""


def word(result: Result, names: Names, drawn: Sequence[Drawn]) -> bytes:
    """The short report as a `.docx`; the same result gives the same bytes.

    Parameters
    ----------
    result : Result
    names : Names
    drawn : sequence of Drawn
        The figures of the report; those of the first screens are taken.

    Returns
    -------
    bytes
    """
    made = datetime.fromisoformat(result.run.time)
    paper = Document(result.case.title, made, source_line(result))
    _answer(paper, answer(result, names))
    content = register(result, names)
    if content:
        _register(paper, content, drawn)
    held = programme(result, names)
    if held:
        write_programme(paper, held, SHOWN)
    checked = audit(result, names)
    if checked:
        _audit(paper, checked)
    stated = claims(result, names)
    if stated:
        _claims(paper, stated)
    if result.analyses:
        _verdicts(paper, conclusions(result, names), drawn, frozen_says(result))
    if result.histories:
        write_estimates(paper, result, estimates(result, names))
    return paper.content()


def _answer(paper: Document, content: dict[str, Any]) -> None:
    if content["question"]:
        paper.text(content["question"])
        for sentence in filter(None, (content["when"], content["likeliest"])):
            paper.text(sentence)
        paper.table(
            "The answer in short",
            ("Mechanism", "Verdict", "Why", "Author"),
            [
                (
                    upper_first(mechanism_label(answer["mechanism"])),
                    answer["verdict"],
                    answer["says"],
                    answer["author"] or "–",
                )
                for answer in content["answers"]
            ],
            (2, 2, 5, 2),
        )
    for sentence in content["register"]:
        paper.text(sentence)
    if content["cannot"]:
        paper.heading("What these data cannot show", 2)
        paper.points(map(plain_sentence, content["cannot"]))


def _register(paper: Document, content: dict[str, Any], drawn: Sequence[Drawn]) -> None:
    paper.part("The register")
    paper.text(" ".join(content["lead"]))
    _figures(paper, drawn, "register", "register-waves")
    totals = content["totals"]
    judged = ("Judged",) if totals["judged"] else ()
    returns = ("Returns",) if totals["returns"] else ()
    paper.table(
        "Projects by wave and status",
        (
            "Wave",
            "Projects",
            upper_first(content["noun"][1]),
            *returns,
            *map(upper_first, totals["statuses"]),
            *judged,
        ),
        [
            (
                row["wave"],
                row["projects"],
                row["units"],
                *([row["returns"]] if returns else []),
                *(f"{cell['n']} ({cell['share']})" if cell["n"] != "0" else "0" for cell in row["counts"]),
                *([row["judged"]] if judged else []),
            )
            for row in totals["rows"]
        ],
    )
    if content["joint"]:
        paper.text(content["joint"])
    if content["change"]:
        _change(paper, content)
    if content["areas"]:
        _areas(paper, content, drawn)
    if content["links"]:
        _links(paper, content)
    if content["gaps"]:
        _unfinished(paper, content)


def _unfinished(paper: Document, content: dict[str, Any]) -> None:
    paper.heading("Areas without a finished project", 2)
    if content["rests_on"]:
        paper.text(f"No return shows a finished project there. {content['rests_on']}")
    paper.points(f"{gap['name']}: {gap['says']}." for gap in content["gaps"])


def _change(paper: Document, content: dict[str, Any]) -> None:
    paper.heading("What changed", 2)
    paper.table(
        "Projects that changed between waves; in brackets, those that do not depend on a judged status or "
        "link, where that is fewer",
        ("Waves", *content["change_names"]),
        [
            (
                row["waves"],
                *(f"{cell['n']}{f' ({sure})' if (sure := cell['sure']) else ''}" for cell in row["cells"]),
            )
            for row in content["changes"]
        ],
        (2.4, *(1.6 for _ in content["change_names"])),
    )
    change = content["change"]
    for part in change["lists"]:
        rows, every = part["rows"][:SHOWN], len(part["rows"]) + part["hidden"]
        paper.table(
            f"{part['title'].partition(' (')[0]}, {change['before']} to {change['after']}",
            ("Project", upper_first(content["noun"][0]), "Area", "Status", "Row"),
            [(_titled(row), row["unit"], row["area"], _status(row), str(row["row"])) for row in rows],
            (5, 3, 3, 3, 1),
        )
        _more(paper, every - len(rows), "tables/movements.csv")


def _titled(row: dict[str, Any]) -> str:
    return f"{row['title']} ({row['goes_on']})" if row["goes_on"] else str(row["title"])


def _status(row: dict[str, Any]) -> str:
    return f"{row['status']}, judged" if row["judged"] else str(row["status"])


def _areas(paper: Document, content: dict[str, Any], drawn: Sequence[Drawn]) -> None:
    areas = content["areas"]
    paper.heading("Areas", 2)
    _figures(paper, drawn, "register", "register-areas")
    note = (
        "; in brackets, those whose status is not a judgement, where that is fewer" if areas["judged"] else ""
    )
    paper.table(
        f"Projects by area and wave, with their share of the wave{note}",
        ("Area", *areas["waves"]),
        [
            (
                row["name"],
                *(
                    f"{cell['n']}, {cell['share']}{f' ({sure})' if (sure := cell['sure']) else ''}"
                    for cell in row["cells"]
                ),
            )
            for row in areas["rows"]
        ],
        (3, *(1.5 for _ in areas["waves"])),
    )


def _links(paper: Document, content: dict[str, Any]) -> None:
    paper.heading("Links to confirm", 2)
    paper.text(
        "Rows without a link that may continue an earlier project. To confirm a link, write the id into "
        f"project of the row, in {content['file']}, and give the reason in link_basis."
    )
    rows = [
        (
            f"{new['title']} ({new['unit']}, {new['wave']}, row {new['row']})",
            f"{candidate['title']} ({candidate['wave']}, row {candidate['row']})",
            candidate["score"],
            candidate["reason"],
            candidate["project"]
            if candidate["column"] == "project"
            else f"{candidate['column']}: {candidate['project']}",
        )
        for new in content["links"]
        for candidate in new["candidates"]
    ]
    paper.table(
        "Rows that may be an earlier project",
        ("Row without a link", "May be", "Similarity", "Why", "Id to write"),
        rows[:SHOWN],
        (4, 4, 1.2, 4, 2.5),
    )
    _more(paper, len(rows) - SHOWN + content["links_hidden"], "tables/links_to_confirm.csv")


def _audit(paper: Document, content: dict[str, Any]) -> None:
    paper.part("Printed figures, checked")
    for sentence in content["lead"]:
        paper.text(sentence)
    paper.table(
        "Checks by document",
        ("Document", "Own report", *(upper_first(outcome["name"]) for outcome in content["outcomes"]), "All"),
        [
            (
                row["link"].text if row["link"] else row["id"],
                "yes" if row["own"] else "no",
                *row["counts"],
                row["all"],
            )
            for row in content["documents"]
        ],
        (3, 1.2, *(1.5 for _ in content["outcomes"]), 1),
    )
    differ = [row for row in content["rows"] if row["outcome"] == "differs"]
    if not differ:
        return
    paper.table(
        "Where printed and computed values differ",
        ("What and where", "Printed", "Computed", "Finding"),
        [
            (_where(row), row["printed"] or "–", row["computed"] or "–", _finding(row))
            for row in differ[:SHOWN]
        ],
        (4.5, 2.5, 2.5, 6),
    )
    every = next(
        int(outcome["count"].replace(",", ""))
        for outcome in content["outcomes"]
        if outcome["name"] == "differs"
    )
    _more(paper, every - min(len(differ), SHOWN), "tables/audit.csv")


def _where(row: dict[str, Any]) -> str:
    document = row["document"].text if row["document"] else row["document_id"]
    place = f"{document}, {row['locator']}" if row["locator"] else document
    return f"{row['about']} — {place}; {row['kind_words']}"


def _finding(row: dict[str, Any]) -> str:
    suggested = f" Suggested: {row['suggestion']}." if row["suggestion"] else ""
    accepted = f" Accepted by {row['known']}." if row["known"] else ""
    rows = "; ".join(f"{file}, row {', '.join(row for row, _ in rows)}" for file, rows in row["files"])
    return f"{plain_sentence(row['says'])}{suggested}{accepted} [{rows}]"


def _claims(paper: Document, content: dict[str, Any]) -> None:
    paper.part("Statements, checked")
    paper.text(content["lead"])
    shown = content["claims"][:SHOWN]
    paper.table(
        "Statements of documents about the data",
        ("Outcome", "Statement", "Finding"),
        [
            (
                f"{claim['outcome']}{', accepted' if claim['known'] else ''}",
                f"{claim['paraphrase']} ({claim['document'].text if claim['document'] else claim['id']}"
                f"{f', {place}' if (place := claim['locator']) else ''})",
                f"{plain_sentence(claim['says'])}{f' Accepted by {by}.' if (by := claim['known']) else ''}",
            )
            for claim in shown
        ],
        (2.2, 5.5, 7.5),
    )
    _more(paper, len(content["claims"]) - len(shown), "tables/claims.csv")


def _verdicts(
    paper: Document, analyses: list[dict[str, Any]], drawn: Sequence[Drawn], frozen: str | None
) -> None:
    paper.part("Verdicts")
    if frozen:
        paper.text(plain_sentence(frozen))
    _figures(paper, drawn, "verdicts")
    for analysis in analyses:
        paper.heading(analysis["question"], 2)
        paper.table(
            analysis["facts"],
            ("Mechanism", "Our verdict", "The author’s"),
            [
                (
                    upper_first(", ".join(card["mechanisms"])),
                    plain_sentence(card["sentence"]),
                    card["author"]["verdict"] if card["author"] else "–",
                )
                for card in analysis["cards"]
            ],
            (2.5, 9, 2.5),
        )


def _figures(paper: Document, drawn: Sequence[Drawn], section: str, name: str | None = None) -> None:
    for figure in drawn:
        if figure.section == section and name in (None, figure.name) and figure.failed is None:
            paper.figure(figure.png, figure.title, figure.caption, figure.alt)


def _more(paper: Document, number: int, where: str) -> None:
    if number > 0:
        paper.text(
            f"{counted(number, 'more row')} {noun(number, 'is', 'are')} in {where}, next to the report."
        )
