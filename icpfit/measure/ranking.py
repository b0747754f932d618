"""How well a score ranks, in hits and in money.

Every figure is the expectation under a random tie-break: none depends on the order of the rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from icpfit.measure.columns import figures, flags
from icpfit.measure.weighted import (
    tied_order,
    weighted_auc,
    weighted_gains,
    weighted_profit_gini,
)

__all__ = [
    "MarginCurve",
    "auc",
    "gains",
    "margin_curve",
    "margin_of_top",
    "profit_gini",
]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class MarginCurve:
    """Cumulated contribution margin against the share of accounts taken, best score first.

    Parameters
    ----------
    share : ndarray of float, shape (points,)
        Share of the accounts taken, from 0 to 1.
    cumulative, random, perfect : ndarray of float, shape (points,)
        Margin collected in currency units by this ranking, by none at all, and by the best
        possible one (accounts ordered by the margin that they turned out to leave).
    low, high : ndarray of float, shape (points,), or None
        Pointwise bootstrap interval of `cumulative`; None where the data are too few.
    """

    share: Floats
    cumulative: Floats
    random: Floats
    perfect: Floats
    low: Floats | None = None
    high: Floats | None = None


def auc(is_fit: ArrayLike, score: ArrayLike) -> float:
    """Area under the ROC curve: P(score of a fit account > score of another one) + P(tie) / 2.

    Parameters
    ----------
    is_fit : array_like of bool, shape (n,)
        Whether the account was a profitable fit.
    score : array_like of float, shape (n,)
        What ranks, in any unit; higher is better.

    Returns
    -------
    float
        Between 0 and 1, .5 for chance; NaN when there is only one class.

    Raises
    ------
    ValueError
        If a value is missing.

    Notes
    -----
    Ties count one half, which is their mean over random tie-breaks.

    References
    ----------
    Mann & Whitney (1947), Annals of Mathematical Statistics 18; Hanley & McNeil (1982),
    Radiology 143.

    Examples
    --------
    >>> auc([True, False, True], [0.9, 0.5, 0.5])
    0.75
    """
    fit = flags(is_fit, "is_fit")
    ranked = tied_order(score, fit)
    return float(weighted_auc(np.ones((1, len(fit))), fit, ranked)[0])


def gains(margin: ArrayLike, score: ArrayLike) -> Floats:
    """Margin collected by the first k accounts, for k = 0 to n: G(k) = sum of the top k.

    Parameters
    ----------
    margin : array_like of float, shape (n,)
        Contribution margin per account, in currency units.
    score : array_like of float, shape (n,)
        What ranks; higher is better.

    Returns
    -------
    ndarray of float, shape (n + 1,)
        Cumulated margin; the first is 0, the last the total.

    Raises
    ------
    ValueError
        If a value is missing.

    Notes
    -----
    Accounts with the same score each bring the mean margin of their tie.

    Examples
    --------
    >>> gains([10, 4, -2], [0.9, 0.5, 0.5])
    array([ 0., 10., 11., 12.])
    """
    money = figures(margin, "margin")
    k = np.arange(len(money) + 1, dtype=np.float64)
    return _gains_at(money, score, k)


def _gains_at(money: Floats, score: ArrayLike, k: Floats) -> Floats:
    ranked = tied_order(score, money)
    return np.asarray(weighted_gains(np.ones((1, len(money))), money, ranked, k[None, :])[0])


def margin_curve(margin: ArrayLike, score: ArrayLike, *, points: int = 101) -> MarginCurve:
    """Cumulated margin at evenly spaced shares of the accounts, beside none and the best order.

    Parameters
    ----------
    margin : array_like of float, shape (n,)
        Contribution margin per account, in currency units.
    score : array_like of float, shape (n,)
        What ranks; higher is better.
    points : int
        Number of shares from 0 to 1, at least 2.

    Returns
    -------
    MarginCurve
        Without an interval.

    Raises
    ------
    ValueError
        If a value is missing.

    Examples
    --------
    >>> curve = margin_curve([10, 4, -2], [0.9, 0.5, 0.5], points=4)
    >>> curve.cumulative.tolist(), curve.perfect.tolist()
    ([0.0, 10.0, 11.0, 12.0], [0.0, 10.0, 14.0, 12.0])
    """
    money = figures(margin, "margin")
    share = np.linspace(0.0, 1.0, points)
    k = share * len(money)
    total = float(np.sort(money).sum())
    return MarginCurve(
        share=share,
        cumulative=_gains_at(money, score, k),
        random=share * total,
        perfect=_gains_at(money, money, k),
    )


def profit_gini(margin: ArrayLike, score: ArrayLike) -> float:
    """Area between the margin curve and chance, as a share of the best possible one.

    Parameters
    ----------
    margin : array_like of float, shape (n,)
        Contribution margin per account, in currency units.
    score : array_like of float, shape (n,)
        What ranks; higher is better.

    Returns
    -------
    float
        1 for the perfect order, 0 for chance, below 0 for worse than chance; NaN when all margins
        are equal.

    Raises
    ------
    ValueError
        If a value is missing.

    Notes
    -----
    The curve is straight within ties, so the trapezoid rule is exact. The coefficient is the Qini
    coefficient's form, applied to money.

    References
    ----------
    Radcliffe (2007), Direct Marketing Analytics Journal.

    Examples
    --------
    >>> profit_gini([10, 4, -2], [3, 2, 1])
    1.0
    >>> profit_gini([10, 4, -2], [7, 7, 7])
    0.0
    """
    money = figures(margin, "margin")
    orders = tied_order(score, money), tied_order(money)
    return float(weighted_profit_gini(np.ones((1, len(money))), money, *orders)[0])


def margin_of_top(
    margin: ArrayLike, score: ArrayLike, *, k: float | None = None, share: float | None = None
) -> float:
    """Mean margin per account of the first k accounts: G(k) / k.

    Parameters
    ----------
    margin : array_like of float, shape (n,)
        Contribution margin per account, in currency units (or any value, such as 1 for a fit).
    score : array_like of float, shape (n,)
        What ranks; higher is better.
    k : float, optional
        How many accounts are taken, above 0 and at most n.
    share : float, optional
        Instead of `k`: which share of the accounts, above 0 and at most 1.

    Returns
    -------
    float
        Currency units per account.

    Raises
    ------
    ValueError
        If a value is missing, or not exactly one of `k` and `share` is given and within bounds.

    Notes
    -----
    A tie on the border is taken in equal parts.

    Examples
    --------
    >>> margin_of_top([10, 4, -2], [0.9, 0.5, 0.5], k=2)
    5.5
    """
    money = figures(margin, "margin")
    if (k is None) == (share is None):
        raise ValueError("margin_of_top: give either k or share")
    taken = k if k is not None else (share or 0.0) * len(money)
    if not 0 < taken <= len(money):
        raise ValueError(f"margin_of_top: {taken:g} of {len(money)} accounts can't be taken")
    return float(_gains_at(money, score, np.array([taken], dtype=np.float64))[0] / taken)
