"""Contribution margin after cost to serve, and where over the accounts it is made and lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from icpfit.data.joining.reconciliation import share_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

__all__ = [
    "WhaleCurve",
    "contribution_margin",
    "discount_factor",
    "discounted_sums",
    "whale_curve",
    "without_remedial",
]

_UNITS = 10_000

Floats = np.ndarray[Any, np.dtype[np.float64]]


def discount_factor(months: np.ndarray[Any, Any], rate: float) -> Floats:
    """Present value, at the start, of one unit of money in a month of the relationship.

    ``d_m = (1 + r) ** (-m / 12)``

    Parameters
    ----------
    months : ndarray of int, shape (n,)
        0 is the first month.
    rate : float
        Annual discount rate, such as .10; 0 discounts nothing.

    Returns
    -------
    ndarray of float64, shape (n,)
        In (0, 1] from month 0 on.

    Examples
    --------
    >>> discount_factor(np.array([0, 12]), 0.25).tolist()
    [1.0, 0.8]
    """
    return np.power(1.0 + rate, -np.asarray(months, dtype="float64") / 12.0)


def discounted_sums(rows: pd.DataFrame, column: str, accounts: int, rate: float) -> Floats:
    """Discounted sum of one money column of every account.

    ``sum over m of d_m * amount_m``

    Parameters
    ----------
    rows : DataFrame
        ``position`` (row of the account), ``month`` and the column (int64 ten-thousandths), in a
        fixed order: floats are added in it.
    column : str
        The column.
    accounts : int
        Number of accounts.
    rate : float
        Annual discount rate.

    Returns
    -------
    ndarray of float64, shape (accounts,)
        Currency units; 0 where an account has no row.

    Notes
    -----
    Whole ten-thousandths are added before they are scaled, so that nothing is rounded when
    `rate` is 0.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"position": [1, 1], "month": [0, 12], "amount": [10_000, 50_000]})
    >>> discounted_sums(rows, "amount", 2, 0.25).tolist()
    [0.0, 5.0]
    """
    weight = discount_factor(rows["month"].to_numpy(), rate) * rows[column].to_numpy("float64")
    sums = np.bincount(rows["position"].to_numpy("int64"), weights=weight, minlength=accounts)
    return sums.astype("float64") / _UNITS


def contribution_margin(
    revenue: Floats,
    direct_cost: Floats,
    cost_to_serve: Floats,
    acquisition_cost: Floats,
) -> Floats:
    """Contribution margin after cost to serve and acquisition.

    ``CM = net revenue - direct cost - cost to serve - acquisition cost``

    Parameters
    ----------
    revenue, direct_cost, cost_to_serve : ndarray of float64, shape (n,)
        Discounted sums over the horizon, currency units.
    acquisition_cost : ndarray of float64, shape (n,)
        Currency units; where it isn't known (NaN) nothing is subtracted.

    Returns
    -------
    ndarray of float64, shape (n,)
        Currency units; NaN where one of the first three is.

    References
    ----------
    Kaplan and Narayanan (2001), Measuring and managing customer profitability.

    Examples
    --------
    >>> one = np.array([100.0]), np.array([40.0]), np.array([15.0]), np.array([np.nan])
    >>> contribution_margin(*one).tolist()
    [45.0]
    """
    return revenue - direct_cost - cost_to_serve - np.nan_to_num(acquisition_cost, nan=0.0)


@dataclass(frozen=True)
class WhaleCurve:
    """Cumulative margin over the accounts, the most profitable first.

    Parameters
    ----------
    share_accounts : ndarray of float64, shape (n + 1,)
        From 0 to 1.
    share_profit : ndarray of float64, shape (n + 1,)
        Share of the total margin, from 0 to 1 by way of the peak; in currency units when the
        total isn't positive, as a share would mean nothing.
    peak : float
        Largest value of `share_profit`.
    peak_at : float
        Share of the accounts with a margin above 0: where the peak is.
    total : float
        Sum of the margins, currency units.
    warning : str
        Says when the shape is so unusual that the costs should be looked at; empty otherwise.
    """

    share_accounts: Floats
    share_profit: Floats
    peak: float
    peak_at: float
    total: float
    warning: str = ""


def whale_curve(margins: Sequence[float] | np.ndarray[Any, Any] | pd.Series) -> WhaleCurve:
    """Where the margin is made, and where it is lost again.

    ``W(k) = sum of the k largest margins / sum of all``

    Parameters
    ----------
    margins : array-like of float, shape (n,)
        Margin of every account, currency units; NaN are left out.

    Returns
    -------
    WhaleCurve
        The curve; of no account, a flat one.

    Notes
    -----
    Accounts with equal margins are interchangeable, so that ties change nothing.

    References
    ----------
    Kaplan and Anderson (2007), Time-Driven Activity-Based Costing.

    Examples
    --------
    >>> curve = whale_curve([-20.0, 60.0, 60.0])
    >>> curve.share_profit.tolist(), curve.peak, round(curve.peak_at, 2)
    ([0.0, 0.6, 1.2, 1.0], 1.2, 0.67)
    """
    values = np.asarray(margins, dtype="float64")
    values = np.sort(values[~np.isnan(values)])[::-1]
    n = len(values)
    money = np.concatenate([[0.0], np.cumsum(values)])
    total = float(money[-1])
    curve = money / total if total > 0 else money
    share = np.arange(n + 1) / max(n, 1)
    gains = int((values > 0).sum())
    peak = float(curve[gains])
    warning = ""
    if total > 0 and n >= 20 and (peak > 4 or peak < 1.05):
        warning = (
            f"the best accounts make {share_text(peak)} of the margin, which is unusual"
            " (105 to 400 %): check the cost drivers"
        )
    return WhaleCurve(share, curve, peak, gains / max(n, 1), total, warning)


def without_remedial(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Outcomes as they would be if no remedial cost had arisen.

    Parameters
    ----------
    outcomes : DataFrame
        As in `Accounts.outcomes`.

    Returns
    -------
    DataFrame
        A copy: margin and cost to serve without the remedial cost, which is 0. The label is not
        derived again.

    Examples
    --------
    >>> import pandas as pd
    >>> before = pd.DataFrame({"margin": [5.0], "cost_to_serve": [9.0], "remedial_cost": [4.0]})
    >>> without_remedial(before).to_dict("records")
    [{'margin': 9.0, 'cost_to_serve': 5.0, 'remedial_cost': 0.0}]
    """
    remedial = outcomes["remedial_cost"]
    return outcomes.assign(
        margin=outcomes["margin"] + remedial,
        cost_to_serve=outcomes["cost_to_serve"] - remedial,
        remedial_cost=remedial * 0.0,
    )
