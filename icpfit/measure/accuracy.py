"""How well predicted probabilities agree with what happened."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from icpfit.measure.columns import figures, flags

__all__ = ["account_log_loss", "brier", "log_loss"]

Floats = NDArray[np.float64]


def account_log_loss(is_fit: ArrayLike, probability: ArrayLike) -> Floats:
    """Each account's log-loss in nats: -log of the probability given to what happened.

    Parameters
    ----------
    is_fit : array_like of bool, shape (n,)
        Whether the account was a profitable fit.
    probability : array_like of float, shape (n,)
        Predicted probability of a fit, from 0 to 1. Moved off 0 and 1 by the smallest step that a
        float knows, so that one sure mistake costs 36 nats, not infinitely many.

    Returns
    -------
    ndarray of float, shape (n,)
        At least 0.

    Raises
    ------
    ValueError
        If a value is missing or a probability lies outside 0 to 1.

    Examples
    --------
    >>> account_log_loss([True, False], [0.5, 0.5]).round(4)
    array([0.6931, 0.6931])
    """
    fit, p = flags(is_fit, "is_fit"), _probabilities(probability)
    smallest = np.finfo(np.float64).eps
    p = np.clip(p, smallest, 1.0 - smallest)
    return np.asarray(-np.where(fit == 1.0, np.log(p), np.log1p(-p)), dtype=np.float64)


def _probabilities(values: ArrayLike) -> Floats:
    p = figures(values, "probability")
    if p.min() < 0.0 or p.max() > 1.0:
        raise ValueError(f"probability: expected 0 to 1, found {p.min():g} to {p.max():g}")
    return p


def log_loss(is_fit: ArrayLike, probability: ArrayLike) -> float:
    """Mean log-loss in nats: -mean(y log p + (1 - y) log(1 - p)).

    Parameters
    ----------
    is_fit : array_like of bool, shape (n,)
        Whether the account was a profitable fit.
    probability : array_like of float, shape (n,)
        Predicted probability of a fit, from 0 to 1.

    Returns
    -------
    float
        At least 0; lower is better.

    Raises
    ------
    ValueError
        If a value is missing or a probability lies outside 0 to 1.

    References
    ----------
    Good (1952), Journal of the Royal Statistical Society B 14.

    Examples
    --------
    >>> round(log_loss([True, False], [0.8, 0.4]), 4)
    0.367
    """
    return float(np.sort(account_log_loss(is_fit, probability)).mean())


def brier(is_fit: ArrayLike, probability: ArrayLike) -> float:
    """Mean squared error of the probabilities: mean((p - y)^2).

    Parameters
    ----------
    is_fit : array_like of bool, shape (n,)
        Whether the account was a profitable fit.
    probability : array_like of float, shape (n,)
        Predicted probability of a fit, from 0 to 1.

    Returns
    -------
    float
        Between 0 and 1; lower is better.

    Raises
    ------
    ValueError
        If a value is missing or a probability lies outside 0 to 1.

    References
    ----------
    Brier (1950), Monthly Weather Review 78.

    Examples
    --------
    >>> round(brier([True, False], [0.8, 0.4]), 4)
    0.1
    """
    error = _probabilities(probability) - flags(is_fit, "is_fit")
    return float(np.sort(error * error).mean())
