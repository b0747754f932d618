"""Many tests at once: which findings stand when luck alone would yield some."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

__all__ = ["discoveries", "q_values"]


def discoveries(p_values: ArrayLike, level: float = 0.05) -> NDArray[np.bool_]:
    """Return which of many findings stand, by Benjamini and Hochberg's step-up rule.

    With the p-values in ascending order, all up to the last one that has ``p_(i) <= level i / n``
    stand. Of those that stand, at most the share `level` is expected to be luck.

    Parameters
    ----------
    p_values : array_like of float, shape (n,)
        One for each finding, 0 to 1.
    level : float
        The false discovery rate, between 0 and 1.

    Returns
    -------
    ndarray of bool, shape (n,)
        In the order given. Equal p-values stand or fall together.

    Raises
    ------
    ValueError
        For a p-value outside 0 to 1, or a missing one.

    References
    ----------
    Benjamini & Hochberg (1995), Journal of the Royal Statistical Society B 57.

    Examples
    --------
    The third is above .05 x 3 / 4 by itself; the fourth is above .05.

    >>> discoveries([0.001, 0.02, 0.04, 0.3]).tolist()
    [True, True, False, False]
    """
    p = np.asarray(p_values, dtype=np.float64)
    if not ((p >= 0) & (p <= 1)).all():
        raise ValueError("p-values lie between 0 and 1, none may be missing")
    ordered = np.sort(p)
    below = np.flatnonzero(ordered <= level * np.arange(1, len(p) + 1) / max(1, len(p)))
    border = ordered[below[-1]] if below.size else -1.0
    stands: NDArray[np.bool_] = p <= border
    return stands


def q_values(p_values: Sequence[float]) -> list[float]:
    """Return the lowest false discovery rate at which each of several findings stands.

    ``q_(i) = min over j >= i of p_(j) n / j``, p in ascending order: a finding stands in
    `discoveries` at a level exactly when its q reaches it.

    Parameters
    ----------
    p_values : sequence of float
        0 to 1.

    Returns
    -------
    list of float
        In the order given, at most 1; equal p-values have equal q.

    References
    ----------
    Benjamini & Hochberg (1995), Journal of the Royal Statistical Society B 57.

    Examples
    --------
    >>> [round(q, 3) for q in q_values([0.001, 0.02, 0.04, 0.3])]
    [0.004, 0.04, 0.053, 0.3]
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(-p, kind="stable")
    ranks = len(p) - np.arange(len(p))
    q = np.empty(len(p))
    q[order] = np.minimum.accumulate(p[order] * len(p) / ranks)
    return [float(min(1.0, one)) for one in q]
