"""Shapley values of a forest by their definition, over every subset of features: slow, and simple.

The game of a tree: ``v(S)`` is its output when the features in S follow the row and every other
split sends the row to both children, each in the share of training rows that went there (path-dependent
expectation, Lundberg et al. 2020, algorithm 1). A feature's value is its average step
``v(S + i) - v(S)`` with the weights ``|S|! (p - |S| - 1)! / p!``. Nothing here is shared with
LightGBM's own algorithm (path extension in polynomial time) but the trees, read from `dump_model`.
"""

from __future__ import annotations

from itertools import combinations
from math import factorial

import numpy as np


def forest_shapley(booster, matrix):
    """Return the values (n, p) and the base of the raw score, which sum to it."""
    p = matrix.shape[1]
    if p > 8:
        raise ValueError(f"{p} features: 2^{p} subsets are too many")
    values = np.zeros(matrix.shape)
    base = 0.0
    for tree in booster.dump_model()["tree_info"]:
        root = tree["tree_structure"]
        games = {
            subset: _expected(root, matrix, frozenset(subset))
            for size in range(p + 1)
            for subset in combinations(range(p), size)
        }
        base += float(games[()][0])
        for feature in range(p):
            others = [f for f in range(p) if f != feature]
            for size in range(p):
                weight = factorial(size) * factorial(p - size - 1) / factorial(p)
                for subset in combinations(others, size):
                    joined = tuple(sorted((*subset, feature)))
                    values[:, feature] += weight * (games[joined] - games[subset])
    return values, base


def raw_score(booster, matrix):
    """Return the forest's output by walking the same trees (checks the walk itself)."""
    everything = frozenset(range(matrix.shape[1]))
    return sum(
        _expected(tree["tree_structure"], matrix, everything)
        for tree in booster.dump_model()["tree_info"]
    )


def _expected(node, matrix, known):
    if "leaf_value" in node:
        return np.full(len(matrix), node["leaf_value"])
    left = _expected(node["left_child"], matrix, known)
    right = _expected(node["right_child"], matrix, known)
    if node["split_feature"] in known:
        return np.where(_goes_left(node, matrix[:, node["split_feature"]]), left, right)
    n_left, n_right = _cover(node["left_child"]), _cover(node["right_child"])
    return (n_left * left + n_right * right) / (n_left + n_right)


def _cover(node):
    return node["leaf_count"] if "leaf_value" in node else node["internal_count"]


def _goes_left(node, column):
    if node["decision_type"] == "==":
        levels = {int(level) for level in node["threshold"].split("||")}
        return np.array([not np.isnan(x) and x >= 0 and int(x) in levels for x in column])
    return np.array([_number_goes_left(node, x) for x in column])


def _number_goes_left(node, x):
    missing = node["missing_type"]
    if np.isnan(x) and missing != "NaN":
        x = 0.0
    if (missing == "Zero" and abs(x) <= 1e-35) or (missing == "NaN" and np.isnan(x)):
        return node["default_left"]
    return x <= node["threshold"]
