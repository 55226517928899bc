"""Safeguards asked in a line."""

from __future__ import annotations

from diffuscope.safeguards.engine.check import SafeguardOptions


def asking(check):
    """A safeguard as a function of a question, a column, and how it is asked."""

    def ask(question, column, drivers=(), *, draws=99, seed=0, workers=1, repeated=()):
        return check(
            question,
            column,
            SafeguardOptions(
                draws=draws, seed=seed, workers=workers, drivers={column: tuple(drivers)},
                repeated={column: repeated},
            ),
        )  # fmt: skip

    return ask
