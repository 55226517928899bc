"""Cells of the simulation study: every kind of world, how many are drawn, and the rates to be met."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

from . import contagion, homophily, no_diffusion
from .world import World

FEW_UNITS, MANY_UNITS = 200, 100
"""Worlds drawn of a cell with up to 50 units, and of one with more."""
Measure = Literal["for", "leaning for", "named", "for or leaning for"]
Group = Literal[
    "no diffusion", "observed homophily", "unobserved homophily", "another mechanism", "contagion"
]


@dataclass(frozen=True, kw_only=True)
class Demand:
    """A rate that a cell has to meet, in per cent: a bar it must not exceed, or a floor it must reach."""

    measure: Measure
    at_most: float | None = None
    at_least: float | None = None


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One kind of world.

    Attributes
    ----------
    name : str
        Also seeds its stream of random numbers: a renamed cell draws other worlds.
    group : str
    description : str
        How its worlds are made, in one line.
    make : callable
        From name, seed and index to a world.
    demands : tuple of Demand
        Empty where rates are published without a bar or floor.
    worlds : int
        How many are drawn for the published table.
    """

    name: str
    group: Group
    description: str
    make: Callable[[str, int, int], World]
    demands: tuple[Demand, ...] = ()
    worlds: int = FEW_UNITS

    def world(self, seed: int, index: int) -> World:
        """World number `index`; the same seed and index always give the same world."""
        return self.make(self.name, seed, index)


BARS = (Demand(measure="for", at_most=5), Demand(measure="leaning for", at_most=5))
NAMED = (Demand(measure="named", at_most=5),)
FLOORS = {
    3.0: (Demand(measure="for or leaning for", at_least=70),),
    5.0: (Demand(measure="for or leaning for", at_least=90),),
}
TRUE_DRIVER_FLOOR = (Demand(measure="for", at_least=50),)


def _null(
    name: str, description: str, make: Callable[[str, int, int], World], worlds: int = FEW_UNITS
) -> Cell:
    return Cell(
        name=name, group="no diffusion", description=description, make=make, demands=BARS, worlds=worlds
    )


def _no_diffusion() -> list[Cell]:
    course, regional = no_diffusion.course, no_diffusion.regional
    entry = "one unit enters per period"
    regions = "five regions, each at −3.8 with three years at −1.3 at its own date; ties within regions"
    return [
        _null("nothing", "log odds −3.3 in every period", partial(course, kind="nothing")),
        _null(
            "nothing, 20 units", "the same with 20 units", partial(course, kind="nothing", units=20)
        ),
        _null("rising", "log odds −5.2 + .17t", partial(course, kind="rising")),
        _null("falling", "log odds −1.6 − .15t", partial(course, kind="falling")),
        _null("step", "log odds −4.5, from half-way on −2.5", partial(course, kind="step")),
        _null("hump", "log odds −4 + 2.5·exp(−(t − 15)²/18)", partial(course, kind="hump")),
        _null(
            "unobserved frailty", "log odds −3.3 + u; u ~ N(0, 1.5²), not in the case", no_diffusion.frailty
        ),
        _null("regional", regions, regional),
        _null("regional, 120 units", "the same with 120 units", partial(regional, units=120), MANY_UNITS),
        _null(
            "staggered, random ties", f"{entry}; log odds −5.2 + .17t; random ties", no_diffusion.staggered
        ),
        _null(
            "staggered, ties within cohorts",
            f"{entry}; log odds −5.2 + .17 × time at risk; ties among ten who entered one after another",
            no_diffusion.cohorts,
        ),
        _null(
            "sparse ties", "one sender per unit on average; eight events at random times", no_diffusion.sparse
        ),
    ]  # fmt: skip


def _homophily() -> list[Cell]:
    make = homophily.homophilous
    cells = [
        Cell(
            name="homophily, observed",
            group="observed homophily",
            description="ties ∝ exp(−2·|Δz|), log odds −3.3 + 1.2z; z in the model and declared",
            make=partial(make, driver=homophily.true_driver),
            demands=BARS,
        )
    ]
    unobserved = {
        "noise": ("the same; z is not in the case, a noise variable is declared", homophily.noise_driver),
        "partial": ("the same; the declared variable correlates .5 with z", homophily.partial_driver),
    }
    for kind, (description, driver) in unobserved.items():
        for units, worlds in ((50, FEW_UNITS), (120, MANY_UNITS)):
            size = "" if units == 50 else f", {units} units"
            cells.append(
                Cell(
                    name=f"homophily, {kind} driver{size}",
                    group="unobserved homophily",
                    description=description,
                    make=partial(make, driver=driver, units=units),
                    worlds=worlds,
                )
            )
    squared = Cell(
        name="homophily, squared trait",
        group="unobserved homophily",
        description="ties by z, which is declared; log odds −3.3 + 1.2 × its standardised square",
        make=partial(make, driver=homophily.true_driver, by_square=True),
    )
    return [*cells, squared]


def _mislabelled() -> list[Cell]:
    truth = "competition with a coefficient of 5; the case holds emulation ties, three in five of them shared"
    kinds: list[tuple[contagion.Rival, str, str, tuple[Demand, ...]]] = [
        ("absent", "rival absent", f"{truth}; no rival in the case", NAMED),
        ("present", "rival in model", "the same; the ties of competition are in the model too", BARS),
        ("irrelevant", "irrelevant rival", "the same; random ties stand for competition", NAMED),
        (
            "irrelevant, rest ruled out",
            "irrelevant rival, rest ruled out",
            "the same, and learning is declared ruled out: false data and a false declaration together",
            (),
        ),
    ]
    return [
        Cell(
            name=f"mislabelled, {name}",
            group="another mechanism",
            description=description,
            make=partial(contagion.mislabelled, rival=rival),
            demands=demands,
        )
        for rival, name, description, demands in kinds
    ]


def _contagion() -> list[Cell]:
    sizes = (15, 20, 50, 120)
    return [
        _spreads(effect, units, observed=observed)
        for observed in (False, True)
        for effect in (3.0, 5.0)
        for units in sizes
    ]


def _spreads(effect: float, units: int, *, observed: bool) -> Cell:
    demands: tuple[Demand, ...] = ()
    if units == 50:
        demands = FLOORS[effect]
        if observed and effect == 5:
            demands = (*demands, *TRUE_DRIVER_FLOOR)
    own = "; ties and log odds also by z, which is in the model and declared" if observed else ""
    return Cell(
        name=f"contagion {effect:g}, {units} units{', homophily observed' if observed else ''}",
        group="contagion",
        description=f"log odds −3.3 + {effect:g} × share of senders that had adopted{own}",
        make=partial(contagion.contagion, effect=effect, homophily=observed, units=units),
        demands=demands,
        worlds=FEW_UNITS if units <= 50 else MANY_UNITS,
    )


CELLS: Mapping[str, Cell] = {
    cell.name: cell for cell in (*_no_diffusion(), *_homophily(), *_mislabelled(), *_contagion())
}
