"""Which way a model is explained: from tables, or by LightGBM itself; decided once per model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from icpfit.attribution.refusals import AttributionError, TablesRefused
from icpfit.attribution.tables import MOST_BYTES, boosters_and_weights, shapley_tables
from icpfit.attribution.values import shapley_values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from icpfit.attribution.tables import ShapleyTables

__all__ = ["Explainer", "checked", "explainer", "probe_rows"]

Floats = npt.NDArray[np.float64]

_BLOCK = 65_536
_TOLERANCE = 1e-9
_PROBES = 40


@dataclass(frozen=True, eq=False)
class Explainer:
    """How the Shapley values of a model are had.

    Attributes
    ----------
    path : {"tables", "pred_contrib"}
        The same for every list that this model scores, so that no value depends on a list's length.
    why : str
        Why it isn't the tables; empty where it is.
    tables : ShapleyTables or None
        Where the path is "tables".
    boosters : tuple of lightgbm.Booster
        What is explained.
    weights : tuple of float
        What each one's raw score counts.
    """

    path: Literal["tables", "pred_contrib"]
    why: str
    tables: ShapleyTables | None
    boosters: tuple[Any, ...]
    weights: tuple[float, ...]

    def values(self, matrix: Floats, threads: int = 1) -> Floats:
        """Return the Shapley values of each row, the bias last.

        Parameters
        ----------
        matrix : numpy.ndarray of float64, shape (n, p)
            Features; NaN for missing.
        threads : int, default 1
            Changes no byte of the result.

        Returns
        -------
        numpy.ndarray of float64, shape (n, p + 1)
            In Fortran order.
        """
        if self.tables is not None:
            return shapley_values(self.tables, matrix, threads)
        return _contrib(self.boosters, self.weights, matrix, threads)


def explainer(
    boosters: Any, weights: Sequence[float] | None = None, *, most_bytes: int = MOST_BYTES
) -> Explainer:
    """Return the way in which a booster, or a weighted sum of boosters, is explained.

    Parameters
    ----------
    boosters : lightgbm.Booster or sequence of lightgbm.Booster
        Of the same features.
    weights : sequence of float, optional
        What each booster's raw score counts; by default the mean of all.
    most_bytes : int, default 512 MiB
        Most memory that tables may take.

    Returns
    -------
    Explainer
        With tables where they can hold the forest. Both ways give the same values to within
        rounding; LightGBM's takes about 200 times as long.

    Raises
    ------
    AttributionError
        For a forest that has no exact SHAP values, see `forest_trees`.
    """
    given, shares = boosters_and_weights(boosters, weights)
    try:
        tables = shapley_tables(given, shares, most_bytes=most_bytes)
    except TablesRefused as refused:
        return Explainer("pred_contrib", str(refused), None, given, shares)
    return Explainer("tables", "", tables, given, shares)


def checked(
    tables: ShapleyTables,
    boosters: Any,
    weights: Sequence[float] | None = None,
    sample: Floats | None = None,
) -> Explainer:
    """Return an explainer of kept tables, once they are found to be those of the boosters.

    Parameters
    ----------
    tables : ShapleyTables
        As read.
    boosters : lightgbm.Booster or sequence of lightgbm.Booster
        That they are said to belong to.
    weights : sequence of float, optional
        As given to `shapley_tables`.
    sample : numpy.ndarray of float64, shape (n, p), optional
        Rows to compare; by default 40 `probe_rows`, as LightGBM takes longer for 100 than all else
        that it takes to open the model.

    Returns
    -------
    Explainer
        On the tables.

    Raises
    ------
    AttributionError
        When a value differs from ``pred_contrib`` by more than 1e-9 of the largest.
    """
    given, shares = boosters_and_weights(boosters, weights)
    if tables.n_features != given[0].num_feature():
        raise AttributionError(
            f"the tables have {tables.n_features} features, the boosters {given[0].num_feature()}; "
            "make the tables again from the boosters"
        )
    rows = probe_rows(tables, _PROBES) if sample is None else sample
    expected = _contrib(given, shares, rows, 1)
    off = float(np.abs(shapley_values(tables, rows) - expected).max(initial=0.0))
    # Written so that a NaN is refused too.
    if not off <= _TOLERANCE * max(1.0, float(np.abs(expected).max(initial=0.0))):
        raise AttributionError(
            f"the tables are not those of these boosters (a value is off by {off:.3g}); make the "
            "tables again from the boosters"
        )
    return Explainer("tables", "", tables, given, shares)


def probe_rows(tables: ShapleyTables, n: int = 100, seed: int = 0) -> Floats:
    """Return made-up rows that go through every part of the tables' line of codes.

    Parameters
    ----------
    tables : ShapleyTables
        Of any forest.
    n : int, default 100
        Rows.
    seed : int, default 0
        Of the draws.

    Returns
    -------
    numpy.ndarray of float64, shape (n, p)
        Each value is drawn from the feature's cuts, one step to either side of them, NaN, and both
        infinities; the features independently of each other.
    """
    draw = np.random.default_rng(seed)
    rows = np.full((n, tables.n_features), np.nan)
    for feature in range(tables.n_features):
        cuts = tables.cuts[tables.cut_at[feature] : tables.cut_at[feature + 1]]
        beside = [np.nextafter(cuts, np.inf), np.nextafter(cuts, -np.inf)]
        rows[:, feature] = draw.choice(
            np.concatenate([cuts, *beside, [np.nan, -np.inf, np.inf]]), n
        )
    return rows


def _contrib(
    boosters: Sequence[Any], weights: Sequence[float], matrix: Floats, threads: int
) -> Floats:
    n, p = matrix.shape
    values = np.zeros((p + 1, n))
    for start in range(0, n, _BLOCK):
        block = np.ascontiguousarray(matrix[start : start + _BLOCK], dtype=np.float64)
        for booster, weight in zip(boosters, weights, strict=True):
            found = booster.predict(block, pred_contrib=True, num_threads=threads)
            values[:, start : start + len(block)] += weight * np.asarray(found).T
    return values.T
