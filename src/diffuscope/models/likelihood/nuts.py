"""No-U-turn sampler (numpyro): draws from the posterior of a hazard with effects of groups.

Hoffman & Gelman 2014. How far a group's effect is drawn as a multiple of their spread, and how far on its own
scale, follows what its rows tell (partial non-centring: Papaspiliopoulos, Roberts & Sköld 2007,
doi:10.1214/088342307000000014), so that groups with many events and groups with few are walked through alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from diffuscope.models.likelihood.links import HIGHEST, likelihood_contributions
from diffuscope.records.extras import library

if TYPE_CHECKING:
    from diffuscope.models.types import Link
    from diffuscope.records.arrays import Codes, Numbers

# weakly informative, as in Gelman et al. 2008 (doi:10.1214/08-AOAS191): 5 on the log-odds scale is a change
# from 1 % to 60 %
COEFFICIENT = 2.5
"""Standard deviation of the normal prior of a coefficient, per standard deviation of its column."""
SPREAD = 1.0
"""Scale of the half-normal prior of the spread between groups, per standard deviation of the column."""
# shorter steps than the usual 0.8: small spreads between groups make the posterior a funnel
ACCEPT = 0.9
STEPS, SMALLEST = 25, 0.1
"""Steps towards the common coefficients, and the smallest spread that is guessed there."""
PIECE = 64
"""Rows of one group side by side."""


@dataclass(frozen=True)
class Rows:
    """Rows of a model whose coefficients differ between groups, on columns of unit standard deviation.

    Attributes
    ----------
    x : array of float, shape (n, k)
        The first column is the intercept.
    y : array of float, shape (n,)
    offset : array of float, shape (n,), or None
    varying : tuple of int
        Columns of `x` whose coefficients differ between groups.
    group : array of int, shape (n,)
        From 0 on, without gaps.
    """

    x: Numbers
    y: Numbers
    offset: Numbers | None
    varying: tuple[int, ...]
    group: Codes


@dataclass(frozen=True)
class Draws:
    """Draws from the posterior.

    Attributes
    ----------
    beta : array of float, shape (chains, draws, k)
    sd : array of float, shape (chains, draws, v)
        Standard deviations between groups.
    effects : array of float, shape (chains, draws, groups, v)
        How far each group is from `beta`.
    divergent : int
        Transitions that left the path they were to follow.
    """

    beta: Numbers
    sd: Numbers
    effects: Numbers
    divergent: int


def draw(rows: Rows, link: Link, *, start: float, seed: int, draws: int, chains: int) -> Draws:
    """No-U-turn sampling: draws from the posterior.

    Parameters
    ----------
    rows : Rows
    link : {"logit", "cloglog", "probit"}
    start : float
        Linear predictor of the mean hazard: where the prior of the intercept has its middle.
    seed, draws, chains : int
        Each chain warms up as long as it draws.

    Raises
    ------
    PlanError
        If numpyro is not installed.
    """
    infer = library("numpyro.infer", "bayes", "A model with random effects")
    from jax.random import PRNGKey

    kernel = infer.NUTS(_model, target_accept_prob=ACCEPT)
    chain = infer.MCMC(
        kernel, num_warmup=draws, num_samples=draws, num_chains=chains, chain_method="sequential",
        progress_bar=False,
    )  # fmt: skip
    chain.run(
        PRNGKey(seed),
        _pieces(rows, _own_scale(rows, link, start)),
        link,
        start,
        extra_fields=("diverging",),
    )
    samples = chain.get_samples(group_by_chain=True)
    return Draws(
        beta=np.asarray(samples["beta"], dtype=float),
        sd=np.asarray(samples["spread"], dtype=float),
        effects=np.asarray(samples["effects"], dtype=float),
        divergent=int(np.sum(chain.get_extra_fields()["diverging"])),
    )


def _model(laid: _Pieces, link: Link, start: float) -> None:
    """The model as numpyro reads it."""
    import jax.numpy as jnp
    import numpyro
    from numpyro import distributions as prior

    width, centred = laid.x.shape[2], laid.centred
    middle = np.r_[start, np.zeros(width - 1)]
    beta = numpyro.sample("beta", prior.Normal(middle, COEFFICIENT).to_event(1))
    spread = numpyro.sample("spread", prior.HalfNormal(np.full(len(laid.varying), SPREAD)).to_event(1))
    # 1: a group's coefficient is drawn as it is; 0: as a multiple of the spread around the common one
    common = beta[jnp.array(laid.varying)]
    # between centred (1) and non-centred (0): with c = `centred`, raw ~ N(c b, spread^c) and
    # effect = spread^(1-c) (raw - c b), so that the effect is N(0, spread²) whatever c is
    raw = numpyro.sample("raw", prior.Normal(centred * common, spread**centred).to_event(2))
    effects = numpyro.deterministic("effects", spread ** (1 - centred) * (raw - centred * common))
    varying = laid.x[:, :, laid.varying]
    eta = laid.x @ beta + jnp.einsum("prv,pv->pr", varying, effects[laid.group]) + laid.offset
    numpyro.factor("likelihood", jnp.sum(laid.times * _loglik(link, eta, laid.y)))


@dataclass(frozen=True)
class _Pieces:
    """Rows in pieces of one group each, the last of a group filled up, so that no row looks its group up.

    `times` is how often a row is there: 0 where a piece was filled up.
    """

    x: Numbers
    y: Numbers
    offset: Numbers
    times: Numbers
    group: Codes
    centred: Numbers
    varying: tuple[int, ...]


def _pieces(rows: Rows, centred: Numbers) -> _Pieces:
    """Rows laid out in pieces; `centred` says how far coefficients of each group are on their own scale."""
    x, y, offset, code, times = _merged(rows)
    sizes = np.bincount(code)
    within = np.arange(code.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    count = -(-sizes // PIECE)
    piece, place = (np.cumsum(count) - count)[code] + within // PIECE, within % PIECE
    shape = (int(count.sum()), PIECE)

    def laid(values: Numbers) -> Numbers:
        out = np.zeros((*shape, *values.shape[1:]))
        out[piece, place] = values
        return out

    return _Pieces(
        laid(x),
        laid(y),
        laid(offset),
        laid(times),
        np.repeat(np.arange(sizes.size), count),
        centred,
        rows.varying,
    )


def _merged(rows: Rows) -> tuple[Numbers, Numbers, Numbers, Codes, Numbers]:
    """Columns, events, offset and group of rows that differ, by group, and how often each is there."""
    import polars as pl

    columns: dict[str, Any] = {f"x{at}": column for at, column in enumerate(rows.x.T)}
    columns |= {"y": rows.y, "offset": np.zeros(rows.y.size) if rows.offset is None else rows.offset}
    frame = pl.DataFrame({"group": rows.group, **columns})
    merged = (
        frame.group_by(frame.columns, maintain_order=True).len("times").sort("group", maintain_order=True)
    )
    x = merged.select(list(columns)[: rows.x.shape[1]]).to_numpy()
    y, offset, times = (merged[name].to_numpy().astype(float) for name in ("y", "offset", "times"))
    return x, y, offset, merged["group"].to_numpy(), times


def _own_scale(rows: Rows, link: Link, start: float) -> Numbers:
    """How far to draw each group on its own scale: what its rows tell, as a share of that and the spread.

    The spread is guessed from how far the scores of groups differ at the common coefficients: their variance
    is what a group tells, plus the spread times the square of it.
    """
    middle = np.r_[start, np.zeros(rows.x.shape[1] - 1)]
    beta = middle.copy()
    for _ in range(STEPS):
        eta = rows.x @ beta + (0.0 if rows.offset is None else rows.offset)
        at = likelihood_contributions(link, eta, rows.y)
        gradient = rows.x.T @ at.score - (beta - middle) / COEFFICIENT**2
        information = rows.x.T @ (rows.x * at.weight[:, None]) + np.eye(beta.size) / COEFFICIENT**2
        step = np.linalg.solve(information, gradient)
        beta = beta + step / max(1.0, float(np.abs(step).max()))
    z = rows.x[:, rows.varying]
    score, curvature = (
        np.column_stack([np.bincount(rows.group, weights=column) for column in each.T])
        for each in (z * at.score[:, None], z * z * at.weight[:, None])
    )
    # method of moments: E score² = curvature + variance · curvature², groups weighted by curvature², so that
    # those with many events count most
    spread = np.maximum((score**2 - curvature).sum(axis=0) / (curvature**2).sum(axis=0), SMALLEST**2)
    # share of a group's own data in its posterior precision
    share = curvature * spread / (1 + curvature * spread)
    return np.asarray(share**2)  # rather too little than too much: small spreads are hard to get out of


def _loglik(link: Link, eta: Any, y: Numbers) -> Any:
    import jax.numpy as jnp
    from jax.scipy.special import log_ndtr

    if link == "logit":
        return y * eta - jnp.logaddexp(0.0, eta)
    if link == "probit":
        return log_ndtr(jnp.where(y > 0, eta, -eta))
    u = jnp.exp(jnp.minimum(eta, HIGHEST))
    # below 1e-6, log(1 - e^-u) is eta to the single precision of jax; the inner `where` keeps the branch that
    # is not taken finite, or its gradient would be NaN
    tiny = u < 1e-6
    log_hazard = jnp.where(tiny, eta, jnp.log(-jnp.expm1(-jnp.where(tiny, 1.0, u))))
    return jnp.where(y > 0, log_hazard, -u)


def mixing(values: Numbers) -> tuple[Numbers, Numbers]:
    """Rank-normalised split R-hat, and effective sample size, of each of some quantities.

    Parameters
    ----------
    values : array of float, shape (chains, draws, q)

    Returns
    -------
    tuple of two arrays of float, shape (q,)
        Vehtari et al. 2021 (doi:10.1214/20-BA1221): R-hat is the larger of that of the ranks and that of the
        ranks of distances from the median.
    """
    from numpyro.diagnostics import effective_sample_size, split_gelman_rubin

    far = np.abs(values - np.median(values, axis=(0, 1)))
    # ranks see differences in location, folded ranks those in scale and in the tails
    rhat = np.maximum(*(np.asarray(split_gelman_rubin(_normal_scores(each))) for each in (values, far)))
    return rhat, np.asarray(effective_sample_size(_normal_scores(values)))


def _normal_scores(values: Numbers) -> Numbers:
    from scipy.special import ndtri
    from scipy.stats import rankdata

    flat = values.reshape(-1, values.shape[-1])
    # normal scores of Blom 1958: Φ⁻¹((r - 3/8) / (n + 1/4))
    return np.asarray(ndtri((rankdata(flat, axis=0) - 0.375) / (len(flat) + 0.25))).reshape(values.shape)
