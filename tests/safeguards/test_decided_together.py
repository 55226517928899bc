"""Units that decided together are one event: they exchange, succeed and count as one, by hand."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from asking import asking
from planted import drawn, learned_of, panel_of, question_of

from diffuscope import person_period
from diffuscope.models import event_history
from diffuscope.panel import add_global_share
from diffuscope.panel.exposure_history import ExposureSpec, exposure_inputs, successes
from diffuscope.safeguards.checks.permuted_ties import SAFEGUARD as PERMUTED
from diffuscope.safeguards.checks.permuted_timing import SAFEGUARD as TIMING
from diffuscope.safeguards.checks.shuffled_success import _dealt, _exchangeable
from diffuscope.safeguards.engine.relabel import blocks, possible, relabellings
from diffuscope.safeguards.tested_model import TestedExposure, TestedModel
from diffuscope.simulate.forward import ForwardSimulation
from diffuscope.simulate.never_adopted import never_adopted
from diffuscope.ties import Layer

ALONE = drawn(seed=2)
LATE = [
    unit
    for unit, time in ALONE["laws"].drop_nulls("time").sort("time", "unit").iter_rows()
    if time > ALONE["laws"]["time"].min()
]
"""Units that adopted after the first: they were at risk."""


def decided(world, **units):
    """The same world, in which units decided together."""
    of = {unit: name for name, own in units.items() for unit in own}
    decision = pl.col("unit").replace_strict(of, default=None, return_dtype=pl.String)
    return world | {"laws": world["laws"].with_columns(decision=decision)}


TWO = {"one": LATE[:2], "two": LATE[2:4], "three": LATE[4:7]}


def test_those_who_decided_together_exchange_as_one_with_as_many_others():
    question = question_of(decided(ALONE, **TWO))
    seen = question.channels[0].inputs
    at_risk = question.panel.table()["unit"].n_unique()
    own = blocks(question, seen)
    assert sorted(block.shape for block in own) == sorted([(at_risk - 7, 1), (2, 2), (1, 3)])
    orders = relabellings(len(seen.layer.units), own, range(200), 0, "any")
    names = np.array(seen.layer.units)
    takes = {unit: names[orders[:, at]] for at, unit in enumerate(seen.layer.units)}
    # three have nobody to exchange with
    assert all((takes[unit] == unit).all() for unit in TWO["three"])
    pairs = {frozenset(TWO["one"]), frozenset(TWO["two"])}
    met = {frozenset((a, b)) for a, b in zip(*(takes[unit] for unit in TWO["one"]), strict=True)}
    assert met == pairs
    # who decides alone takes the place of nobody who decided together
    others = set(question.panel.table()["unit"]) - {unit for own in TWO.values() for unit in own}
    assert all(set(takes[unit]) <= others for unit in others)


def test_two_decisions_of_four_can_be_exchanged_in_two_ways_and_that_is_missing():
    at_risk = sorted(set(question_of(ALONE).panel.table()["unit"]))
    half = len(at_risk) // 2
    world = decided(ALONE, one=at_risk[:half], two=at_risk[half : 2 * half])
    question = question_of(world)
    assert possible(blocks(question, question.channels[0].inputs)) == 2
    for check in (PERMUTED, TIMING):
        found = asking(check.run)(question, "seen")
        assert (found.applies, found.passed, found.p) == (True, None, None)
        assert "Only 2 exchanges" in found.description
        assert f"{2 * half} of the units decided together" in found.description


def test_permutation_tests_run_with_decisions():
    question = question_of(decided(ALONE, **TWO))
    for check in (PERMUTED, TIMING):
        assert asking(check.run)(question, "seen").p is not None


def test_how_it_went_is_exchanged_by_whole_decisions():
    """2002: a and b decided together, c and d too, e, f and g alone: e, f, g among each other, ab with cd."""
    laws = pl.DataFrame(
        {"unit": [*"xabcdefghz"], "time": [2001, 2002, 2002, 2002, 2002, 2002, 2002, 2002, 2004, None],
         "decision": [None, "p", "p", "q", "q", None, None, None, None, None]}
    )  # fmt: skip
    world = {
        "laws": laws,
        "ties": np.ones((10, 10)) - np.eye(10),
        "covariates": pl.DataFrame({"unit": [*"xabcdefghz"], "wealth": [float(at % 3) for at in range(10)]}),
        "went": pl.DataFrame({"unit": [*"abcdefg"], "time": [2002] * 7, "value": [1.0, 2, 3, 4, 5, 6, 7]}),
        "censor": 2005,
    }
    layer, panel = world["ties"], panel_of(world)
    question, seen = _of_success(world, layer, panel)
    groups = tuple(_exchangeable(question, seen, "policy"))
    names = np.array(seen.layer.senders)
    told = {tuple(sorted("".join(names[row]) for row in block)) for block in groups}
    assert told == {("ab", "cd"), ("e", "f", "g")}
    success = seen.parts[0].success
    met = set()
    for at in range(60):
        dealt = _dealt(success, groups, np.random.default_rng(at))
        last = dict(zip(names, dealt[:, -1], strict=True))
        met.add((last["a"], last["b"], last["c"], last["d"]))
        assert sorted((last["e"], last["f"], last["g"])) == [5, 6, 7]
    assert met == {(1, 2, 3, 4), (3, 4, 1, 2)}


def _of_success(world, ties, panel):

    layer = Layer(name="advice", units=tuple(world["laws"]["unit"]), weights=ties)
    went = successes(world["went"], panel.history)
    seen = exposure_inputs(
        layer, panel.table(), panel.history, ExposureSpec(form="mean success"), success=went
    )
    fit = event_history("adopted ~ wealth", panel)
    return TestedModel(panel, fit, (TestedExposure(column="good", mechanism=None, inputs=seen),)), seen


def test_a_draw_deals_success_once_for_all_rows_of_a_policy():
    """Units that decided together at different dates see by themselves; they see the same dealing."""
    world = decided(drawn(seed=5, learning=2.5), one=LATE[:1])
    laws = world["laws"].drop_nulls("time").sort("time")
    first, last = laws["unit"][5], laws["unit"][-1]
    world = decided(world, one=[first, last])
    question = learned_of(world)
    seen = question.channel("good").inputs
    assert len(seen.parts) == 2
    groups = tuple(_exchangeable(question, seen, seen.parts[0].policy))
    places = np.concatenate([block.ravel() for block in groups])
    assert len(places) == len(set(places.tolist()))
    # both are known to somebody, so both have results to exchange
    names = np.array(seen.layer.senders)
    assert {first, last} <= set(names[places])


# the directive of test_decisions: b, c and d in 2002, 2004 and 2005
ROWS = [
    ("a", 2001, None), ("b", 2002, "directive"), ("c", 2004, "directive"), ("d", 2005, "directive"),
    ("e", 2003, None), ("f", 2006, None), ("g", None, None),
]  # fmt: skip
DIRECTIVE = pl.DataFrame(
    ROWS, schema={"unit": pl.String, "time": pl.Int64, "decision": pl.String}, orient="row"
)


@pytest.mark.parametrize(
    ("unit", "counted"),
    [
        # c, 2002 to 2004: a · a (b, 2002, carries out the same directive) · a, e
        ("c", [1, 1, 2]),
        # d, 2002 to 2005: a · a · a, e · a, e (c, 2004, does so too)
        ("d", [1, 1, 2, 2]),
        # f decides alone and counts everybody: a · a, b · and e · and c · and d
        ("f", [1, 2, 3, 4, 5]),
        # b is the first of its directive
        ("b", [1]),
    ],
)
def test_the_global_share_does_not_count_who_decided_together(unit, counted):
    rows = add_global_share(person_period(DIRECTIVE, censor=2006)).table()
    found = rows.filter(pl.col("unit") == unit).sort("time")["global_share"].to_list()
    assert found == pytest.approx([many / 7 for many in counted])


def test_the_global_share_of_drawn_worlds_does_not_either():
    units = [*LATE[:2], *LATE[-3:]]
    world = decided(drawn(seed=2), one=[units[0], units[-1]], two=[units[1], units[-2]])
    question = question_of(world)
    panel = add_global_share(question.panel)
    fit = event_history("adopted ~ seen + global_share", panel)
    simulation = ForwardSimulation.of(panel, fit, {"seen": question.channels[0].inputs})
    worlds = simulation.worlds(range(6), 3, "any")
    rows = simulation_rows(panel)
    together = {units[0]: units[-1], units[-1]: units[0], units[1]: units[-2], units[-2]: units[1]}
    outside = set(world["laws"].drop_nulls("time")["unit"]) - set(
        panel.table().filter(pl.col("event") == 1)["unit"]
    )
    many = len(world["laws"])
    for copy in range(6):
        when = dict.fromkeys(outside, 2000)
        for (unit, time), did in zip(rows, worlds.y[copy], strict=True):
            if did:
                when[unit] = time
        for at, (unit, time) in enumerate(rows):
            if worlds.mask[copy, at]:
                had = sum(then < time for who, then in when.items() if who != together.get(unit))
                assert worlds.others["global_share"][copy, at] == pytest.approx(had / many)


def simulation_rows(panel):

    return never_adopted(panel).select("unit", "time").rows()


def test_in_drawn_worlds_they_decide_by_one_chance():
    world = decided(ALONE, **TWO)
    question = question_of(world, "adopted ~ seen")
    simulation = ForwardSimulation.of(question.panel, question.fit, {"seen": question.channels[0].inputs})
    number = dict(zip(simulation_rows(question.panel), simulation.uniform.tolist(), strict=True))
    last = max(time for _, time in number)
    for own in TWO.values():
        assert len({number[unit, last] for unit in own}) == 1
    assert len({number[own[0], last] for own in TWO.values()}) == 3
