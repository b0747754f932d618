"""Drivers that go together: columns that tell much the same share one place in the order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from icpfit.measure.association import correlation_ratio, cramers_v, partial_spearman

if TYPE_CHECKING:
    from icpfit.fit.contract import Feature, FeatureContract
    from icpfit.insight.contributions import Contributions

__all__ = ["DriverGroup", "column_association", "driver_groups", "group_shares"]

Floats = npt.NDArray[np.float64]

TOGETHER = 0.7
"""Columns whose association is above it in each pair are one group."""
_FEWEST_PAIRS = 30


@dataclass(frozen=True)
class DriverGroup:
    """Columns that go together, or one that stands alone.

    Parameters
    ----------
    columns : tuple of int
        Their positions in the matrix, the strongest first.
    words : str
        Named by its members, the strongest first.
    mean_abs : float
        Mean absolute sum of their SHAP values, in the contributions' unit.
    share : float
        Its share of all groups, 0 to 1.
    """

    columns: tuple[int, ...]
    words: str
    mean_abs: float
    share: float


def column_association(matrix: Floats, contract: FeatureContract) -> Floats:
    """Return how closely each pair of columns goes together, 0 to 1.

    Spearman's |rho| for two ordered columns (numbers, ages, flags), Cramer's V for two categories,
    the correlation ratio of ranks for one of each; the latter two corrected for luck.

    Parameters
    ----------
    matrix : numpy.ndarray of float64, shape (n, p)
        Features as `contract` reads them.
    contract : FeatureContract
        Tells categories from ordered columns.

    Returns
    -------
    numpy.ndarray of float64, shape (p, p)
        Symmetric, 1 on the diagonal. Over the rows that know both; 0 below 30 of them.
    """
    p = len(contract.features)
    found = np.eye(p)
    known = ~np.isnan(matrix)
    for a in contract.features:
        for b in contract.features:
            if b.column <= a.column:
                continue
            rows = known[:, a.column] & known[:, b.column]
            if rows.sum() < _FEWEST_PAIRS:
                continue
            value = _association(a, b, matrix[rows, a.column], matrix[rows, b.column])
            found[a.column, b.column] = found[b.column, a.column] = value
    return found


def _association(a: Feature, b: Feature, x: Floats, y: Floats) -> float:
    if a.kind == "category" and b.kind == "category":
        return cramers_v(x, y)
    if a.kind == "category":
        return correlation_ratio(x, y)
    if b.kind == "category":
        return correlation_ratio(y, x)
    rho = partial_spearman(x, y).rho.value
    return 0.0 if np.isnan(rho) else abs(rho)


def driver_groups(
    found: Contributions, matrix: Floats, contract: FeatureContract
) -> tuple[DriverGroup, ...]:
    """Return the drivers with columns that go together added up, the strongest first.

    Within a group each pair's association is above .7 (complete linkage, so no chain of pairs
    joins columns that don't go together). ``mean_abs_g = mean |sum over its columns of phi_ij|``:
    what two alike columns share out between them by luck is added up again.

    Parameters
    ----------
    found : Contributions
        SHAP values, shape (n, p).
    matrix : numpy.ndarray of float64, shape (n, p)
        The rows that they belong to.
    contract : FeatureContract
        What the columns are.

    Returns
    -------
    tuple of DriverGroup
        Each column is in one. Ties stand in the order of their words.

    References
    ----------
    Sorensen (1948), for complete linkage.
    """
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    p = len(contract.features)
    labels = np.ones(p, dtype=np.int64)
    if p > 1:
        distance = 1 - column_association(matrix, contract)
        np.fill_diagonal(distance, 0.0)
        tree = linkage(squareform(distance, checks=False), method="complete")
        # Just below, since the rule is "above .7".
        labels = fcluster(tree, t=1 - TOGETHER - 1e-9, criterion="distance")
    values = found.values
    size = np.abs(values).mean(axis=0)
    groups = []
    for one in np.unique(labels).tolist():
        members = [f for f in contract.features if labels[f.column] == one]
        members.sort(key=lambda f: (-size[f.column], f.name))
        columns = tuple(f.column for f in members)
        groups.append((columns, " with ".join(_listed([f.words for f in members]))))
    shares, mean_abs = group_shares(values, [columns for columns, _ in groups])
    made = [
        DriverGroup(columns, words, float(mean_abs[i]), float(shares[i]))
        for i, (columns, words) in enumerate(groups)
    ]
    return tuple(sorted(made, key=lambda g: (-g.mean_abs, g.words)))


def group_shares(values: Floats, groups: list[tuple[int, ...]]) -> tuple[Floats, Floats]:
    """Return each group's share of what moves the number, and its mean absolute sum.

    Parameters
    ----------
    values : numpy.ndarray of float64, shape (n, p)
        SHAP values.
    groups : list of tuple of int
        Columns of each of the g groups.

    Returns
    -------
    shares, mean_abs : numpy.ndarray of float64, shape (g,)
        Shares sum to 1, or are 0 where nothing moves it.

    Examples
    --------
    >>> group_shares(np.array([[3.0, -1.0, 2.0]]), [(0, 1), (2,)])[0].tolist()
    [0.5, 0.5]
    """
    sums = np.column_stack([values[:, list(columns)].sum(axis=1) for columns in groups])
    mean_abs = np.abs(sums).mean(axis=0)
    total = float(mean_abs.sum())
    return (mean_abs / total if total > 0 else np.zeros_like(mean_abs)), mean_abs


def _listed(words: list[str]) -> list[str]:
    return words if len(words) < 3 else [words[0], ", ".join(words[1:])]
