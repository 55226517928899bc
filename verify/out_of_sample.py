"""Adoptions of American states foretold, 1 to 10 years ahead, by seven models: SPID v1.0, out of sample.

``python -m verify.out_of_sample`` prints average precision beside the base rate, log loss, Brier score and
AUC, by year ahead, with scores that Hemauer 2025 published for other data where they are at hand. For a test
year t and a horizon h, models learn from outcomes up to t - h and see what was known by then alone: both in
rows they learn from and in rows they foretell, all columns are those of h years before. A policy is followed
for 30 years after its first adoption; SPID does not say until when each was.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import polars as pl
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score
from verify.state_policies import BORDERS, DATA, NAMES, States, ranks, say, states

LIBRARY = DATA / "library"
TEST_YEARS, HORIZONS = range(1990, 2006, 5), (1, 3, 5, 10)
LEARNS, FOLLOWED, WIDTH, EDGES = 15, 30, 35, 300
"""Years that models learn from, that a policy is followed, and of source networks; and their edges."""
DECAY = 0.2
"""Rate per year at which what an earlier adopter does fades, in edges adjusted for covariates."""
COLUMNS = ("all", "neighbours", "age", "age²", "innovativeness", "population", "income")


class Rows(NamedTuple):
    """State-years at risk: columns, sources that had adopted, how long ago each state had, and outcomes."""

    x: np.ndarray
    sources: np.ndarray
    policy: np.ndarray
    state: np.ndarray
    since: np.ndarray
    y: np.ndarray


class World:
    """The states with what was known of them each year."""

    def __init__(self, data: States) -> None:
        self.data, self.year = data, data.year
        self.table = data.table()
        self.first = data.year.min(axis=1)
        self.beside = _borders(data)
        self.own = _population_and_income(data)
        self._nets: dict[int, np.ndarray] = {}

    def net(self, by: int) -> np.ndarray:
        """Who follows whom, from adoptions of the window that ends in a year."""
        if by not in self._nets:
            self._nets[by] = ranks(self.data, self.table, by - WIDTH + 1, by) < EDGES
        return self._nets[by]

    def rows(self, when: int, horizon: int) -> Rows:
        """Who could adopt in a year, and did; with what was known some years before."""
        by = when - horizon
        known = (self.first <= by) & (when - self.first <= FOLLOWED)
        risk = (self.year >= when) & known[:, None]
        had = (self.year <= by).astype(float)
        policy, state = np.nonzero(risk)
        since = np.where(self.year <= by, by - self.year, np.inf)[policy]
        age = np.log1p(np.maximum(by - self.first, 0))[policy]
        columns = [
            had.mean(axis=1)[policy], (had @ self.beside.T)[policy, state], age, age**2,
            self._innovativeness(by)[state], *self.own(by)[:, state],
        ]  # fmt: skip
        sources = had @ self.net(by).astype(float).T
        outcome = self.year[policy, state] == when
        return Rows(
            np.column_stack(columns), sources[policy, state], policy, state, since, outcome.astype(float)
        )

    def learnt(self, last: int, horizon: int) -> Rows:
        """Rows of the years up to a last one."""
        parts = [self.rows(when, horizon) for when in range(last - LEARNS + 1, last + 1)]
        return Rows(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    def _innovativeness(self, by: int) -> np.ndarray:
        """Adoptions of the last ten years, of the policies that each state could have adopted."""
        could = (self.first < by) & (by - self.first <= FOLLOWED)
        open_ = (self.year > by - 10)[could]
        return ((self.year <= by)[could] & open_).sum(axis=0) / np.maximum(open_.sum(axis=0), 1)


def _borders(data: States) -> np.ndarray:
    spelt = dict(pl.read_csv(NAMES).select("state", "name").iter_rows())
    at = {name: place for place, name in enumerate(data.states)}
    beside = np.zeros((len(at), len(at)))
    for one, other in pl.read_csv(BORDERS).filter(pl.col("note").is_null())["state_a", "state_b"].iter_rows():
        ends = at.get(spelt.get(one, "")), at.get(spelt.get(other, ""))
        if None not in ends:
            beside[ends] = beside[ends[::-1]] = 1
    return beside / np.maximum(beside.sum(axis=1, keepdims=True), 1)


def _population_and_income(data: States) -> Callable[[int], np.ndarray]:
    """Logarithms of population and of income per head, in units of the year's spread among states."""
    spelt = pl.read_csv(NAMES).select("state", "name")
    table = pl.read_csv(LIBRARY / "us_state_covariates_1960_2017.csv").join(spelt, on="state")

    def of(year: int) -> np.ndarray:
        own = table.filter(pl.col("year") == max(year, 1960))
        value = {
            name: (one, other) for name, one, other in own["name", "population", "income_pc_usd"].iter_rows()
        }
        logs = np.log(np.array([value[name] for name in data.states], dtype=float)).T
        return (logs - logs.mean(axis=1, keepdims=True)) / logs.std(axis=1, keepdims=True)

    return of


def fitted(
    x: np.ndarray, y: np.ndarray, group: np.ndarray | None = None, ridge: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """Logit by Newton–Raphson, with a normal intercept for each group (Laplace's approximation).

    Returns
    -------
    beta, own : array of float
        Coefficients, the constant first, and the groups' intercepts.
    """
    group = np.zeros(len(y), dtype=int) if group is None else group
    order = np.argsort(group, kind="stable")
    x, y, group = np.column_stack([np.ones(len(y)), x])[order], y[order], group[order]
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    beta, own = np.zeros(x.shape[1]), np.zeros(len(starts))
    spread = 1.0 if len(starts) > 1 else 1e-9
    penalty = np.full(x.shape[1], ridge)
    penalty[0] = 0
    for _ in range(60):
        p = 1 / (1 + np.exp(-(own[group] + x @ beta)))
        slope, weighted = y - p, (p * (1 - p))[:, None] * x
        across = np.add.reduceat(weighted, starts).T
        within = across[0] + 1 / spread
        pull = np.add.reduceat(slope, starts) - own / spread
        score = x.T @ slope - penalty * beta - across @ (pull / within)
        step = np.linalg.solve(x.T @ weighted + np.diag(penalty) - (across / within) @ across.T, score)
        beta, own = beta + step, own + (pull - across.T @ step) / within
        if len(starts) > 1:
            spread = max(float((own**2 + 1 / within).mean()), 1e-3)
        if np.abs(step).max() < 1e-5:
            break
    return beta, own


def _chance(x: np.ndarray, beta: np.ndarray, more: np.ndarray | float = 0.0) -> np.ndarray:
    return 1 / (1 + np.exp(-(beta[0] + x @ beta[1:] + more)))


def pooled(learn: Rows, test: Rows) -> np.ndarray:
    """Pooled logit of the seven columns."""
    return _chance(test.x, fitted(learn.x, learn.y)[0])


def source_counts(learn: Rows, test: Rows) -> np.ndarray:
    """Pooled logit with the number of inferred sources that had adopted."""
    x = [np.column_stack([rows.x, rows.sources]) for rows in (learn, test)]
    return _chance(x[1], fitted(x[0], learn.y)[0])


def random_effects(learn: Rows, test: Rows) -> np.ndarray:
    """Pooled logit with a normal intercept for each policy and, by a ridge, for each state."""
    wide = [np.column_stack([rows.x, np.eye(50)[rows.state]]) for rows in (learn, test)]
    ids, group = np.unique(learn.policy, return_inverse=True)
    beta, own = fitted(wide[0], learn.y, group, ridge=1.0)
    effect = dict(zip(ids.tolist(), own, strict=True))
    return _chance(wide[1], beta, np.array([effect.get(one, 0.0) for one in test.policy.tolist()]))


def adjusted_edges(learn: Rows, test: Rows) -> np.ndarray:
    """NEHA-style: for each state, earlier adopters join the pooled logit while they lower its BIC."""
    beta, _ = fitted(learn.x, learn.y)
    base = [beta[0] + rows.x @ beta[1:] for rows in (learn, test)]
    fading = [np.exp(-DECAY * rows.since) for rows in (learn, test)]
    chance = np.empty(len(test.y))
    for state in range(50):
        own, there = learn.state == state, test.state == state
        y, kept = learn.y[own], []
        columns = base[0][own][:, None]
        best, coefficients = _bic(columns, y)
        while len(kept) < 5:
            p = _chance(columns, coefficients)
            scores = (y - p) @ fading[0][own]
            tries = [at for at in np.argsort(-scores)[:10] if at not in kept and at != state]
            fits = [(_bic(np.column_stack([columns, fading[0][own][:, at]]), y), at) for at in tries]
            (bic, new), at = min(fits, key=lambda one: one[0][0])
            if bic >= best or new[-1] <= 0:
                break
            best, coefficients, kept = bic, new, [*kept, at]
            columns = np.column_stack([columns, fading[0][own][:, at]])
        x = np.column_stack([base[1][there][:, None], fading[1][there][:, kept]])
        chance[there] = _chance(x, coefficients)
    return chance


def _bic(x: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    beta, _ = fitted(x, y, ridge=0.01)
    p = np.clip(_chance(x, beta), 1e-12, 1 - 1e-12)
    return len(beta) * np.log(len(y)) - 2 * float(y @ np.log(p) + (1 - y) @ np.log1p(-p)), beta


def regularised(learn: Rows, test: Rows) -> np.ndarray:
    """Ridge logit with the state, and whether each other state had adopted."""
    wide = [
        np.column_stack([rows.x, rows.sources, np.eye(50)[rows.state], np.isfinite(rows.since)])
        for rows in (learn, test)
    ]
    middle, spread = wide[0].mean(axis=0), wide[0].std(axis=0) + 1e-9
    model = LogisticRegression(C=0.001, solver="newton-cholesky", max_iter=100)
    model.fit((wide[0] - middle) / spread, learn.y)
    return model.predict_proba((wide[1] - middle) / spread)[:, 1]


def boosting(learn: Rows, test: Rows) -> np.ndarray:
    """Gradient boosting of the same columns, as a yardstick."""
    x = [np.column_stack([rows.x, rows.sources, rows.state]) for rows in (learn, test)]
    model = HistGradientBoostingClassifier(
        max_iter=150, learning_rate=0.05, early_stopping=False, random_state=0
    )
    return model.fit(x[0], learn.y).predict_proba(x[1])[:, 1]


MODELS: dict[str, Callable[[Rows, Rows], np.ndarray]] = {
    "base rate": lambda learn, test: np.full(len(test.y), learn.y.mean()),
    "pooled logit": pooled,
    "pooled random effects": random_effects,
    "source counts": source_counts,
    "NEHA-style": adjusted_edges,
    "regularised logit": regularised,
    "gradient boosting": boosting,
}


def scores(y: np.ndarray, chance: np.ndarray) -> dict[str, float]:
    """Average precision, log loss, Brier score and AUC of one test year."""
    chance = np.clip(chance, 1e-9, 1 - 1e-9)
    return {
        "average_precision": float(average_precision_score(y, chance)),
        "log_loss": float(log_loss(y, chance)),
        "brier": float(brier_score_loss(y, chance)),
        "auc": float(roc_auc_score(y, chance)),
    }


def foretold(world: World, when: int, horizon: int, models: tuple[str, ...] = tuple(MODELS)) -> pl.DataFrame:
    """Scores of all models in one test year."""
    learn, test = world.learnt(when - horizon, horizon), world.rows(when, horizon)
    about = {"horizon": horizon, "year": when, "rows": len(test.y), "adoptions": int(test.y.sum())}
    found = [about | {"model": name} | scores(test.y, MODELS[name](learn, test)) for name in models]
    return pl.DataFrame(found)


def table(world: World) -> pl.DataFrame:
    """Means over the test years, by horizon and model, with the base rate beside."""
    every = pl.concat([foretold(world, when, ahead) for ahead in HORIZONS for when in TEST_YEARS])
    return (
        every.with_columns(base_rate=pl.col("adoptions") / pl.col("rows"))
        .group_by("horizon", "model", maintain_order=True)
        .agg(
            pl.col("base_rate", "average_precision", "log_loss", "brier", "auc").mean(),
            pl.len().alias("years"),
        )
    )


def published() -> pl.DataFrame | None:
    """Mean average precision over test years as Hemauer 2025 published it, for other policies and rows."""
    path = LIBRARY / "hemauer2025_average_precision_by_year.csv"
    if not path.exists():
        return None
    rows = pl.read_csv(path).group_by("study", "horizon", "model").agg(pl.col("average_precision").mean())
    return rows.pivot("model", index=["study", "horizon"], values="average_precision").sort(
        "study", "horizon"
    )


if __name__ == "__main__":
    warnings.filterwarnings("ignore", module="sklearn")
    with pl.Config(tbl_rows=100, tbl_width_chars=160, float_precision=4, tbl_hide_dataframe_shape=True):
        say(str(table(World(states()))))
        if (theirs := published()) is not None:
            say("Published for other data: Hemauer 2025, github.com/nhemauer/Pred-Diffusion-2025, 220fcfa269")
            say(str(theirs))
    sys.exit(0)
