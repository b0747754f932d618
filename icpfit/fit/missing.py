"""Where a missing number goes in a tree that has never seen one missing."""

from __future__ import annotations

import re

__all__ = ["missing_text"]

CATEGORY, DEFAULT_LEFT, MISSING_TYPE, MISSING_IS_NAN = 1, 2, 12, 8


def missing_text(text: str) -> str:
    r"""Return LightGBM's model text with the direction of missing numbers set.

    Parameters
    ----------
    text : str
        As of LightGBM's ``model_to_string``.

    Returns
    -------
    str
        Differs in ``decision_type`` and in the lengths under ``tree_sizes`` only.

    Notes
    -----
    A decision type is a bit field: 1 category, 2 missing goes left, 4 and 8 the kind of missing (0
    none seen, 8 NaN). A child from 0 is a split, one below 0 the leaf ``-child - 1``.

    Examples
    --------
    >>> tree = "\n".join(
    ...     [
    ...         "tree_sizes=133",
    ...         "",
    ...         "Tree=0",
    ...         "num_leaves=3",
    ...         "decision_type=2 1",
    ...         "left_child=-1 -2",
    ...         "right_child=1 -3",
    ...         "leaf_count=40 30 20",
    ...         "internal_count=90 50",
    ...     ]
    ... )
    >>> changed = missing_text(tree)
    >>> [line for line in changed.splitlines() if line not in tree.splitlines()]
    ['decision_type=8 1']
    """
    head, *trees = re.split(r"(?m)^(?=Tree=\d+$)", text)
    changed = [_tree(tree) for tree in trees]
    grown = [len(new) - len(old) for new, old in zip(changed, trees, strict=True)]
    sizes = re.search(r"(?m)^tree_sizes=(.*)$", head)
    if sizes is None:
        return text
    lengths = [int(size) + more for size, more in zip(sizes[1].split(), grown, strict=True)]
    listed = " ".join(str(length) for length in lengths)
    return head[: sizes.start(1)] + listed + head[sizes.end(1) :] + "".join(changed)


def _tree(tree: str) -> str:
    start, end = _place(tree, "decision_type")
    if start == end:  # a tree of a single leaf
        return tree
    kinds = list(map(int, tree[start:end].split()))
    if all(kind & (CATEGORY | MISSING_TYPE) for kind in kinds):
        return tree
    lefts, rights = _numbers(tree, "left_child"), _numbers(tree, "right_child")
    leaves, splits = _numbers(tree, "leaf_count"), _numbers(tree, "internal_count")

    def rows(child: int) -> int:
        return splits[child] if child >= 0 else leaves[-child - 1]

    for node, kind in enumerate(kinds):
        if not kind & (CATEGORY | MISSING_TYPE):
            to_left = rows(lefts[node]) >= rows(rights[node])
            kinds[node] = MISSING_IS_NAN | (DEFAULT_LEFT if to_left else 0)
    listed = " ".join(str(kind) for kind in kinds)
    return tree[:start] + listed + tree[end:]


def _numbers(tree: str, key: str) -> list[int]:
    start, end = _place(tree, key)
    return list(map(int, tree[start:end].split()))


def _place(tree: str, key: str) -> tuple[int, int]:
    """Return where the value of a key begins and ends; a training reads 100,000 trees and more."""
    before = f"\n{key}="
    found = tree.find(before)
    if found < 0:
        return 0, 0
    start = found + len(before)
    end = tree.find("\n", start)
    return start, end if end >= 0 else len(tree)
