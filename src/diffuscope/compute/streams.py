"""Streams of chance: one for every seed, purpose and piece of work, independent of all others."""

from __future__ import annotations

import hashlib

import numpy as np


def stream(seed: int, name: str, at: int = 0) -> np.random.Generator:
    """What one piece of work draws at random.

    Parameters
    ----------
    seed : int
        Of the run.
    name : str
        What is drawn for; another name gives an independent stream.
    at : int
        Which piece, counted from 0.

    Returns
    -------
    numpy.random.Generator
        The same for the same three, whoever draws and whatever was drawn before.

    Examples
    --------
    >>> stream(1, "ties", 3).random() == stream(1, "ties", 3).random()
    True
    >>> stream(1, "ties", 3).random() == stream(1, "dates", 3).random()
    False
    """
    word = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
    return np.random.default_rng([seed % 2**64, word, at])
