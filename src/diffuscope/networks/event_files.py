"""Events in files: sorted once by Polars, which spills to disk, and read by all through memory maps.

A folder holds an array per column, by cascade and time, and an index by receiver. The pairs of a receiver
are made when it is worked on, and stored nowhere.
"""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl

from diffuscope.errors import ComputeError, MethodError, PlanError
from diffuscope.networks.cascades import Cascades, Events, Receivers
from diffuscope.networks.from_frame import ALIASES, TWICE, measured
from diffuscope.panel.adoptions import problems_of, refusal
from diffuscope.panel.native_frames import ROW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

CHUNK = 4_000_000
"""Events that are held at a time while files are written."""
MOST = 2**31
"""Adoptions whose places no longer fit into four bytes."""
SHOWN = 20
"""Rows with problems that are listed at most."""
FOR_SORTING = 0.4
"""Share of the memory that Polars may fill before it spills: what it has in hand comes on top."""
DONE = "events.json"
READERS: dict[str, Callable[[Path], pl.LazyFrame]] = {
    ".parquet": pl.scan_parquet,
    ".csv": pl.scan_csv,
    ".arrow": pl.scan_ipc,
}


class Source(NamedTuple):
    """A table of adoptions, and what its columns are called where they have names of their own.

    Attributes
    ----------
    table : Path or polars.DataFrame
    columns : mapping of str to str
        unit, policy or time: the name in the table.
    """

    table: Path | pl.DataFrame
    columns: Mapping[str, str]


class EventFiles(NamedTuple):
    """Sorted events in a folder.

    Attributes
    ----------
    folder : str
    token : str
        What the folder's own note must hold: another machine may have another folder of that name.
    """

    folder: str
    token: str

    def are_here(self) -> bool:
        """Whether this machine sees the folder, and in it these events."""
        note = Path(self.folder) / DONE
        return note.is_file() and json.loads(note.read_text(encoding="utf-8"))["token"] == self.token

    def open(self) -> tuple[Events, Receivers]:
        """The events and their index, mapped into memory."""
        if not self.are_here():
            raise ComputeError(
                f"The events in {self.folder} are not what this run sorted. Fix: use a folder that all "
                "workers share, or none of them."
            )
        return _opened(self.folder, self.token)


@lru_cache(maxsize=2)
def _opened(folder: str, _token: str) -> tuple[Events, Receivers]:
    def mapped(name: str) -> Any:
        # mapped for copying on write, though nobody writes: compiled code for read-only arrays is other code
        file = Path(folder) / f"{name}.npy"
        return np.asarray(np.load(file, mmap_mode="c"))

    events = Events(*(mapped(name) for name in Events._fields))
    return events, Receivers(*(mapped(f"by_unit_{name}") for name in Receivers._fields))


def sorted_files(
    source: Source, folder: Path, memory: int, window: tuple[float, float] | None
) -> tuple[EventFiles, Cascades]:
    """Events of a table, sorted into the files of a folder; those that are there already are used.

    Raises
    ------
    CaseError
        If a row has no unit or policy, a time is infinite, or a unit adopts a policy twice.
    ComputeError
        If the disk is full; what was done is kept.
    PlanError
        If the table cannot be read so, or the folder holds the events of another one.
    """
    table = source.table
    if isinstance(table, Path) and not (table.is_file() and table.suffix.lower() in READERS):
        raise PlanError(f"`{table}` is no file that ends in one of {', '.join(READERS)}.")
    identity = _identity(source, window)
    note = folder / DONE
    folder.mkdir(parents=True, exist_ok=True)
    with full_disk_told(folder):
        if not note.exists():
            with _spilling(folder, memory):
                _write(_rows(source, window), folder)
            _write_note(note, {"token": uuid.uuid4().hex, "of": identity})
    known = json.loads(note.read_text(encoding="utf-8"))
    if known["of"] != identity:
        raise PlanError(
            f"{folder} holds the events of another table or window. Fix: give another folder, or remove it."
        )
    files = EventFiles(str(folder.resolve()), known["token"])
    events, index = files.open()
    names = [tuple(pl.read_parquet(folder / f"{name}.parquet")[name]) for name in ("unit", "policy")]
    return files, Cascades(units=names[0], policies=names[1], events=events, index=index)


def _identity(source: Source, window: tuple[float, float] | None) -> str:
    """What tells one table from another: a file's name, size and time, or the rows of a frame."""
    table = source.table
    if isinstance(table, pl.DataFrame):
        what = hashlib.sha256(table.hash_rows().to_numpy().tobytes()).hexdigest()
    else:
        file = table.resolve().stat()
        what = f"{table.resolve()} {file.st_size} {file.st_mtime_ns}"
    return f"{what} {sorted(source.columns.items())} {window}"


def _write_note(note: Path, content: dict[str, str]) -> None:
    temporary = note.with_suffix(".new")
    temporary.write_text(json.dumps(content), encoding="utf-8")
    temporary.replace(note)


@contextmanager
def full_disk_told(folder: Path) -> Iterator[None]:
    """Tell a full disk, and every other refusal to write, as such."""
    try:
        yield
    except (OSError, pl.exceptions.PolarsError) as error:
        if isinstance(error, pl.exceptions.PolarsError) and "os error" not in str(error).lower():
            raise PlanError(f"The table of adoptions cannot be read: {error}") from error
        raise ComputeError(
            f"{folder} cannot be written ({error}). Fix: free some space, then give the same command again: "
            "what is done is kept."
        ) from error


@contextmanager
def _spilling(folder: Path, memory: int) -> Iterator[None]:
    """Let Polars use so much memory, and spill into the folder beyond it."""
    own = {
        "POLARS_OOC_MEMORY_BUDGET_MB": str(max(64, int(memory * FOR_SORTING / 1e6))),
        "POLARS_OOC_SPILL_DIR": str(folder / "spilled"),
    }
    before = {name: os.environ.get(name) for name in own}
    os.environ.update(own)
    pl.Config.reload_env_vars()
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
        pl.Config.reload_env_vars()


def _rows(source: Source, window: tuple[float, float] | None) -> pl.LazyFrame:
    """Dated adoptions with the columns unit, policy and time, each row checked."""
    rows = _named(source).with_row_index(ROW, offset=2)
    lacking = pl.col("unit").is_null() | pl.col("policy").is_null() | pl.col("time").is_infinite()
    if (bad := rows.filter(lacking).head(SHOWN).collect(engine="streaming")).height:
        measured(bad)
    dated = rows.filter(pl.col("time").is_not_null())
    return dated if window is None else dated.filter(pl.col("time").is_between(*window))


def _named(source: Source) -> pl.LazyFrame:
    """The table with its columns under their own names: two of texts, one of numbers."""
    if isinstance(source.table, pl.DataFrame):
        table = source.table.lazy()
    else:
        table = READERS[source.table.suffix.lower()](source.table)
    schema = table.collect_schema()
    found = {}
    for name, aliases in ALIASES.items():
        names = (source.columns[name],) if name in source.columns else aliases
        found[name] = next((one for one in names if one in schema), "")
        if not found[name]:
            raise PlanError(f"The table of adoptions lacks the column `{names[0]}`.")
    if not schema[time := found["time"]].is_numeric():
        raise PlanError(
            f"Times of a large table must be numbers; `{time}` holds {schema[time]}. Fix: write dates as "
            "numbers of periods."
        )
    if "decision" in schema and schema["decision"] != pl.Null:
        raise PlanError("Decisions that several units take together are not read from large tables.")
    return table.select(
        pl.col(found["unit"]).cast(pl.String).alias("unit"),
        pl.col(found["policy"]).cast(pl.String).alias("policy"),
        pl.col(time).cast(pl.Float64).fill_nan(None).alias("time"),
    )


def _write(rows: pl.LazyFrame, folder: Path) -> None:
    """Write the names, the events by cascade and time, and their index by unit."""
    names = {}
    for name in ("unit", "policy"):
        own = rows.select(pl.col(name).unique()).collect(engine="streaming").sort(name)
        own.write_parquet(folder / f"{name}.parquet")
        names[name] = own.with_row_index(f"{name}_code").lazy()
        if not own.height:
            raise MethodError("There are no dated adoptions, so no network can be inferred.")
    by_time, by_unit = folder / "by_time.parquet", folder / "by_unit.parquet"
    many = rows.select(pl.len()).collect(engine="streaming").item()
    if many >= MOST:
        raise PlanError(f"There are {many:,} adoptions; at most {MOST - 1:,} can be read.")
    for name in ("unit", "policy"):
        rows = rows.join(names[name], on=name, how="left")
    rows.select(
        pl.col("policy_code").alias("cascades"), "time", pl.col("unit_code").alias("units"), ROW
    ).sort("cascades", "time", "units").sink_parquet(by_time, engine="streaming")
    _write_events(by_time, folder)
    scanned = pl.scan_parquet(by_time).with_row_index("place").sort("units", "cascades")
    scanned.sink_parquet(by_unit, engine="streaming")
    _write_index(by_unit, folder)
    for file in (by_time, by_unit):
        file.unlink()


def _chunks(file: Path) -> Iterator[pl.DataFrame]:
    scanned = pl.scan_parquet(file)
    many = scanned.select(pl.len()).collect().item()
    for first in range(0, many, CHUNK):
        yield scanned.slice(first, CHUNK).collect(engine="streaming")


class _Column:
    """An array that is written piece by piece; a map would end the process where the disk is full."""

    def __init__(self, folder: Path, name: str, kind: Any) -> None:
        self.file, self.kind, self.many = folder / f"{name}.npy", np.dtype(kind), 0
        self._open = self.file.open("wb")
        self._header()

    def _header(self) -> None:
        # as long as the number of values needs at most, so that it can be written again at the end
        header = {"descr": np.lib.format.dtype_to_descr(self.kind), "fortran_order": False}
        np.lib.format.write_array_header_1_0(self._open, {**header, "shape": (self.many,)})

    def add(self, values: NDArray[Any]) -> None:
        """Write more values."""
        self._open.write(np.ascontiguousarray(values.astype(self.kind, copy=False)).data)
        self.many += len(values)

    def close(self) -> None:
        """Write how many there are."""
        self._open.seek(0)
        self._header()
        self._open.close()


def _write_events(by_time: Path, folder: Path) -> None:
    columns = {"units": "i4", "cascades": "i4", "times": "f8", "joint": "i4"}
    files = {name: _Column(folder, name, kind) for name, kind in columns.items()}
    counts = np.zeros(pl.scan_parquet(folder / "policy.parquet").select(pl.len()).collect().item(), np.int64)
    for part in _chunks(by_time):
        cascades = part["cascades"].to_numpy()
        files["units"].add(part["units"].to_numpy())
        files["cascades"].add(cascades)
        files["times"].add(part["time"].to_numpy())
        files["joint"].add(np.full(len(cascades), -1))
        counts += np.bincount(cascades, minlength=len(counts))
    for file in files.values():
        file.close()
    np.save(folder / "starts.npy", np.append(0, np.cumsum(counts)))
    _write_ties(folder)


def _write_ties(folder: Path) -> None:
    """Where the events of one cascade and time begin and end, in pieces between which no time is shared."""
    cascades, times = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("cascades", "times"))
    files = [_Column(folder, name, "i4") for name in ("tie_first", "tie_after")]
    first, many = 0, len(times)
    while first < many:
        after = min(first + CHUNK, many)
        while after < many and (cascades[after], times[after]) == (cascades[after - 1], times[after - 1]):
            after += 1
        cascade, time = cascades[first:after], times[first:after]
        begins = np.append(True, (np.diff(cascade) != 0) | (np.diff(time) != 0))
        starts = np.append(np.flatnonzero(begins), after - first) + first
        run = np.cumsum(begins) - 1
        files[0].add(starts[run])
        files[1].add(starts[run + 1])
        first = after
    for file in files:
        file.close()


def _write_index(by_unit: Path, folder: Path) -> None:
    columns = {"order": ("place", "i4"), "cascades": ("cascades", "i4"), "times": ("time", "f8")}
    files = {name: _Column(folder, f"by_unit_{name}", kind) for name, (_, kind) in columns.items()}
    counts = np.zeros(pl.scan_parquet(folder / "unit.parquet").select(pl.len()).collect().item(), np.int64)
    before = None
    for part in _chunks(by_unit):
        whole = part if before is None else pl.concat([before, part])
        _refuse_twice(whole, folder)
        for name, (column, _) in columns.items():
            files[name].add(part[column].to_numpy())
        counts += np.bincount(part["units"].to_numpy(), minlength=len(counts))
        before = part.tail(1)
    for file in files.values():
        file.close()
    np.save(folder / "by_unit_starts.npy", np.append(0, np.cumsum(counts)))


def _refuse_twice(rows: pl.DataFrame, folder: Path) -> None:
    """Refuse a unit that adopts a policy twice; rows of one unit and policy stand side by side."""
    again = (rows["units"].diff() == 0) & (rows["cascades"].diff() == 0)
    bad = rows.filter(again.fill_null(value=False)).head(SHOWN)
    if bad.height:
        names = pl.read_parquet(folder / "unit.parquet")["unit"]
        bad = bad.with_columns(unit=names.gather(bad["units"])).sort(ROW)
        problems = problems_of(
            bad, pl.repeat(value=True, n=bad.height, eager=True), "repeated-adoption", "time", TWICE
        )
        raise refusal(problems)
