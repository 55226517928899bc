"""Coercion: the strong bring the weak to adopt what they would not have adopted otherwise."""

from __future__ import annotations

from diffuscope.mechanisms.base import SIMMONS_2006, Criterion, Known, Mechanism, Ties


def exposure(ties: Ties, wants: Known, _success: Known) -> float | None:
    """Sum of how much a unit depends on others, each times how strongly that other wants the policy.

    The ties are dependence, where it is lopsided times its asymmetry, raised by conditions; whether others
    have adopted, and with what success, does not enter.

    >>> exposure({"bank": 0.5, "donor": 0.1, "firm": 0.2}, {"bank": 1, "donor": 0.5, "firm": 0}, {})
    0.55
    """
    # one unknown sender makes the sum unknown, not smaller
    if any(wants[sender] is None for sender in ties):
        return None
    return sum(tie * (wants[sender] or 0) for sender, tie in ties.items()) if ties else None


MECHANISM = Mechanism(
    name="coercion",
    claim="Powerful actors brought others to adopt {policy} that they would not have adopted otherwise.",
    definition=(
        "Powerful governments, organisations or firms push weaker ones into a policy by force, by changing "
        "its costs and benefits, or by holding a monopoly of information or expertise."
    ),
    source=f"{SIMMONS_2006}, pp. 790–791",
    criteria=(
        Criterion(id="C-a", text="A powerful actor is named.", role="necessary"),
        Criterion(id="C-b", text="It supports this policy and has an interest in it.", role="necessary"),
        Criterion(id="C-c", text="A channel exists that can reach the weaker party.", role="necessary"),
        Criterion(
            id="C-d",
            text="An instrument is used: force, changed costs and benefits, or a monopoly of information or "
            "expertise.",
            role="necessary",
        ),
        Criterion(id="C-e", text="An asymmetry between the two is exploited.", role="necessary"),
        Criterion(
            id="C-f",
            text="The weaker party would not have adopted otherwise, or could not resist.",
            role="necessary",
            definition="narrow",
        ),
    ),
    rivals=("learning", "emulation"),
    readings=(
        "Narrow: the weaker party would not have adopted otherwise. Broad: an inducement suffices, whether "
        "or not the policy was wanted anyway."
    ),
    layers=(
        "dependence",
        "asymmetry",
        "power-asymmetry",
        "pressure",
        "export-share",
        "import-share",
        "conditions",
        "support",
    ),
    form="sum",
    exposure=exposure,
    acts="preference",
)
