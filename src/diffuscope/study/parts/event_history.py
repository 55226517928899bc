"""Statistics: event-history models of who adopted when, with their safeguards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from diffuscope.study.named_ties import asked_ties
from diffuscope.study.parts.evidence import QUESTION, asks_nothing
from diffuscope.study.parts.part import Part, StudyContext
from diffuscope.study.result_frames import frame_of
from diffuscope.study.witnesses import EVENT_HISTORY

if TYPE_CHECKING:
    from diffuscope.result import Result
    from diffuscope.study.witnesses import Testimony


def _run(study: StudyContext, result: Result, heard: tuple[Testimony, ...]) -> Result:  # noqa: ARG001 as every part is run
    fitted = [one.event_history for one in heard if one.event_history is not None]
    frames = {name: frame_of(frame) for one in fitted for name, frame in one.frames.items()}
    tables = {name: table for one in fitted for name, table in one.tables.items()}
    return msgspec.structs.replace(
        result,
        histories=tuple(one.history for one in fitted),
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
    answers_questions=True,
)
