"""A LightGBM forest as plain arrays, read from the Booster's own text.

The text is the only form in which LightGBM writes thresholds such that they read back exactly, so
a row goes the same way here and there. What the tables can't hold is refused here, in one line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from icpfit.attribution.refusals import AttributionError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ZERO", "Tree", "forest_trees"]

ZERO = float(np.float32(1e-35))
"""LightGBM takes a number of at most this size for 0."""

_CATEGORICAL, _DEFAULT_LEFT = 1, 2
_MISSING = ("none", "zero", "nan")
_WORD = 32


@dataclass(frozen=True, eq=False)
class Tree:
    """One tree with m splits and m + 1 leaves; a child that is negative is leaf ``-child - 1``.

    Attributes
    ----------
    feature : numpy.ndarray of int64, shape (m,)
        What each split asks for.
    threshold : numpy.ndarray of float64, shape (m,)
        At most this goes left; NaN where the split is categorical.
    level_sets : tuple of (numpy.ndarray of int64, or None), length m
        Levels that go left, ascending; None where the split is numeric.
    default_left : numpy.ndarray of bool, shape (m,)
        Where the missing go.
    missing : tuple of {"none", "zero", "nan"}, length m
        What counts as missing. With "none" a NaN is 0; with "zero" both are missing.
    left, right : numpy.ndarray of int64, shape (m,)
        Children.
    cover, leaf_cover : numpy.ndarray of int64, shapes (m,) and (m + 1,)
        Training rows that came by.
    value : numpy.ndarray of float64, shape (m + 1,)
        Of the leaves, on the raw score.
    """

    feature: npt.NDArray[np.int64]
    threshold: npt.NDArray[np.float64]
    level_sets: tuple[npt.NDArray[np.int64] | None, ...]
    default_left: npt.NDArray[np.bool_]
    missing: tuple[str, ...]
    left: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]
    cover: npt.NDArray[np.int64]
    leaf_cover: npt.NDArray[np.int64]
    value: npt.NDArray[np.float64]


def forest_trees(booster: Any) -> tuple[Tree, ...]:
    """Return the trees that ``booster.predict`` would use, in their order.

    Parameters
    ----------
    booster : lightgbm.Booster
        Numeric and categorical splits, one output.

    Returns
    -------
    tuple of Tree
        Up to the best iteration where training stopped early.

    Raises
    ------
    AttributionError
        For linear trees, several outputs, boosting=rf (its output is an average that pred_contrib
        doesn't sum to), and for trees whose row counts don't add up.

    Examples
    --------
    >>> import lightgbm as lgb
    >>> x = np.repeat([[0.0], [1.0]], 20, axis=0)
    >>> quiet = {"verbosity": -1, "num_threads": 1}
    >>> tree = forest_trees(lgb.train(quiet, lgb.Dataset(x, x[:, 0], params=quiet), 1))[0]
    >>> tree.feature.tolist(), tree.leaf_cover.tolist(), tree.missing
    ([0], [20, 20], ('none',))
    """
    text: str = booster.model_to_string()
    head, *blocks = text.split("\nTree=")
    if "\naverage_output" in head:
        raise AttributionError("boosting=rf averages its trees, which SHAP values do not; use gbdt")
    outputs = booster.num_model_per_iteration()
    if outputs != 1:
        raise AttributionError(f"the booster has {outputs} outputs per row; explain one at a time")
    return tuple(_tree(_entries(block), number) for number, block in enumerate(blocks))


def _entries(block: str) -> dict[str, str]:
    lines = block.split("\n\n", 1)[0].splitlines()[1:]
    return dict(line.split("=", 1) for line in lines if "=" in line)


def _tree(told: Mapping[str, str], number: int) -> Tree:
    if told.get("is_linear", "0") != "0":
        raise AttributionError(
            f"tree {number} has linear leaves, which no exact SHAP values are known for; "
            "train with linear_tree=false"
        )
    value = _floats(told["leaf_value"])
    if int(told["num_leaves"]) == 1:
        none = np.zeros(0, dtype=np.int64)
        flat = np.zeros(0)
        return Tree(
            none, flat, (), none.astype(bool), (), none, none, none, np.ones(1, np.int64), value
        )
    kinds = _ints(told["decision_type"])
    threshold = _floats(told["threshold"])
    level_sets: list[npt.NDArray[np.int64] | None] = [None] * len(kinds)
    is_categorical = (kinds & _CATEGORICAL) != 0
    if is_categorical.any():
        bounds, words = _ints(told["cat_boundaries"]), _ints(told["cat_threshold"])
        for node in np.flatnonzero(is_categorical).tolist():
            which = int(threshold[node])
            level_sets[node] = _levels(words[bounds[which] : bounds[which + 1]])
    tree = Tree(
        feature=_ints(told["split_feature"]),
        threshold=np.where(is_categorical, np.nan, threshold),
        level_sets=tuple(level_sets),
        default_left=(kinds & _DEFAULT_LEFT) != 0,
        missing=tuple(_MISSING[(kind >> 2) & 3] for kind in kinds.tolist()),
        left=_ints(told["left_child"]),
        right=_ints(told["right_child"]),
        cover=_ints(told["internal_count"]),
        leaf_cover=_ints(told["leaf_count"]),
        value=value,
    )
    _check_counts(tree, number)
    return tree


def _check_counts(tree: Tree, number: int) -> None:
    sums = sum(
        np.where(child < 0, tree.leaf_cover[-child - 1], tree.cover[np.maximum(child, 0)])
        for child in (tree.left, tree.right)
    )
    before = np.arange(len(tree.cover))
    if any(((child >= 0) & (child <= before)).any() for child in (tree.left, tree.right)):
        raise AttributionError(
            f"tree {number}: a split stands before its parent; the text is damaged"
        )
    if (tree.leaf_cover <= 0).any() or not np.array_equal(sums, tree.cover):
        raise AttributionError(
            f"tree {number}: its row counts do not add up, so no share of rows is known; "
            "explain the booster as it came out of training"
        )


def _levels(words: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    bits = (words[:, None] >> np.arange(_WORD)) & 1
    return np.flatnonzero(bits.ravel())


def _floats(text: str) -> npt.NDArray[np.float64]:
    return np.array(text.split(), dtype=np.float64)


def _ints(text: str) -> npt.NDArray[np.int64]:
    return np.array(text.split(), dtype=np.int64)
