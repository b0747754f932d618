"""How closely two columns go together: ranks, categories, and what is left at given others."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from icpfit.measure.columns import figures
from icpfit.measure.estimate import Estimate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "Association",
    "correlation_ratio",
    "cramers_v",
    "partial_spearman",
    "rank_residuals",
    "relative_weights",
]

#: Variance of Fisher's z of a rank correlation, over that of a plain one (Fieller et al.).
_RANKS = 1.06
_FLAT = 1e-9


@dataclass(frozen=True)
class Association:
    """A rank correlation with its interval, and how often luck alone gives as much.

    Parameters
    ----------
    rho : Estimate
        -1 to 1; NaN where a column is constant.
    p : float
        Two-sided p-value; 1 where the correlation is unknown.
    """

    rho: Estimate
    p: float


def partial_spearman(
    x: ArrayLike, y: ArrayLike, given: Sequence[ArrayLike] = (), *, level: float = 0.9
) -> Association:
    """Correlate two columns by rank, at given values of others.

    The ranks of x and y are freed of what is linear in the ranks of the k others, then correlated;
    ``z = atanh(rho)`` has standard error ``sqrt(1.06 / (n - 3 - k))``.

    Parameters
    ----------
    x, y : array_like of float, shape (n,)
        The columns, nothing missing.
    given : sequence of array_like, shape (n,) each
        What is held fixed; none gives Spearman's correlation.
    level : float
        Coverage of the interval, between 0 and 1.

    Returns
    -------
    Association
        Ties share their mean rank. Below 10 accounts more than the others, or where nothing is
        left of a column, NaN without an interval.

    References
    ----------
    Fieller, Hartley and Pearson (1957), Tests for rank correlation coefficients. Biometrika 44.

    Examples
    --------
    >>> x = np.arange(20.0)
    >>> found = partial_spearman(x, x**3)
    >>> found.rho.value, found.p < 0.001
    (1.0, True)
    """
    a, b = figures(x, "x"), figures(y, "y")
    n, free = len(a), len(a) - 3 - len(given)
    unknown = Association(Estimate(math.nan, level=level, n=n, note="too little varies"), 1.0)
    if free < 7:
        return unknown
    left, right = _freed(np.column_stack([a, b]), given).T
    size = float(np.sqrt((left @ left) * (right @ right)))
    if size <= _FLAT * n**3:
        return unknown
    rho = float(np.clip(left @ right / size, -1.0, 1.0))
    normal, error = NormalDist(), math.sqrt(_RANKS / free)
    z = math.atanh(min(max(rho, -1 + 1e-12), 1 - 1e-12))
    reach = normal.inv_cdf(0.5 + level / 2) * error
    low, high = math.tanh(z - reach), math.tanh(z + reach)
    p = 2 * (1 - normal.cdf(abs(z) / error))
    return Association(Estimate(rho, min(low, rho), max(high, rho), level, n), min(1.0, p))


def rank_residuals(x: ArrayLike, given: Sequence[ArrayLike] = ()) -> NDArray[np.float64]:
    """Return what of a column's ranks isn't linear in the ranks of others.

    Parameters
    ----------
    x : array_like of float, shape (n,)
        The column, nothing missing.
    given : sequence of array_like, shape (n,) each
        The others.

    Returns
    -------
    numpy.ndarray of float64, shape (n,)
        With mean 0; without others the centred ranks.

    Examples
    --------
    >>> rank_residuals([3.0, 1.0, 2.0]).tolist()
    [1.0, -1.0, 0.0]
    """
    residuals: NDArray[np.float64] = _freed(figures(x, "x")[:, None], given)[:, 0]
    return residuals


def _freed(columns: NDArray[np.float64], given: Sequence[ArrayLike]) -> NDArray[np.float64]:
    """Return the ranks of some columns, free of what is linear in the ranks of others."""
    from scipy.stats import rankdata

    ranks = np.asarray(rankdata(columns, axis=0), dtype=np.float64)
    design = np.ones((len(ranks), 1))
    if given:
        fixed = np.column_stack([figures(one, "given") for one in given])
        design = np.column_stack([design, rankdata(fixed, axis=0)])
    left: NDArray[np.float64] = ranks - design @ np.linalg.lstsq(design, ranks, rcond=None)[0]
    return left


def cramers_v(a: ArrayLike, b: ArrayLike) -> float:
    """Return how closely two categories go together, 0 to 1, corrected for luck.

    ``V~ = sqrt(phi~^2 / (min(r~, c~) - 1))`` with ``phi~^2 = max(0, phi^2 - (r-1)(c-1)/(n-1))`` and
    ``r~ = r - (r-1)^2/(n-1)``, for r and c levels.

    Parameters
    ----------
    a, b : array_like, shape (n,)
        Levels, nothing missing.

    Returns
    -------
    float
        0 where one of them has a single level.

    References
    ----------
    Bergsma (2013), A bias-correction for Cramer's V and Tschuprow's T. Journal of the Korean
    Statistical Society 42.

    Examples
    --------
    >>> round(cramers_v(["x", "y"] * 20, ["u", "v"] * 20), 6)
    1.0
    >>> cramers_v(["x", "y"] * 20, ["u", "u", "v", "v"] * 10)
    0.0
    """
    names, i = np.unique(np.asarray(a), return_inverse=True)
    others, j = np.unique(np.asarray(b), return_inverse=True)
    n, r, c = len(i), len(names), len(others)
    if min(r, c) < 2:
        return 0.0
    table = np.bincount(i * c + j, minlength=r * c).reshape(r, c).astype(np.float64)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / n
    phi2 = float(((table - expected) ** 2 / expected).sum() / n)
    phi2 = max(0.0, phi2 - (r - 1) * (c - 1) / (n - 1))
    room = min(r - (r - 1) ** 2 / (n - 1), c - (c - 1) ** 2 / (n - 1)) - 1
    return math.sqrt(min(1.0, phi2 / room)) if room > 0 else 0.0


def correlation_ratio(levels: ArrayLike, values: ArrayLike) -> float:
    """Return how much of a number's ranks a category tells, 0 to 1, corrected for luck.

    ``epsilon = sqrt(max(0, 1 - (1 - eta^2)(n - 1)/(n - k)))`` with eta^2 the share of the ranks'
    variance that lies between the k levels.

    Parameters
    ----------
    levels : array_like, shape (n,)
        A category, nothing missing.
    values : array_like of float, shape (n,)
        A number, nothing missing.

    Returns
    -------
    float
        0 where either is constant, or all levels stand alone.

    References
    ----------
    Kelley (1935), An unbiased correlation ratio measure. PNAS 21.

    Examples
    --------
    >>> round(correlation_ratio(["x"] * 9 + ["y"] * 9, [1.0] * 9 + [2.0] * 9), 6)
    1.0
    """
    from scipy.stats import rankdata

    names, i = np.unique(np.asarray(levels), return_inverse=True)
    ranks = np.asarray(rankdata(figures(values, "values")), dtype=np.float64)
    n, k = len(ranks), len(names)
    whole = float(((ranks - ranks.mean()) ** 2).sum())
    if k < 2 or n <= k or whole == 0:
        return 0.0
    size = np.bincount(i).astype(np.float64)
    means = np.bincount(i, weights=ranks) / size
    between = float((size * (means - ranks.mean()) ** 2).sum())
    epsilon2 = 1 - (1 - between / whole) * (n - 1) / (n - k)
    return math.sqrt(min(1.0, max(0.0, epsilon2)))


def relative_weights(
    correlation: NDArray[np.float64], with_y: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Share what p columns together tell of y among them, by Johnson's relative weights.

    With ``R = Q D Q'`` and ``L = Q D^(1/2) Q'``: ``w = (L * L) (L^-1 r)^2``, which sums to R^2.

    Parameters
    ----------
    correlation : numpy.ndarray of float64, shape (p, p)
        R, of the columns.
    with_y : numpy.ndarray of float64, shape (p,)
        r, of each with y.

    Returns
    -------
    numpy.ndarray of float64, shape (p,)
        None below 0; columns that are alike share what they tell.

    References
    ----------
    Johnson (2000), A heuristic method for estimating the relative weight of predictor variables in
    multiple regression. Multivariate Behavioral Research 35.

    Examples
    --------
    Unrelated columns keep their squared correlations.

    >>> relative_weights(np.eye(2), np.array([0.6, 0.3])).round(2).tolist()
    [0.36, 0.09]
    """
    values, vectors = np.linalg.eigh(correlation)
    root = np.sqrt(np.clip(values, 0.0, None))
    inverse = np.divide(1.0, root, out=np.zeros_like(root), where=root > 1e-6)
    between = (vectors * root) @ vectors.T
    weights = (vectors * inverse) @ vectors.T @ with_y
    found: NDArray[np.float64] = between**2 @ weights**2
    return found
