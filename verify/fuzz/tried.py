"""One mutated case through the front door, and where it has no errors through a run and its reports."""

from __future__ import annotations

import signal
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import numpy as np

from diffuscope.case import read_case
from diffuscope.errors import DiffuscopeError
from diffuscope.report.write import report_files
from diffuscope.result import Result
from diffuscope.study import case_problems, run_study

from .bases import base, sound
from .drafts import Draft
from .faults import (
    first,
    in_differences,
    in_editions,
    lost_in_result,
    lost_rows,
    no_number,
    no_number_shown,
    without_words,
)
from .mutants import mutate
from .written import write

SLOW = 120.0
"""Seconds of computing after which a case counts as one that hangs."""
PATIENCE = 10
"""Times as many seconds on the clock: a busy machine is slow, which is no fault of a case."""
DRAWS = 199
End = Literal["refused at the door", "errors", "checked", "refused in the run", "ran", "fault"]


@dataclass(frozen=True)
class Tried:
    """What became of one case.

    Attributes
    ----------
    number : int
    done : tuple of str
        Its base and its mutants.
    end : str
    fault : str
        What is wrong with the program; empty where nothing is.
    """

    number: int
    done: tuple[str, ...]
    end: End
    fault: str = ""


class SlowError(BaseException):
    """Too slow; no handler for errors may catch it."""


def draft_of(number: int, seed: int) -> Draft:
    """The mutated case of a number; the same for the same seed."""
    rng = np.random.default_rng([seed, number])
    return mutate(base(rng), rng)


@cache
def sound_result(kind: str) -> Result:
    """The result of a case of that kind before anything is odd, to compare with."""
    with TemporaryDirectory() as folder:
        read = write(sound(kind, np.random.default_rng(0)), Path(folder) / "a-case")
        return run_study(read_case(read), draws=DRAWS, workers=1)


def tried(number: int, seed: int, folder: Path, *, run: bool) -> Tried:
    """One case through check and, where that finds no error and it is asked for, through run and reports."""
    draft = draft_of(number, seed)
    read = write(draft, folder)
    if run and draft.kind != "passages":
        sound_result(draft.kind)  # before the clock runs
    end: End = "fault"
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            with _in_time():
                end, fault = _through(draft, read, number, run=run)
        except SlowError:
            fault = f"longer than {SLOW:g} seconds of computing, or {PATIENCE * SLOW:g} on the clock"
        except Exception:  # noqa: BLE001 that is what is looked for
            fault = traceback.format_exc()
    if not fault and told:
        fault = f"raw warning: {told[0].category.__name__}: {told[0].message} ({told[0].filename})"
    done = (draft.kind, *draft.done, *sorted(draft.sheets))
    return Tried(number, done, "fault" if fault else end, fault)


@contextmanager
def _in_time() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise SlowError

    signal.signal(signal.SIGPROF, stop)
    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_PROF, SLOW)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE * SLOW)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)


def _through(draft: Draft, read: Path, number: int, *, run: bool) -> tuple[End, str]:
    try:
        case = read_case(read)
    except DiffuscopeError as error:
        return "refused at the door", "" if str(error).strip() else "a refusal without words"
    problems = case_problems(case)
    fault = first(lambda: lost_rows(draft, case, problems), lambda: without_words(problems))
    if fault or any(one.level == "error" for one in problems):
        return "errors", fault
    if not run:
        return "checked", ""
    try:
        result = run_study(case, draws=DRAWS, workers=1)
    except DiffuscopeError as error:
        return "refused in the run", f"no error at check, but refused in the run: {error}"
    files = report_files(result)
    return "ran", first(
        lambda: lost_in_result(case, result),
        lambda: no_number(files["result.json"].decode(), draft),
        lambda: no_number_shown(files["report.html"].decode(), draft),
        lambda: in_editions(result, draft, read if read.is_dir() else read.parent, number),
        lambda: "" if draft.kind == "passages" else in_differences(sound_result(draft.kind), result, draft),
    )
