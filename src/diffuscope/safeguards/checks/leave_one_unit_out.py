"""Leave one unit out: does it all rest on one unit?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.panel.decisions import DECIDER
from diffuscope.safeguards.engine.check import Check, SafeguardOptions
from diffuscope.safeguards.engine.leave_one_out import LeftOutInTurn, leave_one_out

if TYPE_CHECKING:
    from diffuscope.records import Safeguard
    from diffuscope.safeguards.tested_model import TestedModel


def leave_one_unit_out(tested: TestedModel, column: str, options: SafeguardOptions) -> Safeguard:
    """Leave one unit out: whether the coefficient stays above zero whichever unit is left out.

    Units that decided together are left out together.
    """
    way = DECIDER if DECIDER in tested.panel.table().columns else "unit"
    return leave_one_out(tested, column, LeftOutInTurn(way, "units", 3, "unit"))


SAFEGUARD = Check(
    name="leave one unit out",
    asks="Does the coefficient stay above zero if any one unit is left out?",
    role="decisive",
    run=leave_one_unit_out,
)
