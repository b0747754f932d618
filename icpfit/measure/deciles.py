"""What each tenth of a ranking turned out to be worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from icpfit.measure.columns import figures, flags
from icpfit.measure.intervals import REPLICATES, paired_bootstrap, shortage, wilson
from icpfit.measure.weighted import tied_order, weighted_gains

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

__all__ = ["band_table", "decile_table"]

# Below this many accounts the percentile bootstrap of a mean is far too narrow.
_FEWEST_IN_BAND = 10


def decile_table(
    score: ArrayLike,
    is_fit: ArrayLike,
    margin: ArrayLike,
    groups: ArrayLike | None = None,
    *,
    level: float = 0.9,
    n_boot: int = REPLICATES,
    seed: int = 0,
) -> pd.DataFrame:
    """Fit rate and margin of each tenth of the accounts, best score first.

    Parameters
    ----------
    score : array_like of float, shape (n,)
        What ranks; higher is better.
    is_fit : array_like of bool, shape (n,)
        Whether the account was a profitable fit.
    margin : array_like of float, shape (n,)
        Contribution margin per account, in currency units.
    groups : array_like, shape (n,), optional
        The parent of each account; by default each is its own.
    level : float
        Coverage of the intervals, between 0 and 1.
    n_boot : int
        Bootstrap replicates.
    seed : int
        The same seed gives the same intervals.

    Returns
    -------
    DataFrame
        Columns decile (1 = best), n, fit_rate, fit_low, fit_high (Wilson), margin_mean, margin_low,
        margin_high (bootstrap), margin_total, cumulative_margin, cumulative_share (of the total
        margin; NaN where that is not above zero). Below ten accounts there is one row for each.

    Raises
    ------
    ValueError
        If a value is missing.

    Notes
    -----
    A tie on a border is shared between its neighbours in expectation, so the table doesn't depend
    on the order of the rows. Intervals are NaN below 10 accounts in a band, or 40 of a
    class in all.

    References
    ----------
    Wilson (1927); Efron (1979).

    Examples
    --------
    >>> table = decile_table(range(20), [False] * 10 + [True] * 10, range(20))
    >>> table[["decile", "n", "fit_rate", "margin_mean"]].head(2)
       decile  n  fit_rate  margin_mean
    0       1  2       1.0         18.5
    1       2  2       1.0         16.5
    """
    n = len(np.asarray(score))
    bands = min(10, n)
    # Whole accounts in each band, sizes differing by one at most.
    borders = np.floor(np.arange(bands + 1) * n / bands + 0.5) / n
    table = band_table(
        score,
        is_fit,
        margin,
        groups,
        borders=borders.tolist(),
        level=level,
        n_boot=n_boot,
        seed=seed,
    )
    return table.rename(columns={"band": "decile"})


def band_table(
    score: ArrayLike,
    is_fit: ArrayLike,
    margin: ArrayLike,
    groups: ArrayLike | None = None,
    *,
    borders: Sequence[float],
    level: float = 0.9,
    n_boot: int = REPLICATES,
    seed: int = 0,
) -> pd.DataFrame:
    """Fit rate and margin of each band of a ranking, best score first.

    Parameters
    ----------
    score : array_like of float, shape (n,)
        What ranks; higher is better.
    is_fit : array_like of bool, shape (n,)
        Whether the account was a profitable fit.
    margin : array_like of float, shape (n,)
        Contribution margin per account, in currency units.
    groups : array_like, shape (n,), optional
        The parent of each account; by default each is its own.
    borders : sequence of float
        Rising shares from the top of the ranking, such as ``[0, 0.2, 0.5, 0.8, 1]``.
    level : float
        Coverage of the intervals, between 0 and 1.
    n_boot : int
        Bootstrap replicates; the accounts are ranked anew in each.
    seed : int
        The same seed gives the same intervals.

    Returns
    -------
    DataFrame
        The columns of `decile_table`, with `band` in place of `decile`.

    Raises
    ------
    ValueError
        If a value is missing, or the borders don't rise from 0 to 1.

    Notes
    -----
    A tie on a border is shared between its neighbours in expectation.

    Examples
    --------
    >>> band_table([3, 2, 2, 1], [1, 1, 0, 0], [9, 5, 1, -3], borders=[0, 0.5, 1])[
    ...     ["band", "n", "fit_rate", "margin_mean"]
    ... ]
       band  n  fit_rate  margin_mean
    0     1  2      0.75          6.0
    1     2  2      0.25          0.0
    """
    cuts = np.asarray(borders, dtype=np.float64)
    if len(cuts) < 2 or cuts[0] < 0 or cuts[-1] > 1 + 1e-12 or (np.diff(cuts) <= 0).any():
        raise ValueError(f"borders: expected shares that rise from 0 to 1, found {list(borders)}")
    fit, money = flags(is_fit, "is_fit"), figures(margin, "margin")
    if groups is None:
        ranked = tied_order(score, money, fit)
        # Each account's place in that order, so that its draws don't hang on its row.
        group = np.argsort(ranked.order)
    else:
        group = np.unique(np.asarray(groups), return_inverse=True)[1]
        ranked = tied_order(score, money, fit, group)

    def band_means(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        k = cuts * weights.sum(axis=1, keepdims=True)
        return np.asarray(np.diff(weighted_gains(weights, money, ranked, k)) / np.diff(k))

    ones = np.ones((1, len(money)))
    k = cuts * len(money)
    sizes = np.diff(k)
    hits = np.diff(weighted_gains(ones, fit, ranked, k[None, :])[0])
    collected = weighted_gains(ones, money, ranked, k[None, :])[0]
    rates = [wilson(h, s, level) for h, s in zip(hits, sizes, strict=True)]
    low = high = np.full(len(sizes), np.nan)
    if not shortage(fit, group):
        samples = paired_bootstrap(band_means, group, n_boot=n_boot, seed=seed)
        ends = np.quantile(samples, [0.5 - level / 2, 0.5 + level / 2], axis=0)
        low, high = np.where(sizes >= _FEWEST_IN_BAND - 1e-9, ends, np.nan)
    total = float(np.sort(money).sum())
    whole = np.abs(sizes - np.round(sizes)).max() < 1e-9
    return pd.DataFrame(
        {
            "band": np.arange(1, len(sizes) + 1),
            "n": np.round(sizes).astype(np.int64) if whole else sizes,
            "fit_rate": [rate.value for rate in rates],
            "fit_low": [rate.low for rate in rates],
            "fit_high": [rate.high for rate in rates],
            "margin_mean": np.diff(collected) / sizes,
            "margin_low": low,
            "margin_high": high,
            "margin_total": np.diff(collected),
            "cumulative_margin": collected[1:],
            "cumulative_share": collected[1:] / total if total > 0 else np.nan,
        }
    )
