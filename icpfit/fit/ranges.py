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
    edges : tuple of float
        Inner borders of the bins of margin_if_won, ascending; one fewer than there are bins.
    p10, p90 : tuple of float
        10 and 90 % quantile of (actual − expected) in each bin, in currency units; p10 at or below
        0, p90 at or above it.
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

    From bin to bin the upper end doesn't fall: where chance put it lower than in a bin of smaller
    expected margin, it is raised to that one. Nor does the lower end, unless it lies lower in the
    last bin than in the first: the larger accounts then scatter so much more that a range which
    rises would be too narrow for them.

    An expected margin that a few huge accounts have pulled beyond the 90 % (or below the 10 %)
    quantile is still within its range, which then ends there and holds more than 8 in 10.

    Lines between bins lie outside of quantiles that bend; where more than 9 accounts in 10 fall
    within one end for that, all its distances are narrowed alike.

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
    edges = _edges(expected)
    bins = np.searchsorted(edges, expected, side="right")
    members = [bins == k for k in range(len(edges) + 1)]
    at = _middles(edges)
    quantiles = [np.quantile(residual[those], (0.1, 0.9), method="weibull") for those in members]
    low, high = at + np.array(quantiles).T
    if low[-1] >= low[0]:
        low = np.maximum.accumulate(low)
    high = np.maximum.accumulate(high)
    below, above = np.minimum(low - at, 0.0), np.maximum(high - at, 0.0)
    # By p * (n + 1) each bin holds 0.9 / n more of its own accounts; half of it, measured, is right
    # for one factor over all bins: 80 to 81 % of further accounts, for 150 to 1,500 to learn from.
    held = min(1.0, 0.9 * (1 + len(members) / (2 * len(expected))))
    return MarginRanges(
        _stored(edges),
        _stored(below * _narrowed(_distance(edges, below, expected), residual, held)),
        _stored(above * _narrowed(_distance(edges, above, expected), residual, held)),
    )


def margin_range(ranges: MarginRanges, margin_if_won: Floats) -> tuple[Floats, Floats]:
    """Return the range in which one such account falls 8 times in 10.

    The distance from the expected margin is that of its bin in the bin's middle, and between two
    middles on a line; in the two outer bins it is the same everywhere.

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
    >>> ranges = MarginRanges(
    ...     edges=(0.0, 100.0), p10=(-20.0, -50.0, -50.0), p90=(20.0, 90.0, 120.0)
    ... )
    >>> margin_range(ranges, np.array([0.0, 25.0, 50.0, 200.0]))
    (array([-20., -10.,   0., 150.]), array([ 20.,  80., 140., 320.]))
    """
    edges = np.array(ranges.edges)
    return (
        margin_if_won + _distance(edges, np.array(ranges.p10), margin_if_won),
        margin_if_won + _distance(edges, np.array(ranges.p90), margin_if_won),
    )


def _edges(expected: Floats) -> Floats:
    """Return the inner borders of up to ten bins of like size; ties lie in one bin."""
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
    return np.array(edges)


def _middles(edges: Floats) -> Floats:
    """Return the middle of each bin; of an outer one, its only edge."""
    if len(edges) == 0:
        return np.zeros(1)
    return np.concatenate([edges[:1], (edges[:-1] + edges[1:]) / 2, edges[-1:]])


def _distance(edges: Floats, values: Floats, margin: Floats) -> Floats:
    """Return the value at each margin: level in the outer bins, between them from middle to middle.

    numpy's interp chooses its arithmetic by the number of rows; these steps don't.
    """
    if len(edges) == 0:
        return np.full(len(margin), values[0])
    at = _middles(edges)
    width = np.diff(at)
    slopes = np.divide(np.diff(values), width, out=np.zeros(len(width)), where=width > 0)
    inside = np.clip(margin, at[0], at[-1])
    segment = np.clip(np.searchsorted(at, inside, side="right") - 1, 0, len(at) - 2)
    between = values[segment] + slopes[segment] * (inside - at[segment])
    return np.where(margin < at[0], values[0], np.where(margin >= at[-1], values[-1], between))


def _narrowed(ends: Floats, residual: Floats, held: float) -> float:
    """Return by what to multiply the ends, at most 1, so that this share falls within them."""
    apart = ends != 0
    if not apart.any():
        return 1.0
    share = np.clip(residual[apart] / ends[apart], 0.0, 1.0)
    return float(np.quantile(share, held, method="higher"))


def _stored(values: Floats) -> tuple[float, ...]:
    return tuple(round(float(value), DECIMALS) for value in values)
