r"""What each leaf asks of each feature, and what the leaf is worth to each of them.

A leaf with value :math:`v` is reached when each of the d distinct features on its path meets what
the path asks of it (:math:`o_i = 1`, else 0). With the features outside a set S unknown, the share
of rows that pass is the product of the cover shares :math:`z_i` of the splits on feature i. So the
game of a leaf is a product, :math:`v(S) = v \prod_{i \in S} o_i \prod_{i \notin S} z_i`, and since
:math:`|S|! (d - |S| - 1)! / d! = \int_0^1 x^{|S|} (1 - x)^{d - |S| - 1} dx`, its Shapley value is

.. math:: \phi_i = v (o_i - z_i) \int_0^1 \prod_{j \ne i} (x\, o_j + (1 - x) z_j) \, dx .

The integrand is a polynomial of degree d - 1, which Gauss-Legendre quadrature with d / 2 points
integrates exactly. Features that are not on the path get nothing, and the values of a forest are
the sums over its leaves: SHAP values are linear in the game.

References
----------
Lundberg et al. (2020), From local explanations to global understanding with explainable AI for
trees. Nature Machine Intelligence 2. (The path-dependent game.)
Yu et al. (2022), Linear TreeShap. NeurIPS 35. (The product form as a polynomial.)
Owen (1972), Multilinear extensions of games. Management Science 18. (The integral.)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from icpfit.attribution.codes import left_codes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from icpfit.attribution.codes import FeatureCodes
    from icpfit.attribution.forest import Tree

__all__ = ["Leaf", "leaf_shapley", "tree_leaves"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Leaf:
    """A leaf as a product over the features on its path.

    Attributes
    ----------
    asked : dict of int to int
        Feature to the set of its codes that pass, as `left_codes` has it.
    share : dict of int to float
        Feature to its ``z``: the share of training rows that its splits let pass, above 0.
    value : float
        Of the leaf, on the raw score.
    """

    asked: dict[int, int]
    share: dict[int, float]
    value: float


def tree_leaves(tree: Tree, codes: Sequence[FeatureCodes]) -> tuple[Leaf, ...]:
    """Return the leaves of a tree.

    Parameters
    ----------
    tree : Tree
        With at least one split.
    codes : sequence of FeatureCodes
        Of all features.

    Returns
    -------
    tuple of Leaf
        By number.
    """
    leaves: list[Leaf | None] = [None] * len(tree.value)
    waiting: list[tuple[int, dict[int, int], dict[int, float]]] = [(0, {}, {})]
    while waiting:
        node, asked, share = waiting.pop()
        if node < 0:
            leaves[-node - 1] = Leaf(asked, share, float(tree.value[-node - 1]))
            continue
        feature = int(tree.feature[node])
        goes_left = left_codes(tree, node, codes[feature])
        before = share.get(feature, 1.0)
        goes_right = ~goes_left & codes[feature].all_codes
        for child, goes in ((tree.left, goes_left), (tree.right, goes_right)):
            reached = int(child[node])
            cover = tree.leaf_cover[-reached - 1] if reached < 0 else tree.cover[reached]
            passed = goes & asked[feature] if feature in asked else goes
            passed_share = before * (float(cover) / float(tree.cover[node]))
            waiting.append((reached, {**asked, feature: passed}, {**share, feature: passed_share}))
    return tuple(leaf for leaf in leaves if leaf is not None)


def leaf_shapley(share: Floats, value: float) -> Floats:
    """Return a leaf's Shapley values for every combination of features that pass or fail.

    Parameters
    ----------
    share : numpy.ndarray, shape (d,)
        ``z`` of each feature on the path, above 0 and at most 1.
    value : float
        Of the leaf.

    Returns
    -------
    numpy.ndarray, shape (2 ** d, d)
        Row ``sum of 2 ** i over the features that pass``; column i is the value of feature i.

    Examples
    --------
    A leaf of value 8 behind one split that a quarter of the rows passes.

    >>> leaf_shapley(np.array([0.25]), 8.0).tolist()
    [[-2.0], [6.0]]
    """
    d = len(share)
    passes = ((np.arange(2**d)[:, None] >> np.arange(d)) & 1).astype(np.float64)
    total = np.zeros((2**d, d))
    for at, weight in _quadrature(d // 2 + 1):
        factors = at * passes + (1 - at) * share
        total += weight * _products_of_others(factors)
    return np.asarray(value * (passes - share) * total)


@cache
def _quadrature(n: int) -> tuple[tuple[float, float], ...]:
    """Return places and weights of the rule that is exact for polynomials of degree 2 n - 1."""
    points, weights = np.polynomial.legendre.leggauss(n)
    return tuple(zip(((points + 1) / 2).tolist(), (weights / 2).tolist(), strict=True))


def _products_of_others(factors: Floats) -> Floats:
    """Return for each column the product of all others, without a division."""
    before, behind = np.ones_like(factors), np.ones_like(factors)
    before[:, 1:] = np.cumprod(factors[:, :-1], axis=1)
    behind[:, :-1] = np.cumprod(factors[:, :0:-1], axis=1)[:, ::-1]
    return before * behind
