"""Competition: adopting so as not to lose capital or buyers to rivals."""

from __future__ import annotations

from diffuscope.mechanisms.base import SIMMONS_2006, Criterion, Known, Mechanism, Ties


def exposure(ties: Ties, adopted: Known, _success: Known) -> float | None:
    """Share of a unit's rivals that had adopted, each weighed by how alike what they sell is.

    What rivals got out of it does not enter.

    >>> exposure({"near rival": 0.75, "far rival": 0.25}, {"near rival": 1, "far rival": 0}, {})
    0.75
    """
    # an isolate has no rivals to respond to: not known, not 0
    if not ties or any(adopted[sender] is None for sender in ties):
        return None
    return sum(tie for sender, tie in ties.items() if adopted[sender]) / sum(ties.values())


MECHANISM = Mechanism(
    name="competition",
    claim="Adopters took up {policy} to win or keep mobile capital or export markets against rivals.",
    definition=(
        "Governments that compete for the same capital or buyers match or anticipate each other's policies, "
        "because a rival's policy changes their own chances."
    ),
    source=f"{SIMMONS_2006}, pp. 792–795",
    criteria=(
        Criterion(id="K-a", text="A network of rivals is named.", role="necessary"),
        Criterion(id="K-b", text="A rival's change raises the chance of one's own change.", role="necessary"),
        Criterion(id="K-c", text="The policy can move capital or exports.", role="necessary"),
        Criterion(id="K-d", text="Its effects come in the short to medium term.", role="supporting"),
        Criterion(id="K-e", text="Actors are well informed about each other's policies.", role="supporting"),
        Criterion(
            id="K-f", text="The relations that matter are horizontal, between rivals.", role="supporting"
        ),
    ),
    rivals=("learning", "emulation"),
    layers=("similarity", "correlation", "export-similarity", "euclid", "structural-equivalence"),
    exposure=exposure,
)
