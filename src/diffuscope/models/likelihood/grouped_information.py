"""Information matrix where each group has an effect of its own: the block of effects is diagonal.

No row is in two groups, so that the effects are eliminated by their Schur complement, and a system of k
columns and g effects takes O(k² g) steps in place of O((k + g)³).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from diffuscope.records.arrays import Numbers


class GroupedInformation(NamedTuple):
    """Blocks of an information matrix.

    Attributes
    ----------
    common : array of float, shape (k, k)
        Of the columns that all rows share.
    across : array of float, shape (k, g)
        Between columns and effects.
    own : array of float, shape (g,)
        Diagonal of the block of effects.
    """

    common: Numbers
    across: Numbers
    own: Numbers

    @classmethod
    def of(cls, information: Numbers, columns: int) -> GroupedInformation:
        """The blocks of a whole matrix, its first columns those that all rows share."""
        return cls(
            information[:columns, :columns], information[:columns, columns:], np.diag(information)[columns:]
        )

    def whole(self) -> Numbers:
        """The matrix itself, shape (k + g, k + g)."""
        return np.block([[self.common, self.across], [self.across.T, np.diag(self.own)]])

    def complement(self) -> Numbers:
        """Schur complement of the effects: the information about the columns once effects are estimated."""
        return np.asarray(self.common - (self.across / self.own) @ self.across.T)

    def solve(self, right: Numbers) -> Numbers:
        """Solution of the system with this matrix.

        Raises
        ------
        LinAlgError
            If the complement is singular, or a group says nothing of its effect.
        """
        if not (self.own > 0).all():
            raise np.linalg.LinAlgError("A group has no information about its effect.")
        k = self.common.shape[0]
        first = np.linalg.solve(self.complement(), right[:k] - self.across @ (right[k:] / self.own))
        return np.concatenate([first, (right[k:] - self.across.T @ first) / self.own])

    def condition_number(self) -> float:
        """Largest over smallest eigenvalue, columns brought to one length; infinite where one says nothing.

        With effects of unit information, the matrix is [[A, C], [C', I]]: apart from 1, its eigenvalues are
        those of a matrix of twice as many columns as all rows share, by C' = Q R.
        """
        length = np.sqrt(np.maximum(np.diag(self.common), 0))
        if not (length > 0).all() or not (self.own > 0).all():
            return float("inf")
        across = self.across / np.outer(length, np.sqrt(self.own))
        r = np.linalg.qr(across.T)[1]
        inner = np.block([[self.common / np.outer(length, length), r.T], [r, np.eye(len(r))]])
        values = np.linalg.eigvalsh(inner)
        # effects beyond the span of C' have eigenvalue 1
        lowest = min(float(values[0]), 1.0)
        return max(float(values[-1]), 1.0) / lowest if lowest > 0 else float("inf")

    def exceeds(self, other: GroupedInformation, share: float) -> bool:
        """Whether this is more than a share of another information in every direction."""
        # this - share * other is positive definite if its diagonal block and the Schur complement of that
        # block are
        own = self.own - share * other.own
        if not (own > 0).all():
            return False
        across = self.across - share * other.across
        complement = self.common - share * other.common - (across / own) @ across.T
        return bool(np.linalg.eigvalsh(complement)[0] > 0)

    def inverse(self) -> Numbers:
        """Inverse of the matrix, shape (k + g, k + g); errors as for `solve`."""
        if not (self.own > 0).all():
            raise np.linalg.LinAlgError("A group has no information about its effect.")
        first = np.linalg.inv(self.complement())
        turned = self.across / self.own
        corner = -first @ turned
        effects = np.diag(1 / self.own) - turned.T @ corner
        return np.block([[first, corner], [corner.T, effects]])
