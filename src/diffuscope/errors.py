"""What can go wrong, sorted by who must act."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.records import Problem


class DiffuscopeError(Exception):
    """Base of all errors: diffuscope refuses to do something, and the message gives the reason."""


class CaseError(DiffuscopeError):
    """Error: the data of a case must be fixed before anything can be computed.

    Parameters
    ----------
    message : str
        What is wrong, in one sentence.
    problems : sequence of Problem, optional
        Every problem that was found, each with its place and its fix.
    """

    def __init__(self, message: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


class PlanError(DiffuscopeError):
    """Error: the question asks for something that the case or the package does not have."""


def refuse_other(given: object, kind: type, fix: str) -> None:
    """Refuse an argument of another kind, such as the name of a case in place of the case.

    Raises
    ------
    PlanError
        If it is of another kind; the message says how to make one.
    """
    if not isinstance(given, kind):
        wanted, found = kind.__name__, type(given).__name__
        raise PlanError(f"A `{wanted}` is needed here, not one of type `{found}`. Fix: {fix}.")


class MethodError(DiffuscopeError):
    """Error: something cannot be computed from these data; the message says why."""


class SeparationError(MethodError):
    """Error: a combination of columns predicts every event, so that no finite estimate exists.

    Raised only where a linear programme has found such a combination, never because a search went on long.
    """


class ConvergenceError(MethodError):
    """Error: a search ended before it found a maximum: there is no estimate, and nothing to conclude."""


class ComputeError(DiffuscopeError):
    """Error: work could not run: a process was killed, a disk is full, no cluster answers."""
