"""The range around margin_if_won in which one account falls 8 times in 10."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["MarginRanges", "margin_range", "margin_ranges"]

Floats = npt.NDArray[np.float64]

MOST_BINS = 10
BIN_ROWS = 30
DECIMALS = 4


@dataclass(frozen=True)
class MarginRanges:
    """Where single accounts lie around their expected margin, by the size of that margin.

    Parameters
    ----------
    centres : tuple of float
        Mean expected margin of each bin, in currency units, ascending.
    p10, p90 : tuple of float
        10 and 90 % quantile of (actual − expected) in each bin, in currency units; p10 at or below
        0, p90 at or above it.
    """

    centres: tuple[float, ...]
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
        Centres of the bins, and the quantiles in each.

    Notes
    -----
    Quantiles at ``p * (n + 1)`` (Weibull): with them a further account falls between the 10 and
    90 % quantile of n others 8 times in 10, also for n = 30.

    From bin to bin the upper end doesn't fall: where chance put it lower than in a bin of smaller
    expected margin, it is raised to that one. Nor does the lower end, unless it lies lower in the
    last bin than in the first: the larger accounts then scatter so much more that a range which
    rises would be too narrow for them.

    A mean that a few huge accounts have pulled beyond the 90 % (or below the 10 %) quantile is
    still within the range, which is then wider than 8 in 10.

    Lines between centres lie outside of quantiles that bend; where more than 9 accounts in 10 fall
    within one end for that, all its distances are narrowed alike.

    Examples
    --------
    >>> import numpy as np
    >>> expected = np.repeat([0.0, 100.0], 50)
    >>> actual = expected + np.tile(np.arange(50.0) - 25, 2)
    >>> margin_ranges(actual, expected)
    MarginRanges(centres=(0.0, 100.0), p10=(-20.9, -20.9), p90=(19.9, 19.9))
    """
    known = ~np.isnan(oof_margin)
    expected = oof_margin[known]
    residual = margin[known] - expected
    bins = _bins(expected)
    members = [bins == k for k in range(int(bins.max()) + 1)]
    centres = np.array([expected[those].mean() for those in members])
    quantiles = [np.quantile(residual[those], (0.1, 0.9), method="weibull") for those in members]
    low, high = centres + np.array(quantiles).T
    if low[-1] >= low[0]:
        low = np.maximum.accumulate(low)
    high = np.maximum.accumulate(high)
    below, above = np.minimum(low - centres, 0.0), np.maximum(high - centres, 0.0)
    # By p * (n + 1) each bin holds 0.9 / n more of its own accounts; half of it, measured, is right
    # for one factor over all bins: 80 to 81 % of further accounts, for 150 to 1,500 to learn from.
    held = min(1.0, 0.9 * (1 + len(members) / (2 * len(expected))))
    return MarginRanges(
        _stored(centres),
        _stored(below * _narrowed(np.interp(expected, centres, below), residual, held)),
        _stored(above * _narrowed(np.interp(expected, centres, above), residual, held)),
    )


def margin_range(ranges: MarginRanges, margin_if_won: Floats) -> tuple[Floats, Floats]:
    """Return the range in which one such account falls 8 times in 10.

    Between the centres of two bins the ends lie on a line, beyond the outer centres as far from
    the expected margin as there.

    Parameters
    ----------
    ranges : MarginRanges
        As stored with the model.
    margin_if_won : numpy.ndarray of float64, shape (n,)
        Expected margin, in currency units.

    Returns
    -------
    p10, p90 : numpy.ndarray of float64, shape (n,)
        Currency units; p10 is at or below the expected margin, p90 at or above it.

    Examples
    --------
    >>> import numpy as np
    >>> ranges = MarginRanges(centres=(0.0, 100.0), p10=(-20.0, -50.0), p90=(20.0, 90.0))
    >>> margin_range(ranges, np.array([0.0, 50.0, 200.0]))
    (array([-20.,  15., 150.]), array([ 20., 105., 290.]))
    """
    return (
        margin_if_won + np.interp(margin_if_won, ranges.centres, ranges.p10),
        margin_if_won + np.interp(margin_if_won, ranges.centres, ranges.p90),
    )


def _bins(expected: Floats) -> npt.NDArray[np.intp]:
    """Return the bin of each account, from 0; a value on an edge belongs to the bin above it."""
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
    return np.searchsorted(np.array(edges), expected, side="right")


def _narrowed(ends: Floats, residual: Floats, held: float) -> float:
    """Return by what to multiply the ends, at most 1, so that this share falls within them."""
    apart = ends != 0
    if not apart.any():
        return 1.0
    share = np.clip(residual[apart] / ends[apart], 0.0, 1.0)
    return float(np.quantile(share, held, method="higher"))


def _stored(values: Floats) -> tuple[float, ...]:
    return tuple(round(float(value), DECIMALS) for value in values)
