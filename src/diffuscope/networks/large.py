"""Networks of millions of units: receivers are searched batch by batch, and what is done is kept on disk."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from diffuscope.compute import as_done, cores, current_cluster
from diffuscope.errors import PlanError
from diffuscope.networks.engine import engine
from diffuscope.networks.event_files import EventFiles, Source, full_disk_told, sorted_files
from diffuscope.networks.greedy import Edges, joined
from diffuscope.networks.infer import network_with, settings_of
from diffuscope.networks.netinf import Floor, again, batches_of, ended, merge, plan_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from diffuscope.networks.cascades import Cascades, Events, Receivers
    from diffuscope.networks.delays import DelayName, Rate
    from diffuscope.networks.infer import Dialect
    from diffuscope.networks.inferred import InferredNetwork, Settings
    from diffuscope.networks.netinf import Plan
    from diffuscope.records.arrays import Codes

    Progress = Callable[[str, int, int], None]

UNITS = {"": 1, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}
LEAST_MEMORY = 200_000_000
PER_PAIR = 16
"""Bytes that a pair of events takes while its receiver is searched."""
PER_UNIT = 24
"""Bytes that a worker needs for each unit or policy."""
BATCH = 5_000_000
"""Pairs of events that a batch looks at at most: a fraction of a second of work."""


class Shard(NamedTuple):
    """What every batch needs to know.

    Attributes
    ----------
    events : EventFiles or (Events, Receivers)
        The files that all workers see, or what is in them.
    plan : Plan
    most : int
        Edges of each receiver at most.
    floor : float
    """

    events: EventFiles | tuple[Events, Receivers]
    plan: Plan
    most: int
    floor: float


def infer_large_network(
    adoptions: str | Path | pl.DataFrame,
    folder: str | Path,
    *,
    edges: int | Literal["all"] | None = None,
    stop: float | None = None,
    delay: DelayName = "exponential",
    rate: Rate | None = None,
    window: tuple[float, float] | None = None,
    ties: Literal["never", "shared"] = "never",
    dialect: Dialect = "R",
    least_support: int | None = None,
    equal: Literal["support", "last"] = "support",
    columns: Mapping[str, str] | None = None,
    memory: str | int = "2GB",
    workers: int | None = None,
    progress: Progress | None = None,
) -> InferredNetwork:
    """Inferred network (NetInf) of adoptions that may be larger than memory; the same as `infer_network`'s.

    Events are sorted once into files. Batches of receivers are searched by processes of this machine, or by
    the cluster of `run_on`, and kept: a run that was stopped, by whatever, goes on where it was and gives the
    same network.

    Parameters
    ----------
    adoptions : str, Path or polars.DataFrame
        A Parquet, CSV or Arrow file, or a frame: a row per adoption with `unit`, `policy` and `time`, a
        number; an empty time means never.
    folder : str or Path
        Takes the sorted events and the batches; remove it when the network is written. On a cluster, a folder
        that all workers see saves sending them the events.
    edges, stop, delay, rate
        As for `infer_network`; but ``edges="all"`` gives those that improve something.
    window : (float, float), optional
        First and last time that is seen.
    ties : {"never", "shared"}
        As for `infer_network`.
    dialect, least_support, equal
        As for `infer_network`.
    columns : mapping of str to str, optional
        What the table calls its columns: ``{"unit": "statenam"}``.
    memory : str or int
        That all processes of this machine may use together, such as ``"2GB"``.
    workers : int, optional
        Processes at once; all cores by default. The network does not depend on it.
    progress : callable, optional
        Called as ``progress(what, done, total)``.

    Returns
    -------
    InferredNetwork

    Raises
    ------
    CaseError
        If a row has no unit or policy, a time is infinite, or a unit adopts a policy twice.
    ComputeError
        If the disk is full or a process is killed; what is done is kept.
    MethodError
        If nobody adopted after anybody else.
    PlanError
        If an option is out of range, the memory is too small, or the folder is another run's.
    """
    if ties not in ("never", "shared"):
        raise PlanError(f"ties is {ties!r}; for large networks it is one of never, shared.")
    bytes_ = memory_of(memory)
    say: Progress = progress or (lambda *_: None)
    say("sorting the adoptions", 0, 1)
    table = Path(adoptions) if isinstance(adoptions, str | Path) else adoptions
    files, cascades = sorted_files(Source(table, columns or {}), Path(folder), bytes_, window)
    settings = settings_of(
        cascades, edges=edges, stop=stop, delay=delay, rate=rate, ties=ties, dialect=dialect,
        least_support=least_support, equal=equal, workers=workers,
    )  # fmt: skip
    settings = settings._replace(wanted=settings.wanted._replace(nothing=False))
    search = _Search(files, cascades, settings, Path(folder), bytes_, say)
    return network_with(cascades, settings, search.edges(), window=window, lenient=True)


def memory_of(memory: str | int) -> int:
    """Bytes, from a number or from words such as 2GB.

    >>> memory_of("1.5 GB"), memory_of(10**9)
    (1500000000, 1000000000)
    """
    text = str(memory).upper().replace(" ", "").removesuffix("B").removesuffix("I")
    number, unit = (text[:-1], text[-1]) if text[-1:] in UNITS and text[-1:] else (text, "")
    try:
        found = int(float(number) * UNITS[unit])
    except (ValueError, OverflowError):
        found = 0
    if found < LEAST_MEMORY:
        raise PlanError(f"memory is {memory!r}; it must be at least 200MB, such as 2GB.")
    return found


class _Search:
    """The search of one run: its batches, and the files in which their edges are kept."""

    def __init__(  # noqa: PLR0917 what a run consists of
        self,
        files: EventFiles,
        cascades: Cascades,
        settings: Settings,
        folder: Path,
        memory: int,
        say: Progress,
    ) -> None:
        self.files, self.cascades, self.settings, self.say = files, cascades, settings, say
        self.plan = plan_of(cascades, settings.terms, settings.wanted, np.ones(len(cascades.policies)))
        name = repr((files.token, settings.terms, settings.wanted, engine().compiled))
        self.folder = folder / f"batches-{hashlib.sha256(name.encode()).hexdigest()[:12]}"
        self.pairs = self._pairs_at_once(memory)

    def _pairs_at_once(self, memory: int) -> int:
        """Pairs of a batch; refuses memory that does not hold the pairs of the receiver with most."""
        index, events = self.cascades.by_receiver(), self.cascades.events
        processes = 1 if current_cluster() is not None else cores(self.settings.workers)
        each = memory / processes - PER_UNIT * (len(self.cascades.units) + len(self.cascades.policies))
        before = events.tie_first[index.order] - events.starts[index.cascades]
        looked = np.diff(np.append(0, np.cumsum(before))[index.starts])
        most = int(looked.max(initial=0))
        if most * PER_PAIR > each:
            who = self.cascades.units[int(looked.argmax())]
            needed = (most * PER_PAIR + memory / processes - each) * processes / 1e9
            raise PlanError(
                f"`{who}` comes after {most:,} adoptions of others, so {processes} processes need up to "
                f"{needed:.1f} GB. Fix: give more `memory`, or fewer `workers`."
            )
        return BATCH

    def edges(self) -> Edges:
        """The edges of the network, in their order."""
        wanted, total = self.settings.wanted, self.plan.weights.total
        floor = Floor(wanted)
        found = self._phase("first", self.cascades.by_receiver().adopting, self.plan.first, floor.value)
        floor.add(found, total)
        more = again(found, self.plan, floor.value)
        if len(more):
            kept = found.at(~np.isin(found.receivers, more))
            found = joined([kept, self._phase("again", more, self.plan.every, floor.value)])
        return ended(merge(found, last=wanted.last), wanted, total)

    def _phase(self, name: str, receivers: Codes, most: int, floor: float) -> Edges:
        """The edges into some receivers, from the files where they are there."""
        what = "searching the receivers" if name == "first" else "searching receivers with many edges again"
        events, index = self.cascades.events, self.cascades.by_receiver()
        batches = batches_of(events, index, receivers, self.pairs)
        left = [at for at in range(len(batches)) if not self._file(name, at).exists()]
        shard = Shard(self._seen_by_all(), self.plan, most, floor)
        self.say(what, len(batches) - len(left), len(batches))
        with full_disk_told(self.folder):
            self.folder.mkdir(exist_ok=True)
        made = as_done(
            _batch, [batches[at] for at in left], shard, seed=0, name="receivers",
            workers=self.settings.workers,
        )  # fmt: skip
        for done, (at, edges) in enumerate(made, start=1):
            with full_disk_told(self.folder):
                _keep(edges, self._file(name, left[at]))
            self.say(what, len(batches) - len(left) + done, len(batches))
        return joined([_kept(self._file(name, at)) for at in range(len(batches))])

    def _file(self, name: str, at: int) -> Path:
        return self.folder / f"{name}-{at:06}.npy"

    def _seen_by_all(self) -> EventFiles | tuple[Events, Receivers]:
        """The files, or what is in them where a worker does not see the folder."""
        cluster = current_cluster()
        if cluster is None or all(cluster.everywhere(self.files.are_here)):
            return self.files
        return self.cascades.events, self.cascades.by_receiver()


def _batch(shard: Shard, receivers: Codes, _: np.random.Generator) -> Edges:
    """Edges into a batch of receivers."""
    seen = shard.events
    events, index = seen.open() if isinstance(seen, EventFiles) else seen
    search = shard.plan.search(shard.most, shard.floor)
    return engine().batch(events, index, receivers, shard.plan.terms, shard.plan.weights, search)


def _keep(edges: Edges, file: Path) -> None:
    """Write the edges of a batch, all or nothing."""
    temporary = file.with_suffix(".new")
    table: Any = np.zeros(len(edges.gains), dtype=[(name, column.dtype) for name, column in _columns(edges)])
    for name, column in _columns(edges):
        table[name] = column
    with temporary.open("wb") as out:
        np.save(out, table)
        out.flush()
        os.fsync(out.fileno())
    temporary.replace(file)


def _kept(file: Path) -> Edges:
    table = np.load(file)
    columns: Any = (np.ascontiguousarray(table[name]) for name in Edges._fields)
    return Edges(*columns)


def _columns(edges: Edges) -> list[tuple[str, Any]]:
    return list(zip(Edges._fields, edges, strict=True))
