"""What a mechanism of diffusion is: a claim about why a policy spread, and how one would know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["necessary", "supporting", "discriminating", "diffusion"]


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """Something that must, or may, be seen where a mechanism was at work.

    Parameters
    ----------
    id : str
        Short id used in the table `evidence`, e.g. ``C-a``.
    text : str
        What would be observed.
    role : {"necessary", "supporting", "discriminating", "diffusion"}
        necessary: without it the mechanism was not at work · supporting: makes it likelier ·
        discriminating: sets it apart from a rival mechanism · diffusion: needed for any diffusion at all.
    one_of : str or None
        Necessary criteria with the same word here stand for each other: any one suffices.
    perspective : str or None
        The strand of the literature to which the criterion belongs, where a mechanism has several. A
        necessary criterion of one perspective is necessary within it only.
    definition : {"narrow", None}
        ``narrow``: required by the narrow reading of the mechanism only.
    """

    id: str
    text: str
    role: Role
    one_of: str | None = None
    perspective: str | None = None
    definition: Literal["narrow"] | None = None


@dataclass(frozen=True, kw_only=True)
class Mechanism:
    """One way in which earlier choices elsewhere condition a later one.

    Parameters
    ----------
    name : str
        The field's word for it; equals the name of its file.
    claim : str
        What it says happened, in one plain sentence with ``{policy}`` for the thing that spread.
    definition : str
        The literature's definition, paraphrased.
    source : str
        Where the definition and the criteria come from.
    criteria : tuple of Criterion
    rivals : tuple of str
        Mechanisms most easily mistaken for it.
    readings : str or None
        How a narrow and a broad reading differ, where the literature has both.
    """

    name: str
    claim: str
    definition: str
    source: str
    criteria: tuple[Criterion, ...]
    rivals: tuple[str, ...]
    readings: str | None = None

    @property
    def all_criteria(self) -> tuple[Criterion, ...]:
        """The criteria of the mechanism and the one that every diffusion must meet."""
        return (*self.criteria, PRIOR_ADOPTION)

    @property
    def perspectives(self) -> tuple[str, ...]:
        """Perspectives named by the criteria, in order."""
        named = (criterion.perspective for criterion in self.criteria if criterion.perspective)
        return tuple(dict.fromkeys(named))


PRIOR_ADOPTION = Criterion(
    id="T",
    text="An adoption by others came before the unit's own decision.",
    role="diffusion",
)

SIMMONS_2006 = (
    "Simmons, Dobbin & Garrett 2006, The International Diffusion of Liberalism, "
    "International Organization 60: 781–810, doi:10.1017/S0020818306060267"
)
