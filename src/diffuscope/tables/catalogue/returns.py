"""What became of the return that each unit was to send in each reporting wave."""

from __future__ import annotations

from diffuscope.tables.catalogue.monitoring import WAVE
from diffuscope.tables.catalogue.shared import NEEDED_UNIT, NOTE, SOURCE, needed
from diffuscope.tables.columns import Column, Table

RETURN_STATES = ("received", "nil", "carried forward", "excused", "silent")

RETURNS = Table(
    name="returns",
    a_row_is="the return of one unit in one reporting wave",
    key=("wave", "unit"),
    columns=(
        needed(WAVE),
        needed(
            NEEDED_UNIT,
            "Who was to report; a state speaks for those of its cities that have no row of their own.",
        ),
        Column(
            name="state",
            kind="choice",
            required=True,
            choices=RETURN_STATES,
            description="received: its projects are in the wave · nil: it reported that it has none · "
            "carried forward: nothing came, and rows of an earlier wave are used instead · "
            "excused: no return was expected · silent: a return was expected, but none came.",
        ),
        Column(
            name="received",
            kind="date",
            description="When it came in; empty where unknown or where none came.",
        ),
        SOURCE,
        NOTE,
    ),
)
