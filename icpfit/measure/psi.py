"""How far a list has drifted from the customers that the model learned from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["Psi", "population_counts", "psi", "psi_null"]


@dataclass(frozen=True)
class Psi:
    """The population stability index of one column, beside what luck alone gives.

    Parameters
    ----------
    value : float
        The index, at least 0.
    null_95, null_99 : float
        What the index stays below in 95 and 99 of 100 cases when nothing has drifted.
    p_value : float
        How often luck alone gives an index as large, 0 to 1.
    n_bins : int
        Bins compared, a bin of missing values included where there are any.
    n_reference, n_other : int
        Rows on either side.
    """

    value: float
    null_95: float
    null_99: float
    p_value: float
    n_bins: int
    n_reference: int
    n_other: int

    @property
    def warns(self) -> bool:
        """Whether the index is above both .10 and what luck alone gives in 95 of 100 cases."""
        return self.value > max(0.10, self.null_95)


def psi(reference: ArrayLike, other: ArrayLike, *, bins: int = 10) -> Psi:
    """Compute the population stability index: sum over bins of (q - p) log(q / p).

    Parameters
    ----------
    reference : array_like, shape (n,)
        The column among the accounts learned from: numbers, or text for a category.
    other : array_like, shape (m,)
        The column in the list to compare.
    bins : int
        How many equally filled bins of the reference a number is cut into.

    Returns
    -------
    Psi
        The index and its null.

    Raises
    ------
    ValueError
        If one side has no rows.

    Notes
    -----
    Half a row is added to every bin, so that an empty one doesn't make the index infinite. Missing
    values are a bin of their own, levels that the reference never had share one. Equal values
    never fall into different bins, so there may be fewer bins than asked for. The usual cut-offs
    of .10 and .25 alone are invalid at a few hundred rows.

    References
    ----------
    Yurdakul (2018), Statistical Properties of Population Stability Index, Western Michigan
    University.

    Examples
    --------
    >>> drift = psi(range(300), range(150, 250))
    >>> drift.n_bins, drift.value > drift.null_95, round(drift.null_95, 3)
    (10, True, 0.226)
    >>> psi(["a", "b"] * 50, ["b", "a"] * 50).value
    0.0
    """
    counts = population_counts(reference, other, bins=bins)
    n, m = (int(side.sum()) for side in counts)
    p, q = ((side + 0.5) / (side.sum() + 0.5 * len(side)) for side in counts)
    value = float(((q - p) * np.log(q / p)).sum())
    null_95, null_99 = (psi_null(n, m, len(p), level) for level in (0.95, 0.99))
    return Psi(value, null_95, null_99, _p_value(value, n, m, len(p)), len(p), n, m)


def psi_null(n: int, m: int, n_bins: int, level: float = 0.95) -> float:
    """Give what the index stays below by luck alone: (1/n + 1/m) times a chi-square quantile.

    Parameters
    ----------
    n, m : int
        Rows on either side, at least 1.
    n_bins : int
        Bins; the chi-square has one degree of freedom less.
    level : float
        How often the index stays below it when nothing has drifted, between 0 and 1.

    Returns
    -------
    float
        0 for a single bin.

    References
    ----------
    Yurdakul (2018), Statistical Properties of Population Stability Index.

    Examples
    --------
    >>> round(psi_null(300, 100, 10), 3), round(psi_null(1000, 3000, 10), 3)
    (0.226, 0.023)
    """
    from scipy.stats import chi2

    if n_bins < 2:
        return 0.0
    return float((1 / n + 1 / m) * chi2.ppf(level, n_bins - 1))


def _p_value(value: float, n: int, m: int, n_bins: int) -> float:
    from scipy.stats import chi2

    return 1.0 if n_bins < 2 else float(chi2.sf(value / (1 / n + 1 / m), n_bins - 1))


def population_counts(
    reference: ArrayLike, other: ArrayLike, *, bins: int = 10
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Count both sides in bins made from the reference alone.

    Parameters
    ----------
    reference, other : array_like
        One column, numbers or text.
    bins : int
        Equally filled bins for a number, at least 1.

    Returns
    -------
    tuple of ndarray of float, shape (n_bins,)
        Rows of the reference and of the other side per bin.

    Raises
    ------
    ValueError
        If one side has no rows.

    Examples
    --------
    >>> [side.tolist() for side in population_counts(["a", "b", None], ["b", "c"])]
    [[1.0, 1.0, 1.0, 0.0], [0.0, 1.0, 0.0, 1.0]]
    """
    sides = [_column(side) for side in (reference, other)]
    for side, name in zip(sides, ("reference", "other"), strict=True):
        if side.empty:
            raise ValueError(f"psi: the {name} side has no rows")
    if any(pd.api.types.is_numeric_dtype(side.dtype) for side in sides):
        codes = _number_codes([side.astype(np.float64) for side in sides], bins)
    else:
        codes = _level_codes(sides)
    width = int(max(code.max() for code in codes)) + 1
    first, second = (np.bincount(code, minlength=width) for code in codes)
    used = (first + second) > 0
    return first[used].astype(np.float64), second[used].astype(np.float64)


def _column(side: ArrayLike) -> pd.Series[Any]:
    column = pd.Series(np.asarray(side))
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return (column - pd.Timestamp(0)) / pd.Timedelta(days=1)
    return column


def _number_codes(sides: list[pd.Series[float]], bins: int) -> list[NDArray[np.intp]]:
    known = np.sort(sides[0].dropna().to_numpy())
    edges = np.empty(0)
    if known.size:
        # Edges are values that occur, so that equal values always fall into the same bin.
        inner = np.ceil(np.arange(1, bins) * known.size / bins).astype(np.intp) - 1
        edges = np.unique(known[inner[inner >= 0]])
        edges = edges[edges < known[-1]]
    return [
        np.where(side.isna(), len(edges) + 1, np.searchsorted(edges, side.to_numpy(), side="left"))
        for side in sides
    ]


def _level_codes(sides: list[pd.Series[str]]) -> list[NDArray[np.intp]]:
    levels = pd.Index(sorted(sides[0].dropna().unique(), key=str), dtype=object)
    missing, unseen = len(levels), len(levels) + 1
    coded = []
    for side in sides:
        codes = levels.get_indexer(pd.Index(side.to_numpy(dtype=object), dtype=object))
        coded.append(np.where(side.isna(), missing, np.where(codes < 0, unseen, codes)))
    return coded
