"""A large search that is killed: what is done is kept, and the network is the same, whoever searched.

``python -m verify.large_networks kills`` ends a run by SIGKILL at a random moment, again and again, and gives
the same command until it ends. ``… cluster`` searches with four dask workers of 1 GB each and kills one in
mid-run; ``… hosts`` does so with workers on another host, as two network namespaces are. All compare every
number of the network with that of a run in one process.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import polars as pl
from benchmarks.grown_cascades import grown

from diffuscope.networks import infer_large_network, large

DASK = [sys.executable, "-m", "dask"]
WORK = """
import sys
from diffuscope import infer_large_network, run_on
from diffuscope.networks import large
source, folder, out, batch, cluster, edges = sys.argv[1:]
large.BATCH = int(batch)
def told(what, done, total):
    print(what, done, total, flush=True)
with run_on(cluster=cluster or None):
    wanted = "all" if edges == "all" else int(edges)
    found = infer_large_network(source, folder, edges=wanted, rate=1.0, least_support=2, progress=told,
                                workers=None if cluster else 1)
found.table().write_parquet(out)
"""


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


class Trial(NamedTuple):
    """A table of adoptions, a folder for everything else, and how a run on it is begun."""

    source: Path
    folder: Path
    batch: int
    edges: str = "all"

    def command(self, name: str, cluster: str = "") -> list[str]:
        """The words of a run in a process of its own."""
        work, out = self.folder / name, self.out(name)
        words = map(str, (self.source, work, out, self.batch, cluster, self.edges))
        return [sys.executable, "-c", WORK, *words]

    def out(self, name: str) -> Path:
        """The file of a run's network."""
        return self.folder / f"{name}.parquet"

    def run(self, name: str) -> None:
        """A run in one process that nobody kills."""
        subprocess.run(self.command(name), check=True, stdout=subprocess.DEVNULL)


def child(trial: Trial, name: str) -> int:
    """A run in a process split from this one, which has read the libraries but used none of them."""
    number = os.fork()
    if number == 0:
        code = 1
        try:
            large.BATCH = trial.batch
            found = infer_large_network(
                trial.source,
                trial.folder / name,
                edges=int(trial.edges),
                rate=1.0,
                least_support=2,
                workers=1,
            )
            found.table().write_csv(trial.folder / f"{name}.csv")
            code = 0
        finally:
            os._exit(code)
    return number


def killed_until_done(trial: Trial, name: str, rng: np.random.Generator, longest: float) -> int:
    """Run it, killing it after a random time, until it ends by itself; how often it was killed."""
    for kills in range(1000):
        number, until = child(trial, name), time.monotonic() + rng.uniform(0.0, longest)
        while time.monotonic() < until:
            ended, status = os.waitpid(number, os.WNOHANG)
            if ended:
                if status:
                    raise SystemExit("A run failed by itself.")
                return kills
            time.sleep(0.002)
        os.kill(number, signal.SIGKILL)
        os.waitpid(number, 0)
    raise SystemExit("A run made no progress between kills.")


def kills(runs: int, folder: Path) -> bool:
    """Whether each of some runs that are killed at random gives the same network as one that is not."""
    trial = Trial(folder / "grown.parquet", folder, 2_000, "500")
    made = get_context("spawn").Process(target=write_small, args=(trial.source,))
    made.start()
    made.join()
    longest = 0.0
    for name in ("compiled", "whole"):
        began = time.monotonic()
        os.waitpid(child(trial, name), 0)
        longest = 1.5 * (time.monotonic() - began)
    rng, same, total = np.random.default_rng(1), 0, 0
    for at in range(runs):
        killed = 0
        while not killed:  # one that ended before it could be killed is run once more
            shutil.rmtree(folder / f"run{at}", ignore_errors=True)
            killed = killed_until_done(trial, f"run{at}", rng, longest)
        total += killed
        same += (folder / f"run{at}.csv").read_bytes() == (folder / "whole.csv").read_bytes()
        shutil.rmtree(folder / f"run{at}")
        if (at + 1) % 10 == 0:
            say(f"{same} of {at + 1} the same, {total} kills")
    say(f"{same} of {runs} runs that were killed {total} times give the network of the run that was not.")
    return same == runs


def write_small(file: Path) -> None:
    """A small world; in a process of its own, as none is split that has used Polars' threads."""
    grown(500, 8_000, 16, seed=11).adoptions.write_parquet(file)


class Hosts(NamedTuple):
    """Where the scheduler and the command are, and where the workers; the address of the scheduler."""

    here: str
    there: str
    address: str

    def scheduler(self) -> list[str]:
        """The words that start it."""
        words = ["scheduler", "--host", self.address, "--port", "8786", "--no-dashboard"]
        return within(self.here, [*DASK, *words])

    def worker(self, folder: Path) -> list[str]:
        """The words that start one of 1 GB."""
        words = [f"tcp://{self.address}:8786", "--nthreads", "1", "--memory-limit", "1GB", "--no-dashboard"]
        return within(self.there, [*DASK, "worker", *words, "--local-directory", str(folder / "dask")])


def within(host: str, words: list[str]) -> list[str]:
    """A command inside a network namespace."""
    return ["ip", "netns", "exec", host, *words] if host else words


def started(words: list[str], awaited: str) -> subprocess.Popen[str]:
    """A process of dask that has said a word; what it says later is read and forgotten."""
    run = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
    for line in run.stderr or ():
        if awaited in line:
            break
    threading.Thread(target=lambda: [None for _ in run.stderr or ()], daemon=True).start()
    return run


def searched(trial: Trial, hosts: Hosts, workers: int) -> bool:
    """Whether a cluster that loses a worker in mid-run gives the network that one process gives."""
    trial.run("near")
    own = [started(hosts.scheduler(), "Scheduler at")]
    own += [started(hosts.worker(trial.folder), "Starting established connection") for _ in range(workers)]
    words = within(hosts.here, trial.command("far", f"tcp://{hosts.address}:8786"))
    began, killed = time.monotonic(), 0
    try:
        run = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        for line in run.stdout or ():
            what, done, total = line.rsplit(maxsplit=2)
            if not killed and what.startswith("searching the") and int(done) >= int(total) // 3:
                killed = child_of(own[1].pid)
                os.kill(killed, signal.SIGKILL)
                say(f"killed a worker after {done} of {total} batches")
        ended = run.wait() == 0
        took = time.monotonic() - began
    finally:
        for one in own:
            one.terminate()
        for one in own:
            one.wait()
    near = pl.read_parquet(trial.out("near"))
    same = ended and pl.read_parquet(trial.out("far")).equals(near)
    which = "the same" if same else "ANOTHER"
    say(f"{workers} workers, {took:.0f} s: {which} network of {near.height:,} edges.")
    return same and killed > 0


def child_of(parent: int) -> int:
    """The process that works for one of dask's nannies, and is started again where it dies."""
    import psutil

    children = psutil.Process(parent).children(recursive=True)
    return max(children, key=lambda one: one.memory_info().rss).pid


def two_hosts(trial: Trial) -> bool:
    """The same with scheduler and workers on two hosts: network namespaces joined by a cable."""
    ends = [("dsa", "10.219.0.1"), ("dsb", "10.219.0.2")]

    def ip(words: str) -> None:
        subprocess.run(["ip", *words.split()], check=True)

    try:
        for name, _ in ends:
            ip(f"netns add {name}")
        ip("link add dsva netns dsa type veth peer name dsvb netns dsb")
        for (name, address), cable in zip(ends, ("dsva", "dsvb"), strict=True):
            ip(f"-n {name} addr add {address}/24 dev {cable}")
            ip(f"-n {name} link set {cable} up")
            ip(f"-n {name} link set lo up")
        return searched(trial, Hosts("dsa", "dsb", "10.219.0.1"), 2)
    finally:
        for name, _ in ends:
            subprocess.run(["ip", "netns", "del", name], check=False)


def main() -> int:
    """Run one of the trials; 0 where all networks are the same."""
    asked = argparse.ArgumentParser(prog="python -m verify.large_networks", description=__doc__)
    asked.add_argument("trial", choices=("kills", "cluster", "hosts"))
    asked.add_argument("--runs", type=int, default=100)
    asked.add_argument("--units", type=int, default=1_000_000)
    asked.add_argument("--events", type=int, default=12_500_000)
    asked.add_argument("--length", type=int, default=20)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if given.trial == "kills":
            return 0 if kills(given.runs, folder) else 1
        small = given.trial == "hosts"
        trial = Trial(folder / "grown.parquet", folder, 200_000 if small else 5_000_000)
        size = (20_000, 400_000, 20) if small else (given.units, given.events, given.length)
        grown(*size, seed=1).adoptions.write_parquet(trial.source)
        same = two_hosts(trial) if small else searched(trial, Hosts("", "", "127.0.0.1"), 4)
        return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
