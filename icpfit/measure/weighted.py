"""Figures of a ranking under many weightings of the same accounts at once.

A bootstrap replicate is nothing but a weighting: how often each account was drawn. The order of the
accounts is fixed by their score, so it is found once, and a replicate's figure needs only running
sums of weights. The plain figures in `ranking` are the case of one weighting with all ones.

Weights have the shape (replicates, accounts). Accounts with equal scores stay together in one tie
group, of which a top list takes an equal share: that is what a random tie-break gives on average.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from icpfit.measure.columns import figures

__all__ = [
    "TiedOrder",
    "ratio",
    "tied_order",
    "top_membership",
    "weighted_auc",
    "weighted_gains",
    "weighted_mean",
    "weighted_profit_gini",
]


Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TiedOrder:
    """The accounts from the highest score to the lowest, ties together.

    Parameters
    ----------
    order : ndarray of int, shape (n,)
        Positions of the accounts, best first.
    starts : ndarray of int, shape (tie groups,)
        Where in `order` each group of equal scores begins.
    """

    order: NDArray[np.intp]
    starts: NDArray[np.intp]


def tied_order(score: ArrayLike, *within: ArrayLike) -> TiedOrder:
    """Order accounts by score, best first, and mark where ties begin and end.

    Parameters
    ----------
    score : array_like of float, shape (n,)
        What ranks; higher is better.
    *within : array_like, shape (n,)
        Further columns that order the members of a tie. They change no figure but the last bit of
        its rounding, so that not even that depends on the order of the rows.

    Returns
    -------
    TiedOrder
        The order.

    Examples
    --------
    >>> ranked = tied_order([0.2, 0.9, 0.2])
    >>> ranked.order.tolist(), ranked.starts.tolist()
    ([1, 0, 2], [0, 1])
    """
    values = figures(score, "score")
    keys = [*(np.asarray(key) for key in reversed(within)), -values]
    order = np.lexsort(keys)
    ranked = values[order]
    starts = np.flatnonzero(np.concatenate(([True], ranked[1:] != ranked[:-1])))
    return TiedOrder(order, starts)


def _summed(weights: Floats, ranked: TiedOrder) -> Floats:
    """Sum columns over each tie group, best group first."""
    ordered = weights[:, ranked.order]
    if len(ranked.starts) == len(ranked.order):
        return ordered
    return np.add.reduceat(ordered, ranked.starts, axis=1)


def _curve(weights: Floats, values: Floats, ranked: TiedOrder) -> tuple[Floats, Floats]:
    """Run up weight and weighted value over the tie groups, from zero on."""
    sums = [np.cumsum(_summed(part, ranked), axis=1) for part in (weights, weights * values)]
    zero = np.zeros((len(weights), 1))
    mass, total = (np.hstack([zero, part]) for part in sums)
    return mass, total


def weighted_mean(weights: Floats, values: Floats) -> Floats:
    """Average values under each weighting: sum(w x) / sum(w).

    Parameters
    ----------
    weights : ndarray of float, shape (replicates, n)
        Each at least 0.
    values : ndarray of float, shape (n,)
        What is averaged.

    Returns
    -------
    ndarray of float, shape (replicates,)
        NaN where all weights are zero.

    Examples
    --------
    >>> weighted_mean(np.array([[1.0, 1.0], [0.0, 2.0]]), np.array([1.0, 3.0]))
    array([2., 3.])
    """
    # Not a matrix product: its sums may depend on the number of threads.
    total = np.einsum("bi,i->b", weights, values)
    return ratio(total, weights.sum(axis=1))


def ratio(top: Floats, bottom: Floats) -> Floats:
    """Divide, leaving NaN where there is nothing to divide by.

    Parameters
    ----------
    top, bottom : ndarray of float
        Of the same shape.

    Returns
    -------
    ndarray of float
        Top over bottom.

    Examples
    --------
    >>> ratio(np.array([1.0, 1.0]), np.array([2.0, 0.0]))
    array([0.5, nan])
    """
    return np.asarray(np.divide(top, bottom, out=np.full(top.shape, np.nan), where=bottom != 0))


def weighted_auc(weights: Floats, is_fit: Floats, ranked: TiedOrder) -> Floats:
    """Area under the ROC curve under each weighting, ties counting one half.

    Parameters
    ----------
    weights : ndarray of float, shape (replicates, n)
        Each at least 0.
    is_fit : ndarray of float, shape (n,)
        1 for a profitable fit, 0 for none.
    ranked : TiedOrder
        The order by score.

    Returns
    -------
    ndarray of float, shape (replicates,)
        Between 0 and 1; NaN where a class has no weight.

    Examples
    --------
    >>> is_fit = np.array([1.0, 0.0, 1.0])
    >>> weighted_auc(np.ones((1, 3)), is_fit, tied_order([0.9, 0.5, 0.5]))
    array([0.75])
    """
    fits = _summed(weights * is_fit, ranked)
    others = _summed(weights * (1.0 - is_fit), ranked)
    # A fit account beats every other one that is ranked below it, and half of those in its tie.
    below = others.sum(axis=1, keepdims=True) - np.cumsum(others, axis=1)
    won = (fits * (below + 0.5 * others)).sum(axis=1)
    return ratio(won, fits.sum(axis=1) * others.sum(axis=1))


def weighted_gains(
    weights: Floats,
    values: Floats,
    ranked: TiedOrder,
    k: Floats,
) -> Floats:
    """Sum a value over the first k accounts of a ranking, under each weighting.

    Parameters
    ----------
    weights : ndarray of float, shape (replicates, n)
        How often each account counts.
    values : ndarray of float, shape (n,)
        What is summed, such as the margin.
    ranked : TiedOrder
        The order by score.
    k : ndarray of float, shape (replicates, cuts)
        How many accounts (of the weighted ones) are taken, from 0 to the replicate's total weight.
        Fractions are allowed.

    Returns
    -------
    ndarray of float, shape (replicates, cuts)
        Expected sums.

    Notes
    -----
    Within a tie group the expected sum grows in a straight line, so the whole curve is linear
    between the groups' borders.

    Examples
    --------
    >>> ranked = tied_order([0.9, 0.5, 0.5])
    >>> values = np.array([10.0, 4.0, -2.0])
    >>> weighted_gains(np.ones((1, 3)), values, ranked, np.array([[1.0, 2.0, 3.0]]))
    array([[10., 11., 12.]])
    """
    mass, total = _curve(weights, values, ranked)
    return np.stack([np.interp(cuts, x, y) for cuts, x, y in zip(k, mass, total, strict=True)])


def top_membership(ranked: TiedOrder, k: float) -> Floats:
    """Give each account's chance to be among the first k when ties are broken at random.

    Parameters
    ----------
    ranked : TiedOrder
        The order by score.
    k : float
        How many are taken, from 0 to n.

    Returns
    -------
    ndarray of float, shape (n,)
        1 above the border, 0 below it, an equal share for the tie on it; they sum to `k`.

    Examples
    --------
    >>> top_membership(tied_order([0.5, 0.9, 0.5]), 2)
    array([0.5, 1. , 0.5])
    """
    n = len(ranked.order)
    sizes = np.diff(np.append(ranked.starts, n))
    share = np.clip((k - ranked.starts) / sizes, 0.0, 1.0)
    membership = np.empty(n)
    membership[ranked.order] = np.repeat(share, sizes)
    return membership


def weighted_profit_gini(
    weights: Floats, values: Floats, ranked: TiedOrder, best: TiedOrder
) -> Floats:
    """Area between the margin curve and chance, as a share of the best possible one.

    Parameters
    ----------
    weights : ndarray of float, shape (replicates, n)
        How often each account counts.
    values : ndarray of float, shape (n,)
        Margin per account.
    ranked, best : TiedOrder
        The order by score, and the one by margin.

    Returns
    -------
    ndarray of float, shape (replicates,)
        At most 1; NaN where all margins are equal.

    Examples
    --------
    >>> values = np.array([10.0, 4.0, -2.0])
    >>> best = tied_order(values)
    >>> weighted_profit_gini(np.ones((1, 3)), values, tied_order([1, 2, 3]), best)
    array([-1.])
    """
    areas = []
    for order in (ranked, best):
        mass, total = _curve(weights, values, order)
        # The curve is straight within ties, so the trapezoid rule is exact.
        area = (np.diff(mass) * (total[:, 1:] + total[:, :-1])).sum(axis=1)
        areas.append(area - mass[:, -1] * total[:, -1])
    # Equal margins leave no area but rounding.
    areas[1][np.array([np.ptp(values[row > 0]) == 0 for row in weights])] = 0.0
    return ratio(areas[0], areas[1])
