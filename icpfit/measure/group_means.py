"""Means over a group of accounts, of many columns at once, with what luck leaves of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from icpfit.measure.intervals import REPLICATES, interval, paired_bootstrap
from icpfit.measure.weighted import ratio

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from icpfit.measure.estimate import Estimate

__all__ = ["FEWEST_ACCOUNTS", "figures_of_means", "group_means", "money_note"]

Floats = NDArray[np.float64]

FEWEST_ACCOUNTS = 20
"""Below so many accounts in the group no interval is given."""
APPROXIMATE_BELOW = 600
"""Below so many, intervals of money cover less often than they say."""


def money_note(n: int) -> str:
    """Say what a reader must know of an interval of money over so many accounts.

    Parameters
    ----------
    n : int
        Accounts that the figure rests on.

    Returns
    -------
    str
        "insufficient: ..." below 20 accounts, "approximate" below 600, else nothing.

    Examples
    --------
    >>> money_note(7), money_note(40), money_note(900)
    ('insufficient: 7 accounts, 20 are needed', 'approximate', '')
    """
    if n < FEWEST_ACCOUNTS:
        return f"insufficient: {n} accounts, {FEWEST_ACCOUNTS} are needed"
    return "approximate" if n < APPROXIMATE_BELOW else ""


def group_means(
    values: ArrayLike, groups: ArrayLike, *, n_boot: int = REPLICATES, seed: int = 0
) -> tuple[Estimate, ...]:
    """Average each column over the accounts, with bootstrap intervals.

    Parameters
    ----------
    values : array_like of float, shape (n, k)
        One row per account, none missing.
    groups : array_like, shape (n,)
        The parent of each account: accounts of one parent are drawn together.
    n_boot : int
        Replicates.
    seed : int
        The same seed gives the same intervals.

    Returns
    -------
    tuple of Estimate, length k
        Mean of each column; NaN of no account, without an interval below 20 accounts.

    References
    ----------
    Efron (1979), Annals of Statistics 7.

    Examples
    --------
    >>> [mean] = group_means(np.arange(40.0)[:, None], range(40), n_boot=200)
    >>> mean.value, mean.low < 19.5 < mean.high
    (19.5, True)
    """
    table = np.asarray(values, dtype=np.float64)
    inside = np.ones((len(table), 1), dtype=bool)
    width = table.shape[1]
    return figures_of_means(
        table, inside, groups, lambda means: means.reshape(-1, width), n_boot=n_boot, seed=seed
    )


def figures_of_means(
    values: ArrayLike,
    inside: ArrayLike,
    groups: ArrayLike,
    figures: Callable[[Floats], Floats],
    *,
    n_boot: int = REPLICATES,
    seed: int = 0,
    counts: Sequence[int] | None = None,
) -> tuple[Estimate, ...]:
    """Compute figures from the means of several groups, all in the same bootstrap replicates.

    Parameters
    ----------
    values : array_like of float, shape (n, k)
        One row per account, none missing.
    inside : array_like of bool, shape (n, g)
        Which accounts are in each group; an account may be in several.
    groups : array_like, shape (n,)
        The parent of each account: accounts of one parent are drawn together.
    figures : callable
        Takes means of shape (replicates, g, k), gives figures of shape (replicates, m).
    n_boot : int
        Replicates.
    seed : int
        The same seed gives the same intervals.
    counts : sequence of int, length m, optional
        Accounts that each figure rests on; by default the smallest of the groups.

    Returns
    -------
    tuple of Estimate, length m
        Each with a percentile interval, unless it rests on fewer than 20 accounts.

    Notes
    -----
    Differences between groups are paired: an account that is in both moves both means. All sums
    run over the accounts in the order of `groups`, so that the order of the rows changes nothing.

    References
    ----------
    Efron (1979), Annals of Statistics 7.

    Examples
    --------
    >>> inside = np.repeat([[True, False], [False, True]], 30, axis=0)
    >>> margin = np.repeat([[3.0], [1.0]], 30, axis=0)
    >>> [apart] = figures_of_means(
    ...     margin, inside, range(60), lambda means: means[:, 0] - means[:, 1], n_boot=50
    ... )
    >>> apart.value, apart.n
    (2.0, 30)
    """
    names = np.asarray(groups)
    order = np.argsort(names, kind="stable")
    table = np.asarray(values, dtype=np.float64)[order]
    member = np.asarray(inside, dtype=np.float64)[order]
    shape = (member.shape[1], table.shape[1])
    spread = (member[:, :, None] * table[:, None, :]).reshape(len(table), shape[0] * shape[1])

    def computed(weights: Floats) -> Floats:
        # Not a matrix product: its sums may depend on the number of threads.
        sums = np.einsum("bi,ik->bk", weights, spread).reshape(-1, *shape)
        sizes = np.einsum("bi,ig->bg", weights, member)[:, :, None]
        return figures(ratio(sums, np.broadcast_to(sizes, sums.shape)))

    if len(table) == 0:
        values_now = figures(np.full((1, *shape), np.nan))[0]
        return tuple(interval(float(one), np.empty(0), n=0) for one in values_now)
    values_now = computed(np.ones((1, len(table))))[0]
    samples = paired_bootstrap(computed, names[order], n_boot=n_boot, seed=seed)
    fewest = int(member.sum(axis=0).min())
    sizes = [fewest] * len(values_now) if counts is None else list(counts)
    return tuple(
        interval(float(one), samples[:, at], n=size, note=money_note(size))
        for at, (one, size) in enumerate(zip(values_now, sizes, strict=True))
    )
