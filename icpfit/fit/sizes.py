"""The size of an account, and its margin per unit of size."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["log_sizes", "margin_unit", "scaled_margins"]

Floats = npt.NDArray[np.float64]

TAIL = 0.01
SMALLEST = 0.02


def log_sizes(margin: Floats) -> Floats:
    """Return the logarithm of each margin's size, ``log max(|margin|, 2 % of the median)``.

    Parameters
    ----------
    margin : numpy.ndarray of float64, shape (n,)
        Contribution margin over the horizon, in currency units.

    Returns
    -------
    numpy.ndarray of float64, shape (n,)
        Less its median, so that a middling account has the size 1.

    Raises
    ------
    ValueError
        For a margin that isn't finite.

    Examples
    --------
    >>> log_sizes(np.array([-100.0, 100.0, 0.0])).round(2).tolist()
    [0.0, 0.0, -3.91]
    """
    if not np.isfinite(margin).all():
        raise ValueError("every account that trains needs a finite margin")
    sizes = np.abs(margin)
    middle = margin_unit(float(np.median(sizes)), margin)
    logs = np.log(np.maximum(sizes, SMALLEST * middle))
    return np.asarray(logs - np.median(logs))


def scaled_margins(
    margin: Floats, sizes: Floats, learned: npt.NDArray[np.bool_] | None = None
) -> Floats:
    """Return the margin per unit of size, its tails pulled in to the 1 and 99 % quantile.

    Parameters
    ----------
    margin : numpy.ndarray of float64, shape (n,)
        Contribution margin, in currency units.
    sizes : numpy.ndarray of float64, shape (n,)
        Expected size of each account, above 0.
    learned : numpy.ndarray of bool, shape (n,), optional
        The accounts whose quantiles count; all by default.

    Returns
    -------
    numpy.ndarray of float64, shape (n,)
        Currency units per unit of size.

    Examples
    --------
    >>> scaled_margins(np.array([10.0, 400.0]), np.array([1.0, 40.0])).tolist()
    [10.0, 10.0]
    """
    scaled = margin / sizes
    counted = scaled if learned is None else scaled[learned]
    low, high = np.quantile(counted, (TAIL, 1 - TAIL))
    return np.asarray(np.clip(scaled, low, high))


def margin_unit(unit: float, margin: Floats) -> float:
    """Return the unit, or a fallback where half of the margins are one and the same.

    Parameters
    ----------
    unit : float
        Currency units.
    margin : numpy.ndarray of float64, shape (n,)
        Contribution margin, in currency units.

    Returns
    -------
    float
        `unit` if above 0, else the mean size of a margin, else 1.

    Examples
    --------
    >>> margin_unit(0.0, np.array([0.0, 0.0, 0.0, 8.0]))
    2.0
    """
    for candidate in (unit, float(np.mean(np.abs(margin)))):
        if candidate > 0:
            return candidate
    return 1.0
