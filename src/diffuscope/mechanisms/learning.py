"""Learning: others' experience changed beliefs about what the policy does."""

from __future__ import annotations

from diffuscope.mechanisms.base import SIMMONS_2006, Criterion, Known, Mechanism, Ties


def exposure(ties: Ties, adopted: Known, success: Known) -> float | None:
    """Mean success of the adopters that a unit hears from; None where it hears of no known result.

    >>> ties = {"near": 3, "far": 1, "silent": 2}
    >>> exposure(ties, {"near": 1, "far": 1, "silent": 0}, {"near": 1.0, "far": -1.0, "silent": 9.0})
    0.5
    """
    if any(adopted[sender] is None for sender in ties):
        return None
    results = ((tie, success[sender]) for sender, tie in ties.items() if adopted[sender])
    # adopters whose results are not known yet taught nothing: they are in neither sum
    heard = [(tie, result) for tie, result in results if result is not None]
    return sum(tie * result for tie, result in heard) / sum(tie for tie, _ in heard) if heard else None


MECHANISM = Mechanism(
    name="learning",
    claim="Adopters took up {policy} because what others did taught them what it can achieve.",
    definition=(
        "New evidence or theory from others' choices changes beliefs about the policy's effects. Three "
        "perspectives: political (shared knowledge of experts), economic (rational updating on results), and "
        "institutional (organisations and meetings that carry the information)."
    ),
    source=f"{SIMMONS_2006}, pp. 795–799",
    criteria=(
        Criterion(
            id="L-a",
            text="There was exposure to new evidence or theory from others' choices.",
            role="necessary",
        ),
        Criterion(id="L-b", text="A change of belief can be traced.", role="necessary"),
        Criterion(
            id="L-c",
            text="Direction follows results: good results lead to adoption, bad results do not.",
            role="necessary",
            perspective="economic",
        ),
        Criterion(
            id="L-d1",
            text="An epistemic community carried the knowledge: universities, think tanks, firms, trainers.",
            role="necessary",
            one_of="channel",
            perspective="political",
        ),
        Criterion(
            id="L-d2",
            text="Adopters updated rationally on data about results.",
            role="necessary",
            one_of="channel",
            perspective="economic",
        ),
        Criterion(
            id="L-d3",
            text="An institution or its meetings carried the information.",
            role="necessary",
            one_of="channel",
            perspective="institutional",
        ),
    ),
    rivals=("emulation", "competition"),
    layers=("co-attendance", "information", "advice", "nominations"),
    form="mean success",
    exposure=exposure,
    beside_plain=True,
)
