"""What mechanisms need, including shapes that only a mechanism added later may have."""

from __future__ import annotations

from diffuscope.evidence.criteria import needs
from diffuscope.mechanisms import Criterion, Mechanism, mechanisms


def alternatives(mechanism, reading="narrow"):
    return [need.alternatives for need in needs(mechanism, reading)]


def made(*criteria: Criterion) -> Mechanism:
    return Mechanism(
        name="x", claim="{policy}.", definition="d.", source="s", criteria=criteria, rivals=(), readings=None
    )


def test_coercion_needs_unwillingness_only_when_read_narrowly():
    common = [(("C-a",),), (("C-b",),), (("C-c",),), (("C-d",),), (("C-e",),)]
    assert alternatives(mechanisms()["coercion"]) == [*common, (("C-f",),), (("T",),)]
    assert alternatives(mechanisms()["coercion"], "broad") == [*common, (("T",),)]


def test_learning_needs_one_channel_and_what_its_perspective_asks_for():
    assert alternatives(mechanisms()["learning"]) == [
        (("L-a",),),
        (("L-b",),),
        (("L-d1",), ("L-c", "L-d2"), ("L-d3",)),
        (("T",),),
    ]


def test_supporting_and_discriminating_criteria_are_not_needed():
    assert alternatives(mechanisms()["emulation"]) == [(("M-a",),), (("M-c",),), (("T",),)]
    assert alternatives(mechanisms()["competition"]) == [(("K-a",),), (("K-b",),), (("K-c",),), (("T",),)]


def test_perspectives_without_a_shared_group_stand_for_each_other():
    one = Criterion(id="a", text=".", role="necessary", perspective="p")
    two = Criterion(id="b", text=".", role="necessary", perspective="q")
    assert alternatives(made(one, two)) == [(("a",), ("b",)), (("T",),)]


def test_a_group_without_perspectives_needs_any_one():
    one = Criterion(id="a", text=".", role="necessary", one_of="g")
    two = Criterion(id="b", text=".", role="necessary", one_of="g")
    assert alternatives(made(one, two)) == [(("a",), ("b",)), (("T",),)]


def test_a_need_is_broken_only_when_every_alternative_is():
    channel = needs(mechanisms()["learning"], "narrow")[2]
    assert channel.broken({"L-d1", "L-d3"}) == ()
    assert channel.broken({"L-d1", "L-d2", "L-d3", "L-a"}) == (("L-d1",), ("L-d2",), ("L-d3",))
