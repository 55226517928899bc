"""Coercion: the strong bring the weak to adopt what they would not have adopted otherwise."""

from __future__ import annotations

from diffuscope.mechanisms.base import SIMMONS_2006, Criterion, Mechanism

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
)
