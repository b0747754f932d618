"""Intervals: Wilson's for a rate, the grouped bootstrap for everything else."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from icpfit.measure.estimate import Estimate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = [
    "FEWEST_PER_CLASS",
    "REPLICATES",
    "bootstrap",
    "interval",
    "paired_bootstrap",
    "replicate_weights",
    "shortage",
    "wilson",
]

REPLICATES = 2000
FEWEST_PER_CLASS = 40
# Floats held at once; replicates are drawn in portions so that memory doesn't grow with the data.
_PORTION = 4_000_000

Floats = NDArray[np.float64]


def wilson(k: float, n: float, level: float = 0.9) -> Estimate:
    """Give Wilson's score interval of a rate k / n.

    Parameters
    ----------
    k : float
        Hits, from 0 to `n`. An expected count, such as a tie's share, may be fractional.
    n : float
        Accounts.
    level : float
        Coverage, between 0 and 1.

    Returns
    -------
    Estimate
        Between 0 and 1; NaN without an interval when `n` is 0.

    Raises
    ------
    ValueError
        If `k` lies outside 0 to `n`.

    References
    ----------
    Wilson (1927), Journal of the American Statistical Association 22.

    Examples
    --------
    >>> from icpfit.measure.estimate import shown
    >>> shown(wilson(8, 10), "%")
    '80 % (54 to 93)'
    """
    if n <= 0:
        return Estimate(math.nan, level=level, note="no accounts")
    if not -1e-9 <= k <= n + 1e-9:
        raise ValueError(f"wilson: {k:g} hits of {n:g} accounts")
    rate = min(max(k / n, 0.0), 1.0)
    z = NormalDist().inv_cdf(0.5 + level / 2)
    middle = (rate + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    # At 0 and 1 one end equals the rate exactly; rounding must not push it beyond.
    low, high = min(max(middle - half, 0.0), rate), max(min(middle + half, 1.0), rate)
    return Estimate(rate, low, high, level, round(n))


def shortage(is_fit: ArrayLike, groups: ArrayLike) -> str:
    """Say why the accounts are too few for a bootstrap interval, or nothing.

    Parameters
    ----------
    is_fit : array_like of bool, shape (n,)
        Whether the account was a profitable fit.
    groups : array_like, shape (n,)
        The parent of each account; accounts of one parent count as one.

    Returns
    -------
    str
        Empty when there are at least 40 of each class.

    Examples
    --------
    >>> shortage([True] * 50 + [False] * 3, range(53))
    'insufficient: 3 accounts that are no fit, 40 are needed'
    >>> shortage([True, False] * 50, range(100))
    ''
    """
    fit, group = np.asarray(is_fit, dtype=bool), np.asarray(groups)
    for member, name in ((fit, "that are a fit"), (~fit, "that are no fit")):
        found = len(np.unique(group[member]))
        if found < FEWEST_PER_CLASS:
            return f"insufficient: {found} accounts {name}, {FEWEST_PER_CLASS} are needed"
    return ""


def replicate_weights(groups: ArrayLike, *, n_boot: int, seed: int) -> Iterator[Floats]:
    """Draw how often each account counts in each bootstrap replicate, whole groups together.

    Parameters
    ----------
    groups : array_like, shape (n,)
        The parent of each account; drawn with replacement, as many as there are.
    n_boot : int
        Replicates in all.
    seed : int
        The same seed gives the same replicates.

    Yields
    ------
    ndarray of float, shape (portion, n)
        Weights 0, 1, 2, ...; the portions together have `n_boot` rows.

    Notes
    -----
    A group's weights hang on its place among the sorted groups, not on the order of the rows.

    Examples
    --------
    >>> [weights] = replicate_weights(["a", "b", "b"], n_boot=3, seed=1)
    >>> weights.shape, bool((weights[:, 1] == weights[:, 2]).all())
    ((3, 3), True)
    """
    names, member = np.unique(np.asarray(groups), return_inverse=True)
    n_groups = len(names)
    rng = np.random.default_rng(seed)
    portion = max(1, _PORTION // len(member))
    one_each = bool((np.bincount(member) == 1).all()) and bool(
        (member == np.arange(len(member))).all()
    )
    for first in range(0, n_boot, portion):
        rows = min(portion, n_boot - first)
        drawn = rng.integers(0, n_groups, size=(rows, n_groups))
        drawn += np.arange(rows)[:, None] * n_groups
        counts = np.bincount(drawn.ravel(), minlength=rows * n_groups)
        weights = counts.reshape(rows, n_groups).astype(np.float64)
        yield weights if one_each else weights[:, member]


def paired_bootstrap(
    statistics: Callable[[Floats], Floats],
    groups: ArrayLike,
    *,
    n_boot: int = REPLICATES,
    seed: int = 0,
) -> Floats:
    """Compute several figures in the same bootstrap replicates, so that they can be subtracted.

    Parameters
    ----------
    statistics : callable
        Takes weights of shape (portion, n), gives one value per row, shape (portion,) or
        (portion, figures).
    groups : array_like, shape (n,)
        The parent of each account: accounts of one parent are drawn together.
    n_boot : int
        Replicates.
    seed : int
        The same seed gives the same replicates.

    Returns
    -------
    ndarray of float, shape (n_boot,) or (n_boot, figures)
        The figures of each replicate; NaN where one is undefined in it.

    References
    ----------
    Efron (1979), Annals of Statistics 7; Field & Welsh (2007), Journal of the Royal Statistical
    Society B 69 (groups).

    Examples
    --------
    >>> margin = np.array([10.0, 4.0, -2.0])
    >>> samples = paired_bootstrap(
    ...     lambda w: np.stack([w @ margin, w.sum(axis=1)], axis=1), range(3), n_boot=5
    ... )
    >>> samples.shape, samples[:, 1].tolist()
    ((5, 2), [3.0, 3.0, 3.0, 3.0, 3.0])
    """
    return np.concatenate(
        [statistics(weights) for weights in replicate_weights(groups, n_boot=n_boot, seed=seed)]
    )


def interval(
    value: float, samples: Floats, *, level: float = 0.9, n: int = 0, note: str = ""
) -> Estimate:
    """Turn bootstrap replicates into an estimate with a percentile interval.

    Parameters
    ----------
    value : float
        The figure on the data themselves.
    samples : ndarray of float, shape (replicates,)
        The figure in each replicate; NaN where it is undefined.
    level : float
        Coverage, between 0 and 1.
    n : int
        Accounts that it rests on.
    note : str
        A text that starts with "insufficient" withholds the interval; any other stands beside it.

    Returns
    -------
    Estimate
        Without an interval also when the figure is undefined in more than one replicate in 20.

    Examples
    --------
    >>> interval(5.0, np.arange(9.0), level=0.5, n=9)
    Estimate(value=5.0, low=2.0, high=6.0, level=0.5, n=9, note='')
    """
    value, known = float(value), samples[~np.isnan(samples)]
    if not note and len(known) < 0.95 * max(len(samples), 1):
        note = "insufficient: undefined in too many resamples"
    if note.startswith("insufficient") or math.isnan(value):
        return Estimate(value, level=level, n=n, note=note)
    low, high = np.quantile(known, [0.5 - level / 2, 0.5 + level / 2])
    return Estimate(value, float(low), float(high), level, n, note)


def bootstrap(
    statistic: Callable[[Floats], Floats],
    groups: ArrayLike,
    *,
    is_fit: ArrayLike | None = None,
    n_boot: int = REPLICATES,
    seed: int = 0,
    level: float = 0.9,
) -> Estimate:
    """Percentile bootstrap interval of one figure, groups drawn together.

    Parameters
    ----------
    statistic : callable
        Takes weights of shape (portion, n), gives one value per row.
    groups : array_like, shape (n,)
        The parent of each account.
    is_fit : array_like of bool, shape (n,), optional
        When given, fewer than 40 in a class withhold the interval.
    n_boot : int
        Replicates.
    seed : int
        The same seed gives the same interval.
    level : float
        Coverage, between 0 and 1.

    Returns
    -------
    Estimate
        The figure and its interval; `low` and `high` are None where the data are too few.

    References
    ----------
    Efron (1979), Annals of Statistics 7.

    Examples
    --------
    >>> margin = np.arange(100.0)
    >>> mean = bootstrap(lambda w: (w @ margin) / w.sum(axis=1), range(100), seed=1)
    >>> mean.value, mean.low < 49.5 < mean.high
    (49.5, True)
    """
    n = len(np.asarray(groups))
    value = float(statistic(np.ones((1, n)))[0])
    note = shortage(is_fit, groups) if is_fit is not None else ""
    if note:
        return Estimate(value, level=level, n=n, note=note)
    samples = paired_bootstrap(statistic, groups, n_boot=n_boot, seed=seed)
    return interval(value, samples, level=level, n=n)
