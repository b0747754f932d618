"""Cut points that a person would choose: the deciles of a column, each moved to a round number."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["cut_points", "round_number", "year_starts"]

DECILES = np.arange(1, 10) / 10


def round_number(near: float, low: float, high: float) -> float:
    """Return the roundest number between two borders.

    The multiples of ..., 100, 50, 20, 10, 5, 2, 1, .5, ... are tried in this order; the first step
    that has a multiple from `low` to `high` gives the number, of several that nearest to `near`
    (the lower one on a tie).

    Parameters
    ----------
    near : float
        The number that it stands for, from `low` to `high`.
    low, high : float
        The borders, both included.

    Returns
    -------
    float
        `near` itself where the borders are equal.

    Examples
    --------
    >>> round_number(247, 214, 293), round_number(97, 81, 115), round_number(3, 2.5, 3.5)
    (250.0, 100.0, 3.0)
    """
    if not low < high:
        return float(near)
    largest = max(abs(low), abs(high), high - low)
    for power in range(math.ceil(math.log10(largest)), -16, -1):
        for digit in (5, 2, 1):
            # A division by a whole number: 3 * .1 is no round number, 3 / 10 is.
            scale = 10.0 ** abs(power)
            step, parts = (digit * scale, 1.0) if power >= 0 else (float(digit), scale)
            first, last = math.ceil(low * parts / step), math.floor(high * parts / step)
            if first <= last:
                multiple = min(max(math.ceil(near * parts / step - 0.5), first), last)
                return multiple * step / parts + 0.0
    return float(near)


def cut_points(values: ArrayLike) -> list[float]:
    """Return where a number may be cut, in ascending order.

    Each decile is moved to the roundest number up to half way to the next decile on either side.

    Parameters
    ----------
    values : array_like of float, shape (n,)
        NaN for missing.

    Returns
    -------
    list of float
        At most 9, each above the lowest value and not above the highest, so that it divides the
        accounts into those from it on and those below it; empty for a column without two values.

    Notes
    -----
    Deciles that are equal count once. Does not depend on the order of the values.

    Examples
    --------
    >>> cut_points(np.arange(1, 1001))
    [100.0, 200.0, 300.0, 400.0, 500.0, 600.0, 700.0, 800.0, 900.0]
    >>> cut_points([1, 1, 1, 1, 1, 1, 2, 2, 2, 3])
    [2.0, 3.0]
    """
    known = np.asarray(values, dtype=np.float64)
    known = known[~np.isnan(known)]
    if len(known) < 2:
        return []
    # An observed value, not one between two of them: whole numbers stay whole.
    deciles = np.unique(np.quantile(known, DECILES, method="higher"))
    lowest, highest = float(known.min()), float(known.max())
    ends = np.concatenate(([lowest], deciles, [highest]))
    found = set()
    for before, decile, after in zip(ends, deciles, ends[2:], strict=False):
        point = round_number(decile, (before + decile) / 2, (decile + after) / 2)
        if lowest < point <= highest:
            found.add(point)
    return sorted(found)


def year_starts(values: pd.Series) -> list[pd.Timestamp]:
    """Return the New Year's Days at which a date may be cut: those nearest to its deciles.

    Parameters
    ----------
    values : Series of datetime64, shape (n,)
        NaT for missing.

    Returns
    -------
    list of Timestamp
        Ascending; each divides the accounts.

    Examples
    --------
    >>> days = pd.Series(pd.date_range("2019-01-01", "2021-12-31"))
    >>> [str(day.date()) for day in year_starts(days)]
    ['2020-01-01', '2021-01-01']
    """
    known = values.dropna()
    if known.empty:
        return []
    quantiles = known.quantile(DECILES, interpolation="lower")
    deciles = [pd.Timestamp(day) for day in quantiles]
    # From July on the next New Year is the nearer one.
    years = sorted({day.year + (day.month > 6) for day in deciles})
    starts = [pd.Timestamp(year=year, month=1, day=1) for year in years]
    return [day for day in starts if known.min() < day <= known.max()]
