"""Accounts whose SHAP values the report shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from icpfit.fit.encoding import POOLED

if TYPE_CHECKING:
    from icpfit.fit.contract import Feature
    from icpfit.insight.contributions import Contributions

__all__ = ["DriverRows", "level_means", "level_names", "thinned"]

Floats = npt.NDArray[np.float64]
MOST_ROWS = 600
MOST_LEVELS = 8


@dataclass(frozen=True, eq=False)
class DriverRows:
    """Accounts whose SHAP values are shown.

    Parameters
    ----------
    contributions : Contributions
        SHAP values of the number that ranks, shape (n, p).
    matrix : numpy.ndarray, shape (n, p)
        The facts, as the model saw them; NaN where one is missing.
    features : tuple of Feature
        One for each column.
    basis : str
        Which accounts these are, such as ``"521 later accounts"``.
    """

    contributions: Contributions
    matrix: Floats
    features: tuple[Feature, ...]
    basis: str

    @property
    def shap_values(self) -> Floats:
        """SHAP values, shape (n, p)."""
        return self.contributions.values  # noqa: PD011 - not a DataFrame

    @property
    def unit(self) -> str:
        """Unit of the SHAP values: the currency, or "log-odds"."""
        return self.contributions.unit

    @property
    def n(self) -> int:
        """Number of accounts."""
        return int(self.matrix.shape[0])

    def column(self, name: str) -> int:
        """Return the position of a feature.

        Parameters
        ----------
        name : str
            The attribute's name.

        Returns
        -------
        int
            Its column in the matrix.
        """
        return next(i for i, feature in enumerate(self.features) if feature.name == name)


def thinned(rows: DriverRows, most: int = MOST_ROWS) -> npt.NDArray[np.intp]:
    """Return which accounts are drawn: all, or as many as the eye can take in, evenly spread.

    Parameters
    ----------
    rows : DriverRows
        The accounts, in the order of their ids.
    most : int
        How many dots a row of the beeswarm may have.

    Returns
    -------
    numpy.ndarray of int
        Positions, ascending; the same for the same number of accounts.
    """
    if rows.n <= most:
        return np.arange(rows.n)
    return np.unique(np.linspace(0, rows.n - 1, most).round().astype(np.intp))


def level_means(rows: DriverRows, name: str) -> pd.DataFrame:
    """Return the mean SHAP value of each level of a category or flag.

    Parameters
    ----------
    rows : DriverRows
        The accounts.
    name : str
        The feature.

    Returns
    -------
    DataFrame
        level, n, mean; the most frequent levels, highest mean first, then by name.

    Notes
    -----
    Missing values are a level of their own, called "not known".
    """
    names = pd.Series(level_names(rows, name))
    values = pd.Series(rows.shap_values[:, rows.column(name)])
    found = values.groupby(names.to_numpy()).agg(["size", "mean"]).reset_index()
    found.columns = pd.Index(["level", "n", "mean"])
    frequent = found.sort_values(["n", "level"], ascending=[False, True]).head(MOST_LEVELS)
    return frequent.sort_values(["mean", "level"], ascending=[False, True], ignore_index=True)


def level_names(rows: DriverRows, name: str) -> npt.NDArray[np.object_]:
    """Return the name of each account's level of a category or flag.

    Parameters
    ----------
    rows : DriverRows
        The accounts.
    name : str
        The feature.

    Returns
    -------
    numpy.ndarray of str, shape (n,)
        "not known" where the value is missing, "rare levels" for the pooled ones.
    """
    column = rows.column(name)
    feature = rows.features[column]
    levels: tuple[str, ...] = ("no", "yes")
    if feature.kind == "category":
        pooled = POOLED if feature.rare_levels else None
        levels = tuple("rare levels" if level == pooled else level for level in feature.levels)
    return np.array(
        [
            levels[int(code)] if np.isfinite(code) else "not known"
            for code in rows.matrix[:, column]
        ],
        dtype=object,
    )
