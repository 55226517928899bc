"""The rules by which each body of evidence comes to its stance, as the result carries them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diffuscope.records import StanceRule


def stance_rules() -> tuple[StanceRule, ...]:
    """The stance rules of the evidence and of the statistics, each read from its own file."""
    from diffuscope.evidence import stance_rules as of_evidence
    from diffuscope.safeguards.stance import stance_rules as of_statistics

    return (*of_evidence(), *of_statistics())
