"""All kinds of worlds that are tried, and what each must hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial as given
from typing import Literal

from . import alike, alone, spreading
from .world import World

FEW_UNITS, MANY_UNITS = 200, 100
"""Worlds of a cell with up to 50 units, and with more."""
Measure = Literal["for", "leaning for", "named", "for or leaning for"]
Group = Literal["nothing spreads", "likeness seen", "likeness unseen", "another mechanism", "contagion"]


@dataclass(frozen=True, kw_only=True)
class Demand:
    """What a cell must hold: a bar that a rate must not exceed, or a floor that it must reach, in per cent."""

    measure: Measure
    at_most: float | None = None
    at_least: float | None = None


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One kind of world.

    Attributes
    ----------
    name : str
        Its stream of chance is named by it: who renames a cell gets other worlds.
    group : str
    says : str
        How its worlds are made, in one line.
    make : callable
        From name, seed and index to a world.
    demands : tuple of Demand
        None: the rates are published, and nothing is demanded.
    worlds : int
    """

    name: str
    group: Group
    says: str
    make: Callable[[str, int, int], World]
    demands: tuple[Demand, ...] = ()
    worlds: int = FEW_UNITS

    def world(self, seed: int, index: int) -> World:
        """One of its worlds; the same seed and index give the same world."""
        return self.make(self.name, seed, index)


BARS = (Demand(measure="for", at_most=5), Demand(measure="leaning for", at_most=5))
NAMED = (Demand(measure="named", at_most=5),)
BY_EFFECT = {
    3.0: (Demand(measure="for or leaning for", at_least=70),),
    5.0: (Demand(measure="for or leaning for", at_least=90),),
}
TRUE_DRIVER = (Demand(measure="for", at_least=50),)


def _alone() -> list[Cell]:
    course, group = alone.course, "nothing spreads"
    told = {
        "nothing": "log odds of −3.3 in every period",
        "rising": "log odds of −5.2 + .17t",
        "falling": "log odds of −1.6 − .15t",
        "step": "log odds of −4.5, from half-way −2.5",
        "hump": "log odds of −4 + 2.5·exp(−(t − 15)²/18)",
    }
    cells = [
        Cell(name=kind, group=group, says=says, make=given(course, kind=kind), demands=BARS)
        for kind, says in told.items()
    ]
    small = given(course, kind="nothing", units=20)
    cells.insert(1, Cell(name="nothing, 20 units", group=group, says="the same", make=small, demands=BARS))
    says_of = {
        "frailty": ("−3.3 + u, where u ~ N(0, 1.5²) is not in the case", alone.frailty),
        "regional": ("five regions, each −3.8 with three years at −1.3; ties within regions", alone.regional),
        "staggered entry": ("one unit a period enters; −5.2 + .17t; random ties", alone.staggered),
        "cohorts": (
            "one unit a period enters; −5.2 + .17 × time at risk; ties among ten who entered one after another",
            alone.cohorts,
        ),
        "sparse": ("one sender a unit on average, eight events at times of their own", alone.sparse),
    }
    cells += [
        Cell(name=name, group=group, says=says, make=make, demands=BARS)
        for name, (says, make) in says_of.items()
    ]
    many = Cell(
        name="regional, 120 units", group=group, says="the same", make=given(alone.regional, units=120),
        demands=BARS, worlds=MANY_UNITS,
    )  # fmt: skip
    at = [cell.name for cell in cells].index("regional")
    cells.insert(at + 1, many)
    return cells


def _alike() -> list[Cell]:
    make = alike.alike
    ties = "ties in proportion to exp(−2·|Δz|), −3.3 + 1.2z"
    cells = [
        Cell(
            name="likeness declared", group="likeness seen", says=f"{ties}; z in the model and declared",
            make=given(make, declared=alike.trait_itself), demands=BARS,
        )
    ]  # fmt: skip
    unseen = {
        "noise declared": ("the same; z not in the case, a variable of pure noise declared", alike.noise),
        "partial driver": ("the same; declared is a variable correlated .5 with z", alike.partial),
    }
    for name, (says, declared) in unseen.items():
        for units, worlds in ((50, FEW_UNITS), (120, MANY_UNITS)):
            own = name if units == 50 else f"{name}, {units} units"
            made = given(make, declared=declared, units=units)
            cells.append(Cell(name=own, group="likeness unseen", says=says, make=made, worlds=worlds))
    by_square = given(make, declared=alike.trait_itself, by_square=True)
    says = "ties by z, which is declared; the log odds go with its square (standardised, times 1.2)"
    cells.append(Cell(name="trait by its square", group="likeness unseen", says=says, make=by_square))
    return cells


def _mislabelled() -> list[Cell]:
    make, group = spreading.mislabelled, "another mechanism"
    told = {
        "rival absent": ("neither", "competition with a coefficient of 5; the case holds emulation ties, three in five "
                         "of which are ties of competition too, and nothing else", NAMED),
        "rival in the model": ("the rival", "the same, and the ties of competition", BARS),
        "irrelevant rival": ("an irrelevant rival", "the same, with random ties in their place", NAMED),
        "irrelevant rival, rest ruled out": (
            "an irrelevant rival, others ruled out",
            "the same, and learning ruled out: a false label that no rule can see through", ()),
    }  # fmt: skip
    return [
        Cell(name=name, group=group, says=says, make=given(make, held=held), demands=demands)
        for name, (held, says, demands) in told.items()
    ]


def _contagion() -> list[Cell]:
    cells = []
    for likeness in (False, True):
        for effect in (3.0, 5.0):
            for units in (15, 20, 50, 120):
                alike_too = ", likeness declared" if likeness else ""
                demands: tuple[Demand, ...] = BY_EFFECT[effect] if units == 50 and not likeness else ()
                demands = TRUE_DRIVER if units == 50 and likeness and effect == 5 else demands
                cells.append(
                    Cell(
                        name=f"contagion {effect:g}, {units} units{alike_too}",
                        group="contagion",
                        says=f"−3.3 + {effect:g} × the share of senders that had adopted"
                        + ("; ties and odds by z too, z in the model and declared" if likeness else ""),
                        make=given(spreading.contagion, effect=effect, likeness=likeness, units=units),
                        demands=demands,
                        worlds=FEW_UNITS if units <= 50 else MANY_UNITS,
                    )
                )
    return cells


CELLS: Mapping[str, Cell] = {
    cell.name: cell for cell in (*_alone(), *_alike(), *_mislabelled(), *_contagion())
}
