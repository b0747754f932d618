"""How much of a log-loss is miscalibration: what a new intercept and slope would take off it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from icpfit.measure.columns import figures, flags
from icpfit.measure.weighted import ratio

__all__ = ["miscalibration_p_value", "weighted_miscalibration"]

Floats = NDArray[np.float64]

# Beyond this a probability is 0 or 1 for every purpose, and its log-odds must stay finite.
_SURE = 1e-6


def weighted_miscalibration(weights: Floats, is_fit: ArrayLike, probability: ArrayLike) -> Floats:
    """Log-loss that the best intercept and slope on the log-odds would save, in nats per account.

    With z the log-odds of p and r = y - p: half of Rao's score statistic of intercept 0 and slope
    1, ((sum w r)^2 / sum v + (sum w r (z - m))^2 / sum v (z - m)^2) / (2 sum w), where v = w p
    (1 - p) and m is the v-weighted mean of z. That is the saving up to third order.

    Parameters
    ----------
    weights : ndarray of float, shape (replicates, n)
        How often each account counts, at least 0.
    is_fit : array_like of bool, shape (n,)
        Whether the account was a profitable fit.
    probability : array_like of float, shape (n,)
        Predicted probability of a fit, 0 to 1.

    Returns
    -------
    ndarray of float, shape (replicates,)
        At least 0; NaN where all weights are zero.

    Raises
    ------
    ValueError
        If a value is missing.

    Notes
    -----
    Even a perfect scorer shows 1/n on average, as two numbers are fitted to n accounts. Where all
    probabilities are equal only the intercept counts. Probabilities are kept a millionth off 0
    and 1.

    References
    ----------
    Cox (1958), Biometrika 45 (intercept and slope); Rao (1948), Mathematical Proceedings of the
    Cambridge Philosophical Society 44.

    Examples
    --------
    >>> fit = np.array([True, True, True, False])
    >>> weighted_miscalibration(np.ones((1, 4)), fit, np.full(4, 0.5))
    array([0.125])
    >>> weighted_miscalibration(np.ones((1, 4)), fit, np.full(4, 0.75))
    array([0.])
    """
    fit = flags(is_fit, "is_fit")
    p = np.clip(figures(probability, "probability"), _SURE, 1.0 - _SURE)
    log_odds = np.log(p / (1.0 - p))
    residual, spread = fit - p, p * (1.0 - p)

    def total(values: Floats) -> Floats:
        # Not a matrix product: its sums may depend on the number of threads.
        return np.asarray(np.einsum("bi,i->b", weights, values))

    information = total(spread)
    middle = ratio(total(spread * log_odds), information)
    off = total(residual)
    tilt = total(residual * log_odds) - middle * off
    width = total(spread * log_odds**2) - middle**2 * information
    # What equal log-odds leave there is rounding.
    flat = width <= 1e-9 * np.maximum(total(spread * log_odds**2), 1e-300)
    slope = np.where(flat, 0.0, ratio(tilt**2, np.where(flat, 1.0, width)))
    return ratio(ratio(off**2, information) + slope, 2.0 * weights.sum(axis=1))


def miscalibration_p_value(miscalibration: float, n: int) -> float:
    """Chance that a perfect scorer looks at least as miscalibrated: exp(-n m).

    Parameters
    ----------
    miscalibration : float
        From `weighted_miscalibration` with all weights one, in nats per account.
    n : int
        Accounts.

    Returns
    -------
    float
        0 to 1; NaN where the miscalibration is.

    Notes
    -----
    2 n m has a chi-square distribution with two degrees of freedom, whose tail is exp(-x / 2).

    References
    ----------
    Cox (1958), Biometrika 45.

    Examples
    --------
    >>> round(miscalibration_p_value(0.01, 300), 3)
    0.05
    """
    return math.exp(-n * miscalibration) if miscalibration >= 0 else math.nan
