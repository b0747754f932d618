"""The best share of the accounts as a list, and how much two such lists have in common."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

__all__ = ["list_overlap", "top_shares"]

Floats = np.ndarray[Any, np.dtype[np.float64]]


def top_shares(values: Floats, share: float) -> Floats:
    """Each account's chance to be in the best share when ties are broken at random.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
        What ranks; not NaN.
    share : float
        Of the accounts, 0 to 1.

    Returns
    -------
    ndarray of float64, shape (n,)
        0 to 1; they sum to ``share * n``.

    Examples
    --------
    >>> top_shares(np.array([5.0, 1.0, 5.0, 5.0]), 0.5).round(3).tolist()
    [0.667, 0.0, 0.667, 0.667]
    """
    ranks = pd.Series(-np.asarray(values, dtype="float64")).rank(method="min").to_numpy()
    counts = pd.Series(ranks).groupby(ranks).transform("size").to_numpy("float64")
    part: Floats = np.clip((share * len(ranks) - (ranks - 1)) / counts, 0.0, 1.0)
    return part


def list_overlap(one: Floats, other: Floats) -> float:
    """Jaccard index of two lists of accounts, of which ties may be in part.

    ``sum of min / sum of max``

    Parameters
    ----------
    one, other : ndarray of float64, shape (n,)
        How far each account is in the list, 0 to 1.

    Returns
    -------
    float
        0 to 1; 1 for two empty lists.

    References
    ----------
    Jaccard (1901), Bulletin de la Société vaudoise des sciences naturelles 37.

    Examples
    --------
    >>> list_overlap(np.array([1.0, 1.0, 0.0]), np.array([1.0, 0.0, 1.0])).__round__(3)
    0.333
    """
    either = float(np.maximum(one, other).sum())
    return float(np.minimum(one, other).sum()) / either if either else 1.0
