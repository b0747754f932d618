"""Leaves that share one table: those whose features have few joint patterns of codes.

A group's table has one row for each pattern, that is for each combination of what its leaves can
tell apart of their features. A lookup costs about one step per feature of the group, so few and
large groups are fast until their tables leave the processor's cache.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from math import prod
from typing import TYPE_CHECKING, TypeAlias

from icpfit.attribution.leaves import tree_leaves

if TYPE_CHECKING:
    from collections.abc import Sequence

    from icpfit.attribution.codes import FeatureCodes
    from icpfit.attribution.forest import Tree
    from icpfit.attribution.leaves import Leaf

__all__ = ["Group", "classes", "forest_groups", "leaf_groups", "pattern_count"]

#: What some leaves can tell apart of each feature that they ask for: disjoint sets of codes.
_Classes: TypeAlias = dict[int, list[int]]


@dataclass(frozen=True, eq=False)
class Group:
    """Leaves that share a table.

    Attributes
    ----------
    leaves : tuple of Leaf
        Of one tree or of several.
    features : tuple of int
        All that they ask for, ascending.
    classes : tuple of list of int
        Of each feature, what the leaves can tell apart: disjoint sets of codes.
    strides : tuple of int
        A pattern's number is ``sum of stride * class``.
    n_patterns : int
        Product of the classes.
    """

    leaves: tuple[Leaf, ...]
    features: tuple[int, ...]
    classes: tuple[list[int], ...]
    strides: tuple[int, ...]
    n_patterns: int


def forest_groups(
    trees: Sequence[tuple[Tree, float]], codes: Sequence[FeatureCodes], most: int
) -> list[Group]:
    """Return the leaves of a forest in groups.

    Parameters
    ----------
    trees : sequence of (Tree, float)
        Trees, and the weight of each one's output.
    codes : sequence of FeatureCodes
        Of all features.
    most : int
        Patterns of a group; a leaf alone, and the leaves that ask for one feature only, may have
        more.

    Returns
    -------
    list of Group
        In an order that depends on the trees only. Trees without a split are in none.

    Notes
    -----
    Groups of several trees with the same features join while they stay within `most`: stumps become
    one curve per feature.
    """
    found: list[tuple[Leaf, ...]] = []
    apart: list[_Classes] = []
    latest: dict[tuple[int, ...], int] = {}
    whole = [told.all_codes for told in codes]
    for tree, weight in trees:
        if len(tree.feature) == 0:
            continue
        leaves = [replace(leaf, value=weight * leaf.value) for leaf in tree_leaves(tree, codes)]
        for group in leaf_groups(tree, leaves, whole, most):
            told = _all_classes(group, whole)
            features = tuple(told)
            at = latest.get(features)
            if at is not None:
                both = _of_both(apart[at], told, most if len(features) > 1 else None)
                if both is not None:
                    found[at], apart[at] = found[at] + group, both
                    continue
            latest[features] = len(found)
            found.append(group)
            apart.append(told)
    return [_group(leaves, told) for leaves, told in zip(found, apart, strict=True)]


def leaf_groups(
    tree: Tree, leaves: Sequence[Leaf], whole: Sequence[int], most: int
) -> list[tuple[Leaf, ...]]:
    """Return the leaves of a tree in groups of at most so many patterns.

    Parameters
    ----------
    tree : Tree
        With at least one split.
    leaves : sequence of Leaf
        By number.
    whole : sequence of int
        All codes of each feature.
    most : int
        Patterns of a group; a leaf alone may have more.

    Returns
    -------
    list of tuple of Leaf
        Each leaf once.

    Notes
    -----
    The largest subtrees that stay within `most` come first; then the two groups are joined that
    save the most lookups, as long as there are two that may be.
    """
    below = _leaves_below(tree)
    found: list[tuple[Leaf, ...]] = []
    waiting = [0]
    while waiting:
        node = waiting.pop()
        group = (leaves[-node - 1],) if node < 0 else tuple(leaves[i] for i in below[node])
        if node < 0 or pattern_count(group, whole, most) <= most:
            found.append(group)
        else:
            waiting += [int(tree.right[node]), int(tree.left[node])]
    return _joined(found, whole, most)


def pattern_count(leaves: Sequence[Leaf], whole: Sequence[int], most: int) -> int:
    """Return how many patterns a table of these leaves has.

    Parameters
    ----------
    leaves : sequence of Leaf
        A group.
    whole : sequence of int
        All codes of each feature.
    most : int
        Counting ends above it.

    Returns
    -------
    int
        Exact up to `most`, else some number above it.
    """
    count = 1
    for feature in _features(leaves):
        count *= len(classes(leaves, feature, whole[feature]))
        if count > most:
            break
    return count


def classes(leaves: Sequence[Leaf], feature: int, whole: int) -> list[int]:
    """Return which codes of a feature these leaves can tell apart.

    Parameters
    ----------
    leaves : sequence of Leaf
        A group.
    feature : int
        The feature.
    whole : int
        All of its codes.

    Returns
    -------
    list of int
        Disjoint sets of codes, by their lowest code; the codes of one pass at the same leaves.

    Examples
    --------
    Codes 0 to 3, and leaves that take {0, 1} and {1, 2}:

    >>> from icpfit.attribution.leaves import Leaf
    >>> leaves = [Leaf({0: 0b0011}, {0: 0.5}, 1.0), Leaf({0: 0b0110}, {0: 0.5}, 1.0)]
    >>> [f"{codes:04b}" for codes in classes(leaves, 0, 0b1111)]
    ['0001', '0010', '0100', '1000']
    """
    found = [whole]
    for passed in {leaf.asked[feature]: None for leaf in leaves if feature in leaf.asked}:
        found = [part for codes in found for part in (codes & passed, codes & ~passed) if part]
    return sorted(found, key=_lowest)


def _all_classes(leaves: Sequence[Leaf], whole: Sequence[int]) -> _Classes:
    return {feature: classes(leaves, feature, whole[feature]) for feature in _features(leaves)}


def _of_both(one: _Classes, other: _Classes, most: int | None) -> _Classes | None:
    """Return what two groups together tell apart; None where that is more than `most` patterns."""
    # No class of either is made larger by the other, so most refusals need no classes at all.
    least = (max(len(one.get(f, ())), len(other.get(f, ()))) for f in one.keys() | other.keys())
    if most is not None and prod(least) > most:
        return None
    both = {**one, **other}
    for feature in one.keys() & other.keys():
        pairs = ((a, b) for a in one[feature] for b in other[feature])
        both[feature] = [part for a, b in pairs if (part := a & b)]
    return both if most is None or prod(map(len, both.values())) <= most else None


def _group(leaves: tuple[Leaf, ...], told: _Classes) -> Group:
    features = tuple(sorted(told))
    found = tuple(sorted(told[feature], key=_lowest) for feature in features)
    sizes = [len(classes) for classes in found]
    strides = tuple(prod(sizes[:slot]) for slot in range(len(sizes)))
    return Group(leaves, features, found, strides, prod(sizes))


def _lowest(codes: int) -> int:
    return codes & -codes


def _features(leaves: Sequence[Leaf]) -> tuple[int, ...]:
    return tuple(sorted({feature for leaf in leaves for feature in leaf.asked}))


def _joined(
    groups: list[tuple[Leaf, ...]], whole: Sequence[int], most: int
) -> list[tuple[Leaf, ...]]:
    groups = list(groups)
    apart = [_all_classes(group, whole) for group in groups]
    alive = list(range(len(groups)))
    refused: set[tuple[int, int]] = set()
    while True:
        shared = [
            (-len(apart[a].keys() & apart[b].keys()), a, b)
            for a, b in combinations(alive, 2)
            if (a, b) not in refused and apart[a].keys() & apart[b].keys()
        ]
        for _, a, b in sorted(shared):
            both = _of_both(apart[a], apart[b], most)
            if both is not None:
                alive = [i for i in alive if i not in (a, b)] + [len(groups)]
                groups.append(groups[a] + groups[b])
                apart.append(both)
                break
            refused.add((a, b))
        else:
            return [groups[i] for i in alive]


def _leaves_below(tree: Tree) -> list[list[int]]:
    """Return the numbers of the leaves under each split; children come after their parent."""
    below: list[list[int]] = [[] for _ in tree.feature]
    for node in range(len(below) - 1, -1, -1):
        for child in (int(tree.left[node]), int(tree.right[node])):
            below[node] += [-child - 1] if child < 0 else below[child]
    return below
