"""Mechanisms: the order of events, what coded passages say, and the rule by which both come to a verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from diffuscope.evidence import coder_agreement, evidence_problems, main_driver, unknown_mechanisms
from diffuscope.mechanisms import mechanisms
from diffuscope.records import AuthorVerdict, MechanismRecord, Place, Problem
from diffuscope.study.parts.part import Part, StudyContext
from diffuscope.study.rules import stance_rules
from diffuscope.study.witnesses import EVIDENCE
from diffuscope.tables.keys import row_keys
from diffuscope.tables.raw import RawTable
from diffuscope.verdicts import neighbours_verdict, verdict, verdict_rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diffuscope.case import Case
    from diffuscope.case.private import Private
    from diffuscope.records import Agreement, Analysis, Chronology, DriverShare, Finding, Verdict
    from diffuscope.result import Result
    from diffuscope.study.channels import Layers
    from diffuscope.study.witnesses import Testimony

QUESTION = "a question ([[analysis]] in `case.toml`)"
"""What a case must have before anything can be asked of its dates and passages."""


def asks_nothing(case: Case) -> str | None:
    """Why nothing can be asked of the case; None where it asks a question."""
    return None if case.analyses else "asks no question: add an [[analysis]] to `case.toml`"


def _run(study: StudyContext, result: Result, heard: tuple[Testimony, ...]) -> Result:  # noqa: ARG001 its findings are all
    case, evidence = study.case, study.case.table("evidence")
    agreement: list[Agreement | None] = []
    drivers: list[DriverShare] = []
    for analysis in case.analyses:
        agreement.append(coder_agreement(evidence, analysis, study.options.seed))
        order = study.chronology[analysis.id].order
        drivers += main_driver(evidence, case.table("likelihoods"), analysis, order)
    return msgspec.structs.replace(
        result,
        mechanisms=_mechanism_records(),
        analyses=case.analyses,
        chronology=tuple(study.chronology.values()),
        author_verdicts=_author_verdicts(case, study.private),
        agreement=tuple(one for one in agreement if one is not None),
        drivers=tuple(drivers),
        rule=verdict_rule(),
        stance_rules=stance_rules(),
    )


def with_verdicts(result: Result) -> Result:
    """The result with a verdict for every mechanism in every question, from the findings of all witnesses."""
    order = {analysis.id: number for number, analysis in enumerate(result.analyses)}
    findings = tuple(sorted(result.findings, key=lambda one: order[one.analysis]))
    verdicts = [
        one
        for dates in result.chronology
        for one in _verdicts_of(
            dates, [one for one in findings if one.analysis == dates.analysis], result.author_verdicts
        )
    ]
    return msgspec.structs.replace(result, findings=findings, verdicts=tuple(verdicts))


def _verdicts_of(
    dates: Chronology, findings: Sequence[Finding], authors: Sequence[AuthorVerdict]
) -> Iterator[Verdict]:
    # who asked this very question is heard before who asked the nearest other
    heard = sorted(authors, key=lambda conclusion: not conclusion.own_question)
    author = {
        conclusion.mechanism: conclusion
        for conclusion in reversed(heard)
        if conclusion.analysis == dates.analysis
    }
    all_findings = tuple(findings)
    for name in mechanisms():
        yield verdict(name, dates, all_findings, author.get(name))
    neighbours = neighbours_verdict(dates, all_findings)
    if neighbours is not None:
        yield neighbours


def _author_verdicts(case: Case, private: Private) -> tuple[AuthorVerdict, ...]:
    """What authors concluded, without the words and places of private documents."""
    file = case.files.get("author_verdicts", "author_verdicts.csv")
    table, conclusions = case.table("author_verdicts"), []
    keys = row_keys("author_verdicts", table, table["_row"])
    for row in table.iter_rows(named=True):
        hidden = ("author_verdicts", row["_row"]) in private.rows
        conclusions.append(
            AuthorVerdict(
                analysis=row["analysis"],
                mechanism=row["mechanism"],
                verdict=row["verdict"],
                wording=None if hidden else row["wording"],
                document=None if hidden else row["document"],
                locator=None if hidden else row["locator"],
                place=Place(
                    table="author_verdicts",
                    file=file,
                    row=row["_row"],
                    key=None if hidden else keys.get(row["_row"]),
                ),
                own_question=row["question"] == "own",
            )
        )
    return tuple(conclusions)


def _mechanism_records() -> tuple[MechanismRecord, ...]:
    return tuple(
        MechanismRecord(
            name=mechanism.name,
            claim=mechanism.claim,
            definition=mechanism.definition,
            source=mechanism.source,
            criteria=tuple((item.id, item.text, item.role) for item in mechanism.all_criteria),
            rivals=mechanism.rivals,
            readings=mechanism.readings,
        )
        for mechanism in mechanisms().values()
    )


def _problems(case: Case, layers: Layers) -> Iterator[Problem]:  # noqa: ARG001 as every part is asked
    yield from evidence_problems(
        {name: case.table(name) for name in ("evidence", "likelihoods", "documents")},
        [analysis.id for analysis in case.analyses],
        case.files,
    )
    file = case.files.get("author_verdicts", "author_verdicts.csv")
    yield from unknown_mechanisms(
        RawTable(name="author_verdicts", file=file, cells=case.table("author_verdicts"))
    )
    yield from _questions(case)


def _questions(case: Case) -> Iterator[Problem]:
    """Questions that the case cannot answer as they are asked."""
    known = not any(problem.level == "error" and problem.table == "units" for problem in case.problems)
    for analysis in case.analyses:
        if not analysis.units and known:  # who the units are cannot be known before their table is fixed
            yield _refused(
                analysis,
                "question-needs-units",
                "has no units, so no unit could have adopted.",
                "give `units` a list of ids, or a kind that some unit of role `adopter` has",
            )
        if analysis.period == "wave" and not case.waves:
            yield _refused(
                analysis,
                "waves-need-dates",
                "has the period `wave`, but the case has no dates of waves.",
                "add a table [waves] with the date of each, or choose `year`, `month` or `day`",
            )


def _refused(analysis: Analysis, rule: str, why: str, fix: str) -> Problem:
    return Problem(
        level="error", rule=rule, message=f"The analysis `{analysis.id}` {why}", fix=fix, file="case.toml",
        column="analysis", value=analysis.id,
    )  # fmt: skip


PART = Part(
    name="mechanisms",
    reads=(
        *("units", "documents", "attributes", "policies", "adoptions", "ties", "support", "events"),
        *("attendance", "outcomes", "evidence", "likelihoods", "author_verdicts", "framework"),
    ),
    shows=None,
    needs=QUESTION,
    lacks=asks_nothing,
    problems=_problems,
    run=_run,
    witness=EVIDENCE,
    answers_questions=True,
)
