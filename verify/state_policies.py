"""American states and 728 policies (SPID v1.0): their network, and how many edges over how long a window.

The data are read where they are at hand (`../shared/data/reference`), and never copied. ``python -m
verify.state_policies`` prints the states' network, its top sources over time, thresholds, a pooled event
history, and the protocol of Desmarais, Harden & Boehmke 2015 (doi:10.1017/S0003055415000040) on these data.
Their own matrix of 187 policies is not at hand, so this is no replication of theirs: they chose 35 years and
300 edges, and 10 years and 400 edges.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import polars as pl

from diffuscope import infer_network, rolling_networks, thresholds_by_policy
from diffuscope.models import event_history

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
STATES = DATA / "reference" / "spid_policies.csv"
BORDERS, NAMES = DATA / "library" / "us_state_contiguity.csv", DATA / "library" / "us_states.csv"
RATE = 0.5
"""That of the authors; the BIC hardly depends on it."""
YEARS, WIDTHS, EDGES = range(1960, 2010), range(5, 51, 5), range(100, 1001, 100)
PUBLISHED = ((35, 300), (10, 400))
NEVER = 9999


class States(NamedTuple):
    """Year of adoption by policy and state, `NEVER` where a state did not adopt, and both names."""

    year: np.ndarray
    policies: tuple[str, ...]
    states: tuple[str, ...]

    def table(self, order: np.random.Generator | None = None) -> pl.DataFrame:
        """Adoptions, a row each; with an order, states get other names, which break ties otherwise."""
        named = np.arange(len(self.states)) if order is None else order.permutation(len(self.states))
        policy, state = np.nonzero(self.year < NEVER)
        return pl.DataFrame(
            {
                "policy": [self.policies[at] for at in policy],
                "unit": [f"{named[at]:02}" for at in state],
                "time": self.year[policy, state],
                "state": state,
            }
        )


def states() -> States:
    """The data as years."""
    rows = pl.read_csv(STATES)
    policies, names = (tuple(sorted(rows[column].unique())) for column in ("policy", "statenam"))
    year = np.full((len(policies), len(names)), NEVER)
    at = [dict(zip(ids, range(len(ids)), strict=True)) for ids in (policies, names)]
    for policy, name, when in rows.select("policy", "statenam", "adopt_year").iter_rows():
        year[at[0][policy], at[1][name]] = when
    return States(year, policies, names)


def ranks(data: States, table: pl.DataFrame, first: int, last: int) -> np.ndarray:
    """Order in which edges join the network of some years, by receiver and sender; infinite where never."""
    inside = table.filter(pl.col("time").is_between(first, last))
    whole = inside.group_by("policy").agg(pl.len()).filter(pl.col("len") == len(data.states))
    # the authors' script drops policies that all states adopted within the window
    inside = inside.join(whole, on="policy", how="anti")
    found = np.full((len(data.states), len(data.states)), np.inf)
    if inside.is_empty():
        return found
    network = infer_network(
        inside.select("policy", "unit", "time"), edges="all", rate=RATE, dialect="SNAP", workers=1
    )
    place = dict(inside.select("unit", "state").unique().iter_rows())
    at = np.array([place[unit] for unit in network.units])
    found[at[network.edges.receivers], at[network.edges.senders]] = np.arange(len(network.edges.senders))
    return found


class Counted(NamedTuple):
    """Rows that are alike: policy, all and sources that had adopted; how many, and how many of them adopt."""

    policy: np.ndarray
    others: np.ndarray
    sources: np.ndarray
    rows: np.ndarray
    events: np.ndarray


def counted(data: States, nets: dict[int, np.ndarray], edges: int) -> Counted:
    """State-years at risk, from the year after a policy's first adoption to its last one."""
    year = data.year
    first, last = year.min(axis=1), np.where(year < NEVER, year, -1).max(axis=1)
    width, parts = len(data.states) + 1, []
    for when, net in nets.items():
        had = year < when
        risk = (year >= when) & (first < when)[:, None] & (last >= when)[:, None]
        sources = had.astype(int) @ (net < edges).astype(int).T
        policy, state = np.nonzero(risk)
        code = policy * width + sources[policy, state]
        rows = np.bincount(code, minlength=len(year) * width)
        events = np.bincount(code, weights=year[policy, state] == when, minlength=len(year) * width)
        used = np.flatnonzero(rows)
        others = had.sum(axis=1)[used // width]
        parts.append((used // width, others, used % width, rows[used], events[used]))
    return Counted(*(np.concatenate(column) for column in zip(*parts, strict=True)))


class Cell(NamedTuple):
    """A logit of adoption on all earlier adopters and sources, with an intercept for each policy."""

    bic: float
    others: float
    sources: float
    loglik: float
    rows: int


def logit(rows: Counted) -> Cell:
    """Maximum likelihood by Newton–Raphson, with the policies' block eliminated.

    Policies of which all rows are adoptions, or none is, are fitted without error whatever the coefficients:
    they tell nothing, and are left out.
    """
    adopt, many = np.bincount(rows.policy, rows.events), np.bincount(rows.policy, rows.rows)
    varies = (adopt > 0) & (adopt < many)
    rows = Counted(*(column[varies[rows.policy]] for column in rows))
    _, group = np.unique(rows.policy, return_inverse=True)
    x = np.column_stack([rows.others, rows.sources]).astype(float)
    own, beta = np.zeros(group.max() + 1), np.zeros(2)
    share = np.bincount(group, rows.events) / np.bincount(group, rows.rows)
    own = np.log(share / (1 - share))
    for _ in range(50):
        p = 1 / (1 + np.exp(-(own[group] + x @ beta)))
        slope, weight = rows.events - rows.rows * p, rows.rows * p * (1 - p)
        within, across = (
            np.bincount(group, weight),
            np.array([np.bincount(group, weight * one) for one in x.T]),
        )
        score = x.T @ slope - across @ (np.bincount(group, slope) / within)
        step = np.linalg.solve(x.T @ (weight[:, None] * x) - (across / within) @ across.T, score)
        beta += step
        own += (np.bincount(group, slope) - across.T @ step) / within
        if np.abs(step).max() < 1e-9:
            break
    p = 1 / (1 + np.exp(-(own[group] + x @ beta)))
    loglik = float(rows.events @ np.log(p) + (rows.rows - rows.events) @ np.log1p(-p))
    size = int(rows.rows.sum())
    bic = float((len(own) + 2) * np.log(size) - 2 * loglik)
    return Cell(bic, float(beta[0]), float(beta[1]), loglik, size)


def grid(data: States, order: np.random.Generator | None = None) -> dict[tuple[int, int], Cell]:
    """Every window and number of edges."""
    table, cells = data.table(order), {}
    for width in WIDTHS:
        nets = {when: ranks(data, table, when - width, when - 1) for when in YEARS}
        for edges in EDGES:
            cells[width, edges] = logit(counted(data, nets, edges))
    return cells


def best_by_width(cells: dict[tuple[int, int], Cell]) -> dict[int, int]:
    """The number of edges with the lowest BIC, by window."""
    return {width: min(EDGES, key=lambda edges: cells[width, edges].bic) for width in WIDTHS}


def say(text: str) -> None:
    """Print a line."""
    sys.stdout.write(text + "\n")


def protocol(data: States, orders: int = 3) -> None:
    """Print the protocol's table, with states named in several random orders."""
    for order in range(orders + 1):
        cells = grid(data, np.random.default_rng(order) if order else None)
        best = min(cells, key=lambda cell: cells[cell].bic)
        found = cells[best]
        say(
            f"order {order or 'of names'}: lowest BIC {found.bic:,.2f} at {best[0]} years, {best[1]} edges "
            f"({found.rows:,} rows; sources {found.sources:.4f}, all {found.others:.4f})"
        )
        for cell in PUBLISHED:
            say(f"  published {cell}: {cells[cell].bic:,.2f}, {cells[cell].bic - found.bic:+.2f}")
        say(f"  edges by window: {best_by_width(cells)}")


def borders(data: States) -> pl.DataFrame:
    """Pairs of states with a border, both ways, without those that meet at a point or across water only."""
    spelt = dict(pl.read_csv(NAMES).select("state", "name").iter_rows())
    pairs = pl.read_csv(BORDERS).filter(pl.col("note").is_null())["state_a", "state_b"].iter_rows()
    ends = [(spelt.get(one), spelt.get(other)) for one, other in pairs]
    both = [pair for one, other in ends for pair in ((one, other), (other, one)) if {*pair} <= {*data.states}]
    return pl.DataFrame(both, schema=["sender", "receiver"], orient="row")


def adoptions(data: States) -> pl.DataFrame:
    """A row per state and policy it adopted."""
    policy, state = np.nonzero(data.year < NEVER)
    columns = {
        "policy": np.array(data.policies)[policy],
        "unit": np.array(data.states)[state],
        "time": data.year[policy, state],
    }
    return pl.DataFrame(columns)


def history(data: States) -> pl.DataFrame:
    """Rows of states at risk 1960–2017, with the share of neighbours that had adopted."""
    place = {name: at for at, name in enumerate(data.states)}
    beside = np.zeros((len(place), len(place)))
    for one, other in borders(data).iter_rows():
        beside[place[other], place[one]] = 1
    beside /= np.maximum(beside.sum(axis=1, keepdims=True), 1)
    parts = []
    for at, year in enumerate(data.year):
        years = np.arange(max(year.min() + 1, 1960), 2018)
        state, when = (year[:, None] >= years).nonzero()
        near = beside @ (year[:, None] < years)
        age = years[when] - year.min()
        parts.append(
            pl.DataFrame({"unit": state, "duration": age, "near": near[state, when]}).with_columns(
                event=pl.Series(year[state] == years[when]), policy=pl.lit(data.policies[at])
            )
        )
    return pl.concat(part for part in parts if part.height)


def overview(data: States) -> None:
    """Print the network, who is followed when, how neighbours matter, and thresholds."""
    laws = adoptions(data)
    network = infer_network(laws, edges=300, workers=1)
    say("\n".join(network.summary()))
    for row in network.table().head(10).select("sender", "receiver", "improvement", "support").iter_rows():
        say(f"  {row[0]} → {row[1]}: {row[2]:,.1f} ({row[3]:g} policies)")
    rolling = rolling_networks(laws, width=35, step=10, first=1950, edges=300)
    for (last,), rows in rolling.senders().group_by("last", maintain_order=True):
        top = ", ".join(f"{name} {many}" for _, name, many in rows.head(5).iter_rows())
        say(f"  sources to {last}: {top}")
    fit = event_history("event ~ near", history(data), duration="cubic", policy_effects="fixed")
    rest = f"{fit.rows:,} rows, coefficient of neighbours {fit.coefficients[1]:.4f}"
    say(f"pooled event history: {fit.policies} policies, {rest}")
    found = thresholds_by_policy(laws, borders(data))["threshold"].drop_nulls()
    none = (found == 0).mean()
    say(f"thresholds: {len(found):,}, median {found.median():.2f} of the neighbours, 0 in {none:.0%}")


if __name__ == "__main__":
    overview(states())
    protocol(states())
