"""The beam: from one condition to two to three, keeping the best rules of each length.

Everything that is summed is a whole number held in a float64, so that products of matrices are
exact, whatever order the rows are in and however many threads there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from icpfit.insight.segments.selectors import Selectors

__all__ = ["GRAIN", "Limits", "Node", "beam", "fewest_accounts", "holds", "limits", "whole_target"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Places = tuple[int, ...]

WIDTH = 25
DEPTH, SHALLOW_DEPTH, SHALLOW_BELOW = 3, 2, 600
SUPPORT_SHARE, SUPPORT_ROWS = 0.05, 30
PER_CONDITION, PER_LEVEL = 0.03, 0.04
"""What each further condition, and each further level of a set, takes off the quality."""
LARGEST_SET = 5
"""Longer lists were found more often by luck, and nobody remembers them."""
SHRINKAGE = 10.0
"""Accounts of the average kind that a level is mixed with before the levels are ordered."""
GRAIN = 1024


def fewest_accounts(searched: int) -> int:
    """Return how many accounts a rule must cover to be looked at.

    Parameters
    ----------
    searched : int
        Accounts that rules are found on.

    Returns
    -------
    int
        5 % of them, but 30 at least.

    Examples
    --------
    >>> fewest_accounts(300), fewest_accounts(1001)
    (30, 51)
    """
    return max(SUPPORT_ROWS, int(np.ceil(SUPPORT_SHARE * searched - 1e-9)))


@dataclass(frozen=True)
class Limits:
    """How far the search goes.

    Parameters
    ----------
    depth : int
        Most conditions of a rule.
    fewest : int
        Accounts that a rule must hold.
    most : int
        Rules that are looked for.
    sure : int
        Rules that are shown however little they stand out where they were found.
    """

    depth: int
    fewest: int
    most: int = 7
    sure: int = 3


@dataclass(frozen=True, eq=False)
class Node:
    """A rule in the search.

    Parameters
    ----------
    parts : tuple of tuple of int
        One entry for each condition: positions among the selectors, several for a set of levels.
    attributes : frozenset of int
        Numbers of the attributes that it has a condition on.
    holds : ndarray of bool, shape (n,)
        The accounts that meet all conditions.
    quality : float
        See `beam`.
    """

    parts: tuple[Places, ...]
    attributes: frozenset[int]
    holds: Bools
    quality: float


def limits(searched: int, trained: int, most: int = 7, sure: int = 3) -> Limits:
    """Return how far a search goes.

    Parameters
    ----------
    searched : int
        Accounts that rules are looked for in.
    trained : int
        Accounts in all, those that the rules are reported on included.
    most, sure : int
        Rules at most, and rules that are shown in any case.

    Returns
    -------
    Limits
        A rule holds 5 % of the accounts searched, and 30; it has up to 3 conditions, 2 where there
        are fewer than 600 accounts in all.

    Examples
    --------
    >>> limits(900, 1_500), limits(200, 400).depth
    (Limits(depth=3, fewest=45, most=7, sure=3), 2)
    """
    fewest = fewest_accounts(searched)
    return Limits(SHALLOW_DEPTH if trained < SHALLOW_BELOW else DEPTH, fewest, most, sure)


def whole_target(target: Floats) -> Floats:
    """Return a target between 0 and 1 in whole 1,024ths.

    Parameters
    ----------
    target : ndarray of float, shape (n,)
        0 to 1.

    Returns
    -------
    ndarray of float64, shape (n,)
        Whole numbers.

    Examples
    --------
    >>> whole_target(np.array([0.0, 0.5, 1.0])).tolist()
    [0.0, 512.0, 1024.0]
    """
    return np.rint(np.asarray(target, dtype=np.float64) * GRAIN)


def holds(selectors: Selectors, parts: tuple[Places, ...]) -> Bools:
    """Return which accounts meet all conditions of a rule.

    Parameters
    ----------
    selectors : Selectors
        The conditions, with the n accounts that meet them.
    parts : tuple of tuple of int
        Positions: within an entry one must be met, and so in every entry.

    Returns
    -------
    ndarray of bool, shape (n,)
        All True for a rule without conditions.
    """
    met = np.ones(len(selectors.holds), dtype=bool)
    for places in parts:
        met &= selectors.holds[:, list(places)].any(axis=1)
    return met


def beam(selectors: Selectors, target: Floats, weights: Floats, bounds: Limits) -> list[Node]:
    """Return the best rules of every length, the best first.

    ``quality = (rate - base) sqrt(mass / total mass) (1 - .03 (conditions - 1)) (1 - .04 (levels -
    1))``, with rate and mass of the rule's accounts under the weights, and base the mean target of
    all accounts without weights. The last factor stands for the last condition that was added.

    Parameters
    ----------
    selectors : Selectors
        The conditions, with the n accounts that meet them.
    target : ndarray of float64, shape (n,)
        Whole numbers, see `whole_target`.
    weights : ndarray of float64, shape (n,)
        Whole numbers above 0.
    bounds : Limits
        Length and support.

    Returns
    -------
    list of Node
        25 of each length at most, all with a quality above 0. Of rules that hold the same accounts
        the first; equal qualities are ordered by their conditions, never by the rows.

    References
    ----------
    Fisher (1958), On grouping for maximum homogeneity, Journal of the American Statistical
    Association 53: of all sets of k levels, the first k by their rate are the best.
    """
    front = [Node((), frozenset(), np.ones(len(target), dtype=bool), 0.0)]
    found: list[Node] = []
    ordered = _ordered_levels(selectors, target, weights)
    for length in range(1, bounds.depth + 1):
        options = _options(
            selectors, front, target, weights=weights, bounds=bounds, ordered=ordered
        )
        front = _distinct(selectors, front, options, 1.0 - PER_CONDITION * (length - 1))
        found += front
        if not front:
            break
    return sorted(found, key=lambda node: (-node.quality, len(node.parts), node.parts))


def _ordered_levels(
    selectors: Selectors, target: Floats, weights: Floats
) -> list[npt.NDArray[np.int64]]:
    """Return the levels of each category, those with the highest shrunken rate first.

    Over all accounts, not anew within each rule: where few accounts order the levels, luck does.
    """
    base, prior = target.mean(), SHRINKAGE * weights.max()
    ordered = []
    for places in selectors.levels:
        mass = weights @ selectors.holds[:, places]
        total = (weights * target) @ selectors.holds[:, places]
        rate = (total + prior * base) / (mass + prior)
        ordered.append(places[np.argsort(-rate, kind="stable")])
    return ordered


def _options(
    selectors: Selectors,
    front: list[Node],
    target: Floats,
    *,
    weights: Floats,
    bounds: Limits,
    ordered: list[npt.NDArray[np.int64]],
) -> list[tuple[float, int, Places]]:
    """Return quality, parent and new condition of every child that may be worth keeping."""
    parents = np.stack([node.holds for node in front]).astype(np.float64)
    counts = parents @ selectors.holds
    masses = (parents * weights) @ selectors.holds
    totals = (parents * (weights * target)) @ selectors.holds
    base, scale = float(target.mean()), 1.0 / GRAIN / float(np.sqrt(weights.sum()))

    def quality(count: Floats, mass: Floats, total: Floats) -> Floats:
        rate = np.divide(total, mass, out=np.full(mass.shape, base), where=mass > 0)
        lead = (rate - base) * np.sqrt(mass) * scale
        return np.where(count >= bounds.fewest, lead, -np.inf)

    single = quality(counts, masses, totals)
    options: list[tuple[float, int, Places]] = []
    for row, node in enumerate(front):
        single[row, np.isin(selectors.attribute, list(node.attributes))] = -np.inf
        best = np.argsort(-single[row], kind="stable")[: 2 * WIDTH]
        options += [(float(single[row, i]), row, (int(i),)) for i in best if single[row, i] > 0]
        for places in ordered:
            if len(places) < 3 or selectors.attribute[places[0]] in node.attributes:
                continue
            # All levels together would be no condition.
            tried = places[: min(LARGEST_SET, len(places) - 1)]
            sums = (np.cumsum(part[row, tried]) for part in (counts, masses, totals))
            found = quality(*sums) * (1.0 - PER_LEVEL * np.arange(len(tried)))
            options += [
                (float(found[k - 1]), row, tuple(sorted(int(i) for i in tried[:k])))
                for k in range(2, len(tried) + 1)
                if found[k - 1] > 0
            ]
    return options


def _distinct(
    selectors: Selectors,
    front: list[Node],
    options: list[tuple[float, int, Places]],
    factor: float,
) -> list[Node]:
    """Return the best children; of those that hold the same accounts only the first."""
    options.sort(key=lambda one: (-one[0], *sorted((*front[one[1]].parts, one[2]))))
    seen: set[bytes] = set()
    kept: list[Node] = []
    for quality, row, places in options:
        node = front[row]
        met = node.holds & holds(selectors, (places,))
        key = np.packbits(met).tobytes()
        if key in seen:
            continue
        seen.add(key)
        number = int(selectors.attribute[places[0]])
        parts = tuple(sorted((*node.parts, places)))
        kept.append(Node(parts, node.attributes | {number}, met, quality * factor))
        if len(kept) == WIDTH:
            break
    return kept
