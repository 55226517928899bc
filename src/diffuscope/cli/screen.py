"""What the command prints: text that any terminal can show, problems, and JSON."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from rich.console import Console

    from diffuscope.records import Problem

SOON = 3.0
"""Seconds of work before it is said how long the rest may take."""


def show_any_letter() -> None:
    """Let the screen write what its encoding lacks as an escape, ``\\u0110`` for Đ under cp1252.

    A terminal or a pipe of Windows has 256 letters; a name that needs another must not end the command.
    """
    for stream in (sys.stdout, sys.stderr):
        if callable(reconfigure := getattr(stream, "reconfigure", None)):
            reconfigure(errors="backslashreplace")


def console(stderr: bool = False) -> Console:
    """The screen, as plain text: nothing in it is markup."""
    from rich.console import Console

    return Console(stderr=stderr, markup=False, highlight=False, emoji=False)


def clean(text: str) -> str:
    """The text without characters that could steer a terminal; files come from others."""
    from diffuscope.records.phrases import printable  # here, so that --help does not wait for records

    return printable(text)


def as_typed(path: Path | str) -> str:
    """A path as a word of a command that can be copied: quoted where a shell would take it apart."""
    from shlex import quote

    return clean(quote(str(path)))


def write_json(content: object) -> None:
    """JSON on the standard output, in UTF-8 whatever the terminal speaks (RFC 8259, section 8.1)."""
    import msgspec

    data = msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n"
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:  # a stream of text alone, as in a notebook
        sys.stdout.write(data.decode())
        return
    sys.stdout.flush()
    buffer.write(data)
    buffer.flush()


def show_problems(problems: Sequence[Problem], rows: int | None = None, tables: int | None = None) -> None:
    """Every problem with its place and its fix, those alike told once.

    Parameters
    ----------
    problems : sequence of Problem
    rows, tables : int, optional
        How many were read, where the problems are the answer; else they go to the standard error.
    """
    from diffuscope.study import group_problems

    out = console(stderr=rows is None)
    for problem, *others in _of_many_files(group_problems(problems)):
        place = [*_where(problem)]
        place += [f"column {problem.column}"] if problem.column else []
        place += [f"value {problem.value}"] if problem.value is not None else []
        style = "bold red" if problem.level == "error" else "bold yellow"
        out.print(problem.level, style=style, end="  ")
        out.print(clean(", ".join(place)) + f"  [{problem.rule}]", soft_wrap=True)
        out.print(f"  {clean(problem.message)}", soft_wrap=True)
        if others:
            places = "; ".join(", ".join(_where(one)) for one in others[:PLACES])
            more = (
                f"; and {len(others) - PLACES} more, which --out FILE lists" if len(others) > PLACES else ""
            )
            out.print(f"  The same in {len(others)} other places: {clean(places)}{more}", soft_wrap=True)
        out.print(f"  Fix: {clean(problem.fix)}", soft_wrap=True)
    if rows is None or tables is None:
        return
    from diffuscope.records.phrases import counted  # here, so that --help does not wait for records

    errors = sum(problem.count for problem in problems if problem.level == "error")
    warnings = sum(problem.count for problem in problems if problem.level == "warning")
    read = f"{counted(rows, 'row')} in {counted(tables, 'table')}"
    if not problems:
        out.print(f"No problems in {read}.")
    else:
        out.print(f"{counted(errors, 'error')}, {counted(warnings, 'warning')} in {read}.")


PLACES = 3
"""Other places of one problem that are spelt out."""
MANY_FILES = 3
"""Files or sheets with one problem and one fix above which it is told once, with the places."""


def _where(problem: Problem) -> list[str]:
    return [problem.file or problem.table or "case", *([problem.at_row] if problem.at_row else [])]


def _of_many_files(problems: Sequence[Problem]) -> list[list[Problem]]:
    """Problems that many files share by value and fix told together: ten workbooks have ten titles."""
    alike: dict[tuple[object, ...], list[Problem]] = {}
    for one in problems:
        alike.setdefault((one.level, one.rule, one.column, one.value, one.fix), []).append(one)
    told = []
    for group in alike.values():
        together = len({one.file for one in group}) > MANY_FILES
        told += [group] if together else [[one] for one in group]
    first = {id(one): at for at, one in enumerate(problems)}
    return sorted(told, key=lambda group: first[id(group[0])])


@contextmanager
def busy(what: str) -> Iterator[Callable[[str], None]]:
    """A line on the screen that says what is done, and what libraries warned of that no record holds."""
    from diffuscope.records.library_warnings import library_warnings

    screen = console(stderr=True)
    with library_warnings() as messages, screen.status(f"{what} …") as status:
        yield lambda now: status.update(f"{now} …")
    for one in messages:
        screen.print(one, soft_wrap=True)


def with_time_left(say: Callable[[str], None]) -> Callable[[str, int, int], None]:
    """From ``(what, done, total)`` to a line with the counts, and about how long the rest takes.

    Parameters
    ----------
    say : callable
        Of `busy`.
    """
    began: dict[int, float] = {}

    def show(what: str, done: int, total: int) -> None:
        now = time.monotonic()
        spent = now - began.setdefault(total, now)
        left = f", about {_in_time(spent / done * (total - done))} left" if done and spent > SOON else ""
        say(f"{what} ({done:,}/{total:,}{left})")

    return show


def _in_time(seconds: float) -> str:
    """A length of time in its largest unit.

    >>> _in_time(42.0), _in_time(300.0), _in_time(9000.0)
    ('42 s', '5 min', '2.5 h')
    """
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
