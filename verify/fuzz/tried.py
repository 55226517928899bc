"""One mutated case through the front door, and where it has no errors through a run and its report."""

from __future__ import annotations

import csv
import json
import re
import signal
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from diffuscope.case import Case, read_case
from diffuscope.case.private import Private
from diffuscope.errors import DiffuscopeError
from diffuscope.report.write import report_files
from diffuscope.study import case_problems, run_study

from .bases import Draft, base
from .mutants import mutate

SLOW = 120
"""Seconds after which a case counts as one that hangs."""
DRAWS = 199
End = Literal["refused at the door", "errors", "checked", "refused in the run", "ran", "fault"]


@dataclass(frozen=True)
class Tried:
    """What became of one case.

    Attributes
    ----------
    number : int
    done : tuple of str
        Its mutants.
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


def write(draft: Draft, folder: Path) -> None:
    """Write a draft as a case folder."""
    folder.mkdir(parents=True)
    (folder / "case.toml").write_text(toml(draft.settings), encoding="utf-8")
    for name, rows in draft.tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, draft.columns(name), restval="")
            writer.writeheader()
            writer.writerows(rows)


def toml(settings: dict[str, Any]) -> str:
    """Settings as TOML."""
    lines = [f"{name} = {_value(value)}" for name, value in settings.items() if not _is_block(value)]
    for name, value in settings.items():
        if isinstance(value, dict):
            lines += [f"[{json.dumps(name)}]", *(f"{json.dumps(k)} = {_value(v)}" for k, v in value.items())]
        elif _is_block(value):
            for one in value:
                lines += [f"[[{name}]]", *(f"{key} = {_value(each)}" for key, each in one.items())]
    return "\n".join(lines) + "\n"


def _is_block(value: Any) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and bool(value) and isinstance(value[0], dict) and "question" in value[0]
    )


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {_value(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value)


def tried(number: int, seed: int, folder: Path, *, run: bool) -> Tried:
    """One case through check and, where that finds no error and it is asked for, through run and report."""
    draft = draft_of(number, seed)
    write(draft, folder)
    end: End = "fault"
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            with _in_time():
                end, fault = _through(draft, folder, run=run)
        except SlowError:
            fault = f"longer than {SLOW} seconds"
        except Exception:  # noqa: BLE001 that is what is looked for
            fault = traceback.format_exc()
    if not fault and told:
        fault = f"raw warning: {told[0].category.__name__}: {told[0].message} ({told[0].filename})"
    return Tried(number, tuple(draft.done), "fault" if fault else end, fault)


@contextmanager
def _in_time() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise SlowError

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(SLOW)
    try:
        yield
    finally:
        signal.alarm(0)


def _through(draft: Draft, folder: Path, *, run: bool) -> tuple[End, str]:
    try:
        case = read_case(folder)
    except DiffuscopeError as error:
        return "refused at the door", "" if str(error).strip() else "a refusal without words"
    problems = case_problems(case)
    fault = _first(
        lambda: _lost(draft, case),
        lambda: next(
            (f"a problem without words: {one}" for one in problems if not (one.message and one.mend)), ""
        ),
    )
    if fault or any(one.level == "error" for one in problems):
        return "errors", fault
    if not run:
        return "checked", ""
    try:
        result = run_study(case, draws=DRAWS, workers=1)
    except DiffuscopeError as error:
        return "refused in the run", f"no error at check, but refused in the run: {error}"
    files = report_files(result)
    shown = result.frames.get("adoptions")
    hidden = Private.of(case).left_out.get("adoptions", 0)
    fault = _first(
        lambda: _no_number(files["result.json"].decode()),
        lambda: (
            ""
            if shown is None or shown.n == case.table("adoptions").height - hidden
            else f"{shown.n} adoptions shown of {case.table('adoptions').height}"
        ),
    )
    return "ran", fault


def _first(*asked: Callable[[], str]) -> str:
    return next(filter(None, (one() for one in asked)), "")


def _lost(draft: Draft, case: Case) -> str:
    """Rows that were written and are not in the case, of tables that were read."""
    for name, table in case.tables.items():
        written = [
            row for row in draft.tables.get(name, ()) if any((text or "").strip() for text in row.values())
        ]
        if name in case.files and table.height != len(written):
            return f"{name}: {len(written)} rows written, {table.height} read"
    return ""


def _no_number(text: str) -> str:
    found: list[str] = []
    json.loads(text, parse_constant=found.append)
    if found:
        return f"the result holds {found[0]}"
    sentence = re.search(r'"(?:sentence|reason)": "[^"]*\b(?:nan|inf|None)\b[^"]*"', text)
    return "" if sentence is None else f"a sentence says {sentence[0][:200]}"
