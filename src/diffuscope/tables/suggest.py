"""The name somebody probably meant: another spelling, an alias, or a near miss.

Exact matches are sought after case, accents, blanks and signs are taken away. Near misses are first sifted
by how many letters differ, whatever their order, so that a hundred thousand names take milliseconds.
"""

from __future__ import annotations

import difflib
import unicodedata
from typing import TYPE_CHECKING

import numpy as np

from diffuscope.records.work_bounds import SUGGESTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable

BINS = 64
LONGEST = 80
KEPT = 24
ALIKE = 0.66
_WORDS = ["na", "n/a", "n.a.", "nan", "null", "none", "nil", "unknown", "undated", "tbd", "tbc", "x"]
_SIGNS = ["-", "--", "–", "—", "?", ".", "..", "…", "#n/a", "#value!", "#ref!"]
UNKNOWN = frozenset([*_WORDS, *_SIGNS])
"""How people write that they do not know a value; none of them is a misspelt name."""


_STROKES = str.maketrans("đħłøŧı", "dhloti")
"""Letters whose stroke (or missing dot) is an accent, although Unicode does not part it from them."""


def plain(text: str) -> str:
    """A name without case, accents, blanks and signs; leading zeros are kept.

    >>> plain("Đà Nẵng"), plain("St. John's"), plain("007")
    ('danang', 'stjohns', '007')
    """
    letters = unicodedata.normalize("NFKD", text).casefold().translate(_STROKES)
    return "".join(letter for letter in letters if letter.isalnum())


def bare(text: str) -> str:
    """A name without case, accents, blanks and signs, so that two spellings of it meet.

    >>> bare("Viêt-Nam "), bare("007"), bare("7")
    ('vietnam', '7', '7')
    """
    kept = plain(text[:LONGEST])
    return kept.lstrip("0") or kept


def nearest(value: str, known: Iterable[str]) -> str | None:
    """The known name that somebody probably meant, or None.

    >>> nearest("Sendr", ["sender", "receiver"])
    'sender'
    """
    return Names((name, name) for name in known).nearest(value)


class Names:
    """What can be written, under every name it is met by.

    Parameters
    ----------
    known : iterable of (str, str)
        Every name met (id, name, alias) and the id to write for it. Of two ids with one bare name neither is
        offered.
    """

    def __init__(self, known: Iterable[tuple[str, str]]) -> None:
        self._writes: dict[str, str | None] = {}
        for met, write in known:
            key = bare(met)
            if key:
                same = self._writes.get(key, write) == write
                self._writes[key] = write if same else None
        self._keys = [key for key, write in self._writes.items() if write is not None]
        self._letters: np.ndarray[tuple[int, int], np.dtype[np.int16]] | None = None
        self._numbered: dict[str, list[int]] = {}
        self._left = SUGGESTIONS.most

    @property
    def silent(self) -> str:
        """What a fix adds once near misses are no longer sought; empty before."""
        if self._left > 0:
            return ""
        return f" (no name near it was looked for, after {SUGGESTIONS.most:,} pairs of names)"

    def exact(self, value: str) -> str | None:
        """The id of the one name spelt alike, or None."""
        return self._writes.get(bare(value))

    def nearest(self, value: str) -> str | None:
        """The id whose name is spelt alike or nearly so, or None."""
        key = bare(value)
        if key in self._writes:
            return self._writes[key]
        if value.strip().lower() in UNKNOWN:
            return None
        if not key or len(key) == 1 or not self._keys or self._left <= 0:
            return None
        self._left -= len(self._keys)
        best = difflib.get_close_matches(key, self._sifted(key), n=1, cutoff=ALIKE)
        return self._writes[best[0]] if best else None

    def _sifted(self, key: str) -> list[str]:
        if self._letters is None:
            self._letters = letter_counts(self._keys)
            for index, known in enumerate(self._keys):
                self._numbered.setdefault(_digits(known), []).append(index)
        # another number is another name: 2024 is no misspelt 2025
        same = np.array(self._numbered.get(_digits(key), ()), dtype=np.int64)
        distance = np.abs(self._letters[same] - letter_counts([key])[0]).sum(axis=1)
        # difflib's ratio is 2M/T with M matching of T letters, and T - 2M is at least `distance`: .66 leaves
        # .34 T, two thirds of a name where both are of one length
        close = np.flatnonzero(distance <= max(2, len(key) * 2 // 3))
        order = close[np.argsort(distance[close], kind="stable")][:KEPT]
        return [self._keys[index] for index in same[order]]


def _digits(key: str) -> str:
    return "".join(letter for letter in key if letter.isdigit())


def letter_counts(keys: list[str]) -> np.ndarray[tuple[int, int], np.dtype[np.int16]]:
    """How often each letter stands in each name, whatever their order: shape (names, bins)."""
    lengths = np.fromiter((len(key) for key in keys), dtype=np.int64, count=len(keys))
    letters = "".join(keys).encode("utf-32-le", "surrogatepass")  # file names can hold broken letters
    codes = np.frombuffer(letters, dtype=np.uint32).astype(np.int64)
    # letters that share a bin make names look nearer, so that the sieve keeps too many, never too few
    cell = np.repeat(np.arange(len(keys)), lengths) * BINS + codes % BINS
    counts = np.bincount(cell, minlength=len(keys) * BINS)
    return counts.reshape(len(keys), BINS).astype(np.int16)
