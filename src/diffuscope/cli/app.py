"""The command `diffuscope`, to which each file of this room adds its words."""

from __future__ import annotations

from cyclopts import App

DATA, QUESTION, OUR_FAULT, STOPPED = 1, 2, 3, 130
"""Exit codes: the data must be fixed; the question or the command is wrong; our fault; stopped."""


def _version() -> str:
    from importlib.metadata import version

    return version("diffuscope")


app = App(
    name="diffuscope",
    help="Find out how and why a policy spread, and what the data cannot show.",
    version=_version,
    result_action="return_value",
    suppress_keyboard_interrupt=False,
)
