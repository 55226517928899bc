"""Leave one policy out: does it all rest on one policy?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.safeguards.engine.check import Check, SafeguardOptions
from diffuscope.safeguards.engine.leave_one_out import LeftOutInTurn, leave_one_out

if TYPE_CHECKING:
    from diffuscope.records import Safeguard
    from diffuscope.safeguards.tested_model import TestedModel


def leave_one_policy_out(tested: TestedModel, column: str, options: SafeguardOptions) -> Safeguard:
    """Leave one policy out: whether the coefficient stays above zero whichever policy is left out."""
    return leave_one_out(tested, column, LeftOutInTurn("policy", "policies", 2))


SAFEGUARD = Check(
    name="leave one policy out",
    asks="Does the coefficient stay above zero if any one policy is left out?",
    role="decisive",
    run=leave_one_policy_out,
)
