"""Predicted against actual fit rates, bin by bin, beside what a perfect scorer would show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from icpfit.measure.columns import figures, flags
from icpfit.measure.intervals import wilson
from icpfit.measure.weighted import tied_order, top_membership

__all__ = ["Reliability", "bin_count", "reliability"]

Floats = NDArray[np.float64]

DRAWS = 500
_ACCOUNTS_A_BIN = 50
_MOST_BINS = 10
# Outcomes held at once, so that memory doesn't grow with the accounts.
_PORTION = 4_000_000
# From here on a bin holds thousands, whose hits are normal for every purpose.
_NORMAL_FROM = 20_000


@dataclass(frozen=True, eq=False)
class Reliability:
    """How far predicted probabilities lie from what happened.

    Parameters
    ----------
    bins : DataFrame
        From the lowest to the highest probability: columns n, predicted (mean probability),
        fit_rate, fit_low, fit_high (Wilson, 90 %), usual_low, usual_high (where the fit rate of a
        perfect scorer lies in 90 of 100 draws).
    error : float
        Expected calibration error: mean distance of predicted and actual rate, bins weighted by
        their accounts; 0 to 1.
    perfect_mean, perfect_95, perfect_99 : float
        The same error where the probabilities are exactly right: mean, 95th and 99th percentile.
    draws : int
        How often the perfect scorer's outcomes were drawn.
    """

    bins: pd.DataFrame
    error: float
    perfect_mean: float
    perfect_95: float
    perfect_99: float
    draws: int

    @property
    def is_worse_than_perfect(self) -> bool:
        """Whether fewer than one perfect scorer in a hundred would look as far off."""
        return self.error > self.perfect_99


def bin_count(n: int) -> int:
    """Say in how many bins as many accounts are looked at: min(10, n / 50), at least one.

    Parameters
    ----------
    n : int
        Accounts.

    Returns
    -------
    int
        1 to 10.

    Examples
    --------
    >>> [bin_count(n) for n in (20, 160, 5000)]
    [1, 3, 10]
    """
    return max(1, min(_MOST_BINS, n // _ACCOUNTS_A_BIN))


def reliability(
    is_fit: ArrayLike,
    probability: ArrayLike,
    *,
    level: float = 0.9,
    draws: int = DRAWS,
    seed: int = 0,
) -> Reliability:
    """Compare predicted and actual fit rates in bins of equally many accounts.

    ``error = sum_b (n_b / n) |mean p_b - fit rate_b|``. Few accounts miss their rate by luck alone:
    500 times outcomes are drawn that happen exactly as often as predicted, and the same error is
    taken of each draw.

    Parameters
    ----------
    is_fit : array_like of bool, shape (n,)
        Whether the account was a profitable fit.
    probability : array_like of float, shape (n,)
        Predicted probability of a fit, 0 to 1.
    level : float
        Coverage of the bins' intervals, between 0 and 1.
    draws : int
        Draws of the perfect scorer, at least 1.
    seed : int
        The same seed gives the same draws.

    Returns
    -------
    Reliability
        In min(10, n / 50) bins, at least one.

    Raises
    ------
    ValueError
        If a value is missing.

    Notes
    -----
    Accounts with equal probabilities on the border of two bins are shared between them in equal
    parts, so nothing depends on the order of the rows. From 20,000 accounts on, a bin's hits are
    drawn as a normal number with their mean and variance, sum p (1 - p).

    References
    ----------
    Bröcker & Smith (2007), Weather and Forecasting 22 (the band); Naeini, Cooper & Hauskrecht
    (2015), AAAI (the error); Wilson (1927).

    Examples
    --------
    >>> found = reliability([True] * 30 + [False] * 70, [0.5] * 100)
    >>> found.bins[["n", "predicted", "fit_rate"]].round(2)
          n  predicted  fit_rate
    0  50.0        0.5       0.3
    1  50.0        0.5       0.3
    >>> round(found.error, 2), found.is_worse_than_perfect
    (0.2, True)
    """
    fit, p = flags(is_fit, "is_fit"), figures(probability, "probability")
    order = np.lexsort([fit, p])
    fit, p = fit[order], p[order]
    n, bins = len(p), bin_count(len(p))
    ascending = tied_order(-p)
    cuts = np.arange(bins + 1) * n / bins
    reached = np.stack([top_membership(ascending, cut) for cut in cuts])
    member = np.diff(reached, axis=0)
    size = member.sum(axis=1)
    predicted, actual = _binned(member, p) / size, _binned(member, fit) / size
    drawn = _perfect_rates(member, p, draws, seed) / size
    errors = (np.abs(drawn - predicted) * size).sum(axis=1) / n
    low, high = np.quantile(drawn, [0.5 - level / 2, 0.5 + level / 2], axis=0)
    perfect_95, perfect_99 = np.quantile(errors, [0.95, 0.99])
    rates = [wilson(k, m, level) for k, m in zip(actual * size, size, strict=True)]
    table = pd.DataFrame(
        {
            "n": size,
            "predicted": predicted,
            "fit_rate": actual,
            "fit_low": [rate.low for rate in rates],
            "fit_high": [rate.high for rate in rates],
            "usual_low": low,
            "usual_high": high,
        }
    )
    return Reliability(
        table,
        float((np.abs(actual - predicted) * size).sum() / n),
        float(errors.mean()),
        float(perfect_95),
        float(perfect_99),
        draws,
    )


def _binned(member: Floats, values: Floats) -> Floats:
    # Not a matrix product: its sums may depend on the number of threads.
    return np.asarray(np.einsum("bi,i->b", member, values))


def _perfect_rates(member: Floats, p: Floats, draws: int, seed: int) -> Floats:
    """Give hits in each bin when every outcome happens as often as predicted: (draws, bins)."""
    rng = np.random.default_rng(seed)
    if len(p) >= _NORMAL_FROM:
        spread = np.sqrt(_binned(member**2, p * (1.0 - p)))
        return np.asarray(_binned(member, p) + spread * rng.normal(size=(draws, len(member))))
    portion = max(1, _PORTION // len(p))
    return np.concatenate(
        [
            np.einsum(
                "di,bi->db",
                (rng.random((min(portion, draws - first), len(p))) < p).astype(np.float64),
                member,
            )
            for first in range(0, draws, portion)
        ]
    )
