"""A forest's Shapley values, tabulated: for each group of leaves, one row per pattern of codes.

Scoring is then a sum of whole numbers, which says which row of a group's table is meant, and one
addition per feature of the group. Nothing is approximated: the tables hold every value that
the group can take, in double precision (`icpfit.attribution.leaves` has the derivation).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from icpfit.attribution.codes import feature_codes
from icpfit.attribution.forest import forest_trees
from icpfit.attribution.groups import Group, forest_groups
from icpfit.attribution.leaves import Leaf, leaf_shapley
from icpfit.attribution.refusals import TablesRefused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from icpfit.attribution.codes import FeatureCodes
    from icpfit.attribution.forest import Tree

__all__ = ["MOST_BYTES", "MOST_PATTERNS", "ShapleyTables", "boosters_and_weights", "shapley_tables"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MOST_PATTERNS = 1_024
"""Patterns of a group: at 1,024 a group's table stays in the second-level cache."""
MOST_BYTES = 512 * 2**20
"""Memory that the tables of a model may take."""
_MOST_ROWS = 65_536  # of one table: a row's number has 16 bits


@dataclass(frozen=True, eq=False)
class ShapleyTables:
    """A forest's Shapley values as plain arrays; p features, g groups, s slots (group x feature).

    Attributes
    ----------
    cuts, cut_at : numpy.ndarray of float64 and of int64, shapes (c,) and (p + 1,)
        Thresholds or levels of feature f: ``cuts[cut_at[f]:cut_at[f + 1]]``.
    codes : numpy.ndarray of uint16, shape (c + 2 p,)
        Their codes, from ``cut_at[f] + 2 f``, as `FeatureCodes` has them.
    is_category : numpy.ndarray of bool, shape (p,)
        Which features are categories.
    slot_feature, slot_at : numpy.ndarray of int64, shapes (s,) and (g + 1,)
        Features of the slots of group k: ``slot_feature[slot_at[k]:slot_at[k + 1]]``.
    weight, weight_at : numpy.ndarray of uint16 and of int64, shapes (w,) and (s + 1,)
        What each code of a slot's feature adds to the number of the group's row.
    rows : numpy.ndarray of int64, shape (g,)
        Patterns of each group.
    table : numpy.ndarray of float64
        Groups one after the other; in each, slots one after the other and then the score; in each,
        `rows` values.
    bias : float
        The raw score of a row of which nothing is known.
    constant : float
        What trees without a split add to every raw score.
    """

    cuts: Floats
    cut_at: Ints
    codes: npt.NDArray[np.uint16]
    is_category: npt.NDArray[np.bool_]
    slot_feature: Ints
    slot_at: Ints
    weight: npt.NDArray[np.uint16]
    weight_at: Ints
    rows: Ints
    table: Floats
    bias: float
    constant: float

    @property
    def n_features(self) -> int:
        """Columns of a matrix."""
        return len(self.is_category)


def shapley_tables(
    boosters: Any,
    weights: Sequence[float] | None = None,
    *,
    most_patterns: int = MOST_PATTERNS,
    most_bytes: int = MOST_BYTES,
) -> ShapleyTables:
    """Return the tables of a booster, or of a weighted sum of boosters.

    Parameters
    ----------
    boosters : lightgbm.Booster or sequence of lightgbm.Booster
        Of the same features.
    weights : sequence of float, optional
        What each booster's raw score counts; by default the mean of all.
    most_patterns : int, default 1024
        Patterns of a group of leaves. More make scoring faster until the tables leave the cache.
    most_bytes : int, default 512 MiB
        Most memory that the tables may take.

    Returns
    -------
    ShapleyTables
        For `icpfit.attribution.values.shapley_values`.

    Raises
    ------
    AttributionError
        For a forest that has no exact SHAP values (see `forest_trees`).
    TablesRefused
        For a forest that the tables can't hold; ``pred_contrib`` still explains it.
    ValueError
        When boosters have different numbers of features, or weights are not one per booster.

    Notes
    -----
    Building takes about 2 s of CPU for 300 trees of 31 leaves. SHAP values are linear: what is
    added to a raw score feature by feature (a linear part, say) is added to its values as well.
    """
    given, shares = boosters_and_weights(boosters, weights)
    n_features = int(given[0].num_feature())
    weighted = [
        (tree, share)
        for booster, share in zip(given, shares, strict=True)
        for tree in forest_trees(booster)
    ]
    codes = feature_codes([tree for tree, _ in weighted], n_features)
    groups = forest_groups(weighted, codes, min(most_patterns, _MOST_ROWS))
    _check_size(groups, most_bytes)
    bias = sum((share * _expected(tree) for tree, share in weighted), 0.0)
    # A tree without a split is one leaf, which all rows reach.
    single = [(tree, share) for tree, share in weighted if len(tree.value) == 1]
    constant = sum((share * float(tree.value[0]) for tree, share in single), 0.0)
    return _tables(groups, codes, bias, constant)


def boosters_and_weights(
    boosters: Any, weights: Sequence[float] | None
) -> tuple[tuple[Any, ...], tuple[float, ...]]:
    """Return the boosters as a tuple, and what each counts.

    Parameters
    ----------
    boosters : lightgbm.Booster or sequence of lightgbm.Booster
        Of the same features.
    weights : sequence of float or None
        None: the mean.

    Returns
    -------
    tuple of boosters, tuple of float
        One weight per booster.

    Raises
    ------
    ValueError
        Without a booster, for another number of weights, or of features.
    """
    given = tuple(boosters) if isinstance(boosters, list | tuple) else (boosters,)
    if not given:
        raise ValueError("no booster was given")
    shares = tuple(weights) if weights is not None else (1 / len(given),) * len(given)
    if len(shares) != len(given):
        raise ValueError(f"{len(given)} boosters have {len(shares)} weights")
    counts = sorted({int(booster.num_feature()) for booster in given})
    if len(counts) > 1:
        raise ValueError(f"the boosters have {counts} features")
    return given, shares


def _expected(tree: Tree) -> float:
    shares = tree.leaf_cover / tree.leaf_cover.sum()
    return float((shares * tree.value).sum())


def _check_size(groups: Sequence[Group], most_bytes: int) -> None:
    largest = max((group.n_patterns for group in groups), default=1)
    if largest > _MOST_ROWS:
        features = max(len(leaf.asked) for group in groups for leaf in group.leaves)
        raise TablesRefused(
            f"a path asks for {features} features, and tables hold up to 16 on one path"
        )
    size = sum(group.n_patterns * (len(group.features) + 1) for group in groups) * 8
    if size > most_bytes:
        raise TablesRefused(
            f"the tables would take {size / 2**20:,.0f} MB, and {most_bytes / 2**20:,.0f} are "
            "allowed"
        )


def _tables(
    groups: Sequence[Group], codes: Sequence[FeatureCodes], bias: float, constant: float
) -> ShapleyTables:
    slots = [(group, slot) for group in groups for slot in range(len(group.features))]
    weights = [
        group.strides[slot] * _class_of(group.classes[slot], codes[group.features[slot]].n_codes)
        for group, slot in slots
    ]
    return ShapleyTables(
        cuts=_flat([told.cuts for told in codes], np.float64),
        cut_at=_ends([len(told.cuts) for told in codes]),
        codes=_flat([told.codes for told in codes], np.uint16),
        is_category=np.array([told.is_category for told in codes], dtype=np.bool_),
        slot_feature=np.array([group.features[slot] for group, slot in slots], dtype=np.int64),
        slot_at=_ends([len(group.features) for group in groups]),
        weight=_flat(weights, np.uint16),
        weight_at=_ends([len(weight) for weight in weights]),
        rows=np.array([group.n_patterns for group in groups], dtype=np.int64),
        table=_flat([_group_table(group) for group in groups], np.float64),
        bias=bias,
        constant=constant,
    )


def _group_table(group: Group) -> Floats:
    """Return the leaves' Shapley values and outputs, slot by slot and pattern by pattern.

    The patterns are a grid with one axis per feature, the last feature's axis first.
    """
    sizes = [len(found) for found in group.classes]
    table = np.zeros((len(sizes) + 1, *sizes[::-1]))
    for leaf in group.leaves:
        _add_leaf(table, group, leaf, sizes)
    return table.ravel()


def _add_leaf(table: Floats, group: Group, leaf: Leaf, sizes: Sequence[int]) -> None:
    slots = [group.features.index(feature) for feature in leaf.asked]
    share = np.array([leaf.share[feature] for feature in leaf.asked])
    values = leaf_shapley(share, leaf.value)
    key = np.zeros((1,) * len(sizes), dtype=np.int64)
    for bit, (slot, feature) in enumerate(zip(slots, leaf.asked, strict=True)):
        passed = leaf.asked[feature]
        passes = np.array([codes & passed != 0 for codes in group.classes[slot]], dtype=np.int64)
        shape = [1] * len(sizes)
        shape[len(sizes) - 1 - slot] = sizes[slot]
        key = key + (passes << bit).reshape(shape)
    for bit, slot in enumerate(slots):
        table[slot] += values[key, bit]
    table[-1] += leaf.value * (key == len(values) - 1)


def _class_of(classes: Sequence[int], n_codes: int) -> npt.NDArray[np.uint16]:
    found = np.zeros(n_codes, dtype=np.uint16)
    for number, codes in enumerate(classes):
        held = np.frombuffer(codes.to_bytes(n_codes // 8 + 1, "little"), dtype=np.uint8)
        found[np.unpackbits(held, count=n_codes, bitorder="little") == 1] = number
    return found


def _flat(arrays: Sequence[npt.NDArray[Any]], kind: Any) -> npt.NDArray[Any]:
    return np.concatenate([np.zeros(0, dtype=kind), *arrays]).astype(kind)


def _ends(lengths: Sequence[int]) -> Ints:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
