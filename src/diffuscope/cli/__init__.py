"""The command `diffuscope`: parses words, calls the rooms, prints what they say.

Exit codes: 0 fine · 1 the data must be fixed · 2 the question, or the way it was typed · 3 our fault.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from cyclopts import CycloptsError

from diffuscope.cli import (
    cases,
    networks,
    register,
    register_board,
    register_editions,
    register_keeping,
    results,
    studies,
)
from diffuscope.cli.app import DATA, OUR_FAULT, QUESTION, STOPPED, app
from diffuscope.cli.screen import clean, console, show_any_letter, show_problems

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "DATA",
    "OUR_FAULT",
    "QUESTION",
    "STOPPED",
    "app",
    "cases",
    "main",
    "networks",
    "register",
    "register_board",
    "register_editions",
    "register_keeping",
    "results",
    "studies",
]


def main(words: Sequence[str] | None = None) -> None:
    """Run the command and leave with its exit code."""
    # a folder that somebody stands in may be another person's case: no process imports anything from it
    os.environ.setdefault("PYTHONSAFEPATH", "1")
    show_any_letter()
    code = _run(words)
    if code and (compute := sys.modules.get("diffuscope.compute")):
        compute.stop()  # whatever other processes still do, nobody waits for it
    sys.exit(code)


def _run(words: Sequence[str] | None) -> int:
    from diffuscope.errors import CaseError, ComputeError, DiffuscopeError, PlanError

    try:
        code = app(words, exit_on_error=False)
        sys.stdout.flush()
    except CycloptsError:
        return QUESTION  # already explained on the screen
    except CaseError as error:
        if error.problems:
            show_problems(error.problems)
        return _refuse(error, DATA)
    except (PlanError, ComputeError) as error:
        return _refuse(error, QUESTION)
    except DiffuscopeError as error:
        return _refuse(error, DATA)
    except KeyboardInterrupt:
        return _refuse("Stopped. No incomplete files were left behind.", STOPPED)
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has left, and needs no message
        return 0
    except OSError as error:
        return _refuse(_cannot(error), QUESTION)
    except Exception as error:  # noqa: BLE001 the last door: whatever comes here is our fault, and is logged
        from diffuscope.cli.crash import crash_message

        return _refuse(crash_message(error), OUR_FAULT)
    return code if isinstance(code, int) else 0


def _cannot(error: OSError) -> str:
    """Why the system refuses; where it names no file, it is the output that cannot be written."""
    message = error.strerror or str(error)
    return (
        f"{message}: {error.filename}"
        if error.filename
        else f"The output cannot be written: {message.lower()}."
    )


def _refuse(message: object, code: int) -> int:
    with suppress(OSError):  # nobody can be told where the standard error is full or closed too
        screen = console(stderr=True)
        screen.print(clean(str(message)), soft_wrap=True)
        for note in getattr(message, "__notes__", ()):  # in which batch of the work it came up
            screen.print(clean(note), soft_wrap=True)
    return code
