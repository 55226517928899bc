"""Sandwich variances of a model in which each group has an effect of its own, by the blocks of its bread.

The inverse of an information whose block of effects is diagonal is a diagonal and a product of few columns.
What each cluster adds is taken through these blocks: O(rows) for the scores and O(k g²) for the variance of g
effects, where products of whole matrices take O(g³).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.records.arrays import Codes, Numbers

DENSE = 0.05
"""Share of clusters and groups that meet from which on a product of dense matrices is quicker."""


class GroupedBread(NamedTuple):
    """Inverse of a grouped information [[A, C], [C', D]]: [[F, -F T], [-T' F, D⁻¹ + T' F T]].

    Attributes
    ----------
    first : array of float, shape (k, k)
        F.
    turned : array of float, shape (k, g)
        T.
    own : array of float, shape (g,)
        Diagonal of D⁻¹.
    """

    first: Numbers
    turned: Numbers
    own: Numbers

    @classmethod
    def of(cls, bread: Numbers, columns: int) -> GroupedBread:
        """The blocks of a whole inverse, its first columns those that all rows share."""
        first = bread[:columns, :columns]
        turned: Numbers = -np.asarray(np.linalg.solve(first, bread[:columns, columns:]), dtype=np.float64)
        # diagonal of T'FT, which the block of effects has above D⁻¹
        added = np.einsum("kg,kg->g", turned, first @ turned)
        return cls(first, turned, np.diag(bread)[columns:] - added)

    def variance(self, sums: Numbers, own: Any) -> Numbers:
        """Σ over clusters of z z', z being what the scores of a cluster move the coefficients by.

        Parameters
        ----------
        sums : array of float, shape (c, k)
            Scores of the columns that all rows share, by cluster.
        own : sparse array of float, shape (c, g)
            Scores of the effects.
        """
        shared = (sums - own @ self.turned.T) @ self.first
        effects = own.multiply(self.own[None, :]).tocsr()
        if effects.nnz > DENSE * effects.shape[0] * effects.shape[1]:
            effects = effects.toarray()
        inner, across = shared.T @ shared, (effects.T @ shared).T
        corner = effects.T @ effects
        corner = np.asarray(corner) if isinstance(effects, np.ndarray) else corner.toarray()
        # T'across and its transpose, less T' inner T, half of it in each: the corner stays symmetric
        mixed = self.turned.T @ (across - inner @ self.turned / 2)
        corner -= mixed
        corner -= mixed.T
        right = across - inner @ self.turned
        return np.block([[inner, right], [right.T, corner]])


def cluster_sums(
    x: Numbers, score: Numbers, members: Sequence[Codes], count: int, groups: Codes
) -> tuple[Numbers, Any]:
    """Scores of columns, dense, and of effects, sparse, by cluster; a row counts in all of its clusters."""
    from scipy.sparse import csr_array

    shape = (count, int(groups.max()) + 1)
    own = sum((csr_array((score, (code, groups)), shape=shape) for code in members), csr_array(shape))[:, 1:]
    sums = np.zeros((count, x.shape[1]), order="F")
    for code in members:
        for column in range(x.shape[1]):
            sums[:, column] += np.bincount(code, weights=x[:, column] * score, minlength=count)
    return sums, own


def positive_part(bread: Numbers, variance: Numbers) -> tuple[Numbers, bool]:
    """A variance without its negative part in the metric of the bread, and whether it had one.

    Raises
    ------
    LinAlgError
        If the bread is not positive definite.
    """
    from scipy.linalg import solve_triangular

    # with bread = R R', eigenvalues of R⁻¹ V R⁻' do not depend on the units of columns, those of V do
    root = np.linalg.cholesky((bread + bread.T) / 2)
    inner = solve_triangular(root, (variance + variance.T) / 2, lower=True)
    inner = solve_triangular(root, inner.T, lower=True)
    values, vectors = np.linalg.eigh((inner + inner.T) / 2)
    below = int(np.searchsorted(values, 0.0))
    # only the negative part is taken out: usually few eigenvectors, where all would cost k³ once more
    moved = root @ vectors[:, :below]
    adjusted = bool(values[0] < -1e-9 * max(float(values[-1]), 0.0))
    return variance - (moved * values[:below]) @ moved.T, adjusted
