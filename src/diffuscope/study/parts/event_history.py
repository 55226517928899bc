"""Statistics: event-history models of who adopted when, with their safeguards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from diffuscope.study.named_ties import asked_ties
from diffuscope.study.parts.evidence import QUESTION, asks_nothing
from diffuscope.study.parts.part import Part, StudyContext
from diffuscope.study.result_frames import frame_of
from diffuscope.study.witnesses import EVENT_HISTORY, refuse_few_draws

if TYPE_CHECKING:
    from diffuscope.result import Result


def _run(study: StudyContext, result: Result) -> Result:
    asked = study.case.analyses
    refuse_few_draws(study.case, asked, study.layers, study.options)
    heard = [
        EVENT_HISTORY.ask(study, one, study.say(f"analysis {one.id}", done, len(asked)))
        for done, one in enumerate(asked)
    ]
    told = [one.event_history for one in heard if one.event_history is not None]
    frames = {name: frame_of(frame) for one in told for name, frame in one.frames.items()}
    tables = {name: table for one in told for name, table in one.tables.items()}
    return msgspec.structs.replace(
        result,
        findings=(*result.findings, *(finding for one in heard for finding in one.findings)),
        histories=tuple(one.history for one in told),
        frames=result.frames | frames,
        tables=result.tables | tables,
    )


PART = Part(
    name="statistics",
    reads=(
        *("units", "documents", "attributes", "policies", "adoptions", "ties", "support", "events"),
        *("attendance", "outcomes"),
    ),
    shows=None,
    needs=QUESTION,
    lacks=asks_nothing,
    problems=asked_ties,
    run=_run,
    after="mechanisms",
    for_part="mechanisms",
    witness=EVENT_HISTORY,
)
