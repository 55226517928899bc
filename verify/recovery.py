"""Known networks, cascades simulated on them, and how much of the network is found again.

128 nodes and 256 edges; each edge carries with a chance of a half, after an exponential delay of mean 1, and
nothing later than 10 after the start counts.
"""

from __future__ import annotations

import heapq

import numpy as np
import polars as pl

from diffuscope import infer_network

NODES, EDGES, CARRIED, LONGEST = 128, 256, 0.5, 10.0


def uniform():
    """Erdős–Rényi: any edge is as likely as another."""
    return np.ones((NODES, NODES))


def core_and_periphery():
    """Kronecker graph of Leskovec et al. 2010: a dense core, and a periphery tied to it."""
    seed = np.array([[0.962, 0.535], [0.535, 0.107]])
    chance = seed
    while len(chance) < NODES:
        chance = np.kron(chance, seed)
    return chance


def network(chances, rng):
    """Senders and receivers of edges drawn by their chances."""
    chance = chances()
    np.fill_diagonal(chance, 0.0)
    drawn = rng.choice(NODES * NODES, EDGES, replace=False, p=chance.ravel() / chance.sum())
    return np.divmod(drawn, NODES)


def cascade(followers, rng):
    """Continuous-time spread from a random node: each edge carries it with a chance, after a random delay."""
    waiting, reached = [(0.0, int(rng.integers(NODES)))], {}
    while waiting:
        time, node = heapq.heappop(waiting)
        if node in reached:
            continue
        reached[node] = time
        for other in followers.get(node, ()):
            delay = rng.exponential(1.0)
            if other not in reached and rng.random() < CARRIED and time + delay <= LONGEST:
                heapq.heappush(waiting, (time + delay, other))
    return reached


def average_precision(found, true):
    hits = np.array([edge in true for edge in found])
    return float((np.cumsum(hits) / np.arange(1, len(hits) + 1))[hits].sum() / len(true))


def precedence(rows, listed):
    """Pairs by how often the first of them came first: what inference must beat."""
    wins = np.zeros((NODES, NODES))
    for own in rows.partition_by("policy"):
        units, times = own["unit"].cast(pl.Int64).to_numpy(), own["time"].to_numpy()
        wins[np.ix_(units, units)] += times[:, None] < times[None, :]
    best = np.argsort(-wins.ravel(), kind="stable")[:listed]
    return [(int(one) // NODES, int(one) % NODES) for one in best]


def spread(followers, rng, least):
    """The first cascade that reaches so many nodes."""
    while len(reached := cascade(followers, rng)) < least:
        pass
    return reached


def recovery(chances, cascades, seed, least=1):
    """Average precision of the inferred edges of one network, and of the pairs that came first most often.

    `least` is how many nodes a cascade reaches to be one: a third of all reach none but the first, and say
    nothing about any edge.
    """
    rng = np.random.default_rng(seed)
    senders, receivers = network(chances, rng)
    followers: dict[int, list[int]] = {}
    for sender, receiver in zip(senders.tolist(), receivers.tolist(), strict=True):
        followers.setdefault(sender, []).append(receiver)
    made = [
        (str(node), at, time)
        for at in range(cascades)
        for node, time in spread(followers, rng, least).items()
    ]
    rows = pl.DataFrame(made, schema=["unit", "policy", "time"], orient="row")
    asked = infer_network(rows, edges=3 * EDGES, rate=1.0, dialect="SNAP", workers=1).table()
    found = [(int(a), int(b)) for a, b in asked.select("sender", "receiver").iter_rows()]
    true = set(zip(senders.tolist(), receivers.tolist(), strict=True))
    return average_precision(found, true), average_precision(precedence(rows, 3 * EDGES), true)
