"""Inferred networks: who seems to follow whom over many policies, and along which ties."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from diffuscope.study.named_ties import asked_ties
from diffuscope.study.parts.part import Part, StudyContext
from diffuscope.study.witnesses import Testimony, Witness

if TYPE_CHECKING:
    from collections.abc import Callable

    from diffuscope.case import Case
    from diffuscope.records import Analysis
    from diffuscope.result import Result

NEEDS = "a question with `[analysis.inferred]` in `case.toml`"


def _lacks(case: Case) -> str | None:
    if any(one.inferred is not None for one in case.analyses):
        return None
    return f"asks for no inferred network: add {NEEDS}"


def _ask(study: StudyContext, analysis: Analysis, say: Callable[[str], None]) -> Testimony:
    if analysis.inferred is None:
        return Testimony(findings=())
    # loads the models' libraries, which a case without a network need not wait for
    from diffuscope.study.inferred_networks import inferred_record, network_findings

    say("inferring the network")
    dates = study.chronology[analysis.id]
    record = inferred_record(study.case, analysis, dates, study.layers, study.options.seed)
    return Testimony(findings=network_findings(record, analysis, dates), network=record)


def _run(study: StudyContext, result: Result, heard: tuple[Testimony, ...]) -> Result:  # noqa: ARG001 as every part is run
    from diffuscope.networks.stance import network_stance_rules

    networks = tuple(one.network for one in heard if one.network is not None)
    rules = (*result.stance_rules, *network_stance_rules())
    return msgspec.structs.replace(result, networks=networks, stance_rules=rules)


PART = Part(
    name="networks",
    reads=(
        "units",
        "policies",
        "adoptions",
        "ties",
        "support",
        "events",
        "attendance",
        "attributes",
        "outcomes",
    ),
    shows=None,
    needs=NEEDS,
    lacks=_lacks,
    problems=asked_ties,
    run=_run,
    after="statistics",
    for_part="mechanisms",
    witness=Witness(name="inferred networks", ask=_ask),
    answers_questions=True,
)
