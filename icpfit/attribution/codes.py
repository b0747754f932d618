"""Each feature as a small whole number: what of it the forest can tell apart, and nothing else.

The thresholds of all trees cut a number's line into intervals; every value of an interval goes the
same way at every split. So do all levels of a category that no set tells apart, and the missing.
A code stands for one such class, and all that follows asks for codes only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from icpfit.attribution.forest import ZERO
from icpfit.attribution.refusals import TablesRefused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from icpfit.attribution.forest import Tree

__all__ = ["FeatureCodes", "feature_codes", "left_codes"]

MOST_CODES = 65_535


@dataclass(frozen=True, eq=False)
class FeatureCodes:
    """How the values of one feature become codes.

    Attributes
    ----------
    is_category : bool
        Whether the values are levels.
    cuts : numpy.ndarray of float64, shape (c,)
        Thresholds, or the levels that some set holds; ascending.
    codes : numpy.ndarray of int64, shape (c + 2,)
        Code of each interval below, between and above the thresholds and then of NaN; for a
        category of each level and then, twice, of all others: unseen, negative, or missing.
    n_codes : int
        Codes run from 0 to ``n_codes - 1``.
    """

    is_category: bool
    cuts: npt.NDArray[np.float64]
    codes: npt.NDArray[np.int64]
    n_codes: int

    @property
    def all_codes(self) -> int:
        """The set of all codes, see `left_codes`."""
        return (1 << self.n_codes) - 1


def feature_codes(trees: Sequence[Tree], n_features: int) -> tuple[FeatureCodes, ...]:
    """Return the codes of each feature.

    Parameters
    ----------
    trees : sequence of Tree
        Of all forests together.
    n_features : int
        Columns of the matrix.

    Returns
    -------
    tuple of FeatureCodes, length n_features
        One code for everything where no tree asks for the feature.

    Raises
    ------
    TablesRefused
        When a feature is a number here and a category there, or has more than 65,535 codes.
    """
    asked: list[list[tuple[Tree, int]]] = [[] for _ in range(n_features)]
    for tree in trees:
        for node, feature in enumerate(tree.feature.tolist()):
            asked[feature].append((tree, node))
    return tuple(_codes(splits, feature) for feature, splits in enumerate(asked))


def left_codes(tree: Tree, node: int, told: FeatureCodes) -> int:
    """Return the set of codes of its feature that a split sends left.

    Parameters
    ----------
    tree : Tree
        One of those that the codes were made for.
    node : int
        The split.
    told : FeatureCodes
        Of the feature that it asks for.

    Returns
    -------
    int
        With bit c set where code c goes left: sets of codes are whole numbers here.
    """
    goes = np.empty(told.n_codes, dtype=bool)
    goes[told.codes] = _left_positions(tree, node, told.cuts)
    return int.from_bytes(np.packbits(goes, bitorder="little").tobytes(), "little")


def _codes(splits: list[tuple[Tree, int]], feature: int) -> FeatureCodes:
    categorical = {tree.level_sets[node] is not None for tree, node in splits}
    if len(categorical) > 1:
        raise TablesRefused(f"feature {feature} is a number in one tree and a category in another")
    is_category = True in categorical
    cuts = _levels(splits) if is_category else _thresholds(splits)
    if len(cuts) + 2 > MOST_CODES:
        raise TablesRefused(
            f"feature {feature} is split at {len(cuts)} places; the tables hold {MOST_CODES - 2}"
        )
    # Positions that every split treats alike share a code. One bit per split, folded as they come.
    codes = np.zeros(len(cuts) + 2, dtype=np.int64)
    distinct = {_left_positions(tree, node, cuts).tobytes(): (tree, node) for tree, node in splits}
    for tree, node in distinct.values():
        split = _left_positions(tree, node, cuts)
        codes = np.unique(2 * codes + ~split, return_inverse=True)[1].ravel()
    return FeatureCodes(is_category, cuts, _in_order(codes), int(codes.max()) + 1)


def _in_order(codes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the codes numbered as they first come: intervals ascend, and NaN is the last."""
    _, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return np.asarray(rank[inverse.ravel()])


def _levels(splits: list[tuple[Tree, int]]) -> npt.NDArray[np.float64]:
    sets = [levels for tree, node in splits if (levels := tree.level_sets[node]) is not None]
    return np.unique(np.concatenate(sets)).astype(np.float64)


def _thresholds(splits: list[tuple[Tree, int]]) -> npt.NDArray[np.float64]:
    cuts = {float(tree.threshold[node]) for tree, node in splits}
    if any(tree.missing[node] == "zero" for tree, node in splits):
        # Zero is missing to such a split, so it needs an interval of its own.
        cuts |= {float(np.nextafter(-ZERO, -np.inf)), ZERO}
    return np.array(sorted(cuts))


def _left_positions(tree: Tree, node: int, cuts: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    levels = tree.level_sets[node]
    goes = np.zeros(len(cuts) + 2, dtype=bool)
    if levels is not None:
        goes[np.searchsorted(cuts, levels.astype(np.float64))] = True
        return goes
    goes[: int(np.searchsorted(cuts, tree.threshold[node])) + 1] = True
    zero = int(np.searchsorted(cuts, 0.0))
    if tree.missing[node] == "zero":
        goes[zero] = tree.default_left[node]
    goes[-1] = tree.default_left[node] if tree.missing[node] == "nan" else goes[zero]
    return goes
