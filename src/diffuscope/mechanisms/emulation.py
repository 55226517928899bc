"""Emulation: doing as one's peers or a model do, whatever the results."""

from __future__ import annotations

from diffuscope.mechanisms.base import SIMMONS_2006, Criterion, Known, Mechanism, Ties


def exposure(ties: Ties, adopted: Known, _success: Known) -> float | None:
    """Share of a unit's peers, or of the leaders it looks up to, that had adopted, whatever came of it.

    >>> exposure({"peer": 1, "twin": 1, "leader": 2}, {"peer": 0, "twin": 0, "leader": 1}, {})
    0.5
    """
    # an isolate has no reference group: not known, not 0
    if not ties or any(adopted[sender] is None for sender in ties):
        return None
    return sum(tie for sender, tie in ties.items() if adopted[sender]) / sum(ties.values())


MECHANISM = Mechanism(
    name="emulation",
    claim="Adopters took up {policy} because peers or an admired model had it, whatever its results.",
    definition=(
        "Governments copy those to whom they feel close or whom they admire, because of shared norms, "
        "culture or psychological proximity, even where results cannot be judged."
    ),
    source=f"{SIMMONS_2006}, pp. 799–801",
    criteria=(
        Criterion(
            id="M-a",
            text="Shared norms, a socio-cultural tie or psychological proximity to the model.",
            role="necessary",
        ),
        Criterion(id="M-b", text="Adoption even where results cannot be judged.", role="supporting"),
        Criterion(id="M-c", text="A model or norm is followed.", role="necessary"),
        Criterion(
            id="M-d",
            text="Good or bad results elsewhere do not account for it better.",
            role="discriminating",
        ),
    ),
    rivals=("learning", "competition"),
    layers=("shared", "group", "leaders"),
    exposure=exposure,
)
