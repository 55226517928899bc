"""Simulated diffusion: units adopt for planted reasons: ties, a trait nobody sees, wealth, common shocks.

On the scale of the log odds every reason adds its part, so each can be switched off by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import sparse
from scipy.special import expit

from diffuscope.compute import stream
from diffuscope.errors import PlanError
from diffuscope.records.phrases import counted
from diffuscope.ties import Layer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl
    from numpy.typing import NDArray

    from diffuscope.records.arrays import Numbers


FIRST = 2001
"""Year of the first period."""
HOMOPHILY_DECAY = 2.0
"""How fast ties thin out as traits differ: exp(-2 |difference|)."""


@dataclass(frozen=True, kw_only=True)
class PlantedEffect:
    """Effect built into simulated data: a layer of ties, and how strongly exposure through it acts.

    Attributes
    ----------
    name : str
    effect : float
        What exposure adds to the log odds of adopting where all of a unit's senders have adopted. 0: the ties
        are there, and nothing passes along them.
    by : {"trait", "chance"}
        Whether like units are tied, with chances that fall as exp(-2 d) in the distance d of their traits, or
        any.
    senders : float
        How many senders a unit has on average.
    reciprocated : bool
        Whether whoever acts on a unit is acted on by it, too.
    """

    name: str
    effect: float = 0.0
    by: Literal["trait", "chance"] = "chance"
    senders: float = 10.0
    reciprocated: bool = False

    def __post_init__(self) -> None:
        """Ties are drawn in one of two ways, and there are some."""
        if self.by not in ("trait", "chance"):
            raise PlanError(f"by is {self.by!r}; ties are drawn by 'trait' or by 'chance'.")
        if not (np.isfinite(self.senders) and self.senders > 0 and np.isfinite(self.effect)):
            raise PlanError(
                f"The layer `{self.name}` needs a number of senders above 0 and a finite effect; it has "
                f"{self.senders} and {self.effect}."
            )


@dataclass(frozen=True, kw_only=True)
class Truth:
    """True effects of a simulated data set.

    Attributes
    ----------
    baseline : float
        Log odds of adopting in a period, of a unit of average trait and wealth that sees nobody adopt.
    layers : tuple of PlantedEffect
    trait, wealth : float
        What a unit's trait and wealth, each of mean 0 and spread 1, add to the log odds.
    shocks : mapping of int to float
        What single years add for everybody.
    traits : mapping of str to float
        Of each unit: what no table of the world tells.
    seed : int
    """

    baseline: float
    layers: tuple[PlantedEffect, ...]
    trait: float
    wealth: float
    shocks: Mapping[int, float]
    traits: Mapping[str, float] = field(repr=False)
    seed: int

    def table(self) -> pl.DataFrame:
        """The traits as a frame of covariates: unit, trait."""
        import polars as pl

        return pl.DataFrame({"unit": list(self.traits), "trait": list(self.traits.values())})


@dataclass(frozen=True, kw_only=True)
class SimulatedCase:
    """Simulated case: what a researcher would hold, and the truth that only the simulation knows.

    Attributes
    ----------
    adoptions : polars.DataFrame
        unit, policy, time (null: never).
    ties : tuple of Layer
        In the order they were planted; `Layer.table` gives a frame.
    covariates : polars.DataFrame
        unit, wealth.
    last : int
        Year in which watching ended.
    truth : Truth
    """

    adoptions: pl.DataFrame
    ties: tuple[Layer, ...]
    covariates: pl.DataFrame
    last: int
    truth: Truth


def simulate_diffusion(
    layers: Sequence[PlantedEffect] = (),
    *,
    units: int = 150,
    periods: int = 20,
    policies: int = 1,
    baseline: float = -3.0,
    trait: float = 0.0,
    wealth: float = 0.0,
    shocks: Mapping[int, float] | None = None,
    seed: int = 0,
) -> SimulatedCase:
    """Simulated diffusion with known effects: policies spread for planted reasons, and for no others.

    Parameters
    ----------
    layers : sequence of PlantedEffect
        The kinds of tie, and what passes along each.
    units, periods, policies : int
        Policies spread side by side through the same ties; none acts on another.
    baseline : float
        Log odds of adopting in a period where nothing else adds to it.
    trait : float
        What the trait adds that no table tells; ties `by="trait"` join units alike in it.
    wealth : float
        What the covariate adds, which is drawn apart from trait and ties.
    shocks : mapping of int to float, optional
        What years (2001, 2002, …) add for everybody and every policy.
    seed : int

    Returns
    -------
    SimulatedCase

    Raises
    ------
    PlanError
        If there are fewer than two units, no period or policy, more senders than units allow, a year of a
        shock is none of the world's, or two layers bear one name.

    Examples
    --------
    >>> world = simulate_diffusion([PlantedEffect(name="advice", effect=2.0)], units=40, seed=3)
    >>> world.adoptions.columns, world.ties[0].name, world.covariates.columns
    (['unit', 'policy', 'time'], 'advice', ['unit', 'wealth'])

    Notes
    -----
    A unit that has not adopted does so in period t with log odds baseline + Σ effect · share of its senders
    that had adopted by the end of t - 1 + trait + wealth + shock. Each piece (traits, wealth, a layer's ties,
    a policy's draws) has a random stream of its own, and the draw of a unit in a period is one number that
    its chance must exceed: so a later end changes no earlier year, and worlds that differ in one planted
    effect share everything else.
    """
    years = range(FIRST, FIRST + periods)
    given = dict(shocks or {})
    _refuse(layers, units, periods, policies, [year for year in given if year not in years])
    names = tuple(f"u{at:0{len(str(units - 1))}d}" for at in range(units))
    traits, riches = (stream(seed, what).standard_normal(units) for what in ("traits", "wealth"))
    ties = tuple(_drawn(one, names, traits, seed) for one in layers)
    own = baseline + trait * traits + wealth * riches
    jump = np.array([given.get(year, 0.0) for year in years])
    pushes = [(one.effect, _shares(layer)) for one, layer in zip(layers, ties, strict=True)]
    called = [f"p{at + 1:0{len(str(policies))}d}" for at in range(policies)]
    when = [_spread(own, jump, pushes, stream(seed, f"luck {policy}")) for policy in called]
    truth = Truth(
        baseline=baseline, layers=tuple(layers), trait=trait, wealth=wealth, shocks=given,
        traits=dict(zip(names, traits.tolist(), strict=True)), seed=seed,
    )  # fmt: skip
    return SimulatedCase(
        adoptions=_adoptions(names, called, when),
        ties=ties,
        covariates=_covariates(names, riches),
        last=years[-1],
        truth=truth,
    )


def _refuse(
    layers: Sequence[PlantedEffect], units: int, periods: int, policies: int, strange: list[int]
) -> None:
    if units < 2 or periods < 1 or policies < 1:
        raise PlanError(
            "A simulated world needs at least two units, one period and one policy; "
            f"{units}, {periods} and {policies} were asked for."
        )
    if strange:
        raise PlanError(
            f"The shock of {strange[0]} lies outside the years of the world, {FIRST} to "
            f"{FIRST + periods - 1}."
        )
    names = [one.name for one in layers]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise PlanError(f"Two layers are called `{twice[0]}`; give each its own name.")


def _drawn(planted: PlantedEffect, names: tuple[str, ...], traits: Numbers, seed: int) -> Layer:
    """Ties of weight 1, each by its own chance; a pair's chance is the same both ways."""
    uniforms = stream(seed, f"ties {planted.name}").random((len(names), len(names)))
    if planted.reciprocated:
        # one number for both directions of a pair: both ties, or none
        uniforms = np.triu(uniforms) + np.triu(uniforms, 1).T
    closeness = np.ones_like(uniforms)
    if planted.by == "trait":
        closeness = np.exp(-HOMOPHILY_DECAY * np.abs(traits[:, None] - traits))
    np.fill_diagonal(closeness, 0.0)
    # scaled so that a unit has the wanted number of senders on average
    chance = closeness * (planted.senders / closeness.sum(axis=1).mean())
    if chance.max() > 1:
        raise PlanError(
            f"Among {counted(len(names), 'unit')}, `{planted.name}` cannot have {planted.senders:g} "
            "senders each: some pairs would have to be tied more than once."
        )
    return Layer(
        name=planted.name,
        units=names,
        weights=sparse.csr_array((uniforms < chance).astype(np.float64)),
        source="simulated",
    )


def _shares(layer: Layer) -> sparse.csr_array:
    """Ties as shares of all that act on a unit; a unit without ties sees nobody."""
    ties = layer.snapshots[0][1]
    whole = np.asarray(ties.sum(axis=1)).ravel()
    return sparse.csr_array(sparse.diags_array(1 / np.maximum(whole, 1.0)) @ ties)


def _spread(
    own: Numbers, jump: Numbers, pushes: list[tuple[float, sparse.csr_array]], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Period in which each unit adopts, -1 where never."""
    uniforms = rng.random((len(jump), len(own)))
    when = np.full(len(own), -1)
    for period, shock in enumerate(jump):
        # adopters by the end of the period before: those of this period do not yet count (lag 1)
        has = (when >= 0).astype(np.float64)
        eta = own + shock + sum(effect * (shares @ has) for effect, shares in pushes)
        when[(when < 0) & (uniforms[period] < expit(eta))] = period
    return when


def _adoptions(names: tuple[str, ...], policies: list[str], when: list[NDArray[np.int64]]) -> pl.DataFrame:
    import polars as pl

    return pl.concat(
        pl.DataFrame({"unit": names, "policy": policy, "time": pl.Series(periods + FIRST, dtype=pl.Int64)})
        .with_columns(time=pl.when(pl.col("time") >= FIRST).then("time"))
        for policy, periods in zip(policies, when, strict=True)
    )  # fmt: skip


def _covariates(names: tuple[str, ...], wealth: Numbers) -> pl.DataFrame:
    import polars as pl

    return pl.DataFrame({"unit": names, "wealth": wealth})
