"""The range around margin_if_won in which one account falls 8 times in 10."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["MarginRanges", "margin_range", "margin_ranges"]

Floats = npt.NDArray[np.float64]

MOST_BINS = 10
BIN_ROWS = 30


@dataclass(frozen=True)
class MarginRanges:
    """Where single accounts lie around their expected margin, by the size of that margin.

    Parameters
    ----------
    edges : tuple of float
        Inner borders of the bins of margin_if_won, ascending; one fewer than there are bins.
    p10, p90 : tuple of float
        10 and 90 % quantile of (actual − expected) in each bin, in currency units.
    """

    edges: tuple[float, ...]
    p10: tuple[float, ...]
    p90: tuple[float, ...]


def margin_ranges(margin: Floats, oof_margin: Floats) -> MarginRanges:
    """Return the 10 and 90 % quantile of what single accounts differ from their expected margin.

    The accounts are binned by expected margin, in up to ten bins of like size and at least 30
    accounts; accounts with the same expected margin share a bin.

    Parameters
    ----------
    margin : numpy.ndarray of float64, shape (n,)
        Actual margin, in currency units.
    oof_margin : numpy.ndarray of float64, shape (n,)
        Expected margin by a forest that has not seen the account; NaN where there is none.

    Returns
    -------
    MarginRanges
        Edges of the bins, and the quantiles in each.

    Notes
    -----
    Quantiles at ``p * (n + 1)`` (Weibull): with them a further account falls between the 10 and
    90 % quantile of n others 8 times in 10, also for n = 30. A value on an edge belongs to the bin
    above it.

    Examples
    --------
    >>> import numpy as np
    >>> expected = np.repeat([0.0, 100.0], 50)
    >>> actual = expected + np.tile(np.arange(50.0) - 25, 2)
    >>> margin_ranges(actual, expected)
    MarginRanges(edges=(100.0,), p10=(-20.9, -20.9), p90=(19.9, 19.9))
    """
    known = ~np.isnan(oof_margin)
    expected = oof_margin[known]
    residual = margin[known] - expected
    n_bins = max(1, min(MOST_BINS, len(expected) // BIN_ROWS))
    edges: list[float] = []
    ordered = np.sort(expected)
    start = 0
    for k in range(1, n_bins):
        edge = ordered[round(k * len(ordered) / n_bins)]
        below = int(np.searchsorted(ordered, edge, side="left"))
        if below - start >= BIN_ROWS and len(ordered) - below >= BIN_ROWS:
            edges.append(float(edge))
            start = below
    bins = np.searchsorted(np.array(edges), expected, side="right")
    low, high = [], []
    for k in range(len(edges) + 1):
        p10, p90 = np.quantile(residual[bins == k], (0.1, 0.9), method="weibull")
        low.append(round(float(p10), 4))
        high.append(round(float(p90), 4))
    return MarginRanges(tuple(edges), tuple(low), tuple(high))


def margin_range(ranges: MarginRanges, margin_if_won: Floats) -> tuple[Floats, Floats]:
    """Return the range in which one such account falls 8 times in 10.

    Parameters
    ----------
    ranges : MarginRanges
        As stored with the model.
    margin_if_won : numpy.ndarray of float64, shape (n,)
        Expected margin, in currency units.

    Returns
    -------
    p10, p90 : numpy.ndarray of float64, shape (n,)
        Currency units; p10 is at or below p90.

    Examples
    --------
    >>> import numpy as np
    >>> ranges = MarginRanges(edges=(100.0,), p10=(-20.0, -50.0), p90=(20.0, 90.0))
    >>> margin_range(ranges, np.array([50.0, 100.0]))
    (array([30., 50.]), array([ 70., 190.]))
    """
    bins = np.searchsorted(np.array(ranges.edges), margin_if_won, side="right")
    return (
        margin_if_won + np.array(ranges.p10)[bins],
        margin_if_won + np.array(ranges.p90)[bins],
    )
