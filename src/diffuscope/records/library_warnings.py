"""What numerical libraries warn of, in our own words: kept with what was computed, never on the screen."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_OF_PROGRAMMERS = (
    DeprecationWarning,
    PendingDeprecationWarning,
    FutureWarning,
    ImportWarning,
    ResourceWarning,
)
"""Of the making of programs: they say nothing of any number."""
_OF_PROCESSES = "joblib"
"""What starts processes warns of the processes, and says nothing of any number either."""
_WORDS = {
    "overflow": "A number became too large to be stored; check the scale of the covariates.",
    "underflow": "A number became too small to be stored; check the scale of the covariates.",
    "divide": "Something was divided by zero.",
    "invalid": "A calculation gave no valid number.",
    "ill-conditioned": "A matrix was close to singular, so its inverse is inexact.",
    "singular": "A matrix was close to singular, so its inverse is inexact.",
    "converge": "A search ended before it converged.",
    "maximum number": "A search ended before it converged.",
    "iteration": "A search ended before it converged.",
    "integral": "An integral is inexact.",
    "precision": "A result is less exact than usual.",
    "empty slice": "A mean of no values was taken.",
    "degrees of freedom": "A variance was taken of too few values.",
    "categor": "A category occurs that was not there when the model was set up.",
}
_OTHER = "A library gave a warning about a number that diffuscope does not recognise."


@contextmanager
def library_warnings() -> Iterator[list[str]]:
    """Collect what libraries warn of inside the block, in our own words, each once.

    Yields
    ------
    list of str
        Filled when the block ends.

    Examples
    --------
    >>> import numpy as np
    >>> with library_warnings() as said:
    ...     nothing = np.log(np.zeros(1))
    >>> said
    ['A library warned while this was computed: Something was divided by zero.']
    """
    messages: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield messages
    messages += in_our_words(caught)


def in_our_words(caught: Iterable[warnings.WarningMessage]) -> list[str]:
    """Warnings that were caught, in our own words, each once; what concerns programmers alone is none."""
    return sorted(
        {
            f"A library warned while this was computed: {_in_words(str(one.message))}"
            for one in caught
            if not issubclass(one.category, _OF_PROGRAMMERS) and _OF_PROCESSES not in one.filename
        }
    )


def warn_again(messages: list[str]) -> None:
    """Warn here of what was collected elsewhere, such as in another process."""
    for one in messages:
        warnings.warn(one, RuntimeWarning, stacklevel=2)


def _in_words(message: str) -> str:
    plain = message.casefold()
    return next((words for key, words in _WORDS.items() if key in plain or words.casefold() in plain), _OTHER)
