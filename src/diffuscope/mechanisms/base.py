"""What a mechanism of diffusion is: a claim about why a policy spread, and how one would know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from diffuscope.errors import PlanError

if TYPE_CHECKING:
    from diffuscope.ties import Layer

Ties = Mapping[str, float]
"""The ties of one unit, by sender."""
Known = Mapping[str, float | None]
"""A number for each sender; None where it is not known."""
OneUnit = Callable[[Ties, Known, Known], float | None]
"""Exposure of one unit in one period: its ties by sender, who had adopted, with what success."""
Form = Literal["share", "sum", "attribute share", "mean success", "own"]
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
    layers : tuple of str
        Layers of ties that may bear it: names, or their first words (``shared`` is met by
        ``shared-religion`` too).
    form : {"share", "sum", "attribute share", "mean success", "own"}
        Form of `diffuscope.ties.exposure` that gives the same numbers for all units at once. ``own``: there
        is none, so `exposure` itself is called, which takes its time.
    exposure : callable or None
        Exposure of one unit in one period: ties by sender, who had adopted, with what success; None where
        it is not known. Without it the mechanism has evidence only.
    acts : {"adoption", "preference"}
        What of a sender counts: that it adopted, or that it wants others to.
    beside_plain : bool
        Whether the plain share through the same ties must stand beside it in a model.
    """

    name: str
    claim: str
    definition: str
    source: str
    criteria: tuple[Criterion, ...]
    rivals: tuple[str, ...]
    readings: str | None = None
    layers: tuple[str, ...] = ()
    form: Form = "share"
    exposure: OneUnit | None = None
    acts: Literal["adoption", "preference"] = "adoption"
    beside_plain: bool = False

    def refuse_disagreement(self) -> None:
        """Refuse an `exposure` that is not what its `form` computes: the form would be used in its place.

        Raises
        ------
        PlanError
            If the two differ on small made networks; it names the mechanism and both numbers.
        """
        from diffuscope.ties.one_unit import disagreement

        if self.exposure is None or self.form == "own":
            return
        gap = disagreement(self.exposure, self.form, degrees=self.acts == "preference")
        if gap is not None:
            raise PlanError(
                f"The exposure of the mechanism `{self.name}` is not its form `{self.form}`: {gap}. Fix "
                'one of the two, or set `form="own"`, so that the exposure itself is called.'
            )

    def refuse_bare(self, layer: Layer) -> None:
        """Refuse ties that do not say why anybody would follow: a bare neighbour share bears no name.

        Raises
        ------
        PlanError
            If the layer is none that may bear the mechanism, or only says who is near.
        """
        # neighbours' shares have been used for three mechanisms in the literature (Maggetti & Gilardi 2016,
        # doi:10.1017/S0143814X1400035X): nearness identifies none of them
        near = {"units.lat", "units.lon", *NEARNESS} & set(layer.derived_from)
        if near or is_near(layer.name):
            raise PlanError(
                f"`{layer.name}` shows who is near, not why one would follow: its exposure is a neighbour "
                f"exposure (mechanism not identified) and cannot be called {self.name}."
            )
        if not any(layer.name == word or layer.name.startswith(f"{word}-") for word in self.layers):
            raise PlanError(
                f"`{layer.name}` is none of the ties that can carry {self.name}: "
                f"{', '.join(self.layers) or 'it has none'}."
            )

    @property
    def all_criteria(self) -> tuple[Criterion, ...]:
        """The criteria of the mechanism and the one that every diffusion must meet."""
        return (*self.criteria, PRIOR_ADOPTION)

    @property
    def perspectives(self) -> tuple[str, ...]:
        """Perspectives named by the criteria, in order."""
        named = (criterion.perspective for criterion in self.criteria if criterion.perspective)
        return tuple(dict.fromkeys(named))


NEIGHBOURHOOD = ("land-border", "contiguity", "neighbours", "nearest", "shared-region", "distance")
"""Ties that say who is near, the plainest first."""
NEARNESS = (*NEIGHBOURHOOD, "vertical", "everybody")
"""Ties that any mechanism might work through, so that none can be told from them."""


def is_near(layer: str) -> bool:
    """Whether a layer only says who is near, so that it bears no mechanism's name.

    >>> is_near("shared-region"), is_near("nearest-3"), is_near("shared-religion")
    (True, True, False)
    """
    return any(layer == word or layer.startswith(f"{word}-") for word in NEARNESS)


PRIOR_ADOPTION = Criterion(
    id="T",
    text="An adoption by others came before the unit's own decision.",
    role="diffusion",
)

SIMMONS_2006 = (
    "Simmons, Dobbin & Garrett 2006, The International Diffusion of Liberalism, "
    "International Organization 60: 781–810, doi:10.1017/S0020818306060267"
)
